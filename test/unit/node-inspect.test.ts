import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const SERVER = { 'server.js': "require('express')().listen(3000)\n" }
const express = (more: object) => ({ name: 'app', dependencies: { express: '^5' }, ...more })
const inspect = (files: Record<string, string | object>) => node.inspect(projectOf(files), {})
const dockerfile = async (files: Record<string, string | object>) =>
  (await inspect(files)).model({ services: [], answers: {} }).dockerfile.data

describe('scripts that an install runs', () => {
  it.each<[string, boolean]>([
    ['husky', false],
    ['husky install || true', false],
    ['is-ci || husky', false],
    [
      "node -e \"if(process.env.NODE_ENV!=='production'){require('child_process').execSync('husky')}\"",
      false,
    ],
    ['simple-git-hooks && nuxt prepare', false],
    ['husky && node scripts/build.js', true],
    ['node scripts/make.js', true],
    ['npx only-allow pnpm', false],
    ['npx -y only-allow pnpm && husky', false],
    ['npm run made && husky', false],
    ['npm run own', true],
  ])('%s needs the whole source: %s', async (prepare, whole) => {
    const nested = { made: 'npx prisma generate', own: 'node scripts/make.js' }
    const files = {
      ...SERVER,
      'package.json': express({ scripts: { prepare, start: 'node server.js', ...nested } }),
    }
    expect((await dockerfile(files))['wholeSource']).toBe(whole)
  })
})

describe('what an install asks a database for', () => {
  it('is said: there is none', async () => {
    const scripts = { postinstall: 'prisma migrate deploy && prisma generate', start: 'node server.js' }
    const found = await inspect({ ...SERVER, 'package.json': express({ scripts }) })
    found.model({ services: [], answers: {} })
    expect(found.warnings.find(({ rule }) => rule === 'PD021')?.message).toMatch(
      /runs "prisma migrate deploy" at install/,
    )
  })
})

describe('what Git needs beside itself', () => {
  const packages = async (dependencies: object) => {
    const { buildAptBlock, runAptBlock } = await dockerfile({
      ...SERVER,
      'package.json': express({ dependencies }),
    })
    return `${buildAptBlock} | ${runAptBlock}`
  }
  it('is certificates, and ssh where the app calls it', async () => {
    expect(await packages({ express: '^5', a: 'github:acme/a' })).toMatch(
      /install .*ca-certificates git\b.* \| $/s,
    )
    expect(await packages({ express: '^5', 'simple-git': '^3' })).toMatch(
      /\| .*ca-certificates git openssh-client.*find \/usr\/bin\/ssh-agent \/usr\/lib .*chmod a-s/s,
    )
    expect(await packages({ express: '^5', ping: '^0.4' })).toMatch(/\| .*iputils-ping/s)
    expect(await packages({ express: '^5', '@discordjs/opus': '^0.9' })).toMatch(/g\+\+.* \| $/s)
  })
})

describe('code that is made from a schema', () => {
  const told = async (files: Record<string, string | object>, more: object = {}) => {
    const manifest = {
      name: 'app',
      dependencies: { express: '^5', '@prisma/client': '^6', prisma: '^6' },
      ...more,
    }
    const found = await inspect({ ...SERVER, 'package.json': manifest, ...files })
    const { data } = found.model({ services: [], answers: {} }).dockerfile
    return { lost: found.warnings.some(({ rule }) => rule === 'PD085'), data }
  }
  it('is missed where the schema is nowhere to be seen', async () =>
    expect(await told({})).toMatchObject({ lost: true, data: { generates: false } }))
  it('is made where it is there', async () =>
    expect(await told({ 'prisma/schema.prisma': '' })).toMatchObject({
      lost: false,
      data: { generates: true },
    }))
  it('is not missed where a script makes it', async () =>
    expect(await told({}, { scripts: { build: 'prisma generate --schema db/x && tsc' } })).toMatchObject({
      lost: false,
    }))
  it('is looked for where package.json or the config says', async () => {
    const schema = 'datasource db {\n  provider = "postgresql"\n  url = env("SHOP_DB_URL")\n}\n'
    const stated = await told(
      { 'src/db/schema.prisma': schema, 'src/db/migrations/1/migration.sql': '' },
      { prisma: { schema: './src/db/schema.prisma' } },
    )
    expect(stated).toMatchObject({ lost: false, data: { generates: true, migrates: true } })
    expect(stated.data['generateBlock']).toMatch(
      /source=src\/db\/schema\.prisma,[\s\S]* SHOP_DB_URL=postgresql:\/\/build:build@127\.0\.0\.1:5432\/build /,
    )
    expect(stated.data['generateBlock']).not.toContain('DATABASE_URL')
    const config = "export default defineConfig({\n  schema: path.join('src', 'db'),\n})\n"
    expect(await told({ 'src/db/a.prisma': schema, 'prisma.config.ts': config })).toMatchObject({
      lost: false,
      data: { generates: true },
    })
  })
  it('says what asks a live database', async () => {
    const generator = 'generator client {\n  previewFeatures = ["typedSql"]\n}\n'
    const { warnings } = await inspect({
      ...SERVER,
      'package.json': express({ dependencies: { express: '^5', prisma: '^6' } }),
      'prisma/schema.prisma': generator,
    }).then((found) => {
      found.model({ services: [], answers: {} })
      return found
    })
    expect(warnings.find(({ rule }) => rule === 'PD085')?.message).toMatch(/typedSql/)
  })
  it('says what openssl is installed for', async () => {
    const why = 'Prisma asks OpenSSL for its version'
    expect((await told({ 'prisma/schema.prisma': '' })).data['buildAptWhy']).toBe(why)
    const dependencies = { express: '^5', prisma: '^6', canvas: '^3' }
    expect((await told({}, { dependencies })).data['buildAptWhy']).toBe('What native packages compile with')
  })
})

