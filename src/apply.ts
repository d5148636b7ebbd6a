import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError, EXIT } from './errors.ts'
import { LOCK_PATH } from './state/lock.ts'

export interface Change {
  path: string
  before: Buffer | null
  after: string | Buffer | null
}

/** Stands in until the journalled write: same promise, without a journal. */
export function applyChanges(root: string, changes: readonly Change[]): void {
  for (const { path, after, before } of [...changes].sort(
    (a, b) => Number(a.path === LOCK_PATH) - Number(b.path === LOCK_PATH),
  )) {
    const target = join(root, path)
    let now: Buffer | null = null
    try {
      now = readFileSync(target)
    } catch {}
    if (now === null ? before !== null : before === null || !now.equals(before))
      throw new CliError(`${path} changed while this ran: nothing was written.`, {
        code: EXIT.failed,
        hint: 'Run it again.',
      })
    if (after === null) rmSync(target)
    else {
      mkdirSync(dirname(target), { recursive: true })
      const temporary = `${target}.${process.pid}.tmp`
      writeFileSync(temporary, after, { flag: 'wx' })
      if (before !== null) chmodSync(temporary, statSync(target).mode)
      renameSync(temporary, target)
    }
  }
}
