import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError, EXIT } from '../errors.ts'
import { isWithin, type Project } from '../project.ts'
import type { PlannedFile } from './types.ts'

/** The bytes on disk as they are; null where nothing is. Refuses (exit 5) a target that is, or lies behind, a link. */
export function readTarget(project: Project, path: string): Buffer | null {
  const full = join(project.root, path)
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    const real = realOf(folder)
    if (real === undefined) continue
    if (!isWithin(real, project.real))
      throw new CliError(`${path} would be written outside of the project: ${folder} is a link.`, {
        code: EXIT.refused,
        hint: 'Replace the link by a folder, then run again.',
      })
    break
  }
  try {
    const stat = lstatSync(full)
    if (stat.isSymbolicLink())
      throw new CliError(`${path} is a link: it was left alone.`, {
        code: EXIT.refused,
        hint: `Replace the link ${path} by the file itself, then run again.`,
      })
    if (!stat.isFile())
      throw new CliError(`${path} is a folder: a file of that name has to be written.`, {
        code: EXIT.refused,
        hint: 'Move it away, or leave it out with --no-<file>.',
      })
    return readFileSync(full)
  } catch (error) {
    if (error instanceof CliError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new CliError(`${path} can't be read (${code}).`, {
      code: EXIT.failed,
      hint: 'Check its permissions, then run again.',
    })
  }
}

function realOf(folder: string): string | undefined {
  try {
    return realpathSync.native(folder)
  } catch {
    return undefined // not there yet: its parent decides
  }
}

export const sameBytes = (before: Buffer | null, after: string | Buffer | null): boolean =>
  before === after || (before !== null && after !== null && before.equals(Buffer.from(after as string)))

/** The row of the plan for a text of the tool's own: nobody edits it, so there is nothing to merge. */
export function plannedText(project: Project, id: string, path: string, after: string): PlannedFile {
  const before = readTarget(project, path)
  const action = before === null ? 'create' : sameBytes(before, after) ? 'unchanged' : 'update'
  return { id, path, action, reason: '', before, after }
}

/** A text as the merge compares it: without BOM, `\n` at the ends of lines. Null where the bytes are no text of ours. */
export function plainText(bytes: Buffer): string {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
}
