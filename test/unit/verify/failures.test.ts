import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FLAGS } from '../../../src/flags.ts'
import { explainFailure, FAILURES, type FailureContext, failureTail } from '../../../src/verify/failures/index.ts'
import { readFailed } from '../../../src/verify/failures/output.ts'
import { DEBIAN_PACKAGES } from '../../../src/verify/failures/packages.ts'
import { hasEngine, run } from '../../support/referees.ts'

const FOLDER = new URL('../../corpus/failures/', import.meta.url)

interface Sample {
  id: string
  cause: string
  output: string
  context: FailureContext
}

/** What a real engine, package manager or app printed; the first lines say of what, and how it was made. */
function readSample(file: string): Sample {
  const [head = '', ...rest] = readFileSync(new URL(file, FOLDER), 'utf8').split('---\n')
  const facts = Object.fromEntries(
    head.split('\n').flatMap((line) => {
      const match = /^# (\w+): (.*)$/.exec(line)
      return match ? [[match[1], match[2]]] : []
    }),
  )
  const [env, id] = facts['secrets']?.split('=') ?? []
  return {
    id: file.replace(/\.txt$/, ''),
    cause: facts['cause'] as string,
    output: rest.join('---\n'),
    context: {
      phase: facts['phase'] as FailureContext['phase'],
      app: {
        language: facts['language'] as string,
        ...(env && id ? { buildSecrets: [{ id, env }] } : {}),
        ...(facts['migration'] ? { migration: { tool: 'x', title: 'x', command: ['x'] } } : {}),
      },
    },
  }
}

const samples = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt') && file !== 'causes.txt')
  .sort()
  .map(readSample)

describe('a failure', () => {
  it.each(samples.map((sample) => [sample.id, sample] as const))('is explained: %s', (_, sample) => {
    const cause = explainFailure(sample.output, sample.context)
    expect(cause?.id ?? 'none').toBe(sample.cause)
    if (!cause) return
    for (const text of [cause.title, cause.fix, cause.flag?.value ?? 'x', cause.line])
      expect(text).toMatch(/\S/)
    expect(`${cause.title} ${cause.fix} ${cause.flag?.value}`).not.toMatch(/\{\w*\}|undefined (?!$)|\[object| {2}/)
  })
  it('is explained as a reviewer reads it', async () => {
    const text = samples.flatMap(({ id, output, context }) => {
      const cause = explainFailure(output, context)
      if (!cause) return [`${id}: no known cause\n`]
      const flag = cause.flag ? [`  flag   ${cause.flag.name} ${cause.flag.value}`] : []
      const line = cause.line.length > 160 ? `${cause.line.slice(0, 160)}…` : cause.line
      return [[`${id}: ${cause.id}`, `  title  ${cause.title}`, `  fix    ${cause.fix}`, ...flag, `  line   ${line}`, ''].join('\n')]
    })
    await expect(text.join('\n')).toMatchFileSnapshot(new URL('causes.txt', FOLDER).pathname)
  })
  it('has a sample for every row', () => {
    const shown = new Set(samples.map(({ cause }) => cause))
    expect(FAILURES.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([])
    expect(new Set(FAILURES.map(({ id }) => id)).size).toBe(FAILURES.length)
  })
})
