import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { Variable } from '../../../src/model.ts'
import { coldBuild } from '../../../src/verify/steps/build.ts'
import type { Verification } from '../../../src/verify/types.ts'
import { variable } from '../sample-app.ts'

/** What a real build said. */
const said = (name: string) =>
  readFileSync(new URL(`../../corpus/failures/${name}.txt`, import.meta.url), 'utf8')
    .split('---\n')
    .slice(1)
    .join('---\n')
const UNREACHED = said('apt-dns')
const BROKEN = said('uv-lock-outdated')

const IMAGE = JSON.stringify([{ Id: 'sha256:1', Size: 1, Config: {}, RootFS: { Layers: [] } }])

/** The step on an engine whose builds end like this, one after the other. */
const builds = (...ends: { code: number; all: string }[]) => buildsOf([], ...ends)
async function buildsOf(publicVars: Variable[], ...ends: { code: number; all: string }[]) {
  const calls: string[][] = []
  const run = async (args: string[]) => {
    if (args[0] === 'image') return { code: 0, all: '', stdout: IMAGE }
    calls.push(args)
    return ends[calls.length - 1] ?? { code: 99, all: 'one build too many' }
  }
  const v = {
    engine: { run, info: { dialect: { build: ['build'] } } },
    session: { id: 'cpd-1', labels: {}, image: (name: string) => `cpd-1/${name}` },
    project: { root: '/' },
    app: { language: 'node', publicVars, buildSecrets: [] },
    dockerfile: 'Dockerfile',
    progress: () => undefined,
  } as unknown as Verification
  const outcome = await coldBuild.run(v).catch((error) => ({ status: 'threw', evidence: String(error) }))
  return { outcome, calls }
}

describe('the build', () => {
  it('is tried again where the network failed, with what was built by then', async () => {
    const { calls } = await builds({ code: 1, all: UNREACHED }, { code: 0, all: '' })
    expect(calls).toHaveLength(2)
    expect(calls[0]).toContain('--no-cache')
    expect(calls[1]).not.toContain('--no-cache')
  })

  it('fails where the network fails twice, and says so', async () => {
    const { outcome, calls } = await builds({ code: 1, all: UNREACHED }, { code: 1, all: UNREACHED })
    expect(calls).toHaveLength(2)
    expect(outcome).toMatchObject({ status: 'fail', cause: { id: 'network' } })
  })

  it('takes the sample of what it can not do without, and says so; the environment goes before', async () => {
    const site = variable('PUBLIC_SITE', { required: true, public: true, example: 'https://a.example' })
    const more = [
      site,
      variable('PUBLIC_OPTIONAL', { public: true, example: '1' }),
      variable('PUBLIC_PRESET', { required: true, public: true, example: '1', default: '2' }),
      variable('TOKEN', { required: true, secret: true, example: 'x' }),
    ]
    const { outcome, calls } = await buildsOf(more, { code: 0, all: '' })
    const given = (words: string[] = []) => words.filter((_, at) => words[at - 1] === '--build-arg')
    expect(given(calls[0])).toEqual(['PUBLIC_SITE=https://a.example'])
    expect(outcome.evidence).toContain('PUBLIC_SITE came from your sample')
    vi.stubEnv('PUBLIC_SITE', 'https://b.example')
    try {
      const { outcome, calls } = await buildsOf([site], { code: 0, all: '' })
      expect(given(calls[0])).toEqual(['PUBLIC_SITE'])
      expect(outcome.evidence).not.toContain('sample')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('is tried once where anything else failed', async () => {
    const { outcome, calls } = await builds({ code: 1, all: BROKEN })
    expect(calls).toHaveLength(1)
    expect(outcome).toMatchObject({ status: 'fail' })
  })
})
