import { dirname, join } from 'node:path'
import { STATE } from '../state/folder.ts'
import {
  codeOf,
  type Disk,
  look,
  makeFolder,
  removeEmpty,
  removeFile,
  writeInPlace,
  writeNew,
} from './disk.ts'
import { dropTransaction, type Journal, standings, type Target, temporaryOf } from './journal.ts'
import { BACKUP, TXN } from './unfinished.ts'

export interface RolledBack {
  /** Paths that stand as they did before the write. */
  restored: string[]
  /** Numbers of targets that somebody changed since: never touched, and the journal is kept for them. */
  edited: number[]
}

/** Takes a write back. `reached`: how many targets it may have changed. Safe to repeat, and to be cut short itself. */
export function rollBack(disk: Disk, root: string, journal: Journal, reached: number): RolledBack {
  const restored: string[] = []
  const edited: number[] = []
  const standing = reached > 0 ? standings(disk, root, journal, TXN) : []
  // Last first: the lock never tells of a file that is not there.
  for (let index = reached - 1; index >= 0; index--) {
    const target = journal.targets[index] as Target
    if (standing[index] === 'post') {
      restore(disk, root, journal, index)
      restored.push(target.path)
    } else if (standing[index] === 'other') edited.push(index)
  }
  journal.targets.forEach(({ path }, index) => {
    removeFile(disk, join(root, temporaryOf(journal, index, path)))
  })
  for (const folder of [...journal.folders].reverse()) removeEmpty(disk, join(root, folder))
  if (edited.length === 0) {
    dropTransaction(disk, join(root, TXN))
    for (const folder of [BACKUP, STATE]) removeEmpty(disk, join(root, folder))
  }
  return { restored: restored.reverse(), edited: edited.reverse() }
}

function restore(disk: Disk, root: string, journal: Journal, index: number): void {
  const { path, pre, post, mode, linked } = journal.targets[index] as Target
  const target = join(root, path)
  const old = join(root, TXN, `old${index}`)
  if (pre === null) {
    removeFile(disk, target)
    return
  }
  if (linked && post !== null) {
    writeInPlace(disk, target, disk.readFileSync(old))
    return
  }
  makeFolders(disk, dirname(target))
  try {
    // Needs no space: the disk may be full.
    disk.renameSync(old, target)
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error
    const temporary = join(root, temporaryOf(journal, index, path))
    removeFile(disk, temporary)
    writeNew(disk, temporary, disk.readFileSync(old), { mode, sync: true })
    disk.renameSync(temporary, target)
  }
}

function makeFolders(disk: Disk, folder: string): void {
  if (look(disk, folder)) return
  makeFolders(disk, dirname(folder))
  makeFolder(disk, folder)
}
