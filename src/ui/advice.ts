import type { Advice } from '../plan/advice.ts'
import { exchange, type Style, visible } from './style.ts'

/** What is said, and the change as a difference. */
export function adviceLines({ message, line, patch }: Advice, text: string, style: Style): string[] {
  const rows = text.replace(/^\ufeff/, '').split(/\r?\n/)
  if (!patch) return [visible(message), '', style.dim(`  ${visible(rows[line - 1] ?? '')}`)]
  return [visible(message), '', ...exchange(rows.slice(patch.from, patch.to), patch.lines, style)]
}
