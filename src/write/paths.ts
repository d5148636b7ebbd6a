import { dirname, join, relative, sep } from 'node:path'
import { CliError, EXIT } from '../errors.ts'
import { isWithin } from '../project.ts'
import { type Disk, look, orNull } from './disk.ts'
import { BACKUP, TXN } from './unfinished.ts'

/**
 * Refuses a path that leaves the project, runs through a link out of it, or lies in `.git`. Paths come from the lock and
 * the journal, and those from whoever wrote the repository.
 */
export function guardPaths(disk: Disk, root: string, paths: readonly string[]): void {
  const real = disk.realpathSync(root)
  const folders = new Set<string>()
  const names = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/')
    if (
      /[:\\\0]/.test(path) ||
      parts.some((part) => part === '' || part === '.' || part === '..') ||
      isGit(parts)
    )
      throw refuse(`${path} is no path of this project`)
    const name = path.normalize('NFC').toLowerCase()
    if (names.has(name)) throw refuse(`${path} would be written twice: only upper and lower case differ`)
    names.add(name)
    folders.add(dirname(path))
    const stat = look(disk, join(root, path))
    if (stat?.isSymbolicLink())
      throw refuse(`${path} is a link`, `Replace the link ${path} by the file itself, then run again.`)
    if (stat && !stat.isFile())
      throw refuse(
        `${path} is a folder: a file of that name has to be written`,
        'Move it away, then run again.',
      )
  }
  for (const path of folders) {
    let folder = join(root, path)
    while (!look(disk, folder)) folder = dirname(folder)
    // A link to nowhere has no real path.
    const at = orNull(['ENOENT', 'ENOTDIR', 'ELOOP'], () => disk.realpathSync(folder))
    if (at === null || !isWithin(at, real) || isGit(relative(real, at).split(sep)))
      throw refuse(
        `${path} would be written outside of the project: ${relative(root, folder)} is a link`,
        'Replace the link by a folder, then run again.',
      )
  }
}

/** The same for files to be written, which are none of those that the writing itself needs. */
export function guardTargets(disk: Disk, root: string, paths: readonly string[]): void {
  const own = paths.find((path) => /^\.prod-docker\/(txn|backup|run\.lock)/i.test(path))
  if (own !== undefined) throw refuse(`${own} is no path for a file of yours`)
  guardPaths(disk, root, [...paths, `${TXN}/x`, `${BACKUP}/x`])
}

/** Windows knows it by its short name too, and with dots and spaces behind it. */
const isGit = (parts: readonly string[]) => parts.some((part) => /^(\.git|git~1)[. ]*$/i.test(part))

function refuse(what: string, hint?: string): CliError {
  return new CliError(`${what}. Nothing was written.`, { code: EXIT.refused, ...(hint ? { hint } : {}) })
}
