import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { standIn } from '../../src/languages/node/stand-ins.ts'
import type { Variable } from '../../src/model.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const T3 = `import { createEnv } from '@t3-oss/env-nextjs'
import { z } from 'zod'
export const env = createEnv({
  server: {
    DATABASE_URL: z.string().url(),
    AUTH_SECRET: z.string().min(8),
    STRIPE_KEY: z.string().startsWith('sk_').min(1),
    MAIL_FROM: z.string().email(),
    WORKERS: z.coerce.number().min(2),
    PLAN: z.enum(['basic', 'pro']),
    TENANT: z.string().regex(/^t-/),
    SENTRY_DSN: z.string().url().optional(),
  },
  client: { NEXT_PUBLIC_URL: z.string().url(), NEXT_PUBLIC_THEME: z.string().default('light') },
})
`

async function built(files: Record<string, string>, dependencies: object = { next: '16.4.3' }) {
  const found = await node.inspect(
    projectOf({
      'package.json': { name: 'shop', scripts: { build: 'next build', start: 'next start' }, dependencies },
      ...files,
    }),
    {},
  )
  const { data } = found.model({ services: [], answers: {} }).dockerfile
  return { block: String(data['buildBlock']), warnings: found.warnings.map(({ message }) => message) }
}

describe('a check of the environment that the build runs', () => {
  it('gets a value of the right form for what it requires', async () => {
    const { block, warnings } = await built({
      'next.config.mjs': "import './env.mjs'\nexport default {}\n",
      'env.mjs': T3,
    })
    for (const line of [
      'DATABASE_URL=postgresql://build:build@127.0.0.1:5432/build',
      'AUTH_SECRET=xxxxxxxx',
      'STRIPE_KEY=sk_x',
      'MAIL_FROM=build@example.com',
      'WORKERS=2',
      'PLAN=basic',
      'TENANT=x',
    ])
      expect(block).toContain(` ${line} \\`)
    expect(block).not.toContain('SENTRY_DSN')
    expect(block).not.toContain('NEXT_PUBLIC')
    expect(warnings.join('\n')).toMatch(/env\.mjs stops the build where NEXT_PUBLIC_URL is not set/)
    expect(warnings.join('\n')).toMatch(/stand-ins for DATABASE_URL, .*Look at TENANT:/)
  })

  const ZOD =
    "import { z } from 'zod'\nexport const env = z.object({ API_KEY: z.string() }).parse(process.env)\n"
  it.each<[string, Record<string, string>, object, boolean]>([
    [
      'from a page, by an alias',
      { 'src/app/page.tsx': "import { env } from '@/lib/env'" },
      { next: '16' },
      true,
    ],
    ['by nobody', { 'src/app/page.tsx': 'export default 1' }, { next: '16' }, false],
    [
      'by a server, which a build does not run',
      { 'src/server.ts': "import './lib/env'" },
      { express: '5' },
      false,
    ],
    ['by the config of a bundler', { 'vite.config.ts': "import './src/lib/env.ts'" }, { express: '5' }, true],
  ])('is loaded %s', async (_how, files, dependencies, loaded) => {
    const { block } = await built({ 'src/lib/env.ts': ZOD, ...files }, dependencies)
    expect(block.includes('API_KEY=x')).toBe(loaded)
  })

  it('holds for each command of the line', async () => {
    const { block } = await built(
      { 'src/lib/env.ts': ZOD, 'app/page.tsx': "import '../src/lib/env'" },
      { next: '16', prisma: '6' },
    )
    expect(block).toContain('    API_KEY=x \\')
    const files = {
      'package.json': {
        name: 'shop',
        scripts: { build: 'tsc && prisma migrate deploy && next build', start: 'next start' },
        dependencies: { next: '16', prisma: '6' },
      },
      'src/lib/env.ts': ZOD,
      'app/page.tsx': "import '../src/lib/env'",
    }
    const found = await node.inspect(projectOf(files), {})
    const data = found.model({ services: [], answers: {} }).dockerfile.data
    expect(data['buildBlock']).toContain('    export API_KEY=x && \\')
  })
})

describe('a stand-in', () => {
  const variable: Variable = {
    name: 'A',
    kind: 'string',
    required: true,
    secret: false,
    public: false,
    sources: [],
  }
  it.each<[Variable, string, string]>([
    [{ ...variable, name: 'MONGO_URL' }, '', 'mongodb://build:build@127.0.0.1:27017/build'],
    [{ ...variable, name: 'DATABASE_URL', example: 'file:./db.sqlite' }, '', 'file:./build.db'],
    [
      { ...variable, name: 'DATABASE_URL', example: 'mysql://a@b/c' },
      '',
      'mysql://build:build@127.0.0.1:3306/build',
    ],
    [{ ...variable, kind: 'url' }, 'z.url()', 'http://127.0.0.1'],
    [{ ...variable, kind: 'boolean' }, 'bool()', 'false'],
    [{ ...variable, kind: 'number' }, 'port()', '1'],
    [variable, "str({ choices: ['a', 'b'] })", 'a'],
  ])('has the form of its variable: %o %s', (of, form, value) => expect(standIn(of, form)).toBe(value))
})
