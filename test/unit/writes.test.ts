import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { python } from '../../src/languages/python/index.ts'
import type { Language } from '../../src/languages/types.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

async function told(language: Language, files: Record<string, string | object>): Promise<string[]> {
  const { warnings } = await language.inspect(projectOf(files), {})
  return warnings
    .filter(({ rule }) => rule === 'PD058')
    .map(({ message, file, line }) => `${file}:${line} ${message.split(/: the root|\. Mount/)[0]}`)
}

const javascript = (code: string, ...dependencies: string[]) =>
  told(node, {
    'package.json': {
      scripts: { start: 'node server.js' },
      dependencies: Object.fromEntries(['express', ...dependencies].map((name) => [name, '*'])),
    },
    'server.js': `${code}\nrequire('express')().listen(3000)`,
  })
const flask = (code: string, more = '') =>
  told(python, {
    'requirements.txt': `flask\ngunicorn\n${more}`,
    'app.py': `import os, logging\nfrom flask import Flask\napp = Flask(__name__)\n${code}\n`,
  })
const sqlite = (path: string) => `The database is SQLite, a file beside the code (${path})`

describe('what an app writes beside its code is said', () => {
  const BETTER = "const Database = require('better-sqlite3')\n"
  it.each<[string, string[]]>([
    ["const fs = require('fs')\nconst folder = '.'\nfs.mkdirSync(folder)", []],
    [`${BETTER}new Database('./data/quiz.db')`, [`server.js:2 ${sqlite('./data/quiz.db')}`]],
    [
      `${BETTER}const { DB_FILE = 'quiz.db' } = process.env\nnew Database(DB_FILE)`,
      [
        'server.js:2 The database is SQLite, a file: DB_FILE in the image and in compose.yaml points into /data',
      ],
    ],
    [
      `${BETTER}new Database(path.join(__dirname, process.env.DB_FILE ?? 'quiz.db'))`,
      [
        'server.js:2 The database is SQLite, a file: DB_FILE in the image and in compose.yaml points into /data',
      ],
    ],
    [
      `${BETTER}const file = path.join(__dirname, 'data', 'quiz.db')\nnew Database(file)`,
      [`server.js:3 ${sqlite('data/quiz.db')}`],
    ],
    [`${BETTER}new Database(':memory:')`, []],
    [`${BETTER}new Database('/data/quiz.db')`, []],
    [`${BETTER}new Database('geo.db', { readonly: true })`, []],
    [`${BETTER}new Database(process.env.DB_FILE)`, []],
    [`${BETTER}new Database(somewhere())`, []],
    [`${BETTER}// new Database('quiz.db')`, []],
  ])('%s', async (code, expected) => expect(await javascript(code, 'better-sqlite3')).toEqual(expected))

  it.each<[string, string[]]>([
    ["multer({ dest: 'uploads/' })", ['server.js:1 Uploads go to uploads/, beside the code']],
    [
      "multer.diskStorage({ destination: (req, file, cb) => cb(null, 'public/up') })",
      ['server.js:1 Uploads go to public/up, beside the code'],
    ],
    [
      "multer.diskStorage({\n  destination: function (req, file, cb) {\n    cb(null, './up')\n  } })",
      ['server.js:2 Uploads go to ./up, beside the code'],
    ],
    ['multer({ dest: os.tmpdir() })', []],
    ['multer({ storage: multer.memoryStorage() })', []],
  ])('%s', async (code, expected) => expect(await javascript(code, 'multer')).toEqual(expected))

  it('by a transport of pino', async () =>
    expect(
      await javascript(
        "pino.transport({ target: 'pino/file', options: { destination: './logs/a.log' } })",
        'pino',
      ),
    ).toEqual(['server.js:1 The log goes to ./logs/a.log, beside the code']))
  it('nothing that a placed variable is asked for first', async () =>
    expect(
      await javascript(
        "mkdirSync(process.env.DATA_DIR ? process.env.DATA_DIR : require('path').join(__dirname, 'kept')) // fs'",
      ),
    ).toEqual([
      'server.js:1 The app keeps its files in a folder: DATA_DIR in the image and in compose.yaml points into /data',
    ]))

  const FS = "const fs = require('fs')\n"
  const writes = (path: string) => [`server.js:2 The app writes to ${path}`]
  it.each<[string, string[]]>([
    [`${FS}fs.mkdirSync('./uploads', { recursive: true })`, writes('./uploads')],
    [`${FS}await fs.promises.writeFile(path.join(__dirname, 'state', id), text)`, writes('state')],
    [`${FS}fs.createWriteStream(\`./out/\${name}.csv\`)`, writes('out/.csv')],
    [
      `${FS}fs.mkdirSync(process.env.FILES_DIR || './files')`,
      ['server.js:2 The app writes to ./files, unless FILES_DIR says otherwise'],
    ],
    [
      `${FS}const DIR = process.env.CONF_DIR\n  ? process.env.CONF_DIR\n  : join(process.cwd(), 'conf')\nmkdirSync(DIR)`,
      ['server.js:5 The app writes to conf, unless CONF_DIR says otherwise'],
    ],
    [
      `${FS}Store.dir = args.dir || './kept'\nfs.mkdirSync(Store.dir)`,
      ['server.js:3 The app writes to ./kept'],
    ],
    [
      `${FS}fs.createWriteStream(path.join(__dirname, 'access.log'))`,
      ['server.js:2 The log goes to access.log, beside the code'],
    ],
    [`${FS}fs.mkdirSync(path.join(os.tmpdir(), 'x'))`, []],
    [`${FS}fs.mkdirSync(path.dirname(target))`, []],
    [`${FS}fs.writeFileSync(path.join(path.dirname(target), 'x'), text)`, []],
    [`${FS}fs.mkdirSync('/var/cache/x')`, []],
    [`${FS}if (process.env.NODE_ENV !== 'production') fs.writeFileSync('schema.json', text)`, []],
    [`${FS}fs.readFileSync('./x.json')`, []],
  ])('%s', async (code, expected) => expect(await javascript(code)).toEqual(expected))

  const nest = (code: string) =>
    told(node, {
      'package.json': { scripts: { start: 'node dist/main' }, dependencies: { '@nestjs/graphql': '*' } },
      'src/app.module.ts': code,
    })
  const graphql = (path: string) => [`src/app.module.ts:1 The GraphQL schema is written to ${path} at start`]
  it.each<[string, string[]]>([
    ["forRoot({ autoSchemaFile: 'schema.gql' })", graphql('schema.gql')],
    ["({ autoSchemaFile: join(process.cwd(), 'src/schema.gql') })", graphql('src/schema.gql')],
    ["({ autoSchemaFile: config.to || './src/a.graphql' })", graphql('./src/a.graphql')],
    ["({ autoSchemaFile: { path: 'a.gql', federation: 2 } })", graphql('a.gql')],
    ['({ autoSchemaFile: true })', []],
    ["({ autoSchemaFile: isProduction ? true : 'schema.gql' })", []],
    ["({ autoSchemaFile: '/tmp/schema.gql' })", []],
  ])('%s', async (code, expected) => expect(await nest(code)).toEqual(expected))

  it.each<[string, Record<string, string>, string[]]>([
    [
      'kept in Git without its files',
      { '.gitignore': '/public/uploads/*\n!/public/uploads/.gitkeep\n' },
      ['.gitignore:1 The app writes to public/uploads'],
    ],
    ['a log folder', { '.gitignore': 'logs/*\n!logs/.gitkeep\n' }, []],
    ['a folder ignored as a whole', { '.gitignore': 'uploads/*\n' }, []],
    [
      'a variable',
      { '.env.example': 'FILE_STORAGE_LOCAL_ROOT_DIR=/var/lib/app' },
      ['.env.example:1 The app writes to /var/lib/app, unless FILE_STORAGE_LOCAL_ROOT_DIR says otherwise'],
    ],
    ['a folder that is committed', { '.env.example': 'DATA_DIR=./data', 'data/a.json': '{}' }, []],
    ['no path', { '.env.example': 'STORAGE_PATH=https://files.example.com' }, []],
  ])('%s', async (_what, files, expected) =>
    expect(
      await told(node, {
        'package.json': { scripts: { start: 'node server.js' }, dependencies: { express: '*' } },
        'server.js': "require('express')().listen(3000)",
        ...files,
      }),
    ).toEqual(expected),
  )

  it('by tools of the project is not', async () =>
    expect(
      await told(node, {
        'package.json': { scripts: { start: 'node server.js' }, dependencies: { express: '*' } },
        'server.js': "require('express')().listen(3000)",
        'scripts/make.js': `${FS}fs.mkdirSync('./out')`,
        'sitemap.js': `${FS}fs.writeFileSync('./sitemap.xml', text)`,
      }),
    ).toEqual([]))

  it('with a path from where the code lies', async () =>
    expect(
      await told(node, {
        'package.json': { scripts: { start: 'node server.js' }, dependencies: { multer: '*' } },
        'server.js': "require('./lib/routes/up')",
        'lib/routes/up.js': "require('multer')({ dest: path.join(__dirname, '../../uploads') })",
      }),
    ).toEqual(['lib/routes/up.js:1 Uploads go to uploads, beside the code']))

  it.each<[string, string[]]>([
    ["U = 'sqlite:///site.db'", [`app.py:4 ${sqlite('site.db')}`]],
    [
      "U = 'sqlite:///' + os.path.join(os.path.dirname(__file__), 'site.db')",
      [`app.py:4 ${sqlite('site.db')}`],
    ],
    ["U = f'sqlite:///{BASE_DIR}/site.db'", [`app.py:4 ${sqlite('site.db')}`]],
    [
      "U = os.environ.get('DATABASE_URL', 'sqlite:///site.db')",
      [
        'app.py:4 The database is SQLite, a file: DATABASE_URL in the image and in compose.yaml points into /data',
      ],
    ],
    ["U = 'sqlite://site.db'", [`app.py:4 ${sqlite('site.db')}`]],
    [
      'T = {"engine": "tortoise.backends.sqlite",\n  "credentials": {"file_path": f"{BASE}/site.db"}}\nBASE = os.getcwd()',
      [`app.py:5 ${sqlite('site.db')}`],
    ],
    ["U = 'sqlite:////data/site.db'", []],
    ["U = 'sqlite://'", []],
    ["U = 'sqlite:///:memory:'", []],
    ["U = 'sqlite://'", []],
    ["U = f'sqlite:///{path}'", []],
    [
      "from logging.handlers import RotatingFileHandler\nRotatingFileHandler('logs/app.log', maxBytes=1)",
      ['app.py:5 The log goes to logs/app.log, beside the code'],
    ],
    ["logging.FileHandler('/var/log/app.log')", []],
    ["app.config['UPLOAD_FOLDER'] = 'static/up'", ['app.py:4 Uploads go to static/up, beside the code']],
  ])('%s', async (code, expected) => expect(await flask(code)).toEqual(expected))

  it('not where SQLite is what a laptop falls back to', async () =>
    expect(await flask("U = os.environ.get('DATABASE_URL', 'sqlite:///site.db')", 'psycopg[binary]')).toEqual(
      [],
    ))

  it.each<[string, string[]]>([
    ["os.makedirs('logs', exist_ok=True)", ['app.py:4 The app makes logs beside its code']],
    ["for name in ('a',):\n    os.makedirs('logs')", ['app.py:5 The app makes logs beside its code']],
    [
      "os.makedirs(app.instance_path)\nos.mkdir('cache')",
      ['app.py:4 The app makes instance, cache beside its code'],
    ],
    [
      "from pathlib import Path\nLOGS = Path(__file__).parent / 'logs'\nLOGS.mkdir(exist_ok=True)",
      ['app.py:6 The app makes logs beside its code'],
    ],
    ["from pathlib import Path\n(Path('a') / 'b').mkdir()", ['app.py:5 The app makes a/b beside its code']],
    [
      "LOGS = os.environ.get('LOGS', 'logs')\nif not os.path.exists(LOGS):\n    os.makedirs(LOGS)",
      ['app.py:6 The app makes logs beside its code, unless LOGS says otherwise'],
    ],
    ["def create_app():\n    os.makedirs('logs')", ['app.py:5 The app makes logs beside its code']],
    ["def upload():\n    os.makedirs('logs')", []],
    ["os.makedirs('/tmp/logs')", []],
    ['os.makedirs(where())', []],
    ["TO_STDOUT = os.environ.get('TO_STDOUT')\nif TO_STDOUT:\n    pass\nelse:\n    os.mkdir('logs')", []],
    ["import sqlite3\nsqlite3.connect('data/x.db')", [`app.py:5 ${sqlite('data/x.db')}`]],
    ["import sqlite3 as s\ns.connect(':memory:')", []],
    [
      "import aiosqlite\naiosqlite.connect(f'{os.path.dirname(__file__)}/d/x.db')",
      [`app.py:5 ${sqlite('d/x.db')}`],
    ],
    [
      "import sqlite3\nsqlite3.connect(os.environ.get('DB', 'x.db'))",
      [`app.py:5 ${sqlite('x.db')}, unless DB says otherwise`],
    ],
  ])('%s', async (code, expected) => expect(await flask(code)).toEqual(expected))

  const DJANGO = {
    'requirements.txt': 'django\ngunicorn\n',
    'manage.py': "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    'shop/__init__.py': '',
    'shop/wsgi.py':
      "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = 1\n",
  }
  it("in Django's settings too", async () =>
    expect(
      await told(python, {
        ...DJANGO,
        'shop/settings.py': `import os
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
LOG_DIR = os.path.join(BASE_DIR, 'logs')
INSTALLED_APPS = ['blog']
if not os.path.exists(LOG_DIR):
    os.makedirs(LOG_DIR)
LOGGING = {'handlers': {'file': {'class': 'logging.FileHandler', 'filename': LOG_DIR + '/app.log'}}}
HUEY = {
    'filename': os.path.join(BASE_DIR, 'tasks.sqlite3'),
}
`,
        'blog/management/commands/dump.py': "import os\nos.makedirs('dump')\n",
      }),
    ).toEqual([
      'shop/settings.py:8 The log goes to logs/app.log, beside the code',
      'shop/settings.py:7 The app makes logs beside its code',
    ]))

  it('not what a script makes that the app does not import', async () =>
    expect(
      await told(python, {
        'requirements.txt': 'flask\ngunicorn\n',
        'app.py': 'from flask import Flask\nimport lib.log\napp = Flask(__name__)\n',
        'lib/log.py': "import os\nos.makedirs('logs')\n",
        'tools/crawl.py': "import os\nos.makedirs('crawled')\n",
      }),
    ).toEqual(['lib/log.py:2 The app makes logs beside its code']))

  it('the run makes room for the folders, and sets what keeps the app from making one', async () => {
    const code = `import os
from flask import Flask
def create_app():
    app = Flask(__name__)
    os.makedirs(app.instance_path, exist_ok=True)
    if os.environ.get('LOG_TO_STDOUT'):
        pass
    else:
        os.mkdir('logs')
    return app
app = create_app()
`
    const { model } = await python.inspect(
      projectOf({ 'requirements.txt': 'flask\ngunicorn\n', 'app.py': code }),
      {},
    )
    const app = model({ services: [], answers: {} })
    expect(app.writable).toEqual(['/tmp', '/app/instance'])
    expect(app.imageEnv).toContain('LOG_TO_STDOUT')
  })

  const settings = (code: string, more = '', files = {}) => ({
    ...DJANGO,
    'requirements.txt': `django\ngunicorn\n${more}`,
    'shop/settings.py': `import os\nfrom pathlib import Path\nBASE_DIR = Path(__file__).parent.parent\n${code}`,
    ...files,
  })
  const FILE = "{'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE_DIR / 'db.sqlite3'}}"
  const SQLITE = 'shop/settings.py:undefined The database is SQLite, a file beside the code'
  const DEBUG = /^shop.*DEBUG = True is fixed/
  const MEDIA = /^shop.*Uploads go to MEDIA_ROOT/
  it.each<[string, string, (string | RegExp)[]]>([
    [`DATABASES = ${FILE}`, '', [SQLITE]],
    [`DATABASES = ${FILE}`, 'psycopg', [SQLITE]],
    [`if os.environ.get('DATABASE_URL'):\n    DATABASES = {}\nelse:\n    DATABASES = ${FILE}`, 'psycopg', []],
    [`if os.environ.get('DATABASE_URL'):\n    DATABASES = {}\nelse:\n    DATABASES = ${FILE}`, '', [SQLITE]],
    [
      `DATABASES = {'default': {'ENGINE': os.environ.get('E', 'django.db.backends.sqlite3')}}`,
      'psycopg2-binary',
      [],
    ],
    ['DEBUG = True', '', [DEBUG]],
    ['DEBUG = False', '', []],
    ["DEBUG = True\nDEBUG = os.environ.get('DEBUG') == '1'", '', []],
    ['if TEST:\n    DEBUG = True', '', []],
    ["MEDIA_ROOT = BASE_DIR / 'media'", 'django-storages', [MEDIA]],
    [
      "MEDIA_ROOT = BASE_DIR / 'media'\nDEFAULT_FILE_STORAGE = 'storages.backends.s3boto3.S3Boto3Storage'",
      '',
      [],
    ],
    [
      "MEDIA_ROOT = 'media'\nSTORAGES = {\n    'default': {'BACKEND': 'storages.backends.s3.S3Storage'},\n}",
      '',
      [],
    ],
    [
      "MEDIA_ROOT = 'media'\nSTORAGES = {'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'}}",
      '',
      [MEDIA],
    ],
  ])('Django: %s beside %j', async (code, more, expected) => {
    const found = await told(python, settings(code, more))
    expect(found).toHaveLength(expected.length)
    for (const [index, one] of expected.entries()) expect(found[index]).toMatch(one)
  })

  it('the settings for production have the last word', async () =>
    expect(
      await told(python, {
        ...settings('', ''),
        'manage.py': "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.dev')\n",
        'shop/wsgi.py':
          "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.production')\napplication = 1\n",
        'shop/settings.py': '',
        'shop/settings/base.py': 'DEBUG = True\n',
        'shop/settings/production.py': 'from .base import *\nDEBUG = False\n',
      }),
    ).toEqual([]))

  const modelOf = async (files: Record<string, string>) => {
    const { model, warnings, facts } = await python.inspect(projectOf(files), {})
    return { app: model({ services: [], answers: {} }), warnings, migrations: facts.value('migrations') }
  }
  it('where SQLite lies beside the code, migrations have no container of their own', async () => {
    const { app, warnings, migrations } = await modelOf(settings(`DATABASES = ${FILE}`))
    expect(migrations).toBeUndefined()
    expect(app.migration).toBeNull()
    expect(app.development.command).toEqual([
      'sh',
      '-c',
      'python manage.py migrate --noinput && exec python manage.py runserver 0.0.0.0:8000',
    ])
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^Django migrations get no step of their own.*migrates as it starts/),
    )
    const server = await modelOf(
      settings("DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}"),
    )
    expect(server.app.migration?.tool).toBe('django')
    expect(server.app.development.command[0]).toBe('python')
  })

  it('what a variable names as the folder for data lies on a volume, with all that is in it', async () => {
    const { app, warnings } = await modelOf(
      settings(
        [
          'DATABASES = {}',
          'BASE = Path(config.get("files", "base"))',
          'DATA_DIR = Path(config.get("files", "data", fallback=os.environ.get("SHOP_DATA_DIR", BASE / "data")))',
          'LOG_DIR = Path(config.get("files", "logs", fallback=DATA_DIR / "logs"))',
          'for folder in (DATA_DIR, LOG_DIR):\n    folder.mkdir(exist_ok=True)',
          'LOGGING = {"handlers": {"file": {"class": "logging.FileHandler", "filename": LOG_DIR / "a.log"}}}',
          'HUEY = {"filename": "tasks.sqlite3"}',
        ].join('\n'),
      ),
    )
    expect([app.data, app.environment]).toEqual(['/data', { SHOP_DATA_DIR: '/data' }])
    expect(app.imageEnv).toContain('SHOP_DATA_DIR')
    expect(
      warnings.filter(({ rule }) => rule === 'PD058').map(({ message }) => message.slice(0, 60)),
    ).toEqual(['The app keeps its files in a folder: SHOP_DATA_DIR in the im'])
  })
  it('folders of a loop are made one by one', async () => {
    const { app } = await modelOf(
      settings('DATABASES = {}\nLOGS = "logs"\nfor x in [LOGS, "other"]:\n    x.mkdir(exist_ok=True)\n'),
    )
    expect(app.writable).toEqual(['/tmp', '/app/logs', '/app/other'])
  })

  it('a SQLite file whose place a variable says lies on a volume', async () => {
    const { app } = await modelOf({
      'requirements.txt': 'flask\ngunicorn\nflask-migrate\n',
      'migrations/alembic.ini': '',
      'app.py':
        "import os\nfrom flask import Flask\napp = Flask(__name__)\nU = os.environ.get('DATABASE_URL') or \\\n  'sqlite:///site.db'\n",
    })
    expect(app.migration?.tool).toBe('flask-migrate')
    expect(app.data).toBe('/data')
    expect(app.environment).toEqual({ DATABASE_URL: 'sqlite:////data/site.db' })
    expect(app.imageEnv).toContain('DATABASE_URL')
  })
})
