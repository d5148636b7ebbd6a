import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import fc from 'fast-check'
import * as prettier from 'prettier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NodeEnvInput, nodeEnvFile } from '../../src/env/node.ts'
import type { Variable } from '../../src/model.ts'
import { render } from '../../src/render.ts'

const repository = resolve(import.meta.dirname, '../..')

const variable = (name: string, rest: Partial<Variable> = {}): Variable => ({
  name,
  kind: 'string',
  required: false,
  secret: false,
  public: false,
  sources: ['src/a.ts:1'],
  ...rest,
})

/** Names and values as a hostile project would have them, besides the plain ones. */
const VARIABLES: Variable[] = [
  variable('DATABASE_URL', { kind: 'url', required: true, secret: true }),
  variable('API_TOKEN', { required: true, secret: true }),
  variable('PORT', { kind: 'number', default: '3000' }),
  variable('WORKERS', { kind: 'number', required: true }),
  variable('DEBUG', { kind: 'boolean', default: 'false' }),
  variable('STRICT', { kind: 'boolean' }),
  variable('LEVEL', { default: 'info' }),
  variable('CDN', { kind: 'url', default: 'https://cdn.example.com' }),
  variable('MAYBE'),
  variable('MAYBE_KEY', { secret: true, default: 'not-to-be-copied' }),
  variable('class', { default: 'it\'s "quoted" ${`x`} \\ \n #@PD001 \u2028 💥 */ <%= 1 %>' }),
  variable('we"ird-name', { default: 'a' }),
  variable('ÄÖÜ'),
  variable('VITE_TITLE', { public: true, required: true }),
  variable('ONLY_IN_SAMPLE', { required: true, sources: ['.env.example:3'] }),
]

const LIBRARIES = ['zod', 'zod3', 'valibot', 'envalid', 'none'] as const
const STYLES = ['ts-esm', 'ts-cjs', 'js-esm', 'js-cjs'] as const
const COMBINATIONS = LIBRARIES.flatMap((library) =>
  STYLES.flatMap((style) => [true, false].map((lazy) => ({ library, style, lazy }))),
)
type Combination = (typeof COMBINATIONS)[number]

function input({ library, style, lazy }: Combination, variables = VARIABLES): NodeEnvInput {
  return {
    variables,
    library,
    typescript: style.startsWith('ts'),
    module: style.endsWith('esm') ? 'esm' : 'cjs',
    directory: '',
    importExtensions: false,
    framework: lazy ? 'next' : 'express',
    taken: () => false,
  }
}

function written(options: NodeEnvInput): string {
  const file = nodeEnvFile(options)
  if (!file) throw new Error('nothing to check')
  return render(file.template, file.data).text
}

const id = ({ library, style, lazy }: Combination) => `${style}/${library}/${lazy ? 'lazy' : 'eager'}`

