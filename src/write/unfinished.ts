import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Io } from '../io.ts'
import { STATE } from '../state/folder.ts'

/** The write that is under way; renamed to `backup/<n>` in one step when it is done. */
export const TXN = `${STATE}/txn`
export const BACKUP = `${STATE}/backup`

/**
 * Ends what an earlier run left half written, at the start of every command that reads the state. A command that must
 * not write refuses instead (exit 5). On its own here, so that a run with nothing to write loads none of the rest.
 */
export async function endUnfinished(root: string, io: Io, mayWrite: boolean): Promise<void> {
  if (!isThere(join(root, TXN))) return
  const { recover, refuseUnrecovered } = await import('./recover.ts')
  if (!mayWrite) refuseUnrecovered(root)
  const restored = recover(root)?.restored ?? []
  if (restored.length > 0)
    io.complain(`An earlier run was cut short, and was taken back first: ${restored.join(', ')}\n`)
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}
