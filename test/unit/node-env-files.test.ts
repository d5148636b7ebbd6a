import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { render } from '../../src/render.ts'
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

describe('a .env file that the code demands', () => {
  const warned = async (code: string) => {
    const found = await node.inspect(
      projectOf({
        'package.json': {
          name: 'api',
          scripts: { start: 'node src/index.js' },
          dependencies: { express: '^5', dotenv: '^17' },
        },
        'src/index.js': "import app from './app.js'\napp.listen(3000)\n",
        'src/config.js': code,
      }),
      {},
    )
    return found.warnings
      .filter(({ message }) => message.includes('stops the app'))
      .map(({ file, line }) => `${file}:${line}`)
  }
  it.each([
    "import dotenv from 'dotenv'\nconst found = dotenv.config()\nif (found.error) {\n  // stop\n  throw new Error('no .env')\n}",
    "const dotenv = require('dotenv')\nconst { error } = dotenv.config({ path: '.env' })\nif (error) throw error",
    "\nconst result = require('dotenv').config()\nif (result.error) { console.error('x'); process.exit(1) }",
  ])('is warned about: %s', async (code) => expect(await warned(code)).toEqual(['src/config.js:2']))

  it.each([
    "const result = require('dotenv').config()\nif (result.error) console.warn('no .env')",
    "if (process.env.NODE_ENV !== 'production') {\n  const result = require('dotenv').config()\n  if (result.error) throw result.error\n}",
    '// dotenv\nconst result = load()\nif (result.error) throw result.error',
  ])('is none here: %s', async (code) => expect(await warned(code)).toEqual([]))
})

describe('where the check of the environment is written', () => {
  const placed = async (files: Record<string, string | object>) =>
    (await node.inspect(projectOf(files as never), {})).model({ services: [], answers: {} }).env
  const server =
    "const key = process.env.API_KEY\nif (!key) throw new Error('no key')\nrequire('express')().listen(3000)\n"

  it('is beside a server in JavaScript, and not in the frontend', async () => {
    const env = await placed({
      'package.json': {
        name: 'app',
        scripts: { build: 'vite build', start: 'node server/server.js' },
        dependencies: { express: '^5' },
        devDependencies: { vite: '^7', typescript: '^5' },
      },
      'server/server.js': server,
      'src/main.ts': 'export {}',
      'tsconfig.json': {},
    })
    expect(env?.path).toBe('server/env.js')
    expect(env?.usage).toBe('const { env } = require("./env.js");')
  })

  it.each<[string, string]>([
    ["import { env } from './env'", 'src/env.ts'],
    ["import { env } from './other/env'", 'env.js'],
  ])('stays where code imports it: %s', async (code, path) => {
    const env = await placed({
      'package.json': { name: 'app', scripts: { start: 'node server.js' }, dependencies: { express: '^5' } },
      'server.js': server,
      'src/env.ts': '// Written by create-prod-docker, yours to change.\nexport const env = {}\n',
      'src/app.ts': code,
    })
    expect(env?.path).toBe(path)
  })

  it('is nowhere where nothing of Node.js runs', async () => {
    const env = await placed({
      'package.json': { name: 'site', scripts: { build: 'vite build' }, devDependencies: { vite: '^7' } },
      'index.html': '<script type="module" src="/src/main.ts"></script>',
      'src/main.ts': "if (!process.env.API_KEY) throw new Error('x')",
    })
    expect(env).toBe(null)
  })

  it('speaks to linters of the build and to old types', async () => {
    const env = await placed({
      'package.json': {
        name: 'app',
        scripts: {
          build: 'npm run lint && tsc',
          lint: 'eslint src && tslint -p .',
          start: 'node dist/index.js',
        },
        dependencies: { express: '^4' },
        devDependencies: { typescript: '^3.6.3', '@types/node': '^12.7.5' },
      },
      'src/index.ts': server,
      'tsconfig.json': { compilerOptions: { outDir: 'dist' } },
    })
    const { text } = render(env?.template ?? '', env?.data ?? {})
    expect(text.split('\n').slice(0, 3)).toEqual([
      '/* eslint-disable */',
      '/* tslint:disable */',
      '// Written by create-prod-docker, yours to change.',
    ])
    expect(text).toContain('import { readFileSync } from "fs";')
    expect(text).not.toMatch(/\?\.|\?\?/)
  })
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
