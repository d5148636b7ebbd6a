import { CliError, EXIT } from '../errors.ts'
import { applyChanges, type Change } from './commit.ts'
import { withRunLock } from './run-lock.ts'
import { undoLast } from './undo.ts'

/** The one write of a run: alone, whole, and taken back again where somebody wants it stopped. */
export async function write(root: string, changes: readonly Change[]): Promise<void> {
  const signal = await holdingSignals(() => withRunLock(root, () => applyChanges(root, changes)))
  if (!signal) return
  // It came while the files were being written, and was heard once they all were.
  await holdingSignals(() => withRunLock(root, () => undoLast(root)))
  throw new CliError('Cancelled. Nothing was written.', {
    code: signal === 'SIGINT' ? EXIT.cancelled : EXIT.terminated,
  })
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Keeps signals from ending the process in the middle of the work; tells which one came, if any did. */
export async function holdingSignals(work: () => Promise<unknown>): Promise<NodeJS.Signals | undefined> {
  let came: NodeJS.Signals | undefined
  const note = (signal: NodeJS.Signals) => {
    came ??= signal
  }
  for (const signal of SIGNALS) process.on(signal, note)
  try {
    await work()
    // Signals are told between two turns of the event loop, and the first turn may have begun already.
    for (let turn = 0; turn < 2; turn++) await new Promise((done) => setImmediate(done))
  } finally {
    for (const signal of SIGNALS) process.off(signal, note)
  }
  return came
}
