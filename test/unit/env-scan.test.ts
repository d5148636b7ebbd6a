import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeReader } from '../../src/env/node-reader.ts'
import { pythonReader, setSettings } from '../../src/env/python-reader.ts'
import { type EnvReader, existingSchema, scanVariables } from '../../src/env/scan.ts'
import type { Variable } from '../../src/model.ts'
import { Project } from '../../src/project.ts'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

function project(files: Record<string, string>): Project {
  const root = mkdtempSync(join(tmpdir(), 'env-scan-'))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return new Project({ root })
}

/** `A! number =3000 secret public`: name, required, kind, default and marks of a variable in one line. */
function brief(variable: Variable): string {
  return [
    variable.name + (variable.required ? '!' : ''),
    variable.kind === 'string' ? '' : variable.kind,
    variable.default === undefined ? '' : `=${variable.default}`,
    variable.example === undefined ? '' : `~${variable.example}`,
    variable.secret ? 'secret' : '',
    variable.public ? 'public' : '',
    variable.build ? `build ${variable.build}` : '',
  ]
    .filter(Boolean)
    .join(' ')
}

const scan = (reader: EnvReader, files: Record<string, string>) =>
  scanVariables(project(files), reader).map(brief)
const node = (code: string, path = 'src/a.ts') => scan(nodeReader, { [path]: code })
const python = (code: string, path = 'app/a.py') => scan(pythonReader, { [path]: code })

