import { styleText } from 'node:util'
import type { Io } from '../io.ts'

/** Meaning, not colours: what a word is decides how it looks. */
export interface Style {
  ok(text: string): string
  warn(text: string): string
  bad(text: string): string
  dim(text: string): string
  strong(text: string): string
  command(text: string): string
  path(text: string): string
}

/** Colours at a terminal; NO_COLOR and FORCE_COLOR overrule it. */
export function styleFor(io: Pick<Io, 'env' | 'isTerminal'>): Style {
  const { NO_COLOR: no, FORCE_COLOR: forced, TERM: term } = io.env
  const on = no
    ? false
    : forced !== undefined
      ? forced !== '0' && forced !== 'false'
      : term !== 'dumb' && io.isTerminal('stdout')
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    on ? styleText(format, text, { validateStream: false } as never) : text
  return {
    ok: paint('green'),
    warn: paint('yellow'),
    bad: paint('red'),
    dim: paint('dim'),
    strong: paint('bold'),
    command: paint('cyan'),
    path: paint('bold'),
  }
}

/** Terminal escapes in names and paths of a project are data, not orders to the terminal. */
export function visible(text: string): string {
  return text.replace(/[^\t\n -~\u00a0-\uffff]/g, '�')
}

/** What goes and what comes instead, line by line. */
export const exchange = (gone: readonly string[], come: readonly string[], style: Style): string[] => [
  ...gone.map((line) => style.bad(`  - ${visible(line)}`)),
  ...come.map((line) => style.ok(`  + ${visible(line)}`)),
]
