import { afterAll, describe, expect, it } from 'vitest'
import type { Answers } from '../../src/answers.ts'
import { python } from '../../src/languages/python/index.ts'
import { render } from '../../src/render.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

type Files = Record<string, string>
const FASTAPI = 'from fastapi import FastAPI\n\napp = FastAPI()\n'
const HUEY = 'from huey import RedisHuey\nq = RedisHuey("x")\n'
const DJANGO = {
  'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "x.settings")\n',
  'x/settings.py': '',
  'x/asgi.py': 'application = 1\n',
}
const FLASK = 'from flask import Flask\n\napp = Flask(__name__)\n'

async function inspect(files: Files, answers: Answers = {}) {
  const inspection = await python.inspect(projectOf(files), answers)
  const value = (key: Parameters<typeof inspection.facts.get>[0]) => inspection.facts.get(key)
  const warnings = inspection.warnings.map(({ rule, message }) => `${rule} ${message}`)
  return { inspection, value, warnings }
}

async function dockerfile(files: Files, answers: Answers = {}) {
  const { inspection } = await inspect(files, answers)
  const model = inspection.model({ services: [], answers })
  return { model, text: render(model.dockerfile.template, model.dockerfile.data).text }
}

const project = (body: string) => `[project]\nname = "x"\nversion = "1"\n${body}\n`

describe('the package manager', () => {
  const manager = async (files: Files) => {
    const { value, warnings } = await inspect({ 'main.py': FASTAPI, ...files })
    return {
      id: value('packageManager')?.value,
      source: value('packageManager')?.source,
      warnings: warnings.filter((text) => /^PD(?:006|081)/.test(text)),
    }
  }
  const pyproject = project('dependencies = ["fastapi", "uvicorn"]\n')

  it('is the one whose lock is there', async () => {
    expect(await manager({ 'pyproject.toml': pyproject, 'uv.lock': '' })).toEqual({
      id: 'uv',
      source: 'uv.lock',
      warnings: [],
    })
  })
  it('is pip where a Pipfile has no lock, and requirements.txt names each version', async () => {
    const Pipfile = '[packages]\nfastapi = "*"\n'
    const pinned = await manager({ Pipfile, 'requirements.txt': 'fastapi==0.115.0\nuvicorn==0.30.0\n' })
    expect(pinned).toMatchObject({ id: 'pip', source: 'requirements.txt' })
    expect(pinned.warnings).toEqual([expect.stringMatching(/^PD006 Pipfile has no lock/)])
    for (const files of [{ 'requirements.txt': 'fastapi==0.115.0\nuvicorn\n' }, { 'requirements.txt': '' }])
      expect(await manager({ Pipfile, ...files })).toMatchObject({ id: 'pipenv' })
  })
  it('is, of two locks, the one with a table of its own, and both are named', async () => {
    const found = await manager({
      'pyproject.toml': `${pyproject}[tool.poetry]\npackages = []\n`,
      'uv.lock': '',
      'poetry.lock': '',
    })
    expect(found.id).toBe('poetry')
    expect(found.warnings[0]).toMatch(/poetry\.lock and uv\.lock/)
  })
  it('is the one with a table, where no lock is there, and that is said', async () => {
    const found = await manager({ 'pyproject.toml': `${pyproject}[tool.pdm]\n` })
    expect(found.id).toBe('pdm')
    expect(found.warnings[0]).toMatch(/no pdm\.lock.*pdm lock/)
  })
  it('is pip for requirements.txt, and loose lines are counted', async () => {
    const found = await manager({ 'requirements.txt': 'fastapi\nuvicorn==0.30.1\n' })
    expect(found).toMatchObject({ id: 'pip', source: 'requirements.txt' })
    expect(found.warnings[0]).toMatch(/1 of 2 lines/)
  })
  it('is pip for a plain pyproject.toml', async () => {
    expect((await manager({ 'pyproject.toml': pyproject })).id).toBe('pip')
  })
  it('is uv where uv builds the project, as "uv init" sets it up; a requirements.txt is pip’s all the same', async () => {
    const built = `${pyproject}[build-system]\nrequires = ["uv_build>=0.13.9,<0.14.0"]\nbuild-backend = "uv_build"\n`
    expect(await manager({ 'pyproject.toml': built })).toMatchObject({
      id: 'uv',
      source: 'pyproject.toml#build-system',
    })
    expect((await manager({ 'pyproject.toml': built, 'requirements.txt': 'fastapi==0.120.0\n' })).id).toBe(
      'pip',
    )
  })
  it('is not Poetry because a linter stands in [tool.poetry]-like tables of others', async () => {
    expect((await manager({ 'pyproject.toml': `${pyproject}[tool.ruff]\nline-length = 100\n` })).id).toBe(
      'pip',
    )
  })
  it('that is answered must have something to install from', async () => {
    await expect(inspect({ 'main.py': FASTAPI }, { packageManager: 'poetry' })).rejects.toThrow(
      /nothing to install/,
    )
    await expect(inspect({ 'main.py': FASTAPI }, { packageManager: 'conda' })).rejects.toThrow(
      /no package manager/,
    )
  })
  it('comes in the version that the project pins', async () => {
    const exact = await inspect({
      'main.py': FASTAPI,
      'pyproject.toml': `${pyproject}[tool.uv]\nrequired-version = "==0.12.5"\n`,
      'uv.lock': '',
    })
    expect(exact.value('packageManagerVersion')).toMatchObject({
      value: '0.12.5',
      source: 'pyproject.toml#tool.uv.required-version',
    })
    const written = await inspect({
      'main.py': FASTAPI,
      'pyproject.toml': `${pyproject}[tool.poetry]\n`,
      'poetry.lock':
        '# This file is automatically @generated by Poetry 2.1.3 and should not be changed by hand.\n',
    })
    expect(written.value('packageManagerVersion')).toMatchObject({ value: '2.1.3', source: 'poetry.lock:1' })
  })
})

describe('the version of Python', () => {
  const version = async (files: Files) => {
    const { value, warnings } = await inspect({
      'main.py': FASTAPI,
      'requirements.txt': 'fastapi==1\nuvicorn==1\n',
      ...files,
    })
    return [
      value('runtimeVersion')?.value,
      value('runtimeVersion')?.source,
      warnings.filter((text) => text.startsWith('PD022')).length,
    ]
  }
  it.each<[string, Files, [string, string, number]]>([
    ['a default', {}, ['3.13', 'default: the newest line that most packages have wheels for', 0]],
    ['.python-version', { '.python-version': '# ours\n3.14.1\n' }, ['3.14', '.python-version', 0]],
    [
      '.python-version before runtime.txt',
      { '.python-version': '3.11', 'runtime.txt': 'python-3.12.3' },
      ['3.11', '.python-version', 0],
    ],
    ['runtime.txt', { 'runtime.txt': 'python-3.12.3' }, ['3.12', 'runtime.txt', 0]],
    [
      '.tool-versions',
      { '.tool-versions': 'nodejs 24\npython 3.12.1 3.11\n' },
      ['3.12', '.tool-versions', 0],
    ],
    ['mise.toml', { 'mise.toml': '[tools]\npython = "3.14"\n' }, ['3.14', 'mise.toml#tools.python', 0]],
    [
      'a range: the default within it',
      { 'pyproject.toml': project('requires-python = ">=3.11"') },
      ['3.13', 'pyproject.toml#project.requires-python', 0],
    ],
    [
      'a range without the default: the newest',
      { 'pyproject.toml': project('requires-python = ">=3.11,<3.13"') },
      ['3.12', 'pyproject.toml#project.requires-python', 0],
    ],
    [
      'a range past its end: lifted',
      { 'pyproject.toml': project('requires-python = ">=3.8,<3.10"') },
      ['3.11', 'lifted from >=3.8,<3.10 (pyproject.toml#project.requires-python)', 1],
    ],
    [
      'a pin past its end: lifted',
      { '.python-version': '3.9' },
      ['3.11', 'lifted from 3.9 (.python-version)', 1],
    ],
    [
      'a pin that is too new: the newest',
      { '.python-version': '3.99' },
      ['3.14', 'lifted from 3.99 (.python-version)', 1],
    ],
    [
      'a pin against a range: the pin, aloud',
      { '.python-version': '3.11', 'pyproject.toml': project('requires-python = ">=3.13"') },
      ['3.11', '.python-version', 1],
    ],
    [
      'nonsense: said, and not used',
      { 'pyproject.toml': project('requires-python = "yes"') },
      ['3.13', 'default: the newest line that most packages have wheels for', 1],
    ],
    [
      'another interpreter is no pin',
      { '.python-version': 'pypy3.10-7.3' },
      ['3.13', 'default: the newest line that most packages have wheels for', 0],
    ],
  ])('%s', async (_what, files, expected) => {
    expect(await version(files)).toEqual(expected)
  })
})

