import { afterAll, describe, expect, it } from 'vitest'
import { joinAnswers } from '../../src/answers.ts'
import { type Manifest, readManifest } from '../../src/languages/node/manifest.ts'
import { NATIVE } from '../../src/languages/node/native.ts'
import { packageManager } from '../../src/languages/node/package-manager.ts'
import { nodeVersion } from '../../src/languages/node/version.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const none = joinAnswers([])

async function version(files: Record<string, string | object>, manifest: object = {}): Promise<string> {
  const project = projectOf({ 'package.json': manifest, ...files })
  const { fact, warnings } = await nodeVersion(project, readManifest(project) as Manifest, none)
  return `${fact.value} from ${fact.source}${warnings.map((warning) => ` ! ${warning.rule}`).join('')}`
}

describe('the Node.js line', () => {
  it.each<[Record<string, string | object>, object, string]>([
    [{}, {}, '24 from default: the active LTS line'],
    [{ '.nvmrc': 'v22.11.0\n' }, {}, '22 from .nvmrc'],
    [{ '.nvmrc': '# team\n26\n' }, {}, '26 from .nvmrc'],
    [{ '.nvmrc': 'lts/jod' }, {}, '22 from .nvmrc'],
    [{ '.nvmrc': 'lts/*' }, {}, '24 from .nvmrc'],
    // What moves follows what stands still.
    [{ '.nvmrc': 'lts/*' }, { engines: { node: '>=20' } }, '24 from .nvmrc'],
    [{ '.nvmrc': 'lts/*' }, { engines: { node: '>=18 <23' } }, '22 from package.json#engines.node'],
    [{ '.nvmrc': 'node' }, { engines: { node: '>=25' } }, '26 from package.json#engines.node'],
    [
      { '.nvmrc': 'stable' },
      { engines: { node: '^20' } },
      '24 from lifted from ^20 (package.json#engines.node) ! PD022',
    ],
    [{ '.nvmrc': 'lts/*' }, { volta: { node: '22.12.0' } }, '22 from package.json#volta.node'],
    [{ '.nvmrc': '22', '.tool-versions': 'nodejs lts\n' }, {}, '22 from .nvmrc'],
    [{ '.node-version': '24.1' }, {}, '24 from .node-version'],
    [{ '.tool-versions': 'python 3.13\nnodejs 22.4.0\n' }, {}, '22 from .tool-versions'],
    [{ 'mise.toml': '[tools]\nnode = "26"\n' }, {}, '26 from mise.toml#tools.node'],
    [{ 'mise.toml': '[tools]\nnode = { version = "22" }\n' }, {}, '22 from mise.toml#tools.node'],
    [{}, { volta: { node: '22.12.0' } }, '22 from package.json#volta.node'],
    [
      {},
      { devEngines: { runtime: { name: 'node', version: '^26.0.0' } } },
      '26 from package.json#devEngines.runtime',
    ],
    [{}, { engines: { node: '>=20' } }, '24 from package.json#engines.node'],
    [{}, { engines: { node: '^22.12.0 || >=24' } }, '24 from package.json#engines.node'],
    [{}, { engines: { node: '22.x' } }, '22 from package.json#engines.node'],
    [{}, { engines: { node: '>=25' } }, '26 from package.json#engines.node'],
    [{}, { engines: { node: '>=22 <24' } }, '22 from package.json#engines.node'],
    [{ '.nvmrc': '22' }, { engines: { node: '>=20' } }, '22 from .nvmrc'],
    [{ '.nvmrc': '22' }, { engines: { node: '>=24' } }, '22 from .nvmrc ! PD022'],
    [{ '.nvmrc': '18' }, {}, '24 from lifted from 18.x (.nvmrc) ! PD022'],
    [{}, { engines: { node: '^20' } }, '24 from lifted from ^20 (package.json#engines.node) ! PD022'],
    [{}, { engines: { node: 'banana' } }, '24 from default: the active LTS line ! PD022'],
    [{ '.nvmrc': '28' }, {}, '26 from lifted from 28.x (.nvmrc) ! PD022'],
    // Compared as numbers, never as texts: "9" is not above "24".
    [{}, { engines: { node: '>=9' } }, '24 from package.json#engines.node'],
  ])('%j %j', async (files, manifest, expected) => expect(await version(files, manifest)).toBe(expected))

  const oldSqlite = (manifest: object, files: Record<string, string> = {}) => {
    const project = projectOf({ 'package.json': manifest, ...files })
    const rows = NATIVE.filter((row) => row.packages.includes('better-sqlite3') && row.until === 13)
    return nodeVersion(project, readManifest(project) as Manifest, none, rows)
  }

  it.each<[object, Record<string, string>, string, string]>([
    [{}, {}, '22', 'better-sqlite3 before 13 can end Node.js 24'],
    [
      { engines: { node: '>=20 <=24.x.x' } },
      {},
      '22',
      'package.json#engines.node; better-sqlite3 before 13 can end Node.js 24',
    ],
    [{}, { '.nvmrc': '18' }, '22', 'lifted from 18.x (.nvmrc)'],
    [{}, { '.nvmrc': '22' }, '22', '.nvmrc'],
  ])('stays on a line that its packages are sound on: %j %j', async (manifest, files, line, source) => {
    const { fact, warnings } = await oldSqlite(manifest, files)
    expect([fact.value, fact.source]).toEqual([line, source])
    expect(warnings.filter(({ rule }) => rule === 'PD080')).toEqual([])
  })

  it.each<[object, Record<string, string>]>([
    [{}, { '.nvmrc': '24' }],
    [{ engines: { node: '>=24' } }, {}],
  ])('says so where a newer one is asked for: %j %j', async (manifest, files) => {
    const { fact, warnings } = await oldSqlite(manifest, files)
    expect(fact.value).toBe('24')
    expect(warnings.map(({ rule }) => rule)).toEqual(['PD080'])
  })

  it.each([
    ['20', 'Node 20.x (.nvmrc) no longer gets security fixes: the files use Node 24. Test the app on it.'],
    [
      '28',
      'Node 28.x (.nvmrc) has no image that this version of the tool knows: the files use Node 26. Test the app on it.',
    ],
  ])('says why %s is lifted', async (line, message) => {
    const project = projectOf({ 'package.json': {}, '.nvmrc': line })
    const { warnings } = await nodeVersion(project, readManifest(project) as Manifest, none)
    expect(warnings.map((warning) => warning.message)).toEqual([message])
  })
})

