import { yamlString } from './escape.ts'

/**
 * Writes YAML from plain data: block style, two spaces, short lists of words in one line, comments above a key, all as
 * prettier leaves it. Reading is the `yaml` library's; writing is this, because what is written must carry comments and
 * rule marks, must never change by a library's release, and must cost no load time.
 */
export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlMap | Noted
export interface YamlMap {
  readonly [key: string]: Yaml | undefined
}

const NOTE = Symbol('note')
interface Noted {
  readonly [NOTE]: { comment?: string; rule?: string; flow?: boolean; gap?: boolean }
  readonly value: Yaml
}

/** A value with a comment above it, the rule behind it, or a blank line before it. */
export function note(value: Yaml, options: { comment?: string; rule?: string; gap?: boolean }): Yaml {
  return { [NOTE]: options, value }
}

const isNoted = (value: Yaml | undefined): value is Noted => typeof value === 'object' && value !== null && NOTE in value
const WIDTH = 80

export function writeYaml(value: YamlMap): string {
  return mapLines(value, 0).join('\n')
}

function mapLines(map: YamlMap, indent: number): string[] {
  return Object.entries(map).flatMap(([key, value]) => (value === undefined ? [] : entryLines(`${yamlString(key)}:`, value, indent)))
}

/** One `key:` or `-` with its value. */
function entryLines(head: string, noted: Yaml, indent: number): string[] {
  const pad = ' '.repeat(indent)
  const { comment, rule, gap } = isNoted(noted) ? noted[NOTE] : ({} as Noted[typeof NOTE])
  const value = isNoted(noted) ? noted.value : noted
  const mark = rule ? ` #@${rule}` : ''
  const before = [...(gap ? [''] : []), ...(comment ? comment.split('\n').map((line) => `${pad}# ${line}`) : [])]
  if (isNoted(value)) return [...before, ...entryLines(head, value, indent)]
  if (typeof value !== 'object' || value === null) return [...before, `${pad}${head} ${scalar(value)}${mark}`]
  if (Array.isArray(value)) {
    if (value.length === 0) return [...before, `${pad}${head} []${mark}`]
    const flow = flowList(value, indent + head.length + 1)
    if (flow) return [...before, `${pad}${head} ${flow}${mark}`]
    return [...before, `${pad}${head}${mark}`, ...value.flatMap((item) => itemLines(item, indent + 2))]
  }
  const map = value as YamlMap
  if (Object.values(map).every((entry) => entry === undefined)) return [...before, `${pad}${head} {}${mark}`]
  return [...before, `${pad}${head}${mark}`, ...mapLines(map, indent + 2)]
}

function itemLines(item: Yaml, indent: number): string[] {
  const value = isNoted(item) ? item.value : item
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isNoted(value)) {
    const lines = mapLines(value as YamlMap, indent + 2)
    const first = (lines[0] ?? '').slice(indent + 2)
    return [`${' '.repeat(indent)}- ${first}`, ...lines.slice(1)]
  }
  return entryLines('-', item, indent)
}

/** Lists of scalars that start a command (`["CMD", …]`) or are short stay in one line, as people write them. */
function flowList(items: readonly Yaml[], column: number): string | undefined {
  if (!items.every((item) => typeof item !== 'object' || item === null)) return undefined
  const text = `[${items.map((item) => (typeof item === 'string' ? JSON.stringify(item) : scalar(item as number))).join(', ')}]`
  return column + text.length <= WIDTH ? text : undefined
}

function scalar(value: string | number | boolean | null): string {
  return typeof value === 'string' ? yamlString(value) : String(value)
}
