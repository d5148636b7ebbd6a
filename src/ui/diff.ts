import { createTwoFilesPatch } from 'diff'
import type { Plan } from '../plan.ts'
import type { Style } from './style.ts'
import { visible } from './style.ts'

/** A unified diff of all that would be written. The lock is left out: its blobs tell a reader nothing. */
export function diffText(plan: Plan, style: Style): string {
  return plan.files
    .filter((file) => (file.action === 'create' || file.action === 'update') && file.id !== 'state')
    .map((file) => {
      const patch = createTwoFilesPatch(
        file.before === null ? '/dev/null' : `a/${file.path}`,
        `b/${file.path}`,
        file.before ?? '',
        file.after ?? '',
        undefined,
        undefined,
        { context: 3 },
      )
      return patch
        .split('\n')
        .slice(1)
        .map((line) => paint(visible(line).replace(/^((?:---|\+\+\+) [^\t]*)\t.*$/, '$1'), style))
        .join('\n')
    })
    .join('')
}

function paint(line: string, style: Style): string {
  if (/^(---|\+\+\+)/.test(line)) return style.strong(line)
  if (line.startsWith('@@')) return style.command(line)
  if (line.startsWith('+')) return style.ok(line)
  if (line.startsWith('-')) return style.bad(line)
  return line
}
