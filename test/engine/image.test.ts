import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, it } from 'vitest'
import { DIALECTS } from '../../src/engine/dialect.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { AppModel } from '../../src/model.ts'
import { Project } from '../../src/project.ts'
import { cleanUp, labelArgs, newSession, type Session } from '../../src/verify/session.ts'
import { filesStep } from '../../src/verify/steps/files.ts'
import { leanStep } from '../../src/verify/steps/lean.ts'
import { secretsStep } from '../../src/verify/steps/secrets.ts'
import { sizeStep } from '../../src/verify/steps/size.ts'
import type { Outcome, Verification } from '../../src/verify/types.ts'
import { copyOf, goodFixtures, removeTemporaryFolders, temporaryFolder } from '../support/fixtures.ts'
import { hasEngine } from '../support/referees.ts'

const MINUTES = 60_000
const STEPS = { size: sizeStep, contents: leanStep, secrets: secretsStep, files: filesStep }
const engine = new Engine({
  program: 'docker',
  title: 'Docker',
  buildx: null,
  compose: null,
  rootless: false,
  host: '127.0.0.1',
  remote: false,
  dialect: DIALECTS.docker,
  lacks: {},
})
const sessions: Session[] = []

afterAll(async () => {
  for (const session of sessions.splice(0)) expect(await cleanUp(engine, session)).toEqual([])
  removeTemporaryFolders()
}, 5 * MINUTES)

/** Builds the last stage of a folder, and looks at the image as `verify` does. */
async function look(
  root: string,
): Promise<Record<keyof typeof STEPS, Outcome> & { report: Verification['report'] }> {
  const session = newSession()
  sessions.push(session)
  const ref = session.image('app')
  await execa('docker', ['build', '--tag', ref, ...labelArgs(session), '.'], {
    cwd: root,
    timeout: 15 * MINUTES,
  })
  const [{ Id, Config, RootFS }] = JSON.parse((await execa('docker', ['image', 'inspect', ref])).stdout)
  const verification: Verification = {
    engine,
    session,
    project: new Project({ root }),
    dockerfile: 'Dockerfile',
    compose: null,
    app: { writable: ['/tmp'] } as unknown as AppModel,
    progress: () => undefined,
    signal: new AbortController().signal,
    image: {
      ref,
      id: Id,
      layers: RootFS.Layers,
      config: {
        user: Config.User,
        env: Config.Env ?? [],
        exposed: [],
        healthcheck: null,
        entrypoint: [],
        cmd: [],
        workdir: Config.WorkingDir,
        stopSignal: '',
        volumes: Object.keys(Config.Volumes ?? {}),
      },
    },
    report: {},
  }
  const outcomes = {} as Record<keyof typeof STEPS, Outcome>
  for (const [id, step] of Object.entries(STEPS))
    outcomes[id as keyof typeof STEPS] = await step.run(verification)
  return { ...outcomes, report: verification.report }
}

