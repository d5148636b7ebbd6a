import { dirname, join } from 'node:path'
import { CliError, EXIT } from '../errors.ts'
import { STATE } from '../state/folder.ts'
import { hashOf, LOCK_PATH } from '../state/lock.ts'
import { finish } from './backups.ts'
import {
  bytesAt,
  type Disk,
  look,
  makeFolder,
  randomId,
  realDisk,
  syncFolder,
  writeInPlace,
  writeNew,
} from './disk.ts'
import { folderNumber, type Journal, PREPARED, STAGING, type Target, temporaryOf } from './journal.ts'
import { guardTargets } from './paths.ts'
import { reason, unwritable } from './reasons.ts'
import { rollBack } from './roll-back.ts'
import { TXN } from './unfinished.ts'

export interface Change {
  /** Relative to the project, with `/`. */
  path: string
  /** The bytes seen when the plan was made; null: nothing. */
  before: Buffer | null
  /** What is to stand there; null: nothing. */
  after: string | Buffer | null
  /** Permissions of a file that is not there yet; the process's own where absent. */
  mode?: number | null
}

interface Options {
  disk?: Disk
  /** The backup that this takes back: it goes instead of a new one coming. */
  undoes?: number
  /** Folders to be taken away afterwards, where nothing is left in them. */
  drops?: readonly string[]
}

const IGNORE = `${STATE}/.gitignore`
const IGNORED = '/backup/\n/conflicts/\n/run.lock*\n/txn/\n'

/**
 * Writes all of the changes or none, the lock last. A file that is not as it was when the plan was made stops the whole;
 * a crash at any moment leaves a journal, from which `recover` brings back what was there. Needs the run lock.
 */
export function applyChanges(root: string, changes: readonly Change[], options: Options = {}): void {
  const disk = options.disk ?? realDisk
  const wanted = inOrder(changes)
  if (wanted.length === 0) return
  if (
    options.undoes === undefined &&
    !wanted.some(({ path }) => path === IGNORE) &&
    !look(disk, join(root, IGNORE))
  )
    wanted.unshift({ path: IGNORE, before: null, after: IGNORED })
  guardTargets(
    disk,
    root,
    wanted.map(({ path }) => path),
  )
  const progress: Progress = { journal: null, reached: 0, at: '' }
  try {
    stage(disk, root, wanted, options, progress)
    commit(disk, root, wanted, progress)
    finish(disk, root, progress.journal as Journal)
  } catch (error) {
    throw takenBack(disk, root, progress, error)
  }
}

interface Progress {
  /** null: nothing is there yet to be taken back. */
  journal: Journal | null
  reached: number
  /** The path that is being worked on, for the message. */
  at: string
}

/** What changes something, the lock last: it is the commit record. */
function inOrder(changes: readonly Change[]): Change[] {
  const wanted = changes.filter(({ before, after }) =>
    after === null ? before !== null : !before?.equals(bytesOf(after)),
  )
  return [...wanted.filter((change) => !isLock(change)), ...wanted.filter(isLock)]
}

const isLock = ({ path }: Change) => path === LOCK_PATH

const bytesOf = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text)

