import { afterAll, describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/index.ts'
import { findPrograms } from '../../src/languages/python/programs.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const programs = (files: Record<string, string>) => {
  const found = findPrograms(projectOf(files))
  return found && [...found.packages, found.source]
}

describe('programs that the code starts', () => {
  it.each<[string, string[] | null]>([
    ['subprocess.run(["ffmpeg", "-i", path])', ['ffmpeg', 'app.py:2']],
    ["subprocess.check_output(('pdftotext', path))", ['poppler-utils', 'app.py:2']],
    ['os.system(f"pandoc {path} -o out.pdf")', ['pandoc', 'app.py:2']],
    ["await asyncio.create_subprocess_exec('git', 'clone', url)", ['git', 'app.py:2']],
    ['cmd = ["convert", "-resize", size]\nsubprocess.run(cmd)', ['imagemagick', 'app.py:2']],
    ['subprocess.check_output(["git", "rev-parse", "HEAD"])', null],
    ['subprocess.run("git pull", shell=True)', null],
    ['subprocess.run(["git-lfs", "clone"])', null],
    ['subprocess.run([sys.executable, "ffmpeg"])', null],
    ['# subprocess.run(["ffmpeg"])', null],
    ['convert("git", "x")', null],
  ])('%s', (code, expected) => {
    expect(programs({ 'app.py': `import os, subprocess, asyncio\n${code}\n` })).toEqual(expected)
  })

  it('by a function that hands its arguments on', () => {
    const run =
      'import asyncio\n\nasync def run(*args: str) -> bytes:\n    """Runs."""\n    return await asyncio.create_subprocess_exec(*args)\n'
    expect(
      programs({ 'a/run.py': run, 'a/clone.py': 'from .run import run\nrun("git", "clone", url)\n' }),
    ).toEqual(['git', 'a/clone.py:2'])
    expect(programs({ 'a/clone.py': 'run("git", "clone", url)\n' })).toBeNull()
  })

  it('are not those of scripts and tests', () => {
    const code = 'import subprocess\nsubprocess.run(["ffmpeg", "-i"])\n'
    expect(programs({ 'scripts/a.py': code, 'tests/b.py': code })).toBeNull()
  })
})

describe('what is generated and not there', () => {
  const files = {
    'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    'requirements.txt': 'django==5.2.8\ngunicorn==23.0.0\n',
    'shop/wsgi.py':
      'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = 1\n',
    'shop/settings.py':
      'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = "static-root"\nCOMPRESS_OFFLINE = True\n',
    'shop/locale/de/LC_MESSAGES/django.po': '',
    'shop/locale/fr/LC_MESSAGES/django.po': '',
    'shop/locale/fr/LC_MESSAGES/django.mo': '',
  }
  const said = async (more: Record<string, string>, text: string) =>
    (await python.inspect(projectOf({ ...files, ...more }), {})).warnings
      .map(({ message }) => message)
      .filter((message) => message.includes(text))

  it('is said with what makes it', async () => {
    expect(await said({}, '.mo beside')).toEqual([
      'shop/locale/de/LC_MESSAGES/django.po has no .mo beside it: the image speaks one language. Run "python manage.py compilemessages" before each build, or commit what it writes.',
    ])
    expect(await said({}, 'COMPRESS_OFFLINE')).toEqual([
      'COMPRESS_OFFLINE is on, and nothing compresses while the image is built: pages with such blocks fail. Pass --build "python manage.py collectstatic --noinput && python manage.py compress --force".',
    ])
  })

  it('and not where it is there', async () => {
    expect(await said({ 'shop/locale/de/LC_MESSAGES/django.mo': '' }, '.mo beside')).toEqual([])
    expect(await said({ 'shop/settings.py': 'COMPRESS_OFFLINE = False\n' }, 'COMPRESS_OFFLINE')).toEqual([])
  })
})

describe('a file of which Git has a sample alone', () => {
  const look = async (files: Record<string, string>) => {
    const { warnings, model } = await python.inspect(
      projectOf({
        'requirements.txt': 'fastapi==1\nuvicorn==1\n',
        'main.py': 'from fastapi import FastAPI\nimport conf\napp = FastAPI()\n',
        ...files,
      }),
      {},
    )
    const said = warnings.filter(({ rule }) => rule === 'PD030')
    return { said, ignore: model({ services: [], answers: {} }).ignore }
  }
  const files = {
    'config/config.example.yml': '',
    'config/config.example.env': '',
    '.env.example': 'A=1\n',
    'conf.py':
      'with open(folder / "config.yml") as f: ...\nx = dotenv_values("./config/config.env")\ny = ".env"\n',
  }
  it('stays out of the image, and is mounted', async () => {
    const { said, ignore } = await look(files)
    expect(ignore).toEqual(expect.arrayContaining(['config/config.yml', 'config/config.env']))
    expect(said.map(({ file, line }) => `${file}:${line}`).sort()).toEqual(['conf.py:1', 'conf.py:2'])
    expect(said.map(({ message }) => message).join()).toContain(
      'volumes: ["./config/config.yml:/app/config/config.yml:ro"]',
    )
  })
  it('not where Git has it, and not where nothing reads it', async () => {
    const there = { ...files, 'config/config.yml': '', 'config/config.env': '' }
    expect((await look(there)).said).toEqual([])
    expect((await look({ ...there, '.gitignore': 'config/config.yml\n' })).ignore).toContain(
      'config/config.yml',
    )
    expect((await look({ ...files, 'conf.py': 'open("other.yml")\n' })).said).toEqual([])
  })
})

describe('a module that is made, and not there', () => {
  const said = async (files: Record<string, string>) =>
    (
      await python.inspect(
        projectOf({
          'requirements.txt': 'fastapi==1\nuvicorn==1\n',
          'app/__init__.py': '',
          'app/main.py': 'from fastapi import FastAPI\nfrom app import db, version\napp = FastAPI()\n',
          'app/db.py': '',
          '.gitignore': '/app/version.py\n',
          ...files,
        }),
        {},
      )
    ).warnings.filter(({ message }) => message.includes('version.py'))
  it('is named with who imports it', async () => {
    const [first, ...more] = await said({})
    expect([first?.file, first?.line, more]).toEqual(['app/main.py', 2, []])
    expect(first?.message).toMatch(/^app\/main.py imports app\/version.py, which is not here/)
    const made = await said({ '.gitignore': '', Makefile: 'version:\n\t@echo "V = 1" > app/version.py\n' })
    expect(made[0]?.message).toContain('(Makefile names it)')
  })
  it.each<[string, Record<string, string>]>([
    ['is there', { 'app/version.py': '' }],
    ['is no file', { 'app/__init__.py': 'version = "1"\n' }],
    ['is no matter to Git', { '.gitignore': '*.pyc\n' }],
    [
      'may be missing',
      {
        'app/main.py':
          'from fastapi import FastAPI\ntry:\n    from .version import V\nexcept ImportError:\n    V = 1\napp = FastAPI()\n',
      },
    ],
  ])('not where it %s', async (_what, files) => {
    expect(await said(files)).toEqual([])
  })
})
