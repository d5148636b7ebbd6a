import { dockerPaths, dockerWord, jsonArgv, oneLine, shellLine, shellQuote } from './escape.ts'
import { templateFunction } from './templates.ts'

export interface Rendered {
  text: string
  /** Per line (from 0) the rules that it embodies; most lines have none or one. */
  rules: string[][]
}

/** `RUN npm ci #@PD010`: the mark at the end of a line names the rule behind it, and is not written. */
const MARK_RE = /[ \t]*#@(PD\d{3}(?:,PD\d{3})*)$/

/** The rules of these lines (from 0); where none is named, those of the line above that has some. */
export function rulesNear({ rules }: Rendered, from: number, to: number): string[] {
  const own = [...new Set(rules.slice(from, Math.max(to, from + 1)).flat())]
  if (own.length > 0) return own
  for (let at = Math.min(from, rules.length) - 1; at >= 0; at--)
    if (rules[at]?.length) return rules[at] as string[]
  return []
}

/** Takes the marks off and keeps them per line. */
export function unmark(marked: string): Rendered {
  const rules: string[][] = []
  const lines = marked.split('\n').map((line) => {
    const match = MARK_RE.exec(line)
    rules.push(match ? (match[1] as string).split(',') : [])
    return match ? line.slice(0, match.index) : line
  })
  return { text: lines.join('\n'), rules }
}

/** Helpers that every template has; all else it prints is precomputed under a bare name. */
const HELPERS = {
  word: dockerWord,
  paths: dockerPaths,
  argv: jsonArgv,
  sh: shellLine,
  shq: shellQuote,
  line: oneLine,
}

export interface RenderOptions {
  /** Blank lines in a row that stay: Python's own style has two between definitions, all else has one. */
  blankLines?: 1 | 2
}

/**
 * Renders `templates/<template>`. A name that is missing throws; so does a value that is null or undefined: a template never
 * prints either.
 */
export function render(
  template: string,
  data: Record<string, unknown>,
  { blankLines = 1 }: RenderOptions = {},
): Rendered {
  const folder = template.replace(/[^/]+$/, '')
  // Type annotations are printed in TypeScript alone. Data is data: a lock can hold it.
  const t = (text: string) => (data['typescript'] === true ? text : '')
  const names = { ...HELPERS, t, ...data }
  const print = (name: string): string => {
    let out = ''
    const text = (value: unknown) => {
      out += value ?? ''
    }
    const value = (it: unknown) => text(printable(it))
    templateFunction(name)(names, value, text, (included) => print(folder + included))
    return out
  }
  const most = '\n'.repeat(blankLines + 1)
  return unmark(
    `${print(template)
      .replace(/\n{3,}/g, (run) => (run.length < most.length ? run : most))
      .trim()}\n`,
  )
}

function printable(value: unknown): string {
  if (value === null || value === undefined) throw new TypeError(`a template printed ${value}`)
  return String(value)
}
