import { structuredPatch } from 'diff'
import { isChange } from '../plan/settle.ts'
import type { Plan } from '../plan/types.ts'
import { conflictLines } from './conflict.ts'
import type { Style } from './style.ts'
import { visible } from './style.ts'

/** A unified diff of all that would be written, then what is open. The lock is left out: its blobs tell a reader nothing. */
export function diffText(plan: Plan, style: Style): string {
  const strong = (line: string) => style.strong(visible(line))
  const changes = plan.files
    .filter((file) => isChange(file) && file.id !== 'state')
    .flatMap((file) => {
      const { hunks } = structuredPatch('', '', textOf(file.before), textOf(file.after), '', '', {
        context: 3,
      })
      return [
        strong(`--- ${file.before === null ? '/dev/null' : quoted(`a/${file.path}`)}`),
        strong(`+++ ${file.after === null ? '/dev/null' : quoted(`b/${file.path}`)}`),
        ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
          style.command(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`),
          ...lines.map((line) => paint(visible(line), style)),
        ]),
      ]
    })
  const open = plan.files.flatMap(({ path, conflicts = [] }) =>
    conflicts.flatMap((conflict) => [
      '',
      strong(`${path}:${conflict.line}  to decide${conflict.rule ? `  ${conflict.rule}` : ''}`),
      ...conflictLines(conflict, style),
    ]),
  )
  return [...changes, ...open].map((line) => `${line}\n`).join('')
}

const textOf = (bytes: string | Buffer | null): string => bytes?.toString() ?? ''

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
