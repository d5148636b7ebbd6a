import * as fs from 'node:fs'

/** Every operation that a write is made of: the one seam. Tests wrap it, to crash or to fail at the n-th. */
export type Disk = Pick<
  typeof fs,
  | 'closeSync'
  | 'fchmodSync'
  | 'fchownSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'unlinkSync'
  | 'writeFileSync'
  | 'writeSync'
>

export const realDisk: Disk =
  process.platform === 'win32' ? { ...fs, renameSync: patient(fs.renameSync) } : fs

/** Windows refuses a rename while a virus scanner or an editor looks at the file: a moment later it works. */
export function patient(rename: typeof fs.renameSync): typeof fs.renameSync {
  return (from, to) => {
    for (let wait = 5; ; wait *= 2) {
      try {
        return rename(from, to)
      } catch (error) {
        if (wait > 640 || !['EPERM', 'EBUSY', 'EACCES'].includes(codeOf(error))) throw error
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait)
      }
    }
  }
}

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? ''

/** For names that must not meet, not for secrets: those of node:crypto take five milliseconds to start. */
export const randomId = (): string => Math.random().toString(16).slice(2, 12)

/** What stands at a path itself, links not followed; null: nothing. Without a throw, the first of which takes long. */
export function look(disk: Disk, path: string): fs.Stats | null {
  return orNull(['ENOTDIR'], () => disk.lstatSync(path, { throwIfNoEntry: false })) ?? null
}

/** The bytes of a plain file; null: nothing is there; undefined: something else is. */
export function bytesAt(disk: Disk, path: string): Buffer | null | undefined {
  const stat = look(disk, path)
  if (!stat) return null
  return stat.isFile() ? disk.readFileSync(path) : undefined
}

/** A new file, whole or not at all, never through a link that stands there. `sync`: it must outlive a power cut. */
export function writeNew(
  disk: Disk,
  path: string,
  bytes: Buffer,
  { mode, owner, sync }: { mode?: number | null; owner?: fs.Stats | null; sync: boolean },
): void {
  const fd = disk.openSync(path, 'wx')
  try {
    disk.writeFileSync(fd, bytes)
    // Only root can give a file away, and only root would take it away by replacing it.
    if (owner && process.getuid?.() === 0 && (owner.uid !== 0 || owner.gid !== 0))
      disk.fchownSync(fd, owner.uid, owner.gid)
    if (mode !== undefined && mode !== null) disk.fchmodSync(fd, mode)
    if (sync) syncFile(disk, fd)
  } catch (error) {
    disk.closeSync(fd)
    removeFile(disk, path)
    throw error
  }
  disk.closeSync(fd)
}

/** Overwrites from the start and cuts off last: torn, it is the new text up to a point and the old one after it. */
export function writeInPlace(disk: Disk, path: string, bytes: Buffer): void {
  const fd = disk.openSync(path, 'r+')
  try {
    for (let at = 0; at < bytes.length; ) at += disk.writeSync(fd, bytes, at, bytes.length - at, at)
    disk.ftruncateSync(fd, bytes.length)
    syncFile(disk, fd)
  } finally {
    disk.closeSync(fd)
  }
}

/** Whether this is what `writeInPlace` leaves when it is cut short between the two, in either direction. */
export function isTorn(bytes: Buffer, one: Buffer, other: Buffer): boolean {
  const goesOver = (start: Buffer, rest: Buffer) => {
    let at = 0
    while (at < bytes.length && at < start.length && bytes[at] === start[at]) at++
    return bytes.subarray(at).equals(rest.subarray(at))
  }
  return goesOver(one, other) || goesOver(other, one)
}

/** Some network file systems can't sync; nothing is gained by giving up there. */
function syncFile(disk: Disk, fd: number): void {
  orNull(['EINVAL', 'ENOSYS', 'ENOTSUP'], () => disk.fsyncSync(fd))
}

/** Makes the names in a folder outlive a power cut, where the system can (Windows can't, and need not). */
export function syncFolder(disk: Disk, path: string): void {
  if (process.platform === 'win32') return
  const fd = disk.openSync(path, 'r')
  try {
    syncFile(disk, fd)
  } finally {
    disk.closeSync(fd)
  }
}

/** Makes one folder; false where it was there. */
export function makeFolder(disk: Disk, path: string): boolean {
  return !look(disk, path) && orNull(['EEXIST'], () => [disk.mkdirSync(path)]) !== null
}

export function removeFile(disk: Disk, path: string): void {
  orNull(['ENOENT', 'ENOTDIR'], () => disk.unlinkSync(path))
}

/** Takes a folder away if nothing is in it. */
export function removeEmpty(disk: Disk, path: string): void {
  orNull(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'], () => {
    if (disk.readdirSync(path).length === 0) disk.rmdirSync(path)
  })
}

/** What `work` gives; null where it fails with one of these codes. */
export function orNull<T>(codes: readonly string[], work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (codes.includes(codeOf(error))) return null
    throw error
  }
}