describe('Node: how a read is judged', () => {
  it.each<[string, string[]]>([
    ['f(process.env.A)', ['A']],
    ["f(process.env['A'])", ['A']],
    ["const { A = '8088' }: NodeJS.ProcessEnv = process.env", ['A =8088']],
    ["const { A = 'x' }: Record<string, string> = process.env", ['A =x']],
    ['f(process.env[`A`])', ['A']],
    ['f(process.env.A!)', ['A!']],
    ['f(process.env.A as string)', ['A']],
    ['f(process?.env?.A)', ['A']],
    ['f(globalThis.process.env.A)', ['A']],
    ['f(import.meta.env.A, Bun.env.B, Deno.env.get("C"))', ['A', 'B', 'C']],
    ['f(import.meta.env.MODE, import.meta.env.DEV, import.meta.env.BASE_URL)', []],
    ["f(process.env.A ?? 'x')", ['A =x']],
    ["f(process.env.A || 'x')", ['A =x']],
    ["process.env.A ??= 'x'", ['A =x']],
    ['f(process.env.A || 3000)', ['A number =3000']],
    ['f(process.env.A ?? 3_000)', ['A number =3000']],
    ["f(process.env.A ?? '')", ['A']],
    ['f(process.env.A ?? undefined)', ['A']],
    ['f(process.env.A ?? null)', ['A']],
    ['f(process.env.A ?? other())', ['A']],
    ["f(process.env.A || 'http://x:' + port)", ['A']],
    ['f(process.env.A || 60 * 1000)', ['A']],
    ['f(process.env.A || `http://${host}`)', ['A']],
    ["f(process.env.A || process.env.B || 'x')", ['A', 'B =x']],
    ["const a = process.env.A || 'x'\nconst b = 1", ['A =x']],
    ["const a = process.env.A || 'x'\n  + y", ['A']],
    ['f(Number(process.env.A))', ['A number']],
    ['f(Number(process.env.A) || 80)', ['A number =80']],
    ['f(Number(process.env.A ?? 80))', ['A number =80']],
    ["f(parseInt(process.env.A || '80', 10))", ['A number =80']],
    ['f(parseInt(process.env.A, 10))', ['A number']],
    ['f(Number.parseInt(process.env.A!, 10) || 80)', ['A number =80']],
    ['const n = +process.env.A', ['A number']],
    ["f(process.env.A === 'true')", ['A boolean']],
    ["f(process.env.A !== '0')", ['A boolean']],
    ["f(process.env.A === 'redis')", ['A']],
    ['f(process.env.A ? 1 : 2)', ['A']],
    ['f(process.env.A && 1)', ['A']],
    ['f(!!process.env.A)', ['A']],
    ['f(Boolean(process.env.A))', ['A']],
    ['f(typeof process.env.A)', ['A']],
    ['f(process.env.A?.split(","))', ['A']],
    ['f(process.env.A.split(","))', ['A!']],
    ["f((process.env.A || 'a,b').split(','))", ['A =a,b']],
    ['if (process.env.A) f(process.env.A)', ['A']],
    ['if (!process.env.A) throw new Error()', ['A!']],
    ['if (!process.env.A) { console.error("x"); process.exit(1) }', ['A!']],
    ['if (!process.env.A || !process.env.B) {\n  throw new Error()\n}', ['A!', 'B!']],
    ['if (process.env.A === undefined) { throw new Error() }', ['A!']],
    ['if (!process.env.A) console.warn("no A")', ['A']],
    ['const a = process.env.A\nif (!a) throw new Error()', ['A!']],
    ['const a = process.env.A\nif (a) f(a)', ['A']],
    ["const a = process.env.A ?? (() => { throw new Error('x') })()", ['A!']],
    ['invariant(process.env.A, "x")', ['A!']],
    ["'A' in process.env && f()", ['A']],
    ['new URL(process.env.A)', ['A! url']],
    ["process.env.A = 'x'", []],
    ['delete process.env.A', []],
    ['// process.env.A\n/* process.env.B */', []],
    ["f('set process.env.A')", []],
    ['f(`${process.env.A}`)', ['A']],
    ['const { A, B = "x", C: c, D = 5, ...rest } = process.env\nf(A)', ['A', 'B =x', 'C', 'D number =5']],
    ['const { A } = process.env\nif (A) f(A)', ['A']],
    ["const { 'A': a } = import.meta.env", ['A']],
    ['const env = process.env\nf(env.A, env.B ?? "x")', ['A', 'B =x']],
    ['function load(env: NodeJS.ProcessEnv = process.env) { return env.A }', ['A']],
    ["import { env } from 'node:process'\nf(env.A)", ['A']],
    ["import { env } from '$env/dynamic/private'\nf(env.A || 'x')", ['A =x']],
    ["import { A, B as b } from '$env/static/private'", ['A! build secret', 'B! build secret']],
    [
      "function need(name: string) { const v = process.env[name]; if (!v) throw new Error(); return v }\nneed('A')",
      ['A!'],
    ],
    [
      "const get = (name: string, d?: string) => process.env[name] ?? d\nget('A', 'x'); get('B')",
      ['A =x', 'B'],
    ],
    ['f(process.env.NODE_ENV, process.env.PATH, process.env.CI, process.env.npm_package_version)', []],
    ['f(process.env.hasOwnProperty("A"), process.env.__proto__)', []],
    ['f(process.env.PORT, process.env.HOST)', ['HOST', 'PORT number']],
    ['init({ dsn: process.env.SENTRY_DSN, level: process.env.LOG_LEVEL })', ['LOG_LEVEL', 'SENTRY_DSN url']],
    ['const config = { a: process.env.A, b: process.env.B as string }', ['A', 'B']],
    [
      'const config = { url: process.env.DATABASE_URL, secret: process.env.JWT_SECRET }',
      ['DATABASE_URL! url secret', 'JWT_SECRET! secret'],
    ],
    [
      'const config = { secret: process.env.GITHUB_SECRET, key: process.env.STRIPE_SECRET_KEY }',
      ['GITHUB_SECRET secret', 'STRIPE_SECRET_KEY secret'],
    ],
    ['const config = { test: process.env.TEST_DATABASE_URL }', ['TEST_DATABASE_URL url secret']],
    ['const url = args.url || process.env.DATABASE_URL', ['DATABASE_URL url secret']],
    ['f(a ? null : process.env.A, a && process.env.B, a ?? process.env.C)', ['A', 'B', 'C']],
    ["f((process.env.A as 'plain' | 'scram-sha-256') || 'plain')", ['A =plain']],
    ['const url = !_.isEmpty(process.env.MONGODB_URI) ? a : b', ['MONGODB_URI url secret']],
    ['f(isNil(process.env.A) ? a : process.env.A.b)', ['A']],
    ['const { A, B } = process.env\nconst both = A && B', ['A', 'B']],
    ['if (!process.env.A && !process.env.B) throw new Error()', ['A', 'B']],
    ["if (process.env.NODE_ENV === 'production' && !process.env.A) throw new Error()", ['A!']],
    [
      "const a = process.env.A.startsWith('x')\nconst { A } = process.env\nif (!A.startsWith('y')) f()",
      ['A!'],
    ],
    ["if (!process.env.A.startsWith('x')) f()", ['A!']],
    ['f(String(process.env.A).length)', ['A']],
    ['const stripe = new Stripe(process.env.A, { b: c })', ['A!']],
    ["const stripe = require('stripe')(process.env.A)", ['A!']],
    [
      'use(new GitHubStrategy({ clientID: process.env.A, more: { url: `${x}/${process.env.B}` } }, (a) => { f(a) }))',
      ['A!', 'B'],
    ],
    ['const pool = createPool({\n  host: process.env.DB_HOST,\n})', ['DB_HOST!']],
    ['app.use(session({ resave: false, secret: [process.env.A as string], store }))', ['A!']],
    ['const ai = new OpenAI({ apiKey: process.env.A, baseURL: process.env.B })', ['A!', 'B']],
    [
      'app.use(session({ secret: x, cookie: { domain: process.env.A, maxAge: Number(process.env.B) } }))',
      ['A', 'B number'],
    ],
    ['const redis = new Redis({ host: process.env.A, password: process.env.B })', ['A!', 'B']],
    ['function pay() {\n  return new Stripe(process.env.A)\n}', ['A']],
    ['app.get("/", (req) => { const s = new Stripe({ key: process.env.A }) })', ['A']],
    ['const stripe = () => new Stripe(process.env.A)', ['A']],
    ['if (x) {\n  const s = new Stripe(process.env.A)\n}', ['A']],
    ['const s = new Stripe(a)\nconst b = { c: process.env.A }', ['A']],
    ['f(process.env.DB_HOST!, process.env.DB_URL)', ['DB_HOST', 'DB_URL! url secret']],
    [
      "function need(name) {\n  const v = process.env[name], f = process.env[name + '_FILE']\n  if (v && f) throw new Error('both')\n  return v\n}\nneed('A')",
      ['A'],
    ],
    ["f(process.env['ProgramFiles(x86)']!)", ['ProgramFiles(x86)']],
    ["f(process.env['we\"ird-name'])", ['we"ird-name']],
  ])('%s', (code, expected) => {
    expect(node(code)).toEqual(expected)
  })

  it('takes a default seen anywhere, and lists every place', () => {
    const variables = scanVariables(
      project({ 'src/a.ts': '\nf(process.env.A)', 'src/b.js': "f(process.env.A ?? 'x')" }),
      nodeReader,
    )
    expect(variables).toEqual([
      {
        name: 'A',
        kind: 'string',
        required: false,
        default: 'x',
        secret: false,
        public: false,
        sources: ['src/a.ts:2', 'src/b.js:1'],
      },
    ])
  })

  it('reads helpers of the project across files, in comments not', () => {
    expect(
      scan(nodeReader, {
        'src/env.ts':
          'export function requireEnv(key: string): string {\n  const value = process.env[key]\n  if (!value) throw new Error(key)\n  return value\n}\n',
        'src/b.ts': "import { requireEnv } from './e'\nrequireEnv('DB_HOST') // requireEnv('NOT')",
      }),
    ).toEqual(['DB_HOST!'])
  })

  it('leaves out tests and tools, and requires nothing that only builds and scripts read', () => {
    expect(
      scan(nodeReader, {
        'vitest.config.ts': 'process.env.A',
        'playwright.config.ts': 'process.env.A',
        'src/a.test.ts': 'process.env.A',
        'test/b.ts': 'process.env.A',
        'next.config.js': 'f(process.env.BUILD_ID_SUFFIX)',
        'scripts/seed.ts': 'f(process.env.SEED_USER!)',
        'extra/release.mjs': 'f(process.env.RELEASE_TOKEN!)',
        'mocks/index.js': 'f(process.env.MOCK_ORIGIN!)',
        'server/migrations/1.js': 'f(process.env.ALLOWED.split())',
        'drizzle.config.ts': 'f(process.env.DATABASE_URL!)',
      }),
    ).toEqual([
      'ALLOWED',
      'BUILD_ID_SUFFIX build argument',
      'DATABASE_URL! url secret',
      'MOCK_ORIGIN',
      'RELEASE_TOKEN secret',
      'SEED_USER',
    ])
  })

  it('takes no name for a variable that the build replaces', () => {
    expect(
      scan(nodeReader, {
        'next.config.ts':
          "const cloud = process.env.CLOUD_URL || ''\nexport default { env: { cloud, version: pkg.version, KEPT: process.env.KEPT }, redirects }",
        'vite.config.ts':
          "export default { test: { env: { OTHER: 'x' } }, define: { 'import.meta.env.PACKAGE_VERSION': JSON.stringify(v), 'process.env.A': 1 } }",
        'src/a.ts':
          'f(process.env.cloud!, process.env.version!, process.env.KEPT!, import.meta.env.PACKAGE_VERSION.x, process.env.A!, process.env.OTHER!)',
      }),
    ).toEqual(['CLOUD_URL url build argument', 'KEPT build argument', 'OTHER!'])
  })

  it('reads a program without an ending, as the Express generator writes it', () =>
    expect(node("var port = process.env.PORT || '3000'", 'bin/www')).toEqual(['PORT number =3000']))

  it('reads Vue, Svelte and Astro files', () => {
    expect(
      scan(nodeReader, {
        'src/A.vue':
          "<script setup>\nconst a = import.meta.env.VITE_A\n</script>\n<template><p>it's</p></template>",
        'src/b.svelte': "<script>\nimport { PUBLIC_B } from '$env/static/public'\n</script>",
        'src/c.astro': '---\nconst c = import.meta.env.SECRET_C\n---\n',
      }),
    ).toEqual(['PUBLIC_B! public', 'SECRET_C secret', 'VITE_A! public'])
  })
})

