import { afterAll, describe, expect, it } from 'vitest'
import { findHealthPath } from '../../src/languages/node/health.ts'
import { node } from '../../src/languages/node/index.ts'
import { findListening } from '../../src/languages/node/listen.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const listening = (code: string) => {
  const { port, variable, hostVariable, call } = findListening(
    projectOf({ 'server.js': code }),
    'server.js',
    [],
  )
  return { port: port?.value, variable, hostVariable, loopback: call?.host === 'loopback' }
}

describe('the address that a server listens on', () => {
  const bound = async (files: Record<string, string | object>, dependencies: object = { fastify: '^5' }) => {
    const found = await node.inspect(
      projectOf({
        'package.json': { type: 'module', scripts: { start: 'node src/main.js' }, dependencies },
        ...files,
      }),
      {},
    )
    const env = String(found.model({ services: [], answers: {} }).dockerfile.data['envBlock'])
    const told = found.warnings.find(({ rule }) => rule === 'PD024')
    return [/\w+=0\.0\.0\.0/.exec(env)?.[0], told?.message.split(' ')[0]]
  }
  const main = (code: string) => ({ 'src/main.js': code })
  const nest = (code: string) =>
    bound(main(`import { NestFactory } from '@nestjs/core'\n${code}`), {
      '@nestjs/core': '^11',
      express: '^5',
    })
  it.each<[string, string, unknown[]]>([
    [
      'a field of an object',
      "const config = { port: 3000, host: process.env.BIND ?? '127.0.0.1' }\napp.listen({ host: config.host, port: config.port })",
      ['BIND=0.0.0.0', undefined],
    ],
    [
      'a field that is loopback',
      "const config = { host: '127.0.0.1' }\napp.listen({ port: 3000, host: config.host })",
      [undefined, 'src/main.js:2'],
    ],
    [
      'a branch for production',
      "app.listen({ port: 3000, host: process.env.NODE_ENV === 'production' ? '0.0.0.0' : 'localhost' })",
      [undefined, undefined],
    ],
    [
      'a branch for all but production',
      "app.listen({ port: 3000, host: process.env.NODE_ENV !== 'production' ? '0.0.0.0' : 'localhost' })",
      [undefined, 'src/main.js:1'],
    ],
    [
      'a configuration of Nest',
      "app.listen({ port: 3000, host: config.get('HOST', 'localhost') })",
      ['HOST=0.0.0.0', undefined],
    ],
  ])('is %s', async (_, code, wanted) => expect(await bound(main(code))).toEqual(wanted))

  it.each([
    'const hostname = "localhost"\napp.listen(3000, () => console.log(`http://${hostname}:${port}`))',
    "const host = 'localhost'\napp.listen(3000, () => log({ host, port }))",
  ])('is not what a message says: %s', async (code) =>
    expect(await bound(main(code), { express: '^5' })).toEqual([undefined, undefined]),
  )

  it('is a variable of a schema in another file', async () =>
    expect(
      await bound(
        {
          ...main(
            "import { config } from './config.js'\nawait app.listen({ port: config.PORT, host: config.HOST })",
          ),
          'src/config.js':
            "import { z } from 'zod'\nconst schema = z.object({\n  PORT: z.coerce.number().default(4100),\n  HOST: z.string().default('127.0.0.1'),\n})\nexport const config = schema.parse(process.env)\n",
        },
        { fastify: '^5', zod: '^4' },
      ),
    ).toEqual(['HOST=0.0.0.0', undefined]))

  it('is a value of another file, below its type', async () =>
    expect(
      await bound({
        ...main("import { config } from './config.js'\nawait app.listen({ port: 3000, host: config.host })"),
        'src/config.ts':
          "interface Config {\n  host: string\n}\nexport const config: Config = { host: 'localhost' }\n",
      }),
    ).toEqual([undefined, 'src/main.js:2']))

  it.each<[string, unknown[]]>([
    ['await (await NestFactory.create(A)).listen(3000)', [undefined, undefined]],
    ["await (await NestFactory.create(A)).listen(3000, 'localhost')", [undefined, 'src/main.js:2']],
    [
      "import { FastifyAdapter } from '@nestjs/platform-fastify'\nawait app.listen(process.env.PORT ?? 3000)",
      [undefined, 'src/main.js:3'],
    ],
    [
      "import { FastifyAdapter } from '@nestjs/platform-fastify'\nawait app.listen(3000, '0.0.0.0')",
      [undefined, undefined],
    ],
  ])('is that of Nest’s adapter: %s', async (code, wanted) => expect(await nest(code)).toEqual(wanted))

  const CONFIG = { 'config/default.json': { server: { port: 9400, host: 'localhost' } } }
  const CALL = "import config from 'config'\napp.listen(config.get('server.port'), config.get('server.host'))"
  it('is a value of node-config', async () => {
    const deps = { express: '^5', config: '^4' }
    expect(await bound({ ...main(CALL), ...CONFIG }, deps)).toEqual([undefined, 'src/main.js:2'])
    const names = { 'config/custom-environment-variables.json': { server: { host: 'SERVER_HOST' } } }
    expect(await bound({ ...main(CALL), ...CONFIG, ...names }, deps)).toEqual([
      'SERVER_HOST=0.0.0.0',
      undefined,
    ])
  })
  it('comes with a port of node-config', () => {
    const names = { 'config/custom-environment-variables.json': { server: { port: 'SERVER_PORT' } } }
    const found = findListening(projectOf({ ...main(CALL), ...CONFIG, ...names }), 'src/main.js', [])
    expect([found.port?.value, found.port?.source, found.variable]).toEqual([
      9400,
      'config/default.json#server.port',
      'SERVER_PORT',
    ])
  })
})

