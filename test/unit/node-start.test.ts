import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { type Manifest, readManifest } from '../../src/languages/node/manifest.ts'
import { plainCommand, startFromScripts } from '../../src/languages/node/start.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const manifest = (scripts: Record<string, string>, more: object = {}) =>
  readManifest(projectOf({ 'package.json': { scripts, ...more } })) as Manifest
const taken = (scripts: Record<string, string>, more: object = {}) => {
  const found = startFromScripts(manifest(scripts, more))
  if (!found) return 'nothing'
  if (!('argv' in found)) return found.kind
  return [
    found.argv.join(' '),
    ...Object.entries(found.env).map(([name, value]) => `${name}=${value}`),
    ...(found.needs.length > 0 ? [`needs ${found.needs.join(',')}`] : []),
    ...(found.prepare ?? []).map((words) => `first: ${words.join(' ')}`),
    ...found.before.map((words) => `before: ${words.join(' ')}`),
  ].join(' · ')
}

describe('a process file of PM2', () => {
  const started = (file: string, content: string | object) => {
    const project = projectOf({
      'package.json': { scripts: { start: `pm2 start ${file} --no-daemon` } },
      [file]: content,
    })
    const found = startFromScripts(readManifest(project) as Manifest)
    return found && 'argv' in found ? { argv: found.argv.join(' '), env: found.env } : found?.kind
  }
  it.each<[string, string | object, ReturnType<typeof started>]>([
    [
      'ecosystem.config.json',
      { apps: [{ name: 'app', script: 'src/index.js', env: { NODE_ENV: 'production', PORT: 4000 } }] },
      { argv: 'node src/index.js', env: { PORT: '4000' } },
    ],
    [
      'ecosystem.config.js',
      "module.exports = {\n  apps: [{\n    // script: 'old.js'\n    script: './dist/main.js',\n    node_args: '--enable-source-maps',\n  }],\n}",
      { argv: 'node --enable-source-maps dist/main.js', env: {} },
    ],
    ['ecosystem.config.js', "module.exports = { apps: [{ script: 'a.js' }, { script: 'b.js' }] }", 'shell'],
    [
      'ecosystem.config.js',
      "module.exports = { apps: [{ script: 'a.py', interpreter: 'python' }] }",
      'shell',
    ],
  ])('%s', (file, content, wanted) => expect(started(file, content)).toEqual(wanted))
})

describe('PM2 with several apps, which stays', () => {
  const APPS = `module.exports = { apps: [
  { name: 'web', script: './src/index.js', env: { PORT: 7000 }, env_production: { NODE_ENV: 'production', PORT: 7070 } },
  { name: 'mailer', script: './src/mailer.js' } ] }`
  const TWO =
    "module.exports = { apps: [{ script: 'a.js', env: { PORT: 1 } }, { script: 'b.js', env: { PORT: 2 } }] }"
  const told = async (scripts: Record<string, string>, apps = APPS) => {
    const found = await node.inspect(
      projectOf({
        'src/index.js': "require('koa')().listen(process.env.PORT || 3000)",
        'package.json': { scripts, dependencies: { koa: '^3', pm2: '^6' } },
        'ecosystem.config.cjs': apps,
      }),
      {},
    )
    const { data } = found.model({ services: [], answers: {} }).dockerfile
    return { port: found.facts.value('port'), env: data['envBlock'], command: data['command'] }
  }
  it.each<[string, Record<string, string>, number]>([
    [
      'the environment that is named',
      { start: 'pm2-runtime start ecosystem.config.cjs --env production' },
      7070,
    ],
    ['the common one', { start: 'pm2-runtime ./ecosystem.config.cjs' }, 7000],
    [
      'a line with more before it',
      {
        start: 'npm run migrate && pm2-runtime start ecosystem.config.cjs --env=production',
        migrate: 'node m.js',
      },
      7070,
    ],
    [
      'a script of a script',
      { start: 'node x.js & npm run all', all: 'pm2-runtime ecosystem.config.cjs' },
      7000,
    ],
  ])('has a home that it may write to, and the port of %s', async (_, scripts, port) => {
    const found = await told(scripts)
    expect(found.port).toBe(port)
    expect(found.env).toContain('PM2_HOME=/tmp/.pm2')
    expect(found.env).toContain(`PORT=${port}`)
    expect(found.command).toContain(scripts['start'])
  })
  it('says no port where two apps have one', async () =>
    expect((await told({ start: 'pm2-runtime ecosystem.config.cjs' }, TWO)).port).toBe(3000))
})

