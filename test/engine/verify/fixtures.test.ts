import { cpSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { STEPS } from '../../../src/verify/steps/index.ts'
import { copyOf, goodFixtures, removeTemporaryFolders } from '../../support/fixtures.ts'
import { hasEngine } from '../../support/referees.ts'
import { proveSteps } from '../../support/verify.ts'

const MINUTES = 60_000
const seconds: [string, number][] = []
afterAll(() => {
  removeTemporaryFolders()
  const all = seconds.reduce((sum, [, one]) => sum + one, 0)
  if (all > 0)
    console.log(
      [...seconds, ['all', all] as const].map(([name, one]) => `${name}: ${one.toFixed(0)} s`).join('\n'),
    )
})

/** What no app without a handler, a body to wait for, or a word to say can show. */
const MAY_SKIP = ['drain', 'logs', 'edit', 'health']

// VERIFY=all takes every fixture, which is half an hour more; `npm run proof -- --fixtures` makes a table of the same.
describe.skipIf(!hasEngine())('what was written is proven, every step of it', () => {
  it.each(
    goodFixtures()
      .filter(({ config }) => (process.env['VERIFY'] === 'all' ? !config.unproven : config.boot))
      .map((fixture) => ({ name: fixture.name, fixture })),
  )(
    '$name',
    async ({ fixture }) => {
      const root = copyOf(fixture)
      cpSync(`${fixture.expected}/files`, root, { recursive: true })
      const results = [
        ...(
          await proveSteps(
            root,
            STEPS.map(({ id }) => id),
          )
        ).values(),
      ]
      seconds.push([fixture.name, results.reduce((sum, one) => sum + one.seconds, 0)])
      const open = results.filter(
        ({ id, status }) => status === 'fail' || (status === 'skipped' && !MAY_SKIP.includes(id)),
      )
      const told = open.map(({ id, evidence, details = [], output = '' }) =>
        [`${id}: ${evidence}`, ...details, output.slice(-2_000)].join('\n'),
      )
      expect(told).toEqual([])
    },
    20 * MINUTES,
  )
})