describe('dependencies', () => {
  it('are those of production: groups, extras and files for work are none', async () => {
    const { inspection } = await inspect({
      'main.py': FASTAPI,
      'uv.lock': '',
      'pyproject.toml': project(
        'dependencies = ["FastAPI[standard]", "pywin32; sys_platform == \'win32\'"]\n[project.optional-dependencies]\ntest = ["pytest"]\nprod = ["gunicorn"]\n[dependency-groups]\nlint = ["ruff"]\ndev = ["httpx", {include-group = "lint"}]\n',
      ),
    })
    expect([...inspection.dependencies.keys()]).toEqual([
      'fastapi',
      'uvicorn',
      'fastapi-cli',
      'watchfiles',
      'gunicorn',
    ])
  })
  it('of Poetry come from its tables, optional ones left out', async () => {
    const { inspection } = await inspect({
      'app.py': FLASK,
      'poetry.lock': '',
      'pyproject.toml':
        '[tool.poetry.dependencies]\npython = "^3.13"\nFlask = "^3"\ngunicorn = {version = "^23", optional = true}\ncelery = {extras = ["redis"], version = "^5"}\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n',
    })
    expect([...inspection.dependencies]).toEqual([
      ['flask', '^3'],
      ['celery', '^5'],
      ['redis', '*'],
    ])
  })
})

