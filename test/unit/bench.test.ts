import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
// @ts-expect-error: a plain script
import { CASES, YARDSTICKS } from '../../scripts/bench/cases.js'
// @ts-expect-error: a plain script
import { basesOf, reasonOf } from '../../scripts/bench/dockerfile.js'
// @ts-expect-error: a plain script
import { pushed, readLayers, total } from '../../scripts/bench/layers.js'
// @ts-expect-error: a plain script
import * as report from '../../scripts/bench/report.js'
import { goodFixtures } from '../support/fixtures.ts'

const { document, formatBytes, formatRatio, formatSeconds, median, reading, section, table } = report

interface Case {
  name: string
  yardsticks: string[]
}

const sample = (id: string, title: string, factor: number, more: object = {}) => ({
  id,
  title,
  status: 'ok',
  notes: [] as string[],
  size: { bytes: 100e6 * factor, gzip: 40e6 * factor, layers: 9 },
  push: { bytes: 5e3 * factor, gzip: 2e3 * factor, layers: 1 },
  rounds: [3, 1, 2].map((each) => ({
    cold: 10 * each * factor,
    noop: 0.5,
    edit: 4 * factor,
    boot: 0.3 * factor,
    stop: 0.2,
    exit: 0,
  })),
  ...more,
})
const app = (name: string, ...contenders: object[]) => ({ name, title: 'An app', contenders })
const ours = sample('ours', 'create-prod-docker', 1)
const cells = (text: string, row: string) =>
  (text.split('\n').find((line) => line.startsWith(`| ${row} `)) ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())

describe('figures', () => {
  it('takes the middle, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([10, 9, 1, 2])).toBe(5.5)
    expect(median([100, 11])).toBe(55.5)
  })

  it.each([
    [formatBytes(999), '999 B'],
    [formatBytes(1_500), '1.5 kB'],
    [formatBytes(159_840_000), '159.8 MB'],
    [formatSeconds(0.347), '0.35 s'],
    [formatSeconds(23.14), '23.1 s'],
    [formatRatio(1), '1.0×'],
    [formatRatio(0.874), '0.87×'],
    [formatRatio(1.25), '1.25×'],
    [formatRatio(4.36), '4.4×'],
    [formatRatio(12_345.6), '12,346×'],
  ])('%s', (shown, expected) => expect(shown).toBe(expected))
})

describe('the table of an app', () => {
  const text = section(app('node-x', ours, sample('two', 'guide: two stages', 2.5)))

  it('gives medians with ratios to ours, and the best in bold', () => {
    expect(cells(text, 'image')).toEqual(['**100.0 MB** 1.0×', '250.0 MB 2.5×'])
    expect(cells(text, 'cold build')).toEqual(['**20.0 s** 1.0×', '50.0 s 2.5×'])
    expect(cells(text, '… bytes to push')).toEqual(['**2.0 kB** 1.0×', '5.0 kB 2.5×'])
    expect(cells(text, 'layers')).toEqual(['9', '9'])
    expect(cells(text, 'exit code')).toEqual(['0', '0'])
  })

  it('marks the best where that is not ours, and both of two that show the same', () => {
    const other = section(app('node-x', ours, sample('two', 'guide: two stages', 0.5)))
    expect(cells(other, 'image')).toEqual(['100.0 MB 1.0×', '**50.0 MB** 0.50×'])
    expect(cells(other, 'stop')).toEqual(['**0.20 s** 1.0×', '**0.20 s** 1.0×'])
  })

  it('keeps a contender that fails, with its reason below, and never as the best', () => {
    const none = {
      status: 'does not build',
      reason: 'npm ERR! x',
      rounds: [],
      size: undefined,
      push: undefined,
    }
    const silent = { status: 'does not answer', reason: 'it ended' }
    const failed = section(
      app('node-x', ours, sample('one', 'guide: one', 1, none), sample('two', 'guide: two', 0.1, silent)),
    )
    expect(failed).toContain('guide: one: does not build [1]')
    expect(failed).toContain('\n1. guide: one: npm ERR! x\n2. guide: two: it ended')
    expect(cells(failed, 'image')).toEqual(['**100.0 MB** 1.0×', '–', '10.0 MB 0.10×'])
  })

  it('has no ratios where ours fails', () => {
    const broken = { ...ours, status: 'does not build', reason: 'x', rounds: [], size: undefined }
    const failed = section(app('node-x', broken, sample('two', 'guide: two stages', 2)))
    expect(cells(failed, 'image')).toEqual(['–', '**200.0 MB**'])
  })

  it('says who had to be killed', () => {
    const rounds = ours.rounds.map((round) => ({ ...round, stop: 10.1, exit: 137 }))
    const killed = section(app('node-x', ours, sample('two', 'guide: two stages', 1, { rounds })))
    expect(cells(killed, 'exit code')).toEqual(['0', '137 [1]'])
    expect(killed).toContain('1. 137: did not end within 10 s of SIGTERM, and was killed.')
  })

  it('has columns that stand under each other', () => {
    const lines = table([
      ['a', '…×'],
      ['longer', 'b'],
    ]).split('\n')
    expect(new Set(lines.map((line: string) => [...line].length)).size).toBe(1)
  })
})

