import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import { dockerPaths, dockerWord, jsonArgv, oneLine, shellLine, shellQuote } from './escape.ts'

export interface Rendered {
  text: string
  /** Per line (from 0) the rules that it embodies; most lines have none or one. */
  rules: string[][]
}

/** `RUN npm ci #@PD010`: the mark at the end of a line names the rule behind it, and is not written. */
const MARK_RE = /[ \t]*#@(PD\d{3}(?:,PD\d{3})*)$/

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

const TEMPLATES = new URL('../templates/', import.meta.url)

/**
 * Renders `templates/<template>`. A name that is missing throws with file and line; so does a value that is null or
 * undefined: a template never prints either.
 */
export function render(template: string, data: Record<string, unknown>): Rendered {
  const filename = new URL(template, TEMPLATES)
  const text = readFileSync(filename, 'utf8').replaceAll('\r\n', '\n')
  const rendered = ejs.render(
    text,
    { ...HELPERS, ...data },
    { filename: fileURLToPath(filename), escape: printable, async: false },
  ) as string
  // Python's own style has two blank lines between definitions; all else has one.
  const most = template.startsWith('python/settings') ? '\n\n\n' : '\n\n'
  return unmark(`${rendered.replace(/\n{3,}/g, (run) => (run.length < most.length ? run : most)).trim()}\n`)
}

function printable(value: unknown): string {
  if (value === null || value === undefined) throw new TypeError(`a template printed ${value}`)
  return String(value)
}
