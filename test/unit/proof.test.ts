import { describe, expect, it } from 'vitest'
// @ts-expect-error: a plain script
import { APPS } from '../../scripts/proof/apps.js'
// @ts-expect-error: a plain script
import { reasonOf, words } from '../../scripts/proof/make.js'
// @ts-expect-error: a plain script
import { exitCode, judge, table } from '../../scripts/proof/table.js'

interface Row {
  name: string
  by: string
  make?: (string | { run: string })[]
  inside?: (string | { run: string })[]
}

const row = { name: 'shop', by: 'create-shop@1.2.3', kind: 'app' }
const written = {
  exit: 0,
  facts: [
    { key: 'framework', value: 'express' },
    { key: 'port', value: 3000 },
    { key: 'healthPath', value: '/healthz' },
  ],
  files: [{ action: 'create' }, { action: 'create' }, { action: 'unchanged' }],
  warnings: [],
}
const step = (id: string, status = 'pass', evidence = `${id} was seen`) => ({
  id,
  status,
  evidence,
  seconds: 1,
})
const verified = (steps = [step('build'), step('boot'), step('secrets', 'skipped')], exit = 0) => ({
  steps,
  exit,
  seconds: 42,
  image: { bytes: 102_000_000, floor: 100_000_000 },
})

describe('the rows', () => {
  it.each([
    'create-vite',
    'create-next-app',
    'sv@',
    /create-nuxt|nuxi/,
    '@nestjs/cli',
    'create-react-router',
    'express-generator',
    'fastify-cli',
    'create-hono',
    '@angular/cli',
    /astro/i,
    'django-admin startproject',
    /uv init.*FastAPI/,
    /Litestar/,
    /Streamlit/,
  ])('there is an app of %s', (by) => {
    expect(
      (APPS as Row[]).filter((row) => (typeof by === 'string' ? row.by.includes(by) : by.test(row.by))),
    ).not.toEqual([])
  })

  it('each has a name of its own', () => {
    const names = (APPS as Row[]).map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
  })

  it('what makes an app is named with its version, everywhere it is run', () => {
    for (const { name, by, make = [], inside = [] } of APPS as Row[]) {
      const commands = [...make, ...inside].map((entry) => (typeof entry === 'string' ? entry : entry.run))
      for (const command of commands) {
        const [program, ...args] = words(command) as string[]
        if ((program !== 'npx' && program !== 'uvx') || args[0] === 'astro') continue
        expect(args[0], `${name}: ${command}`).toMatch(/.@\d+\.\d+\.\d+$/)
        if (make.length > 0 && commands[0] === command) expect(by).toContain(args[0])
      }
    }
  })
})

