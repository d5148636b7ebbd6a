import { afterAll, describe, expect, it } from 'vitest'
import { findApps } from '../../src/languages/python/apps.ts'
import { entryApp, importRoot } from '../../src/languages/python/code.ts'
import { FRAMEWORKS } from '../../src/languages/python/frameworks.ts'
import { findHealthPath } from '../../src/languages/python/health.ts'
import { python } from '../../src/languages/python/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const shape = (id: string) => FRAMEWORKS.find((row) => row.id === id)?.app ?? { constructors: [] }
const find = (files: Record<string, string>, id = 'fastapi') => {
  const app = findApps(projectOf(files), shape(id))[0]
  return (
    app &&
    `${app.root && `${app.root}/ `}${app.module}:${app.attribute}${app.factory ? '()' : ''} ${app.file}:${app.line}`
  )
}

describe('the app in the code', () => {
  it.each([
    ['a plain name', { 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n' }, 'main:app main.py:3'],
    [
      'another name, typed',
      { 'server.py': 'import fastapi as fa\nservice: fa.FastAPI = fa.FastAPI(\n  title="x")\n' },
      'server:service server.py:2',
    ],
    [
      'a name and its alias at once',
      {
        'look/app.py': 'from fastapi import FastAPI\napp = application = FastAPI()\n',
        'look/__init__.py': '',
      },
      'look.app:app look/app.py:2',
    ],
    [
      'an alias',
      { 'api.py': 'from fastapi import (\n  FastAPI as Api,\n  Depends,\n)\nweb = Api()\n' },
      'api:web api.py:5',
    ],
    [
      'a package',
      {
        'shop/__init__.py': '',
        'shop/web/__init__.py': '',
        'shop/web/app.py': 'from fastapi import FastAPI\napp = FastAPI()',
      },
      'shop.web.app:app shop/web/app.py:2',
    ],
    [
      'a src layout',
      { 'src/shop/__init__.py': '', 'src/shop/main.py': 'from fastapi import FastAPI\napp = FastAPI()' },
      'src/ shop.main:app src/shop/main.py:2',
    ],
    [
      'a package without __init__.py, as the code imports it',
      {
        'app/main.py': 'from fastapi import FastAPI\nfrom app.db import x\napp = FastAPI()',
        'app/db.py': 'x = 1',
      },
      'app.main:app app/main.py:3',
    ],
    [
      'a package without __init__.py that imports relatively',
      {
        'app/main.py': 'from fastapi import FastAPI\nfrom .db import x\napp = FastAPI()',
        'app/db.py': 'x = 1',
      },
      'app.main:app app/main.py:3',
    ],
    [
      'a folder that is no package',
      { 'backend/main.py': 'from fastapi import FastAPI\nimport db\napp = FastAPI()', 'backend/db.py': '' },
      'backend/ main:app backend/main.py:3',
    ],
    [
      'a factory',
      {
        'f.py':
          'from fastapi import FastAPI\ndef create_app(debug: bool = False) -> FastAPI:\n    app = FastAPI()\n    return app\n',
      },
      'f:create_app() f.py:2',
    ],
    [
      'an object that a factory made, before the factory itself',
      {
        'shop/__init__.py': '',
        'shop/factory.py': 'from fastapi import FastAPI\ndef make() -> FastAPI:\n    return FastAPI()\n',
        'shop/asgi.py': 'from .factory import make\n\napplication = make()\n',
      },
      'shop.asgi:application shop/asgi.py:3',
    ],
    [
      'not one that is only quoted',
      {
        'a.py':
          '"""\nfrom fastapi import FastAPI\napp = FastAPI()\n"""\n# app = FastAPI()\nx = "app = FastAPI()"\n',
      },
      undefined,
    ],
    ['not a class of the same name', { 'a.py': 'from mylib import FastAPI\napp = FastAPI()\n' }, undefined],
    ['not one in a test', { 'tests/app.py': 'from fastapi import FastAPI\napp = FastAPI()\n' }, undefined],
    [
      'not the one that Alembic makes for itself',
      {
        'shop/app.py': 'from fastapi import FastAPI\ndef create_app(test=None):\n    return FastAPI()\n',
        'shop/__init__.py': '',
        'db/env.py': 'from alembic import context\nfrom shop.app import create_app\napp = create_app()\n',
      },
      'shop.app:create_app() shop/app.py:2',
    ],
    [
      'not a factory that wants arguments',
      { 'a.py': 'from fastapi import FastAPI\ndef create_app(settings):\n    return FastAPI()\n' },
      undefined,
    ],
    [
      'what a factory made of its arguments',
      {
        'shop/__init__.py': '',
        'shop/setup.py':
          'from fastapi import FastAPI\ndef create(\n    settings: (\n        A\n        | B\n    ),\n    **more: Any,\n) -> FastAPI:\n    app = FastAPI()\n    return app\n',
        'shop/main.py': 'from .setup import create\n\napp = create(settings=load())\n',
      },
      'shop.main:app shop/main.py:3',
    ],
    [
      'what a factory says that it returns',
      {
        'launcher.py':
          'from fastapi import FastAPI\ndef create(injector) -> "FastAPI":\n    return build(injector)\n',
        'main.py': 'from launcher import create\napp = create(load())\n',
      },
      'main:app main.py:2',
    ],
    [
      'not what returns the app of another',
      {
        'a.py':
          'from fastapi import FastAPI\ndef current() -> FastAPI:\n    return state.app\nasync def late():\n    return FastAPI()\n',
      },
      undefined,
    ],
    [
      'one of a subclass',
      { 'a.py': 'from fastapi import FastAPI\nclass Api(Base, FastAPI):\n    pass\n\napp = Api()\n' },
      'a:app a.py:5',
    ],
    [
      'one of a subclass, made by a factory elsewhere',
      {
        'shop/__init__.py': 'from .make import create_app\n',
        'shop/cls.py': 'import fastapi\nclass Api(fastapi.FastAPI):\n    pass\n',
        'shop/make.py': 'from .cls import Api\ndef create_app():\n    api = Api()\n    return api\n',
        'wsgi.py': 'from shop import create_app\n\napp = create_app()\n',
      },
      'wsgi:app wsgi.py:3',
    ],
    [
      'not a folder that Python can not name',
      { 'my-app/main.py': 'from fastapi import FastAPI\nfrom .x import y\napp = FastAPI()' },
      undefined,
    ],
    [
      'the one people mean, of several',
      {
        'app/__init__.py': '',
        'app/admin.py': 'from fastapi import FastAPI\nadmin = FastAPI()',
        'app/main.py': 'from fastapi import FastAPI\napp = FastAPI()',
      },
      'app.main:app app/main.py:2',
    ],
    [
      'what wraps it',
      {
        'main.py':
          'import socketio\nfrom fastapi import FastAPI\napi = FastAPI()\nasgi = socketio.ASGIApp(sio, api)',
      },
      'main:asgi main.py:4',
    ],
  ])('%s', (_what, files, expected) => {
    expect(find(files as Record<string, string>)).toBe(expected)
  })

  it('is told from the ASGI variant of the same class', () => {
    const files = { 'a.py': 'import falcon.asgi\napp = falcon.asgi.App()' }
    expect(find(files, 'falcon-asgi')).toBe('a:app a.py:2')
  })
})

const health = (files: Record<string, string>) => findHealthPath(projectOf(files))?.value

describe('the health route', () => {
  it.each([
    ['a decorator', { 'm.py': '@app.get("/healthz")\ndef h(): ...' }, '/healthz'],
    [
      'a pair with its handler',
      { 'm.py': 'app = Application([(r"/", Main), (r"/health/?$", web.HealthHandler)])' },
      '/health',
    ],
    ['no pair with something else', { 'm.py': 'check("/health", ok)\nx = [("/health", 200)]' }, undefined],
    [
      'none in a list that hangs on a path of its own',
      {
        'c/urls.py':
          'urlpatterns = [\n path("<slug>/", include([path("a)", v), path("live", v)])),\n path("ping/", p),\n]',
      },
      '/ping/',
    ],
    [
      'none of what stands behind a login',
      { 'c/urls.py': 'urlpatterns = [re_path(r"^settings/celery/ping/?$", ping), path("admin/status", s)]' },
      undefined,
    ],
    [
      'the liveness route before the readiness route',
      { 'm.py': '@app.get("/readyz")\n@app.get("/livez")\n' },
      '/livez',
    ],
    [
      'the prefix of its router',
      { 'm.py': 'r = APIRouter(prefix="/api")\n@r.get("/health")\ndef h(): ...\napp.include_router(r)' },
      '/api/health',
    ],
    [
      'prefixes over several files, one of them a constant',
      {
        'app/config.py': 'class S:\n    API_V1_STR: str = "/api/v1"\nRouter()',
        'app/routes/health.py': 'router = APIRouter()\n@router.get("/health")\ndef h(): ...',
        'app/routes/__init__.py':
          'from app.routes import health\napi_router = APIRouter()\napi_router.include_router(health.router, prefix="/utils")',
        'app/main.py':
          'from app.routes import api_router\napp.include_router(api_router, prefix=settings.API_V1_STR)',
      },
      '/api/v1/utils/health',
    ],
    [
      'nothing of a router that is included nowhere',
      { 'm.py': 'r = APIRouter()\n@r.get("/health")\ndef h(): ...' },
      undefined,
    ],
    [
      'nothing of a prefix that is computed',
      { 'm.py': 'r = APIRouter()\n@r.get("/health")\ndef h(): ...\napp.include_router(r, prefix=prefix())' },
      undefined,
    ],
    [
      'a blueprint',
      {
        'm.py':
          'bp = Blueprint("b", __name__, url_prefix="/a")\n@bp.route("/ping")\ndef h(): ...\napp.register_blueprint(bp, url_prefix="/b")',
      },
      '/b/ping',
    ],
    ['a mount of Starlette', { 'm.py': 'routes = [Mount("/in", routes=[Route("/up", up)])]' }, '/in/up'],
    [
      'a router of Litestar',
      { 'm.py': '@get("/ready")\ndef ready(): ...\nr = Router(path="/status", route_handlers=[ready])' },
      '/status/ready',
    ],
    [
      'an URL of Django, with its slash',
      {
        'm/urls.py': 'urlpatterns = [path("healthz/", views.h)]',
        'c/urls.py': 'urlpatterns = [path("api/", include("m.urls"))]',
      },
      '/api/healthz/',
    ],
    ['an old URL of Django', { 'urls.py': "urlpatterns = [url(r'^health$', h)]" }, '/health'],
    [
      'an URL of Django that may end in a slash',
      { 'urls.py': "x = [re_path(r'^_health/?', h)]" },
      '/_health',
    ],
    [
      'the root of a router that hangs on such a path, with its slash',
      {
        'm/__init__.py': 'from .h import hr\nmr = APIRouter()\nmr.include_router(hr, prefix="/health")',
        'm/h.py': 'hr = APIRouter()\n@hr.get("/")\ndef health(): ...',
        'main.py': 'from m import mr\napp.include_router(mr, prefix="/v1")',
      },
      '/v1/health/',
    ],
    [
      'the root of a blueprint',
      {
        'm.py':
          'up = Blueprint("up", __name__, url_prefix="/up")\n@up.get("")\ndef h(): ...\napp.register_blueprint(up)',
      },
      '/up',
    ],
    [
      'no root of another router',
      { 'm.py': '# health\nr = APIRouter(prefix="/a")\n@r.get("/")\ndef h(): ...\napp.include_router(r)' },
      undefined,
    ],
    ['a status of no page', { 'm.py': '@app.route("/_status", methods=["GET", "POST"])' }, '/_status'],
    [
      'not a request that the code makes',
      { 'm.py': 'requests.get("/health")\nclient.get("/healthz")' },
      undefined,
    ],
    [
      'not a route that only takes POST',
      { 'm.py': '@app.route("/health", methods=["POST"])\ndef h(): ...' },
      undefined,
    ],
    ['not a route with a parameter', { 'm.py': '@app.get("/{x}/health")\ndef h(): ...' }, undefined],
    ['not a comment', { 'm.py': '# @app.get("/health")\n' }, undefined],
  ])('%s', (_what, files, expected) => {
    expect(health(files as Record<string, string>)).toBe(expected)
  })
})

describe('where imports start', () => {
  const CONFIG = 'import os\ntoken = os.environ["TOKEN"]\ndef load(): ...\n'
  it.each<[string, string, Record<string, string>, string]>([
    ['beside a file that imports so', 'import config\nrun(config.token)\n', {}, 'bot'],
    ['… by a name of its own', 'import config as c\nrun(c.load())\n', {}, 'bot'],
    ['… a part of it', 'from config import load\n', {}, 'bot'],
    ['above, where that lies there, too', 'import config\nconfig.load()\n', { 'config.py': '' }, ''],
    [
      'above, where the package is named',
      'from config import load\n',
      { 'main.py': 'import bot.main\n' },
      '',
    ],
    ['above relative imports', 'from . import config\nfrom config import load\n', {}, ''],
    ['above what only has the name of a package', 'from config import Config\n', {}, ''],
    [
      'above a file about the package of its name',
      'from celery import load\n',
      { 'bot/celery.py': 'from celery import Celery\ndef load(): ...\n' },
      '',
    ],
  ])('%s', (_, code, more, root) => {
    const files = { 'bot/__init__.py': '', 'bot/config.py': CONFIG, 'bot/main.py': code, ...more }
    expect(importRoot(projectOf(files), 'bot/main.py')).toBe(root)
  })
})

describe('the app of wsgi.py', () => {
  it.each([
    ['def app(environ, start_response):\n    return []\n', false],
    ['async def app(scope, receive, send):\n    ...\n', false],
    ['def application(scope):\n    return Old(scope)\n', false],
    ['def app(*args, **kwargs):\n    return inner(*args, **kwargs)\n', false],
    ['def app(*args, **kwargs):\n    return main()\n', true],
    ['def app(debug: bool = False) -> Flask:\n    return main(debug)\n', true],
    ['def app():\n    return main()\n', true],
    ['app = main()\n', false],
  ])('%j is a factory: %s', (code, factory) => {
    expect(entryApp(projectOf({ 'wsgi.py': code }), 'wsgi.py')?.factory).toBe(factory)
  })
})

describe('a file of half a megabyte of the same line', () => {
  it.each([
    'app = FastAPI(',
    '@app.get("/health")',
    'Mount("/a", [Route("/health", x',
    'r.include_router(a.b)\n@r.get("/health")',
    'uvicorn.run((((((',
    'uvicorn.run(a, port=port',
    'from a import (b',
    'def create_app(',
    '( [ { " \'',
    ' \t \t \t',
  ])('is read in no time: %j', async (line) => {
    const text = `from fastapi import FastAPI\nr = APIRouter()\n# health run port\n${`${line}\n`.repeat(500_000 / (line.length + 1))}`
    const project = projectOf({
      'main.py': text,
      'c/settings.py': text,
      'manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'c.settings')\n",
      'requirements.txt': 'fastapi\ndjango\nuvicorn\n',
    })
    const started = Date.now()
    for (const framework of ['fastapi', 'django']) await python.inspect(project, { framework })
    expect(Date.now() - started).toBeLessThan(8_000)
  })
})
