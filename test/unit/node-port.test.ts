import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { findListening } from '../../src/languages/node/listen.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const listening = (files: Record<string, string>, entry: string) => {
  const { port, variable } = findListening(projectOf(files), entry, [])
  return [port?.value, port?.source, variable]
}

describe('a port that stands in a setting', () => {
  it('is found by app.set of Express', () =>
    expect(
      listening(
        {
          'app.js':
            "app.set('port', process.env.PORT || process.env.OPENSHIFT_PORT || 8080)\napp.listen(app.get('port'), () => {})\n",
        },
        'app.js',
      ),
    ).toEqual([8080, 'app.js:1', 'PORT']))

  it('is not the base of parseInt', () =>
    expect(listening({ 'a.js': 'app.listen(parseInt(process.env.PORT, 10) || 4000)\n' }, 'a.js')).toEqual([
      4000,
      'a.js:1',
      'PORT',
    ]))

  it('is found in a configuration of Nest, its first variable first', () =>
    expect(
      listening(
        {
          'src/main.ts': "await app.listen(configService.getOrThrow('app.port', { infer: true }))\n",
          'src/config/app.config.ts':
            "export default registerAs<AppConfig>('app', () => {\n  return {\n    port: process.env.APP_PORT\n      ? parseInt(process.env.APP_PORT, 10)\n      : process.env.PORT\n        ? parseInt(process.env.PORT, 10)\n        : 3000,\n    name: 'x',\n  }\n})\n",
        },
        'src/main.ts',
      ),
    ).toEqual([3000, 'src/config/app.config.ts:3', 'APP_PORT']))
})

describe('a port that nobody states', () => {
  const hono = (call: string) =>
    listening(
      { 'src/index.ts': `import { serve } from '@hono/node-server'\nconst app = new Hono()\n${call}\n` },
      'dist/index.js',
    )
  it.each<[string, unknown[]]>([
    ['serve(app)', [3000, 'default for @hono/node-server', undefined]],
    [
      'const server = serve(app, (info) => log(info.port))',
      [3000, 'default for @hono/node-server', undefined],
    ],
    ['serve({ fetch: app.fetch, hostname: host })', [3000, 'default for @hono/node-server', undefined]],
    ['serve({ fetch: app.fetch, port: 8080 })', [8080, 'src/index.ts:3', undefined]],
    ['serve({ fetch: app.fetch, ...options })', [undefined, undefined, undefined]],
    ['serve({ fetch: app.fetch, port: await find() })', [undefined, undefined, undefined]],
    ['serve(options)', [undefined, undefined, undefined]],
  ])('is that of Hono’s Node.js server: %s', (call, expected) => expect(hono(call)).toEqual(expected))

  it('keeps a loopback address in sight', () => {
    const code =
      "import { serve } from '@hono/node-server'\nserve({ fetch: app.fetch, hostname: 'localhost' })\n"
    expect(findListening(projectOf({ 'i.js': code }), 'i.js', []).call).toMatchObject({
      line: 2,
      host: 'loopback',
    })
  })

  it('is Bun’s own, where Bun serves what the entry exports', async () => {
    const report = await node.inspect(
      projectOf({
        'package.json': {
          name: 'app',
          scripts: { dev: 'bun run --hot src/index.ts' },
          dependencies: { hono: '^4' },
        },
        'bun.lock': '',
        'src/index.ts': "import { Hono } from 'hono'\nconst app = new Hono()\nexport default app\n",
      }),
      {},
    )
    expect(report.facts.get('port')).toMatchObject({ value: 3000, confidence: 'default' })
    expect(report.warnings.map(({ rule }) => rule)).not.toContain('PD094')
  })
})