describe('judging', () => {
  it('proven: dockerized, built, booted, and nothing failed', () => {
    expect(judge(row, { made: {}, written, verified: verified() })).toMatchObject({
      name: 'shop',
      status: 'proven',
      framework: 'express',
      port: 3000,
      health: '/healthz',
      files: 2,
      passed: 2,
      failed: 0,
      skipped: 1,
      bytes: 102_000_000,
      over: expect.closeTo(0.02),
      seconds: 42,
    })
  })

  it.each<[string, object, string, RegExp]>([
    ['a scaffolder that can’t run', { made: { error: 'needs GitHub' } }, 'not proven', /^needs GitHub$/],
    ['a refusal', { made: {}, written: { error: { message: 'looks like a library' } } }, 'failed', /library/],
    ['a failed run', { made: {}, written: { ...written, exit: 1 } }, 'failed', /1/],
    [
      'a Dockerfile of the scaffolder’s own',
      {
        made: {},
        written: { ...written, files: [{ path: 'Dockerfile', action: 'advise' }], exit: 3 },
        verified: verified(),
      },
      'not proven',
      /^it has files of its own: Dockerfile$/,
    ],
    ['no verification', { made: {}, written }, 'not proven', /nothing/],
    [
      'no engine',
      { made: {}, written, verified: { error: { message: 'no engine' }, exit: 2 } },
      'not proven',
      /no engine/,
    ],
    [
      'a failed step',
      { made: {}, written, verified: verified([step('build'), step('boot', 'fail', 'exited with 1')], 1) },
      'failed',
      /^boot: exited with 1$/,
    ],
    [
      'a build that fetches from where this machine does not reach',
      {
        made: {},
        written,
        verified: verified(
          [
            Object.assign(step('build', 'fail', 'it ended'), {
              cause: { id: 'google-fonts', title: 'Geist is not reached' },
            }),
          ],
          1,
        ),
      },
      'not proven',
      /^build: it ended Geist is not reached$/,
    ],
    [
      'a build that fails without a container, too',
      {
        made: {},
        written,
        verified: verified([step('build', 'fail')], 1),
        alone: { ok: false, reason: 'error TS5011' },
      },
      'not proven',
      /^it does not build by itself either: error TS5011$/,
    ],
    [
      'a build that fails in the container alone',
      { made: {}, written, verified: verified([step('build', 'fail', 'no g++')], 1), alone: { ok: true } },
      'failed',
      /^build: no g\+\+$/,
    ],
    [
      'more than the build failed',
      {
        made: {},
        written,
        verified: verified([step('build', 'fail'), step('checks', 'fail')], 1),
        alone: { ok: false, reason: 'error TS5011' },
      },
      'failed',
      /^build.*checks/,
    ],
    [
      'a step failed, whatever the exit code says',
      { made: {}, written, verified: verified([step('build'), step('boot'), step('stop', 'fail')]) },
      'failed',
      /^stop/,
    ],
    [
      'an exit code without a failed step',
      { made: {}, written, verified: verified(undefined, 1) },
      'failed',
      /1/,
    ],
    [
      'a boot that was skipped',
      { made: {}, written, verified: verified([step('build'), step('boot', 'skipped', 'no port is free')]) },
      'not proven',
      /^boot: no port is free$/,
    ],
    ['no step at all', { made: {}, written, verified: verified([]) }, 'not proven', /^build/],
    [
      'a development stack that does not come up',
      { made: {}, written, verified: verified(), development: step('development', 'fail', 'nobody answers') },
      'failed',
      /^development: nobody answers$/,
    ],
  ])('%s', (_name, seen, status, reason) => {
    const result = judge(row, seen)
    expect(result.status).toBe(status)
    expect(result.reason).toMatch(reason)
  })
})

describe('the table', () => {
  const proven = judge(row, { made: {}, written, verified: verified() })
  const missing = judge(
    { ...row, name: 'far' },
    { made: { error: 'needs GitHub,\n  "npx a|b" ended with 1' } },
  )
  const broken = judge(
    { ...row, name: 'bad' },
    { made: {}, written, verified: verified([step('build', 'fail')], 1) },
  )

  it('has a line for each, and says why where one is not proven', () => {
    expect(table([proven, missing, broken])).toMatchInlineSnapshot(`
      "| app  | made by           | framework | port | health   | files | pass/fail/skip | MB    | over floor | s  | result     |
      |------|-------------------|-----------|------|----------|-------|----------------|-------|------------|----|------------|
      | shop | create-shop@1.2.3 | express   | 3000 | /healthz | 2     | 2/0/1          | 102.0 | 2.0 %      | 42 | proven     |
      | far  | create-shop@1.2.3 |           |      |          |       |                |       |            |    | not proven |
      | bad  | create-shop@1.2.3 | express   | 3000 | /healthz | 2     | 0/1/0          | 102.0 | 2.0 %      | 42 | failed     |

      far: not proven: needs GitHub, "npx a|b" ended with 1
      bad: failed: build: build was seen

      1 proven, 1 failed, 1 not proven; 1 minutes of verifying"
    `)
  })

  it('its exit code', () => {
    expect(exitCode([proven])).toBe(0)
    expect(exitCode([proven, missing])).toBe(0)
    expect(exitCode([proven, broken])).toBe(1)
    expect(exitCode([missing])).toBe(1)
    expect(exitCode([])).toBe(1)
  })
})

describe('making', () => {
  it('a step is split at spaces, never by a shell', () => {
    expect(words('npm pkg set scripts.dev=a\u00a0b $HOME')).toEqual([
      'npm',
      'pkg',
      'set',
      'scripts.dev=a b',
      '$HOME',
    ])
  })

  it('the reason is the last line about an error, without colours', () => {
    expect(
      reasonOf('one\n\u001b[31m▲ Template download failed\u001b[0m\n\u001b[?25hError: fetch failed\n└\n'),
    ).toBe('Error: fetch failed')
    expect(reasonOf('starting\nstopped\n')).toBe('stopped')
    expect(reasonOf('')).toBe('it said nothing')
  })
})