/** All texts, old and new, reach the disk before the first target changes: a full disk shows here. */
function stage(
  disk: Disk,
  root: string,
  changes: readonly Change[],
  { undoes, drops }: Options,
  progress: Progress,
): void {
  const txn = join(root, TXN)
  progress.at = TXN
  makeFolder(disk, join(root, STATE))
  if (!makeFolder(disk, txn))
    throw new CliError('Another run was cut short meanwhile. Nothing was written.', {
      code: EXIT.failed,
      hint: 'Run it again.',
    })
  const journal: Journal = {
    schema: 1,
    id: randomId(),
    folder: '',
    undoes: undoes ?? null,
    targets: [],
    folders: [],
    drops: [...(drops ?? [])],
  }
  progress.journal = journal
  journal.folder = folderNumber(disk, txn)
  // What this tool makes anew it can make again: only what people could lose is worth the wait for the disk.
  const sync = changes.some(({ before }) => before !== null)
  const owners = changes.map(({ path, before, after }, index) => {
    progress.at = path
    const stat = look(disk, join(root, path))
    if ((stat === null) !== (before === null)) throw changed(path)
    const linked = stat !== null && stat.nlink > 1 && after !== null
    journal.targets.push({
      path,
      pre: before && hashOf(before),
      post: after === null ? null : hashOf(bytesOf(after)),
      mode: stat && stat.mode & 0o7777,
      linked,
    })
    if (before)
      writeNew(disk, join(txn, `old${index}`), before, {
        mode: stat && stat.mode & 0o7777,
        owner: stat,
        sync,
      })
    if (linked) writeNew(disk, join(txn, `new${index}`), bytesOf(after as Buffer), { mode: 0o600, sync })
    return stat
  })
  journal.folders = missingFolders(disk, root, changes)
  progress.at = TXN
  // Whole or not there, so that a journal is never half a sentence.
  writeNew(disk, join(txn, 'journal.tmp'), Buffer.from(JSON.stringify(journal)), { sync })
  disk.renameSync(join(txn, 'journal.tmp'), join(txn, STAGING))
  for (const folder of journal.folders) {
    progress.at = folder
    makeFolder(disk, join(root, folder))
  }
  changes.forEach(({ path, after, before, mode }, index) => {
    if (after === null || journal.targets[index]?.linked) return
    progress.at = path
    const owner = owners[index] ?? null
    writeNew(disk, join(root, temporaryOf(journal, index, path)), bytesOf(after), {
      mode: owner ? owner.mode & 0o7777 : (mode ?? null),
      owner,
      sync: sync && (before !== null || path === LOCK_PATH),
    })
  })
  progress.at = TXN
  disk.renameSync(join(txn, STAGING), join(txn, PREPARED))
  if (sync) syncFolder(disk, txn)
}

function commit(disk: Disk, root: string, changes: readonly Change[], progress: Progress): void {
  const journal = progress.journal as Journal
  changes.forEach(({ path, after }, index) => {
    progress.at = path
    const { pre, linked } = journal.targets[index] as Target
    const target = join(root, path)
    const bytes = bytesAt(disk, target)
    if (bytes === undefined || (bytes && hashOf(bytes)) !== pre) throw changed(path)
    progress.reached = index + 1
    if (after === null) disk.unlinkSync(target)
    else if (linked) writeInPlace(disk, target, bytesOf(after))
    else disk.renameSync(join(root, temporaryOf(journal, index, path)), target)
  })
  progress.at = TXN
}

/** Folders that have to be made, outermost first. */
function missingFolders(disk: Disk, root: string, changes: readonly Change[]): string[] {
  const missing = new Set<string>()
  const seen = new Set<string>()
  const visit = (folder: string): void => {
    if (folder === '.' || seen.has(folder)) return
    seen.add(folder)
    visit(dirname(folder))
    if (!look(disk, join(root, folder))) missing.add(folder)
  }
  for (const { path, after } of changes) if (after !== null) visit(dirname(path))
  return [...missing]
}

/** The error to tell, after the tree was brought back to what it was. */
function takenBack(disk: Disk, root: string, { journal, reached, at }: Progress, error: unknown): CliError {
  try {
    const edited = journal ? rollBack(disk, root, journal, reached).edited : []
    if (edited.length > 0)
      return new CliError(
        `${edited.map((index) => journal?.targets[index]?.path).join(', ')} changed while this ran, and was left as it is.`,
        { code: EXIT.refused, hint: 'Run it again: it says what to do.' },
      )
  } catch (second) {
    return new CliError(
      `Can't write ${at}: ${reason(error)}. Taking it back failed too: ${reason(second)}.`,
      {
        code: EXIT.failed,
        hint: 'Run it again once the disk can be written to: it starts by taking back the rest.',
      },
    )
  }
  if (error instanceof CliError) return error
  return unwritable(error, at)
}

const changed = (path: string) =>
  new CliError(`${path} changed while this ran: nothing was written.`, {
    code: EXIT.failed,
    hint: 'Run it again.',
  })
