import { CliError, EXIT } from '../errors.ts'
import { codeOf } from './disk.ts'

const WORDS: Record<string, string> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  ENOTDIR: 'a file stands where a folder should be',
  EIO: 'the disk has a fault',
}

/** An error of the disk in words. */
export const reason = (error: unknown): string => WORDS[codeOf(error)] ?? (codeOf(error) || String(error))

/** Why nothing could be written, once the tree is as it was. */
export function unwritable(error: unknown, path: string): CliError {
  return new CliError(`Can't write ${path}: ${reason(error)}. Nothing was changed.`, {
    code: EXIT.failed,
    hint: 'Check the permissions of the folder and the space on the disk, then run again.',
  })
}
