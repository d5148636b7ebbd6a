import type { Answers } from '../../answers.ts'
import { TOOLS } from '../../data/versions.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { shellLine } from '../../shell.ts'
import { type AppRef, filesWith, importRoot, sourceFile } from './code.ts'
import { PORT_MARK, portIn, rebind } from './command-line.ts'
import type { Django } from './django.ts'
import type { FrameworkRow } from './frameworks.ts'
import { consoleScripts, type Manifests } from './manifests.ts'
import { defaultServer, findServer, type ServerContext, type ServerRow } from './servers.ts'
import type { Stated } from './start.ts'
import { runFile, type Worker } from './workers.ts'

/** How the app is started in production, whatever decided it. */
export interface Launch {
  argv(port: number): Argv
  fact: Fact<string>
  /** The port that the project's own command names. */
  port: number | undefined
  env: Record<string, string>
  server: ServerRow | null
  kind: 'asgi' | 'wsgi' | null
  app: AppRef | null
  /** Installed on top of the dependencies, since the project has no server: `gunicorn==…`. */
  adds: string | null
  /** The file that is run, where it is a script. */
  script: string | null
  /** A folder that must be on the path, '' for the project's root. */
  root: string
  /** The start command is a console script of the project: it must be installed. */
  installsProject: boolean
}

export interface LaunchInput {
  project: Project
  manifests: Manifests
  answers: Answers
  row: FrameworkRow
  app: AppRef | null
  django: Django | null
  workers: readonly Worker[]
  stated: Stated | null
  has(name: string): boolean
  warnings: Warning[]
}

const SCRIPT_FILES = [
  'main.py',
  'app.py',
  'run.py',
  'server.py',
  'worker.py',
  'bot.py',
  'start.py',
  '__main__.py',
  'src/main.py',
  'src/app.py',
  'src/__main__.py',
  'app/main.py',
  'app/__main__.py',
]
const STREAMLIT_FILES = [
  'streamlit_app.py',
  'app.py',
  'main.py',
  'Home.py',
  'home.py',
  'Hello.py',
  'src/streamlit_app.py',
  'src/app.py',
  'src/main.py',
  'app/main.py',
  'app/app.py',
]

/** Null: nothing that could be started was found, so this is no app. */
export function findLaunch(input: LaunchInput): Launch | null {
  const { row, stated, workers } = input
  const own = ownLaunch(input)
  if (stated) return fromStated(stated, own, input)
  if (own) return own
  const worker = row.kind === 'worker' && workers.find((candidate) => candidate.id === row.id)
  if (worker)
    return {
      ...EMPTY,
      argv: () => worker.command,
      fact: fact(shellLine(worker.command), worker.source, 'likely'),
      root: worker.root,
    }
  return null
}

const EMPTY = {
  port: undefined,
  env: {},
  server: null,
  kind: null,
  app: null,
  adds: null,
  script: null,
  root: '',
  installsProject: false,
} as const

/** The project's own command with an address that reaches out of the container. */
function fromStated(
  stated: Stated,
  own: Launch | null,
  { manifests, answers, has, app, django }: LaunchInput,
): Launch {
  const port = portIn(stated.argv)
  const script = stated.argv[0] === 'python' && stated.argv[1]?.endsWith('.py') ? stated.argv[1] : null
  const answered = answers.start !== undefined
  const program = stated.argv[0] ?? ''
  const server = own?.server?.packages.includes(program) ? own.server : null
  return {
    ...EMPTY,
    argv: (actual) => (answered ? stated.argv : rebind(stated.argv, actual)),
    fact: fact(shellLine(stated.argv).replaceAll(PORT_MARK, '$PORT'), stated.source, stated.confidence),
    port,
    env: stated.env,
    server,
    kind: own?.kind ?? null,
    app: own?.app ?? app,
    adds: missingServer(program, has),
    script,
    root: django?.root ?? own?.root ?? '',
    installsProject: consoleScripts(manifests).has(program),
  }
}