describe('the start command', () => {
  it.each<[Record<string, string>, string]>([
    [{ start: 'node dist/server.js' }, 'node dist/server.js'],
    [{ start: 'node ./dist/server.js' }, 'node dist/server.js'],
    [{ start: 'NODE_ENV=production node dist/x.js' }, 'node dist/x.js · NODE_ENV=production'],
    [{ start: 'cross-env A=1 B=2 node x.js' }, 'node x.js · A=1 · B=2'],
    [{ start: 'dotenv -e .env -- node x.js' }, 'node x.js'],
    [{ start: 'dotenvx run -- node x.js' }, 'node x.js'],
    [{ start: 'env-cmd -f .env.production node x.js' }, 'node x.js'],
    [{ start: 'node --env-file=.env x.js' }, 'node x.js'],
    [{ start: 'node --env-file .env --inspect=0.0.0.0:9229 x.js --flag' }, 'node x.js --flag'],
    [{ start: 'node -r dotenv/config x.js' }, 'node -r dotenv/config x.js · needs dotenv'],
    [{ start: 'node --import ./instrument.mjs x.js' }, 'node --import ./instrument.mjs x.js'],
    [{ start: 'node --max-old-space-size 512 x.js' }, 'node --max-old-space-size 512 x.js'],
    [{ start: 'npm run serve:it', 'serve:it': 'node x.js' }, 'node x.js'],
    [{ start: 'yarn serve:it --port 3', 'serve:it': 'node x.js' }, 'node x.js --port 3'],
    [{ start: 'npm run a -- --b', a: 'A=1 node x.js' }, 'node x.js --b · A=1'],
    [{ start: 'npm run build && node dist/x.js', build: 'tsc' }, 'node dist/x.js'],
    [{ start: 'prisma migrate deploy && node x.js' }, 'node x.js · before: prisma migrate deploy'],
    [
      { start: 'npm run db:migrate && node x.js', 'db:migrate': 'knex migrate:latest' },
      'node x.js · before: npm run db:migrate',
    ],
    [{ start: 'npx tsx src/x.ts' }, 'node --import tsx src/x.ts · needs tsx'],
    [
      { start: 'ts-node -r tsconfig-paths/register src/x.ts' },
      'node --require ts-node/register -r tsconfig-paths/register src/x.ts · needs ts-node,tsconfig-paths',
    ],
    [{ start: 'pm2-runtime start dist/x.js' }, 'node dist/x.js'],
    [{ start: 'pm2 start src/x.js --no-daemon -i max --name api' }, 'node src/x.js'],
    [
      { start: 'pm2-runtime --node-args="--enable-source-maps" x.js -- --a' },
      'node --enable-source-maps x.js --a',
    ],
    [{ start: 'pm2 start npm -- run serve:it', 'serve:it': 'node x.js' }, 'node x.js'],
    [{ start: 'pm2 start a.js b.js' }, 'shell'],
    [
      { start: 'npm run scss && node app.js', scss: 'sass --update a:b' },
      'node app.js · first: npm run scss',
    ],
    [{ start: 'npm run seed && node app.js', seed: 'node seed.js' }, 'shell'],
    [{ start: 'nx serve' }, 'dev'],
    [
      { start: 'remix-serve ./build/server/index.js' },
      'node node_modules/@remix-run/serve/dist/cli.js ./build/server/index.js · needs @remix-run/serve',
    ],
    [
      { start: 'fastify start -l info app.js' },
      'node node_modules/fastify-cli/cli.js start -l info app.js · FASTIFY_ADDRESS=0.0.0.0 · FASTIFY_CLOSE_GRACE_DELAY=8000 · needs fastify-cli',
    ],
    [{ start: 'bun run src/index.ts' }, 'bun src/index.ts'],
    [{ start: 'nest start', 'start:prod': 'node dist/main' }, 'node dist/main'],
    [{ start: 'nest start' }, 'node dist/main.js'],
    [{ start: 'nodemon x.js' }, 'node x.js'],
    [{ start: 'nodemon' }, 'dev'],
    [{ start: 'nodemon src/x.ts' }, 'dev'],
    [{ start: 'nodemon --exec ts-node src/x.ts' }, 'dev'],
    [{ start: 'nodemon -w src x.js' }, 'dev'],
    [{ start: 'nodemon --watch src x.js' }, 'dev'],
    [{ start: 'nodemon --inspect x.js --port 3' }, 'node x.js --port 3'],
    [{ start: 'tsx' }, 'dev'],
    [{ start: 'node' }, 'shell'],
    // Compiled code goes before a loader that is for development.
    [{ start: 'ts-node x.ts', prod: 'npm run build && node ./dist/x.js', build: 'tsc' }, 'node dist/x.js'],
    [
      { start: 'ts-node x.ts', serve: 'node tools/x.js' },
      'node --require ts-node/register x.ts · needs ts-node',
    ],
    // What npm runs before it.
    [{ start: 'node dist/x.js', prestart: 'npm run build', build: 'tsc' }, 'node dist/x.js'],
    [
      {
        'start:prod': 'node x.js',
        'prestart:prod': 'npm run db:migrate',
        'db:migrate': 'knex migrate:latest',
      },
      'node x.js · before: npm run db:migrate',
    ],
    [{ start: 'node x.js', prestart: 'sass a:b' }, 'node x.js · first: prestart'],
    [{ start: 'node x.js', prestart: 'node check.js' }, 'node x.js'],
    [{ start: 'react-scripts start' }, 'dev'],
    [{ start: 'next dev' }, 'dev'],
    [{ start: "echo 'Starting: now' && cd dist && bun run index.js" }, 'bun dist/index.js'],
    [{ start: 'cd dist && node index.js --port 3' }, 'node dist/index.js --port 3'],
    [{ start: 'cd dist && node -r ./hook.js index.js' }, 'shell'],
    [{ start: 'cd dist; node index.js' }, 'shell'],
    [{ start: 'cd ../api && node index.js' }, 'shell'],
    [{ start: 'cd api && npm start' }, 'shell'],
    [{ start: 'cd api && npm run build && node x.js', build: 'tsc' }, 'shell'],
    [{ start: 'electron .' }, 'dev'],
    [
      { start: 'electron .', 'start:server': 'npx tsc && node dist/src/server.js' },
      'node dist/src/server.js',
    ],
    [{ start: 'tsx watch src/x.ts' }, 'dev'],
    [{ start: 'vite preview' }, 'dev'],
    [{ start: 'serve -s dist' }, 'static'],
    [{ start: 'node $MAIN' }, 'shell'],
    [{ start: 'a | b' }, 'shell'],
    [{ start: 'npm start' }, 'shell'],
    [{ start: 'unknown start' }, 'shell'],
    [{}, 'nothing'],
  ])('%j', (scripts, expected) => expect(taken(scripts)).toBe(expected))

  it('node . is the main file', () =>
    expect(taken({ start: 'node .' }, { main: 'lib/app.js' })).toBe('node lib/app.js'))
})

