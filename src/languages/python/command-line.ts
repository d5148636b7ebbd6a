import type { Argv } from '../../model.ts'
import { parseShell } from '../../shell.ts'
import { containerWords, listensBy, type ServerConfig } from './gunicorn-config.ts'

/** Stands for `$PORT` until the port is known. */
export const PORT_MARK = '__PORT__'

export interface CommandLine {
  argv: string[]
  env: Record<string, string>
  /** Migrations and the like that ran before the server: they are steps of their own. */
  dropped: string[]
}

const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  poetry: ['run'],
  pdm: ['run'],
  pipenv: ['run'],
  uv: ['run'],
  hatch: ['run'],
  rye: ['run'],
}
const STEP_RE =
  /\bmigrate\b|\balembic\b.*\bupgrade\b|\bdb upgrade\b|\bcollectstatic\b|\baerich\b.*\bupgrade\b|\bcompilemessages\b/

/**
 * A line of a Procfile or of a script table as one command without a shell; null where only a shell can run it.
 * `uv run`, `exec` and `python -m gunicorn` are taken off: the venv is on the path.
 */
export function readCommandLine(line: string): CommandLine | null {
  const plain = line
    .replace(/"?\$(?:\{PORT(?::?-\d+)?\}|PORT\b)"?/g, PORT_MARK)
    .replace(/\$\{[A-Za-z_]\w*:?-([\w.:/-]*)\}/g, '$1')
  const commands = parseShell(plain)
  if (!commands) return null
  const dropped: string[] = []
  const kept = commands.filter(({ argv, joiner }) => {
    const text = argv.join(' ')
    const step = STEP_RE.test(text) && (joiner === '&&' || joiner === ';')
    if (step) dropped.push(text)
    return !step
  })
  const [only] = kept
  if (!only || kept.length > 1 || only.joiner === '|' || only.joiner === '||') return null
  const argv = unwrap(only.argv)
  return argv.length > 0 ? { argv, env: only.env, dropped } : null
}

function unwrap(argv: string[]): string[] {
  const [first = '', second = ''] = argv
  if (first === 'exec') return unwrap(argv.slice(1))
  if (RUNNERS[first]?.includes(second)) {
    let at = 2
    while (argv[at]?.startsWith('-')) at++
    return unwrap(argv.slice(at))
  }
  if (/^python3?$/.test(first) && second === '-m' && SERVER_MODULES.has(argv[2] ?? '')) return argv.slice(2)
  return first === 'python3' ? ['python', ...argv.slice(1)] : argv
}

const SERVER_MODULES = new Set([
  'uvicorn',
  'gunicorn',
  'hypercorn',
  'daphne',
  'granian',
  'celery',
  'streamlit',
  'sanic',
  'alembic',
  'dramatiq',
])

/** A server for one's own machine: it reloads, debugs, or says itself that it is none for production. */
export function isDevelopmentServer(argv: Argv): boolean {
  const line = argv.join(' ')
  return /\bmanage\.py runserver\b|^flask\b.*\brun\b|^fastapi dev\b|\s--reload\b|\s--dev\b|^watchfiles\b|^python -m http\.server\b/.test(
    line,
  )
}

/** Programs of other ecosystems, of other images and of the developer's machine: neither Python nor a dependency brings them. */
const OUTSIDE = new Set(
  'make just task foreman overmind docker docker-compose npm npx pnpm yarn node bun bundle heroku nginx caddy'.split(
    ' ',
  ),
)
export const isOutside = ([program = '']: Argv): boolean => OUTSIDE.has(program)

interface Binding {
  /** Options that say where to listen, each with one value. */
  options: readonly string[]
  /** The same, the way we say it. */
  bind(port: string): string[]
  /** What the project's line lacks for a container. */
  extra?: (argv: Argv, config: ServerConfig | null) => string[]
}

const BINDINGS: Readonly<Record<string, Binding>> = {
  uvicorn: { options: ['--host', '--port'], bind: (port) => ['--host', '0.0.0.0', '--port', port] },
  gunicorn: {
    options: ['-b', '--bind'],
    bind: (port) => ['--bind', `0.0.0.0:${port}`],
    extra: (argv, config) => containerWords(config, argv),
  },
  hypercorn: { options: ['-b', '--bind'], bind: (port) => ['--bind', `0.0.0.0:${port}`] },
  daphne: { options: ['-b', '--bind', '-p', '--port'], bind: (port) => ['-b', '0.0.0.0', '-p', port] },
  granian: { options: ['--host', '--port'], bind: (port) => ['--host', '0.0.0.0', '--port', port] },
  'waitress-serve': {
    options: ['--host', '--port', '--listen'],
    bind: (port) => ['--host', '0.0.0.0', '--port', port],
  },
  sanic: { options: ['-H', '--host', '-p', '--port'], bind: (port) => ['--host', '0.0.0.0', '--port', port] },
}

/** The port that a command line names: `--port 8080`, `-b 0.0.0.0:8080`. */
export function portIn(argv: Argv): number | undefined {
  const binding = BINDINGS[argv[0] ?? '']
  for (const [index, word] of argv.entries()) {
    const [name = '', inline] = word.startsWith('--') ? word.split('=') : [word]
    const value = inline ?? argv[index + 1] ?? ''
    const known = binding?.options.includes(name) || /^--(?:server\.)?port$/.test(name)
    const port = known ? /^(?:.*:)?(\d{2,5})$/.exec(value)?.[1] : undefined
    if (port) return Number(port)
  }
  return undefined
}

/** Whether a line says itself where its server listens. */
export function bindsItself([program = '', ...rest]: Argv): boolean {
  return rest.some((word) => BINDINGS[program]?.options.includes(word.split('=')[0] as string))
}

/** The project's own line with the listening address that a container needs; other words stay as they are. */
export function rebind(argv: Argv, port: number, config: ServerConfig | null = null): string[] {
  const [program = '', ...rest] = argv.map((word) => word.replaceAll(PORT_MARK, String(port)))
  const binding = BINDINGS[program]
  if (!binding) return [program, ...rest]
  const kept: string[] = []
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] as string
    const name = word.split('=')[0] as string
    if (!binding.options.includes(name)) kept.push(word)
    else if (!word.includes('=')) i++
  }
  const bound = !bindsItself(argv) && listensBy(config, port) ? [] : binding.bind(String(port))
  return [program, ...bound, ...(binding.extra?.(rest, config) ?? []), ...kept]
}
