import { join } from 'node:path'
import { CliError, EXIT } from '../errors.ts'
import { hashOf } from '../state/lock.ts'
import { backups } from './backups.ts'
import { applyChanges, type Change } from './commit.ts'
import { bytesAt, type Disk, realDisk } from './disk.ts'
import { guardJournal, type Journal, PREPARED, readJournal, type Standing, standings } from './journal.ts'
import { guardPaths } from './paths.ts'
import { BACKUP } from './unfinished.ts'

export interface Undone {
  files: { path: string; action: 'restore' | 'remove' }[]
}

/**
 * Takes the last write back that still stands, whole; null where there is none. Refuses (exit 5) where a file changed
 * since: nothing is overwritten that somebody did after the write. `preview`: only tells. Needs the run lock.
 */
export function undoLast(
  root: string,
  { disk = realDisk, preview = false }: { disk?: Disk; preview?: boolean } = {},
): Undone | null {
  guardPaths(disk, root, [`${BACKUP}/x`])
  for (const number of backups(disk, root)) {
    const folder = `${BACKUP}/${number}`
    const journal = readBackup(disk, root, folder)
    if (!journal) continue
    guardJournal(disk, root, journal)
    const standing = standings(disk, root, journal, folder)
    // Taken back by hand already.
    if (standing.every((where) => where === 'pre')) continue
    refuseEdited(journal, standing, folder)
    const changes = changesOf(disk, root, journal, standing, folder)
    if (!preview) applyChanges(root, changes, { disk, undoes: number, drops: journal.folders })
    return {
      files: changes.map(({ path, after }) => ({ path, action: after === null ? 'remove' : 'restore' })),
    }
  }
  return null
}

/** Whether there is anything to look at: without it, not even the run lock is written. */
export const hasBackups = (root: string): boolean => backups(realDisk, root).length > 0

/** One that came with a repository, or with a copy of the folder, is not believed. */
function readBackup(disk: Disk, root: string, folder: string): Journal | null {
  try {
    const found = readJournal(disk, root, folder)
    return found?.prepared ? found.journal : null
  } catch {
    return null
  }
}

function refuseEdited(journal: Journal, standing: readonly Standing[], folder: string): void {
  const edited = journal.targets.flatMap((target, index) =>
    standing[index] === 'other' ? [target.path] : [],
  )
  if (edited.length === 0) return
  throw new CliError(`${edited.join(', ')} changed since the last write: nothing was taken back.`, {
    code: EXIT.refused,
    hint: `What stood there before it is in ${folder}; ${PREPARED} there tells which is which.`,
  })
}

function changesOf(
  disk: Disk,
  root: string,
  journal: Journal,
  standing: readonly Standing[],
  folder: string,
): Change[] {
  return journal.targets.flatMap(({ path, pre, mode }, index) => {
    if (standing[index] !== 'post') return []
    const after = pre === null ? null : (bytesAt(disk, join(root, folder, `old${index}`)) ?? null)
    if (pre !== null && (!after || hashOf(after) !== pre))
      throw new CliError(`The backup of ${path} in ${folder} is damaged: nothing was taken back.`, {
        code: EXIT.refused,
        hint: 'Take the files back from git.',
      })
    return [{ path, before: bytesAt(disk, join(root, path)) ?? null, after, mode }]
  })
}