describe('the reading', () => {
  const text = reading([
    app('one', ours, sample('two', 'guide: two stages', 3)),
    app('two', ours, sample('two', 'guide: two stages', 0.5), sample('single', 'guide: single', 4)),
  ])

  it('counts where ours is best, and names who is better elsewhere', () =>
    expect(text).toContain(
      '- **image**: ours is the best in 1 of 2; the best of the others is at 1.75× (median; 0.50× to 3.0×). Not in `two`: guide: two stages is at 0.50×.',
    ))

  it('calls figures that are nearly the same level', () =>
    expect(text).toContain('**nothing changed**: ours is the best in 0 of 2, level in 2'))

  it('compares nothing with what does not work, and says so', () => {
    const broken = sample('two', 'guide: two stages', 0.1, { status: 'does not answer', reason: 'x' })
    const lost = reading([app('one', ours, broken)])
    expect(lost).toBe('- `one`: guide: two stages does not answer, and is compared with nothing.')
  })
})

it('the document says when, with what and on which machine', () => {
  const info = {
    date: '2026-11-21T10:00:00.000Z',
    version: '0.1.0',
    engine: '28.5.2',
    buildx: 'v0.29.1',
    node: '24.21.0',
    machine: '2 cores, 24 GB',
    rounds: 3,
    cold: 3,
    minutes: 21,
    generator: 'other 1.2.3',
    bases: [{ ref: 'node:24', bytes: 7e8 }],
    note: 'Base images are stand-ins.',
  }
  const text = document({ info, results: [app('one', ours, sample('two', 'guide: two stages', 3))] })
  expect(text).toContain(
    '- 2026-11-21, create-prod-docker 0.1.0, Docker 28.5.2, buildx v0.29.1, Node.js 24.21.0\n- 2 cores',
  )
  expect(text).toContain('Medians of 3 interleaved rounds')
  expect(text).not.toContain('cold builds in')
  expect(document({ info: { ...info, cold: 1 }, results: [] })).toContain('cold builds in 1 of them')
  expect(text).toContain('- Base images are stand-ins.\n')
  expect(text).toContain('## An app (`one`)')
  expect(text).toMatch(/\| `node:24` +\| 700\.0 MB \|/)
  expect(text).not.toMatch(/undefined|NaN|Infinity/)
})

describe('what a Dockerfile needs and says', () => {
  it('finds base images, through arguments and beside stages', () =>
    expect(
      basesOf(
        '# syntax = docker/dockerfile:1\nARG V=24.1.0\nARG E=\nFROM node:${V}-slim AS base\nFROM --platform=linux/amd64 base AS build\nCOPY --from=ghcr.io/x/uv:1 /uv /bin/\nRUN --mount=type=bind,from=tools:2,target=/t x\nCOPY --from=build --from=0 /a /a\nFROM oven/bun:${E:-1}-slim\nFROM scratch',
      ),
    ).toEqual(['docker/dockerfile:1', 'node:24.1.0-slim', 'ghcr.io/x/uv:1', 'tools:2', 'oven/bun:1-slim']))

  it.each([
    [
      '#9 [build 4/6] RUN npm ci\n#8 0.1 error of another step\n#9 0.9 npm error Missing: x@1 from lock file\n#9 1.0     at x.js:1\n#9 1.0 npm error A complete log is elsewhere\n#9 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1\n------\n > [build 4/6] RUN npm ci:\n------\nERROR: failed to build',
      '[build 4/6] RUN npm ci: npm error Missing: x@1 from lock file',
    ],
    [
      '#7 [2/3] RUN apt-get update\n#7 ERROR: process "/bin/sh -c apt-get update" did not complete successfully: no network\nERROR: failed to build',
      '[2/3] RUN apt-get update: no network',
    ],
    ['Dockerfile:1\nERROR: failed to solve: nope: not found', 'ERROR: failed to solve: nope: not found'],
    ['', 'no reason given'],
  ])('says why a build failed: %j', (output, reason) => expect(reasonOf(output)).toBe(reason))
})