it('a loader among the production dependencies is meant', () =>
  expect(taken({ start: 'tsx x.ts', prod: 'node dist/x.js' }, { dependencies: { tsx: '^4' } })).toBe(
    'node --import tsx x.ts · needs tsx',
  ))

describe('the build and the start of a project', () => {
  const inspected = async (manifest: object, files: Record<string, string | object> = {}) => {
    const { facts, warnings, model } = await node.inspect(
      projectOf({
        'src/app.ts': 'app.listen(3000)',
        'tsconfig.json': { compilerOptions: { outDir: './build' } },
        ...files,
        'package.json': { dependencies: { express: '^5', typescript: '^5' }, ...manifest },
      }),
      {},
    )
    model({ services: [], answers: {} })
    return { build: facts.value('build'), start: facts.value('start'), warnings }
  }
  it.each<[string, object, Record<string, string | object>, string | undefined, string | undefined]>([
    [
      'a main file in TypeScript is compiled',
      { main: 'src/app.ts', scripts: { build: 'tsc', start: 'nodemon' } },
      {},
      'npm run build',
      'node build/app.js',
    ],
    [
      'what npm runs before the start is the build',
      { scripts: { 'prestart:prod': 'rimraf build && tsc', 'start:prod': 'node build/app.js' } },
      {},
      'npm run prestart:prod',
      'node build/app.js',
    ],
    [
      'the compiler may be a production dependency',
      { scripts: { start: 'node build/app.js' } },
      {},
      'npm exec -- tsc',
      'node build/app.js',
    ],
    [
      'assets are made before the start',
      { scripts: { build: 'tsc', prestart: 'sass a:b', start: 'node build/app.js' } },
      {},
      'npm run build && npm run prestart',
      'node build/app.js',
    ],
    [
      'Compose builds no app',
      { scripts: { build: 'tsc', 'docker:build': 'docker-compose build', start: 'node build/app.js' } },
      {},
      'npm run build',
      'node build/app.js',
    ],
    [
      'what is made for an image builds it',
      { scripts: { build: 'tsc', 'docker:build': 'tsc -p docker', start: 'node build/app.js' } },
      {},
      'npm run docker:build',
      'node build/app.js',
    ],
    [
      'Nx says where its build is',
      { scripts: { build: 'nx build', start: 'nx serve' } },
      {
        'project.json': {
          targets: {
            build: {
              executor: '@nx/esbuild:esbuild',
              options: { outputPath: 'dist/api', main: 'src/app.ts' },
            },
          },
        },
      },
      'npm run build',
      'node dist/api/app.js',
    ],
    [
      'Nx keeps folders with tsc',
      { scripts: { build: 'nx build', start: 'nx serve' } },
      {
        'project.json': {
          targets: { build: { executor: '@nx/js:tsc', options: { outputPath: 'dist', main: 'src/app.ts' } } },
        },
      },
      'npm run build',
      'node dist/src/app.js',
    ],
  ])('%s', async (_, manifest, files, build, start) =>
    expect(await inspected(manifest, files)).toMatchObject({ build, start }),
  )
  it('needs no shell for a program of a package', async () => {
    const started = async (start: string, more: object = {}) => {
      const { start: runs, warnings } = await inspected({ scripts: { start }, ...more })
      return [runs, warnings.some(({ rule, message }) => rule === 'PD092' && /shell/.test(message))]
    }
    const plain = { dependencies: { '@acme/acme': '^5' } }
    expect(await started('acme start', plain)).toEqual(['node_modules/.bin/acme start', false])
    expect(await started('acme start')).toEqual(['acme start', true])
    const lines = { devDependencies: { concurrently: '^9' } }
    expect((await started('concurrently "node a.js" "node b.js"', lines))[1]).toBe(true)
    expect(await started('acme start | tee log', plain)).toEqual(['acme start | tee log', true])
  })
  it('takes the image of Bun for a shell that calls it', async () => {
    const scripts = { start: 'bun run seed.ts & bun src/app.ts' }
    const found = await node.inspect(
      projectOf({
        'package.json': { scripts, dependencies: { hono: '^4' } },
        'bun.lock': '{}',
        'src/app.ts': '',
      }),
      {},
    )
    const { languageTitle, dockerfile } = found.model({ services: [], answers: {} })
    expect(languageTitle).toMatch(/^Bun/)
    expect(dockerfile.data['runImage']).toMatch(/^oven\/bun/)
  })
  it('is none where it opens a window on a person’s device', async () => {
    const refused = async (scripts: object) =>
      (
        await node.inspect(
          projectOf({
            'package.json': {
              scripts,
              main: 'main.js',
              dependencies: { express: '^5' },
              devDependencies: { electron: '^40' },
            },
            'main.js': '',
          }),
          {},
        )
      ).notAnApp?.message
    expect(await refused({ start: 'electron .' })).toContain('a desktop app (Electron)')
    expect(await refused({ start: 'electron .', 'start:server': 'node server.js' })).toBeUndefined()
  })
  it.each<[Record<string, string>, string | undefined]>([
    [{ 'build:client': 'vite build client' }, 'npm run build:client'],
    [{ 'build:web': 'vite build', 'build:server': 'tsup' }, 'npm run build:web && npm run build:server'],
    [{ 'build:client': 'vite build', build: 'tsc' }, 'npm run build'],
    [{ 'build:web': 'docker build web' }, undefined],
    [{ 'build:server': 'tsup' }, undefined],
  ])('the pages of a server have a script of their own: %j', async (scripts, build) => {
    const found = await inspected(
      { scripts: { start: 'node src/app.js', ...scripts } },
      { 'tsconfig.json': {}, 'src/app.js': '' },
    )
    expect(found.build).toBe(build)
  })
  it('says what it leaves out of that', async () => {
    const { warnings } = await inspected({ scripts: { prestart: 'node check.js', start: 'node src/app.ts' } })
    expect(warnings).toContainEqual(
      expect.objectContaining({
        rule: 'PD092',
        message:
          'package.json#scripts.prestart runs before the app on your machine, and not in the image, which starts the app itself. If the app needs it, put it into "build".',
      }),
    )
  })
  it.each([['prisma migrate deploy && prisma generate'], ['npm run up']])(
    'says that an install asks a database: %s',
    async (postinstall) => {
      const { warnings } = await inspected({
        scripts: { postinstall, up: 'knex migrate:latest', start: 'node src/app.ts' },
      })
      expect(warnings).toContainEqual(
        expect.objectContaining({ rule: 'PD021', message: expect.stringContaining('at install') }),
      )
    },
  )
})

