import { afterAll, describe, expect, it } from 'vitest'
import type { Answers } from '../../src/answers.ts'
import { python } from '../../src/languages/python/index.ts'
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