/** A tar of the shape of `docker image save`. */
function tar(files: [string, Buffer][]): Buffer {
  return Buffer.concat([
    ...files.flatMap(([name, body]) => {
      const header = Buffer.alloc(512)
      header.write(name, 0)
      header.write(body.length.toString(8).padStart(11, '0'), 124)
      return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
    }),
    Buffer.alloc(1024),
  ])
}
/** In pieces that end anywhere. */
function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('weighing layers', () => {
  const base = Buffer.from('base '.repeat(4_000))
  const code = Buffer.from('code '.repeat(300))
  const packed = gzipSync(code)
  const manifest = (...Layers: string[]): [string, Buffer] => [
    'manifest.json',
    Buffer.from(JSON.stringify([{ Layers }])),
  ]
  const image = tar([
    ['blobs/sha256/base', base],
    ['blobs/sha256/app', packed],
    ['blobs/sha256/config', Buffer.from('{}')],
    manifest('blobs/sha256/base', 'blobs/sha256/app'),
  ])

  it.each([7, 512, 100_000])('as they are and as they are pushed, in pieces of %d', async (size) => {
    const [first, second] = await readLayers(Readable.from(pieces(image, size)))
    expect(first.bytes).toBe(20_000)
    expect(first.gzip).toBe(gzipSync(base).length)
    expect(second).toEqual({ id: 'blobs/sha256/app', bytes: gunzipSync(packed).length, gzip: packed.length })
  })

  it('remembers a layer by its content', async () => {
    const known = new Map([['blobs/sha256/base', { bytes: 1, gzip: 2 }]])
    const [first] = await readLayers(Readable.from(pieces(image, 512)), known)
    expect(first).toEqual({ id: 'blobs/sha256/base', bytes: 1, gzip: 2 })
    expect(known.has('blobs/sha256/app')).toBe(true)
  })

  it('refuses an image that is cut off, or none', async () => {
    await expect(readLayers(Readable.from(pieces(image.subarray(0, 9_000), 512)))).rejects.toThrow('ends')
    await expect(readLayers(Readable.from([Buffer.alloc(1024)]))).rejects.toThrow('no image')
  })

  it('counts what a push sends', () => {
    const layer = (id: string, bytes: number) => ({ id, bytes, gzip: bytes / 2 })
    const before = [layer('a', 100), layer('b', 10)]
    expect(pushed(before, [layer('a', 100), layer('c', 12)])).toEqual({ layers: 1, bytes: 12, gzip: 6 })
    expect(pushed(before, before)).toEqual({ layers: 0, bytes: 0, gzip: 0 })
    expect(total(before)).toEqual({ layers: 2, bytes: 110, gzip: 55 })
  })
})

describe('the cases', () => {
  const folder = (path: string) => new URL(`../bench/${path}`, import.meta.url)
  const fixtures = new Map(goodFixtures().map((fixture) => [fixture.name, fixture]))

  it.each(CASES as Case[])('$name has a fixture with an edit, and a Dockerfile for each yardstick', (row) => {
    const config = fixtures.get(row.name)?.config
    const edit = config?.edit ?? config?.reload
    expect(edit).toBeDefined()
    // The bench marks the first word of the new text, so that no build has seen it.
    expect(edit?.to).toMatch(/[a-z]/i)
    expect(readdirSync(folder(row.name)).sort()).toEqual(
      row.yardsticks.map((id) => `${id}.Dockerfile`).sort(),
    )
    for (const id of row.yardsticks) expect(YARDSTICKS).toHaveProperty(id)
  })

  it('has no folder without a case', () => {
    const names = readdirSync(folder('.')).filter((name) => !name.endsWith('.dockerignore'))
    expect(names.sort()).toEqual((CASES as Case[]).map(({ name }) => name).sort())
  })

  it('every Dockerfile exposes the port at which it is asked', () => {
    for (const { name, yardsticks } of CASES as Case[])
      for (const id of yardsticks)
        expect(readFileSync(folder(`${name}/${id}.Dockerfile`), 'utf8'), `${name}/${id}`).toMatch(
          /^EXPOSE \d+$/m,
        )
    expect(existsSync(folder('node.dockerignore')) && existsSync(folder('python.dockerignore'))).toBe(true)
  })
})
