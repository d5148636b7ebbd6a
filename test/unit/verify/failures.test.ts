import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FLAGS } from '../../../src/flags.ts'
import {
  explainFailure,
  FAILURES,
  type FailureContext,
  failureTail,
} from '../../../src/verify/failures/index.ts'
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
  it('is not explained by what debconf says of every terminal that is none', () => {
    const said = 'debconf: (TERM is not set, so the dialog frontend is not usable.)'
    const output = `#9 [2/2] RUN apt-get install x\n#9 1.0 ${said}\n#9 1.1 x broke\n#9 ERROR: process "x" did not complete successfully: exit code: 1\n`
    expect(explainFailure(output, { phase: 'build', app: { language: 'node' } })).toBeFalsy()
    expect(failureTail(output).join('\n')).not.toContain('debconf')
    expect(failureTail(output).join('\n')).toContain('x broke')
  })

  it.each(samples.map((sample) => [sample.id, sample] as const))('is explained: %s', (_, sample) => {
    const cause = explainFailure(sample.output, sample.context)
    expect(cause?.id ?? 'none').toBe(sample.cause)
    if (!cause) return
    for (const text of [cause.title, cause.fix, cause.flag?.value ?? 'x', cause.line])
      expect(text).toMatch(/\S/)
    expect(`${cause.title} ${cause.fix} ${cause.flag?.value}`).not.toMatch(
      /(?<!\$)\{\w*\}|undefined (?!$)|\[object| {2}/,
    )
  })
  it('is explained as a reviewer reads it', async () => {
    const text = samples.flatMap(({ id, output, context }) => {
      const cause = explainFailure(output, context)
      if (!cause) return [`${id}: no known cause\n`]
      const flag = cause.flag ? [`  flag   ${cause.flag.name} ${cause.flag.value}`] : []
      const line = cause.line.length > 160 ? `${cause.line.slice(0, 160)}…` : cause.line
      return [
        [
          `${id}: ${cause.id}`,
          `  title  ${cause.title}`,
          `  fix    ${cause.fix}`,
          ...flag,
          `  line   ${line}`,
          '',
        ].join('\n'),
      ]
    })
    await expect(text.join('\n')).toMatchFileSnapshot(new URL('causes.txt', FOLDER).pathname)
  })
  it('has a sample for every row', () => {
    const shown = new Set(samples.map(({ cause }) => cause))
    expect(FAILURES.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([])
    expect(new Set(FAILURES.map(({ id }) => id)).size).toBe(FAILURES.length)
  })
})

