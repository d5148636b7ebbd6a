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
