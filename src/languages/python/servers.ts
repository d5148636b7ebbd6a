import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { type AppRef, filesWith } from './code.ts'
import {
  containerWords,
  FOUND_CONFIG,
  listensBy,
  readGunicornConfig,
  type ServerConfig,
} from './gunicorn-config.ts'
import { readUwsgiConfig } from './uwsgi-config.ts'

export interface ServerContext {
  port: number
  /** Names of the production dependencies. */
  has(name: string): boolean
  /** `gunicorn.conf.py` and its like: settings there are the project's, arguments would overrule them. */
  config: ServerConfig | null
  /** The library of green threads that the code spawns in: under other workers those never run. */
  green?: string | undefined
}

/** A production server: how it is started is a row. */
export interface ServerRow {
  id: string
  title: string
  /** Its program, where that has another name. */
  program?: string
  /** Any of these in the dependencies. */
  packages: readonly string[]
  interfaces: readonly ('asgi' | 'wsgi')[]
  /** Its command line, with the words of the way that it is run in their place. */
  argv(app: AppRef, kind: 'asgi' | 'wsgi', context: ServerContext, words: readonly string[]): Argv
  /** Words for production alone. */
  production?(context: ServerContext): readonly string[]
  /** Words for development: then it watches the source. */
  reload?(context: ServerContext): readonly string[]
  /** Its file of settings, where the project has one. */
  config?(project: Project, argv: Argv): ServerConfig | null
  /** Reads WEB_CONCURRENCY. */
  workers?: true
}

const target = (app: AppRef) => `${app.module}:${app.attribute}`
/** gunicorn, hypercorn and flask call a factory that is written as a call. */
export const called = (app: AppRef) => `${target(app)}${app.factory ? '()' : ''}`
const factoryFlag = (app: AppRef) => (app.factory ? ['--factory'] : [])
export const address = (port: number) => ['--host', '0.0.0.0', '--port', String(port)]

/** Sanic serves itself. */
export const sanicLine = (app: AppRef, port: number, ...words: string[]): Argv => [
  'sanic',
  ...address(port),
  ...words,
  ...factoryFlag(app),
  target(app),
]

/** In the order of preference: who has added one of the rarer servers wants it. */
export const SERVERS: readonly ServerRow[] = [
  {
    id: 'granian',
    title: 'Granian',
    packages: ['granian'],
    interfaces: ['asgi', 'wsgi'],
    argv: (app, kind, { port }, words) => [
      'granian',
      '--interface',
      kind,
      ...address(port),
      ...words,
      ...factoryFlag(app),
      target(app),
    ],
    reload: ({ has }) => (has('watchfiles') ? ['--reload'] : []),
  },
  {
    id: 'hypercorn',
    title: 'Hypercorn',
    packages: ['hypercorn'],
    interfaces: ['asgi', 'wsgi'],
    argv: (app, _kind, { port }, words) => ['hypercorn', '--bind', `0.0.0.0:${port}`, ...words, called(app)],
    production: () => ['--access-logfile', '-'],
    reload: () => ['--reload'],
  },
  {
    id: 'daphne',
    title: 'Daphne',
    packages: ['daphne'],
    interfaces: ['asgi'],
    argv: (app, _kind, { port }) => ['daphne', '-b', '0.0.0.0', '-p', String(port), target(app)],
  },
  {
    id: 'uvicorn',
    title: 'Uvicorn',
    packages: ['uvicorn'],
    interfaces: ['asgi'],
    argv: (app, _kind, { port }, words) => [
      'uvicorn',
      ...address(port),
      ...words,
      ...factoryFlag(app),
      target(app),
    ],
    // Without it an open stream keeps the process until it is killed.
    production: () => ['--timeout-graceful-shutdown', '8'],
    reload: () => ['--reload'],
    workers: true,
  },
  {
    id: 'gunicorn',
    title: 'Gunicorn',
    packages: ['gunicorn'],
    interfaces: ['wsgi', 'asgi'],
    argv: (app, kind, context, words) => [
      'gunicorn',
      ...(context.config && context.config.path !== FOUND_CONFIG ? ['--config', context.config.path] : []),
      ...(listensBy(context.config, context.port) ? [] : ['--bind', `0.0.0.0:${context.port}`]),
      ...words,
      ...workerClass(kind, context),
      called(app),
    ],
    production: ({ config }) => containerWords(config, []),
    config: readGunicornConfig,
    reload: () => ['--reload'],
    workers: true,
  },
  {
    id: 'waitress',
    title: 'Waitress',
    program: 'waitress-serve',
    packages: ['waitress'],
    interfaces: ['wsgi'],
    argv: (app, _kind, { port }) => [
      'waitress-serve',
      ...address(port),
      ...(app.factory ? ['--call'] : []),
      target(app),
    ],
  },
  {
    id: 'uwsgi',
    title: 'uWSGI',
    packages: ['uwsgi'],
    interfaces: ['wsgi'],
    argv: (app, _kind, { port, config }, words) => [
      'uwsgi',
      ...(listensBy(config, port) ? [] : ['--http', `0.0.0.0:${port}`]),
      ...words,
      ...(config ? [config.path] : []),
      ...(APP_SETTINGS.some((name) => config?.sets.has(name)) ? [] : ['--module', called(app)]),
    ],
    production: ({ config }) =>
      config ? [] : ['--master', '--die-on-term', '--need-app', '--processes', '2', '--threads', '4'],
    config: readUwsgiConfig,
  },
]

/** How its ini names the app. */
const APP_SETTINGS = ['module', 'wsgi', 'wsgi-file', 'mount']

/** Threads keep a worker answering its health check while a slow request runs. */
function workerClass(kind: 'asgi' | 'wsgi', { has, config, green }: ServerContext): string[] {
  if (config?.sets.has('worker_class')) return []
  if (kind === 'asgi')
    return ['--worker-class', has('uvicorn-worker') ? 'uvicorn_worker.UvicornWorker' : 'asgi']
  if (green) return ['--worker-class', green]
  return config ? [] : ['--threads', '4']
}

/** The server that a command line starts. */
export const serverOf = ([program]: Argv): ServerRow | undefined =>
  SERVERS.find((row) => (row.program ?? row.id) === program)

export const configOf = (project: Project, argv: Argv): ServerConfig | null =>
  serverOf(argv)?.config?.(project, argv) ?? null

const GREEN = ['gevent', 'eventlet']

/** By its name in the code of the app. */
export const greenThreads = (project: Project, has: (name: string) => boolean): string | undefined =>
  GREEN.find(
    (name) =>
      has(name) &&
      filesWith(project, [name]).some(
        ({ path, imports }) =>
          !/(?:^|\/)(?:tests?|docs)\/|(?:^|\/)(?:test_|conftest)[^/]*$/.test(path) &&
          [...imports.values()].some((what) => what.split('.')[0] === name && !/\.(?:py)?wsgi\b/.test(what)),
      ),
  )

/** The project's own server; null where it has none that can serve this app. */
export function findServer(kind: 'asgi' | 'wsgi', has: (name: string) => boolean): ServerRow | null {
  return SERVERS.find((row) => row.interfaces.includes(kind) && row.packages.some(has)) ?? null
}

/** What is installed for a project that brings no server. */
export function defaultServer(kind: 'asgi' | 'wsgi'): ServerRow {
  return SERVERS.find((row) => row.id === (kind === 'asgi' ? 'uvicorn' : 'gunicorn')) as ServerRow
}