/** A server that the project starts and does not list. */
function missingServer(program: string, has: (name: string) => boolean): string | null {
  const known =
    program === 'gunicorn' || program === 'uvicorn'
      ? program
      : program === 'waitress-serve'
        ? 'waitress'
        : null
  return known && !has(known) ? `${known}==${TOOLS[known]}` : null
}

function ownLaunch(input: LaunchInput): Launch | null {
  switch (input.row.interface) {
    case 'asgi':
    case 'wsgi':
      return input.row.id === 'dash' ? dash(input) : withServer(input, input.row.interface, input.app)
    case 'django':
      return django(input)
    case 'sanic':
      return sanic(input)
    case 'streamlit':
      return streamlit(input)
    case 'script':
      return script(input)
    default:
      return null
  }
}

function withServer(
  input: LaunchInput,
  kind: 'asgi' | 'wsgi',
  app: AppRef | null,
  confidence?: 'guess',
): Launch {
  const { row, has, warnings, project } = input
  const target = app ?? guessApp(input)
  const guessed = app === null || confidence === 'guess'
  const found = findServer(kind, has)
  const server = found ?? defaultServer(kind)
  const adds = found ? null : `${server.id}==${TOOLS[server.id as 'uvicorn' | 'gunicorn']}`
  if (!found)
    warnings.push({
      rule: 'PD056',
      message: `No production server is among the dependencies: the image adds ${adds}. Add ${server.id} to the dependencies, and the step goes.`,
    })
  const context = (port: number): ServerContext => ({
    port,
    has: (name) => has(name) || name === server.id,
    hasConfig: project.has('gunicorn.conf.py'),
  })
  const argv = (port: number) => server.argv(target, kind, context(port))
  const source = guessed
    ? `guess: no ${row.title} app was found in the code`
    : `${target.file}:${target.line}`
  return {
    ...EMPTY,
    argv,
    fact: fact(shellLine(argv(row.port ?? 8000)), source, guessed ? 'guess' : 'likely'),
    server,
    kind,
    app: target,
    adds,
    root: target.root,
  }
}

/** Where most people put it; said aloud. */
function guessApp({ project, row, warnings }: LaunchInput): AppRef {
  const file =
    ['main.py', 'app.py', 'app/main.py', 'src/main.py', 'wsgi.py', 'asgi.py'].find((path) =>
      project.has(path),
    ) ?? 'main.py'
  const root = importRoot(project, file)
  const module = (root ? file.slice(root.length + 1) : file).replace(/\.py$/, '').replaceAll('/', '.')
  warnings.push({
    rule: 'PD092',
    message: `No ${row.title} app was found in the code: "${module}:app" is a guess. Check it, or pass --start.`,
  })
  return { module, attribute: 'app', factory: false, root, file, line: 1 }
}

/** Dash wraps a Flask server: gunicorn needs it under a name of its own, waitress takes `app:app.server`. */
function dash(input: LaunchInput): Launch {
  const { app, has, warnings } = input
  const file = app && sourceFile(input.project, app.file)
  const named =
    file && app && new RegExp(`^(\\w+)[ \\t]*=[ \\t]*${app.attribute}\\.server\\b`, 'm').exec(file.code)
  if (!app || app.factory) return withServer(input, 'wsgi', null)
  if (named)
    return withServer(input, 'wsgi', { ...app, attribute: named[1] as string, line: file.line(named.index) })
  warnings.push({
    rule: 'PD056',
    message: `${app.file} does not name Dash's server: waitress serves it as ${app.attribute}.server. Add "server = ${app.attribute}.server" to use gunicorn.`,
    file: app.file,
    line: app.line,
  })
  const target = { ...app, attribute: `${app.attribute}.server` }
  return withServer({ ...input, has: (name) => name === 'waitress' && has(name) }, 'wsgi', target).server
    ?.id === 'waitress'
    ? withServer({ ...input, has: (name) => name === 'waitress' }, 'wsgi', target)
    : {
        ...withServer({ ...input, has: (name) => name === 'waitress', warnings: [] }, 'wsgi', target),
        adds: has('waitress') ? null : `waitress==${TOOLS.waitress}`,
      }
}

