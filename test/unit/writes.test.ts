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
        `server.js:2 ${sqlite('quiz.db')}`,
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

  it.each<[string, string[]]>([
    ["U = 'sqlite:///site.db'", [`app.py:4 ${sqlite('site.db')}`]],
    [
      "U = 'sqlite:///' + os.path.join(os.path.dirname(__file__), 'site.db')",
      [`app.py:4 ${sqlite('site.db')}`],
    ],
    ["U = f'sqlite:///{BASE_DIR}/site.db'", [`app.py:4 ${sqlite('site.db')}`]],
    [
      "U = os.environ.get('DATABASE_URL', 'sqlite:///site.db')",
      [`app.py:4 ${sqlite('site.db')}, unless DATABASE_URL says otherwise`],
    ],
    ["U = 'sqlite:////data/site.db'", []],
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
})
