import { afterAll, describe, expect, it } from 'vitest'
import { sourceFile } from '../../src/languages/python/code.ts'
import { codePath } from '../../src/languages/python/paths.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const HEAD = `import os
import environ
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
ROOT = environ.Path(__file__) - 3
PROJECT_ROOT = os.path.normpath(os.path.join(os.path.dirname(__file__), ".."))
UP = os.path.abspath(os.path.join(__file__, os.pardir, os.pardir))
DATA_DIR = path_from_env("APP_DATA_DIR", BASE_DIR / "data")
local = 'a'
local = 'b'
LOOP = LOOP / LOOP
`

function pathOf(expression: string) {
  const file = sourceFile(projectOf({ 'site/config/settings.py': HEAD }), 'site/config/settings.py')
  return file && codePath(expression, file)
}

describe('a path that Python code puts together', () => {
  it.each([
    ["'logs'", 'logs'],
    ["'./logs/'", 'logs'],
    ['Path("data") / "x"', 'data/x'],
    ['os.path.join(BASE_DIR, "static", "root")', 'site/static/root'],
    ['str(BASE_DIR / "static")', 'site/static'],
    ['BASE_DIR.joinpath("static")', 'site/static'],
    ["ROOT.path('static')", 'static'],
    ["str(ROOT.path('static'))", 'static'],
    ['os.path.join(PROJECT_ROOT, "static")', 'site/static'],
    ['os.path.join(UP, "static")', 'site/static'],
    ['PROJECT_ROOT + "/static"', 'site/static'],
    ['os.path.join(BASE_DIR, "..", "static")', 'static'],
    ['Path(__file__).parents[2] / "x"', 'x'],
    [
      'f"{os.path.realpath(os.path.dirname(__file__))}/database/database.db"',
      'site/config/database/database.db',
    ],
    ['Path.cwd() / "x"', 'x'],
    ['(BASE_DIR / "x").resolve()', 'site/x'],
  ])('%s', (expression, path) => expect(pathOf(expression)).toEqual({ path }))

  it.each([
    ['DATA_DIR / "log"', 'site/data/log', 'APP_DATA_DIR'],
    ["os.environ.get('LOGS', 'logs')", 'logs', 'LOGS'],
    ["os.environ.get('LOGS') or 'logs'", 'logs', 'LOGS'],
  ])('%s, with the variable that says otherwise', (expression, path, variable) =>
    expect(pathOf(expression)).toEqual({ path, variable }),
  )

  it('is in the instance folder of Flask', () =>
    expect(pathOf('os.path.join(app.instance_path, "app.db")')).toEqual({
      path: 'instance/app.db',
      isInstance: true,
    }))

  it.each([
    "'/var/log'",
    "'~/x'",
    "'s3://bucket/x'",
    "'../x'",
    'local',
    'UNKNOWN / "x"',
    'make("x")',
    'BASE_DIR / name',
    "f'{a}{b}'",
    '"a" + "b"',
    'os.path.join(BASE_DIR, "/etc")',
    '3 - 4',
    'LOOP',
    "os.path.join('x",
    '(((((((((((((((((((((((x',
  ])('%s is none below the project that can be read', (expression) => expect(pathOf(expression)).toBeNull())
})