function django(input: LaunchInput): Launch | null {
  const { django: found, has, warnings } = input
  if (!found) return null
  const asgiServer = findServer('asgi', (name) => name !== 'gunicorn' && has(name))
  const wsgiServer = findServer('wsgi', has)
  const asgi =
    found.asgi !== null &&
    (found.prefersAsgi || has('channels') || has('daphne') || (asgiServer !== null && wsgiServer === null))
  const app = asgi ? found.asgi : (found.wsgi ?? found.asgi)
  if (!app) {
    warnings.push({
      rule: 'PD092',
      message: 'No wsgi.py or asgi.py was found: the start command is a guess. Pass --start.',
      file: found.manage,
    })
    return withServer(
      input,
      'wsgi',
      {
        module: `${found.settings.value.split('.')[0]}.wsgi`,
        attribute: 'application',
        factory: false,
        root: found.root,
        file: found.manage,
        line: 1,
      },
      'guess',
    )
  }
  return withServer(input, asgi || app === found.asgi ? 'asgi' : 'wsgi', app)
}

function sanic(input: LaunchInput): Launch {
  const { row, project } = input
  const app = input.app ?? guessApp(input)
  // One process: the container is restarted from outside, so Sanic's own manager has nothing to manage.
  const argv = (port: number): Argv => [
    'sanic',
    '--host',
    '0.0.0.0',
    '--port',
    String(port),
    '--single-process',
    ...(app.factory ? ['--factory'] : []),
    `${app.module}:${app.attribute}`,
  ]
  return {
    ...EMPTY,
    argv,
    fact: fact(
      shellLine(argv(row.port ?? 8000)),
      input.app ? `${app.file}:${app.line}` : 'guess',
      input.app ? 'likely' : 'guess',
    ),
    app,
    root: importRoot(project, app.file),
  }
}

function streamlit({ project, row }: LaunchInput): Launch | null {
  const users = filesWith(project, ['streamlit']).filter((file) =>
    [...file.imports.values()].some((name) => /^streamlit\b/.test(name)),
  )
  const file =
    STREAMLIT_FILES.map((path) => users.find((user) => user.path === path)).find(
      (user) => user !== undefined,
    ) ??
    users
      .filter((user) => !/(^|\/)pages\//.test(user.path))
      .sort((a, b) => a.path.split('/').length - b.path.split('/').length)[0]
  if (!file) return null
  const argv = (port: number): Argv => [
    'streamlit',
    'run',
    file.path,
    '--server.address',
    '0.0.0.0',
    '--server.port',
    String(port),
    '--server.headless',
    'true',
    '--browser.gatherUsageStats',
    'false',
  ]
  return {
    ...EMPTY,
    argv,
    fact: fact(shellLine(argv(row.port ?? 8501)), file.path, 'likely'),
    script: file.path,
  }
}

/** A file that runs itself: the one that starts the framework's server, else the one that people call main. */
function script(input: LaunchInput): Launch | null {
  const { project, row, manifests, app } = input
  const serving = row.runs
    ? filesWith(project, ['run_app', '.launch', '.listen']).find((file) =>
        new RegExp(row.runs as RegExp).test(file.code),
      )
    : undefined
  const guarded = (path: string) =>
    /__name__\s*==\s*['"]__main__['"]/.test(sourceFile(project, path)?.code ?? '')
  const scripts = [...consoleScripts(manifests)]
  const file =
    serving?.path ??
    app?.file ??
    SCRIPT_FILES.filter((path) => project.has(path)).sort(
      (a, b) => Number(guarded(b)) - Number(guarded(a)),
    )[0] ??
    project.files().find((path) => /^(?:src\/)?[^/]+\/__main__\.py$/.test(path))
  if (file) {
    const argv = runFile(project, file)
    return {
      ...EMPTY,
      argv: () => argv,
      fact: fact(shellLine(argv), file, 'likely'),
      script: file,
      root: importRoot(project, file),
      app,
    }
  }
  const [entry] = scripts
  if (!entry || scripts.length > 1) return null
  return {
    ...EMPTY,
    argv: () => [entry[0]],
    fact: fact(shellLine([entry[0]]), `pyproject.toml#project.scripts.${entry[0]}`),
    installsProject: true,
  }
}
