import type { Argv } from '../../model.ts'
import type { AppRef } from './code.ts'

export interface ServerContext {
  port: number
  /** Names of the production dependencies. */
  has(name: string): boolean
  /** `gunicorn.conf.py` and its like: settings there are the project's, arguments would overrule them. */
  hasConfig: boolean
}

/** A production server: how it is started is a row. */
export interface ServerRow {
  id: string
  title: string
  /** Any of these in the dependencies. */
  packages: readonly string[]
  interfaces: readonly ('asgi' | 'wsgi')[]
  argv(app: AppRef, kind: 'asgi' | 'wsgi', context: ServerContext): Argv
  dev?(app: AppRef, kind: 'asgi' | 'wsgi', context: ServerContext): Argv
  /** Reads WEB_CONCURRENCY. */
  workers?: true
}

const target = (app: AppRef) => `${app.module}:${app.attribute}`
/** gunicorn and hypercorn call a factory that is written as a call. */
const called = (app: AppRef) => `${target(app)}${app.factory ? '()' : ''}`
const factoryFlag = (app: AppRef) => (app.factory ? ['--factory'] : [])

/** In the order of preference: who has added one of the rarer servers wants it. */
export const SERVERS: readonly ServerRow[] = [
  {
    id: 'granian',
    title: 'Granian',
    packages: ['granian'],
    interfaces: ['asgi', 'wsgi'],
    argv: (app, kind, { port }) => [
      'granian',
      '--interface',
      kind,
      '--host',
      '0.0.0.0',
      '--port',
      String(port),
      ...factoryFlag(app),
      target(app),
    ],
    dev: (app, kind, { port, has }) => [
      'granian',
      '--interface',
      kind,
      '--host',
      '0.0.0.0',
      '--port',
      String(port),
      ...(has('watchfiles') ? ['--reload'] : []),
      ...factoryFlag(app),
      target(app),
    ],
  },
  {
    id: 'hypercorn',
    title: 'Hypercorn',
    packages: ['hypercorn'],
    interfaces: ['asgi', 'wsgi'],
    argv: (app, _kind, { port }) => [
      'hypercorn',
      '--bind',
      `0.0.0.0:${port}`,
      '--access-logfile',
      '-',
      called(app),
    ],
    dev: (app, _kind, { port }) => ['hypercorn', '--bind', `0.0.0.0:${port}`, '--reload', called(app)],
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
    argv: (app, _kind, { port }) => [
      'uvicorn',
      '--host',
      '0.0.0.0',
      '--port',
      String(port),
      // Without it an open stream keeps the process until it is killed.
      '--timeout-graceful-shutdown',
      '8',
      ...factoryFlag(app),
      target(app),
    ],
    dev: (app, _kind, { port }) => [
      'uvicorn',
      '--host',
      '0.0.0.0',
      '--port',
      String(port),
      '--reload',
      ...factoryFlag(app),
      target(app),
    ],
    workers: true,
  },
  {
    id: 'gunicorn',
    title: 'Gunicorn',
    packages: ['gunicorn'],
    interfaces: ['wsgi', 'asgi'],
    argv: (app, kind, context) => [
      'gunicorn',
      '--bind',
      `0.0.0.0:${context.port}`,
      '--worker-tmp-dir',
      '/dev/shm',
      '--access-logfile',
      '-',
      ...workerClass(kind, context),
      called(app),
    ],
    dev: (app, kind, context) => [
      'gunicorn',
      '--bind',
      `0.0.0.0:${context.port}`,
      '--reload',
      ...workerClass(kind, context),
      called(app),
    ],
    workers: true,
  },
  {
    id: 'waitress',
    title: 'Waitress',
    packages: ['waitress'],
    interfaces: ['wsgi'],
    argv: (app, _kind, { port }) => [
      'waitress-serve',
      '--host',
      '0.0.0.0',
      '--port',
      String(port),
      ...(app.factory ? ['--call'] : []),
      target(app),
    ],
  },
]

/** Threads keep a worker answering its health check while a slow request runs. */
function workerClass(kind: 'asgi' | 'wsgi', { has, hasConfig }: ServerContext): string[] {
  if (kind === 'asgi')
    return ['--worker-class', has('uvicorn-worker') ? 'uvicorn_worker.UvicornWorker' : 'asgi']
  return hasConfig ? [] : ['--threads', '4']
}

/** The project's own server; null where it has none that can serve this app. */
export function findServer(kind: 'asgi' | 'wsgi', has: (name: string) => boolean): ServerRow | null {
  return SERVERS.find((row) => row.interfaces.includes(kind) && row.packages.some(has)) ?? null
}

/** What is installed for a project that brings no server. */
export function defaultServer(kind: 'asgi' | 'wsgi'): ServerRow {
  return SERVERS.find((row) => row.id === (kind === 'asgi' ? 'uvicorn' : 'gunicorn')) as ServerRow
}