describe('explaining', () => {
  const node: FailureContext = { phase: 'build', app: { language: 'node' } }
  const step = (id: number, stage: string, own: string, error = 'exit code: 1') =>
    [
      `#${id} [${stage} 2/2] RUN npm ci`,
      ...own.split('\n').map((line) => `#${id} 1.204 ${line}`),
      `#${id} ERROR: process "/bin/sh -c npm ci" did not complete successfully: ${error}`,
    ].join('\n')
  const end = (error = 'exit code: 1') =>
    `ERROR: failed to build: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: ${error}`

  it('is of the step that failed, not of one that went well', () => {
    const output = `#7 [deps 2/3] RUN apt-get update\n#7 1.1 Temporary failure resolving 'deb.example.com'\n#7 DONE 4.2s\n${step(8, 'deps', 'npm error code EUSAGE')}\n${end()}`
    expect(readFailed(output)).toMatchObject({ stage: 'deps', own: ['npm error code EUSAGE'] })
    expect(explainFailure(output, node)).toBeNull()
  })
  it('is of the step that the last word is about, where several fail', () => {
    const output = [
      step(8, 'deps', 'npm error code E401', 'exit code: 7'),
      step(9, 'prod-deps', 'npm error code EINTEGRITY'),
      end('exit code: 7'),
    ].join('\n')
    expect(readFailed(output)).toMatchObject({ stage: 'deps' })
    expect(explainFailure(output, node)?.id).toBe('npm-login')
  })
  it('takes the last error that says why, and a general one only where none does', () => {
    const boot = { ...node, phase: 'boot' } as const
    expect(
      explainFailure(
        "Error: connect ECONNREFUSED 10.0.0.2:6379\nError: EROFS: read-only file system, open '/app/x'\n",
        boot,
      )?.id,
    ).toBe('read-only')
    expect(explainFailure('sh: 1: vite: not found\nnpm error code E401', node)?.id).toBe('npm-login')
    expect(explainFailure('sh: 1: vite: not found', node)?.id).toBe('tool-missing')
  })
  it('sees through colours, service names and what a carriage return overwrote', () => {
    const compose = { ...node, phase: 'compose' } as const
    const output =
      "app-1  | \u001b[31mworking…\rError: EROFS: read-only file system, open '/app/x'\u001b[39m\r\n"
    expect(explainFailure(output, compose)).toMatchObject({
      id: 'read-only',
      title: expect.stringContaining('/app/x'),
    })
  })
  it('reads Podman’s and the legacy builder’s steps', () => {
    expect(
      readFailed(
        '[1/2] STEP 2/5: RUN true\nfine\n[1/2] STEP 3/5: RUN npm ci\nnpm error code E401\nError: building',
      ),
    ).toMatchObject({ instruction: 'RUN npm ci', own: ['npm error code E401', 'Error: building'] })
    expect(readFailed('Step 2/2 : RUN npm ci\nno').instruction).toBe('RUN npm ci')
  })
  it('names all packages that a known dependency needs, and the stage', () => {
    const output = `${step(8, 'deps', 'npm error path /app/node_modules/canvas\nnpm error Package pixman-1 was not found in the pkg-config search path.')}\n${end()}`
    expect(explainFailure(output, node)?.fix).toMatch(/stage "deps".*libcairo2-dev.*libpixman-1-dev/)
  })
  it('names no version that no image has', () => {
    const old = `${step(8, 'deps', 'npm error code EBADENGINE\nnpm error notsup Required: {"node":"<18"}')}\n${end()}`
    expect(explainFailure(old, node)).toMatchObject({ id: 'node-engine' })
    expect(explainFailure(old, node)?.flag).toBeUndefined()
  })
  it('names flags that the main command has', () => {
    const names = FLAGS.map(({ name }) => `--${name}`)
    const text = FAILURES.flatMap((row) =>
      [
        row.flag?.[0] ?? [],
        [...row.fix.matchAll(/create-prod-docker (--[\w-]+)/g)].map(([, flag]) => flag),
      ].flat(),
    )
    expect(text.length).toBeGreaterThan(5)
    expect(text.filter((flag) => !names.includes(flag as string))).toEqual([])
  })
  it('never throws, and hands nothing dangerous to a terminal', () => {
    const words = samples.flatMap(({ output }) => output.split('\n')).filter((line) => line !== '')
    const line = fc.oneof(
      fc.constantFrom(...words),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string(),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.constantFrom('build', 'boot', 'compose'),
        (lines, phase) => {
          const output = lines.join('\n')
          const cause = explainFailure(output, { phase, app: { language: 'python' } })
          for (const text of [...failureTail(output), ...(cause ? [cause.title, cause.fix, cause.line] : [])])
            expect(text).not.toMatch(/\p{Cc}/u)
        },
      ),
      { numRuns: 300 },
    )
  })
  it('stays quick on a long line and on many', () => {
    const start = performance.now()
    for (const text of [
      'a'.repeat(2_000_000),
      '/app/'.repeat(200_000),
      `${"npm error 404 '@a/".repeat(40)}\n`.repeat(3000),
    ])
      explainFailure(text, node)
    expect(performance.now() - start).toBeLessThan(15_000)
  })
})

describe('the tail of a failure', () => {
  const failed = samples.filter(({ cause }) => cause !== 'none')
  it.each(failed.map((sample) => [sample.id, sample] as const))(
    'is short, and tells: %s',
    (_, { output }) => {
      const lines = failureTail(output)
      expect(lines.length).toBeGreaterThan(0)
      expect(lines.length).toBeLessThanOrEqual(20)
      expect(lines.join('\n')).not.toMatch(/^\s*at .*node:internal|debconf:|^#\d+ /m)
    },
  )
  it('is of the failing step', () => {
    const sample = samples.find(({ id }) => id === 'uv-lock-outdated') as Sample
    expect(failureTail(sample.output).join('\n')).toContain('The lockfile at `uv.lock` needs to be updated')
  })
})

describe('the packages that a fix names', () => {
  it.skipIf(!hasEngine())(
    'are there in Debian 13',
    () => {
      const script = `apt-get update -qq && apt-cache show ${DEBIAN_PACKAGES.join(' ')}`
      const { output } = run('docker', ['run', '--rm', 'debian:trixie-slim', 'sh', '-c', script])
      const known = new Set([...output.matchAll(/^Package: (\S+)$/gm)].map((match) => match[1]))
      expect(DEBIAN_PACKAGES.filter((name) => !known.has(name))).toEqual([])
    },
    300_000,
  )
})