describe('Node: schemas that exist', () => {
  it.each<[string, string, string[]]>([
    [
      'zod',
      `import { z } from 'zod'
export const env = z.object({
  NODE_ENV: z.enum(['development', 'production']).default('development'),
  PORT: z.coerce.number().int().default(3000),
  DATABASE_URL: z.string().url(),
  API: z.url(),
  DEBUG: z.stringbool().default(false),
  FLAG: z.enum(['true', 'false']).transform((v) => v === 'true').optional(),
  LIST: z.string().transform((s) => s.split(',')),
  LEVEL: z.enum(['info', 'debug']),
}).parse(process.env)`,
      [
        'API! url',
        'DATABASE_URL! url secret',
        'DEBUG boolean =false',
        'FLAG boolean',
        'LEVEL!',
        'LIST!',
        'PORT number =3000',
      ],
    ],
    [
      't3-env',
      `import { createEnv } from '@t3-oss/env-nextjs'
import { z } from 'zod'
export const env = createEnv({
  server: { AUTH_SECRET: z.string().min(1), OPT: z.string().optional() },
  client: { NEXT_PUBLIC_URL: z.string().url().default('http://localhost:3000') },
  runtimeEnv: { AUTH_SECRET: process.env.AUTH_SECRET, OPT: process.env.OPT, NEXT_PUBLIC_URL: process.env.NEXT_PUBLIC_URL },
})`,
      ['AUTH_SECRET! secret', 'NEXT_PUBLIC_URL url =http://localhost:3000 public', 'OPT'],
    ],
    [
      'valibot',
      `import * as v from 'valibot'
const Env = v.object({
  PORT: v.optional(v.pipe(v.string(), v.transform(Number), v.number()), '3000'),
  URL: v.pipe(v.string(), v.url()),
  OPT: v.optional(v.string()),
})
v.parse(Env, process.env)`,
      ['OPT', 'PORT number =3000', 'URL! url'],
    ],
    [
      'envalid',
      `import { cleanEnv, port, str, bool, url } from 'envalid'
export const env = cleanEnv(process.env, {
  PORT: port({ default: 3000 }),
  NAME: str(),
  DEV: str({ devDefault: 'x' }),
  ON: bool({ default: false }),
  API: url({ default: undefined }),
})`,
      ['API url', 'DEV!', 'NAME!', 'ON boolean =false', 'PORT number =3000'],
    ],
    [
      'Joi in Nest',
      `import * as Joi from 'joi'
export const validationSchema = Joi.object({
  PORT: Joi.number().port().default(3000),
  JWT_SECRET: Joi.string().required(),
  MAYBE: Joi.string(),
})`,
      ['JWT_SECRET! secret', 'MAYBE', 'PORT number =3000'],
    ],
    [
      '@fastify/env',
      `import env from '@fastify/env'
const schema = {
  type: 'object',
  required: ['PORT', 'API_KEY'],
  properties: {
    PORT: { type: 'number', default: 3000 },
    API_KEY: { type: 'string' },
    MAYBE: { type: 'string', format: 'uri' },
  },
}`,
      ['API_KEY! secret', 'MAYBE url', 'PORT number =3000'],
    ],
    [
      'AdonisJS',
      `import { Env } from '@adonisjs/core/env'
export default await Env.create(new URL('../', import.meta.url), {
  NODE_ENV: Env.schema.enum(['development', 'production', 'test'] as const),
  PORT: Env.schema.number(),
  APP_KEY: Env.schema.string(),
  MAYBE: Env.schema.string.optional(),
})`,
      ['APP_KEY! secret', 'MAYBE', 'PORT! number'],
    ],
    [
      'Astro',
      `import { defineConfig, envField } from 'astro/config'
export default defineConfig({ env: { schema: {
  API_URL: envField.string({ context: 'server', access: 'secret', url: true }),
  PORT: envField.number({ context: 'server', access: 'public', default: 4321 }),
  MAYBE: envField.boolean({ context: 'server', access: 'public', optional: true }),
} } })`,
      ['API_URL! url', 'MAYBE boolean', 'PORT number =4321'],
    ],
  ])('%s', (_name, code, expected) => {
    const at = project({ 'src/config/env.ts': code })
    expect(scanVariables(at, nodeReader).map(brief)).toEqual(expected)
    expect(existingSchema(at, nodeReader)).toBe('src/config/env.ts')
  })

  it('reads classes that class-validator checks, and takes defaults from the code beside them', () => {
    const at = project({
      'src/app.config.ts': `import { IsInt, IsOptional, IsString, IsUrl, Max } from 'class-validator'
class EnvironmentVariables {
  @IsInt()
  @Max(65535)
  @IsOptional()
  PORT: number;

  @IsString() TOKEN: string;

  @IsUrl({ require_tld: false })
  BACKEND: string;
}
class Other { NOT: string; other: number }
export const port = process.env.PORT ? parseInt(process.env.PORT, 10) : 3000
export const name = process.env.NAME || 'app'`,
    })
    expect(scanVariables(at, nodeReader).map(brief)).toEqual([
      'BACKEND! url',
      'NAME =app',
      'PORT number',
      'TOKEN! secret',
    ])
    expect(existingSchema(at, nodeReader)).toBe('src/app.config.ts')
  })

  it('reads no ConfigService of the project’s own', () =>
    expect(
      scan(nodeReader, {
        'package.json': '{"dependencies":{"express":"5"}}',
        'src/a.ts':
          "import { ConfigService } from './config'\nconst env = new ConfigService().get<Auth>('AUTHENTICATION')",
      }),
    ).toEqual([]))

  it('reads fields that a constant of the file describes', () =>
    expect(
      scan(nodeReader, {
        'src/a.ts': `import { Type } from '@sinclair/typebox'
const Flag = Type.Integer({ minimum: 0, maximum: 1 })
const Nested = Type.Object({ A: Type.String() })
export const schema = Type.Object({ ENABLE_A: Flag, ENABLE_B: Flag, OTHER: Nested, GONE: flags })`,
      }),
    ).toEqual(['A!', 'ENABLE_A! number', 'ENABLE_B! number']))

  it('says the one value that a schema allows', () => {
    const at = project({
      'src/a.ts':
        "import { z } from 'zod'\nexport const schema = z.object({ DB_TYPE: z.literal('postgres'), B: z.string() })",
    })
    expect(scanVariables(at, nodeReader).map(({ choices }) => choices)).toEqual([undefined, ['postgres']])
  })

  it.each([
    'AUTH_CORS',
    'AUTH_PROVIDERS',
    'RATE_LIMIT_AUTH_MESSAGE',
    'JWT_ACCESS_TOKEN_EXPIRATION_TIME',
    'CACHE_REDIS_PREFIX_KEY',
    'JWT_AUTH_COOKIE_SAMESITE',
  ])('%s is no secret', (name) =>
    expect(scan(nodeReader, { 'a.js': `f(process.env.${name})` })).toEqual([name]),
  )

  it('passes over what the system sets', () =>
    expect(
      scan(nodeReader, { 'a.js': 'f(process.env.PATHEXT, process.env.OSTYPE, process.env.READABLE_STREAM)' }),
    ).toEqual([]))

  it.each<[string, Record<string, string>, string[]]>([
    ['next', {}, ['NEXT_PUBLIC_A public']],
    ['vite', {}, ['VITE_A public']],
    ['astro', {}, ['PUBLIC_A public']],
    ['@sveltejs/kit', {}, ['PUBLIC_A public', 'VITE_A public']],
    ['react-scripts', {}, ['REACT_APP_A public']],
    ['express', {}, []],
    ['vite', { 'vite.config.ts': "export default { envPrefix: 'MY_' }" }, ['MY_A public']],
    [
      'vite',
      { 'vite.config.js': 'export default { envPrefix: ["MY_", "VITE_"] }' },
      ['MY_A public', 'VITE_A public'],
    ],
    ['vite', { 'vite.config.ts': 'export default { envPrefix: [prefix, ""] }' }, ['VITE_A public']],
  ])('%s %j freezes its own prefixes alone', (dependency, files, names) =>
    expect(
      scan(nodeReader, {
        'package.json': JSON.stringify({ devDependencies: { [dependency]: '*' } }),
        '.env.example': 'NEXT_PUBLIC_A=\nVITE_A=\nPUBLIC_A=\nREACT_APP_A=\nMY_A=\n',
        ...files,
      }).filter((line) => line.endsWith('public')),
    ).toEqual(names),
  )

  it('reads Nest ConfigService and Prisma', () => {
    expect(
      scan(nodeReader, {
        'src/a.ts': `import { ConfigService } from '@nestjs/config'
class A {
  constructor(private readonly configService: ConfigService, private config: ConfigService) {
    this.configService.get<string>('A')
    this.config.get<number>('B', 3000)
    config.getOrThrow('C', { infer: true })
    configService.get('nested.key')
    configService.get('D') ?? 'x'
  }
}`,
        'prisma/schema.prisma':
          'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n  shadowDatabaseUrl = env("OTHER")\n  // env("NOT")\n}',
        'prisma.config.ts':
          "import { defineConfig, env } from 'prisma/config'\nexport default defineConfig({ datasource: { url: env('SHADOW_DATABASE_URL') } })",
      }),
    ).toEqual([
      'A',
      'B number =3000',
      'C!',
      'D',
      'DATABASE_URL! url secret',
      'OTHER',
      'SHADOW_DATABASE_URL! url secret',
    ])
  })

  it("reads the names in node-config's file of variables, a broken one as none", () => {
    const names = (text: string) =>
      scan(nodeReader, { 'config/custom-environment-variables.json': text, 'src/a.ts': '' })
    expect(
      names(
        '{\n  // mail\n  "smtp": { "host": "SMTP_HOST", "on": { "__name": "MAIL_ON", "__format": "boolean" } },\n  "pool": { "__name": "POOL", "__format": "number" },\n  "list": ["NO"], "odd": "no name", "none": null\n}',
      ),
    ).toEqual(['MAIL_ON boolean', 'POOL number', 'SMTP_HOST'])
    expect(names('{ "a": ')).toEqual([])
    expect(
      scanVariables(
        project({ 'config/custom-environment-variables.json': '{\n"a": "NAME_A" }', 'a.js': '' }),
        nodeReader,
      )[0]?.sources,
    ).toEqual(['config/custom-environment-variables.json:2'])
  })

  it('takes no other object for a schema', () => {
    const at = project({
      'src/a.ts': "import { z } from 'zod'\nconst a = z.object({ name: z.string() }) // env",
    })
    expect(existingSchema(at, nodeReader)).toBe(null)
    expect(scanVariables(at, nodeReader)).toEqual([])
  })
})