describe('processes that are not written', () => {
  const told = async (files: Record<string, string | object>, start = 'node dist/apps/gateway/main') => {
    const { warnings } = await inspect({
      ...SERVER,
      'package.json': express({ scripts: { start } }),
      ...files,
    })
    return warnings.flatMap(({ rule, message }) => (rule === 'PD033' ? [message.split(' too')[0]] : []))
  }
  const projects = {
    gateway: { type: 'application' },
    billing: { type: 'application' },
    common: { type: 'library' },
  }
  it.each<[Record<string, string | object>, string[]]>([
    [
      { Procfile: 'web: npm start\nworker: npm run worker\nrelease: x\nclock: node c.js\n' },
      ['Procfile names worker, clock'],
    ],
    [{ Procfile: 'web: npm start\n' }, []],
    [{ 'nest-cli.json': { monorepo: true, projects } }, ['nest-cli.json names billing']],
    [{ 'nest-cli.json': '{ broken' }, []],
    [{ 'nest-cli.json': { collection: '@nestjs/schematics' } }, []],
  ])('%j', async (files, wanted) => expect(await told(files)).toEqual(wanted))
})

describe('what is no app', () => {
  const refused = async (manifest: object, files: Record<string, string | object> = {}) => {
    const found = (await inspect({ 'package.json': manifest, ...files })).notAnApp
    return found && `${found.message} ${found.hint}`
  }
  it('is a desktop app, whatever its start script says', async () => {
    const manifest = { name: 'x', scripts: { start: 'electron .' }, devDependencies: { electron: '^40' } }
    expect(await refused(manifest, { 'index.js': '' })).toMatch('"x" is a desktop app (Electron)')
  })
  it('is not an Express server that drives Electron in its tests', async () => {
    const manifest = express({ scripts: { start: 'node server.js' }, devDependencies: { electron: '^40' } })
    expect(await refused(manifest, SERVER)).toBeUndefined()
  })
  it('is the root of a workspace: the apps are named', async () => {
    const manifest = { name: 'mono', private: true, workspaces: ['apps/*', 'packages/*'] }
    const files = {
      'apps/web/package.json': { scripts: { start: 'next start' } },
      'apps/api/package.json': { scripts: { start: 'node x.js' } },
      'packages/ui/package.json': { scripts: { build: 'tsc' } },
    }
    expect(await refused(manifest, files)).toBe(
      '"mono" is the root of a workspace, and starts nothing itself. Run this in the folder of an app: apps/api, apps/web.',
    )
  })
  it('is the root of a workspace that starts one of its apps', async () => {
    const files = { 'packages/api/package.json': {}, 'packages/ui/package.json': {} }
    const manifest = { name: 'mono', workspaces: ['./packages/*'], scripts: { start: 'npm start -w api' } }
    const message =
      '"mono" is the root of a workspace: what it needs lies in packages/api, packages/ui, each with a package.json of its own. Apps in a monorepo are not supported yet.'
    expect(await refused(manifest, files)).toMatch(message)
    const pnpm = { ...files, 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n' }
    expect(await refused({ ...manifest, workspaces: undefined }, pnpm)).toMatch(message)
  })
  it('is not an app with settings for workspaces and no member', async () => {
    const start = { scripts: { start: 'node server.js' } }
    expect(await refused(express({ ...start, workspaces: ['packages/*'] }), SERVER)).toBeUndefined()
    const settings = { 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - canvas\n' }
    expect(
      await refused(express(start), { ...SERVER, ...settings, 'client/package.json': {} }),
    ).toBeUndefined()
  })
  it('is a workspace that an app at its root does without', async () => {
    const files = { ...SERVER, 'docs/package.json': { name: 'handbook' }, 'package-lock.json': {} }
    const root = (more: object = {}, line = 'node server.js') =>
      express({ workspaces: ['docs'], scripts: { start: line }, ...more })
    expect(await refused(root(), files)).toBeUndefined()
    const { ignore } = (await inspect({ ...files, 'package.json': root() })).model({
      services: [],
      answers: {},
    })
    expect(ignore).toContain('docs')
    const byHand = { ...files, 'scripts/pages.js': "import '../docs/pages.js'\n" }
    const scripts = { start: 'node server.js', 'dev:docs': 'cd docs && npm run dev' }
    const found = await inspect({ ...byHand, 'package.json': root({ scripts }) })
    expect(found.notAnApp).toBeUndefined()
    expect(found.model({ services: [], answers: {} }).ignore).not.toContain('docs')
    const message = /is the root of a workspace: what it needs lies in docs/
    const dependencies = { express: '^5', handbook: '*' }
    expect(await refused(root({ dependencies }), files)).toMatch(message)
    expect(await refused(root({}, 'node docs/x.js'), files)).toMatch(message)
    const imports = { 'server.js': "require('express')().use(require('./docs/x')).listen(3000)\n" }
    expect(await refused(root(), { ...files, ...imports })).toMatch(message)
    expect(await refused(root({ packageManager: 'yarn@4.1.0' }), files)).toMatch(message)
  })
  it('is a folder of a workspace that needs others', async () => {
    const manifest = express({
      scripts: { start: 'node server.js' },
      dependencies: { express: '^5', '@acme/ui': 'workspace:*' },
    })
    await expect(inspect({ 'package.json': manifest, ...SERVER })).rejects.toThrow(
      '"app" is part of a workspace: @acme/ui and the lockfile',
    )
  })
})

describe('a package from Git', () => {
  const told = async (range: string) => {
    const dependencies = { express: '^5', auth: range }
    const found = await inspect({
      'package.json': express({ dependencies, scripts: { start: 'node server.js' } }),
      ...SERVER,
    })
    const { data } = found.model({ services: [], answers: {} }).dockerfile
    return [
      String(data['buildAptBlock']).includes(' git'),
      found.warnings.find(({ rule }) => rule === 'PD089')?.message,
    ]
  }
  it.each([
    'git+ssh://git@github.com/acme/auth.git#v2',
    'ssh://git@acme.example/auth.git',
    'git@github.com:acme/auth.git',
  ])('over ssh has no key: %s', async (range) =>
    expect(await told(range)).toEqual([
      true,
      expect.stringMatching(/^auth comes from Git over ssh, and a build has no key/),
    ]),
  )
  it.each(['git+https://github.com/acme/auth.git', 'acme/auth#v2', 'github:acme/auth'])(
    'needs none otherwise: %s',
    async (range) => expect(await told(range)).toEqual([true, undefined]),
  )
})

describe('the reason for a slim image', () => {
  it('names the package that the project has', async () => {
    const manifest = express({
      scripts: { start: 'node server.js' },
      dependencies: { express: '^5', 'simple-git': '^3' },
    })
    const { facts } = await inspect({ 'package.json': manifest, ...SERVER })
    expect(facts.get('base')?.source).toBe('simple-git needs system libraries')
  })
})

describe('the package manager in the image', () => {
  const berry = (yarnrc: string, more: Record<string, string> = {}) => ({
    'package.json': express({
      scripts: { start: 'node server.js' },
      devDependencies: { vitest: '^4' },
    }),
    ...SERVER,
    'yarn.lock': '__metadata:\n  version: 6\n',
    '.yarnrc.yml': yarnrc,
    ...more,
  })
  const yarn3 = 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-3.8.7.cjs\n'
  const plugin = { '.yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs': '' }

  it.each<[string, Record<string, string | object>, boolean, boolean]>([
    ['Yarn 3', berry(yarn3), false, true],
    ['Yarn 3 with its plugin', berry(yarn3, plugin), true, false],
    ['Yarn 4', berry('nodeLinker: node-modules\n'), true, false],
  ])('%s: development dependencies apart, or a warning', async (_, files, separate, warned) => {
    const found = await inspect(files)
    const { data } = found.model({ services: [], answers: {} }).dockerfile
    expect(data['separate']).toBe(separate)
    expect(data['modulesFrom']).toBe(separate ? 'prod-deps' : 'deps')
    expect(found.warnings.some(({ rule, message }) => rule === 'PD007' && /^Yarn 3/.test(message))).toBe(
      warned,
    )
  })

  it.each([
    ['24', '11'],
    ['22', '10'],
  ])('is the npm of Node %s, whatever the manifest asks for', async (version, npm) => {
    const manifest = express({
      scripts: { start: 'node server.js' },
      engines: { node: version, npm: '>=8' },
      packageManager: 'npm@9.1.0',
    })
    const { facts } = await inspect({ 'package.json': manifest, 'package-lock.json': {}, ...SERVER })
    expect(facts.value('packageManagerVersion')).toBe(npm)
  })

  it('is named once', async () => {
    const files = { ...berry(''), 'yarn.lock': '# yarn lockfile v1\n' }
    expect((await dockerfile(files))['setupTitle']).toBe('Yarn 1 (yarn.lock)')
  })
})

describe('the build', () => {
  it.each<[Record<string, string>, string, RegExp | undefined]>([
    [{ build: 'tsc' }, 'npm run build', undefined],
    [
      {
        build: 'run-s db:migrate build:next',
        'db:migrate': 'drizzle-kit migrate',
        'build:next': 'next build',
      },
      'npm run build:next',
      /runs "db:migrate": there is no database/,
    ],
    [
      { build: 'prisma generate && prisma migrate deploy && next build' },
      'node_modules/.bin/prisma generate && node_modules/.bin/next build',
      /runs "prisma migrate deploy": there/,
    ],
    [
      { build: 'npm run db && tsc', db: 'dotenv -- prisma db push' },
      'node_modules/.bin/tsc',
      /runs "npm run db"/,
    ],
    [{ build: 'A=1 prisma migrate deploy && tsc' }, 'npm run build', /Take that step out of it/],
    [{ build: 'prisma generate && next build' }, 'npm run build', undefined],
    [
      {
        prebuild: 'run-s generate migrate',
        build: 'next build',
        postbuild: 'node sitemap.js',
        generate: 'prisma generate',
        migrate: 'prisma migrate deploy',
      },
      'npm run generate && node_modules/.bin/next build && npm run postbuild',
      /scripts.prebuild runs "migrate": there/,
    ],
    [{ prebuild: 'A=1 prisma migrate deploy', build: 'tsc' }, 'npm run build', /prebuild asks a database/],
    [{ prebuild: 'rimraf dist', build: 'tsc' }, 'npm run build', undefined],
    [{ build: 'check-db && tsc', 'build-docker': 'tsc' }, 'npm run build-docker', undefined],
    [{ build: 'tsc', 'build:docker': 'docker build .' }, 'npm run build', undefined],
  ])('%j: %s', async (scripts, line, warning) => {
    const manifest = express({ scripts: { start: 'node server.js', ...scripts } })
    const { facts, warnings } = await inspect({ 'package.json': manifest, ...SERVER })
    expect(facts.value('build')).toBe(line)
    const said = warnings.filter(({ rule }) => rule === 'PD021').map(({ message }) => message)
    if (warning) expect(said).toEqual([expect.stringMatching(warning)])
    else expect(said).toEqual([])
  })
})

it.each([
  ['pnpm@9.0.0', 'node_modules/.bin/tsc'],
  ['pnpm@8.15.0', 'pnpm run build'],
  ['yarn@4.5.0', 'yarn run build'],
  ['yarn@1.22.22', 'node_modules/.bin/tsc'],
])('%s: a hook of the build that asks a database', async (packageManager, line) => {
  const scripts = { start: 'node server.js', prebuild: 'prisma migrate deploy', build: 'tsc' }
  const { facts } = await inspect({ 'package.json': express({ scripts, packageManager }), ...SERVER })
  expect(facts.value('build')).toBe(line)
})

describe('an adapter of another platform', () => {
  it.each([
    ['@sveltejs/kit', 'svelte.config.js', '@sveltejs/adapter-vercel', /Install @sveltejs\/adapter-node/],
    ['astro', 'astro.config.mjs', '@astrojs/cloudflare', /Install @astrojs\/node/],
  ])('%s, %s: %s', async (framework, config, adapter, wanted) => {
    const manifest = {
      scripts: { build: 'vite build' },
      devDependencies: { [framework]: '*', [adapter]: '*' },
    }
    const { warnings } = await inspect({
      'package.json': manifest,
      [config]: `import adapter from '${adapter}'\nexport default { adapter: adapter() }\n`,
    })
    expect(warnings.map(({ message }) => message)).toContainEqual(expect.stringMatching(wanted))
  })
})

describe('a dependency in a repository', () => {
  it.each<[string, boolean]>([
    ['github:a/b', true],
    ['a/b#main', true],
    ['git+https://example.com/a.git', true],
    ['npm:x@^1', false],
    ['^1.0.0', false],
    ['https://codeload.example.com/a/b/tar.gz/1', false],
  ])('%s needs git where dependencies are installed: %s', async (range, git) => {
    const manifest = express({
      scripts: { start: 'node server.js' },
      dependencies: { express: '^5', x: range },
    })
    const data = await dockerfile({ 'package.json': manifest, ...SERVER })
    expect(/\bgit\b/.test(String(data['buildAptBlock']))).toBe(git)
  })
})

describe('a Next.js config that the server reads at start', () => {
  const next = (config: string, code: string, more: object = {}) => ({
    'package.json': {
      scripts: { build: 'next build', start: 'next start' },
      dependencies: { next: '^16' },
      devDependencies: { typescript: '^6' },
      ...more,
    },
    [config]: code,
    'src/env.ts': "import { x } from './x'\nexport const env = x\n",
    'src/x.ts': 'export const x = 1\n',
    'i18n.json': '{}',
  })
  const copies = async (files: Record<string, string | object>) =>
    String((await dockerfile(files))['copies'])
      .split('\n')
      .flatMap((line) => /--from=(\S+) \/app\/(\S+)/.exec(line)?.slice(1, 3).join(' ') ?? [])

  it('in TypeScript takes its compiler along, and what it imports', async () => {
    const files = next(
      'next.config.ts',
      "import './src/env'\nimport i18n from './i18n.json'\nexport default {}\n",
    )
    expect(await copies(files)).toEqual([
      'deps node_modules/typescript',
      'build .next',
      'build package.json',
      'build next.config.*',
      'build i18n.json',
      'build src/env.ts',
      'build src/x.ts',
    ])
  })
  it('in JavaScript needs none', async () =>
    expect(await copies(next('next.config.mjs', 'export default {}\n'))).not.toContain(
      'deps node_modules/typescript',
    ))
  it('is part of the standalone server', async () => {
    const found = await copies(
      next('next.config.ts', "import './src/env'\nexport default { output: 'standalone' }\n"),
    )
    expect(found).not.toContain('deps node_modules/typescript')
    expect(found).not.toContain('build src/env.ts')
  })

  const told = async (code: string, config = 'next.config.js', more: object = {}) => {
    const found = await node.inspect(
      projectOf({
        ...next(config, code, {
          devDependencies: { typescript: '^6', analyzer: '^1', '@a/b': '^1' },
          ...more,
        }),
        'env.js': "const analyzer = require('analyzer')\n",
      }),
      {},
    )
    const { data } = found.model({ services: [], answers: {} }).dockerfile
    const said = found.warnings.flatMap(({ rule, message }) => (rule === 'PD007' ? [message] : []))
    return [data['modulesFrom'], ...said.map((message) => message.split('.config')[0])]
  }
  it.each<[string, string?]>([
    ["const analyze = require('analyzer')({ enabled: false })\nmodule.exports = analyze({})"],
    ["module.exports = require('analyzer')({})"],
    ["import analyzer from 'analyzer/plugin'\nexport default analyzer()({})", 'next.config.ts'],
    ["import {\n  a,\n} from 'analyzer'\nexport default {}", 'next.config.mjs'],
    ["require('./env.js')\nmodule.exports = {}"],
    [
      "import { x } from '@/x'\nimport analyzer from 'analyzer'\nexport default analyzer(x)",
      'next.config.ts',
    ],
  ])('keeps the development dependencies that it loads: %j', async (code, config) =>
    expect(await told(code, config)).toEqual(['deps', 'The server loads analyzer as it starts, by next']),
  )
  it.each<[string, string?]>([
    ["const f = process.env.ANALYZE ? require('analyzer')() : (x) => x\nmodule.exports = f({})"],
    ["if (process.env.ANALYZE) require('analyzer')\nmodule.exports = {}"],
    ["module.exports = (phase) => {\n  const { f } = require('analyzer')\n  return f()\n}"],
    ["import type { Config } from 'analyzer'\nexport default {} as Config", 'next.config.ts'],
    ["// require('analyzer')\nmodule.exports = {}"],
    ["const analyze = require('analyzer')\nmodule.exports = analyze({ output: 'standalone' })"],
    ["const fs = require('fs')\nmodule.exports = {}"],
  ])('keeps none for %j', async (code, config) => expect((await told(code, config)).slice(1)).toEqual([]))
  it('keeps none that is a production dependency too', async () =>
    expect(
      await told("module.exports = require('analyzer')({})", 'next.config.js', {
        dependencies: { next: '^16', analyzer: '^1' },
      }),
    ).toEqual(['prod-deps']))
})

describe('a name with a hash in it, which is kept for a year', () => {
  const line =
    /"~\*?(.+?)" "public/.exec(readFileSync('templates/node/runtime-static.ejs', 'utf8'))?.[1] ?? ''
  const hashed = new RegExp(line)
  it.each([
    '/assets/index-DiwrgTda.js',
    '/assets/index-D-x3_f2k.css',
    '/assets/logo-aBc_de-f.svg',
    '/static/js/main.3f2a9c1d.js',
    '/static/media/logo.6ce24c58023cc2f8fd88fe9d219db6c6.svg',
    '/assets/images/hero-11f5a7c8e3b2d4960a1b2c3d4e5f6071.png',
    '/main-ABCDEFGH.js',
    '/_astro/hero.BqL5tTQ4_Z1ab2c.webp',
    '/_next/static/chunks/117-0a1b2c3d4e5f6071.js',
    '/_app/immutable/entry/start.C0qXy9ab.js',
  ])('%s', (path) => expect(path).toMatch(hashed))
  it.each([
    '/apple-touch-icon.png',
    '/apple-touch-icon-180x180.png',
    '/android-chrome-192x192.png',
    '/safari-pinned-tab.svg',
    '/icon-1024x1024.png',
    '/web-app-manifest-512x512.png',
    '/assets/icon-settings.svg',
    '/assets/icon-settings_2x.png',
    '/assets/hero-background.webp',
    '/index.html',
    '/favicon.ico',
    '/service-worker.js',
    '/sw.js',
    '/manifest.webmanifest',
  ])('%s is none', (path) => expect(path).not.toMatch(hashed))
})

describe('cutting down to production dependencies', () => {
  it('writes no lockfile: it is mounted read-only', async () => {
    const manifest = express({ scripts: { prepare: 'husky', start: 'node server.js' } })
    const data = await dockerfile({ 'package.json': manifest, 'package-lock.json': {}, ...SERVER })
    expect(data['productionBlock']).toMatch('npm prune --omit=dev --no-save')
  })
})

describe('an app for Bun that has no lockfile yet', () => {
  const files = (dev: string, types: object) => ({
    'package.json': { scripts: { dev }, dependencies: { hono: '^4' }, devDependencies: types },
    'src/index.ts': "import { Hono } from 'hono'\nexport default new Hono()\n",
  })
  it('runs on Bun, by its types and its script', async () => {
    const { facts } = await inspect(files('bun run --hot src/index.ts', { '@types/bun': 'latest' }))
    expect(facts.value('packageManager')).toBe('bun')
    expect(facts.get('packageManager')?.source).toBe('package.json#scripts.dev')
    expect(facts.value('start')).toBe('bun src/index.ts')
  })
  it('runs on Node.js where Bun is only a script runner', async () => {
    const { facts } = await inspect(files('bun run other', {}))
    expect(facts.value('packageManager')).toBe('npm')
  })
})

describe('a site of Docusaurus', () => {
  it('is built, and served as files', async () => {
    const found = await inspect({
      'package.json': {
        name: 'docs',
        scripts: {
          docusaurus: 'docusaurus',
          start: 'docusaurus start',
          serve: 'docusaurus serve',
          build: 'docusaurus build',
        },
        dependencies: { '@docusaurus/core': '3.10.2', react: '^19.0.0' },
      },
      'docusaurus.config.ts': 'export default {}\n',
    })
    const fact = (key: 'framework' | 'output' | 'port' | 'base') => found.facts.get(key)?.value
    expect([fact('framework'), fact('output'), fact('port'), fact('base')]).toEqual([
      'docusaurus',
      'static',
      8080,
      'nginx',
    ])
    const { data } = found.model({ services: [], answers: {} }).dockerfile
    expect(data['site']).toContain('/app/build')
    expect(data['spa']).toBe(false)
    expect(data['devCommand']).toBe('["npm", "run", "start", "--", "--host", "0.0.0.0"]')
  })
})

describe('the development server', () => {
  it('of Angular is its start script: watch only builds', async () => {
    const files = {
      'package.json': {
        name: 'shop',
        scripts: {
          start: 'ng serve',
          build: 'ng build',
          watch: 'ng build --watch --configuration development',
        },
        dependencies: { '@angular/core': '^22.2.0' },
      },
      'angular.json': { projects: {} },
    }
    expect((await dockerfile(files))['devCommand']).toBe('["npm", "run", "start", "--", "--host", "0.0.0.0"]')
  })
})

describe('an environment check that a build can skip', () => {
  const built = async (check: string) =>
    (
      await dockerfile({
        'package.json': {
          name: 'shop',
          scripts: { build: 'next build', start: 'next start' },
          dependencies: { next: '16.4.3', '@t3-oss/env-nextjs': '^0.12.0' },
        },
        'next.config.js': "import './src/env.js'\nexport default {}\n",
        'src/env.js': check,
      })
    )['buildBlock']
  it('is skipped while the image is built, as create-t3-app has it', async () => {
    expect(
      await built('export const env = createEnv({ skipValidation: !!process.env.SKIP_ENV_VALIDATION })'),
    ).toContain('SKIP_ENV_VALIDATION=1')
    expect(await built('export const env = createEnv({}) // no SKIP_ENV')).not.toContain('SKIP_ENV')
  })
})

describe('what a bundler of old needs', () => {
  const built = async (devDependencies: object) => {
    const found = await inspect({
      ...SERVER,
      'package.json': express({ devDependencies, scripts: { build: 'webpack', start: 'node server.js' } }),
    })
    const { dockerfile, development } = found.model({ services: [], answers: {} })
    return `${dockerfile.data['buildBlock']} ${development.env['NODE_OPTIONS']} ${found.warnings.map(({ rule }) => rule)}`
  }
  it.each([{ webpack: '~4.39.0' }, { 'react-scripts': '4.0.3' }, { '@vue/cli-service': '^4.5.0' }])(
    'is told to OpenSSL: %j',
    async (dependencies) =>
      expect(await built(dependencies)).toMatch(
        /RUN NODE_OPTIONS=--openssl-legacy-provider [\s\S]*--openssl-legacy-provider .*PD022/,
      ),
  )
  it.each([{ webpack: '^5.1.0' }, { webpack: 'latest' }, {}])(
    'and not where it is none: %j',
    async (dependencies) => expect(await built(dependencies)).not.toMatch(/openssl|PD022/),
  )
})

describe('what pnpm builds at install', () => {
  const LOCK = "lockfileVersion: '9.0'\n"
  const told = async (files: Record<string, string>, more: object = {}) => {
    const manifest = express({ dependencies: { express: '^5', 'better-sqlite3': '^12' }, ...more })
    const found = await inspect({ ...SERVER, 'pnpm-lock.yaml': LOCK, 'package.json': manifest, ...files })
    const warned = found.warnings.some(({ message }) => /pnpm \d+ builds no/.test(message))
    return `${found.facts.value('packageManagerVersion')} ${warned}`
  }
  it.each<[Record<string, string>, object, string]>([
    [{}, {}, '9 false'],
    [{}, { dependencies: { express: '^5' } }, '10 false'],
    [{}, { pnpm: { onlyBuiltDependencies: ['better-sqlite3'] } }, '10 false'],
    [{ 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - better-sqlite3\n' }, {}, '10 false'],
    [{ 'pnpm-workspace.yaml': 'overrides: {}\n' }, {}, '10 true'],
    [{ 'pnpm-lock.yaml': `${LOCK}patchedDependencies:\n  a@1: {}\n` }, {}, '10 true'],
    [{}, { packageManager: 'pnpm@10.8.1' }, '10.8.1 true'],
    [{}, { packageManager: 'pnpm@9.11.0' }, '9.11.0 false'],
    [{ 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" }, {}, '8 false'],
  ])('with %j and %j: pnpm %s', async (files, more, expected) =>
    expect(await told(files, more)).toBe(expected),
  )
})

describe('generators of static sites', () => {
  const site = async (manifest: object, files: Record<string, string> = {}) => {
    const { facts, notAnApp, model } = await inspect({ 'package.json': manifest, ...files })
    if (notAnApp) return notAnApp.message
    const { kind, dockerfile, development } = model({ services: [], answers: {} })
    return [
      facts.value('framework'),
      kind,
      facts.value('build'),
      /\/app\/(\S+)/.exec(String(dockerfile.data['site']))?.[1],
      development.command.join(' '),
    ]
  }
  const dependencies = { gatsby: '^5', hexo: '^8', vitepress: '^1', '@11ty/eleventy': '^3' }
  const only = (name: keyof typeof dependencies, scripts: object, more: object = {}) => ({
    scripts,
    dependencies: { [name]: dependencies[name], ...more },
  })
  it('are no servers, whatever their scripts start', async () => {
    expect(
      await site(only('gatsby', { build: 'gatsby build', develop: 'gatsby develop' }), {
        'gatsby-config.js': '',
      }),
    ).toEqual(['gatsby', 'static', 'npm run build', 'public', 'npm run develop -- --host 0.0.0.0'])
    expect(
      await site(only('hexo', { server: 'hexo server' }), { '_config.yml': "title: A\npublic_dir: 'www'\n" }),
    ).toEqual(['hexo', 'static', 'npm exec -- hexo generate', 'www', 'npm run server'])
    expect(
      await site(only('vitepress', { build: 'vitepress build docs', dev: 'vitepress dev docs' })),
    ).toEqual([
      'vitepress',
      'static',
      'npm run build',
      'docs/.vitepress/dist',
      'npm run dev -- --host 0.0.0.0',
    ])
    expect(
      await site(only('@11ty/eleventy', { build: 'eleventy', start: 'eleventy --serve' }), {
        'eleventy.config.mjs': "export default (config) => { config.setOutputDirectory('www') }",
      }),
    ).toEqual(['eleventy', 'static', 'npm run build', 'www', 'npm run start'])
  })
  it('are tools beside an app, and a library of parts for them is none', async () => {
    const app = only('@11ty/eleventy', { pages: 'eleventy', start: 'node server.js' }, { express: '^5' })
    expect((await site(app, SERVER))[0]).toBe('express')
    const docs = only('vitepress', { build: 'tsc', 'docs:build': 'vitepress build', start: 'node server.js' })
    expect((await site(docs, { 'server.js': '' }))[0]).toBe('node')
    expect(
      await site({ ...only('gatsby', {}), files: ['dist'], main: 'x.js', name: 'a', version: '1.0.0' }),
    ).toMatch(/library/)
  })
  it('are told apart from what no script starts in production', async () =>
    expect(await site({ scripts: { start: 'webpack-dev-server' } })).toBe(
      'This project has no start command: package.json#scripts.start starts a development server, and there is no "main", no server.js or index.js.',
    ))
})

describe('a project of its own in a folder below', () => {
  const inspected = async (
    root: Record<string, string | object>,
    below: object = { dependencies: { express: '^5' } },
  ) => {
    const found = await node.inspect(
      projectOf({
        'package.json': {
          description: 'beside signer',
          scripts: { start: 'node server.js' },
          dependencies: { express: '^5', nodemailer: '^7' },
        },
        'server.js': 'app.listen(4000)',
        'signer/package.json': below,
        'signer/src/index.js': "app.get('/health', f)\nuse(process.env.SIGNER_KEY)\napp.listen(3001)",
        'web/package.json': { scripts: { start: 'x' } },
        'web/index.js': "fetch('../signer/x')",
        ...root,
      }),
      {},
    )
    return [found.facts.value('healthPath'), found.variables.map(({ name }) => name)]
  }
  const USED = ['/health', ['SIGNER_KEY']]
  it('is not read where nothing here names it', async () => expect(await inspected({})).toEqual(['/', []]))
  it.each<[string, Record<string, string | object>, object?]>([
    ['is code that is imported', { 'server.js': "require('./signer/src')\napp.listen(4000)" }],
    [
      'is code by the words of a script',
      { 'package.json': { scripts: { start: 'npm start --prefix signer' } } },
    ],
    [
      'is code by its alias',
      { 'tsconfig.json': '{ "compilerOptions": { "paths": { "@s/*": ["signer/*"] } } }' },
    ],
    [
      'is code by a folder in between',
      { 'server.js': "require('./web')", 'web/index.js': "require('../signer')" },
    ],
    [
      'is code in a workspace',
      { 'package.json': { workspaces: ['*'], scripts: { start: 'node server.js' } } },
    ],
    ['is code where its package.json says only its kind', {}, { type: 'commonjs' }],
  ])('%s', async (_name, files, below) => expect(await inspected(files, below)).toEqual(USED))
})

it('Strapi: its own server, port and health route, whatever else listens', async () => {
  const { facts } = await inspect({
    'package.json': {
      scripts: { build: 'strapi build', develop: 'strapi develop', start: 'strapi start' },
      dependencies: { '@strapi/strapi': '^5' },
    },
    'config/server.js': `module.exports = ({ env }) => ({ host: env('HOST', '0.0.0.0'), port: env.int('PORT', 1337) })`,
    'signer/index.js': `require('express')().get('/health', ok).listen(3001)`,
  })
  expect(facts.value('framework')).toBe('strapi')
  expect(facts.value('start')).toBe('node node_modules/@strapi/strapi/bin/strapi.js start')
  expect([facts.value('port'), facts.value('healthPath')]).toEqual([1337, '/_health'])
})

it('keeps declarations for what reads them at start, and a place for what that keeps', async () => {
  const { warnings, model } = await inspect({
    'package.json': express({
      scripts: { build: 'tsc', start: 'node dist/main.js' },
      dependencies: { express: '^5', '@mikro-orm/core': '^6', '@mikro-orm/reflection': '^6' },
    }),
    'tsconfig.json': { compilerOptions: { outDir: 'dist', declaration: true } },
    'src/main.ts': "import express from 'express'\nexpress().listen(3000)",
  })
  const app = model({ services: [], answers: {} })
  expect(app.dockerfile.data['copies']).not.toContain('.d.ts')
  expect(app.writable).toEqual(['/tmp', '/app/temp'])
  expect(warnings).toContainEqual(expect.objectContaining({ message: expect.stringContaining('/app/temp') }))
})

it.each([
  ['whatsapp-web.js', /install .*chromium/s],
  ['discord-player', /install .*ffmpeg/s],
])('installs the program that %s brings no copy of', async (name, installs) => {
  const data = await dockerfile({
    ...SERVER,
    'package.json': express({ dependencies: { express: '^5', [name]: '*' } }),
  })
  expect(data['runAptBlock']).toMatch(installs)
})

describe('migrations by what a command does', () => {
  const migration = async (files: Record<string, string | object>, manifest: object) => {
    const { model } = await inspect({ ...SERVER, ...files, 'package.json': express(manifest) })
    return model({ services: [], answers: {} }).migration?.command.join(' ')
  }
  const typeorm = { dependencies: { express: '^5', typeorm: '*', pg: '*' } }
  it('whatever the script is called', async () => {
    const scripts = {
      start: 'node server.js',
      'typeorm:migration:test': 'typeorm migration:run -d test.js',
      'typeorm:migration:run': 'typeorm migration:run -d db.js',
      'typeorm:migration:revert': 'typeorm migration:revert -d db.js',
    }
    expect(await migration({}, { ...typeorm, scripts })).toBe(
      'node_modules/.bin/typeorm migration:run -d db.js',
    )
  })
  it('by a tool that needs no script', async () => {
    const dependencies = { express: '^5', dbmate: '*', pg: '*' }
    expect(await migration({ 'db/migrations/1.sql': 'select 1;' }, { dependencies })).toBe(
      'node_modules/.bin/dbmate --no-dump-schema up',
    )
  })
  it('as the Procfile says, where it does so at each release', async () => {
    const scripts = { start: 'node server.js', up: 'node db/up.js' }
    const told = (release: string) =>
      migration({ Procfile: `web: node server.js\nrelease: ${release}` }, { scripts })
    expect(await told('node db/migrate.js')).toBe('node db/migrate.js')
    expect(await told('npm run seed')).toBe(undefined)
  })
})

it('a schema at another place: the script that generates is named, where no build runs it', async () => {
  const said = async (build: string) => {
    const scripts = { build, start: 'node server.js', 'db:generate': 'prisma generate --schema a/b.prisma' }
    const { warnings, model } = await inspect({
      ...SERVER,
      'package.json': express({
        scripts,
        dependencies: { express: '^5', '@prisma/client': '*', prisma: '*' },
      }),
    })
    model({ services: [], answers: {} })
    return warnings.filter(({ rule }) => rule === 'PD085').map(({ message }) => message)
  }
  expect(await said('tsc')).toEqual([expect.stringContaining('run "npm run db:generate" in "build"')])
  expect(await said('npm run db:generate && tsc')).toEqual([])
})

it.each<[string, string, string, string | undefined]>([
  ['node app', 'tsc', "require('./src/x')", undefined],
  ['node app', 'tsc && node scripts/copy.js', '', 'npm run build'],
  ['node app', 'tsc', "require('./dist/x')", 'npm run build'],
  ['node dist/app.js', 'tsc', '', 'npm run build'],
])('%s, built by %s: %s needs %s', async (start, build, code, line) => {
  const { facts } = await inspect({
    'package.json': express({ scripts: { start, build } }),
    'tsconfig.json': { compilerOptions: { outDir: 'dist' } },
    'app.js': `${code}\nrequire('express')().listen(3000)`,
    'src/x.js': '',
  })
  expect(facts.value('build')).toBe(line)
})

describe('what native packages are compiled with', () => {
  it.each([
    ['sqlite3', 'g++ make python3 python3-setuptools'],
    ['re2', 'g++ make python3'],
  ])('is a compiler, and for an old node-gyp distutils: %s', async (name, packages) => {
    const manifest = express({ dependencies: { express: '^5', [name]: '^5' } })
    const { buildAptBlock } = await dockerfile({ ...SERVER, 'package.json': manifest })
    expect(buildAptBlock).toContain(`--no-install-recommends ${packages} `)
  })
})
