import { afterAll, describe, expect, it } from 'vitest'
import { readDjango } from '../../src/languages/python/django.ts'
import { buildEnvironment, keyFile } from '../../src/languages/python/static-files.ts'
import type { Variable } from '../../src/model.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'
import { variable } from './sample-app.ts'

afterAll(removeTemporaryFolders)

const django = (settings: string, more: Record<string, string> = {}) => {
  const found = readDjango(
    projectOf({
      'manage.py': "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
      'shop/settings.py': `INSTALLED_APPS = ['django.contrib.staticfiles']\n${settings}`,
      ...more,
    }),
  )
  if (!found) throw new Error('no Django')
  return found
}

describe('the folder of collected static files', () => {
  it.each<[string, string | null]>([
    ['import environ\nBASE = environ.Path(__file__) - 2\nSTATIC_ROOT = BASE("assets")', null],
    ['from shop.paths import BASE_DIR\nSTATIC_ROOT = os.path.join(BASE_DIR, "assets")', 'assets'],
    ['STATIC_ROOT = Path(config.get("files", "static", fallback="shop/static.dist"))', 'shop/static.dist'],
    ['from elsewhere import BASE_DIR\nSTATIC_ROOT = BASE_DIR / "assets"', null],
  ])('%s', (settings, path) => {
    const more = { 'shop/paths.py': 'import environ\nBASE_DIR = environ.Path(__file__) - 2\n' }
    expect(django(settings, more).staticRoot?.path).toBe(path)
  })
})

describe('what the settings are told while static files are collected', () => {
  const at = { sources: ['shop/settings.py:1'] }
  const told = (settings: string, name: string, more: Partial<Variable> = {}) =>
    buildEnvironment(django(settings), [variable(name, { ...at, ...more })])[name]
  const stop = 'if URL:\n    pass\nelse:\n    raise SystemExit("no database")\n'

  it.each([
    ['SHOP_DB_ENGINE', 'django.db.backends.sqlite3'],
    ['DJANGO_LOG_LEVEL', 'INFO'],
    ['TIME_ZONE', 'UTC'],
    ['LANGUAGE_CODE', 'en-us'],
    ['SECRET_KEY', 'build-only'],
  ])('%s', (name, value) => expect(told('', name, { required: true })).toBe(value))

  it.each<[string, string, Partial<Variable>, string | undefined]>([
    ['a database, where they stop without', stop, {}, 'sqlite:////tmp/build.sqlite3'],
    ['none, where they have a default', stop, { default: 'sqlite:///x' }, undefined],
    ['none, where they do without', '', {}, undefined],
  ])('%s', (_what, settings, more, value) => expect(told(settings, 'DATABASE_URL', more)).toBe(value))
})

describe('the file that settings keep a key in', () => {
  it.each<[string, string | undefined]>([
    ['SECRET_FILE = DATA / ".secret"\nwith SECRET_FILE.open(mode="w") as f:\n    f.write(KEY)', '.secret'],
    ['KEY_SECRET = os.path.join(BASE, "key.txt")\nopen(KEY_SECRET, "w").write(KEY)', 'key.txt'],
    ['SECRET_FILE = Path("/run/secrets/key")\nKEY = SECRET_FILE.open().read()', undefined],
    ['SECRET_FILE = env("FILE")\nSECRET_FILE.write_text(KEY)', undefined],
  ])('%s', (settings, name) => expect(keyFile(django(settings))?.name).toBe(name))
})
