import type { Advice } from '../plan/advice.ts'
import { type Style, visible } from './style.ts'

/** What is said, and the change as a difference. */
export function adviceLines({ message, line, patch }: Advice, text: string, style: Style): string[] {
  const rows = text.replace(/^\ufeff/, '').split(/\r?\n/)
  if (!patch) return [visible(message), '', style.dim(`  ${visible(rows[line - 1] ?? '')}`)]
  return [
    visible(message),
    '',
    ...rows.slice(patch.from, patch.to).map((row) => style.bad(`  - ${visible(row)}`)),
    ...patch.lines.map((row) => style.ok(`  + ${visible(row)}`)),
  ]
}
