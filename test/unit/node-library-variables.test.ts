import { afterAll, describe, expect, it } from 'vitest'
import { environment } from '../../src/artefacts/compose-environment.ts'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

async function read(dependencies: Record<string, string>, files: Record<string, string> = {}) {
  const found = await node.inspect(
    projectOf({
      'package.json': { name: 'app', scripts: { dev: 'next dev', build: 'next build' }, dependencies },
      ...files,
    }),
    {},
  )
  const app = found.model({ services: [], answers: {} })
  return {
    required: found.variables.filter(({ required }) => required).map(({ name }) => name),
    optional: found.variables.filter(({ required }) => !required).map(({ name }) => name),
    told: environment(app, []) as Record<string, unknown>,
    warnings: found.warnings.filter(({ message }) => /ORIGIN/.test(message)).map(({ file }) => file),
    sources: found.variables.flatMap(({ sources }) => sources),
  }
}

describe('what a library reads by itself', () => {
  it('Auth.js: a secret, and leave to trust the host that the container is asked by', async () => {
    const { required, told, sources } = await read({ next: '15.0.0', 'next-auth': '5.0.0-beta.25' })
    expect(required).toEqual(['AUTH_SECRET', 'AUTH_TRUST_HOST'])
    expect(told).toMatchObject({ AUTH_TRUST_HOST: '${AUTH_TRUST_HOST:-true}' })
    expect(told).toHaveProperty('AUTH_SECRET')
    expect(sources).toContain('package.json#dependencies.next-auth')
  })

  it('what the project names in its place, as in a sample', async () =>
    expect(
      await read(
        { next: '15.0.0', 'next-auth': '^5.0.0-beta.25' },
        { '.env.example': 'NEXTAUTH_SECRET=\nAUTH_URL=http://localhost:3000\n' },
      ),
    ).toMatchObject({
      required: ['AUTH_URL', 'NEXTAUTH_SECRET'],
      told: { AUTH_URL: '${AUTH_URL:-http://localhost:${PORT:-3000}}' },
    }))

  it('not what the code passes', async () =>
    expect(
      await read(
        { next: '15.0.0', 'next-auth': '^5.0.0' },
        {
          'auth.ts':
            "import NextAuth from 'next-auth'\nexport const auth = NextAuth({ trustHost: true, secret: 'x' })",
        },
      ),
    ).toMatchObject({ required: [], optional: [] }))

  it('nor where the code says more of it', async () =>
    expect(
      (
        await read(
          { next: '15.0.0', 'better-auth': '^1.6.0' },
          { 'a.ts': "export const key = process.env.BETTER_AUTH_SECRET ?? 'dev'" },
        )
      ).required,
    ).toEqual([]))

  it('next-auth 4: its own address, which development knows', async () =>
    expect(await read({ next: '14.0.0', 'next-auth': '4.24.13' })).toMatchObject({
      required: ['NEXTAUTH_SECRET', 'NEXTAUTH_URL'],
      told: { NEXTAUTH_URL: '${NEXTAUTH_URL:-http://localhost:${PORT:-3000}}' },
    }))

  it('a comment passes nothing', async () =>
    expect(
      (
        await read(
          { next: '15.0.0', 'better-auth': '^1.6.0' },
          {
            'auth.ts':
              "import { betterAuth } from 'better-auth'\n// secret: 'x'\nexport const auth = betterAuth({ database })",
          },
        )
      ).required,
    ).toEqual(['BETTER_AUTH_SECRET']))

  it('nuxt-auth-utils: the password of its sessions', async () => {
    const { required, told } = await read({ nuxt: '4.0.0', 'nuxt-auth-utils': '^0.5.26' })
    expect(required).toEqual(['NUXT_SESSION_PASSWORD'])
    expect(told).toHaveProperty('NUXT_SESSION_PASSWORD')
  })

  it('SvelteKit: its origin, said where there are forms', async () => {
    const kit = { '@sveltejs/kit': '^2.0.0', '@sveltejs/adapter-node': '^5.0.0' }
    expect(await read(kit)).toMatchObject({ required: [], optional: [], warnings: [] })
    const page = 'src/routes/login/+page.server.ts'
    expect(await read(kit, { [page]: 'export const actions = {}' })).toMatchObject({
      required: [],
      optional: ['ORIGIN'],
      warnings: [page],
    })
  })
})

describe('the app’s own address in a sample', () => {
  const read2 = async (sample: string) =>
    (await read({ next: '15.0.0' }, { '.env.example': `APP_URL=${sample}\n` })).told
  it.each([
    ['http://localhost:3000', '${APP_URL:-http://localhost:${PORT:-3000}}'],
    ['http://localhost:3000/app', '${APP_URL:-http://localhost:${PORT:-3000}/app}'],
    ['http://localhost:8080', undefined],
    ['http://localhost:3000/${x}', undefined],
  ])('%s: %s', async (sample, told) => expect((await read2(sample))['APP_URL']).toBe(told))
})
