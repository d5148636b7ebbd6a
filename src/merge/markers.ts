import { joinLines, type Row, splitLines } from './lines.ts'
import { isOpen, linesOf, type Merged, type Side } from './merge.ts'

const RUN_RE = /^(?:<{7,}|\|{7,}|={7,}|>{7,})/
const runOf = (line: string): number => RUN_RE.exec(line)?.[0].length ?? 0

/**
 * The merged file with its open conflicts in markers, the base between the two sides (git's zdiff3). Markers are longer than
 * all in the file that looks like one. Whether it ends in a newline is decided apart from conflicts, so it holds for both sides.
 */
export function withMarkers(merged: Merged, labels: Record<'base' | Side, string>): string {
  const yours = splitLines(merged.text('yours'))
  const template = splitLines(merged.text('template'))
  const file = yours.lines.length > 0 ? yours : template
  const all = [...yours.lines, ...template.lines, ...merged.chunks.flatMap(({ base }) => base)]
  const length = all.reduce((most, line) => Math.max(most, runOf(line) + 1), 7)
  const rows: Row[] = []
  const mark = (char: string, label?: string) =>
    rows.push([char.repeat(length) + (label === undefined ? '' : ` ${label}`), ''])
  let [inYours, inTemplate] = [0, 0]
  for (const chunk of merged.chunks) {
    const open = isOpen(chunk)
    const mine = linesOf(chunk, 'yours').length
    const ours = linesOf(chunk, 'template').length
    if (open) mark('<', labels.yours)
    for (let index = 0; index < mine; index++)
      // The last line of one side may stand in the middle of the other, and has its ending there.
      rows.push([
        yours.lines[inYours + index] ?? '',
        yours.eols[inYours + index] || (open ? '' : (template.eols[inTemplate + index] ?? '')),
      ])
    if (open) {
      mark('|', labels.base)
      rows.push(...chunk.base.map((line): Row => [line, '']))
      mark('=')
      for (let index = 0; index < ours; index++)
        rows.push([template.lines[inTemplate + index] ?? '', template.eols[inTemplate + index] ?? ''])
      mark('>', labels.template)
    }
    inYours += mine
    inTemplate += ours
  }
  return joinLines(rows, file, yours.final !== false && template.final !== false)
}

/** Reads one side back out of a text with markers; null: they are not whole. */
export function sideOf(text: string, side: Side): string | null {
  const file = splitLines(text)
  const length = file.lines.reduce((most, line) => Math.max(most, runOf(line)), 0)
  const rows: Row[] = []
  const order = '<|=>'
  let at = 0 // how many of a conflict's markers have passed
  for (const [index, line] of file.lines.entries()) {
    if (length > 0 && runOf(line) === length) {
      if (line[0] !== order[at]) return null
      at = (at + 1) % order.length
    } else if (at === 0 || at === (side === 'yours' ? 1 : 3)) rows.push([line, file.eols[index] ?? ''])
  }
  return at === 0 ? joinLines(rows, file, file.final) : null
}
