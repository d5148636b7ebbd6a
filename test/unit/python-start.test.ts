import { describe, expect, it } from 'vitest'
import {
  isDevelopmentServer,
  portIn,
  readCommandLine,
  rebind,
} from '../../src/languages/python/command-line.ts'
import { pythonProbe } from '../../src/languages/python/probe.ts'

describe('a line of a Procfile', () => {
  it.each([
    ['gunicorn shop.wsgi', ['gunicorn', 'shop.wsgi']],
    ['exec uv run --no-sync gunicorn -w 4 a:app', ['gunicorn', '-w', '4', 'a:app']],
    ['poetry run python -m uvicorn a:app', ['uvicorn', 'a:app']],
    ['python3 worker.py', ['python', 'worker.py']],
    ['gunicorn --bind 0.0.0.0:${PORT:-8000} a:app', ['gunicorn', '--bind', '0.0.0.0:__PORT__', 'a:app']],
    ['gunicorn -w ${WEB_CONCURRENCY:-3} a:app', ['gunicorn', '-w', '3', 'a:app']],
    ['python manage.py migrate && gunicorn a.wsgi', ['gunicorn', 'a.wsgi']],
  ])('%s', (line, argv) => {
    expect(readCommandLine(line)?.argv).toEqual(argv)
  })
  it('says which step ran before the server', () => {
    expect(readCommandLine('python manage.py migrate --noinput && gunicorn a.wsgi')?.dropped).toEqual([
      'python manage.py migrate --noinput',
    ])
  })
  it.each([
    'gunicorn $APP',
    'a & b',
    'gunicorn a:app | tee log',
    'cd src && gunicorn a',
    '$(which gunicorn) a:app',
  ])('needs a shell: %s', (line) => {
    expect(readCommandLine(line)).toBeNull()
  })
  it.each([
    'python manage.py runserver',
    'flask --app a run',
    'uvicorn a:app --reload',
    'fastapi dev main.py',
  ])('starts a development server: %s', (line) => {
    expect(isDevelopmentServer(line.split(' '))).toBe(true)
  })
})

describe('the address', () => {
  it.each([
    [['uvicorn', 'a:app', '--port', '9000'], 9000],
    [['uvicorn', 'a:app', '--port=9001'], 9001],
    [['gunicorn', '-b', '127.0.0.1:9002', 'a'], 9002],
    [['gunicorn', '--bind', '0.0.0.0:__PORT__', 'a'], undefined],
    [['gunicorn', 'a'], undefined],
  ])('%j is on %s', (argv, port) => {
    expect(portIn(argv)).toBe(port)
  })
  it.each([
    [
      ['gunicorn', '-b', '127.0.0.1:5000', '--workers', '4', 'a:app'],
      [
        'gunicorn',
        '--bind',
        '0.0.0.0:8000',
        '--worker-tmp-dir',
        '/dev/shm',
        '--access-logfile',
        '-',
        '--workers',
        '4',
        'a:app',
      ],
    ],
    [
      ['uvicorn', 'a:app', '--host=127.0.0.1', '--port', '__PORT__'],
      ['uvicorn', '--host', '0.0.0.0', '--port', '8000', 'a:app'],
    ],
    [
      ['python', 'serve.py', '__PORT__'],
      ['python', 'serve.py', '8000'],
    ],
  ])('%j becomes reachable', (argv, expected) => {
    expect(rebind(argv, 8000)).toEqual(expected)
  })
})

describe('the probe', () => {
  it('is one expression that no path can break out of', () => {
    const code = pythonProbe({
      port: 8000,
      variable: undefined,
      path: "/a'b\\c\n\u2028💥",
      fails: 400,
    })[2] as string
    expect(code).toContain("c.request('GET', '/a\\'b\\\\c\\U0000000a\\U00002028\\U0001f4a5')")
    expect(code).not.toContain('\n')
  })
  it('follows a port that the app takes from a variable', () => {
    expect(pythonProbe({ port: 8000, variable: 'PORT', path: '/', fails: 500 })[2]).toContain(
      "int(os.environ.get('PORT', 8000))",
    )
  })
})