it('takes no port from a message', () =>
  expect(
    listening('const port = 1234\napp.listen(process.env.PORT || 80, () => log(`${port}`))'),
  ).toMatchObject({
    port: 80,
  }))

describe('a port that hangs on NODE_ENV', () => {
  it.each<[string, number]>([
    ["process.env.NODE_ENV === 'production' ? 8080 : 3000", 8080],
    ["process.env.NODE_ENV !== 'production' ? 3000 : 8080", 8080],
    ["process.env.NODE_ENV === 'test' ? 0 : process.env.PORT || 4000", 4000],
  ])('is that of production: %s', (expression, port) =>
    expect(listening(`app.listen(${expression})`)).toMatchObject({ port }),
  )
  it('makes no variable of NODE_ENV', () =>
    expect(listening("app.listen(process.env.NODE_ENV === 'test' ? 3001 : 3000)")).toMatchObject({
      variable: undefined,
    }))
})

describe('a hapi server', () => {
  it.each<[string, object]>([
    ["Hapi.server({ port: 3100, host: 'localhost' })", { port: 3100, loopback: true }],
    [
      "new Hapi.Server({ port: process.env.PORT || 3000, host: process.env.HOST || 'localhost' })",
      { port: 3000, variable: 'PORT', hostVariable: 'HOST', loopback: false },
    ],
    ["hapi.server({ port: 3000, host: '0.0.0.0' })", { port: 3000, loopback: false }],
    ['Hapi.server({ port: 3000 })', { port: 3000, loopback: false }],
  ])('%s', (code, expected) => expect(listening(code)).toMatchObject(expected))

  it.each<[string, string | undefined]>([
    [
      "server.route([{ method: 'GET', path: '/', handler }, { method: 'GET', path: '/healthz', handler }])",
      '/healthz',
    ],
    [
      "export default [{\n  method: ['GET', 'HEAD'],\n  path: '/livez',\n  handler: () => ({}),\n}]",
      '/livez',
    ],
    ["server.route([{ method: 'POST', path: '/health', handler }])", undefined],
  ])('%s: its health route', (code, path) => {
    expect(findHealthPath(projectOf({ 'server.js': code }), 'hapi')?.value).toBe(path)
  })
})

