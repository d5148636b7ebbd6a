import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

async function read(files: Record<string, string>, build = 'vite build') {
  const found = await node.inspect(
    projectOf({
      'package.json': { name: 'app', scripts: { dev: 'vite', build }, devDependencies: { vite: '^7' } },
      'src/main.ts': 'console.log(import.meta.env.VITE_API)',
      '.gitignore': 'node_modules\n.env\n*.local\n',
      ...files,
    }),
    {},
  )
  const app = found.model({ services: [], answers: {} })
  return {
    args: String(app.dockerfile.data['buildArgsBlock'])
      .split('\n')
      .filter((line) => line.startsWith('ARG'))
      .map((line) => line.slice(4, line.indexOf(' #@'))),
    files: app.development.envFiles,
    warnings: found.warnings.filter(({ rule }) => rule === 'PD030').map(({ message }) => message),
  }
}

describe('what a project commits for its build', () => {
  it('is the default of the arguments, also of names that no code was seen to read', async () =>
    expect(await read({ '.env.production': 'VITE_API=/v1\nexport VITE_NAME="A \\"b\\""\n' })).toEqual({
      args: ['VITE_API=/v1', expect.stringMatching(/^VITE_NAME=/)],
      files: [],
      warnings: [],
    }))

  it('is that of the mode that the build names', async () =>
    expect(
      (await read({ '.env.production': 'VITE_API=/a', '.env.prod': 'VITE_API=/b' }, 'vite build --mode prod'))
        .args,
    ).toEqual(['VITE_API=/b']))

  it('is not what git leaves out', async () =>
    expect((await read({ '.env': 'VITE_API=/a', '.env.local': 'VITE_API=/b' })).args).toEqual(['VITE_API']))

  it('is not taken where nobody can tell what git has', async () => {
    const files = { 'package.json': '{"devDependencies":{"vite":"^7"},"scripts":{"build":"vite build"}}' }
    const found = await node.inspect(
      projectOf({ ...files, '.env': 'VITE_API=/a', 'a.ts': 'import.meta.env.VITE_API' }),
      {},
    )
    expect(found.variables.find(({ name }) => name === 'VITE_API')?.built).toBeUndefined()
  })

  it('is said where it is for the server, or put together', async () =>
    expect(
      await read({ '.env.production': 'VITE_API=${HOST}/v1\nDATABASE_URL=postgres://a:b@c/d\nNODE_ENV=x\n' }),
    ).toEqual({
      args: ['VITE_API'],
      files: [],
      warnings: [
        '.env.production does not enter the image, and what it sets there no longer counts: VITE_API, DATABASE_URL. Set that where the container runs, or in the build script where the build reads it.',
      ],
    }))

  it('goes into the development container as a file', async () =>
    expect((await read({ '.env.development': 'VITE_API=/dev' })).files).toEqual(['.env.development']))
})

describe('a public name', () => {
  it('that the server reads as it runs is no argument of the build', async () => {
    const found = async (dependencies: object, files: Record<string, string>, build = 'nuxt build') =>
      (
        await node.inspect(
          projectOf({ 'package.json': { name: 'app', scripts: { build }, dependencies }, ...files }),
          {},
        )
      )
        .model({ services: [], answers: {} })
        .publicVars.map(({ name }) => name)
    const sample = { '.env.example': 'NUXT_PUBLIC_API=http://a\n' }
    expect(await found({ nuxt: '^4' }, sample)).toEqual([])
    const site = { ...sample, 'nuxt.config.ts': 'export default defineNuxtConfig({ ssr: false })\n' }
    expect(await found({ nuxt: '^4' }, site, 'nuxt generate')).toEqual(['NUXT_PUBLIC_API'])
    const code = "import { env } from '$env/dynamic/public'\nimport { PUBLIC_B } from '$env/static/public'\n"
    const page = {
      'src/routes/+page.server.ts': `${code}export const load = () => [env.PUBLIC_A, PUBLIC_B]\n`,
    }
    expect(await found({ '@sveltejs/kit': '^2' }, page, 'vite build')).toEqual(['PUBLIC_B'])
  })
})
