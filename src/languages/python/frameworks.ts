import type { AppShape } from './apps.ts'

export type Interface =
  | 'asgi'
  | 'wsgi'
  | 'django'
  | 'streamlit'
  | 'script'
  | 'sanic'
  | 'celery'
  | 'rq'
  | 'dramatiq'
  | 'huey'
  | 'arq'

/** How a framework is found and started: a row. To add one is to add a row and a fixture, and nothing else. */
export interface FrameworkRow {
  id: string
  title: string
  kind: 'server' | 'worker'
  /** Packages of which one must be a production dependency. */
  packages: readonly string[]
  /** The most specific wins among those whose app was found in the code, then among the others. */
  score: number
  interface: Interface
  /** The app object in the code. */
  app?: AppShape
  /** Often a mere library (aiohttp is a client, too): without the app in the code it is not this framework. */
  onlyWithApp?: true
  port?: number
  /** A server that it depends on itself: taken where the project names none. */
  brings?: string
  /** A route that the framework itself answers. */
  healthPath?: string
  /** Environment of the image. */
  env?: Readonly<Record<string, string>>
  /** A call in a script that starts the server: its arguments tell port and host. */
  runs?: RegExp
  /** The server binds loopback unless told otherwise: `0.0.0.0` in the environment does not reach it. */
  loopbackByDefault?: true
}

const WRAPPERS = ['socketio.ASGIApp', 'socketio.WSGIApp', 'asgiref.WsgiToAsgi']

export const FRAMEWORKS: readonly FrameworkRow[] = [
  {
    id: 'django',
    title: 'Django',
    kind: 'server',
    packages: ['django'],
    score: 90,
    interface: 'django',
    port: 8000,
  },
  {
    id: 'litestar',
    title: 'Litestar',
    kind: 'server',
    packages: ['litestar'],
    score: 80,
    interface: 'asgi',
    app: { constructors: ['litestar.Litestar'], wrappers: WRAPPERS },
    port: 8000,
  },
  {
    id: 'sanic',
    title: 'Sanic',
    kind: 'server',
    packages: ['sanic'],
    score: 80,
    interface: 'sanic',
    app: { constructors: ['sanic.Sanic'] },
    port: 8000,
  },
  {
    id: 'quart',
    title: 'Quart',
    kind: 'server',
    packages: ['quart'],
    score: 75,
    interface: 'asgi',
    app: { constructors: ['quart.Quart'], wrappers: WRAPPERS },
    brings: 'hypercorn',
    port: 5000,
  },
  {
    id: 'fastapi',
    title: 'FastAPI',
    kind: 'server',
    packages: ['fastapi', 'fastapi-slim'],
    score: 70,
    interface: 'asgi',
    app: { constructors: ['fastapi.FastAPI'], wrappers: WRAPPERS },
    port: 8000,
  },
  {
    id: 'dash',
    title: 'Dash',
    kind: 'server',
    packages: ['dash'],
    score: 68,
    interface: 'wsgi',
    app: { constructors: ['dash.Dash'] },
    port: 8050,
  },
  {
    id: 'streamlit',
    title: 'Streamlit',
    kind: 'server',
    packages: ['streamlit'],
    score: 65,
    interface: 'streamlit',
    port: 8501,
    healthPath: '/_stcore/health',
  },
  {
    id: 'flask',
    title: 'Flask',
    kind: 'server',
    packages: ['flask'],
    score: 60,
    interface: 'wsgi',
    app: {
      constructors: ['flask.Flask', 'flask_openapi3.OpenAPI', 'apiflask.APIFlask', 'connexion.FlaskApp'],
      wrappers: WRAPPERS,
    },
    port: 5000,
  },
  {
    id: 'gradio',
    title: 'Gradio',
    kind: 'server',
    packages: ['gradio'],
    score: 55,
    interface: 'script',
    port: 7860,
    healthPath: '/',
    env: { GRADIO_SERVER_NAME: '0.0.0.0', GRADIO_ANALYTICS_ENABLED: 'False' },
    runs: /\.launch\s*\(/g,
  },
  {
    id: 'starlette',
    title: 'Starlette',
    kind: 'server',
    packages: ['starlette'],
    score: 40,
    interface: 'asgi',
    app: { constructors: ['starlette.Starlette'], wrappers: WRAPPERS },
    port: 8000,
  },
  {
    id: 'falcon-asgi',
    title: 'Falcon (ASGI)',
    kind: 'server',
    packages: ['falcon'],
    score: 41,
    interface: 'asgi',
    app: { constructors: ['falcon.asgi.App'] },
    onlyWithApp: true,
    port: 8000,
  },
  {
    id: 'falcon',
    title: 'Falcon',
    kind: 'server',
    packages: ['falcon'],
    score: 40,
    interface: 'wsgi',
    app: { constructors: ['falcon.App', 'falcon.API'] },
    port: 8000,
  },
  {
    id: 'bottle',
    title: 'Bottle',
    kind: 'server',
    packages: ['bottle'],
    score: 35,
    interface: 'wsgi',
    app: { constructors: ['bottle.Bottle', 'bottle.default_app'] },
    onlyWithApp: true,
    port: 8080,
  },
  {
    id: 'aiohttp',
    title: 'aiohttp',
    kind: 'server',
    packages: ['aiohttp'],
    score: 30,
    interface: 'script',
    app: { constructors: ['aiohttp.Application'] },
    onlyWithApp: true,
    port: 8080,
    runs: /\brun_app\s*\(/g,
  },
  {
    id: 'tornado',
    title: 'Tornado',
    kind: 'server',
    packages: ['tornado'],
    score: 30,
    interface: 'script',
    app: { constructors: ['tornado.Application'] },
    onlyWithApp: true,
    port: 8888,
    runs: /\.listen\s*\(|server\.bind\s*\(/g,
  },
  {
    id: 'celery',
    title: 'Celery',
    kind: 'worker',
    packages: ['celery'],
    score: 20,
    interface: 'celery',
    app: { constructors: ['celery.Celery'] },
    onlyWithApp: true,
  },
  { id: 'rq', title: 'RQ', kind: 'worker', packages: ['rq'], score: 18, interface: 'rq' },
  {
    id: 'dramatiq',
    title: 'Dramatiq',
    kind: 'worker',
    packages: ['dramatiq'],
    score: 18,
    interface: 'dramatiq',
  },
  {
    id: 'huey',
    title: 'Huey',
    kind: 'worker',
    packages: ['huey'],
    score: 18,
    interface: 'huey',
    app: {
      constructors: [
        'huey.RedisHuey',
        'huey.SqliteHuey',
        'huey.PriorityRedisHuey',
        'huey.RedisExpireHuey',
        'huey.PriorityRedisExpireHuey',
        'huey.PostgresHuey',
        'huey.FileHuey',
        'huey.Huey',
      ],
    },
    onlyWithApp: true,
  },
  { id: 'arq', title: 'arq', kind: 'worker', packages: ['arq'], score: 18, interface: 'arq' },
  { id: 'script', title: 'Python script', kind: 'worker', packages: [], score: 1, interface: 'script' },
]
