import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { CliError, EXIT } from '../errors.ts'
import { STATE } from '../state/folder.ts'
import {
  codeOf,
  type Disk,
  look,
  makeFolder,
  orNull,
  randomId,
  realDisk,
  removeEmpty,
  removeFile,
  writeNew,
} from './disk.ts'
import { guardPaths } from './paths.ts'
import { unwritable } from './reasons.ts'

const RUN_LOCK = `${STATE}/run.lock`
/** A run holds the lock for milliseconds. How long one is believed that says nothing, or that can't be asked about. */
const EMPTY_MS = 5_000
const UNKNOWN_MS = 10 * 60_000

interface Holder {
  pid: number
  /** When the process started, as the system counts; null where it does not tell. */
  start: string | null
  /** The machine, and the namespace that its process numbers are of. */
  host: string
}

/** Runs `work` while no other run writes here; the second of two is refused with exit 5. */
export async function withRunLock<T>(
  root: string,
  work: () => Promise<T> | T,
  disk: Disk = realDisk,
): Promise<T> {
  const release = takeRunLock(root, disk)
  try {
    return await work()
  } finally {
    release()
  }
}

/** Takes the lock and gives what releases it; throws with exit 5 where another run holds it. */
export function takeRunLock(root: string, disk: Disk): () => void {
  guardPaths(disk, root, [`${STATE}/x`])
  const path = join(root, RUN_LOCK)
  const mine = JSON.stringify(self())
  try {
    for (let attempt = 0; !create(disk, root, path, mine); attempt++) {
      const text = lockText(disk, path)
      if (text === null) continue
      if (attempt > 3 || !isStale(disk, path, text)) throw busy()
      takeAway(disk, path, text)
    }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw unwritable(error, RUN_LOCK)
  }
  return () => {
    try {
      if (lockText(disk, path) === mine) removeFile(disk, path)
      removeEmpty(disk, join(root, STATE))
    } catch {
      // The next run sees that this process is gone.
    }
  }
}

/** Whether a run that still lives holds the lock; for those that only look. */
export function isRunning(root: string, disk: Disk = realDisk): boolean {
  const path = join(root, RUN_LOCK)
  const text = lockText(disk, path)
  return text !== null && !isStale(disk, path, text)
}

export const busy = (): CliError =>
  new CliError('Another run is writing here just now. Nothing was written.', {
    code: EXIT.refused,
    hint: `Wait for it, then run again. If there is none, delete ${RUN_LOCK}.`,
  })

function create(disk: Disk, root: string, path: string, text: string): boolean {
  makeFolder(disk, join(root, STATE))
  try {
    writeNew(disk, path, Buffer.from(text), { sync: false })
    return true
  } catch (error) {
    // ENOENT: another run ended, and took the empty folder with it.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
    removeEmpty(disk, join(root, STATE))
    throw error
  }
}

const lockText = (disk: Disk, path: string): string | null =>
  orNull(['ENOENT'], () => disk.readFileSync(path, 'utf8'))

function isStale(disk: Disk, path: string, text: string): boolean {
  const age = Date.now() - (look(disk, path)?.mtimeMs ?? Date.now())
  let holder: Holder
  try {
    holder = JSON.parse(text)
    if (!Number.isInteger(holder.pid) || holder.pid <= 0) return age > EMPTY_MS
  } catch {
    return age > EMPTY_MS
  }
  if (holder.host !== self().host) return age > UNKNOWN_MS
  if (!isAlive(holder.pid)) return true
  const start = startOf(holder.pid)
  return start === null || holder.start === null ? age > UNKNOWN_MS : start !== holder.start
}

/** Moves a stale lock aside and looks at it again: another run may have taken it over in between, and gets it back. */
function takeAway(disk: Disk, path: string, stale: string): void {
  const aside = `${path}.${randomId()}`
  if (!orNull(['ENOENT'], () => [disk.renameSync(path, aside)])) return
  const text = disk.readFileSync(aside, 'utf8')
  if (text !== stale) orNull(['EEXIST'], () => writeNew(disk, path, Buffer.from(text), { sync: false }))
  removeFile(disk, aside)
}

function self(): Holder {
  return { pid: process.pid, start: startOf(process.pid), host: `${hostname()} ${namespace()}`.trim() }
}

const namespace = (): string => {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** The 22nd field, counted behind the name, which may hold anything; a process that is dead but not buried has none. */
function startOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null)
  } catch {
    return null
  }
}
