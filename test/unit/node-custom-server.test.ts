import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const SERVER = "const { attach } = require('./server/ws')\nrequire('http').createServer(f).listen(3100)\n"
const told = async (files: Record<string, string>, scripts: Record<string, string>, config = '{}') => {
  const found = await node.inspect(
    projectOf({
      'package.json': {
        scripts: { build: 'next build', ...scripts },
        dependencies: { next: '^16', react: '^19' },
      },
      'next.config.mjs': `export default ${config}\n`,
      ...files,
    }),
    {},
  )
  const model = found.model({ services: [], answers: {} })
  const copies = String(model.dockerfile.data['copies'])
  return {
    copied: [...copies.matchAll(/\/app\/(\S+) \.\/\S*/g)].map(([, path]) => path),
    start: found.facts.value('start'),
    port: found.facts.value('port'),
    dev: model.development.port,
    told: found.warnings.flatMap(({ rule, message }) => (rule === 'PD028' ? [message.split('.')[0]] : [])),
  }
}

describe('a server of one’s own around Next.js', () => {
  const own = { dev: 'node server.js', start: 'NODE_ENV=production node server.js' }
  it('comes into the image with what it imports', async () => {
    const files = {
      'server.js': SERVER,
      'server/ws.js': "import names from './names.json'\nexport * from '../lib/redis.js'\n",
      'server/names.json': '{}',
      'lib/redis.ts': '',
      'lib/other.ts': '',
    }
    const found = await told(files, own)
    expect(found.copied).toEqual([
      '.next',
      'package.json',
      'next.config.*',
      'server.js',
      'lib/redis.ts',
      'server/names.json',
      'server/ws.js',
    ])
    expect(found).toMatchObject({ start: 'node server.js', port: 3100, dev: 3100, told: [] })
  })
  it('comes by folders, where those are many files', async () => {
    const names = Array.from({ length: 15 }, (_, at) => `m${at}`)
    const files = {
      'server.mjs': names.map((name) => `import './server/${name}.js'\n`).join(''),
      ...Object.fromEntries(names.map((name) => [`server/${name}.js`, ''])),
    }
    const { copied } = await told(files, { start: 'node server.mjs' })
    expect(copied).toEqual(['.next', 'package.json', 'next.config.*', 'server.mjs', 'server'])
  })
  it('comes under any name', async () => {
    const { copied } = await told({ 'src/start.ts': '' }, { start: 'tsx src/start.ts' })
    expect(copied).toContain('src/start.ts')
  })
  it('comes as the build makes it', async () => {
    const files = { 'src/server.ts': '', 'tsconfig.json': '{}' }
    const scripts = { build: 'next build && tsc -p tsconfig.server.json', start: 'node dist/server.js' }
    expect((await told(files, scripts)).copied).toContain('dist')
  })
  it('is said to be left out by the standalone output, and is what runs in development', async () => {
    const found = await told({ 'server.js': SERVER }, own, "{ output: 'standalone' }")
    expect(found).toMatchObject({ port: 3000, dev: 3100 })
    expect(found.told).toEqual([
      'The start script runs a server of your own, which the standalone output leaves out',
    ])
  })
  it.each([
    { start: 'next start' },
    { start: 'node .next/standalone/server.js' },
    { start: 'node server.js' },
  ])('is not %j with the standalone output', async (scripts) =>
    expect((await told({}, scripts, "{ output: 'standalone' }")).told).toEqual([]),
  )
  it('is not `next start`: the standalone output is smaller', async () =>
    expect((await told({}, { start: 'next start' })).told).toHaveLength(1))
})
