import type { Project } from '../project.ts'
import { lineOf } from '../source/lines.ts'
import type { Read } from './reads.ts'
import { expressionEnd, literalAt } from './text.ts'

/** Stands in the first lines of every file that this folder writes. */
export const OWN_MARK = 'Written by create-prod-docker'

/** Whether a file was written here before: it is neither the project's own schema nor a name that is taken. */
export function isOwnText(text: string): boolean {
  return text.slice(0, 400).includes(OWN_MARK)
}

export function isOwnFile(project: Project, path: string): boolean {
  return isOwnText(project.source(path) ?? '')
}

const KINDS: Record<string, Read['kind']> = { text: 'string', number: 'number', flag: 'boolean', url: 'url' }
const NODE_FIELD_RE =
  /^ {2}(?:(["'])((?:(?!\1).)+)\1|([\w$]+)):\s*(?:v\.optional\(|required\(|optional\(|defaulted\()?\s*(text|number|flag|url)\b/gm
const PYTHON_FIELD_RE = /^ {4}(\w+): [^=\n]*= field\(\s*metadata=(TEXT|NUMBER|WHOLE|FLAG|URL)\b/gm

/**
 * The fields of a check that was written here before. An app that was changed to read `env.PORT` names its variables nowhere
 * else, so they are kept for as long as the code speaks of them.
 */
export function readOwnFields(path: string, code: string): Read[] {
  const node = [...code.matchAll(NODE_FIELD_RE)].map((match) => ({
    name: (match[2] ?? match[3]) as string,
    kind: KINDS[match[4] as string],
    index: match.index,
    start: match.index + match[0].indexOf(':') + 1,
  }))
  const python = [...code.matchAll(PYTHON_FIELD_RE)].map((match) => ({
    name: match[1] as string,
    kind: KINDS[{ WHOLE: 'number' }[match[2] as string] ?? (match[2] as string).toLowerCase()],
    index: match.index,
    start: match.index + match[0].indexOf('= field(') + 1,
  }))
  return [...node, ...python].map(({ name, kind, index, start }) => {
    const expression = code.slice(start, expressionEnd(code, start, ',;\n'))
    const named = /["']name["']:\s*/.exec(expression)
    const original = named ? literalAt(expression, named.index + named[0].length)?.value : undefined
    const before = /\bdefault(?:ed)?\s*(?:\(|:|=)\s*(?:\w+,)?|\boptional\(\s*\w+,/.exec(expression)
    const literal = before && literalAt(expression, before.index + before[0].length)
    return {
      name: original ?? name,
      source: `${path}:${lineOf(code, index)}`,
      use: 'schema',
      required: !/\boptional\b|\bdefault(?:ed)?\b/.test(expression),
      ...(kind && { kind }),
      ...(literal?.value && { default: literal.value }),
    }
  })
}
