import { stripVTControlCharacters } from 'node:util'
import { BIDI_RE } from '../../escape.ts'
import type { Io } from '../../io.ts'
import type { ImageReport, LayerReport, Status } from '../../verify/types.ts'
import { type Style, visible } from '../style.ts'

/** How a status looks and what it is called. Nothing that was not seen is called anything else than that. */
export const STATUSES: Record<Status, { word: string; mark: string; ascii: string; style: keyof Style }> = {
  pass: { word: 'pass', mark: '✓', ascii: '+', style: 'ok' },
  fail: { word: 'fail', mark: '✗', ascii: 'x', style: 'bad' },
  skipped: { word: 'skip', mark: '○', ascii: '-', style: 'warn' },
}

export const KINDS: readonly LayerReport['kind'][] = ['base', 'system', 'dependencies', 'app']

/** `1.2 s`; from a hundred on, a tenth says nothing. */
export function secondsText(seconds: number): string {
  return `${seconds.toFixed(seconds < 99.95 ? 1 : 0)} s`
}

/** Where an image stands to its floor: `1.3 % over the floor`; null where no floor is known. */
export function floorText({ bytes, floor }: Partial<ImageReport>): string | null {
  if (bytes === undefined || !floor) return null
  const percent = Math.abs((bytes / floor - 1) * 100).toFixed(1)
  if (percent === '0.0') return 'at the floor'
  return `${percent} % ${bytes > floor ? 'over' : 'under'} the floor`
}

/** Bytes and layers of each kind that the image has, from the bottom. */
export function byKind(layers: readonly LayerReport[] = []) {
  return KINDS.map((kind) => {
    const own = layers.filter((layer) => layer.kind === kind)
    return { kind, layers: own.length, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) }
  }).filter((row) => row.layers > 0)
}

/** Whether marks and bars other than ASCII come out right. Where nothing speaks against it, they do. */
export function hasUnicode({ env }: Pick<Io, 'env'>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG']
  if (env['TERM'] === 'linux' || env['TERM'] === 'dumb') return false
  if (env['OS'] === 'Windows_NT') return Boolean(env['WT_SESSION'] || env['TERM_PROGRAM'] || env['TERM'])
  return !locale || /utf-?8/i.test(locale)
}

/** A line that a program printed: its colours taken off, its orders to the terminal harmless. */
export function plainLine(text: string): string {
  return visible(stripVTControlCharacters(text)).replaceAll('\t', '  ').replace(BIDI_RE, '').trimEnd()
}

/** A sentence on one line. */
export const sentence = (text: string) => plainLine(text).replace(/\s+/g, ' ').trim()

const NO_COLUMN_RE = /^[\p{M}\p{Cf}]$/u
const TWO_COLUMNS_RE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u

/** Columns that a text takes at a terminal. */
export function columns(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let sum = 0
  for (const char of text) sum += NO_COLUMN_RE.test(char) ? 0 : TWO_COLUMNS_RE.test(char) ? 2 : 1
  return sum
}

/** As much of a text as `width` columns hold; that something is missing shows. */
export function cut(text: string, width: number): string {
  if (columns(text) <= width) return text
  return width < 1 ? '' : `${width < 3 ? '' : head(text, width - 1)}…`
}

/** At least one character, so that a loop over the rest ends. */
function head(text: string, width: number): string {
  let taken = ''
  let sum = 0
  for (const char of text) {
    sum += columns(char)
    if (sum > width && taken !== '') break
    taken += char
  }
  return taken
}

/** Lines of at most `width` columns, broken between words where there are any. Spaces at the start stay. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S)(?=\s)/)) {
    let rest = line === '' && lines.length > 0 ? word.trimStart() : word
    if (columns(line + rest) > width && line !== '') {
      lines.push(line)
      line = ''
      rest = rest.trimStart()
    }
    while (columns(rest) > width) {
      const part = head(rest, width)
      lines.push(part)
      rest = rest.slice(part.length)
    }
    line += rest
  }
  return line !== '' || lines.length === 0 ? [...lines, line] : lines
}
