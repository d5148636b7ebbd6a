import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Project, stripJsonComments } from '../../src/project.ts'
import { removeTemporaryFolders, temporaryFolder } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

describe('the view of a project', () => {
  it('reads a file from Windows like any other', () => {
    const project = projectOf({ 'package.json': '\ufeff{\r\n  "name": "x"\r\n}\r\n', 'a.js': 'a\r\nb\r\n' })
    expect(project.json('package.json')).toEqual({ name: 'x' })
    expect(project.source('a.js')).toBe('a\nb\n')
  })

  it('names the file that is broken', async () => {
    const project = projectOf({
      'a.json': '{',
      'b.json': '[]',
      'c.toml': '= 1',
      'd.yaml': 'a: [',
      'e.yaml': '- 1',
    })
    expect(() => project.json('a.json')).toThrow('a.json is not valid JSON')
    expect(() => project.json('b.json')).toThrow('b.json should hold an object')
    await expect(project.toml('c.toml')).rejects.toThrow('c.toml is not valid TOML')
    await expect(project.yaml('d.yaml')).rejects.toThrow('d.yaml is not valid YAML')
    await expect(project.yaml('e.yaml')).rejects.toThrow('e.yaml should hold an object')
    expect(project.json('none.json')).toBeNull()
  })

  it('never enters dependencies, build output, virtual environments or dot folders', () => {
    const project = projectOf({
      'src/a.ts': '',
      'node_modules/x/b.ts': '',
      'dist/c.ts': '',
      'myenv/pyvenv.cfg': '',
      'myenv/lib/d.ts': '',
      '.cache/e.ts': '',
    })
    expect(project.sources(['.ts'])).toEqual(['src/a.ts'])
  })

  it('leaves tests and type declarations out of the sources', () => {
    const project = projectOf({
      'a.ts': '',
      'a.test.ts': '',
      '__tests__/b.ts': '',
      'test/c.ts': '',
      'd.d.ts': '',
      'test_e.py': '',
      'f.py': '',
    })
    expect(project.sources(['.ts', '.py'])).toEqual(['a.ts', 'f.py'])
  })

  it('passes over a folder of data, and does not follow links', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'data'))
    for (let index = 0; index < 1_100; index++) writeFileSync(join(root, 'data', `${index}.ts`), '')
    mkdirSync(join(root, 'src'))
    writeFileSync(join(root, 'src', 'a.ts'), '')
    symlinkSync(root, join(root, 'src', 'loop'))
    const project = new Project({ root })
    expect(project.sources(['.ts'])).toEqual(['src/a.ts'])
    expect(project.truncated).toBe(true)
  })
})

describe('JSON with comments', () => {
  it('gives what was written, whatever the strings hold', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(stripJsonComments(`/* a */ ${text} // b`))).toEqual(JSON.parse(text))
      }),
      { numRuns: 1_000 },
    )
  })
  it('drops comments and trailing commas', () => {
    expect(JSON.parse(stripJsonComments('{ "a": "http://x, }", // c\n /* d */ "b": [1, 2,], }'))).toEqual({
      a: 'http://x, }',
      b: [1, 2],
    })
  })
})
