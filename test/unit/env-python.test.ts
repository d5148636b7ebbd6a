import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PythonEnvInput, pythonEnvFile } from '../../src/env/python.ts'
import type { Variable } from '../../src/model.ts'
import { render } from '../../src/render.ts'

const variable = (name: string, rest: Partial<Variable> = {}): Variable => ({
  name,
  kind: 'string',
  required: false,
  secret: false,
  public: false,
  sources: ['app/a.py:1'],
  ...rest,
})

const ODD = 'it\'s "quoted" {x} \\ \n #@PD001 \u2028 💥 """ <%= 1 %>'
const VARIABLES: Variable[] = [
  variable('DATABASE_URL', { kind: 'url', required: true, secret: true }),
  variable('API_TOKEN', { required: true, secret: true }),
  variable('PORT', { kind: 'number', default: '8000' }),
  variable('WORKERS', { kind: 'number', required: true }),
  variable('RATIO', { kind: 'number', default: '0.5' }),
  variable('DEBUG', { kind: 'boolean', default: 'False' }),
  variable('STRICT', { kind: 'boolean' }),
  variable('LEVEL', { default: 'info' }),
  variable('CDN', { kind: 'url', default: 'https://cdn.example.com' }),
  variable('MAYBE'),
  variable('MAYBE_KEY', { secret: true, default: 'not-to-be-copied' }),
  variable('class', { default: ODD }),
  variable('copy', { default: 'a' }),
  variable('we"ird-name', { default: 'a' }),
  variable('A_NAME_THAT_IS_VERY_LONG_INDEED_FOR_A_VARIABLE', { default: 'and a default that does not fit' }),
  variable('A_NAME_THAT_IS_LONGER_STILL_FOR_A_VARIABLE', {
    default: `${'a default that fits nowhere '.repeat(3)}.`,
  }),
]

const LIBRARIES = ['stdlib', 'pydantic-settings', 'django-environ', 'environs'] as const
const COMBINATIONS = LIBRARIES.flatMap((library) => [true, false].map((lazy) => ({ library, lazy })))
type Combination = (typeof COMBINATIONS)[number]

const input = ({ library, lazy }: Combination, variables = VARIABLES): PythonEnvInput => ({
  variables,
  library,
  packageDir: '',
  framework: lazy ? 'django' : 'fastapi',
  taken: () => false,
})

function written(options: PythonEnvInput): string {
  const file = pythonEnvFile(options)
  if (!file) throw new Error('nothing to check')
  return render(file.template, file.data, { blankLines: file.blankLines ?? 1 }).text
}