function project(files: Record<string, string | Buffer>): string {
  const root = temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

/** What is wrong on purpose must be named, by the step whose matter it is. */
interface Bad {
  what: string
  files: Record<string, string | Buffer>
  fails: keyof typeof STEPS
  names: string[]
  never?: string
}

// Made up, and not written in one piece: other scanners read this file too.
const token = (start: string) => `${start}_${'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA2bC4'.slice(0, 36)}`
const DEBIAN = 'FROM debian:trixie-slim\nWORKDIR /app\n'
const USER = 'USER 65532:65532\n'
const key = `-----BEGIN ${'PRIVATE'} KEY-----\n${`${randomBytes(48).toString('base64')}\n`.repeat(4)}-----END`

const BAD: Bad[] = [
  {
    what: 'an .env that the next layer deletes',
    files: { Dockerfile: `${DEBIAN}COPY . .\nRUN rm .env\n${USER}`, '.env': 'DB=hunter2-is-the-password\n' },
    fails: 'secrets',
    names: ['/app/.env: environment file, layer', 'deleted later but still in the image'],
    never: 'hunter2',
  },
  {
    what: 'a token in ENV and one as a build argument',
    files: {
      Dockerfile: `${DEBIAN}ARG DEPLOY_TOKEN=correct-horse-battery\nENV GITHUB_AUTH=${token('ghp')}\nRUN echo $DEPLOY_TOKEN > /dev/null\n${USER}`,
    },
    fails: 'secrets',
    names: [
      'ENV GITHUB_AUTH: GitHub token (ghp_…)',
      'build argument DEPLOY_TOKEN: value of a secret variable',
    ],
    never: 'battery',
  },
  {
    what: "npm's token, and a private key in an application's folder",
    files: {
      Dockerfile: `${DEBIAN}COPY . .\n${USER}`,
      '.npmrc': `//registry.example.com/:_authToken=${token('npm')}\n`,
      'certs/server.txt': key,
      '.git/config': '[core]\n',
      '.git/HEAD': 'ref: refs/heads/main\n',
    },
    fails: 'secrets',
    names: [
      '/app/.npmrc: registry token',
      '/app/certs/server.txt: private key (----…)',
      '/app/.git/: git history',
    ],
    never: 'aB3dE5',
  },
  {
    what: 'the app given to the user that runs it',
    files: { Dockerfile: `${DEBIAN}COPY --chown=65532:65532 . .\n${USER}`, 'main.sh': 'true\n' },
    fails: 'files',
    names: ['writable: /app/main.sh (0644, 65532:65532)'],
  },
  {
    what: 'a setuid program of its own',
    files: {
      Dockerfile: `${DEBIAN}RUN cp /bin/true /usr/local/bin/raise && chmod 4755 /usr/local/bin/raise\n${USER}`,
    },
    fails: 'files',
    names: ['setuid: /usr/local/bin/raise (4755, 0:0)'],
  },
  {
    what: 'a root that stays root',
    files: { Dockerfile: DEBIAN },
    fails: 'files',
    names: ['runs as root'],
  },
  {
    what: 'development dependencies',
    files: {
      Dockerfile:
        'FROM node:24-trixie-slim\nWORKDIR /app\nCOPY package.json ./\nRUN npm install --no-audit --no-fund\nUSER 1000:1000\n',
      'package.json': JSON.stringify({ dependencies: { ms: '2.1.3' }, devDependencies: { semver: '7.7.2' } }),
    },
    fails: 'contents',
    names: ['1 development dependency', 'development dependency: semver'],
  },
  {
    what: "npm's cache, a test, a source map and a compiler",
    files: {
      Dockerfile: `${DEBIAN}COPY . .\nRUN mkdir -p /root/.npm/_cacache && head -c 5000 /dev/urandom > /root/.npm/_cacache/a && cp /bin/true /usr/bin/gcc-14 && cp /bin/true /usr/local/bin/yarn\n${USER}`,
      'src/server.test.js': 'test()\n',
      'dist/server.js.map': '{}\n',
    },
    fails: 'contents',
    names: [
      'cache: /root/.npm/_cacache/a',
      'test: /app/src/server.test.js',
      'source map: /app/dist/server.js.map',
      'compiler: /usr/bin/gcc-14',
      'package manager: /usr/local/bin/yarn',
    ],
  },
  {
    what: '30 MB that a later layer deletes',
    files: { Dockerfile: `${DEBIAN}COPY . .\nRUN rm blob\n${USER}`, blob: randomBytes(30_000_000) },
    fails: 'size',
    names: ['30.0 MB (', '30.0 MB deleted by a later layer, and still shipped'],
  },
  {
    what: 'a whole copy by chown',
    files: { Dockerfile: `${DEBIAN}COPY . .\nRUN chown -R 1000 /app\n${USER}`, blob: randomBytes(5_000_000) },
    fails: 'size',
    names: ['5.0 MB overwritten by a later layer'],
  },
]

describe.skipIf(!hasEngine())('images made bad on purpose are caught, and what is bad is named', () => {
  it.each(BAD)(
    '$what',
    async ({ files, fails, names, never }) => {
      const outcomes = await look(project(files))
      const { status, evidence, details = [] } = outcomes[fails]
      const said = [evidence, ...details].join('\n')
      expect(status, said).toBe('fail')
      for (const name of names) expect(said).toContain(name)
      if (never) expect(JSON.stringify(outcomes)).not.toContain(never)
    },
    5 * MINUTES,
  )

  it(
    'an image that does nothing of it passes every step',
    async () => {
      const root = project({
        Dockerfile: `${DEBIAN}COPY --chmod=0644 main.sh .env.example ./\n${USER}`,
        'main.sh': 'true\n',
        '.env.example': 'PORT=3000\n',
      })
      chmodSync(join(root, 'main.sh'), 0o666)
      const { report, ...outcomes } = await look(root)
      for (const [id, { status, evidence, details }] of Object.entries(outcomes))
        expect(status, `${id}: ${evidence}\n${details?.join('\n')}`).toBe('pass')
      expect(report).toMatchObject({ base: 'debian:trixie-slim', user: '65532:65532' })
      expect(report.bytes).toBe(report.floor)
    },
    5 * MINUTES,
  )
})

const NAMES = ['node-express-ts', 'python-fastapi-uv']
/** What the files that are written still leave to do: known, and nothing else is let through. */
const KNOWN = [
  /^source map: \/app\/dist\//,
  /^2\.9 kB source maps$/,
  /^writable: \/opt\/venv\/\.lock /,
  // WORKDIR belongs to the user of the base: `:nonroot` has one.
  /^writable: \/app \(0755, 65532:65532\)$/,
]

describe.skipIf(!hasEngine())('what we write passes', () => {
  it.each(goodFixtures().filter(({ name }) => NAMES.includes(name)))(
    '$name',
    async (fixture) => {
      const root = copyOf(fixture)
      cpSync(join(fixture.expected, 'files'), root, { recursive: true })
      const { report, ...outcomes } = await look(root)
      for (const [id, { status, evidence, details = [] }] of Object.entries(outcomes)) {
        console.log(`${fixture.name} ${id}: ${evidence}`)
        const wrong = details.filter((line) => !line.startsWith('note: '))
        const isKnown = wrong.length > 0 && wrong.every((line) => KNOWN.some((known) => known.test(line)))
        expect(isKnown ? 'pass' : status, `${id}: ${evidence}\n${details.join('\n')}`).toBe('pass')
      }
      expect(report.layers?.some(({ kind }) => kind === 'dependencies')).toBe(true)
      expect(report.layers?.at(-1)?.kind).toBe('app')
    },
    20 * MINUTES,
  )
})