describe('a port that a variable says', () => {
  const image = async (files: Record<string, string | object>, dependencies: object = { express: '^5' }) => {
    const found = await node.inspect(
      projectOf({
        'package.json': { name: 'my-app', scripts: { start: 'node src/main.js' }, dependencies },
        ...files,
      }),
      {},
    )
    const { data } = found.model({ services: [], answers: {} }).dockerfile
    return [
      found.facts.value('port'),
      String(data['envBlock'])
        .match(/\b[A-Z_]+=(?:0\.0\.0\.0|\d+\b(?!-))/g)
        ?.join(' ') ?? '',
      /process\.env\.\w+\|\|/.exec(String(data['probe']))?.[0].slice(12, -2),
      found.warnings.some(({ message }) => message.includes('is a guess')),
    ]
  }
  const CREATE = 'start() { this.app.listen(this.cfg.port, this.cfg.listenhost) }'
  const HOST = "listenhost: text(process.env.FEED_LISTENHOST) ?? 'localhost'"
  it.each<[string, Record<string, string>, unknown[]]>([
    [
      'a field that one place alone gives',
      {
        'src/server.js': CREATE,
        'src/main.js': `Server.create({ port: int(process.env.FEED_PORT) ?? 4000, ${HOST} })`,
        'src/db.js':
          "connect({ host: process.env.DB_HOST ?? 'localhost', port: process.env.DB_PORT ?? 5432 })",
      },
      [4000, 'FEED_LISTENHOST=0.0.0.0 FEED_PORT=4000', 'FEED_PORT', false],
    ],
    [
      'a field that is set',
      {
        'src/main.js':
          'this.config.port = args.port || Number(process.env.DOCK_PORT) || 5001;\nthis.config.hostname = args.hostname || process.env.DOCK_HOSTNAME || undefined;\nthis.http.listen(this.config.port, this.config.hostname, f)',
      },
      [5001, 'DOCK_HOSTNAME=0.0.0.0 DOCK_PORT=5001', 'DOCK_PORT', false],
    ],
    [
      'a field that two places give',
      {
        'src/main.js':
          'this.a.listen(this.cfg.port)\nconst a = { port: process.env.A_PORT ?? 1000 }\nconst b = { port: process.env.B_PORT ?? 2000 }',
      },
      [3000, 'PORT=3000', 'PORT', true],
    ],
    [
      'the field of a service',
      { 'src/main.js': 'this.a.listen(this.cfg.port)\nconst db = { port: process.env.DB_PORT ?? 5432 }' },
      [3000, 'PORT=3000', 'PORT', true],
    ],
    [
      'the host of another server',
      {
        'src/main.js':
          "this.a.listen(this.cfg.port, this.cfg.host)\nconst a = { port: process.env.WEB_PORT ?? 4000 }\nconst b = { host: process.env.UPSTREAM_HOST ?? 'localhost' }",
      },
      [4000, 'WEB_PORT=4000', 'WEB_PORT', false],
    ],
    [
      'the usual name, without a default',
      {
        'src/env.js': 'envSchema({ HTTP_PORT: process.env.HTTP_PORT })',
        'src/main.js': 'app.listen({ port, host: ip })',
      },
      [3000, 'HTTP_PORT=3000', 'HTTP_PORT', false],
    ],
    [
      'the name of the app',
      { 'src/main.js': 'const env = { A: process.env.MY_APP_PORT || 8080 }\napp.listen(settings().A)' },
      [8080, 'MY_APP_PORT=8080', 'MY_APP_PORT', false],
    ],
    [
      'two usual names',
      { 'src/main.js': 'app.listen(p)\nf(process.env.APP_PORT || 8080, process.env.HTTP_PORT || 80)' },
      [3000, 'PORT=3000', 'PORT', true],
    ],
    [
      'a variable alone',
      { 'src/main.js': 'app.listen(process.env.MAIN_PORT)' },
      [3000, 'MAIN_PORT=3000', 'MAIN_PORT', false],
    ],
  ])('%s', async (_name, files, wanted) => expect(await image(files)).toEqual(wanted))
  it('is none where the code has a number', async () =>
    expect(
      await image(
        { 'src/main.js': 'const app = await NestFactory.create(M)\nawait app.listen(3000)' },
        { '@nestjs/core': '^11', '@nestjs/platform-express': '^11' },
      ),
    ).toEqual([3000, '', undefined, false]))
  it('says that something listens, with a default or without', async () =>
    expect(
      await image({ 'src/main.js': 'createServer(f).listen(process.env.PORT)' }, { bullmq: '^5' }),
    ).toEqual([3000, 'PORT=3000', 'PORT', false]))
})
