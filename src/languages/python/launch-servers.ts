import { TOOLS } from '../../data/versions.ts'
import { fact } from '../../facts.ts'
import { shellLine } from '../../shell.ts'
import { type AppRef, entryApp, entryFiles, importRoot, moduleOf, sourceFile } from './code.ts'
import { EMPTY, type Launch, type LaunchInput } from './launch-types.ts'
import { fillsAndServes } from './runs.ts'
import { defaultServer, findServer, greenThreads, type ServerContext, sanicLine } from './servers.ts'

export function serverLaunch(input: LaunchInput, kind: 'asgi' | 'wsgi', app: AppRef | null): Launch | null {
  const { row, has, warnings, project } = input
  const target = app ?? guessApp(input)
  if (!target) return null
  const guessed = target.guess === true
  const apart = target.factory || row.interface !== 'wsgi' ? undefined : fillsAndServes(project)
  if (apart)
    warnings.push({
      rule: 'PD092',
      message: `${apart.name}() in ${apart.file.path} registers blueprints and starts a server of its own: under another server the app lacks them. Pass --start with what calls it, and --port.`,
      file: apart.file.path,
      line: apart.file.line(apart.index),
    })
  const found = findServer(kind, has) ?? findServer(kind, (name) => name === row.brings)
  const server = found ?? defaultServer(kind)
  const adds = found ? null : `${server.id}==${TOOLS[server.id as 'uvicorn' | 'gunicorn']}`
  if (!found)
    warnings.push({
      rule: 'PD056',
      message: `No production server is among the dependencies: the image adds ${adds}. Add ${server.id} to the dependencies, and the step goes.`,
    })
  const config = server.config?.(project, []) ?? null
  const green = server.id === 'gunicorn' ? greenThreads(project, has) : undefined
  const context = (port: number): ServerContext => ({
    port,
    green,
    has: (name) => has(name) || name === server.id,
    config,
  })
  const argv = (port: number) =>
    server.argv(target, kind, context(port), server.production?.(context(port)) ?? [])
  const source = guessed
    ? `guess: no ${row.title} app was found in the code`
    : `${target.file}:${target.line}`
  return {
    ...EMPTY,
    argv,
    fact: fact(shellLine(argv(row.port ?? 8000)), source, guessed ? 'guess' : 'likely'),
    server,
    config,
    kind,
    app: target,
    adds,
    root: target.root,
  }
}

/** What wsgi.py or asgi.py calls the app; else where most people put it, said aloud. Never a file that is not there. */
function guessApp({ project, row, warnings }: LaunchInput): AppRef | null {
  const names = row.interface === 'wsgi' ? (['wsgi', 'asgi'] as const) : (['asgi', 'wsgi'] as const)
  const files = names.flatMap((name) => entryFiles(project, name))
  const entry = files.map((path) => entryApp(project, path)).find((app) => app !== null)
  if (entry) return entry
  const file = project.first(['main.py', 'app.py', 'app/main.py', 'src/main.py'])
  if (!file) return null
  const root = importRoot(project, file)
  const module = moduleOf(file, root)
  warnings.push({
    rule: 'PD092',
    message: `No ${row.title} app was found in the code: "${module}:app" is a guess. Check it, or pass --start.`,
  })
  return { module, attribute: 'app', factory: false, root, file, line: 1, guess: true }
}

/** Dash wraps a Flask server: gunicorn needs it under a name of its own; waitress takes `app:app.server`. */
export function dashLaunch(input: LaunchInput): Launch | null {
  const { app, has, warnings, project } = input
  const file = app && sourceFile(project, app.file)
  if (!app || !file || app.factory) return serverLaunch(input, 'wsgi', null)
  const named = new RegExp(`^(\\w+)[ \\t]*=[ \\t]*${app.attribute}\\.server\\b`, 'm').exec(file.code)
  if (named)
    return serverLaunch(input, 'wsgi', {
      ...app,
      attribute: named[1] as string,
      line: file.line(named.index),
    })
  warnings.push({
    rule: 'PD056',
    message: `${app.file} gives Dash's server no name: Waitress serves it as ${app.attribute}.server. Add "server = ${app.attribute}.server" to use Gunicorn.`,
    file: app.file,
    line: app.line,
  })
  const launch = serverLaunch({ ...input, has: (name) => name === 'waitress' }, 'wsgi', {
    ...app,
    attribute: `${app.attribute}.server`,
  })
  return launch && { ...launch, adds: has('waitress') ? null : `waitress==${TOOLS.waitress}` }
}

export function djangoLaunch(input: LaunchInput): Launch | null {
  const { django: found, has } = input
  if (!found) return null
  const asgiServer = findServer('asgi', (name) => name !== 'gunicorn' && has(name))
  const wsgiServer = findServer('wsgi', has)
  const asgi =
    found.asgi !== null &&
    (found.prefersAsgi || has('channels') || has('daphne') || (asgiServer !== null && wsgiServer === null))
  const app = asgi ? found.asgi : (found.wsgi ?? found.asgi)
  // What wsgi.py does is a call.
  if (!app)
    return serverLaunch(input, 'wsgi', {
      module: 'django.core.wsgi',
      attribute: 'get_wsgi_application',
      factory: true,
      root: found.root,
      file: found.manage,
      line: 1,
    })
  return serverLaunch(input, asgi || app === found.asgi ? 'asgi' : 'wsgi', app)
}

export function sanicLaunch(input: LaunchInput): Launch | null {
  const { row, project } = input
  const app = input.app ?? guessApp(input)
  if (!app) return null
  // One process: the container is restarted from outside, so Sanic's own manager has nothing to manage.
  const argv = (port: number) => sanicLine(app, port, '--single-process')
  return {
    ...EMPTY,
    argv,
    fact: fact(
      shellLine(argv(row.port ?? 8000)),
      app.guess ? 'guess' : `${app.file}:${app.line}`,
      app.guess ? 'guess' : 'likely',
    ),
    app,
    root: importRoot(project, app.file),
  }
}
