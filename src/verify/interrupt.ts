import { CliError, EXIT } from '../errors.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Work that cleans up behind itself: the first signal aborts it, later ones are heard and change nothing, since the
 * cleaning must not be cut short. Throws when a signal came; they stay heard then, since a second Ctrl-C may come
 * while the process ends, and must not turn its exit code into a death by signal.
 */
export async function holdingInterrupts(
  work: (signal: AbortSignal) => Promise<void>,
  tell: () => void,
): Promise<void> {
  const abort = new AbortController()
  let came: NodeJS.Signals | undefined
  const note = (signal: NodeJS.Signals) => {
    if (came === undefined) tell()
    came ??= signal
    abort.abort(new Error('interrupted'))
  }
  for (const signal of SIGNALS) process.on(signal, note)
  try {
    await work(abort.signal)
  } catch (error) {
    if (came === undefined) throw error
  } finally {
    if (came === undefined) for (const signal of SIGNALS) process.off(signal, note)
  }
  if (came !== undefined)
    throw new CliError('Cancelled. Everything that was made for the proof is gone again.', {
      code: came === 'SIGINT' ? EXIT.cancelled : EXIT.terminated,
    })
}
