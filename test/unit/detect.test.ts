import { afterAll, describe, expect, it } from 'vitest'
import { detectLanguage } from '../../src/detect.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const DJANGO = { 'requirements.txt': 'Django==5.2\n', 'manage.py': '' }
const FLASK = { 'requirements.txt': 'Flask==3.1\n' }
const manifest = (scripts: Record<string, string>) =>
  JSON.stringify({ private: true, scripts, devDependencies: { vite: '7.0.0' } })

async function detected(files: Record<string, string>): Promise<string[]> {
  const found = await detectLanguage(projectOf(files), {})
  return 'candidates' in found
    ? found.candidates.map(({ language }) => language.id)
    : [found.language.id, ...found.warnings.map(({ message }) => message)]
}

describe('a package.json beside a Python app', () => {
  it('builds its files where there is no page: the app is in Python, and a person is told what the image lacks', async () => {
    const [language, warning] = await detected({
      ...DJANGO,
      'package.json': manifest({ build: 'vite build' }),
    })
    expect(language).toBe('python')
    expect(warning).toContain('Also found: Node.js (package.json)')
    expect(warning).toContain('run it before docker build, in CI too: the image does not.')
  })
  it.each([
    [{ build: 'vite build', 'build:prod': 'vite build -m x' }, 'build:prod'],
    [{ 'build:css:sass': 'sass a b' }, 'build:css:sass'],
  ])('names the build that is meant: %j', async (scripts, name) => {
    const [, warning] = await detected({ ...DJANGO, 'package.json': manifest(scripts) })
    expect(warning).toContain(`If its "${name}" script makes`)
  })
  it('says nothing of a build that there is not', async () => {
    const [, warning] = await detected({ ...DJANGO, 'package.json': manifest({ lint: 'eslint .' }) })
    expect(warning).toMatch(/--language node\.$/)
  })
  it('is none where it only holds tools, and nothing else says Python but a manifest', async () => {
    const tools = { 'setup.py': '', 'package.json': manifest({ watch: 'watch less' }) }
    expect((await detected(tools))[0]).toBe('python')
    expect(await detected({ ...tools, 'index.html': '' })).toEqual(['node', 'python'])
    expect(await detected({ 'package.json': manifest({}) })).toEqual(['node'])
  })
  it('is a question where a page says that it may be an app itself', async () => {
    const site = { 'package.json': manifest({ build: 'vite build' }), 'index.html': '' }
    expect(await detected({ ...FLASK, ...site })).toEqual(['python', 'node'])
    expect((await detected({ ...FLASK, 'package.json': site['package.json'] }))[0]).toBe('python')
  })
})

describe('a folder without an app', () => {
  const hint = async (files: Record<string, string>): Promise<string> => {
    const error = await detectLanguage(projectOf(files), {}).catch((thrown: unknown) => thrown)
    return (error as { hint: string }).hint
  }
  it('names the folders below that hold one, the shallow ones first', async () => {
    expect(
      await hint({
        'README.md': '',
        'apps/web/package.json': '{}',
        'backend/requirements.txt': '',
        'backend/pyproject.toml': '',
      }),
    ).toBe('Run this in the folder of your app: backend, apps/web.')
  })
  it('asks for the language where there is none', async () => {
    expect(await hint({ 'README.md': '' })).toContain('--language node or --language python')
  })
})
