import { join } from 'node:path'
import { CliError, EXIT } from '../errors.ts'
import { hashOf } from '../state/lock.ts'
import { bytesAt, type Disk, isTorn, orNull, removeEmpty, removeFile } from './disk.ts'
import { guardPaths, guardTargets } from './paths.ts'

/** Until the new texts lie beside their targets. A run cut short here has changed no file. */
export const STAGING = 'staging.json'
/** From the first rename on. A run cut short here is rolled back, from the old texts that lie in the same folder. */
export const PREPARED = 'prepared.json'

export interface Target {
  path: string
  /** Hash of what stood there, and of what stands there after; null: nothing. */
  pre: string | null
  post: string | null
  /** Permissions that it had. */
  mode: number | null
  /** It has a second name (a hard link): written in place, so that both show the new text. */
  linked: boolean
}

export interface Journal {
  schema: 1
  /** In the names of the temporary files. */
  id: string
  /** The folder's own number on the disk: a journal that came with a repository can't know it, and is not believed. */
  folder: string
  /** The backup that this write takes back. */
  undoes: number | null
  /** The last one is the commit record. */
  targets: Target[]
  /** Folders that this write makes, outermost first; it takes them away again if it is rolled back or undone. */
  folders: string[]
  /** Folders to be taken away afterwards, where nothing is left in them. */
  drops: string[]
}

export type Standing = 'pre' | 'post' | 'other'

export const temporaryOf = ({ id }: Journal, index: number, path: string): string =>
  path.replace(/[^/]*$/, `.prod-docker-${id}-${index}.tmp`)

export const folderNumber = (disk: Disk, path: string): string =>
  String(disk.lstatSync(path, { bigint: true }).ino)

/** Reads the journal in a folder; null where there is none. Refuses (exit 5) one that can't be trusted. */
export function readJournal(
  disk: Disk,
  root: string,
  folder: string,
): { journal: Journal; prepared: boolean } | null {
  const read = (name: string) => orNull(['ENOENT'], () => disk.readFileSync(join(root, folder, name), 'utf8'))
  const prepared = read(PREPARED)
  const text = prepared ?? read(STAGING)
  if (text === null) return null
  let journal: Journal
  try {
    journal = JSON.parse(text)
    if (!isSound(journal)) throw new Error('not a journal')
  } catch {
    throw distrust(folder, 'is damaged')
  }
  if (journal.folder !== folderNumber(disk, join(root, folder)))
    throw distrust(folder, 'was not written here')
  return { journal, prepared: prepared !== null }
}

function isSound(journal: Journal): boolean {
  const isHash = (hash: unknown) => hash === null || /^[0-9a-f]{64}$/.test(hash as string)
  const areTexts = (list: unknown) => Array.isArray(list) && list.every((path) => typeof path === 'string')
  return (
    journal.schema === 1 &&
    /^[0-9a-f]+$/.test(journal.id) &&
    (journal.undoes === null || Number.isInteger(journal.undoes)) &&
    journal.targets.every(
      ({ path, pre, post, mode }) =>
        typeof path === 'string' && isHash(pre) && isHash(post) && (mode === null || Number.isInteger(mode)),
    ) &&
    areTexts(journal.folders) &&
    areTexts(journal.drops)
  )
}

const distrust = (folder: string, why: string) =>
  new CliError(`${folder} tells of a write that was cut short, and ${why}. Nothing was written.`, {
    code: EXIT.refused,
    hint: `Look at your files (git status), delete ${folder}, then run again.`,
  })

/** Where each target stands: as before the write, as after it, or as somebody else left it. */
export function standings(disk: Disk, root: string, journal: Journal, folder: string): Standing[] {
  return journal.targets.map(({ path, pre, post, linked }, index) => {
    const bytes = bytesAt(disk, join(root, path))
    if (bytes === undefined) return 'other'
    const hash = bytes && hashOf(bytes)
    if (hash === post) return 'post'
    if (hash === pre) return 'pre'
    const kept = (name: string) =>
      orNull(['ENOENT'], () => disk.readFileSync(join(root, folder, `${name}${index}`)))
    const [old, fresh] = linked && bytes ? [kept('old'), kept('new')] : [null, null]
    return bytes && old && fresh && isTorn(bytes, old, fresh) ? 'post' : 'other'
  })
}

/** Takes a transaction's folder away, its journal first: what is left of it then says nothing. */
export function dropTransaction(disk: Disk, path: string): void {
  removeFile(disk, join(path, PREPARED))
  removeFile(disk, join(path, STAGING))
  for (const name of orNull(['ENOENT'], () => disk.readdirSync(path)) ?? [])
    removeFile(disk, join(path, name))
  removeEmpty(disk, path)
}

export const guardJournal = (disk: Disk, root: string, { targets, folders, drops }: Journal): void => {
  guardTargets(
    disk,
    root,
    targets.map(({ path }) => path),
  )
  guardPaths(
    disk,
    root,
    [...folders, ...drops]
      .map((path) => `${path}/x`)
      .filter((path, index, all) => all.indexOf(path) === index),
  )
}
