import { afterAll, describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/index.ts'
import { render } from '../../src/render.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

type Files = Record<string, string>
const says = (module: string) => `import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${module}")\n`
const BASE = 'INSTALLED_APPS = []\n'
const OWN = 'from .base import *\n'

/** A project whose manage.py and wsgi.py state these settings: the environment of each target, and what is said of it. */
async function settings(manage: string, wsgi: string, files: Files, folder = 'x/settings') {
  const found = await python.inspect(
    projectOf({
      'manage.py': says(manage),
      'x/wsgi.py': `${says(wsgi)}application = 1\n`,
      'x/__init__.py': '',
      'requirements.txt': 'django==5.2.8\ngunicorn==23.0.0\n',
      'requirements-dev.txt': 'pytest==8.3.2\n',
      'tests/test_a.py': '',
      ...Object.fromEntries(
        Object.entries(files).map(([name, text]) => [
          /\.(?!py)|\//.test(name) ? name : `${folder}/${name}`,
          text,
        ]),
      ),
    }),
    {},
  )
  const { template, data } = found.model({ services: [], answers: {} }).dockerfile
  const stages = render(template, data).text.split(/^FROM /m)
  const env = (name: string) =>
    /\b(?:DJANGO_SETTINGS_MODULE|DEBUG)=\S*/.exec(
      stages.find((stage) => stage.includes(` AS ${name}`)) ?? '',
    )?.[0]
  return {
    env: [env('runtime'), env('dev'), env('test')].map((text) =>
      text?.replace(/^DJANGO_SETTINGS_MODULE=/, ''),
    ),
    warnings: found.warnings
      .filter(({ message }) => /DEBUG|DJANGO_SETTINGS/.test(message))
      .map(({ message }) => message),
  }
}

describe('the settings of Django', () => {
  it.each<[string, [string, string, Files], (string | undefined)[]]>([
    [
      'that others build on are left for those of production',
      ['x.settings.base', 'x.settings.base', { 'base.py': BASE, 'production.py': OWN, 'test.py': OWN }],
      ['x.settings.production', undefined, 'x.settings.test'],
    ],
    [
      'of the same name stay where production does not build on them',
      ['x.settings.base', 'x.settings.base', { 'base.py': BASE, 'production.py': BASE }],
      [undefined, undefined, undefined],
    ],
    [
      'that take those for development are left, too, and development gets them still',
      [
        'x.settings',
        'x.settings',
        {
          '__init__.py': 'try:\n    from .dev import *\nexcept ImportError:\n    from .prod import *\n',
          'base.py': BASE,
          'dev.py': OWN,
          'prod.py': OWN,
        },
      ],
      ['x.settings.prod', 'x.settings.dev', undefined],
    ],
    [
      'that choose by a variable stay',
      [
        'x.settings',
        'x.settings',
        {
          '__init__.py':
            'import os\nif os.environ.get("X"):\n    from .dev import *\nelse:\n    from .prod import *\n',
          'base.py': BASE,
          'dev.py': OWN,
          'prod.py': OWN,
        },
      ],
      [undefined, undefined, undefined],
    ],
    [
      'of an empty package are named for each target',
      [
        'x.settings',
        'x.settings',
        { '__init__.py': '', 'base.py': BASE, 'dev.py': OWN, 'production.py': OWN, 'test.py': OWN },
      ],
      ['x.settings.production', 'x.settings.dev', 'x.settings.test'],
    ],
    [
      'that pytest is told stay pytest’s',
      [
        'x.settings',
        'x.settings',
        {
          '__init__.py': '',
          'base.py': BASE,
          'dev.py': OWN,
          'production.py': OWN,
          'pytest.ini': '[pytest]\nDJANGO_SETTINGS_MODULE = x.settings.ci\n',
        },
      ],
      ['x.settings.production', 'x.settings.dev', 'x.settings.ci'],
    ],
    [
      'of one machine, and such that build on nothing, are no settings of development',
      [
        'x.settings',
        'x.settings',
        {
          '__init__.py': '',
          'dev.py': 'A = 1\n',
          'local.py': OWN,
          'production.py': OWN,
          'base.py': BASE,
          '.gitignore': 'local.py\n',
        },
      ],
      ['x.settings.production', undefined, undefined],
    ],
    [
      'that manage.py names stay for development',
      [
        'x.settings.local',
        'x.settings.production',
        { 'base.py': BASE, 'dev.py': OWN, 'local.py': OWN, 'production.py': OWN },
      ],
      ['x.settings.production', undefined, undefined],
    ],
  ])('%s', async (_what, [manage, wsgi, files], expected) => {
    expect((await settings(manage, wsgi, files)).env).toEqual(expected)
  })

  it('for development are named, where no others are there', async () => {
    const files = { 'base.py': BASE, 'local.py': OWN, 'heroku.py': OWN }
    expect((await settings('x.settings.local', 'x.settings.local', files)).warnings).toEqual([
      'The settings are x.settings.local, which are meant for development, and none for production lie beside them: set DJANGO_SETTINGS_MODULE in the image or on the platform.',
    ])
  })
})

describe('DEBUG', () => {
  const debug = async (text: string) => {
    const found = await settings(
      'x.settings',
      'x.settings',
      { 'settings.py': `${BASE}DEBUG = ${text}\n` },
      'x',
    )
    return [found.env[0], ...found.warnings.map((message) => /: ([^:]*)\. Make/.exec(message)?.[1])]
  }
  const SAID = 'the image turns it off'
  it.each([
    ['env.bool("DEBUG", default=True)', 'DEBUG=False'],
    ['config("DEBUG", cast=bool, default=True)', 'DEBUG=False'],
    ['os.environ.get("DEBUG", "True") == "True"', 'DEBUG=False'],
    ['os.getenv("DEBUG", "1").lower() in ("1", "true")', 'DEBUG=False'],
    ['os.environ.get("DEBUG", "1") != "0"', 'DEBUG=0'],
    ['bool(int(os.environ.get("DEBUG", 1)))', 'DEBUG=0'],
    ['bool(os.environ.get("DEBUG", True))', 'DEBUG=""'],
  ])('that is on unless a variable says otherwise is off in the image: %s', async (text, env) => {
    expect(await debug(text)).toEqual([env, SAID])
  })
  it('is left, and named, where it is not known what turns it off', async () => {
    expect(await debug('parse(os.environ.get("DEBUG", "1"))')).toEqual([
      undefined,
      'turn it off in production',
    ])
  })
  it.each([
    'env.bool("DEBUG", default=False)',
    'False',
    'os.environ.get("DEBUG", "0") == "1"',
    'env("DEBUG")',
  ])('that is off is no matter: %s', async (text) => expect(await debug(text)).toEqual([undefined]))
})
