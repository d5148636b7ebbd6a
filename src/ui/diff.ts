import { matchLines, numberLines } from '../merge/diff.ts'
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
      return [
        strong(`--- ${file.before === null ? '/dev/null' : quoted(`a/${file.path}`)}`),
        strong(`+++ ${file.after === null ? '/dev/null' : quoted(`b/${file.path}`)}`),
        ...hunks(textOf(file.before), textOf(file.after)).flatMap(({ head, lines }) => [
          style.command(head),
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

/** Lines of either side that are shown around each change. */
const CONTEXT = 3

/** What changed, as unified diffs show it. */
export function hunks(before: string, after: string): { head: string; lines: string[] }[] {
  const [a, b] = [before, after].map((text) => text.split(/(?<=\n)/).filter(Boolean)) as [string[], string[]]
  const [from = [], to = []] = numberLines(a, b)
  const edits: { sign: ' ' | '-' | '+'; text: string }[] = []
  let y = 0
  const added = (end: number) => {
    while (y < end) edits.push({ sign: '+', text: b[y++] as string })
  }
  matchLines(from, to).forEach((match, x) => {
    if (match >= 0) added(match)
    edits.push({ sign: match < 0 ? '-' : ' ', text: a[x] as string })
    if (match >= 0) y++
  })
  added(b.length)
  const groups: [start: number, end: number][] = []
  edits.forEach(({ sign }, at) => {
    if (sign === ' ') return
    const last = groups.at(-1)
    if (last && at - CONTEXT <= last[1]) last[1] = at + CONTEXT + 1
    else groups.push([Math.max(0, at - CONTEXT), at + CONTEXT + 1])
  })
  return groups.map(([start, end]) => {
    const shown = edits.slice(start, end)
    const side = (other: '-' | '+') => {
      const count = (some: typeof edits) => some.filter(({ sign }) => sign !== other).length
      // What starts nowhere is said to start before the first line.
      const length = count(shown)
      return `${count(edits.slice(0, start)) + (length > 0 ? 1 : 0)},${length}`
    }
    return {
      head: `@@ -${side('+')} +${side('-')} @@`,
      lines: shown.flatMap(({ sign, text }) =>
        text.endsWith('\n')
          ? `${sign}${text.slice(0, -1)}`
          : [`${sign}${text}`, '\\ No newline at end of file'],
      ),
    }
  })
}

function paint(line: string, style: Style): string {
  if (line.startsWith('+')) return style.ok(line)
  if (line.startsWith('-')) return style.bad(line)
  return line
}
