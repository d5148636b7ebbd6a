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

export function styleFor(stream: Io['stdout'], env: Io['env']): Style {
  const forced = env['FORCE_COLOR']
  const on = env['NO_COLOR']
    ? false
    : forced !== undefined
      ? forced !== '0' && forced !== 'false'
      : Boolean(stream.isTTY) && env['TERM'] !== 'dumb'
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
  return text.replace(/(?![\t\n])\p{Cc}/gu, '�')
}
