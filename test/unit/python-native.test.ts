import { describe, expect, it } from 'vitest'
import { COMPILED, findNative, NATIVE, withGeoDjango } from '../../src/languages/python/native.ts'
import { parseRequirement, type Requirement } from '../../src/languages/python/requirement.ts'
import { hasEngine, run } from '../support/referees.ts'

const of = (...lines: string[]) =>
  new Map(
    lines.map((line) => {
      const requirement = parseRequirement(line, 'requirements.txt:1') as Requirement
      return [requirement.name, requirement]
    }),
  )

describe('what packages need of Debian', () => {
  it('is nothing for a wheel that brings its libraries', () => {
    expect(findNative(of('psycopg2-binary', 'lxml', 'pillow', 'cryptography'))).toBeNull()
    expect(findNative(of('psycopg', 'psycopg-binary'))).toBeNull()
    expect(findNative(of('opencv-python', 'opencv-python-headless'))).toBeNull()
  })
  it('is told apart for the build and for the run, sorted', () => {
    expect(findNative(of('mysqlclient', 'psycopg2'))).toMatchObject({
      build: ['default-libmysqlclient-dev', 'gcc', 'libc6-dev', 'libpq-dev', 'pkg-config'],
      run: ['libmariadb3', 'libpq5'],
    })
  })
  it('is Git, in the build alone, for a package from there', () => {
    expect(findNative(of('tool @ git+https://example.com/tool.git'))).toMatchObject({
      build: ['git'],
      run: [],
    })
  })
  it('is a warning where packages of Debian are not enough', () => {
    expect(findNative(of('torch'))?.notes[0]).toMatch(/CUDA/)
  })
  it('is no warning of CUDA where torch is the one without', () => {
    const cpu = 'https://download.pytorch.org/whl/cpu'
    expect(findNative(of('torch==2.4.1+cpu'))).toBeNull()
    expect(findNative(of('torch==2.4.1'), [cpu])).toBeNull()
    expect(findNative(of(`torch @ ${cpu}/torch-2.4.1-cp313-linux_x86_64.whl`))).toBeNull()
    expect(findNative(of('torch==2.4.1'), ['https://download.pytorch.org/whl/cu124'])?.notes).toHaveLength(1)
  })
  it('is also what a package of the lock loads; a program that it may start is not', () => {
    expect(
      findNative(of('lottie'), [], ['cairosvg', 'gitpython', 'psycopg', 'psycopg-binary']),
    ).toMatchObject({
      packages: ['cairosvg'],
      run: ['libcairo2'],
    })
  })
  it('is a compiler where there is no wheel, and what the package wants more', () => {
    expect(findNative(of('psycopg2-binary', 'httptools'), [], [], ['psycopg2-binary', 'httptools'])).toEqual(
      expect.objectContaining({
        build: ['gcc', 'libc6-dev', 'libpq-dev'],
        run: ['libpq5'],
        whatBuild: 'psycopg2-binary, httptools',
        whatRun: 'psycopg2-binary',
      }),
    )
  })
  it('is what GeoDjango loads, whatever the dependencies are', () => {
    expect(withGeoDjango(null, 'settings.py')?.run).toContain('libgdal36')
  })

  it.skipIf(!hasEngine())(
    'has the names that Debian 13 has',
    () => {
      const geo = withGeoDjango(null, 'x')?.run ?? []
      const names = [
        ...new Set([
          ...[...NATIVE, ...COMPILED].flatMap(({ build, run: needed }) => [...build, ...needed]),
          ...geo,
          'git',
        ]),
      ]
      const script = `apt-get update -qq && apt-cache show ${names.join(' ')}`
      const { output } = run('docker', ['run', '--rm', 'debian:trixie-slim', 'sh', '-c', script])
      const known = new Set([...output.matchAll(/^Package: (\S+)$/gm)].map((match) => match[1]))
      expect(names.filter((name) => !known.has(name))).toEqual([])
    },
    300_000,
  )
})
