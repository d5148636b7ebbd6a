import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const modelOf = async (scripts: Record<string, string>) => {
  const found = await node.inspect(
    projectOf({
      'server.js': "require('express')().listen(3000)\n",
      'package.json': { dependencies: { express: '^5' }, scripts: { start: 'node server.js', ...scripts } },
    }),
    {},
  )
  const { development, test } = found.model({ services: [], answers: {} })
  const told = found.warnings.flatMap(({ rule, message }) => (rule === 'PD030' ? [message] : []))
  return { development, test, told }
}

describe('a script that reads .env, which no image has', () => {
  it.each<[Record<string, string>, string]>([
    [{ dev: 'node --watch --env-file=.env server.js' }, 'node --watch server.js'],
    [{ dev: 'node --env-file .env --watch server.js' }, 'node --watch server.js'],
    [{ dev: 'tsx watch --env-file=.env src/main.ts' }, 'node_modules/.bin/tsx watch src/main.ts'],
    [{ dev: 'npm run go -- --a', go: 'nodemon --env-file=.env x.js' }, 'node_modules/.bin/nodemon x.js --a'],
    [{ dev: 'bun --env-file=.env --watch x.ts' }, 'bun --watch x.ts'],
    // Node.js goes on without such a file.
    [{ dev: 'node --watch --env-file-if-exists=.env server.js' }, 'npm run dev'],
    [{ dev: 'node --watch server.js' }, 'npm run dev'],
  ])('%j runs %s', async (scripts, wanted) => {
    const { development, told } = await modelOf(scripts)
    expect(development.command.join(' ')).toBe(wanted)
    expect(told).toEqual([])
  })
  it('keeps the variables before it', async () => {
    const { development } = await modelOf({ dev: 'cross-env DEBUG=app node --env-file=.env server.js' })
    expect(development).toMatchObject({ command: ['node', 'server.js'], env: { DEBUG: 'app' } })
  })
  it('is a test too', async () => {
    const { test } = await modelOf({ test: 'node --test --env-file=.env' })
    expect(test?.command).toEqual(['node', '--test'])
  })
  it.each<[string, Record<string, string>]>([
    ['of several commands', { dev: 'node make.js && node --env-file=.env server.js' }],
    ['of a command in quotes', { dev: 'concurrently "node --env-file=.env server.js" "tsc -w"' }],
    ['with a script before it', { dev: 'node --env-file=.env server.js', predev: 'node make.js' }],
    [
      'of another script',
      { dev: 'npm run make && npm run go', make: 'tsc', go: 'node --env-file=.env x.js' },
    ],
  ])('%s stays as it is, and is said', async (_, scripts) => {
    const { development, told } = await modelOf(scripts)
    expect(development.command).toEqual(['npm', 'run', 'dev'])
    expect(told).toEqual([
      'package.json#scripts.dev reads an env file, and none is in the image: the command would end with "not found". Write --env-file-if-exists there, or take the flag out: compose.yaml hands over what is in .env.',
    ])
  })
  it('says which file no longer counts, where that is not .env', async () => {
    const { development, told } = await modelOf({ dev: 'node --env-file=.env.local server.js' })
    expect(development.command).toEqual(['node', 'server.js'])
    expect(told).toEqual([
      'package.json#scripts.dev reads .env.local, and no env file is in the image: in the container, what is in .env counts. Put its variables there.',
    ])
  })
})

