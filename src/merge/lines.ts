import { isUtf8 } from 'node:buffer'

export type Eol = '\n' | '\r\n'

/** A text with all that the merge of lines must not see taken out of band. A lone `\r` is content. */
export interface Lines {
  bom: boolean
  lines: string[]
  /** Each line's own ending; the last one's is empty where the file has no final newline. */
  eols: (Eol | '')[]
  /** The file's usual ending: what a new line gets. */
  eol: Eol
  /** Whether the last line has an ending; null: there is no line. */
  final: boolean | null
}

const BOM = '\uFEFF'
const MAX_BYTES = 1_048_576

/** Strict: what can't be read back byte for byte, or is in the middle of a conflict, is no text to merge. */
export function decode(
  bytes: Uint8Array,
): { text: string } | { refused: 'not-utf8' | 'binary' | 'too-large' | 'markers' } {
  if (bytes.length > MAX_BYTES) return { refused: 'too-large' }
  if (bytes.includes(0)) return { refused: 'binary' }
  if (!isUtf8(bytes)) return { refused: 'not-utf8' }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return hasMarkers(text) ? { refused: 'markers' } : { text }
}

/** Conflict markers that someone left: all three kinds in order, of one length. A heading's `=======` alone is none. */
export function hasMarkers(text: string): boolean {
  let length = 0
  let divided = false
  for (const [, run = '', label] of text.matchAll(/^(<{7,}|={7,}|>{7,})( .*)?\r?$/gm)) {
    if (run[0] === '<') {
      length = run.length
      divided = false
    } else if (run.length !== length) continue
    else if (run[0] === '=') divided ||= label === undefined
    else if (divided) return true
  }
  return false
}

export function splitLines(text: string): Lines {
  const bom = text.startsWith(BOM)
  const lines: string[] = []
  const eols: (Eol | '')[] = []
  let crlf = 0
  let at = bom ? 1 : 0
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const eol = end < 0 ? '' : end > at && text[end - 1] === '\r' ? '\r\n' : '\n'
    if (eol === '\r\n') crlf++
    lines.push(text.slice(at, end < 0 ? undefined : end + 1 - eol.length))
    eols.push(eol)
    if (end < 0) break
    at = end + 1
  }
  const ended = eols.length - (eols.at(-1) === '' ? 1 : 0)
  return {
    bom,
    lines,
    eols,
    eol: crlf * 2 > ended ? '\r\n' : '\n',
    final: lines.length > 0 ? eols.at(-1) !== '' : null,
  }
}

/** The text as the gates see it, and as it is remembered: `\n`, no BOM. */
export function plainText(lines: readonly string[], final: boolean | null): string {
  return lines.length === 0 ? '' : lines.join('\n') + (final === false && lines.at(-1) !== '' ? '' : '\n')
}

/** The final newline is merged like a value: the user's where it was changed, else the template's. */
export function mergeFinal(base: boolean | null, yours: boolean | null, template: boolean | null) {
  return yours !== null && (yours !== base || template === null) ? yours : template
}

/** A line and its own ending; one without gets the file's usual one. */
export type Row = readonly [line: string, eol: Eol | '']

/** Back to the bytes of the user's file. */
export function joinLines(rows: readonly Row[], { bom, eol: usual }: Lines, final: boolean | null): string {
  let text = bom ? BOM : ''
  for (const [index, [line, own]] of rows.entries()) {
    text += line
    // An empty last line needs its ending: without, it is none.
    if (final === false && index === rows.length - 1 && line !== '') break
    // A line that ends in a lone \r would read back without it.
    text += line.endsWith('\r') ? '\r\n' : own || usual
  }
  return text
}
