import { structuredPatch } from 'diff'
import type { Plan } from '../plan.ts'
import type { Style } from './style.ts'
import { visible } from './style.ts'

/** A unified diff of all that would be written. The lock is left out: its blobs tell a reader nothing. */
export function diffText(plan: Plan, style: Style): string {
  return plan.files
    .filter((file) => (file.action === 'create' || file.action === 'update') && file.id !== 'state')
    .flatMap((file) => {
      const { hunks } = structuredPatch('', '', file.before ?? '', file.after ?? '', '', '', { context: 3 })
      const strong = (line: string) => style.strong(visible(line))
      return [
        strong(`--- ${file.before === null ? '/dev/null' : quoted(`a/${file.path}`)}`),
        strong(`+++ ${quoted(`b/${file.path}`)}`),
        ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
          style.command(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`),
          ...lines.map((line) => paint(visible(line), style)),
        ]),
      ]
    })
    .map((line) => `${line}\n`)
    .join('')
}

/** A path with a quote, a backslash or a line break in it is written as C writes a string. */
function quoted(path: string): string {
  return /["\\\p{Cc}]/u.test(path) ? JSON.stringify(path) : path
}

/** What starts nowhere is said to start before the first line. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`
}

function paint(line: string, style: Style): string {
  if (line.startsWith('+')) return style.ok(line)
  if (line.startsWith('-')) return style.bad(line)
  return line
}
