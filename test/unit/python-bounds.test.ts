import { afterAll, describe, expect, it } from 'vitest'
import { type Answers, joinAnswers } from '../../src/answers.ts'
import { fact } from '../../src/facts.ts'
import { python } from '../../src/languages/python/index.ts'
import { readLocked } from '../../src/languages/python/wheels.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

type Files = Record<string, string>

const bounded = (range: string, more = '') => ({
  'pyproject.toml': `[project]\nname = "x"\nversion = "1"\nrequires-python = "${range}"\ndependencies = ["fastapi", "uvicorn"]\n${more}`,
})
const BUILT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
const OLD = '>=3.8,<3.10'

/** The version, then what is said of it besides that it is old. */
async function told(files: Files, answers: Answers = {}): Promise<string[]> {
  const found = await python.inspect(
    projectOf({ 'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n', ...files }),
    answers,
  )
  return [
    `${found.facts.value('runtimeVersion')} from ${found.facts.get('runtimeVersion')?.source}`,
    ...found.warnings
      .filter(({ rule, message }) => rule === 'PD022' && !message.includes('no longer gets'))
      .map(({ file, line, message }) => `${file}${line ? `:${line}` : ''} ${message}`),
  ]
}

describe('a Python outside of what the project allows', () => {
  const lifted = `3.11 from lifted from ${OLD} (pyproject.toml#project.requires-python)`
  it.each<[string, Files, string | undefined]>([
    [
      'uv',
      { ...bounded(OLD), 'uv.lock': '' },
      'uv refuses Python 3.11, since pyproject.toml#project.requires-python says ">=3.8,<3.10": the build fails until that allows it. Then run "uv lock".',
    ],
    [
      'PDM',
      { ...bounded(OLD), 'pdm.lock': '' },
      'PDM refuses Python 3.11, since pyproject.toml#project.requires-python says ">=3.8,<3.10": the build fails until that allows it. Then run "pdm lock".',
    ],
    [
      'Poetry',
      { ...bounded(OLD), 'poetry.lock': '' },
      'Poetry leaves every dependency out on Python 3.11, since pyproject.toml#project.requires-python says ">=3.8,<3.10": the app does not start until that allows it. Then run "poetry lock".',
    ],
    [
      'pip, for the project itself',
      {
        ...bounded(OLD, `${BUILT}[project.entry-points.x]\na = "b:c"\n`),
        'requirements.txt': 'fastapi==1\nuvicorn==1\n',
      },
      'pip refuses to install the project on Python 3.11, since pyproject.toml#project.requires-python says ">=3.8,<3.10": the build fails until that allows it.',
    ],
    [
      'pip, for its dependencies',
      { ...bounded(OLD), 'requirements.txt': 'fastapi==1\nuvicorn==1\n' },
      undefined,
    ],
  ])('%s', async (_what, files, message) => {
    expect(await told(files)).toEqual([lifted, ...(message ? [`pyproject.toml:4 ${message}`] : [])])
  })

  it('names the line of Poetry’s own table', async () => {
    const pyproject = '[tool.poetry.dependencies]\nfastapi = "*"\nuvicorn = "*"\npython = "~3.9"\n'
    expect((await told({ 'pyproject.toml': pyproject, 'poetry.lock': '' }))[1]).toMatch(
      /^pyproject\.toml:4 Poetry leaves .*#tool\.poetry\.dependencies\.python says "~3\.9"/,
    )
  })
  it('is not taken for a pin, where the installer works with nothing else', async () => {
    const files = { ...bounded('>=3.11,<3.13'), '.python-version': '3.14' }
    expect(await told({ ...files, 'uv.lock': '' })).toEqual([
      '3.12 from pyproject.toml#project.requires-python',
      '.python-version .python-version asks for Python 3.14, pyproject.toml#project.requires-python for ">=3.11,<3.13": uv works with nothing else, so Python 3.12 is used. Make them one.',
    ])
    expect((await told({ ...files, 'requirements.txt': 'fastapi==1\nuvicorn==1\n' }))[0]).toBe(
      '3.14 from .python-version',
    )
  })
  it('is taken where it is the answer, and that is said', async () => {
    const files = { ...bounded('>=3.11,<3.13'), 'uv.lock': '' }
    expect(await told(files, { runtimeVersion: '3.14' })).toEqual([
      '3.14 from your answer',
      expect.stringContaining('pyproject.toml:4 uv refuses Python 3.14'),
    ])
  })
})