describe('a health route of Nest', () => {
  const path = (main: string, controller: string) =>
    findHealthPath(projectOf({ 'src/main.ts': main, 'src/h.controller.ts': controller }), 'nestjs')?.value
  const LIVE = "@Controller('health') class H { @Get('live') live() {} }"
  const ROOT = "@Controller('health') class H { @Get() live() {} }"
  const URI = 'app.enableVersioning({ type: VersioningType.URI })\n'
  const URI_1 = "app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })\n"
  it.each<[string, string, string]>([
    ["app.setGlobalPrefix('api')", LIVE, '/api/health/live'],
    // Only that very path is left out.
    ["app.setGlobalPrefix('api', { exclude: ['health'] })", LIVE, '/api/health/live'],
    ["app.setGlobalPrefix('api', { exclude: ['health'] })", ROOT, '/health'],
    ["app.setGlobalPrefix('api', { exclude: ['/health/live', 'x'] })", LIVE, '/health/live'],
    ["app.setGlobalPrefix('api', { exclude: ['unhealthy'] })", ROOT, '/api/health'],
    ["app.setGlobalPrefix('api', { exclude: ['health{/*path}'] })", LIVE, '/health/live'],
    ["app.setGlobalPrefix('api', { exclude: ['health/(.*)'] })", LIVE, '/health/live'],
    ["app.setGlobalPrefix('api', { exclude: ['health/:kind'] })", LIVE, '/health/live'],
    [
      "app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }] })",
      ROOT,
      '/health',
    ],
    [
      "app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.POST }] })",
      ROOT,
      '/api/health',
    ],
    [URI, ROOT, '/health'],
    [URI_1, ROOT, '/v1/health'],
    [
      'app.enableVersioning()',
      "@Controller({ path: 'health', version: '2' }) class H { @Get() a() {} }",
      '/v2/health',
    ],
    [
      `${URI_1}app.setGlobalPrefix('api')`,
      "@Controller({ path: 'health', version: '2' }) class H { @Get('live') a() {} }",
      '/api/v2/health/live',
    ],
    [URI_1, "@Controller({ version: ['3', '2'], path: 'health' }) class H { @Get() a() {} }", '/v3/health'],
    [URI_1, "@Controller({ path: 'health', version: VERSION_NEUTRAL }) class H { @Get() a() {} }", '/health'],
    [URI_1, "@Controller('health') class H { @Version('4') @Get() a() {} }", '/v4/health'],
    [URI_1, "@Controller('health') class H { @Get() @Version(VERSION_NEUTRAL) a() {} }", '/health'],
    [
      "app.enableVersioning({ type: VersioningType.URI, prefix: 'version-', defaultVersion: '1' })",
      ROOT,
      '/version-1/health',
    ],
    [
      "app.enableVersioning({ type: VersioningType.URI, prefix: false, defaultVersion: '1' })",
      ROOT,
      '/1/health',
    ],
    [
      "app.enableVersioning({ type: VersioningType.HEADER, header: 'X-V', defaultVersion: '1' })",
      ROOT,
      '/health',
    ],
    // What is left out of the prefix keeps its version.
    [`${URI_1}app.setGlobalPrefix('api', { exclude: ['health'] })`, ROOT, '/v1/health'],
  ])('%s with %s', (main, controller, wanted) => expect(path(main, controller)).toBe(wanted))
  it('is unknown where the version is computed', () =>
    expect(path('app.enableVersioning({ type: VersioningType.URI, defaultVersion: version })', ROOT)).toBe(
      undefined,
    ))
  it.each([
    `app.setGlobalPrefix('api', { exclude: ['${'*a'.repeat(60)}!'] })`,
    'app.setGlobalPrefix("api", { exclude: [")", /]/, ,] })',
    'app.setGlobalPrefix(',
  ])('does not take for ever with %s', (main) => expect(() => path(main, ROOT)).not.toThrow())
  it('belongs to the controller that it stands in', () =>
    expect(
      path(
        '',
        "@Controller('cats') class C { @Get() all() {} }\n@Controller('health') class H { @Get() a() {} }",
      ),
    ).toBe('/health'))
})