describe('Python: how a read is judged', () => {
  it.each<[string, string[]]>([
    ["a = os.environ['A']", ['A!']],
    ['from os import environ\na = environ["A"]', ['A!']],
    ['a = request.environ["A"]\nb = environ["B"]', []],
    ['a = os.environ.get("A_" + b)', []],
    ["def view():\n    return os.environ['A']", ['A']],
    ["def main():\n    config = {\n        'a': os.environ['A'],\n    }", ['A!']],
    ["class A:\n    a = os.environ['A']", ['A!']],
    ["if USE:\n    a = {\n        'b': os.environ['A'],\n    }", ['A']],
    ["if (\n    a\n    or b\n):\n    a = os.environ['A']", ['A']],
    ["try:\n    a = os.environ['A']\nexcept KeyError:\n    a = 1", ['A']],
    ["if not DEBUG:\n    a = os.environ['SECRET_KEY']", ['SECRET_KEY! secret']],
    ["a = int(os.getenv('A')) if os.getenv('A') else None", ['A number']],
    ["if not os.getenv('A'):\n    raise RuntimeError()", ['A!']],
    [
      "import environ\nenv = environ.Env()\nif env.bool('S3', False):\n    a = env('A')",
      ['A', 'S3 boolean =false'],
    ],
    ["a = os.environ.get('A')", ['A']],
    ["a = os.environ.get('A', 'x')", ['A =x']],
    ["a = os.getenv('A', default='x')", ['A =x']],
    ["a = os.getenv('A', '')", ['A']],
    ["a = os.getenv('A', None)", ['A']],
    ["a = os.getenv('A', other())", ['A']],
    ["a = os.getenv('A') or 'x'", ['A =x']],
    ["a = int(os.getenv('A', '80'))", ['A number =80']],
    ["a = int(os.getenv('A', 80))", ['A number =80']],
    ["a = int(os.environ['A'])", ['A! number']],
    ["a = int(os.getenv('A'))", ['A! number']],
    ["a = os.getenv('A', 'False') == 'True'", ['A boolean =False']],
    ["a = os.getenv('A', 'false').lower() in ('true', '1')", ['A boolean =false']],
    ["a = os.getenv('A').split(',')", ['A!']],
    ["a = os.getenv('A', 'x,y').split(',')", ['A =x,y']],
    ["a = os.getenv('A')\nif not a:\n    raise RuntimeError('x')", ['A!']],
    ["if 'A' in os.environ:\n    a = os.environ['A']", ['A']],
    ["if 'A' not in os.environ:\n    raise RuntimeError()", ['A!']],
    ["a = os.getenv('A', 'x')\nif not os.getenv('A'):\n    raise RuntimeError('A')", ['A! ~x']],
    [
      "a = os.getenv('A', False)\nb = os.getenv('B', 0)\nc = int(os.getenv('C', 0))",
      ['A', 'B', 'C number =0'],
    ],
    ["INSTALLED_APPS = []\nSECRET_KEY = os.environ.get('SECRET_KEY')\n", ['SECRET_KEY! secret']],
    ["INSTALLED_APPS = []\nSECRET_KEY = os.environ.get('SECRET_KEY', '')\n", ['SECRET_KEY! secret']],
    ["INSTALLED_APPS = []\nSECRET_KEY = os.environ.get('SECRET_KEY', made())\n", ['SECRET_KEY secret']],
    [
      "INSTALLED_APPS = []\nfrom environs import Env\nenv = Env()\nSECRET_KEY = env('SECRET_KEY', None)\n",
      ['SECRET_KEY! secret'],
    ],
    ["INSTALLED_APPS = []\nSECRET_KEY = os.getenv('KEY')\nif DEBUG:\n    SECRET_KEY = 'x'\n", ['KEY secret']],
    ["SECRET_KEY = os.environ.get('SECRET_KEY')\n", ['SECRET_KEY secret']],
    [
      "import dj_database_url\nDATABASES = {'default': dj_database_url.config()}",
      ['DATABASE_URL! url secret'],
    ],
    [
      "import dj_database_url\nif CLOUD:\n    DATABASES = {\n        'default': dj_database_url.config()}",
      ['DATABASE_URL url secret'],
    ],
    ["os.environ['A'] = 'x'", []],
    ["del os.environ['A']", []],
    ["os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'x')", []],
    ['# os.environ[\'A\']\n"""os.environ[\'B\']"""', []],
    ['print(f"{os.environ[\'A\']}")', ['A!']],
    [
      "import dj_database_url\nD = dj_database_url.config(default='sqlite:///db.sqlite3')",
      ['DATABASE_URL url =sqlite:///db.sqlite3 secret'],
    ],
    [
      "import environ\nenv = environ.Env(DEBUG=(bool, False))\na = env('A')\nd = env('DEBUG')\nb = env.bool('B', default=True)\nc = env('C', default='x')\nenv.db()\nenv.int('N', 5)\nenv.url('U', default=None)",
      [
        'A!',
        'B boolean =true',
        'C =x',
        'DATABASE_URL! url secret',
        'DEBUG boolean =false',
        'N number =5',
        'U url',
      ],
    ],
    [
      "from environs import Env\nenv = Env()\nenv.read_env()\na = env.str('A')\nb = env.list('B', subcast=int, default=[])",
      ['A!', 'B'],
    ],
    [
      "from decouple import config, Csv\na = config('A')\nb = config('B', default=False, cast=bool)\nc = config('C', cast=int)\nd = config('D', None)\ne = config('E', 'x')",
      ['A!', 'B boolean =false', 'C! number', 'D', 'E =x'],
    ],
    [
      "from decouple import config\na = config('A', 0.25)\nb = config('B', None)\nc = config('C', DEFAULT_C, cast=int)",
      ['A number =0.25', 'B', 'C number'],
    ],
    [
      "from starlette.config import Config\nconfig = Config('.env')\na = config('A', Secret)\nb = config('B', int, 5)",
      ['A!', 'B number =5'],
    ],
    [
      "from starlette.config import Config\nconfig = Config('.env')\na = config('A', cast=Secret)\nb = config('B', default='x')",
      ['A!', 'B =x'],
    ],
  ])('%s', (code, expected) => {
    expect(python(code)).toEqual(expected)
  })

  it('uses the env object of another file', () => {
    expect(
      scan(pythonReader, {
        'config/env.py': 'import environ\nenv = environ.Env()\n',
        'config/settings.py': "from config.env import env\nSECRET_KEY = env('SECRET_KEY')\n",
      }),
    ).toEqual(['SECRET_KEY! secret'])
  })

  it.each<[string, string[]]>([
    [
      'env = os.environ.copy()\nif "A" in env:\n    a = env["A"].split()\nb = env.get("B", "x")\nc = env["C"]\nenv["D"] = "y"',
      ['A', 'B =x', 'C!'],
    ],
    ['from os import environ as e\na = e["A"]\nb = request.e["B"]', ['A!']],
    ['env = os.environ.get\na = env("A", "x")\nb = other.env("B")', ['A =x']],
    ['DEFAULT: str = "x"\na = os.getenv("A", DEFAULT)\nb = os.getenv("B", MISSING)', ['A =x', 'B']],
    [
      'def str_env(name, default=""):\n    return os.getenv(name, default)\ndef int_env(name, default=0):\n    return int(os.getenv(name, default))\na = str_env("A")\nb = str_env("B", "x")\nc = int_env("C", 5)\nd = int_env(name="D", default=6)\n',
      ['A', 'B =x', 'C number =5', 'D number =6'],
    ],
    [
      'def need(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        raise ImproperlyConfigured(name)\na = need("A")\ndef f():\n    return need("B")',
      ['A!', 'B'],
    ],
    [
      'INSTALLED_APPS = []\ndef read(name, default=""):\n    return os.getenv(name, default)\nSECRET_KEY = read("KEY")\n',
      ['KEY! secret'],
    ],
    ['def need(name):\n    return os.environ[name]\na = need("A")\nb = need(KEY)', ['A!']],
    ['def get(name):\n    key = "X_" + name\n    return os.environ[key]\na = get("A")', []],
    [
      'def flag(name: str, default: bool = False) -> bool:\n    return os.getenv(name, str(default)) == "1"\na = flag("A", True)',
      ['A boolean =true'],
    ],
    [
      'from environs import Env\nenv = Env()\na = env("A", "English")\nb = env("B", None)\nc = env("C")',
      ['A =English', 'B', 'C!'],
    ],
    ['import environ\nenv = environ.Env()\na = env("A", str)', ['A!']],
  ])('knows what a project calls the environment: %s', (code, expected) => {
    expect(python(`import os\n${code}`)).toEqual(expected)
  })

  it('follows such names, and constants, to the files that import them', () => {
    expect(
      scan(pythonReader, {
        'shop/setting.py': 'DB_CONN = "redis://:pwd@127.0.0.1:6379/0"\nPORT = 5010\n',
        'shop/utils.py':
          'import os\nenv = os.environ\ndef read(key, default=None):\n    return os.environ.get(key, default)\n',
        'shop/config.py':
          'import os\nfrom shop import setting\nfrom .setting import PORT as P\na = os.getenv("DB_CONN", setting.DB_CONN)\nb = os.getenv("PORT", P)\n',
        'shop/a.py':
          'from shop.utils import (\n    read as get,\n    env,\n)\na = get("A", "x")\nb = env["B"]\n',
        'shop/b.py': 'from shop import utils\na = utils.read("C", "x")\n',
        'shop/c.py': 'from other import read\na = read("D", "x")\n',
      }),
    ).toEqual(['A =x', 'B!', 'C =x', 'DB_CONN =redis://:pwd@127.0.0.1:6379/0 secret', 'PORT number =5010'])
  })

  it('takes nothing for granted that only the settings of a developer have', () => {
    expect(
      scan(pythonReader, {
        'config/settings/base.py': 'import environ\nenv = environ.Env()\n',
        'config/settings/local.py':
          "from .base import *\nKEY = env('SECRET_KEY', default='dev')\nD = env('USE_DOCKER')",
        'config/settings/production.py': "from .base import *\nKEY = env('SECRET_KEY')",
      }),
    ).toEqual(['SECRET_KEY! secret', 'USE_DOCKER'])
  })

  it('takes the word of production settings, where others have a default', () => {
    const at = project({
      'config/settings/base.py':
        "import environ\nenv = environ.Env()\nA = env('A', default='a')\nC = env('C', default='c')\n",
      'config/settings/production.py':
        "from .base import *\nKEY = env('SECRET_KEY')\nA = env('A')\nB = env('B', default='b')\nif env('T', default=None):\n    T = env('T')\n",
      'config/settings/test.py':
        "from .base import *\nKEY = env('SECRET_KEY', default='x')\nB = env('B')\nD = env('D')",
    })
    setSettings(at, ['config/settings/production.py', 'config/settings/base.py'])
    const found = scanVariables(at, pythonReader)
    expect(found.map(brief)).toEqual(['A! ~a', 'B =b', 'C =c', 'D', 'SECRET_KEY! secret', 'T'])
    expect(found.filter(({ settings }) => settings).map(({ name }) => name)).toEqual(['A', 'SECRET_KEY'])
  })

  it.each([
    "a = os.environ.get('A') is not None",
    "a = bool(os.getenv('A'))",
    "a = 'A' in os.environ",
    "a = os.getenv('A', False)",
  ])('knows that any text counts in %s', (code) => {
    const [found] = scanVariables(project({ 'app.py': `import os\n${code}\n` }), pythonReader)
    expect(found?.presence).toBe(true)
  })

  it('keeps what a variable is compared with', () => {
    const at = project({
      'app.py': "if os.getenv('DB') == 'postgres': pass\nif os.getenv('DB') in ['mysql', 'mariadb']: pass\n",
    })
    expect(scanVariables(at, pythonReader)[0]?.choices).toEqual(['postgres', 'mysql', 'mariadb'])
  })

  it('keeps what the name that it is given to is compared with', () => {
    const at = project({
      'app.py':
        'ENGINE = os.getenv("DB_ENGINE", "sqlite")\nif ENGINE == "postgres": pass\nelif ENGINE == "mysql": pass\nif other.ENGINE == "x": pass\n',
    })
    expect(scanVariables(at, pythonReader)[0]?.choices).toEqual(['postgres', 'mysql'])
  })

  it('reads pydantic-settings classes', () => {
    const at = project({
      'app/config.py': `from typing import ClassVar, Optional
from pydantic import BaseModel, Field, PostgresDsn, SecretStr, AliasChoices
from pydantic_settings import BaseSettings, SettingsConfigDict


class Nested(BaseModel):
    ignored: str


class Base(BaseSettings):
    """docs: not_a_field: str"""

    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env")
    VERSION: ClassVar[str] = "1"
    database_url: PostgresDsn
    port: int = 8000
    debug: bool = False
    secret_key: SecretStr = Field(..., min_length=8)
    maybe: Optional[str] = None
    tags: list[str] = Field(default_factory=list)
    database_uri: str = f"{host}/{name}"
    renamed: str = Field(default="x", validation_alias="OTHER_NAME")
    choices: str = Field(validation_alias=AliasChoices("ONE", "TWO"))
    nested: Nested = Nested()
    long: str = Field(
        "a",
        description="x: int = 5",
    )

    @property
    def dsn(self) -> str:
        local: str = "x"
        return local


class Child(Base):
    timeout: float = 1.5


other: int = 5
`,
    })
    expect(scanVariables(at, pythonReader).map(brief)).toEqual([
      'APP_DATABASE_URL! url secret',
      'APP_DEBUG boolean =false',
      'APP_LONG =a',
      'APP_MAYBE',
      'APP_PORT number =8000',
      'APP_SECRET_KEY! secret',
      'APP_TAGS',
      'ONE!',
      'OTHER_NAME =x',
      'TIMEOUT number =1.5',
    ])
    expect(existingSchema(at, pythonReader)).toBe('app/config.py')
  })
})

