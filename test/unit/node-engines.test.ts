import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const YARN_1 = { 'yarn.lock': '# yarn lockfile v1\n' }
const NPM = { 'package-lock.json': '{}' }
const PNPM = { 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" }
const STRICT = { '.npmrc': 'engine-strict=true\n' }
const STRICT_YAML = { 'pnpm-workspace.yaml': 'engineStrict: true\n' }
const PNPM_11 = { packageManager: 'pnpm@11.1.0' }

/** What the base stage sets, then what is warned of. */
async function told(files: Record<string, string>, manifest: object, answers = {}): Promise<string> {
  const found = await node.inspect(
    projectOf({
      'server.js': "require('express')().listen(3000)\n",
      ...files,
      'package.json': JSON.stringify(
        { name: 'app', dependencies: { express: '^5' }, scripts: { start: 'node server.js' }, ...manifest },
        null,
        2,
      ),
    }),
    answers,
  )
  const { data } = found.model({ services: [], answers: {} }).dockerfile
  const warnings = found.warnings.filter(({ message }) => message.includes('the build fails'))
  return [data['engineEnv'], ...warnings.map(({ file, line, message }) => `${file}:${line} ${message}`)].join(
    '',
  )
}

describe('a Node.js outside of what package.json allows', () => {
  it.each<[string, Record<string, string>, object, string]>([
    ['Yarn 1', YARN_1, { engines: { node: '20.x' } }, 'ENV YARN_IGNORE_ENGINES=true #@PD022'],
    ['Yarn 1, within', YARN_1, { engines: { node: '>=20' } }, ''],
    [
      'Yarn 1, by .nvmrc',
      { ...YARN_1, '.nvmrc': '22' },
      { engines: { node: '24' } },
      'ENV YARN_IGNORE_ENGINES=true #@PD022',
    ],
    ['npm', NPM, { engines: { node: '20.x' } }, ''],
    [
      'strict npm',
      { ...NPM, ...STRICT },
      { engines: { node: '20.x' } },
      'ENV npm_config_engine_strict=false #@PD022',
    ],
    ['pnpm', PNPM, { engines: { node: '20.x' } }, ''],
    [
      'strict pnpm',
      { ...PNPM, ...STRICT },
      { engines: { node: '20.x' } },
      'ENV npm_config_engine_strict=false #@PD022',
    ],
    [
      'pnpm 11, which does not read it there',
      { ...PNPM, ...STRICT },
      { ...PNPM_11, engines: { node: '20.x' } },
      '',
    ],
    [
      'strict pnpm 11',
      { ...PNPM, ...STRICT_YAML },
      { ...PNPM_11, engines: { node: '20.x' } },
      'ENV pnpm_config_engine_strict=false #@PD022',
    ],
  ])('%s', async (_what, files, manifest, expected) => expect(await told(files, manifest)).toBe(expected))

  it('is said where pnpm 10 takes no variable for it', async () =>
    expect(await told({ ...PNPM, ...STRICT_YAML }, { engines: { node: '20.x' } })).toBe(
      'package.json:10 pnpm refuses Node 24, since package.json#engines.node says "20.x": the build fails until that allows it.',
    ))
  it('is said where npm checks devEngines', async () => {
    const runtime = { name: 'node', version: '^20' }
    expect(await told(NPM, { devEngines: { runtime } })).toBe(
      'package.json:10 npm refuses Node 24, since package.json#devEngines.runtime says "^20": the build fails until that allows it.',
    )
    expect(await told(NPM, { devEngines: { runtime: { ...runtime, onFail: 'warn' } } })).toBe('')
  })
  it('counts for an answer too', async () =>
    expect(await told(YARN_1, { engines: { node: '24' } }, { runtimeVersion: '26' })).toBe(
      'ENV YARN_IGNORE_ENGINES=true #@PD022',
    ))
})