it('of two adapters of SvelteKit, the one of a server is taken, and that is said', async () => {
  const output = async (config: string) => {
    const { facts, warnings } = await node.inspect(
      projectOf({
        'package.json': { scripts: { build: 'vite build' }, devDependencies: { '@sveltejs/kit': '^2' } },
        'svelte.config.js': config,
      }),
      {},
    )
    return [facts.value('output'), warnings.some(({ rule }) => rule === 'PD097')]
  }
  const STATIC = "import a from '@sveltejs/adapter-static'\n"
  const NODE = "import b from '@sveltejs/adapter-node'\n"
  expect(
    await output(`${STATIC}${NODE}export default { kit: { adapter: process.env.S ? a() : b() } }`),
  ).toEqual(['adapter-node', true])
  expect(await output(`${STATIC}export default { kit: { adapter: a() } }`)).toEqual(['adapter-static', false])
  expect(await output(`${NODE}export default { kit: { adapter: b() } }`)).toEqual(['adapter-node', false])
})

describe('a script as one program', () => {
  it.each<[string[], Record<string, string>, string[] | undefined]>([
    [
      ['npm', 'run', 'm'],
      { m: 'typeorm migration:run -d dist/x.js' },
      ['node_modules/.bin/typeorm', 'migration:run', '-d', 'dist/x.js'],
    ],
    [
      ['npm', 'run', 'm'],
      { m: 'npm run t -- migration:run', t: 'typeorm' },
      ['node_modules/.bin/typeorm', 'migration:run'],
    ],
    [['npm', 'run', 'm'], { m: 'node migrate.js' }, ['node', 'migrate.js']],
    [['npm', 'run', 'm'], { m: 'A=1 knex migrate:latest' }, undefined],
    [['npm', 'run', 'm'], { m: 'a && b' }, undefined],
  ])('%j', (words, scripts, expected) => expect(plainCommand(words, manifest(scripts))).toEqual(expected))
})
