import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { appliesOnLinux, normalizeName, parseRequirement } from '../../src/languages/python/requirement.ts'
import { readRequirements } from '../../src/languages/python/requirements-file.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

describe('names', () => {
  it.each([
    ['Flask_SQLAlchemy', 'flask-sqlalchemy'],
    ['zope.interface', 'zope-interface'],
    ['A--B__c..D', 'a-b-c-d'],
  ])('%s is %s', (name, expected) => {
    expect(normalizeName(name)).toBe(expected)
  })
  it('are the same when normalised twice', () => {
    fc.assert(fc.property(fc.string(), (name) => normalizeName(normalizeName(name)) === normalizeName(name)))
  })
})

describe('a requirement', () => {
  it.each([
    ['django>=5,<6', 'django', '>=5,<6', []],
    ['Django (>=5)', 'django', '>=5', []],
    ['uvicorn[standard] == 0.30.*', 'uvicorn', '==0.30.*', ['standard']],
    ['psycopg[binary, pool]', 'psycopg', '', ['binary', 'pool']],
    ['x ; python_version < "3.9"', 'x', '', []],
  ])('%s', (text, name, specifier, extras) => {
    const byPython = text.includes('python_version') ? { byPython: true } : {}
    expect(parseRequirement(text, 'f:1')).toEqual({ name, specifier, extras, source: 'f:1', ...byPython })
  })
  it('keeps the URL that it comes from', () => {
    expect(
      parseRequirement('lib @ git+https://example.com/lib.git@v1;a=b ; sys_platform == "linux"', 'f')?.url,
    ).toBe('git+https://example.com/lib.git@v1;a=b')
  })
  it.each([
    'pywin32; sys_platform == "win32"',
    'x; platform_system != "Linux"',
    'x; os_name == "nt" and python_version > "3"',
    'x; extra == "dev"',
  ])('is none on Linux: %s', (text) => {
    expect(parseRequirement(text, 'f')).toBeNull()
  })
  it.each(['', '# note', '-r other.txt', './lib', '== 3', 'two words'])('is none: "%s"', (text) => {
    expect(parseRequirement(text, 'f')).toBeNull()
  })
})

describe('markers', () => {
  it.each([
    ['sys_platform == "linux"', true],
    ['"linux" == sys_platform', true],
    ["sys_platform == 'win32' or sys_platform == 'linux'", true],
    ["(sys_platform == 'win32' or os_name == 'nt') and python_version > '3'", false],
    ["sys_platform not in 'win32,cygwin'", true],
    ['platform_machine == "arm64"', true],
    ['', true],
  ])('%s: %s', (marker, expected) => {
    expect(appliesOnLinux(marker)).toBe(expected)
  })
  it('never throw or hang, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof appliesOnLinux(text) === 'boolean'))
  })
})

describe('a requirements file', () => {
  it('is read with what it includes, and constraints are no requirements', () => {
    const project = projectOf({
      'requirements.txt': '-r requirements/base.txt\ngunicorn==23.0.0 # the server\n',
      'requirements/base.txt':
        '-c limits.txt\nDjango[argon2] >= 5 ; python_version >= "3.10"\n--requirement=more.txt',
      'requirements/limits.txt': 'django==5.2\nasgiref==3.9\n',
      'requirements/more.txt': 'whitenoise\n-r base.txt\n',
    })
    const read = readRequirements(project, 'requirements.txt')
    expect(read.requirements.map(({ name, source }) => `${name} ${source}`)).toEqual([
      'django requirements/base.txt:2',
      'whitenoise requirements/more.txt:1',
      'gunicorn requirements.txt:2',
    ])
    expect(read.files).toEqual([
      'requirements.txt',
      'requirements/base.txt',
      'requirements/limits.txt',
      'requirements/more.txt',
    ])
  })
  it('has hashes, continued lines, options and comments', () => {
    const project = projectOf({
      'requirements.txt': [
        '--index-url https://user:pass@pypi.example.com/simple',
        '--extra-index-url=https://${TOKEN}@other.example.com/simple',
        'flask==3.1.2 \\',
        '    --hash=sha256:aa \\',
        '    --hash=sha256:bb',
        'name#notacomment',
        'git+https://example.com/acme/tool.git@v2#egg=acme-tool',
        '-e git+https://example.com/acme/kit.git',
        'psycopg2 --no-binary psycopg2',
      ].join('\r\n'),
    })
    const read = readRequirements(project, 'requirements.txt')
    expect(read.hashed).toBe(true)
    expect(read.requirements.map(({ name }) => name)).toEqual(['flask', 'acme-tool', 'kit', 'psycopg2'])
    expect(read.indexes.map(({ url }) => url)).toEqual([
      'https://user:pass@pypi.example.com/simple',
      'https://${TOKEN}@other.example.com/simple',
    ])
  })
  it('says what is local and what is missing, and never leaves the project', () => {
    const project = projectOf({
      'requirements.txt': '-e .\n./libs/one[extra]\n-r ../outside.txt\n-r /etc/passwd\n-r gone.txt\n',
    })
    const read = readRequirements(project, 'requirements.txt')
    expect(read.local).toEqual(['.', './libs/one[extra]'])
    expect(read.missing.map(({ path }) => path)).toEqual(['../outside.txt', '/etc/passwd', 'gone.txt'])
  })
})