describe('nested settings', () => {
  const models = `
class Pool(BaseModel):
    size: int = 5


class Database(BaseModel):
    hostname: str = "db"
    password: SecretStr
    pool: Pool = Pool()
`
  const settings = (config: string) => `${models}

class Settings(BaseSettings):
    model_config = SettingsConfigDict(${config})
    database: Database = Field(default_factory=Database)
    level: str = "INFO"
`
  it('are variables with the delimiter between', () => {
    expect(python(settings('env_nested_delimiter="__", env_prefix="APP_"'))).toEqual([
      'APP_DATABASE__HOSTNAME =db',
      'APP_DATABASE__PASSWORD! secret',
      'APP_DATABASE__POOL__SIZE number =5',
      'APP_LEVEL =INFO',
    ])
  })
  it('are JSON without one', () => expect(python(settings(''))).toEqual(['LEVEL =INFO']))
})

describe('samples and names', () => {
  it('reads .env.example, never .env', () => {
    expect(
      scan(nodeReader, {
        '.env': 'REAL_SECRET=x',
        '.env.local': 'REAL_SECRET=x',
        '.env.production': 'REAL_SECRET=x',
        '.env.example': `# comment
A=1 # note
export B="two words" # x
C='#no comment'
D=
# E=off
# not a line = x
API_URL=https://x.test
CACHE=redis://user:pw@localhost
`,
        'src/a.ts': 'f(process.env.A)',
      }),
    ).toEqual([
      'A ~1',
      'API_URL url ~https://x.test',
      'B ~two words',
      'C ~#no comment',
      'CACHE ~redis://user:pw@localhost secret',
      'D',
      'E ~off',
    ])
  })

  it.each([
    ['JWT_SECRET', true],
    ['STRIPE_KEY', true],
    ['apiToken', true],
    ['DB_PASSWORD', true],
    ['MONGODB_URI', true],
    ['POSTGRES_URL_NON_POOLING', true],
    ['REDIS_URL', false],
    ['NEXT_PUBLIC_API_KEY', false],
    ['VAPID_PUBLIC_KEY', false],
    ['VITE_SECRET', false],
    ['TOKEN_URL', false],
    ['RECAPTCHA_SITE_KEY', false],
    ['SENTRY_DSN', false],
    ['DATABASE_DSN', true],
    ['PG_CONNECTION_STRING', true],
    ['ACCESS_TOKEN_EXPIRE_MINUTES', false],
    ['MONKEY', false],
    ['KEYBOARD', false],
  ])('%s is secret: %s', (name, secret) => {
    expect(scanVariables(project({ 'a.js': `f(process.env.${name})` }), nodeReader)[0]?.secret).toBe(secret)
  })
})