describe('a development target that serves', () => {
  const developed = async (
    scripts: Record<string, string>,
    files: Record<string, string | object> = {},
    more: object = {},
  ) => {
    const found = await node.inspect(
      projectOf({
        'src/server.js': "require('express')().listen(3000)\n",
        ...files,
        'package.json': {
          dependencies: { express: '^5' },
          scripts: { start: 'node src/server.js', ...scripts },
          ...more,
        },
      }),
      {},
    )
    const { development } = found.model({ services: [], answers: {} })
    return [development.command.join(' '), development.port]
  }
  const BUILT = { build: 'tsc', start: 'node dist/server.js' }
  const AGAIN = 'sh -c npm run build && exec node dist/server.js'
  it.each<[string, Record<string, string>, string]>([
    ['runs nothing that is not built', { ...BUILT, serve: 'node dist/server.js' }, AGAIN],
    ['…in a list either', { ...BUILT, dev: 'A=b npx concurrently -n x "node ./dist/server.js -a"' }, AGAIN],
    ['does more than to bundle', { ...BUILT, dev: 'webpack --progress --watch' }, AGAIN],
    ['does more than to compile', { ...BUILT, watch: 'npm run tsc -- -w', tsc: 'tsc' }, AGAIN],
    [
      'is a watcher by another name',
      {
        ...BUILT,
        serve: 'node dist/server.js',
        'watch-server': 'nodemon -e ts --exec ts-node src/server.ts',
      },
      'npm run watch-server',
    ],
    [
      'builds on the way',
      { ...BUILT, dev: 'node dist/server.js', 'dev:back': 'nodemon --exec "npm run build && npm run dev"' },
      'npm run dev:back',
    ],
    ['may be the start', { build: 'tsc', start: 'nodemon' }, 'npm run start'],
    ['is no test', { ...BUILT, 'test:watch': 'nodemon --exec mocha' }, AGAIN],
    ['builds first', { ...BUILT, dev: 'npm run build && node dist/server.js' }, 'npm run dev'],
    [
      'compiles beside it',
      { ...BUILT, dev: 'concurrently "tsc -w" "nodemon dist/server.js"' },
      'npm run dev',
    ],
    ['has a server in its bundler', { ...BUILT, dev: 'webpack serve' }, 'npm run dev'],
    [
      'starts what it made',
      { ...BUILT, dev: 'tsup --watch --onSuccess "node dist/server.js"' },
      'npm run dev',
    ],
    ['can’t be read', { ...BUILT, dev: 'node $(which x) dist/server.js' }, 'npm run dev'],
  ])('%s', async (_, scripts, wanted) => expect((await developed(scripts))[0]).toBe(wanted))
  it('runs what is committed', async () =>
    expect((await developed({ dev: 'node build/dev.js' }, { 'build/dev.js': '' }))[0]).toBe('npm run dev'))
  it('is Vite’s own beside another server', async () => {
    const scripts = { dev: 'vite', build: 'vite build', start: 'node src/server.js' }
    const deps = { devDependencies: { vite: '^7' } }
    expect(await developed(scripts, {}, deps)).toEqual(['npm run dev -- --host 0.0.0.0', 5173])
    expect(
      await developed(scripts, { 'vite.config.js': 'export default { server: { port: 8080 } }' }, deps),
    ).toEqual(['npm run dev -- --host 0.0.0.0', 8080])
    expect(await developed({ ...scripts, dev: 'node src/server.js' }, {}, deps)).toEqual([
      'npm run dev',
      3000,
    ])
  })
  it('has the port of a server around the framework’s', async () => {
    const deps = { dependencies: { express: '^5', '@react-router/dev': '^7' } }
    const around = (dev: string) =>
      developed({ dev, start: 'node index.js' }, { 'index.js': "import './src/server.js'" }, deps)
    expect((await around('node index.js'))[1]).toBe(3000)
    expect((await around('react-router dev'))[1]).toBe(5173)
  })
  it('has a flag only where its command knows it', async () => {
    const remix = (dev: string) =>
      developed(
        { dev, start: 'remix-serve build/index.js' },
        {},
        { dependencies: { '@remix-run/dev': '^2' } },
      )
    expect(await remix('remix dev')).toEqual(['npm run dev', 3000])
    expect(await remix('remix vite:dev')).toEqual(['npm run dev -- --host 0.0.0.0', 5173])
  })
})

describe('a script that does not see a change', () => {
  const watched = async (scripts: Record<string, string>) => {
    const { development } = await modelOf(scripts)
    return [development.command.join(' '), development.action]
  }
  it.each<[Record<string, string>, string[]]>([
    [{ dev: 'node server.js' }, ['npm run dev', 'sync+restart']],
    [{ 'start:dev': 'node server.js | pino-pretty' }, ['npm run start:dev', 'sync+restart']],
    [{ dev: 'tsc && node ./server.js' }, ['npm run dev', 'sync+restart']],
    [
      {
        'start:dev': 'node server.js | pino-pretty',
        'start:dev:watch': 'node --watch server.js | pino-pretty',
      },
      ['npm run start:dev:watch', 'sync'],
    ],
    [{ dev: 'node server.js', mails: 'nodemon mails.js' }, ['npm run dev', 'sync+restart']],
    [{ dev: 'tsx --inspect --watch server.js' }, ['npm run dev', 'sync']],
    [{ dev: 'concurrently "node server.js" "vite"' }, ['npm run dev', 'sync']],
  ])('%j: %j', async (scripts, wanted) => expect(await watched(scripts)).toEqual(wanted))
})

