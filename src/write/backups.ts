import { join } from 'node:path'
import { STATE } from '../state/folder.ts'
import { type Disk, makeFolder, orNull, removeEmpty } from './disk.ts'
import { dropTransaction, type Journal } from './journal.ts'
import { BACKUP, TXN } from './unfinished.ts'

const KEPT = 5

/** Numbers of the backups, newest first. */
export function backups(disk: Disk, root: string): number[] {
  return (orNull(['ENOENT', 'ENOTDIR'], () => disk.readdirSync(join(root, BACKUP))) ?? [])
    .filter((name) => /^[1-9]\d{0,8}$/.test(name))
    .map(Number)
    .sort((a, b) => b - a)
}

/**
 * Ends a write whose targets all stand: one rename turns it into a backup, or takes the backup away that it undid. What
 * follows is tidying; where that fails, the next write or command does it.
 */
export function finish(disk: Disk, root: string, journal: Journal): void {
  const folder = join(root, BACKUP)
  const undone = join(folder, `undone-${journal.id}`)
  if (journal.undoes === null) {
    makeFolder(disk, folder)
    disk.renameSync(join(root, TXN), join(folder, String((backups(disk, root)[0] ?? 0) + 1)))
  } else {
    // Gone already where a crash came just after it.
    orNull(['ENOENT'], () => disk.renameSync(join(folder, String(journal.undoes)), undone))
  }
  try {
    for (const path of [...journal.drops].reverse()) removeEmpty(disk, join(root, path))
    if (journal.undoes !== null) {
      dropTransaction(disk, join(root, TXN))
      dropTransaction(disk, undone)
      for (const path of [BACKUP, STATE]) removeEmpty(disk, join(root, path))
    }
    for (const old of backups(disk, root).slice(KEPT)) dropTransaction(disk, join(folder, String(old)))
  } catch {
    // The write stands.
  }
}