describe('the name of a dialect', () => {
  it.each([
    ['new DataSource({ type: process.env.DB_TYPE })', true],
    ['import { ConfigService } from "x"; const a = { dialect: this.configService.get("DB_TYPE") }', true],
    ['if (process.env.DB_TYPE === "b") open()', undefined],
    ['const kind = process.env.DB_TYPE', undefined],
  ])('%s', (code, dialect) => {
    const [found] = scanVariables(project({ 'src/a.ts': code }), nodeReader)
    expect([found?.name, found?.dialect]).toEqual(['DB_TYPE', dialect])
  })
})

it('reads a config that is handed the reader, as far as the app stops without a value', () => {
  const found = scanVariables(
    project({
      'config/server.ts': `export default ({ env }) => ({
        port: env.int('PORT', 1337), url: env('PUBLIC_URL'), app: { keys: env.array('APP_KEYS') } })`,
      'config/admin.ts': `export default ({ env }) => ({ apiToken: { salt: env('API_TOKEN_SALT') } })`,
      'config/database.ts': `module.exports = ({ env }) => ({ url: env('DATABASE_URL'), ssl: env.bool('DATABASE_SSL', false) })`,
      'config/other.ts': `const env = (name) => name; env('NOT_READ')`,
    }),
    nodeReader,
  )
  expect(found.map(brief)).toEqual([
    'API_TOKEN_SALT! secret',
    'APP_KEYS! secret',
    'DATABASE_SSL boolean =false',
    'DATABASE_URL url secret',
    'PORT number =1337',
    'PUBLIC_URL',
  ])
})
