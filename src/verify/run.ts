import type { Outcome, Step, StepResult, Verification } from './types.ts'

export interface Watcher {
  begin(step: Pick<Step, 'id' | 'title'>): void
  end(result: StepResult): void
}

/**
 * Runs the steps in order. One whose needs did not pass is skipped, never passed; one that takes longer than its time is
 * failed; one that breaks is failed with what it said. Ends early, and throws the reason, when the run itself is aborted.
 */
export async function runSteps(
  steps: readonly Step[],
  verification: Omit<Verification, 'signal'>,
  { signal, limit, watcher }: { signal: AbortSignal; limit: number; watcher: Watcher },
): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    signal.throwIfAborted()
    watcher.begin(step)
    const start = performance.now()
    const outcome = await outcomeOf(step, verification, results, { signal, limit })
    signal.throwIfAborted()
    const result = {
      id: step.id,
      title: step.title,
      ...outcome,
      seconds: round((performance.now() - start) / 1000),
    }
    results.push(result)
    watcher.end(result)
  }
  return results
}

async function outcomeOf(
  step: Step,
  verification: Omit<Verification, 'signal'>,
  results: readonly StepResult[],
  { signal, limit }: { signal: AbortSignal; limit: number },
): Promise<Outcome> {
  const missing = step.needs.find((id) => results.find((result) => result.id === id)?.status !== 'pass')
  if (missing !== undefined)
    return {
      status: 'skipped',
      evidence: `Not tried: "${results.find(({ id }) => id === missing)?.title ?? missing}" did not pass.`,
    }
  const time = new AbortController()
  const timer = setTimeout(() => time.abort(), limit)
  try {
    // The same object for every step, so that each finds what the one before has put into it.
    return await step.run(Object.assign(verification, { signal: AbortSignal.any([signal, time.signal]) }))
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (time.signal.aborted)
      return {
        status: 'fail',
        evidence: `Took longer than ${limit / 1000} s. --timeout gives it more.`,
      }
    return {
      status: 'fail',
      evidence: `Could not be tried: ${error instanceof Error ? error.message : String(error)}`,
    }
  } finally {
    clearTimeout(timer)
  }
}

const round = (seconds: number) => Math.round(seconds * 100) / 100
