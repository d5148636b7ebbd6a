import { describe, expect, it } from 'vitest'
import { runSteps } from '../../../src/verify/run.ts'
import type { Outcome, Step, StepResult, Verification } from '../../../src/verify/types.ts'

const step = (
  id: string,
  run: (v: Verification) => Promise<Outcome> | Outcome,
  needs: string[] = [],
): Step => ({
  id,
  title: id,
  needs,
  run: async (v) => run(v),
})
const pass = () => ({ status: 'pass', evidence: 'seen' }) as const

async function go(steps: Step[], { signal = new AbortController().signal, limit = 5_000 } = {}) {
  const ended: StepResult[] = []
  const results = await runSteps(steps, {} as Verification, {
    signal,
    limit,
    watcher: { begin: () => undefined, end: (result) => ended.push(result) },
  })
  expect(ended).toEqual(results)
  return results.map(({ id, status, evidence }) => `${id} ${status}: ${evidence}`)
}

describe('steps', () => {
  it('skips what needs a step that did not pass, and what needs that in turn', async () => {
    expect(
      await go([
        step('a', () => ({ status: 'fail', evidence: 'broken' })),
        step('b', pass, ['a']),
        step('c', pass, ['b']),
        step('d', () => ({ status: 'skipped', evidence: 'not here' })),
        step('e', pass, ['d']),
        step('f', pass),
      ]),
    ).toEqual([
      'a fail: broken',
      'b skipped: Not tried: "a" did not pass.',
      'c skipped: Not tried: "b" did not pass.',
      'd skipped: not here',
      'e skipped: Not tried: "d" did not pass.',
      'f pass: seen',
    ])
  })

  it('fails a step that breaks, and goes on', async () => {
    const steps = [
      step('a', () => {
        throw new Error('no such thing')
      }),
      step('b', pass),
    ]
    expect(await go(steps)).toEqual(['a fail: Could not be tried: no such thing', 'b pass: seen'])
  })

  it('fails a step that takes too long', async () => {
    const forever = step(
      'a',
      (v) =>
        new Promise((_done, fail) => {
          v.signal.addEventListener('abort', () => fail(new Error('stopped')))
        }),
    )
    expect(await go([forever, step('b', pass)], { limit: 30 })).toEqual([
      'a fail: Took longer than 0.03 s. --timeout gives it more.',
      'b pass: seen',
    ])
  })

  it('ends with the reason when the run is aborted, and begins no further step', async () => {
    const abort = new AbortController()
    let begun = 0
    const steps = [
      step('a', () => {
        abort.abort(new Error('enough'))
        return pass()
      }),
      step('b', () => {
        begun++
        return pass()
      }),
    ]
    await expect(go(steps, { signal: abort.signal })).rejects.toThrow('enough')
    expect(begun).toBe(0)
  })

  it('hands on what a step found', async () => {
    const steps = [
      step('a', (v) => {
        v.drain = pass()
        return pass()
      }),
      step('b', (v) => v.drain as Outcome),
    ]
    expect(await go(steps)).toEqual(['a pass: seen', 'b pass: seen'])
  })
})