it('says that a server behind another program can’t be reached', async () => {
  const told = async (dev: string, config = '') => {
    const found = await node.inspect(
      projectOf({
        'astro.config.mjs': config,
        'package.json': {
          dependencies: { astro: '^5' },
          scripts: { dev, 'dev:site': 'astro dev', 'dev:open': 'astro dev --host 0.0.0.0' },
        },
      }),
      {},
    )
    const { development } = found.model({ services: [], answers: {} })
    return [development.command.at(-1), found.warnings.some(({ rule }) => rule === 'PD083')]
  }
  expect(await told("concurrently 'node api.js' 'npm run dev:site'")).toEqual(['dev', true])
  expect(await told("concurrently 'node api.js' 'npm run dev:open'")).toEqual(['dev', false])
  const open = 'export default { server: { host: true } }'
  expect(await told("concurrently 'node api.js' 'npm run dev:site'", open)).toEqual(['dev', false])
  expect(await told('cross-env A=1 astro dev')).toEqual(['0.0.0.0', false])
})

describe('the tests of a project', () => {
  const tests = async (script: string, files: Record<string, string>) => {
    const found = await node.inspect(
      projectOf({
        'server.js': "require('express')().listen(3000)\n",
        'package.json': {
          dependencies: { express: '^5' },
          scripts: { start: 'node server.js', test: script },
        },
        '.gitignore': '.env\n',
        ...files,
      }),
      {},
    )
    const { test, ignore, dockerfile } = found.model({ services: [], answers: {} })
    const warned = found.warnings.filter(({ rule }) => rule === 'PD084' || rule === 'PD030').length
    return { runs: test !== null, ignore, copies: String(dockerfile.data['copies']), warned }
  }

  it('get the settings that are committed for them, and the image does not', async () => {
    const { ignore, copies } = await tests('vitest run', { '.env.test': 'LOG_LEVEL=silent\n' })
    expect(ignore.at(-1)).toBe('!.env.test')
    expect(copies).toContain('--exclude=.env.test')
    const flagged = await tests('node --env-file=.env.test --test', { '.env.test': 'A=1\n' })
    expect(flagged).toMatchObject({ runs: true, warned: 0 })
    const secret = await tests('vitest run', { '.env.test': 'A=1\n', '.gitignore': '.env*\n' })
    expect(secret.ignore).not.toContain('!.env.test')
    expect((await tests('cypress run', { '.env.test': 'A=1\n' })).ignore).not.toContain('!.env.test')
  })

  it('are none where they never end, or are not there', async () => {
    expect(await tests('tsx watch ./test/all.test.ts', {})).toMatchObject({ runs: false, warned: 0 })
    expect(await tests('tsx ./test/all.test.ts', {})).toMatchObject({ runs: false, warned: 1 })
    expect(await tests('tsx ./test/all.test.ts', { 'test/all.test.ts': '' })).toMatchObject({ runs: true })
    expect(await tests('jest all.test.ts', {})).toMatchObject({ runs: true, warned: 0 })
  })

  const BROWSER = `import { playwright } from '@vitest/browser-playwright'
export default { test: { browser: { enabled: true, provider: playwright() } } }
`
  it.each<[string, Record<string, string>, boolean]>([
    ['vitest run', { 'vitest.config.ts': BROWSER }, false],
    ['vitest run', { 'vite.config.ts': 'export default { test: { browser: { enabled: true } } }' }, false],
    ['vitest run --project unit', { 'vitest.config.ts': BROWSER }, true],
    ['vitest run', { 'vitest.config.ts': 'export default { test: { browser: { enabled: false } } }' }, true],
    ['npm run seed && c8 node --test', {}, true],
    ['node --env-file=.env seed.js && c8 node --test', {}, false],
  ])('%s with %j run in an image: %s', async (script, files, runs) =>
    expect(await tests(script, files)).toMatchObject({ runs, warned: runs ? 0 : 1 }),
  )
})
