import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Merged } from '../merge/merge.ts'
import type { Project } from '../project.ts'
import { STATE } from '../state/folder.ts'
import { type LockEntry, pristine } from '../state/lock.ts'
import { plannedText, readTarget } from './targets.ts'
import type { Draft, PlannedFile } from './types.ts'

/** Ignored by git: what is open is each person's to compare. */
export const FOLDER = `${STATE}/conflicts`

export const isSidecar = ({ path }: Pick<PlannedFile, 'path'>): boolean => path.startsWith(`${FOLDER}/`)

/** The file with its open conflicts marked, as git does with `diff3`. */
export async function markedText(merged: Merged): Promise<string> {
  const { withMarkers } = await import('../merge/markers.ts')
  return withMarkers(merged, { yours: 'yours', base: 'as last written', template: 'new' })
}

/** The texts of a conflict beside each other: what was last written, what is new, and the merge with marks. */
export async function sidecars(
  project: Project,
  { id, entry, file }: Draft,
  merged: Merged,
): Promise<PlannedFile[]> {
  const texts = {
    base: pristine(entry as LockEntry),
    template: file?.rendered.text ?? '',
    proposed: await markedText(merged),
  }
  return Object.entries(texts).map(([name, after]) =>
    plannedText(project, `${id}.${name}`, `${FOLDER}/${id}.${name}`, after),
  )
}

/** Those of an earlier run that nothing needs any more. */
export function staleSidecars(project: Project, files: readonly PlannedFile[]): PlannedFile[] {
  let names: string[]
  try {
    names = readdirSync(join(project.root, FOLDER)).sort()
  } catch {
    return []
  }
  return names
    .map((name) => `${FOLDER}/${name}`)
    .filter((path) => /\.(base|template|proposed)$/.test(path) && !files.some((file) => file.path === path))
    .map((path) => ({
      id: path.slice(FOLDER.length + 1),
      path,
      action: 'delete',
      reason: '',
      before: readTarget(project, path),
      after: null,
    }))
}
