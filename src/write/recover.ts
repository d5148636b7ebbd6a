import { join } from 'node:path'
import { CliError, EXIT } from '../errors.ts'
import { finish } from './backups.ts'
import { type Disk, look, realDisk } from './disk.ts'
import { dropTransaction, guardJournal, readJournal, standings } from './journal.ts'
import { guardPaths } from './paths.ts'
import { reason } from './reasons.ts'
import { rollBack } from './roll-back.ts'
import { busy, isRunning, takeRunLock } from './run-lock.ts'
import { TXN } from './unfinished.ts'

/**
 * Ends what a crash cut short, at the start of every command that reads the state; null where there is nothing. A write
 * that had come to its end stays, any other is taken back. Refuses (exit 5) where somebody changed a file since: that file
 * is never touched, and the journal stays.
 */
export function recover(root: string, disk: Disk = realDisk): { restored: string[] } | null {
  if (!look(disk, join(root, TXN))) return null
  guardPaths(disk, root, [`${TXN}/x`])
  const release = takeRunLock(root, disk)
  try {
    const found = readJournal(disk, root, TXN)
    if (!found) {
      dropTransaction(disk, join(root, TXN))
      return { restored: [] }
    }
    const { journal, prepared } = found
    guardJournal(disk, root, journal)
    const standing = prepared ? standings(disk, root, journal, TXN) : []
    if (standing.at(-1) === 'post' && !standing.includes('pre')) {
      finish(disk, root, journal)
      return { restored: [] }
    }
    const { restored, edited } = rollBack(disk, root, journal, prepared ? journal.targets.length : 0)
    if (edited.length === 0) return { restored }
    const names = edited.map((index) => journal.targets[index]?.path).join(', ')
    const kept = edited
      .filter((index) => journal.targets[index]?.pre !== null)
      .map((index) => `${TXN}/old${index}`)
    throw new CliError(
      `A run was cut short, and ${names} changed since: ${edited.length === 1 ? 'it was' : 'they were'} left alone.`,
      {
        code: EXIT.refused,
        hint: `${kept.length > 0 ? `What stood there before that run is in ${kept.join(', ')}. ` : ''}Put it the way you want it, delete ${TXN}, then run again.`,
      },
    )
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`A run was cut short, and can't be taken back: ${reason(error)}.`, {
      code: EXIT.failed,
      hint: 'Check the permissions of the folder and the space on the disk, then run again.',
    })
  } finally {
    release()
  }
}

/** For what only looks: refuses (exit 5) while a write is under way, or waits to be taken back. */
export function refuseUnrecovered(root: string, disk: Disk = realDisk): never {
  if (isRunning(root, disk)) throw busy()
  throw new CliError('A run was cut short, and what it wrote is to be taken back first.', {
    code: EXIT.refused,
    hint: 'Run npx create-prod-docker here once, without --dry-run, --diff or --check: it starts with that.',
  })
}