function manager(files: Record<string, string | object>, manifest: object = {}): string {
  const project = projectOf({ 'package.json': { dependencies: { express: '5' }, ...manifest }, ...files })
  const found = packageManager(project, readManifest(project) as Manifest, none)
  return `${found.row.title} ${found.version.value} from ${found.fact.source}${found.warnings.map((warning) => ` ! ${warning.rule}`).join('')}`
}

describe('the package manager', () => {
  it.each<[Record<string, string | object>, object, string]>([
    [{ 'package-lock.json': '{}' }, {}, 'npm 11 from package-lock.json'],
    [{ 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" }, {}, 'pnpm 10 from pnpm-lock.yaml'],
    [{ 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" }, {}, 'pnpm 8 from pnpm-lock.yaml'],
    [{ 'pnpm-lock.yaml': 'lockfileVersion: 5.4\n' }, {}, 'pnpm 7 from pnpm-lock.yaml'],
    [
      { 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
      { packageManager: ' pnpm@9.15.4+sha512.abc ' },
      'pnpm 9.15.4 from package.json#packageManager',
    ],
    [
      { 'pnpm-lock.yaml': '' },
      { devEngines: { packageManager: { name: 'pnpm', version: '11.1.0' } } },
      'pnpm 11.1.0 from package.json#devEngines.packageManager',
    ],
    [
      { 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
      { engines: { pnpm: '>=9' } },
      'pnpm 9 from pnpm-lock.yaml',
    ],
    [
      { 'yarn.lock': '# THIS IS AN AUTOGENERATED FILE.\n# yarn lockfile v1\n' },
      {},
      'Yarn 1 1 from yarn.lock',
    ],
    [
      { 'yarn.lock': '__metadata:\n  version: 8\n', '.yarnrc.yml': 'nodeLinker: node-modules\n' },
      {},
      'Yarn 4 from yarn.lock',
    ],
    [
      { 'yarn.lock': '__metadata:\n', '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.5.1.cjs\n' },
      {},
      'Yarn 4.5.1 from yarn.lock',
    ],
    [{ 'bun.lock': '{}' }, {}, 'Bun 1.4 from bun.lock'],
    [{ 'bun.lockb': '' }, {}, 'Bun 1.4 from bun.lockb'],
    [{}, {}, 'npm 11 from default: no lockfile ! PD081'],
    [
      { 'package-lock.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' },
      {},
      'npm 11 from package-lock.json ! PD081',
    ],
    [
      { 'package-lock.json': '{}' },
      { packageManager: 'pnpm@10.0.0' },
      'pnpm 10.0.0 from package.json#packageManager ! PD081',
    ],
  ])('%j %j', (files, manifest, expected) => expect(manager(files, manifest)).toBe(expected))
})
