import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import { copyOf, type Fixture, goodFixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { hasEngine } from '../support/referees.ts'

afterAll(removeTemporaryFolders)

const MINUTES = 60_000
const booted = goodFixtures().filter((fixture) => fixture.config.boot)

const docker = (args: string[], cwd: string, env: Record<string, string> = {}) =>
  execa('docker', args, { cwd, env, all: true, reject: false, timeout: 9 * MINUTES })

function dockerized(fixture: Fixture): string {
  const root = copyOf(fixture)
  cpSync(join(fixture.expected, 'files'), root, { recursive: true })
  return root
}

/** A port that nothing listens on. */
const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })

async function answer(url: string, tries = 1): Promise<{ status: number; text: string }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, { redirect: 'manual' })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      if (attempt >= tries) throw error
      await new Promise((done) => setTimeout(done, 500))
    }
  }
}

describe.skipIf(!hasEngine())('what was written runs', () => {
  it('covers the eight kinds of app that are promised', () => expect(booted.length).toBeGreaterThanOrEqual(8))

  describe.each(booted)('$name', (fixture) => {
    const boot = fixture.config.boot as NonNullable<Fixture['config']['boot']>

    it(
      'development: compose up --build --wait, and a request is answered',
      async () => {
        const root = dockerized(fixture)
        const port = await freePort()
        const project = `cpd-dev-${fixture.name}`
        const env = { PORT: String(port), COMPOSE_PROJECT_NAME: project }
        try {
          const up = await docker(['compose', 'up', '--build', '--wait', '--quiet-pull'], root, env)
          expect(
            up.exitCode,
            up.exitCode === 0
              ? ''
              : `${up.all}\n${(await docker(['compose', 'logs', '--tail', '40'], root, env)).all}`,
          ).toBe(0)
          const { status, text } = await answer(`http://127.0.0.1:${port}${boot.path}`, 10)
          expect(status, text).toBeLessThan(400)
          if (boot.contains) expect(text).toContain(boot.contains)
        } finally {
          await docker(
            [
              'compose',
              '--profile',
              '*',
              'down',
              '--volumes',
              '--remove-orphans',
              '--rmi',
              'local',
              '--timeout',
              '5',
            ],
            root,
            env,
          )
        }
      },
      12 * MINUTES,
    )
  })

  describe.each(booted.filter((fixture) => fixture.config.reload))('$name', (fixture) => {
    const reload = fixture.config.reload as NonNullable<Fixture['config']['reload']>

    it(
      'an edit is served while docker compose up --watch runs',
      async () => {
        const root = dockerized(fixture)
        const port = await freePort()
        const env = { PORT: String(port), COMPOSE_PROJECT_NAME: `cpd-watch-${fixture.name}` }
        const up = execa('docker', ['compose', 'up', '--build', '--watch'], {
          cwd: root,
          env,
          all: true,
          reject: false,
        })
        try {
          const url = `http://127.0.0.1:${port}${reload.path}`
          const until = async (text: string) => {
            for (let attempt = 0; attempt < 240; attempt++) {
              const got = await answer(url).catch(() => undefined)
              if (got?.text.includes(text)) return
              await new Promise((done) => setTimeout(done, 1_000))
            }
            throw new Error(`${url} never said "${text}"`)
          }
          await until(reload.from)
          // Watching begins a moment after the containers are up.
          await new Promise((done) => setTimeout(done, 5_000))
          const file = join(root, reload.file)
          writeFileSync(file, readFileSync(file, 'utf8').replaceAll(reload.from, reload.to))
          await until(reload.to)
        } finally {
          up.kill('SIGINT')
          await up
          await docker(
            [
              'compose',
              '--profile',
              '*',
              'down',
              '--volumes',
              '--remove-orphans',
              '--rmi',
              'local',
              '--timeout',
              '5',
            ],
            root,
            env,
          )
        }
      },
      12 * MINUTES,
    )
  })
})