it('finds /_status', () =>
  expect(findHealthPath(projectOf({ 'app.js': "app.get('/_status', f)" }), 'express')?.value).toBe(
    '/_status',
  ))

describe('a route that only sounds like health', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [
      'next',
      {
        'pages/api/ping.js': 'export default (req, res) => res.send(ping(req.query.host))',
        'pages/api/healthcheck.js': "export default (req, res) => res.send('up')",
      },
      '/api/healthcheck',
    ],
    [
      'next',
      { 'pages/api/ping.js': 'export default (req, res) => res.send(ping(req.query.host))' },
      undefined,
    ],
    ['next', { 'pages/api/ping.js': "export default (req, res) => res.send('pong')" }, '/api/ping'],
    ['express', { 'app.js': "app.get('/ping', a)\napp.get('/health', b)" }, '/health'],
    ['express', { 'app.js': "app.get('/ping', (req, res) => probe(req.query['host'], res))" }, undefined],
    ['express', { 'app.js': "app.get('/ping', a)\napp.get('/x', (req, res) => f(req.query.a))" }, '/ping'],
    // One that may say more is one all the same.
    ['express', { 'app.js': "app.get('/health', (req, res) => say(req.query.deep))" }, '/health'],
    ['express', { 'app.js': "router.get('/status', page)\nrouter.get('/status/:slug', page)" }, undefined],
    ['express', { 'app.js': "app.get('/status', () => db.query('select 1'))" }, '/status'],
  ])('%s: %j', (framework, files, wanted) =>
    expect(findHealthPath(projectOf(files), framework)?.value).toBe(wanted),
  )
})

describe('a server of another protocol', () => {
  const IDENT = 'const server = net.createServer(on)\nserver.listen({ port: config.port || 113 })'
  const port = (files: Record<string, string>) => findListening(projectOf(files), 'server.js', []).port?.value
  it('counts for nothing beside one for HTTP', () => {
    expect(port({ 'ident.js': IDENT, 'lib/http.js': 'createServer(app).listen(8080)' })).toBe(8080)
    expect(port({ 'ident.js': IDENT, 'lib/http.js': 'server.listen(params)' })).toBeUndefined()
    expect(port({ 'server.js': 'net.createServer(on).listen(113)\napp.listen(8080)' })).toBe(8080)
  })
  it('is the server where there is no other', () => expect(port({ 'ident.js': IDENT })).toBe(113))
})

describe('a bot', () => {
  const kind = async (files: Record<string, string>, more: object = {}) => {
    const found = await node.inspect(
      projectOf({
        'package.json': {
          scripts: { build: 'tsc', start: 'node dist/bot.js' },
          dependencies: { 'discord.js': '^14', express: '^5' },
          ...more,
        },
        'tsconfig.json': { compilerOptions: { outDir: './dist', rootDir: 'src' } },
        ...files,
      }),
      {},
    )
    const told = found.warnings.flatMap(({ rule, message }) => (rule === 'PD094' ? [message] : []))
    return [found.facts.value('framework'), found.facts.value('port'), ...told]
  }
  const API = { 'src/api.ts': "export const start = () => app.listen(require('../config.json').port)" }
  it('that never comes to what listens is a worker, and that is said', async () =>
    expect(
      await kind({
        ...API,
        'src/bot.ts': "import { Client } from 'discord.js'\nimport './jobs.js'",
        'src/jobs.ts': '',
      }),
    ).toEqual([
      'worker',
      undefined,
      'src/api.ts:1 listens, and src/bot.ts does not import it: the image is that of a bot, without a port. If it is needed, pass --framework and --port.',
    ]))
  it('that imports it is a server, by however many files', async () => {
    const found = ['express', 3000, expect.stringContaining('3000 is a guess')]
    expect(
      await kind({
        ...API,
        'src/bot.ts': "import './a/index.js'",
        'src/a/index.ts': "const api = await import('../api.js')",
      }),
    ).toEqual(found)
    expect(await kind({ ...API, 'src/bot.ts': "import { start } from '@/api'" })).toEqual(found)
  })
  it('whose source is not found stays a server', async () =>
    expect(await kind({ ...API, 'app/bot.ts': '' })).toEqual(['express', 3000, expect.anything()]))
})