const root = mkdtempSync(join(tmpdir(), 'env-python-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0

/**
 * The libraries in a virtual environment that is kept between runs; without a package index only the standard library is
 * tested, and the report shows the rest as skipped.
 */
const venv = join(tmpdir(), 'create-prod-docker-env-libraries-1')
const python = join(venv, 'bin/python')
const hasLibraries = hasPython && libraries()

function libraries(): boolean {
  const imports = ['-c', 'import pydantic_settings, environ, environs, ruff, mypy']
  if (existsSync(python) && spawnSync(python, imports).status === 0) return true
  rmSync(venv, { recursive: true, force: true })
  if (spawnSync('python3', ['-m', 'venv', venv]).status !== 0) return false
  const packages = ['pydantic-settings', 'django-environ', 'environs', 'ruff', 'mypy']
  const install = ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--timeout', '20', ...packages]
  return (
    spawnSync(python, install, { timeout: 120_000 }).status === 0 && spawnSync(python, imports).status === 0
  )
}

const GOOD = {
  DATABASE_URL: 'mongodb://u:p4ss@h1:1,h2:2/db',
  API_TOKEN: 't0ken',
  WORKERS: '4',
  MAYBE: '',
  STRICT: 'Yes',
}
const SCENARIOS: Record<string, Record<string, string>> = {
  good: GOOD,
  set: {
    ...GOOD,
    PORT: '8080',
    RATIO: '0.25',
    DEBUG: '1',
    LEVEL: 'x',
    class: 'y',
    copy: 'c',
    'we"ird-name': 'z',
    MAYBE_KEY: 'k',
  },
  bad: { PORT: 'v4lue', STRICT: 'v4lue', CDN: 'v4lue', RATIO: 'v4lue', WORKERS: '' },
  file: { ...GOOD, API_TOKEN: '', API_TOKEN_FILE: join(root, 'token') },
  both: { ...GOOD, API_TOKEN_FILE: join(root, 'token') },
  unreadable: { ...GOOD, API_TOKEN: '', API_TOKEN_FILE: join(root, 'absent') },
  plain: { ...GOOD, LEVEL_FILE: join(root, 'token') },
}

const DRIVER = `
import importlib, json, os, sys
out = {}
for name in json.loads(sys.argv[1]):
    out[name] = {}
    for scenario, values in json.loads(sys.argv[2]).items():
        os.environ.clear()
        os.environ.update(values)
        sys.modules.pop(name, None)
        try:
            module = importlib.import_module(name)
            assert hasattr(module, "env") != hasattr(module, "get_env")
            env = module.env if hasattr(module, "env") else module.get_env()
            if hasattr(module, "get_env"):
                assert module.get_env() is env
            try:
                env.PORT = 1
                frozen = False
            except Exception:
                frozen = True
            fields = type(env).model_fields if hasattr(type(env), "model_fields") else type(env).__dataclass_fields__
            out[name][scenario] = {"env": {k: getattr(env, k) for k in fields}, "frozen": frozen}
        except RuntimeError as error:
            out[name][scenario] = {"error": str(error)}
print(json.dumps(out))
`

const id = ({ library, lazy }: Combination) => `${library.replaceAll('-', '_')}_${lazy ? 'lazy' : 'eager'}`
type Outcome = { env: Record<string, unknown>; frozen: boolean } | { error: string }

describe.each([
  ['the standard library', ['stdlib'], 'python3', hasPython],
  ['libraries', ['pydantic-settings', 'django-environ', 'environs'], python, hasLibraries],
] as const)('%s', (_title, list, interpreter, present) => {
  const combinations = COMBINATIONS.filter(({ library }) => (list as readonly string[]).includes(library))
  let outcomes: Record<string, Record<string, Outcome>>

  beforeAll(() => {
    if (!present) return
    writeFileSync(join(root, 'token'), 'from-file\n')
    for (const combination of combinations)
      writeFileSync(join(root, `${id(combination)}.py`), written(input(combination)))
    writeFileSync(join(root, 'driver.py'), DRIVER)
    const args = [join(root, 'driver.py'), JSON.stringify(combinations.map(id)), JSON.stringify(SCENARIOS)]
    outcomes = JSON.parse(execFileSync(interpreter, args, { encoding: 'utf8', cwd: root }))
  })

  it.skipIf(!present).each(combinations.map((combination) => [id(combination), combination] as const))(
    '%s does what it says',
    (name) => {
      const { good, set, bad, file, both, unreadable, plain } = outcomes[name] as Record<string, Outcome>
      const env = {
        DATABASE_URL: GOOD.DATABASE_URL,
        API_TOKEN: 't0ken',
        PORT: 8000,
        WORKERS: 4,
        RATIO: 0.5,
        DEBUG: false,
        STRICT: true,
        LEVEL: 'info',
        CDN: 'https://cdn.example.com',
        MAYBE: null,
        MAYBE_KEY: null,
        CLASS: ODD,
        COPY: 'a',
        WE_IRD_NAME: 'a',
        A_NAME_THAT_IS_VERY_LONG_INDEED_FOR_A_VARIABLE: VARIABLES.at(-2)?.default,
        A_NAME_THAT_IS_LONGER_STILL_FOR_A_VARIABLE: VARIABLES.at(-1)?.default,
      }
      expect(good).toEqual({ env, frozen: true })
      expect(plain).toEqual(good)
      expect(set).toEqual({
        env: {
          ...env,
          PORT: 8080,
          RATIO: 0.25,
          DEBUG: true,
          LEVEL: 'x',
          CLASS: 'y',
          COPY: 'c',
          WE_IRD_NAME: 'z',
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
        '  RATIO must be a number',
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
        expect(JSON.stringify(outcome)).not.toMatch(/v4lue|t0ken|p4ss|from-file|absent/)
      }
    },
  )

  it.skipIf(!present)('compiles', () => {
    for (const combination of combinations) {
      execFileSync(interpreter, ['-m', 'py_compile', join(root, `${id(combination)}.py`)])
    }
  })
})

/** Every part of the templates alone and together: what one file does not use must not be in it. */
const SUBSETS: Variable[][] = [
  VARIABLES,
  ...VARIABLES.map((entry) => [entry]).filter(([entry]) =>
    pythonEnvFile({ ...input({ library: 'stdlib', lazy: false }), variables: entry ? [entry] : [] }),
  ),
  ...VARIABLES.map((entry) => [{ ...entry, required: true }]),
  VARIABLES.slice(2, 4),
  VARIABLES.slice(4, 7),
  VARIABLES.slice(7, 10),
]

describe.skipIf(!hasLibraries)('style', () => {
  beforeAll(() => {
    mkdirSync(join(root, 'style'))
    for (const combination of COMBINATIONS) {
      SUBSETS.forEach((variables, i) => {
        writeFileSync(
          join(root, 'style', `${id(combination)}_${i}.py`),
          written(input(combination, variables)),
        )
      })
    }
  })

  it.each([
    ['ruff format', ['-m', 'ruff', 'format', '--isolated', '--no-cache', '--diff', 'style']],
    [
      'ruff check',
      [
        '-m',
        'ruff',
        'check',
        '--isolated',
        '--no-cache',
        '--select',
        'E4,E7,E9,F,I,UP,B,W',
        '--target-version',
        'py310',
        'style',
      ],
    ],
    [
      'mypy',
      ['-m', 'mypy', '--strict', '--ignore-missing-imports', '--cache-dir', join(root, 'mypy'), 'style'],
    ],
  ])('passes %s', (_name, args) => {
    const { status, stdout, stderr } = spawnSync(python, args, { cwd: root, encoding: 'utf8' })
    expect(status, stdout + stderr).toBe(0)
  })
})

describe('where it stands and when it is written', () => {
  const base = input({ library: 'stdlib', lazy: false })
  it.each<[Partial<PythonEnvInput>, string[], string, string]>([
    [{}, [], 'settings.py', 'from settings import env'],
    [{ packageDir: 'app' }, [], 'app/settings.py', 'from app.settings import env'],
    [{ packageDir: 'src/shop' }, [], 'src/shop/settings.py', 'from shop.settings import env'],
    [{ packageDir: 'app' }, ['app/settings/__init__.py'], 'app/env.py', 'from app.env import env'],
    [
      { packageDir: 'app' },
      ['app/settings.py', 'app/env.py'],
      'app/env_check.py',
      'from app.env_check import env',
    ],
    [{ packageDir: 'mysite', framework: 'django' }, [], 'mysite/env.py', 'from mysite.env import get_env'],
  ])('%j beside %j', (options, taken, path, usage) => {
    const file = pythonEnvFile({ ...base, ...options, taken: (name) => taken.includes(name) })
    expect(file?.path).toBe(path)
    expect(file?.usage).toBe(usage)
  })

  it('is not written where there is nothing to check, or a schema already', () => {
    expect(pythonEnvFile({ ...base, variables: [] })).toBe(null)
    expect(pythonEnvFile({ ...base, existing: 'app/config.py' })).toBe(null)
  })

  it.each(LIBRARIES)('says which lines of %s follow which rule', (library) => {
    const file = pythonEnvFile({ ...base, library })
    const { text, rules } = render(file?.template ?? '', file?.data ?? {}, {
      blankLines: file?.blankLines ?? 1,
    })
    expect(new Set(rules.flat())).toEqual(new Set(['PD070', 'PD071', 'PD072']))
    expect(text).not.toContain('#@PD07')
  })
})