describe('the line that pinned packages are made for', () => {
  const wheel = (name: string, ...tags: string[]) =>
    tags.map((tag) => `    {file = "${name}-${tag}.whl", hash = "sha256:0"},\n`).join('')
  const poetry = (...blocks: string[]) => ({
    'pyproject.toml':
      '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "*"\nuvicorn = "*"\n',
    'poetry.lock': `${blocks.map((block) => `\n[[package]]\n${block}`).join('')}\n[metadata]\nlock-version = "2.0"\npython-versions = "^3.11"\ncontent-hash = "0"\n`,
  })
  const fastapi = `name = "fastapi"\nversion = "0.110.0"\nfiles = [\n${wheel('fastapi-0.110.0', 'py3-none-any')}]\n\n[package.dependencies]\nGreen_let = ">=2"\n`
  const green = (...tags: string[]) =>
    `name = "green-let"\nversion = "3.0.3"\nfiles = [\n${wheel('green_let-3.0.3', ...tags)}]\n`
  const of = (line: string, abi = `cp${line}`) =>
    `cp${line}-${abi}-manylinux_2_17_x86_64.manylinux2014_x86_64`
  const requirements = (text: string) => ({
    'requirements.txt': `fastapi==0.110.0\nuvicorn==0.29.0\n${text}`,
  })
  const workflow = (text: string) => ({
    '.github/workflows/test.yml': `jobs:\n  test:\n    steps:\n      - uses: actions/setup-python@v5\n${text}`,
  })
  const NO_LINE = 'default: the newest line that most packages have wheels for'

  it.each<[string, Files, string[]]>([
    [
      'a lock names the wheels of what production needs',
      poetry(fastapi, green(of('311'), of('312'), 'cp313-cp313-win_amd64')),
      ['3.12 from poetry.lock: green-let 3.0.3 has wheels for Python 3.11, 3.12'],
    ],
    [
      'what nothing of production needs says nothing',
      poetry(fastapi.replace('Green_let', 'other'), green(of('311'))),
      ['3.13 from pyproject.toml#tool.poetry.dependencies.python'],
    ],
    [
      'abi3 is for all lines after its own',
      poetry(fastapi, green(of('38', 'abi3'))),
      ['3.13 from pyproject.toml#tool.poetry.dependencies.python'],
    ],
    [
      'without a wheel for Linux it is compiled on any line',
      poetry(fastapi, green('cp311-cp311-win_amd64')),
      ['3.13 from pyproject.toml#tool.poetry.dependencies.python'],
    ],
    [
      'no supported line has a wheel',
      poetry(fastapi, green(of('310'))),
      [
        '3.11 from poetry.lock: green-let 3.0.3 has wheels for Python before 3.11',
        'poetry.lock green-let 3.0.3 has no wheel for Python 3.11: the build compiles it, and fails where the image lacks what that takes. Raise the version in poetry.lock.',
      ],
    ],
    [
      'a pinned package',
      requirements('psycopg2-binary==2.9.9\n'),
      ['3.12 from requirements.txt: psycopg2-binary 2.9.9 has wheels for Python 3.11, 3.12'],
    ],
    [
      'what Pipenv locked',
      {
        Pipfile: '[packages]\nfastapi = "*"\nuvicorn = "*"\n',
        'Pipfile.lock': JSON.stringify(
          {
            default: { greenlet: { hashes: ['sha256:0'], version: '==3.0.1' } },
            develop: { numpy: { version: '==1.1' } },
          },
          null,
          4,
        ),
      },
      ['3.12 from Pipfile.lock: greenlet 3.0.1 has wheels for Python 3.11, 3.12'],
    ],
    [
      'a pin for another Python',
      requirements('numpy==1.21.4; python_version < "3.10"\n'),
      [`3.13 from ${NO_LINE}`],
    ],
    [
      'a Django that is too old for all of them',
      requirements('Django==1.10.5\n'),
      [
        '3.11 from requirements.txt: django 1.10.5 is made for Python before 3.11',
        'requirements.txt django 1.10.5 is not made for Python 3.11: test the app on it. Raise the version in requirements.txt.',
      ],
    ],
    [
      'a version file that says otherwise',
      { ...requirements('psycopg2-binary==2.9.9\n'), '.python-version': '3.13\n' },
      [
        '3.13 from .python-version',
        'requirements.txt psycopg2-binary 2.9.9 has no wheel for Python 3.13: the build compiles it, and fails where the image lacks what that takes. Raise the version in requirements.txt, or use Python 3.12.',
      ],
    ],
    [
      'the line that workflows set up',
      { ...requirements(''), ...workflow('        with:\n          python-version: "3.12"\n') },
      ['3.12 from .github/workflows/test.yml:6'],
    ],
    [
      'the newest of a matrix, where it is not newer than usual',
      {
        ...requirements(''),
        ...workflow(
          '      matrix:\n        python-version:\n          - "3.10"\n          - "3.13"\n          - "3.14"\n',
        ),
      },
      [`3.13 from ${NO_LINE}`],
    ],
    [
      'a matrix that the packages do not fit',
      { ...requirements('greenlet==3.0.1\n'), ...workflow('        python-version: ["3.11", "3.14"]\n') },
      ['3.11 from .github/workflows/test.yml:5'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await told(files)).toEqual(expected)
  })

  it("takes a Dockerfile's line inside of the range", async () => {
    const answers = joinAnswers([], { runtimeVersion: fact('3.12', 'Dockerfile:1', 'likely') })
    expect(await told(bounded('>=3.11'), answers)).toEqual(['3.12 from Dockerfile:1'])
    expect((await told(bounded('>=3.13'), answers))[0]).toMatch(/^3.13 from pyproject/)
  })
})

describe('what a lock has for production', () => {
  const block = (name: string, more = '') => `\n[[package]]\nname = "${name}"\nversion = "1"\n${more}\n`
  it('is reached from the dependencies, and not by what extras or groups may bring', () => {
    const text = `version = 1\n${block('lottie', 'dependencies = [\n    { name = "cairosvg" },\n]')}${block('cairosvg', '[package.extras]\ngdal = ["gdal"]\n')}${block('gdal')}${block('x', '[package.dev-dependencies]\ndev = [\n    { name = "gdal" },\n]\n')}`
    const production = new Map(
      ['lottie', 'x', 'y'].map((name) => [name, { name, extras: [], specifier: '', source: '' }]),
    )
    expect([...readLocked(projectOf({ 'uv.lock': text }), 'uv.lock', { production }).keys()]).toEqual([
      'lottie',
      'x',
      'cairosvg',
    ])
    const pipfile = '{"default": {"Lottie": {"version": "==1"}, "cairosvg": {}}, "develop": {"gdal": {}}}'
    const pretty = JSON.stringify(JSON.parse(pipfile), null, 4)
    expect([
      ...readLocked(projectOf({ 'Pipfile.lock': pretty }), 'Pipfile.lock', { production }).keys(),
    ]).toEqual(['lottie', 'cairosvg'])
  })
})