describe('a health route by its place', () => {
  const path = (framework: string, files: Record<string, string>) =>
    findHealthPath(projectOf(files), framework)?.value
  const APP = 'app/api/health/route.ts'
  const ASTRO = 'src/pages/api/health.ts'
  const KIT = 'src/routes/health/+server.ts'
  const REMIX = 'app/routes/health.ts'
  const START = 'src/routes/health.ts'
  it.each<[string, string, string, boolean]>([
    ['next', APP, 'export async function POST() { await fetch(u, { method: "GET" }) }', false],
    ['next', APP, 'export const POST = f\nexport async function GET() {}', true],
    ['next', APP, 'export const { GET, POST } = handlers', true],
    ['next', APP, 'export { handle as GET, handle as POST }', true],
    ['next', APP, "export * from './handlers'", true],
    ['next', 'pages/api/health.ts', 'export default (req, res) => res.end()', true],
    [
      'next',
      'pages/api/health.ts',
      'export default function f(req) { if (req.method !== "POST") fail() }',
      false,
    ],
    ['astro', ASTRO, 'export const POST = () => new Response()', false],
    ['astro', ASTRO, 'export const ALL: APIRoute = () => new Response()', true],
    ['sveltekit', KIT, 'export const POST = f', false],
    ['sveltekit', KIT, 'export const GET = f', true],
    ['sveltekit', 'src/routes/health/+page.svelte', '<p>well</p>', true],
    ['remix', REMIX, 'export const action = async () => null', false],
    ['remix', REMIX, 'export const loader = async () => null', true],
    [
      'tanstack-start',
      START,
      'export const Route = createFileRoute("/health")({ server: { handlers: { POST: f } } })',
      false,
    ],
    [
      'tanstack-start',
      START,
      'export const Route = createFileRoute("/health")({ server: { handlers: { GET: f } } })',
      true,
    ],
    ['tanstack-start', START, 'export const Route = createFileRoute("/health")({ component: Page })', true],
    ['nitro', 'server/routes/health.post.ts', 'export default defineEventHandler(f)', false],
    ['nitro', 'server/routes/health.get.ts', 'export default defineEventHandler(f)', true],
  ])('%s: %s with %s: %s', (framework, file, code, answers) =>
    expect(path(framework, { [file]: code })?.endsWith('/health') ?? false).toBe(answers),
  )
})

