import type { Merged } from '../merge/merge.ts'
import type { Chunk } from '../merge/types.ts'
import { rulesNear } from '../render.ts'
import type { Draft, OpenConflict, Plan } from './types.ts'

/** What a merge leaves to people. */
export function openConflicts(merged: Merged, draft: Draft): OpenConflict[] {
  return merged.chunks
    .filter((chunk) => chunk.kind === 'conflict' && !chunk.chosen)
    .map((chunk) => openConflict(chunk, draft))
}

export function openConflict(chunk: Chunk, { file, causes }: Pick<Draft, 'file' | 'causes'>): OpenConflict {
  const [start, end] = [chunk.at.template, chunk.at.template + chunk.template.length]
  const rules = file ? rulesNear(file.rendered, start, end) : []
  // The last change that starts in it, or before it and reaches into it.
  const cause = causes.findLast(({ line }) => line <= Math.max(end, start + 1))
  return {
    line: chunk.at.yours + 1,
    base: chunk.base.join('\n'),
    yours: chunk.yours.join('\n'),
    template: chunk.template.join('\n'),
    rule: rules[0] ?? null,
    ...(cause && { from: cause.from }),
    ...(chunk.why !== undefined && { why: chunk.why }),
  }
}

/** Pins where a person's value stays though ours is another: told loudly, since an old base image is a risk. */
export function notesOf({ outcome, file, path }: Draft): Plan['notes'] {
  if (outcome.kind !== 'merge') return []
  return outcome.merged.pins.map(({ what, line, yours, template }) => ({
    rule: (file && rulesNear(file.rendered, line, line)[0]) ?? 'PD002',
    message: `${path}: your ${what} ${yours} stays; this version writes ${template}.`,
    file: path,
    line: line + 1,
  }))
}
