import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checks } from '../../../src/verify/steps/checks.ts'
import { compose } from '../../../src/verify/steps/compose.ts'
import type { Step, Verification } from '../../../src/verify/types.ts'

/** What a real engine said. */
const said = (name: string) =>
  readFileSync(new URL(`../../corpus/failures/${name}.txt`, import.meta.url), 'utf8')
    .split('---\n')
    .slice(1)
    .join('---\n')

const outcomeOf = (step: Step, output: string) => {
  const run = async () => ({ code: 1, all: output, stdout: '', stderr: output })
  return step.run({
    engine: { run, info: { dialect: { check: ['build', '--check'] }, lacks: {} } },
    project: { root: '/' },
    app: { language: 'node' },
    dockerfile: 'Dockerfile',
    compose: 'compose.yaml',
    progress: () => undefined,
  } as unknown as Verification)
}

describe('what ends before anything is built', () => {
  it.each([
    [checks, 'base-missing', 'There is no image node:99-trixie-slim', 'image-missing'],
    [compose, 'compose-env-file', 'The compose file names .env, which is not there', 'compose-file-missing'],
  ])('is explained: %#', async (step, sample, evidence, id) => {
    const outcome = await outcomeOf(step, said(sample))
    expect(outcome.evidence).toContain(evidence)
    expect(outcome).toMatchObject({ status: 'fail', cause: { id } })
  })

  it.each([
    [checks, "Dockerfile can't be read by the builder."],
    [compose, 'compose.yaml is not valid.'],
  ])('is said where nothing is known of it: %#', async (step, evidence) => {
    expect(await outcomeOf(step, 'a surprise\n')).toEqual({
      status: 'fail',
      evidence,
      output: 'a surprise\n',
    })
  })
})
