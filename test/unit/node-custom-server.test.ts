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
  it('comes with what it reads, as it is and as the build makes it', async () => {
    const reads =
      "const spec = path.join(__dirname, '../api.yml')\nexpress.static(path.join(__dirname, 'views'))\nfor (const file of fs.readdirSync(path.join(__dirname, 'routes'))) require(file)\n"
    const files = { 'api.yml': '', 'server/views/a.html': '', 'server/routes/a.js': '', 'src/a.ts': '' }
    const asIs = await told({ 'server/index.js': reads, ...files }, { start: 'node server/index.js' })
    expect(asIs.copied.slice(3)).toEqual(['api.yml', 'server/routes', 'server/views', 'server/index.js'])
    const built = await told({ 'server/index.ts': reads, ...files }, { start: 'node dist/index.js' })
    expect(built.copied.slice(3)).toEqual(['dist', 'api.yml'])
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

describe('a server of one’s own around another framework', () => {
  const started = async (files: Record<string, string | object>) => {
    const { facts, warnings, model } = await node.inspect(projectOf(files), {})
    const { dockerfile } = model({ services: [], answers: {} })
    return {
      start: facts.value('start'),
      output: facts.value('output'),
      told: warnings.some(({ rule }) => rule === 'PD097'),
      copies: String(dockerfile.data['copies']),
    }
  }
  const astro = (mode: string, scripts: Record<string, string>) => ({
    'package.json': {
      scripts: { build: 'astro build', ...scripts },
      dependencies: { astro: '^5', '@astrojs/node': '^9', express: '^5' },
    },
    'astro.config.mjs': `import node from '@astrojs/node'\nexport default { adapter: node({ mode: '${mode}' }) }\n`,
    'server.js': "import { handler } from './dist/server/entry.mjs'\napp.use(handler).listen(3000)\n",
    'api/hello.js': '',
  })
  it('is what Astro’s middleware mode needs, with all that it may read', async () => {
    const found = await started(astro('middleware', { start: 'node server' }))
    expect(found).toMatchObject({ start: 'node server', output: 'middleware', told: false })
    expect(found.copies).toMatch(/ --from=build \/app\/ \.\/ /)
  })
  it('is asked for, where no script starts one', async () => {
    const found = await started(astro('middleware', { start: 'node ./dist/server/entry.mjs' }))
    expect(found).toMatchObject({ output: 'middleware', told: true })
  })
  it('wins over what the framework would start', async () => {
    const found = await started(astro('standalone', { start: 'node server.js' }))
    expect(found).toMatchObject({ start: 'node server.js', output: 'server', told: false })
    expect(found.copies).toContain('/app/server.js')
    const plain = await started(astro('standalone', { start: 'astro preview' }))
    expect(plain.start).toBe('node dist/server/entry.mjs')
  })
})
