import { load } from 'js-yaml'
import { isRecord } from '../../record.ts'

/** A scalar as text. What is none has no text: joined, a list of lists of aliases would be without end. */
export const word = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? `${value}`
      : ''

/** What a YAML text says, as plain data; undefined where it is broken. */
export function plainYaml(text: string): unknown {
  try {
    return load(text) ?? null
  } catch {
    return undefined
  }
}

/** A map with what its `<<` bring in: the published reader leaves them as keys. */
export function withMerges(value: Record<string, unknown>): Record<string, unknown> {
  const merges = [value['<<'] ?? []].flat().filter(isRecord)
  if (merges.length === 0) return value
  const { '<<': _merges, ...own } = value
  return Object.assign({}, ...merges.reverse().map((one) => (one === value ? {} : one)), own)
}

/** Lines, from 1, of keys in block style, read off their indentation; what stands in brackets has the line of what holds it. */
export function keyLines(text: string): (path: readonly string[]) => number {
  const found = new Map<string, number>()
  const open: { indent: number; path: string }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent, , key] = /^( *)(["']?)([^\s"'#:,[{&*!-][^"'#:,[{]*)\2\s*:(?:\s|$)/.exec(line) ?? []
    if (indent === undefined || key === undefined) continue
    while ((open.at(-1)?.indent ?? -1) >= indent.length) open.pop()
    const path = `${open.at(-1)?.path ?? ''}\n${key}`
    open.push({ indent: indent.length, path })
    if (!found.has(path)) found.set(path, index + 1)
  }
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const line = found.get(
        path
          .slice(0, length)
          .map((key) => `\n${key}`)
          .join(''),
      )
      if (line !== undefined) return line
    }
    return 1
  }
}
