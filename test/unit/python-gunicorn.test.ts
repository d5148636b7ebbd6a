import { afterAll, describe, expect, it } from 'vitest'
import { type Answers, joinAnswers } from '../../src/answers.ts'
import { fact } from '../../src/facts.ts'
import { python } from '../../src/languages/python/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const APP = {
  'wsgi.py': 'from flask import Flask\n\napplication = Flask(__name__)\n',
  'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\n',
}

async function run(files: Record<string, string>, answers: Answers = {}) {
  const found = await python.inspect(projectOf({ ...APP, ...files }), answers)
  const { data } = found.model({ services: [], answers }).dockerfile
  return {
    port: `${data['port']} from ${found.facts.get('port')?.source}`,
    command: (JSON.parse(String(data['command'])) as string[]).join(' '),
    probe: String(data['probe']),
    env: String(data['runEnvBlock']),
    warnings: found.warnings
      .filter(({ rule }) => rule === 'PD053')
      .map(({ file, line, message }) => `${file}:${line} ${message}`),
  }
}
const config = (text: string) => ({ 'gunicorn.conf.py': text })
const PLAIN = '--worker-tmp-dir /dev/shm --access-logfile -'

describe('gunicorn.conf.py', () => {
  it.each<[string, string]>([
    ['bind = "0.0.0.0:5005"', '5005 from gunicorn.conf.py:1'],
    ["bind = [':5005']", '5005 from gunicorn.conf.py:1'],
    ['import os\nbind = "0.0.0.0:" + os.getenv("APP_PORT", "5005")', '5005 from gunicorn.conf.py:2'],
    [
      'import os\nbind = f"0.0.0.0:{os.environ.get(\'APP_PORT\', 5005)}"  # all',
      '5005 from gunicorn.conf.py:2',
    ],
    ['port = int(os.environ.get("APP_PORT", 5005))\nbind = f"[::]:{port}"', '5005 from gunicorn.conf.py:2'],
    ['bind = os.environ.get("GUNICORN_BIND", "0.0.0.0:5005")', '5005 from gunicorn.conf.py:1'],
    ['bind = "0.0.0.0:%s" % os.environ.get("APP_PORT", "5005")', '5005 from gunicorn.conf.py:1'],
    ['bind = "0.0.0.0:{}".format(os.environ.get("APP_PORT", "5005"))', '5005 from gunicorn.conf.py:1'],
  ])('says where to listen, and is not overruled: %s', async (text, port) => {
    expect(await run(config(text))).toMatchObject({ port, command: `gunicorn ${PLAIN} wsgi:application` })
  })
  it('moves with its variable, and so does the probe', async () => {
    const found = await run(config('bind = "0.0.0.0:" + os.getenv("APP_PORT", "5005")'))
    expect(found.probe).toContain("int(os.environ.get('APP_PORT', 5005))")
    expect(found.env).not.toContain('APP_PORT')
  })
  it('has the variable that it must have', async () => {
    const found = await run(config('bind = f"0.0.0.0:{os.environ[\'APP_PORT\']}"'))
    expect(found.command).toMatch(/^gunicorn --bind 0\.0\.0\.0:(\d+) /)
    expect(found.env).toMatch(/APP_PORT=\d+/)
  })
  it.each([
    ['bind = "127.0.0.1:5005"', '5005 from gunicorn.conf.py:1', 5005],
    ['bind = "unix:/run/gunicorn.sock"', '5000 from default for Flask', 5000],
    ['bind = address()', '5000 from default for Flask', 5000],
  ])('is overruled where a container could not be reached: %s', async (text, port, number) => {
    expect(await run(config(text))).toMatchObject({
      port,
      command: `gunicorn --bind 0.0.0.0:${number} ${PLAIN} wsgi:application`,
    })
  })
  it('gives way to an answer and to a command line', async () => {
    const text = config('bind = "0.0.0.0:5005"')
    expect((await run(text, { port: 7000 })).command).toMatch('--bind 0.0.0.0:7000 ')
    const stated = await run({ ...text, Procfile: 'web: gunicorn -b :6000 wsgi:application\n' })
    expect(stated).toMatchObject({ port: '6000 from Procfile:1' })
    expect(stated.command).toMatch('--bind 0.0.0.0:6000 ')
  })
  it('keeps what it sets, as far as it can be written', async () => {
    const found = await run(
      config('accesslog = "-"\nworker_class = "gevent"\nworker_tmp_dir = "/tmp"\npidfile = "/tmp/g.pid"\n'),
    )
    expect(found.command).toBe('gunicorn --bind 0.0.0.0:5000 wsgi:application')
    expect(found.warnings).toEqual([])
  })
  it('writes no file where none can be written, and that is said', async () => {
    const files = { 'conf/g.py': 'bind = ":5005"\naccesslog = "/var/log/a.log"\npidfile = "run/g.pid"\n' }
    const found = await run({ ...files, Procfile: 'web: gunicorn -c conf/g.py wsgi:application\n' })
    expect(found.port).toBe('5005 from conf/g.py:1')
    expect(found.command).toBe(`gunicorn ${PLAIN} --pid /tmp/gunicorn.pid -c conf/g.py wsgi:application`)
    expect(found.warnings).toEqual([
      "conf/g.py:2 accesslog in conf/g.py is /var/log/a.log, which can't be written under a read-only root: the start command says --access-logfile - instead.",
      "conf/g.py:3 pidfile in conf/g.py is run/g.pid, which can't be written under a read-only root: the start command says --pid /tmp/gunicorn.pid instead.",
    ])
  })
})

describe('settings under another name', () => {
  it.each(['gunicorn_config.py', 'config/gunicorn.py', 'deploy/gunicorn-conf.py'])(
    'are named to Gunicorn where no other file sets them: %s',
    async (path) => {
      expect((await run({ [path]: 'workers = 2\nbind = ":5005"\n' })).command).toBe(
        `gunicorn --config ${path} ${PLAIN} wsgi:application`,
      )
    },
  )
  it.each([
    ['two files', { 'a/gunicorn.py': 'workers = 2\n', 'b/gunicorn.py': 'workers = 3\n' }],
    ['no settings', { 'config/gunicorn.py': 'import gunicorn\n' }],
    ['a line of the project', { 'gunicorn_config.py': 'workers = 2\n', Procfile: 'web: gunicorn wsgi\n' }],
  ])('are none: %s', async (_, files) => {
    expect((await run(files)).command).not.toContain('--config')
  })
})

describe('the start command of a Dockerfile that a person wrote', () => {
  const start = (line: string) => joinAnswers([], { start: fact(line, 'Dockerfile:9', 'likely') })
  it.each([
    ['another app that is there', 'gunicorn shop.app:app', 'shop.app:app'],
    ['settings that it would not find', 'gunicorn -c python:etc.web wsgi:application', '-c python:etc.web'],
    ['an app that is not there any more', 'gunicorn shop.app:old', 'wsgi:application'],
    ['a file that is not there any more', 'gunicorn old:app', 'wsgi:application'],
  ])('names %s', async (_, line, expected) => {
    const files = { 'shop/app.py': 'from wsgi import application as app\n', 'etc/web.py': 'workers = 2\n' }
    expect((await run(files, start(line))).command).toContain(expected)
  })
})