describe('a health route of a router', () => {
  const path = (files: Record<string, string | object>) => findHealthPath(projectOf(files), 'express')?.value
  const ROUTER = "const router = Router()\nrouter.get('/status', f)\nexport default router"
  it('has the prefix of a mount by an alias', () => {
    const app = (from: string) => `import routes from '${from}'\nserver.use('/api/v1', routes)`
    const nested = {
      'tsconfig.json': { compilerOptions: { baseUrl: 'src', paths: { '@server/*': ['../server/*'] } } },
      'server/tsconfig.json': {
        extends: '../tsconfig.json',
        compilerOptions: { baseUrl: '.', paths: { '@server/*': ['*'] } },
      },
      'server/index.ts': app('@server/routes'),
      'server/routes/index.ts': ROUTER,
    }
    expect(path(nested)).toBe('/api/v1/status')
    const { 'server/tsconfig.json': _, ...flat } = nested
    expect(path(flat)).toBe('/api/v1/status')
    expect(
      path({
        'package.json': { imports: { '#root/*': { types: './x', default: './build/src/*' } } },
        'src/main.ts': app('#root/routes.js'),
        'src/routes.ts': ROUTER,
      }),
    ).toBe('/api/v1/status')
    expect(
      path({
        'tsconfig.json': { files: [], references: [{ path: './tsconfig.app.json' }] },
        'tsconfig.app.json': { extends: './tsconfig.base', compilerOptions: {} },
        'tsconfig.base.json': { compilerOptions: { baseUrl: './' } },
        'src/main.ts': app('src/routes'),
        'src/routes.ts': ROUTER,
      }),
    ).toBe('/api/v1/status')
  })
  it('is no file of the source that is called like a package', () =>
    expect(
      path({
        'src/main.ts': "import core from '@x/core'\napp.use('/api', core)",
        'src/core.ts': "app.get('/up', f)",
      }),
    ).toBe('/up'))
  it('is unknown where no mount reaches it', () => {
    expect(path({ 'src/a.ts': ROUTER })).toBeUndefined()
    expect(
      path({ 'src/a.ts': ROUTER, 'src/b.ts': "import a from './a'\napp.use(`/${version}`, a)" }),
    ).toBeUndefined()
  })
  it.each<[string, Record<string, string>, string]>([
    ['a mount without a path', { 'src/b.ts': "import a from './a'\napp.use(a)" }, '/status'],
    ['a mount of what it makes', { 'src/b.ts': "import a from './a'\napp.use(a.routes())" }, '/status'],
    ['a mount behind others', { 'src/b.ts': "import a from './a'\napp.use('/v1', auth(), a)" }, '/v1/status'],
    [
      'a mount by a constant',
      { 'src/b.ts': "import a from './a'\nconst V = '/v1'\napp.use(V, a)" },
      '/v1/status',
    ],
    [
      'a mount from a barrel',
      {
        'src/b.ts': "import { a } from './c'\napp.use('/v1', a)",
        'src/c.ts': "export { default as a } from './a'",
      },
      '/v1/status',
    ],
    ['a mount in its own file', { 'src/a.ts': `${ROUTER}\napp.use('/v2', router)` }, '/v2/status'],
  ])('is found by %s', (_name, files, wanted) => expect(path({ 'src/a.ts': ROUTER, ...files })).toBe(wanted))
  it('is found where its word stands in the mount alone', () =>
    expect(
      path({
        'server/server.js':
          "const routes = require('./routes')\napp.use('/', routes.render)\napp.use('/api/v2', routes.api)\napp.use('/api', routes.api)",
        'server/routes/index.js': "module.exports = require('./routes')",
        'server/routes/routes.js':
          "const health = require('./health.routes')\nconst renderRouter = Router()\nrenderRouter.use(x)\nconst apiRouter = Router()\napiRouter.use('/health', health)\nmodule.exports = { api: apiRouter, render: renderRouter }",
        'server/routes/health.routes.js':
          "const router = Router()\nrouter.get('/', (_, res) => res.send('OK'))\nmodule.exports = router",
      }),
    ).toBe('/api/health'))
})

it('is found in no time where a project mounts in circles', () => {
  const mounts = `import a from './a'\nimport b from './b'\n${"app.use('/x', a)\napp.use('/y', b)\n".repeat(200)}`
  const barrel = "export * from './a'\nexport * from './b'\n".repeat(200)
  const files = { 'a.js': `${mounts}${barrel}app.get('/health', f)`, 'b.js': mounts + barrel }
  const start = performance.now()
  expect(findHealthPath(projectOf(files), 'express')).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(5_000)
})

describe('an alias that leads to what listens', () => {
  it('is followed from a bot', async () => {
    const found = await node.inspect(
      projectOf({
        'package.json': {
          scripts: { start: 'node build/src/main.js' },
          imports: { '#root/*': './build/src/*' },
          dependencies: { grammy: '^1', hono: '^4' },
        },
        'src/main.ts': "import { run } from '#root/server/index.js'",
        'src/server/index.ts': 'export const run = () => serve({ fetch, port: config.port })',
      }),
      {},
    )
    expect(found.warnings.filter(({ message }) => message.includes('does not import'))).toEqual([])
  })
})
