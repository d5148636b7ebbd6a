import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ARTEFACT_IDS } from '../../src/answers.ts'
import { nextCommands, toFillIn } from '../../src/commands/next.ts'
import { Project } from '../../src/project.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'
import { type RunOptions, runOnce } from '../support/run.ts'

afterAll(removeTemporaryFolders)

const APP = {
  'package.json': {
    name: 'shop',
    scripts: { start: 'node server.js' },
    dependencies: { express: '^5.1.0', pg: '^8.0.0' },
  },
  'package-lock.json': { name: 'shop', lockfileVersion: 3, packages: {} },
  'server.js': "require('express')().listen(process.env.PORT || 3000)\nprocess.env.DATABASE_URL\n",
}
const app = (files: Record<string, string | object> = {}) => projectOf({ ...APP, ...files }).root
const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8')
const write = (root: string, path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const without = (id: string) => ({ files: ARTEFACT_IDS.filter((one) => one !== id) })
async function next(root: string, options: RunOptions = {}, directory = '.'): Promise<string[]> {
  const { report, plan } = await runOnce(root, options)
  return nextCommands(report, plan, new Project({ root }), directory)
}
const UP = 'docker compose up --build --watch'
const BUILD = 'docker build --tag shop .'
const OWN = 'FROM node:22\nCOPY . .\nCMD ["node", "server.js"]\n'

describe('the commands under Next', () => {
  it('start what was written, and build it', async () => {
    expect(await next(app())).toEqual([UP, BUILD])
    expect(await next(app(), {}, "it's mine")).toEqual(["cd 'it'\\''s mine'", UP, BUILD])
  })

  it('hand in what the build asks for, as DOCKER.md does', async () => {
    const root = app({
      '.npmrc': '//registry.example.com/:_authToken=$' + '{NPM_TOKEN}\n',
      'package.json': {
        name: 'shop',
        scripts: { dev: 'vite', build: 'vite build' },
        devDependencies: { vite: '^7.0.0' },
      },
      'index.html': '<script type="module" src="/main.js"></script>',
      'main.js': 'console.log(import.meta.env.VITE_API_URL)\n',
      'server.js': '',
    })
    const [, build] = await next(root)
    expect(build).toBe(
      'docker build --build-arg VITE_API_URL --secret id=npm_token,env=NPM_TOKEN --tag shop .',
    )
    expect(read(root, 'DOCKER.md').replaceAll(' \\\n ', '')).toContain(build)
  })

  it('name a Dockerfile that is elsewhere', async () => {
    expect(await next(app({ 'docker/Dockerfile': OWN }))).toEqual([
      'docker build --file docker/Dockerfile --tag shop .',
    ])
    const root = app()
    await runOnce(root)
    renameSync(join(root, 'Dockerfile'), join(root, 'my Dockerfile'))
    expect(await next(root)).toContain("docker build --file 'my Dockerfile' --tag shop .")
  })

  it('build no Dockerfile that is not there, and start nothing that needs it', async () => {
    expect(await next(app(), { given: without('dockerfile') })).toEqual([])
    const root = app()
    await runOnce(root)
    expect(await next(root, { given: without('dockerfile') })).toEqual([])
    expect(await next(root)).toEqual([])
    write(root, 'Dockerfile', OWN)
    expect(await next(root)).toEqual([UP, BUILD])
  })

  it('start a compose file of a person’s own by what it has', async () => {
    const DB = 'services:\n  db:\n    image: postgres:18\n'
    const WEB = `${DB}  web:\n    build: .\n`
    const WATCHED = `${WEB}    develop:\n      watch: [{ action: rebuild, path: package.json }]\n`
    for (const [path, text, up] of [
      ['docker-compose.yml', DB, 'docker compose up --build'],
      ['docker-compose.yml', WEB, 'docker compose up --build'],
      ['compose.yaml', WATCHED, UP],
      ['docker/compose.yml', WEB, 'docker compose -f docker/compose.yml up --build'],
    ] as const) {
      const root = app({ [path]: text })
      expect(await next(root)).toEqual([up, BUILD])
      const page = read(root, 'DOCKER.md')
      expect(page).toContain(`\n${up}\n`)
      expect(page.includes('# start everything')).toBe(text !== DB)
      expect(page.includes('## How it runs')).toBe(text !== DB)
      expect(page).not.toContain('--build migrate')
    }
    const root = app({ 'compose.yml': DB })
    expect(await next(root, { given: without('dockerfile') })).toEqual(['docker compose up --build'])
  })

  it('neither build nor start what has an open conflict', async () => {
    for (const [id, left] of [
      ['dockerfile', []],
      ['compose', [BUILD]],
    ] as const) {
      const root = app()
      await runOnce(root)
      const [path, from] =
        id === 'dockerfile' ? ['Dockerfile', 'EXPOSE 3000'] : ['compose.yaml', 'init: true']
      expect(read(root, path)).toContain(from)
      write(root, path, read(root, path).replace(from, `${from} # mine`).replace('3000', '3999'))
      const options: RunOptions = {
        version: '0.2.0',
        newer: (one, text) =>
          one === id ? text.replace(from, `${from} # ours`).replaceAll('3000', '4000') : text,
      }
      expect(await next(root, options)).toEqual([])
      for (const policy of ['sidecar', 'markers'] as const)
        expect(await next(root, { ...options, policy })).toEqual(left)
      expect(await next(root, options)).toEqual(left)
    }
  })

  it('come after what only a person has', async () => {
    const fill = async (root: string, options: RunOptions = {}) => {
      const { report, plan } = await runOnce(root, options)
      const project = new Project({ root })
      return toFillIn(report, nextCommands(report, plan, project, '.'), project)
    }
    const code = {
      'server.js': `${APP['server.js']}const { z } = require('zod')\nif (!process.env.MAIL_KEY) throw new Error('x')\n`,
    }
    expect(await fill(app())).toBe('')
    expect(await fill(app(code))).toBe('Fill in .env (start from .env.example): MAIL_KEY')
    expect(await fill(app({ ...code, '.env.dist': 'MAIL_KEY=\n' }))).toContain('start from .env.dist')
    expect(await fill(app({ ...code, '.env': 'MAIL_KEY=x\n' }))).toBe('')
    expect(await fill(app(code), { given: without('compose') })).toBe('')
  })
})