const root = mkdtempSync(join(tmpdir(), 'env-node-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe.each(COMBINATIONS.map((combination) => [id(combination), combination] as const))(
  '%s',
  (_name, combination) => {
    it('stays as prettier would write it', async () => {
      const text = written(input(combination))
      const parser = combination.style.startsWith('ts') ? 'typescript' : 'babel'
      expect(await prettier.format(text, { parser })).toBe(text)
    })
  },
)

describe('text that projects could choose', () => {
  it('stays as prettier would write it, whatever the names and defaults', async () => {
    const word = fc.string({ unit: fc.constantFrom(...'ABCXYZ_'), minLength: 1, maxLength: 66 })
    const value = fc.oneof(
      fc.string({ maxLength: 90 }),
      fc.string({ unit: fc.constantFrom(...'ab"\'`\\${} '), maxLength: 30 }),
      fc.string({ unit: fc.constantFrom(...'abc/:-.'), maxLength: 90 }),
    )
    const any = fc.record({
      name: word,
      kind: fc.constant('string' as const),
      required: fc.boolean(),
      default: fc.option(value, { nil: undefined }),
      secret: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(any, { selector: (entry) => entry.name, minLength: 1, maxLength: 4 }),
        fc.constantFrom(...COMBINATIONS),
        async (list, combination) => {
          const variables = list.map(({ default: fallback, required, ...rest }) =>
            variable(rest.name, {
              ...rest,
              required: required && !fallback,
              ...(fallback && { default: fallback }),
            }),
          )
          const text = written(input(combination, [variable('Z', { required: true }), ...variables]))
          expect(await prettier.format(text, { parser: 'typescript' })).toBe(text)
        },
      ),
      { numRuns: 150 },
    )
  })
})

/** What a run says: the environment, or the message it stopped with. */
type Outcome = { env: Record<string, unknown>; frozen: boolean } | { error: string }

const GOOD = {
  DATABASE_URL: 'mongodb://u:p4ss@h1:1,h2:2/db',
  API_TOKEN: 't0ken',
  WORKERS: '4',
  MAYBE: ' ',
  STRICT: 'Yes',
}
const SCENARIOS: Record<string, Record<string, string>> = {
  good: GOOD,
  set: {
    ...GOOD,
    PORT: '8080',
    DEBUG: '1',
    LEVEL: 'x',
    class: 'y',
    'we"ird-name': 'z',
    ÄÖÜ: 'ü',
    MAYBE_KEY: 'k',
  },
  bad: { PORT: 'v4lue', STRICT: 'v4lue', CDN: 'v4lue', WORKERS: '' },
  file: { ...GOOD, API_TOKEN: '', API_TOKEN_FILE: join(root, 'token') },
  both: { ...GOOD, API_TOKEN_FILE: join(root, 'token') },
  unreadable: { ...GOOD, API_TOKEN: '', API_TOKEN_FILE: join(root, 'absent') },
  // Only secrets come from files: other names that end so are names.
  plain: { ...GOOD, LEVEL_FILE: join(root, 'token') },
}

describe('what it does', () => {
  let outcomes: Record<string, Record<string, Outcome>>

  beforeAll(() => {
    write('token', 'from-file\n')
    for (const style of STYLES) {
      write(`${style}/package.json`, JSON.stringify({ type: style.endsWith('esm') ? 'module' : 'commonjs' }))
      for (const library of LIBRARIES) {
        const modules = `${style}/${library}/node_modules`
        mkdirSync(join(root, modules), { recursive: true })
        symlinkSync(join(repository, 'node_modules/@types'), join(root, modules, '@types'), 'dir')
        if (library === 'none') continue
        const name = library === 'zod3' ? 'zod' : library
        symlinkSync(join(repository, 'node_modules', library), join(root, modules, name), 'dir')
      }
    }
    for (const combination of COMBINATIONS) {
      write(`${id(combination)}/env.${combination.style.slice(0, 2)}`, written(input(combination)))
    }
    for (const style of ['ts-esm', 'ts-cjs']) {
      write(
        `${style}/tsconfig.json`,
        JSON.stringify({
          compilerOptions: {
            target: 'es2022',
            module: 'nodenext',
            strict: true,
            noUncheckedIndexedAccess: true,
            exactOptionalPropertyTypes: true,
            noPropertyAccessFromIndexSignature: true,
            noImplicitReturns: true,
            noUnusedLocals: true,
            noUnusedParameters: true,
            isolatedModules: true,
            verbatimModuleSyntax: style === 'ts-esm',
            skipLibCheck: true,
            types: ['node'],
            typeRoots: [join(repository, 'node_modules/@types')],
          },
          include: ['*/*/*.ts'],
        }),
      )
      for (const library of LIBRARIES) write(`${style}/${library}/eager/use.ts`, useOf(style))
      try {
        execFileSync(
          process.execPath,
          [join(repository, 'node_modules/typescript/bin/tsc'), '-p', join(root, style)],
          {
            encoding: 'utf8',
          },
        )
      } catch (error) {
        throw new Error(`${style}: ${(error as { stdout: string }).stdout}`)
      }
    }
    write('driver.mjs', DRIVER)
    outcomes = JSON.parse(
      execFileSync(process.execPath, [join(root, 'driver.mjs')], {
        encoding: 'utf8',
        input: JSON.stringify({ root, modules: COMBINATIONS.map(id), scenarios: SCENARIOS }),
      }),
    )
  }, 120_000)

  it.each(COMBINATIONS.map((combination) => [id(combination), combination.library] as const))(
    '%s',
    (name, library) => {
      const { good, set, bad, file, both, unreadable, plain } = outcomes[name] as Record<string, Outcome>
      const env = {
        DATABASE_URL: GOOD.DATABASE_URL,
        API_TOKEN: 't0ken',
        PORT: 3000,
        WORKERS: 4,
        DEBUG: false,
        STRICT: true,
        LEVEL: 'info',
        CDN: 'https://cdn.example.com',
        class: VARIABLES.find((entry) => entry.name === 'class')?.default,
        'we"ird-name': 'a',
      }
      expect(good).toEqual({ env, frozen: true })
      expect(plain).toEqual(good)
      expect(set).toEqual({
        env: {
          ...env,
          PORT: 8080,
          DEBUG: true,
          LEVEL: 'x',
          class: 'y',
          'we"ird-name': 'z',
          ÄÖÜ: 'ü',
          MAYBE_KEY: 'k',
        },
        frozen: true,
      })
      expect(file).toEqual({ env: { ...env, API_TOKEN: 'from-file' }, frozen: true })

      const lines = (bad as { error: string }).error.split('\n')
      expect(lines[0]).toBe('The environment is incomplete:')
      expect(lines.slice(1).sort()).toEqual([
        '  API_TOKEN is missing',
        '  CDN must be a URL',
        '  DATABASE_URL is missing',
        '  PORT must be a number',
        '  STRICT must be true or false',
        '  WORKERS is missing',
      ])
      expect(both).toEqual({
        error: 'The environment is incomplete:\n  API_TOKEN and API_TOKEN_FILE are both set: keep one',
      })
      expect(unreadable).toEqual({
        error: "The environment is incomplete:\n  API_TOKEN can't be read from the file in API_TOKEN_FILE",
      })
      for (const outcome of [bad, both, unreadable]) {
        expect(JSON.stringify(outcome), library).not.toMatch(/v4lue|t0ken|p4ss|from-file|absent/)
      }
    },
  )
})

/** Types as a user would rely on them: wrong ones fail the compiler run. */
const useOf = (style: string) => `import { env } from ${style === 'ts-esm' ? "'./env.js'" : "'./env'"}
const url: string = env.DATABASE_URL
const port: number = env.PORT
const debug: boolean = env.DEBUG
const maybe: string | undefined = env.MAYBE
// @ts-expect-error: it may be absent
const surely: string = env.MAYBE
// @ts-expect-error: it is frozen
env.PORT = 1
// @ts-expect-error: it is not read anywhere
env.NOTHING
console.log(url, port, debug, maybe, surely)
`

const DRIVER = `
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
const require = createRequire(import.meta.url)
const { root, modules, scenarios } = JSON.parse(readFileSync(0, 'utf8'))
const before = { ...process.env }
const out = {}
let count = 0
for (const name of modules) {
  out[name] = {}
  for (const [scenario, values] of Object.entries(scenarios)) {
    for (const key of Object.keys(process.env)) delete process.env[key]
    Object.assign(process.env, values)
    const file = root + '/' + name + '/env.js'
    try {
      let loaded
      if (name.includes('esm')) loaded = await import(pathToFileURL(file).href + '?' + count++)
      else {
        delete require.cache[file]
        loaded = require(file)
      }
      if (name.endsWith('lazy') !== !('env' in loaded)) throw new Error('wrong export')
      const env = loaded.env ?? loaded.getEnv()
      if (loaded.getEnv && loaded.getEnv() !== env) throw new Error('checked twice')
      out[name][scenario] = { env: { ...env }, frozen: Object.isFrozen(env) }
    } catch (error) {
      out[name][scenario] = { error: error.message }
    }
  }
}
Object.assign(process.env, before)
console.log(JSON.stringify(out))
`

describe('where it stands and when it is written', () => {
  const base = input({ library: 'none', style: 'ts-esm', lazy: false })
  it.each<[Partial<NodeEnvInput>, string[], string, string]>([
    [{}, [], 'env.ts', 'import { env } from "./env.js";'],
    [{ directory: 'src' }, [], 'src/env.ts', 'import { env } from "./env.js";'],
    [{ directory: 'src', importExtensions: true }, [], 'src/env.ts', 'import { env } from "./env.ts";'],
    [{ module: 'cjs' }, [], 'env.ts', 'import { env } from "./env";'],
    [{ framework: 'next' }, [], 'env.ts', 'import { getEnv } from "./env";'],
    [{ framework: 'nest' }, [], 'env.ts', 'import { env } from "./env.js";'],
    [{ typescript: false }, [], 'env.js', 'import { env } from "./env.js";'],
    [{ typescript: false, module: 'cjs' }, [], 'env.js', 'const { env } = require("./env.js");'],
    [{ directory: 'src' }, ['src/env.d.ts'], 'src/env.check.ts', 'import { env } from "./env.check.js";'],
    [{}, ['env.js', 'env.check.ts'], 'env2.ts', 'import { env } from "./env2.js";'],
  ])('%j beside %j', (options, taken, path, usage) => {
    const file = nodeEnvFile({ ...base, ...options, taken: (name) => taken.includes(name) })
    expect(file?.path).toBe(path)
    expect(file?.usage).toBe(usage)
  })

  it('is not written where there is nothing to check, or a schema already', () => {
    expect(nodeEnvFile({ ...base, variables: [] })).toBe(null)
    expect(nodeEnvFile({ ...base, variables: [variable('OPTIONAL_TEXT', { default: 'x' })] })).toBe(null)
    expect(nodeEnvFile({ ...base, variables: [variable('VITE_A', { public: true })] })).toBe(null)
    expect(nodeEnvFile({ ...base, existing: 'src/config.ts' })).toBe(null)
  })

  it('says which lines follow which rule', () => {
    const file = nodeEnvFile(base)
    const { text, rules } = render(file?.template ?? '', file?.data ?? {})
    expect(new Set(rules.flat())).toEqual(new Set(['PD070', 'PD071', 'PD072']))
    expect(text).not.toContain('#@PD07')
  })

  it('reads a secret X and its X_FILE as one', () => {
    const text = written({
      ...base,
      variables: [variable('DB_PASSWORD', { secret: true, required: true }), variable('DB_PASSWORD_FILE')],
    })
    expect(text).toContain('DB_PASSWORD: required(text)')
    expect(text).not.toContain('  DB_PASSWORD_FILE')
  })
})
