import type { OpenConflict } from '../plan/types.ts'
import { exchange, type Style, visible } from './style.ts'

/** Both sides of a conflict, each as its difference from the text that they have in common. */
export function conflictLines({ base, yours, template, why, from }: OpenConflict, style: Style): string[] {
  return [
    ...(why === undefined ? [] : [visible(why), '']),
    style.strong('you changed'),
    ...side(base, yours, style),
    style.strong(from === 'project' ? 'new here, since your project changed' : 'new here'),
    ...side(base, template, style),
  ]
}

function side(base: string, text: string, style: Style): string[] {
  if (text === base) return [style.dim('  nothing')]
  const lines = (all: string) => (all === '' ? [] : all.split('\n'))
  return exchange(lines(base), lines(text), style)
}