describe('the start command', () => {
  const start = async (files: Files, answers: Answers = {}) =>
    (await inspect(files, answers)).value('start')?.value
  it.each<[string, Files, string]>([
    [
      'FastAPI on uvicorn',
      { 'main.py': FASTAPI, 'requirements.txt': 'fastapi\nuvicorn' },
      'uvicorn --host 0.0.0.0 --port 8000 --timeout-graceful-shutdown 8 main:app',
    ],
    [
      'FastAPI on hypercorn',
      { 'main.py': FASTAPI, 'requirements.txt': 'fastapi\nhypercorn' },
      'hypercorn --bind 0.0.0.0:8000 --access-logfile - main:app',
    ],
    [
      'Flask on waitress',
      { 'app.py': FLASK, 'requirements.txt': 'flask\nwaitress' },
      'waitress-serve --host 0.0.0.0 --port 5000 app:app',
    ],
    [
      'Flask on granian',
      { 'app.py': FLASK, 'requirements.txt': 'flask\ngranian' },
      'granian --interface wsgi --host 0.0.0.0 --port 5000 app:app',
    ],
    [
      'the Procfile',
      {
        'app.py': FLASK,
        'requirements.txt': 'flask\ngunicorn',
        Procfile: 'web: gunicorn -w 3 --bind :$PORT app:app',
      },
      'gunicorn --bind 0.0.0.0:5000 --worker-tmp-dir /dev/shm --access-logfile - -w 3 app:app',
    ],
    [
      'not a development server in the Procfile',
      { 'app.py': FLASK, 'requirements.txt': 'flask\ngunicorn', Procfile: 'web: flask run' },
      'gunicorn --bind 0.0.0.0:5000 --worker-tmp-dir /dev/shm --access-logfile - --threads 4 app:app',
    ],
    [
      'a port in the code',
      {
        'main.py': `${FASTAPI}\nif __name__ == "__main__":\n    uvicorn.run("main:app", host="127.0.0.1", port=int(os.getenv("PORT", "9005")))`,
        'requirements.txt': 'fastapi\nuvicorn',
      },
      'uvicorn --host 0.0.0.0 --port 9005 --timeout-graceful-shutdown 8 main:app',
    ],
    [
      'Dash without a named server',
      { 'app.py': 'import dash\napp = dash.Dash(__name__)', 'requirements.txt': 'dash\ngunicorn' },
      'waitress-serve --host 0.0.0.0 --port 8050 app:app.server',
    ],
    [
      'a script',
      { 'src/bot/__init__.py': '', 'src/bot/__main__.py': 'print(1)', 'requirements.txt': 'httpx==1' },
      'python -m bot',
    ],
  ])('%s', async (_what, files, expected) => {
    expect(await start(files)).toBe(expected)
  })
  it.each<[string, Files, string]>([
    [
      "another file's constant",
      { 'conf.py': 'from decouple import config\nPORT = config("PORT", default=9001, cast=int)\n' },
      'import conf\nrun_app(app, port=conf.PORT)',
    ],
    [
      'a name from there',
      { 'conf.py': 'PORT = int(9001)\n' },
      'from conf import PORT\nrun_app(app, port=PORT)',
    ],
    [
      'a field of settings',
      { 'conf.py': 'class Settings:\n    port: int = 9001\nsettings = Settings()\n' },
      'from conf import settings\nrun_app(app, port=settings.port)',
    ],
    [
      'an argument',
      {},
      'p.add_argument("-p", "--port", type=int, default=9001)\nargs = p.parse_args()\nrun_app(app, port=args.port)',
    ],
    ['environs', {}, 'PORT = env.int("PORT", 9001)\nrun_app(app, port=PORT)'],
  ])('of a server of its own listens where %s says', async (_, more, code) => {
    const { value, warnings } = await inspect({
      'main.py': `from aiohttp import web\nfrom aiohttp.web import run_app\napp = web.Application()\n${code}\n`,
      'requirements.txt': 'aiohttp==3\n',
      ...more,
    })
    expect(value('port')).toMatchObject({ value: 9001, source: expect.stringMatching(/^main.py:\d/) })
    expect(warnings.filter((text) => text.startsWith('PD094'))).toEqual([])
  })
  it.each([
    ['is computed', 'run_app(app, port=find())', {}],
    [
      'is one of several',
      'import conf\nrun_app(app, port=conf.port)',
      { 'conf.py': 'class A:\n  port = 1111\nclass B:\n  port = 2222\n' },
    ],
  ])('of a server of its own says what it assumes where the port %s', async (_, code, more) => {
    const { value, warnings } = await inspect({
      'main.py': `from aiohttp import web\nfrom aiohttp.web import run_app\napp = web.Application()\n${code}\n`,
      'requirements.txt': 'aiohttp==3\n',
      ...more,
    })
    expect(value('port')).toMatchObject({ value: 8080, confidence: 'guess' })
    expect(warnings.join()).toMatch(/PD094 main.py:\d listens on a port that can't be read: 8080 is assumed/)
  })
  it.each([
    ['said', 'def main():\n    app.register_blueprint(b)\n    server.start()\n', true],
    ['not said of a factory', 'def make():\n    app.register_blueprint(b)\n    return app\n', false],
    ['not said where it has parts', 'app.register_blueprint(b)\ndef main():\n    s.start()\n', false],
  ])('that leaves the app empty is %s', async (_, code, said) => {
    const files = {
      'app.py': FLASK,
      'cli.py': `from app import app\n${code}`,
      'requirements.txt': 'flask==3\ngunicorn',
    }
    const { warnings } = await inspect(files)
    expect(warnings.some((text) => /^PD092 main\(\) in cli.py registers/.test(text))).toBe(said)
  })
  it('of Tornado is found where its own server is bound', async () => {
    const { value } = await inspect({
      'web/app.py': 'import tornado.web\nclass Application(tornado.web.Application):\n    pass\n',
      'serve.py': `from tornado.httpserver import HTTPServer\nfrom web.app import Application\nif __name__ == "__main__":\n    http_server = HTTPServer(Application())\n    http_server.bind(9002)\n    http_server.start()\n`,
      'requirements.txt': 'tornado==6\n',
    })
    expect(value('framework')?.value).toBe('tornado')
    expect([value('start')?.value, value('port')?.value]).toEqual(['python serve.py', 9002])
  })
  it('takes the port with which a script of the project serves the same app', async () => {
    const files = (app: string) => ({
      'app/__init__.py': FASTAPI,
      'run.py': `import uvicorn\nuvicorn.run("${app}", port=9003, reload=True)\n`,
      'requirements.txt': 'fastapi\nuvicorn',
    })
    expect((await inspect(files('app:app'))).value('port')?.value).toBe(9003)
    expect((await inspect(files('mock:app'))).value('port')?.value).toBe(8000)
  })
  it('that is answered is taken as it is', async () => {
    const files = { 'main.py': FASTAPI, 'requirements.txt': 'fastapi\nuvicorn' }
    expect(await start(files, { start: 'python main.py --x' })).toBe('python main.py --x')
    const { text } = await dockerfile(files, { start: 'echo $HOME && python main.py' })
    expect(text).toContain('CMD ["sh", "-c", "echo $HOME && python main.py"]')
  })
  it('of uWSGI sets what its ini reads, and stops on SIGINT unless die-on-term is there', async () => {
    const files = (more: string) => ({
      'app.py': FLASK,
      'requirements.txt': 'flask==3\nuwsgi',
      'etc/uwsgi.ini': `[uwsgi]\nhttp-socket = :$(PORT)\nmodule = app:app\nvirtualenv = $(VIRTUAL_ENV)\n${more}`,
      Procfile: 'web: uwsgi ./etc/uwsgi.ini\n',
    })
    const { text } = await dockerfile(files(''))
    expect(text).toMatch(/VIRTUAL_ENV=\/opt\/venv[\s\S]*PORT=5000/)
    expect(text).toMatch(/# uWSGI reloads on SIGTERM[^\n]*\nSTOPSIGNAL SIGINT/)
    const other = await inspect(files('die-on-term = true\nhttp-socket = 0.0.0.0:9003\n'))
    expect([other.value('port')?.value, other.value('signals')?.value]).toEqual([9003, 'SIGTERM'])
    expect(other.warnings.filter((warning) => warning.startsWith('PD056'))).toEqual([])
  })
  it.each([
    ['granian', 'granian --interface asgi --host 0.0.0.0 --port 8000 main:app', 'sync+restart'],
    ['granian[reload]', 'granian --interface asgi --host 0.0.0.0 --port 8000 --reload main:app', 'sync'],
    [
      'granian\nuvicorn[standard]',
      'granian --interface asgi --host 0.0.0.0 --port 8000 --reload main:app',
      'sync',
    ],
  ])('of development watches the source, or is restarted: %j', async (packages, command, action) => {
    const { development } = (
      await dockerfile({ 'main.py': FASTAPI, 'requirements.txt': `fastapi\n${packages}` })
    ).model
    expect([development.command.join(' '), development.action]).toEqual([command, action])
  })

  it.each<[string, Files, string]>([
    [
      'with its ini',
      { 'uwsgi.ini': '[uwsgi]\nmodule = app:app\nprocesses = 2\n' },
      'uwsgi --http 0.0.0.0:5000 uwsgi.ini',
    ],
    [
      'with an address of its own',
      { 'uwsgi.ini': '[uwsgi]\nhttp-socket = :9004\n' },
      'uwsgi uwsgi.ini --module app:app',
    ],
    [
      'alone, where the ini is of another machine',
      { 'uwsgi.ini': '[uwsgi]\nchdir = /home/me/shop\n' },
      'uwsgi --http 0.0.0.0:5000 --master --die-on-term --need-app --processes 2 --threads 4 --module app:app',
    ],
    ['not before Gunicorn', { 'requirements.txt': 'flask==3\nuwsgi\ngunicorn' }, 'gunicorn --bind'],
  ])('of uWSGI is its own where that is the server: %s', async (_, more, line) => {
    const files = { 'app.py': FLASK, 'requirements.txt': 'flask==3\nuwsgi', ...more }
    const { value, warnings } = await inspect(files)
    expect(value('start')?.value).toContain(line)
    expect(warnings.filter((text) => text.startsWith('PD056'))).toEqual([])
  })
  it('of Gunicorn has the workers that the code spawns in', async () => {
    const files = { 'requirements.txt': 'flask==3\ngunicorn\ngevent\n' }
    const spawns = { ...files, 'app.py': `import gevent\n${FLASK}gevent.spawn(print)\n` }
    expect((await inspect(spawns)).value('start')?.value).toContain('--worker-class gevent app:app')
    const tested = { ...files, 'app.py': FLASK, 'tests/conftest.py': 'import gevent\n' }
    expect((await inspect(tested)).value('start')?.value).toContain('--threads 4 app:app')
  })
  it('of migrations runs where the ini leads, and is left out where its program is not installed', async () => {
    const files = {
      'main.py': FASTAPI,
      'src/alembic.ini': '[alembic]\nscript_location = migrations\nprepend_sys_path = .\n',
      'src/migrations/env.py': '',
      'requirements.txt': 'fastapi\nuvicorn\nalembic',
    }
    const { text } = await dockerfile(files)
    expect(text).toMatch(/AS migrate\nWORKDIR \/app\/src\nCMD \["alembic", "upgrade", "head"\]/)
    const here = { ...files, 'src/alembic.ini': 'script_location = %(here)s/migrations\n' }
    // Nothing adds the folder to Python's path: Python itself does.
    expect((await dockerfile(here)).text).toMatch(
      /CMD \["python", "-m", "alembic", "--config", "src\/alembic.ini", "upgrade"/,
    )
    const without = { ...files, 'requirements.txt': 'fastapi\nuvicorn' }
    expect((await dockerfile(without)).model.migration).toBeNull()
    expect((await inspect(without)).warnings.join()).toMatch(/PD021 The migrations need alembic/)
  })
  it('of migrations that a clone lacks is left out, and that is said', async () => {
    const files = { 'main.py': FASTAPI, 'requirements.txt': 'fastapi\nuvicorn\nalembic\naerich' }
    const ini = { ...files, 'alembic.ini': '[alembic]\nscript_location = %(here)s/db\n' }
    const aerich = {
      ...files,
      'pyproject.toml': '[tool.aerich]\nlocation = "./db/"\n',
      '.gitignore': 'db/\n',
    }
    for (const [project, file, said] of [
      [ini, 'db/env.py', 'Alembic is set up, and db/ has no migrations.'],
      [aerich, 'db/models/0_init.py', 'Aerich is set up, and db/ has no migrations: Git ignores it.'],
    ] as const) {
      const { model } = await dockerfile(project)
      expect(model.migration).toBeNull()
      expect((await inspect(project)).warnings.join()).toContain(said)
      const there = { ...project, [file]: '' }
      expect((await dockerfile(there)).model.migration?.command).toContain('upgrade')
      expect((await inspect(there)).warnings.join()).not.toContain('has no migrations')
    }
  })

  it.each(['bash web.sh', './web.sh', 'sh web.sh'])('is in a script that %j starts', async (line) => {
    const { value, warnings } = await inspect({
      'app.py': FLASK,
      'requirements.txt': 'flask\ngunicorn',
      Procfile: `web: ${line}`,
      'web.sh':
        '#!/bin/bash\nset -eu\n# first\nflask db upgrade\necho go\n\nexec gunicorn \\\n  --workers 3 app:app\n',
    })
    expect(value('start')?.value).toMatch(/^gunicorn .*--workers 3 app:app$/)
    expect(warnings.find((text) => text.startsWith('PD021'))).toMatch(/flask db upgrade/)
  })
  it('is not a script that needs what the image lacks, and is one that only a shell can run', async () => {
    const files = { 'app.py': FLASK, 'requirements.txt': 'flask\ngunicorn' }
    const wrapped = await inspect({
      ...files,
      Procfile: 'web: bin/with-nginx gunicorn app:app',
      'bin/with-nginx': '#!/bin/bash\n( $@ ) &\n(\n  /usr/bin/nginx -p .\n)\n',
    })
    expect(wrapped.value('start')?.value).toMatch(/^gunicorn --bind/)
    expect(wrapped.warnings.join()).toMatch(/"bin\/with-nginx gunicorn app:app" needs nginx/)
    const shell = { 'web.sh': 'if [ "$A" ]; then gunicorn a; else gunicorn b; fi\n' }
    const kept = await inspect({ ...files, ...shell, Procfile: 'web: bash web.sh' })
    expect(kept.value('start')?.value).toBe('bash web.sh')
  })
  it('takes a migration out of the way of the server', async () => {
    const { value, warnings } = await inspect({
      'app.py': FLASK,
      'requirements.txt': 'flask\ngunicorn',
      Procfile: 'web: flask db upgrade && gunicorn app:app',
    })
    expect(value('start')?.value).toMatch(/^gunicorn/)
    expect(warnings.find((text) => text.startsWith('PD021'))).toMatch(/flask db upgrade/)
  })
  it('of a stated line names the app for development and migrations, too, and what it starts is added', async () => {
    const { model } = await dockerfile({
      'shop/__init__.py': 'def make(): ...\n',
      'serve.py': 'from shop import make\nweb = make("x")\n',
      'requirements.txt': 'flask==2.1.3\nflask-migrate==4',
      'migrations/env.py': '',
      Procfile: 'web: gunicorn serve:web\n',
    })
    expect(model.development.env).toMatchObject({ FLASK_APP: 'serve:web', FLASK_DEBUG: '1' })
    expect(model.development.command.join(' ')).toBe('flask run --host 0.0.0.0 --port 5000')
    expect(model.migration?.command.join(' ')).toBe('flask db upgrade')
    expect(model.imageEnv).toContain('FLASK_APP')
  })
  it('of Flask is named by an option where Flask has one', async () => {
    const { model } = await dockerfile({ 'app.py': FLASK, 'requirements.txt': 'flask>=2.0' })
    expect(model.development.command.join(' ')).toMatch(/^flask --app app:app --debug run/)
    expect(model.development.env).toEqual({})
  })
  it.each<[string, Files, string | undefined, RegExp]>([
    [
      'base',
      { 'x/settings/base.py': '', 'x/settings/test.py': '' },
      'x.settings.base',
      /image says x.settings.base/,
    ],
    [
      'production',
      { 'x/settings/prod.py': '', 'x/settings/base.py': '' },
      'x.settings.prod',
      /says x.settings.prod/,
    ],
    ['one file', { 'x/settings.py': '' }, 'x.settings', /says x.settings. If/],
    [
      'two of them',
      { 'x/settings.py': '', 'y/settings.py': '' },
      undefined,
      /are meant: set DJANGO_SETTINGS_MODULE/,
    ],
  ])(
    'of Django goes by the name of the settings where no file says them: %s',
    async (_, files, expected, said) => {
      const settings = Object.fromEntries(Object.keys(files).map((path) => [path, 'INSTALLED_APPS = []\n']))
      const all = {
        'manage.py': 'from django.core.management import execute_from_command_line\n',
        'x/wsgi.py': 'application = get_wsgi_application()\n',
        'requirements.txt': 'django==5\ngunicorn==23\n',
        ...settings,
      }
      const { value, warnings, inspection } = await inspect(all)
      expect(value('start')?.value).toMatch(/x.wsgi:application$/)
      expect(warnings.filter((text) => text.startsWith('PD092'))).toEqual([expect.stringMatching(said)])
      const text = JSON.stringify(inspection.model({ services: [], answers: {} }).dockerfile.data)
      expect(/DJANGO_SETTINGS_MODULE=([\w.]+)/.exec(text)?.[1]).toBe(expected)
    },
  )
  it('of a stated line is installed where no file lists it, and no other is named', async () => {
    const files = {
      ...DJANGO,
      'requirements.txt': 'django==5\nchannels',
      Procfile: 'web: daphne x.asgi:application',
    }
    const { warnings } = await inspect(files)
    expect(warnings.filter((text) => text.startsWith('PD056'))).toEqual([
      expect.stringMatching(/Procfile:1 starts daphne.*adds daphne==\d/),
    ])
    expect((await dockerfile(files)).text).toMatch(/pip install daphne==\d/)
  })
  it.each<[string, Files, string]>([
    [
      'a task of a script table',
      {
        'pyproject.toml': `${project('dependencies = ["flask"]')}[tool.poe.tasks]\ndev = "flask --app web.core:site run"\n`,
        'web/core.py': 'site = load()\n',
      },
      'web.core:site',
    ],
    ['wsgi.py', { 'requirements.txt': 'flask', 'srv/wsgi.py': 'app = load()\n', 'main.py': '' }, 'wsgi:app'],
    [
      'an import in wsgi.py',
      { 'requirements.txt': 'flask', 'wsgi.py': 'from lib import application\n' },
      'wsgi:application',
    ],
  ])('goes by %s before it guesses', async (_what, files, module) => {
    const { value, warnings } = await inspect(files)
    expect(value('module')).toMatchObject({ value: module, confidence: 'likely' })
    expect(warnings.filter((text) => text.startsWith('PD092'))).toEqual([])
  })
  it('is guessed in a file that is there, or not at all', async () => {
    const { value, inspection } = await inspect({ 'requirements.txt': 'flask', 'app.py': '' })
    expect([value('module')?.confidence, inspection.notAnApp]).toEqual(['guess', undefined])
    const nothing = await inspect({ 'requirements.txt': 'flask', 'tool.py': '' })
    expect(nothing.inspection.notAnApp?.message).toMatch(/nothing in its code starts it/)
  })
  it.each<[string, Files, string, string | undefined]>([
    [
      'the settings name it',
      { 'x/settings.py': 'WSGI_APPLICATION = "x.web.application"', 'x/web.py': 'def application(a, b): ...' },
      'x.web:application',
      undefined,
    ],
    ['it is a package', { 'x/wsgi/__init__.py': 'application = 1' }, 'x.wsgi:application', undefined],
    [
      'another file asks Django for it',
      {
        'srv/app.py':
          'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()',
      },
      'srv.app:application',
      undefined,
    ],
    ['nothing makes it', {}, 'django.core.wsgi:get_wsgi_application', 'x.settings'],
  ])('of Django is found where %s', async (_what, more, module, settings) => {
    const { 'x/asgi.py': _, ...base } = DJANGO
    const files = { ...base, 'requirements.txt': 'django==5\ngunicorn', ...more }
    const { value, warnings } = await inspect(files)
    expect(value('module')?.value).toBe(module)
    expect(value('start')?.value).toContain(settings ? `'${module}()'` : module)
    expect(warnings.filter((text) => text.startsWith('PD092'))).toEqual([])
    const { text } = await dockerfile(files)
    expect(/DJANGO_SETTINGS_MODULE=([\w.]+)/.exec(text)?.[1]).toBe(settings)
  })
  it('of Channels is asgi.py, not the router that the settings name', async () => {
    const router = {
      ...DJANGO,
      'x/settings.py': 'ASGI_APPLICATION = "x.routing.application"\n',
      'x/routing.py': 'application = Router()\n',
      'requirements.txt': 'django==5\ngunicorn\nuvicorn',
    }
    expect((await inspect(router)).value('module')?.value).toBe('x.asgi:application')
    const { 'x/asgi.py': _, ...older } = { ...router, 'x/wsgi.py': 'application = 1\n' }
    expect((await inspect(older)).value('module')?.value).toBe('x.wsgi:application')
  })
  it('reads settings whose name is put together, and writes none that it has to guess', async () => {
    const files = (name: string) => ({
      'manage.py': `import os\nstage = ${name}\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", f"x.settings.{stage}")\n`,
      'x/settings/production.py': 'STATIC_ROOT = "s"\n',
      'x/wsgi.py': 'application = 1\n',
      'requirements.txt': 'django==5\ngunicorn',
    })
    expect((await dockerfile(files('"production"'))).model.imageEnv).not.toContain('DJANGO_SETTINGS_MODULE')
    expect((await inspect(files('"production"'))).warnings.join()).not.toMatch(/which settings/)
    expect((await dockerfile(files('pick()'))).model.imageEnv).not.toContain('DJANGO_SETTINGS_MODULE')
    expect((await inspect(files('pick()'))).warnings.join()).toMatch(/PD092.*set DJANGO_SETTINGS_MODULE/)
  })
  it('adds a server, aloud, where none is among the dependencies', async () => {
    const files = { 'app.py': FLASK, 'requirements.txt': 'flask==3.1.2' }
    expect((await inspect(files)).warnings.find((text) => text.startsWith('PD056'))).toMatch(/gunicorn==/)
    expect((await dockerfile(files)).text).toMatch(/pip install gunicorn==\d+\.\d+/)
  })
  it.each([
    ['quart', 'hypercorn --bind 0.0.0.0:5000 --access-logfile - app:app'],
    ['quart\nuvicorn', 'uvicorn --host 0.0.0.0 --port 5000 --timeout-graceful-shutdown 8 app:app'],
  ])(
    'takes the server that the framework brings, where the project names none: %j',
    async (list, command) => {
      const files = { 'app.py': 'from quart import Quart\napp = Quart(__name__)\n', 'requirements.txt': list }
      const { value, warnings } = await inspect(files)
      expect(value('start')?.value).toBe(command)
      expect(warnings.filter((text) => text.startsWith('PD056'))).toEqual([])
    },
  )
  it.each([
    ['define("port", default=9001, type=int)', 9001],
    ['define("port", type=int)', 8888],
    ['options = load()', 8888],
  ])('of Tornado is on the port that %s says', async (line, port) => {
    const { value } = await inspect({
      'main.py': `import tornado.web\n${line}\napp = tornado.web.Application([])\napp.listen(options.port)\n`,
      'requirements.txt': 'tornado==6',
    })
    expect(value('port')?.value).toBe(port)
  })
  const AIOHTTP =
    'from aiohttp import web\nasync def init():\n    app = web.Application()\n    return app\ndef main():\n    web.run_app(init(), port=9002)\n'
  const GUARD = 'if __name__ == "__main__":\n    main()\n'
  it.each<[string, Files, string, string]>([
    [
      'aiohttp in a coroutine',
      { 'polls/main.py': AIOHTTP + GUARD, 'polls/__init__.py': '', 'requirements.txt': 'aiohttp' },
      'aiohttp',
      'python -m polls.main',
    ],
    [
      'aiohttp started by another file',
      {
        'polls/app.py': AIOHTTP,
        'polls/__init__.py': '',
        'polls/__main__.py': 'from .app import main\nmain()\n',
        'requirements.txt': 'aiohttp',
      },
      'aiohttp',
      'python -m polls',
    ],
    [
      'aiohttp as a client',
      { 'main.py': 'import aiohttp\nrun()\n', 'requirements.txt': 'aiohttp' },
      'script',
      'python main.py',
    ],
    [
      'Tornado',
      {
        'main.py': `import tornado.web\ndef main():\n    make().listen(8888)\n${GUARD}`,
        'requirements.txt': 'tornado',
      },
      'tornado',
      'python main.py',
    ],
    [
      'Gradio beside FastAPI',
      {
        'ui.py': 'import gradio as gr\ndemo = gr.Blocks()\ndemo.queue().launch()\n',
        'requirements.txt': 'gradio\nfastapi\nuvicorn',
      },
      'gradio',
      'python ui.py',
    ],
    [
      'FastAPI with an app beside Gradio',
      {
        'ui.py': 'import gradio as gr\ngr.Blocks().launch()\n',
        'main.py': FASTAPI,
        'requirements.txt': 'gradio\nfastapi\nuvicorn',
      },
      'fastapi',
      'uvicorn --host 0.0.0.0 --port 8000 --timeout-graceful-shutdown 8 main:app',
    ],
    [
      'a script that starts what another defines',
      {
        'bot.py': 'import logging\nlogging.basicConfig()\nclass Bot: ...\n',
        'launcher.py': `from bot import Bot\n${GUARD}`,
        'setup.py': GUARD,
        'requirements.txt': 'discord.py',
      },
      'script',
      'python launcher.py',
    ],
    [
      'a script one folder down',
      { 'chat/main.py': GUARD, 'chat/views.py': GUARD, 'requirements.txt': 'httpx' },
      'script',
      'python chat/main.py',
    ],
  ])('is seen where it is started: %s', async (_what, files, framework, start) => {
    const { value, warnings } = await inspect(files)
    expect([value('framework')?.value, value('start')?.value]).toEqual([framework, start])
    expect(warnings.filter((text) => text.startsWith('PD092'))).toEqual([])
  })
  it('is a guess where a script only defines', async () => {
    const { value, warnings } = await inspect({
      'bot.py': 'class Bot: ...\n',
      'requirements.txt': 'discord.py',
    })
    expect(value('start')).toMatchObject({ value: 'python bot.py', confidence: 'guess' })
    expect(warnings.join('\n')).toMatch(/PD092 bot\.py defines things and starts nothing/)
  })
  it('is one that no file lists, where the code starts it, and its version is what a README for Spaces says', async () => {
    const files = {
      'chat.py': 'import gradio as gr\ngr.Blocks().launch()\n',
      'requirements.txt': 'openai==2.0',
    }
    const plain = await inspect(files)
    expect([
      plain.value('framework')?.value,
      plain.warnings.find((text) => /imports gradio/.test(text)),
    ]).toEqual(['gradio', expect.stringMatching(/\(chat\.py\).*lacks it/)])
    const space = {
      ...files,
      'README.md': '---\ntitle: x\nsdk: gradio\nsdk_version: 4.44.1\napp_file: chat.py\n---\n',
    }
    expect((await dockerfile(space)).text).toMatch(/pip install gradio==4\.44\.1/)
    const streamlit = {
      'app.py': 'import streamlit as st\nst.title("x")\n',
      'README.md': '---\nsdk: streamlit\nsdk_version: 1.50.0\n---\n',
    }
    for (const more of [{}, { 'requirements.txt': 'openai==2.0' }]) {
      const { text } = await dockerfile({ ...streamlit, ...more })
      expect(text).toMatch(/pip install streamlit==1\.50\.0[\s\S]*CMD \["streamlit", "run", "app\.py"/)
    }
    const part = { 'bot.py': 'run()\n', 'web/api.py': FASTAPI, 'requirements.txt': 'openai==2.0' }
    expect((await inspect(part)).value('framework')?.value).toBe('script')
    const used = { 'main.py': 'import fastapi\nrun()\n', 'requirements.txt': 'openai==2.0' }
    expect((await inspect(used)).value('framework')?.value).toBe('script')
  })
  it('of Falcon is ASGI or WSGI, not both', async () => {
    const { value } = await inspect({
      'a.py': 'import falcon.asgi\napp = falcon.asgi.App()\n',
      'requirements.txt': 'falcon==4\nuvicorn',
    })
    expect([value('framework')?.value, value('alsoFound')]).toEqual(['falcon-asgi', undefined])
  })
})

describe('code of Python 2', () => {
  it.each<[string, Files, boolean]>([
    ['an import that Python 3 has no more', { 'old.py': 'import urlparse\n' }, true],
    ['one with a way out', { 'old.py': 'try:\n    import urlparse\nexcept ImportError: ...\n' }, false],
    ["the project's own", { 'old.py': 'import urlparse\n', 'urlparse.py': '' }, false],
    ['what the app does not reach', { 'old.py': '', 'tools/x.py': 'import urlparse\n' }, false],
  ])('is said: %s', async (_, more, said) => {
    const files = { 'app.py': `import old\n${FLASK}`, 'requirements.txt': 'flask==3\ngunicorn', ...more }
    const { warnings } = await inspect(files)
    expect(warnings.some((text) => text.startsWith('PD022 old.py:1 imports urlparse, which only'))).toBe(said)
  })
})

describe('what is no app', () => {
  it.each<[string, Files]>([
    ['a library', { 'pyproject.toml': project('dependencies = ["httpx"]'), 'src/x/__init__.py': '' }],
    [
      'a library with two programs',
      { 'pyproject.toml': project('[project.scripts]\na = "x:a"\nb = "x:b"\n'), 'x/__init__.py': '' },
    ],
    [
      'a command for a terminal',
      {
        'pyproject.toml': project(
          'dependencies = ["click"]\n[project.scripts]\nshow = "show.__main__:run"\n',
        ),
        'show/__init__.py': '',
        'show/__main__.py': 'import click\n@click.command()\ndef run(): ...  # both, bottom\nrun()\n',
      },
    ],
    [
      'a Django app without manage.py',
      { 'pyproject.toml': project('dependencies = ["django"]'), 'x/models.py': '' },
    ],
  ])('%s', async (_what, files) => {
    expect((await inspect(files)).inspection.notAnApp?.hint).toMatch(/--start/)
  })
  it('is no command that goes on by itself', async () => {
    const { inspection } = await inspect({
      'pyproject.toml': project('dependencies = ["click"]\n[project.scripts]\nx = "x.__main__:run"\n'),
      'x/__main__.py': 'import click\n@click.command()\ndef run():\n    while True: ...\nrun()\n',
    })
    expect(inspection.notAnApp).toBeUndefined()
  })
  it('is one once it is said how it starts', async () => {
    const { inspection } = await inspect(
      { 'pyproject.toml': project('dependencies = ["httpx"]'), 'x.py': '' },
      { start: 'python x.py' },
    )
    expect(inspection.notAnApp).toBeUndefined()
  })
  it('a pyproject.toml that only sets up a linter is no sign of Python', async () => {
    expect(await python.detect(projectOf({ 'pyproject.toml': '[tool.ruff]\n', 'package.json': {} }))).toEqual(
      [],
    )
  })
})

describe('the Dockerfile', () => {
  it('keeps secrets of a private index out of every layer', async () => {
    const { text, model } = await dockerfile({
      'main.py': FASTAPI,
      'uv.lock': '',
      'pyproject.toml': `${project('dependencies = ["fastapi", "uvicorn"]')}[[tool.uv.index]]\nname = "acme-internal"\nurl = "https://pypi.acme.example/simple"\n`,
    })
    expect(text).toContain(
      '--mount=type=secret,id=uv_index_acme_internal_password,env=UV_INDEX_ACME_INTERNAL_PASSWORD',
    )
    expect(model.buildSecrets.map(({ env }) => env)).toEqual([
      'UV_INDEX_ACME_INTERNAL_USERNAME',
      'UV_INDEX_ACME_INTERNAL_PASSWORD',
    ])
  })
  it('warns of a password in a manifest', async () => {
    const { warnings } = await inspect({
      'main.py': FASTAPI,
      'requirements.txt': '--index-url https://u:secret@pypi.acme.example/simple\nfastapi==1\nuvicorn==1\n',
    })
    const warning = warnings.find((text) => text.startsWith('PD019'))
    expect(warning).toMatch(/plain text/)
    expect(warning).not.toContain('u:secret')
  })
  it('copies the source first where an install needs it', async () => {
    const { text } = await dockerfile({
      'main.py': FASTAPI,
      'requirements.txt': '-e .\nfastapi==1\nuvicorn==1\n',
      'setup.py': 'from setuptools import setup\nsetup(name="x")',
    })
    expect(text.indexOf('COPY . .')).toBeLessThan(text.indexOf('pip install'))
    expect(text).not.toContain('source=requirements.txt')
  })
  it('takes a setup.cfg for a package only where it is one', async () => {
    const reason = async (cfg: string) =>
      (await inspect({ 'main.py': 'print("hello")\n', 'setup.cfg': cfg })).warnings.filter((text) =>
        text.startsWith('PD004'),
      )
    expect(await reason('[flake8]\nmax-line-length = 99\n')).toEqual([])
    expect((await reason('[metadata]\nname = x\n'))[0]).toContain('Only setup.cfg tells the dependencies')
  })
  it('lays the installed project over the dependencies where its metadata is read', async () => {
    const { text } = await dockerfile({
      'uv.lock': '',
      'pyproject.toml': `${project('dependencies = ["fastapi", "uvicorn"]')}[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n`,
      'src/x/__init__.py': '',
      'src/x/app.py': `from importlib.metadata import version\n${FASTAPI}v = version("x")\n`,
    })
    expect(text).toContain('COPY --link --exclude=.lock --from=build /opt/app /opt/venv')
    expect(text).toContain('SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0')
    expect(text).not.toContain('PYTHONPATH')
  })
  it('puts what packages need to build into the build, and what they load into the runtime', async () => {
    const { text } = await dockerfile({
      'app.py': FLASK,
      'requirements.txt': 'flask==1\ngunicorn==1\npsycopg2==2.9\npsycopg[binary]==3\n',
    })
    const [base = '', deps = ''] = text.split(/^FROM /m).slice(1)
    expect(base).toContain('libpq5')
    expect(base).not.toContain('gcc')
    expect(deps).toContain('gcc libc6-dev libpq-dev')
  })
  it('means every hostile name and path as it is', async () => {
    const odd = 'it\'s $(id) `x` "q" \\ é'
    const { text } = await dockerfile(
      {
        'app.py': FLASK,
        [`reqs/${odd}.txt`]: 'flask==3\n',
        'requirements.txt': `-r reqs/x.txt\ngunicorn==23\n`,
        'reqs/x.txt': 'flask==3',
        'pyproject.toml': `[project]\nname = ${JSON.stringify(odd)}\n`,
      },
      { start: `gunicorn ${JSON.stringify('app:app')} --name 'a\nRUN id'`, healthPath: `/x'"\nRUN id` },
    )
    expect(text.split('\n').filter((line) => line.startsWith('RUN id'))).toEqual([])
    expect(text).not.toContain('$(id)')
  })
  it('is the same twice, and names no line number of the source', async () => {
    const files = { 'main.py': FASTAPI, 'requirements.txt': 'fastapi==1\nuvicorn==1\n' }
    const { text } = await dockerfile(files)
    expect((await dockerfile({ ...files, 'main.py': `\n\n\n${FASTAPI}` })).text).toBe(text)
  })
})

describe('workers', () => {
  it('stand beside the app: Celery with its schedule', async () => {
    const { model } = await dockerfile({
      'app.py': FLASK,
      'jobs.py': 'from celery import Celery\napp = Celery("x")\napp.conf.beat_schedule = {}\n',
      'requirements.txt': 'flask==1\ngunicorn==1\ncelery==5\n',
    })
    expect(model.processes.map(({ name, command }) => `${name}: ${command.join(' ')}`)).toEqual([
      'worker: celery --app jobs worker --loglevel INFO --concurrency 2',
      'scheduler: celery --app jobs beat --loglevel INFO --schedule /tmp/celerybeat-schedule',
    ])
  })
  it.each<[string, Files, string]>([
    ['beside its tasks', { 'jobs.py': `${HUEY}@q.task()\ndef a(): ...\n` }, 'jobs.q'],
    [
      'in a module of tasks, by the name it has there',
      { 'conf.py': HUEY, 'jobs.py': 'from conf import q as huey\n@huey.periodic_task(x)\ndef a(): ...\n' },
      'jobs.huey',
    ],
    [
      'in the module that loads all of them',
      {
        'app/__init__.py': '',
        'app/conf.py': HUEY,
        'app/a.py': 'from .conf import q\n@q.task()\ndef a(): ...\n',
        'app/b.py': 'from .conf import q\n@q.task()\ndef b(): ...\n',
        'app/worker.py': 'from .conf import q\nfrom . import a\nfrom .b import b\n',
        'tests/test_all.py': 'from app.conf import q\nfrom app import a, b\n',
      },
      'app.worker.q',
    ],
  ])('of Huey know their tasks: the app %s', async (_what, files, name) => {
    const { value } = await inspect({ ...files, 'requirements.txt': 'huey==3\nredis==8\n' })
    expect(value('start')?.value).toBe(`huey_consumer ${name}`)
  })
  it.each<[string, Files, string]>([
    ['are told of tasks that the app does not load', {}, ' --include work.more,work.tasks'],
    ['are told of none that it loads', { 'work/__init__.py': 'from . import tasks, more\n' }, ''],
    ['are told of none where the app finds them', { 'work/conf.py': 'app.autodiscover_tasks(["x"])\n' }, ''],
  ])('of Celery %s', async (_what, more, include) => {
    const { value } = await inspect({
      'work/__init__.py': '',
      'work/queue.py': 'from celery import Celery\napp = Celery("x")\n',
      'work/tasks.py': 'from .queue import app\n@app.task(name="x")\ndef a(): ...\n',
      'work/more.py': 'from celery import shared_task\n@shared_task\ndef b(): ...\n',
      'work/other.py': 'from prefect import task\n@task\ndef c(): ...\n',
      'requirements.txt': 'celery==5',
      ...more,
    })
    expect(value('start')?.value).toBe(
      `celery --app work.queue worker${include} --loglevel INFO --concurrency 2`,
    )
  })
  it.each<[string, Files, string]>([
    ['that the settings name', {}, 'rqworker high default'],
    ['that a command of the project knows', { 'x/management/commands/rqworker.py': '' }, 'rqworker'],
    ['of the default', { 'x/settings.py': 'RQ_QUEUES = make()\n' }, 'rqworker default'],
  ])('of Django RQ serve the queues %s', async (_what, more, command) => {
    const { model } = await dockerfile({
      ...DJANGO,
      'x/settings.py':
        'INSTALLED_APPS = ["django_rq"]\nRQ_QUEUES = {\n  "high": {"HOST": "r", "OPTS": {"a": 1}},\n  "default": {"HOST": "r"},\n  "far": {"HOST": "s"},\n}\n',
      'x/jobs.py': 'import django_rq\n',
      'requirements.txt': 'django==5\nuvicorn\ndjango-rq',
      ...more,
    })
    expect(model.processes[0]?.command.join(' ')).toBe(`python manage.py ${command}`)
  })
  it.each<[string, string, string]>([
    ['django-q2', 'django_q', 'python manage.py qcluster'],
    ['huey', 'huey.contrib.djhuey', 'python manage.py run_huey'],
  ])('of %s are a command of Django’s', async (name, app, command) => {
    const files = { ...DJANGO, 'requirements.txt': `django==5\nuvicorn\n${name}` }
    const processes = async (settings: string) =>
      (await dockerfile({ ...files, 'x/settings.py': settings })).model.processes.map((process) =>
        process.command.join(' '),
      )
    expect(await processes(`INSTALLED_APPS = ["${app}"]\n`)).toEqual([command])
    expect(await processes('INSTALLED_APPS = []\n')).toEqual([])
  })
  it('of Huey share no file with the app', async () => {
    const { warnings } = await inspect({
      ...DJANGO,
      'x/settings.py': 'INSTALLED_APPS = ["huey.contrib.djhuey"]\nHUEY = {"huey_class": "huey.SqliteHuey"}\n',
      'requirements.txt': 'django==5\nuvicorn\nhuey',
    })
    expect(warnings.join()).toContain('PD033 Huey keeps its jobs in a file')
  })
  it.each<[string, string, string, boolean]>([
    ['all that are named', 'a = Queue("a")\nb = Queue(connection=r, name="b")', 'a b', false],
    ['the default', 'a = Queue(connection=r)', 'default', false],
    [
      'those with a name, and the others are said',
      'a = [Queue(f"a-{i}", connection=r) for i in x]\nb = Queue("b")',
      'b',
      true,
    ],
    ['none of another kind', 'import asyncio\na = Queue("a")\nb = asyncio.Queue(9)', 'a', false],
  ])('of RQ serve %s', async (_what, code, queues, said) => {
    const files = {
      'app.py': FLASK,
      'jobs.py': `from rq import Queue\n${code}\n`,
      'requirements.txt': 'flask==3\ngunicorn==23\nrq==2\n',
    }
    const { model } = await dockerfile(files)
    expect(model.processes.map(({ command }) => command.join(' '))).toEqual([`rq worker ${queues}`])
    const { warnings } = await inspect(files)
    expect(warnings.some((text) => text.startsWith('PD033 A queue of RQ'))).toBe(said)
  })
  it('are none of a module that does nothing when it is run, nor what needs a program that the image lacks', async () => {
    const files = {
      'app.py': FLASK,
      'cli.py': 'from rq import Worker\ndef work():\n    Worker(queues()).work()\n',
      'requirements.txt': 'flask==3\ngunicorn\nrq',
    }
    expect((await dockerfile(files)).model.processes).toEqual([])
    const { value, warnings, inspection } = await inspect({
      ...files,
      Procfile: 'web: make run\ncss: npm run watch\n',
    })
    expect(value('start')?.value).toMatch(/^gunicorn/)
    expect(inspection.model({ services: [], answers: {} }).processes).toEqual([])
    expect(warnings.join('\n')).toMatch(/"make run" needs make[\s\S]*needs npm.*"css" is no process/)
  })
  it('are those of the Procfile, where it has some', async () => {
    const { model } = await dockerfile({
      'app.py': FLASK,
      Procfile:
        'web: gunicorn app:app\nrelease: flask db upgrade\nmail_worker: celery -A jobs worker -Q mail\n',
      'requirements.txt': 'flask==1\ngunicorn==1\ncelery==5\n',
    })
    expect(model.processes).toEqual([
      {
        name: 'mail-worker',
        command: ['celery', '-A', 'jobs', 'worker', '-Q', 'mail'],
        devCommand: ['celery', '-A', 'jobs', 'worker', '-Q', 'mail'],
      },
    ])
  })
  it('alone have no port and no health check', async () => {
    const { model, text } = await dockerfile({
      'jobs.py': 'from celery import Celery\nq = Celery("x")\n',
      'requirements.txt': 'celery==5\n',
    })
    expect(model).toMatchObject({ kind: 'worker', port: null, healthcheck: null })
    expect(text).not.toMatch(/EXPOSE|HEALTHCHECK/)
  })
  it('are told to stop by SIGINT where the code does not handle SIGTERM', async () => {
    const script = { 'main.py': 'while True: pass\n', 'requirements.txt': 'httpx==1\n' }
    expect((await dockerfile(script)).text).toContain('STOPSIGNAL SIGINT')
    expect(
      (await dockerfile({ ...script, 'main.py': 'import signal\nsignal.signal(signal.SIGTERM, f)\n' })).text,
    ).not.toContain('STOPSIGNAL')
  })
})

describe('a workspace of uv', () => {
  const sources = '[tool.uv.sources]\ncore = { workspace = true }\n'
  const member = `${project('dependencies = ["fastapi", "core"]')}${sources}`
  it('is refused by one of its members', async () => {
    await expect(inspect({ 'main.py': FASTAPI, 'pyproject.toml': member, 'uv.lock': '' })).rejects.toThrow(
      '"x" is part of a workspace: core and the lockfile come from folders outside of this one.',
    )
  })
  it('is named where its root starts nothing', async () => {
    const root = `${project('dependencies = ["core"]')}${sources}[tool.uv.workspace]\nmembers = ["packages/*"]\n`
    const files = { 'pyproject.toml': root, 'uv.lock': '', 'packages/core/src/core/__init__.py': '' }
    expect((await inspect(files)).inspection.notAnApp).toMatchObject({
      message: '"x" is the root of a workspace, and starts nothing itself.',
      hint: expect.stringContaining('Apps in a monorepo are not supported yet.'),
    })
  })
})

describe('a package from Git', () => {
  const told = async (files: Files) => {
    const { inspection, warnings } = await inspect({ 'main.py': FASTAPI, ...files })
    const { data } = inspection.model({ services: [], answers: {} }).dockerfile
    return [
      String(data['buildAptBlock']).includes(' git'),
      warnings.find((text) => text.startsWith('PD089'))?.split(',')[0],
    ]
  }
  const named = 'PD089 acme-models comes from Git over ssh'
  const poetry = (url: string) => ({
    'poetry.lock': '',
    'pyproject.toml': `[tool.poetry.dependencies]\nfastapi = "*"\nuvicorn = "*"\nacme-models = { git = "${url}" }\n`,
  })
  const uv = (url: string) => ({
    'uv.lock': '',
    'pyproject.toml': `${project('dependencies = ["fastapi", "uvicorn", "acme_models"]')}[tool.uv.sources]\nacme-models = { git = "${url}" }\n`,
  })
  it.each<[string, Files, string | undefined]>([
    ['PEP 508', { 'requirements.txt': 'acme-models @ git+ssh://git@github.com/acme/models.git@v3\n' }, named],
    ['pip', { 'requirements.txt': 'git+ssh://git@github.com/acme/acme-models.git\n' }, named],
    ['Poetry', poetry('git@github.com:acme/models.git'), named],
    ['uv', uv('ssh://git@github.com/acme/models'), named],
    ['https', { 'requirements.txt': 'acme-models @ git+https://github.com/acme/models.git\n' }, undefined],
    ['uv over https', uv('https://github.com/acme/models'), undefined],
  ])('over ssh has no key: %s', async (_what, files, message) => {
    expect(await told(files)).toEqual([true, message])
  })
})

describe('what stays out of the image', () => {
  const ignored = async (gitignore: string, files: Files = {}) => {
    const { model } = await dockerfile({
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py': FLASK,
      '.gitignore': gitignore,
      ...files,
    })
    return model.ignore.slice(model.ignore.indexOf('celerybeat-schedule*') + 1)
  }
  it.each<[string, string[]]>([
    ['instance/', ['**/instance']],
    ['/data', ['data']],
    ['data/*\n!data/.gitkeep', ['data/*', '!data/.gitkeep']],
    ['shop/local_settings.py', ['shop/local_settings.py']],
    ['secret_key.txt\n.app_secret_key', ['**/secret_key.txt', '**/.app_secret_key']],
    ['*.db\n*.sqlite', ['**/*.db', '**/*.sqlite']],
    ['/uploads/**', ['uploads/**']],
    ['*.py[cod]\n# data\nbuild/\n*.egg\nlib/', []],
    ['database.py\ndatasets\nmedia.css', []],
    ['data $(x)\ndata\\', []],
  ])('what git ignores of a laptop: %j', async (gitignore, lines) =>
    expect(await ignored(gitignore)).toEqual(lines),
  )

  const SQLITE = "from flask import Flask\napp = Flask(__name__)\nU = 'sqlite:///site.db'\n"
  it('the SQLite file that the code names, unless git has it', async () => {
    expect(await ignored('x', { 'app.py': SQLITE })).toEqual(['**/site.db*'])
    expect(await ignored('x', { 'app.py': SQLITE, 'site.db': '' })).toEqual([])
    expect(await ignored('*.db', { 'app.py': SQLITE, 'site.db': '' })).toEqual(['**/*.db'])
  })

  it("the packages of a package.json beside it, which are a laptop's", async () => {
    const lines = async (files: Files) =>
      (await dockerfile({ 'requirements.txt': 'flask\ngunicorn\n', 'app.py': FLASK, ...files })).model.ignore
    expect(await lines({})).not.toContain('**/node_modules')
    expect(await lines({ 'package.json': '{}' })).toContain('**/node_modules')
    expect(await lines({ 'web/package.json': '{}' })).toContain('**/node_modules')
  })

  const copied = async (files: Files) =>
    /COPY.* \. \.\/$/m.exec(
      (
        await dockerfile({
          'requirements.txt': 'django\ngunicorn\n',
          'docs/a.md': '',
          'tests/test_a.py': '',
          ...files,
        })
      ).text,
    )?.[0]
  const DJANGO = {
    'manage.py': "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    'shop/wsgi.py': 'application = 1\n',
    'shop/settings.py': "INSTALLED_APPS = ['blog']\n",
  }
  it('tests and documentation, but for what is code of the app', async () => {
    expect(await copied(DJANGO)).toContain('--exclude=tests --exclude=docs')
    expect(await copied({ ...DJANGO, 'docs/__init__.py': '' })).not.toContain('docs')
    expect(
      await copied({ ...DJANGO, 'shop/settings.py': "INSTALLED_APPS = ['docs.apps.DocsConfig']\n" }),
    ).toMatch(/--exclude=tests (?!.*docs)/)
    expect(await copied({ ...DJANGO, 'shop/views.py': 'from tests.data import SAMPLE\n' })).toMatch(
      /--exclude=docs(?!.*tests)/,
    )
  })
})

describe('the check of the environment', () => {
  const pathOf = async (init: string) =>
    (
      await dockerfile({
        'requirements.txt': 'flask\ngunicorn\n',
        'shop/__init__.py': init,
        'shop/app.py': `import os\n${FLASK}KEY = os.environ['API_KEY']\n`,
      })
    ).model.env?.path
  it('has no name that the package has already', async () => {
    expect(await pathOf('')).toBe('shop/settings.py')
    expect(await pathOf('settings: dict = {}\n')).toBe('shop/env.py')
    expect(await pathOf('from .conf import settings\ndef env():\n    pass\n')).toBe('shop/env_check.py')
    expect(await pathOf('from . import settings\n')).toBe('shop/settings.py')
    expect(await pathOf('if True:\n    settings == 1\n')).toBe('shop/settings.py')
  })
})

describe('what another program of the project says', () => {
  const OTHER =
    'from flask import Flask\nother = Flask(__name__)\n@other.route("/health")\ndef health():\n    pass\nother.run(port=7777)\n'
  const found = async (files: Files) => {
    const { value } = await inspect({ 'requirements.txt': 'flask\ngunicorn\n', ...files })
    return [value('port')?.value, value('healthPath')?.value]
  }
  const app = `${FLASK}import lib.routes\n`
  it('is not the port and the health route of the app', async () => {
    expect(
      await found({ 'shop/__init__.py': '', 'shop/app.py': app, 'service/clip/main.py': OTHER }),
    ).toEqual([5000, '/'])
    expect(
      await found({
        'requirements.txt': 'django\nflask\ngunicorn\n',
        'manage.py': "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
        'shop/settings.py': "INSTALLED_APPS = ['blog']\n",
        'shop/wsgi.py': 'application = 1\n',
        'blog/worker.py': 'import x\nx.run(port=7777)\n',
        'service/clip/main.py': OTHER,
      }),
    ).toEqual([8000, '/'])
  })
  it('but a module beside manage.py that the settings name is', async () => {
    expect(
      await found({
        'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
        'settings.py': 'ROOT_URLCONF = "urls"\n',
        'wsgi.py': 'application = 1\n',
        'urls.py': 'urlpatterns = [path("health/", h)]\n',
        'requirements.txt': 'django\ngunicorn\n',
      }),
    ).toEqual([8000, '/health/'])
  })
  it('but what the app imports, has in its package, or finds by itself, is', async () => {
    expect(await found({ 'app.py': app, 'lib/routes.py': OTHER.replace('other.run', 'run') })).toEqual([
      7777,
      '/health',
    ])
    expect(await found({ 'shop/__init__.py': '', 'shop/app.py': app, 'shop/more/routes.py': OTHER })).toEqual(
      [7777, '/health'],
    )
    expect(
      await found({
        'app.py': `${FLASK}import importlib\nimportlib.import_module(f"x.{1}")\n`,
        'x/routes.py': OTHER,
      }),
    ).toEqual([7777, '/health'])
  })
})

describe('a group whose name says nothing', () => {
  const groups = (text: string, dependencies = '') =>
    `${dependencies && project(`dependencies = [${dependencies}]`)}[dependency-groups]\n${text}\n`

  it('is of production where it is all that there is, and is installed with what it includes', async () => {
    const { text } = await dockerfile({
      'pyproject.toml': groups(
        'main = ["fastapi", "uvicorn", {include-group = "store"}]\nstore = ["redis"]\ntest = ["pytest"]',
      ),
      'main.py': FASTAPI,
    })
    expect(text).toContain("*[x for x in t['dependency-groups']['store'] if isinstance(x, str)]")
    expect(text).not.toContain("t['project']")
    expect(text.split('AS dev')[0]).not.toContain("['test']")
    expect(text).toContain('CMD ["uvicorn"')
  })
  it('is where the code that the app reaches imports what it alone brings', async () => {
    const { text, model } = await dockerfile({
      'pyproject.toml': groups('bot = ["aiogram"]\nadmin = ["flask"]\ndev = ["ruff"]', '"pydantic"'),
      'uv.lock': '',
      'bot/__main__.py': 'from bot.core import run\nrun()\n',
      'bot/core.py': 'from aiogram import Bot\ndef run(): ...\n',
      'admin/panel.py': FLASK,
    })
    expect(text).toContain('--no-default-groups --group bot')
    expect(text.split('AS dev')[0]).not.toContain('admin')
    expect(model.kind).toBe('worker')
  })
  it('is for its server, where there is no other, and for the driver that the settings name', async () => {
    const files = {
      ...DJANGO,
      'uv.lock': '',
      'x/settings.py': 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n',
      'pyproject.toml': groups('docker = ["gunicorn"]\npg = ["psycopg[c]"]', '"django"'),
    }
    const { text } = await dockerfile(files)
    expect(text).toContain('--group docker --group pg')
    expect(text).toContain('libpq-dev')
    expect(text).not.toContain('PD056')
    const other = await dockerfile({
      ...files,
      'x/settings.py': '',
      'pyproject.toml': groups('docker = ["gunicorn"]\npg = ["psycopg[c]"]', '"django", "uvicorn"'),
    })
    expect(other.text.split('AS dev')[0]).not.toContain('--group')
  })
  it('has what it is built with in the dev stage, where it stays out of production', async () => {
    const { text } = await dockerfile({
      'pyproject.toml': groups('pg = ["psycopg[c]"]', '"fastapi", "uvicorn"'),
      'uv.lock': '',
      'main.py': FASTAPI,
    })
    const [production = '', dev = ''] = text.split('AS dev')
    expect(production).not.toContain('apt-get')
    expect(dev).toMatch(/gcc libc6-dev libpq-dev libpq5[\s\S]*--group pg/)
  })
  it('is none of production where the code can do without, or the name says work', async () => {
    const { text } = await dockerfile({
      'pyproject.toml': groups(
        'more = ["orjson"]\nfast = ["uvloop"]\nlocal-tools = ["ipython"]',
        '"fastapi", "uvicorn"',
      ),
      'uv.lock': '',
      'main.py': `try:\n    import orjson\nexcept ImportError:\n    orjson = None\nimport ipython\n${FASTAPI}`,
      'script.py': 'import uvloop\n',
    })
    expect(text.split('AS dev')[0]).not.toContain('--group')
  })
  it('is asked for where several bring what the code imports', async () => {
    const { warnings } = await inspect({
      'pyproject.toml': project(
        'dependencies = ["fastapi", "uvicorn"]\n[project.optional-dependencies]\ncpu = ["torch"]\ncuda = ["torch"]',
      ),
      'main.py': `import torch\n${FASTAPI}`,
    })
    expect(warnings.join('\n')).toMatch(/main\.py:1 imports torch, which cpu and cuda of/)
  })
})

describe('pkg_resources', () => {
  const files = (requirements: string, more = '') => ({
    'requirements.txt': `flask==3.1.0\n${requirements}`,
    'app.py': `${more}${FLASK}`,
    'tools/other.py': 'import pkg_resources\n',
  })
  const ADDED = "pip install 'setuptools<81'"
  it('is added for what imports it, and said', async () => {
    for (const project of [
      files('gunicorn==20.1.0\n'),
      files('gunicorn==20.1.0\nsetuptools\n'),
      files('gunicorn==20.1.0\nsetuptools>=40\n'),
      files('gunicorn==23.0.0\npyramid==2.1\n'),
      files('gunicorn==23.0.0\n', 'import pkg_resources\n'),
    ]) {
      expect((await dockerfile(project)).text).toContain(ADDED)
      expect((await inspect(project)).warnings.join('\n')).toContain(
        'imports pkg_resources, which setuptools',
      )
    }
  })
  it('is not where it is listed, or nothing of the app needs it', async () => {
    for (const project of [
      files('gunicorn==20.0.4\nsetuptools==80.0\n'),
      files('gunicorn==20.1.0\nsetuptools<82\n'),
      files('gunicorn==20.1.0\nsetuptools~=80.1\n'),
      files('gunicorn==21.2.0\n'),
      files('gunicorn\n'),
    ])
      expect((await dockerfile(project)).text).not.toContain('setuptools<81')
  })
})

describe('a Pipfile', () => {
  const said = async (source: string) => {
    const files = { Pipfile: `[[source]]\nurl = "https://example.org"\n${source}[packages]\nflask = "*"\n` }
    return (await inspect({ ...files, 'app.py': FLASK })).warnings.filter((text) =>
      text.includes('has no name'),
    )
  }
  it('whose source has no name ends the build, and that is said', async () => {
    expect(await said('')).toHaveLength(1)
    expect(await said('name = "pypi"\n')).toEqual([])
  })
})

describe('what services are looked for by', () => {
  it('is not what another package always brings', async () => {
    const { inspection } = await inspect({ 'requirements.txt': 'kombu==5.3\namqp==5.2\n', 'main.py': '' })
    expect([...inspection.dependencies.keys()]).toEqual(['kombu'])
  })
  it('is no driver where the settings have a file for a database, and nothing else', async () => {
    const settings = (engine: string) =>
      `DATABASES = {"default": {"ENGINE": "django.db.backends.${engine}"}}\n`
    const names = async (code: string) => {
      const files = {
        ...DJANGO,
        'requirements.txt': 'django\npsycopg2\npsycopg-binary\n',
        'x/settings.py': code,
      }
      return [...(await inspect(files)).inspection.dependencies.keys()]
    }
    expect(await names(settings('sqlite3'))).toEqual(['django'])
    expect(await names(settings('postgresql'))).toEqual(['django', 'psycopg2', 'psycopg-binary'])
    expect(await names(`${settings('sqlite3')}if X:\n    ${settings('postgresql')}`)).toContain('psycopg2')
  })
})

describe('a project that looks itself up', () => {
  const BUILD = '[build-system]\nrequires = ["setuptools"]\n'
  const installed = async (code: string, more: Files = {}) => {
    const files = { 'pyproject.toml': `${project('dependencies = ["fastapi", "uvicorn"]')}${BUILD}`, ...more }
    const all = { 'main.py': `import importlib.metadata as metadata\n${code}\n${FASTAPI}`, ...files }
    const { text } = await dockerfile(all)
    return [text.includes('--prefix /opt/app'), (await inspect(all)).warnings.join('\n')] as const
  }
  it('is installed, unless it goes on without', async () => {
    expect((await installed('v = metadata.version("x")'))[0]).toBe(true)
    expect((await installed('try:\n    v = metadata.version("x")\nexcept KeyError:\n    v = ""'))[0]).toBe(
      true,
    )
    for (const name of ['metadata.PackageNotFoundError', '(KeyError, Exception)'])
      expect((await installed(`try:\n    v = metadata.version("x")\nexcept ${name}:\n    v = ""`))[0]).toBe(
        false,
      )
    expect((await installed('with suppress(Exception):\n    v = metadata.version("x")'))[0]).toBe(false)
  })
  it('is warned of where its build is its own', async () => {
    const setup = (value: string) => ({ 'setup.py': `setup(name="x", cmdclass=${value})\n` })
    const CODE = 'v = metadata.version("x")'
    expect((await installed(CODE, setup('{"build_py": Mine}')))[1]).toContain('setup.py#cmdclass')
    expect((await installed(CODE, setup('versioneer.get_cmdclass()')))[1]).not.toContain('cmdclass')
    expect((await installed('', setup('{"build_py": Mine}')))[1]).not.toContain('cmdclass')
  })
})

it('a pin without a wheel for the Python that is asked for is compiled with what that takes', async () => {
  const { text } = await dockerfile({
    'requirements.txt': 'fastapi\nuvicorn\npsycopg2-binary==2.9.3\n',
    'runtime.txt': 'python-3.11.0\n',
    'main.py': FASTAPI,
  })
  expect(text).toMatch(/AS deps[\s\S]*gcc libc6-dev libpq-dev/)
})
