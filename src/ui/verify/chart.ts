import type { Io } from '../../io.ts'
import { LIMIT } from '../../verify/image/size.ts'
import type { ImageReport } from '../../verify/types.ts'
import { bytesText } from '../../verify/words.ts'
import type { Style } from '../style.ts'
import { byKind, floorText, hasUnicode } from './text.ts'

/**
 * The image as a stacked bar pulled apart: a row for each kind of layer, each bar beginning where the one above ends, and
 * below them where the floor is. Position says it all, so that colours are never needed.
 */
export function imageChart(
  image: Partial<ImageReport>,
  io: Pick<Io, 'stdout' | 'env'>,
  style: Style,
): string {
  const kinds = byKind(image.layers)
  if (kinds.length === 0) return ''
  const bytes = image.bytes ?? kinds.reduce((sum, row) => sum + row.bytes, 0)
  const floor = image.floor ?? null
  const columns = (io.stdout as { columns?: number }).columns || 80
  const label = Math.max(...kinds.map(({ kind }) => kind.length))
  const value = Math.max(...kinds.map((row) => bytesText(row.bytes).length))
  const width = Math.max(8, Math.min(columns, 120) - 1 - label - value - 6)
  const cells = (part: number) => Math.round((part / Math.max(bytes, floor ?? 0, 1)) * width)
  // Coloured output is for people at terminals of today; where it is off, a log or an old one may be reading.
  const block = hasUnicode(io) && style.dim('x') !== 'x' ? { bar: '█', mark: '▲' } : { bar: '#', mark: '^' }
  let before = 0
  const rows = kinds.map((row) => {
    const start = Math.min(cells(before), width - 1)
    before += row.bytes
    // What is there shows, however small.
    const length = row.bytes > 0 ? Math.max(1, cells(before) - start) : 0
    const bar = block.bar.repeat(length)
    const space = ' '.repeat(width - start - length)
    return `  ${row.kind.padEnd(label)}  ${' '.repeat(start)}${row.kind === 'base' ? style.dim(bar) : style.command(bar)}${space}  ${bytesText(row.bytes).padStart(value)}`
  })
  const standing = floorText({ bytes, floor })
  const look = floor && bytes > floor * LIMIT ? style.warn : style.ok
  const head = `${style.strong('Image')}  ${bytesText(bytes)}${standing ? `, ${look(standing)}` : style.dim(', its floor is not known')}`
  const at = floor ? Math.min(width - 1, Math.max(0, cells(floor) - 1)) : 0
  const name = `floor ${bytesText(floor ?? 0)}`
  // Left of its mark where there is room, else right of it.
  const mark =
    at > name.length
      ? `${' '.repeat(at - name.length - 1)}${name} ${block.mark}`
      : `${' '.repeat(at)}${block.mark} ${name}`
  return `${[head, '', ...rows, ...(floor ? [`  ${' '.repeat(label)}  ${style.dim(mark)}`] : [])].join('\n')}\n`
}
