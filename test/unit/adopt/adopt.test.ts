import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { similarity } from '../../../src/adopt/likeness.ts'
import { LOCK_PATH, type LockEntry, pristine } from '../../../src/state/lock.ts'
import { filesBelow, removeTemporaryFolders } from '../../support/fixtures.ts'
import { projectOf } from '../../support/project.ts'
import { type RunOptions, runOnce } from '../../support/run.ts'

afterAll(removeTemporaryFolders)

const CORPUS = fileURLToPath(new URL('../../corpus/adopt/', import.meta.url))
const APP = {
  'package.json': {
    name: 'shop',
    scripts: { start: 'node server.js', test: 'node --test', migrate: 'knex migrate:latest' },
    dependencies: { express: '^5.1.0', pg: '^8.0.0' },
  },
  'package-lock.json': { name: 'shop', lockfileVersion: 3, packages: {} },
  'server.js':
    "require('express')().get('/healthz', (q, s) => s.end()).listen(process.env.PORT || 3000)\nprocess.env.DATABASE_URL\n",
}
const app = (files: Record<string, string> = {}) => projectOf({ ...APP, ...files }).root
const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8')
const write = (root: string, path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const tree = (root: string) => filesBelow(root).map((path) => [path, read(root, path)])
const entries = (root: string) =>
  (JSON.parse(read(root, LOCK_PATH)) as { files: Record<string, LockEntry> }).files
const entry = (root: string, id: string) => entries(root)[id] as LockEntry
type Plan = Awaited<ReturnType<typeof runOnce>>['plan']
const row = (plan: Plan, id: string) => plan.files.find((file) => file.id === id)
const rendered = ({ report }: Awaited<ReturnType<typeof runOnce>>, id: string) =>
  report.artefacts.flatMap(({ files }) => files).find((file) => file.id === id)?.rendered.text as string

let ours: string
let ourCompose: string
beforeAll(async () => {
  const root = app()
  await runOnce(root)
  ours = read(root, 'Dockerfile')
  ourCompose = read(root, 'compose.yaml')
})
/** Ours as somebody would have it who wrote it by hand: without comments, with changes. */
const near = () =>
  `${ours.replace(/^(?!# (?:syntax|check)).*#.*\n/gm, '').replace(/^(ENV NODE_ENV.*)$/m, '$1 \\\n    MY_OWN=1')}LABEL team=mine\n`

const LINES = [
  'FROM node:20',
  'FROM node:22-slim AS test',
  'WORKDIR /srv',
  'COPY . .',
  'RUN npm install',
  'RUN --mount=type=cache,target=/root/.npm npm ci',
  'ENV PORT=4000 A="b c"',
  'EXPOSE 4000',
  'USER node',
  'HEALTHCHECK CMD curl -f http://localhost:4000/up',
  'CMD npm start',
  'CMD ["node", "server.js"]',
  'ENTRYPOINT ["./run.sh"]',
  '# a comment',
  '',
  'RUN <<EOF\necho "# not a comment"\nEOF',
]
const anyDockerfile = fc.oneof(
  fc
    .array(fc.constantFrom(...LINES), { maxLength: 14 })
    .map((lines) => `FROM node:22\n${lines.join('\n')}\n`),
  fc
    .array(fc.oneof(fc.constantFrom(...LINES), fc.string()), { maxLength: 8 })
    .map((lines) => lines.join('\r\n')),
  // Parts of ours, so that both sides of the threshold are seen.
  fc.tuple(fc.nat(100), fc.array(fc.nat(60), { maxLength: 30 })).map(([, dropped]) =>
    ours
      .split('\n')
      .filter((_, index) => !dropped.includes(index))
      .join('\n'),
  ),
  fc.constant(null).map(() => ours),
)

describe('P12: an adoption', () => {
  it('writes nothing of the user’s, remembers ours and never theirs, and is over after one run', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(anyDockerfile, async (text) => {
        const root = app({ Dockerfile: text })
        const bytes = readFileSync(join(root, 'Dockerfile'))
        const first = await runOnce(root)
        expect(readFileSync(join(root, 'Dockerfile')).equals(bytes)).toBe(true)
        const action = row(first.plan, 'dockerfile')?.action as string
        seen.add(action)
        if (action === 'skip') return
        const base = pristine(entry(root, 'dockerfile'))
        expect(base).toBe(rendered(first, 'dockerfile'))
        if (base === text) expect(action).toBe('unchanged')
        const before = tree(root)
        const second = await runOnce(root)
        expect(second.plan.changes).toBe(false)
        expect(second.plan.pending).toBe(first.plan.pending)
        expect(tree(root)).toEqual(before)
      }),
      { numRuns: 40, examples: [['FROM scratch\n'], [near()], [ours]] },
    )
    for (const action of ['unchanged', 'keep', 'advise']) expect(seen).toContain(action)
  })

  it.each(readdirSync(CORPUS))('%s: the same with hand-written files', async (name) => {
    const root = app()
    cpSync(join(CORPUS, name), root, { recursive: true })
    const own = filesBelow(join(CORPUS, name))
    const first = await runOnce(root)
    for (const path of own) expect(read(root, path)).toBe(read(join(CORPUS, name), path))
    for (const one of Object.values(entries(root)))
      if (own.includes(one.path)) expect(pristine(one)).not.toBe(read(root, one.path))
    const before = tree(root)
    const second = await runOnce(root)
    expect(tree(root)).toEqual(before)
    expect([second.plan.changes, second.plan.pending]).toEqual([false, first.plan.pending])
  })
})

describe('near enough to ours', () => {
  it('is adopted: nothing is open, and what is new later is merged in', async () => {
    const mine = near()
    const root = app({ Dockerfile: mine })
    const { plan } = await runOnce(root)
    expect(row(plan, 'dockerfile')).toMatchObject({
      action: 'keep',
      reason: expect.stringContaining('adopted'),
    })
    expect(entry(root, 'dockerfile')).toMatchObject({ state: 'managed', adopted: true })
    expect(plan.pending).toBe(false)
    const options: RunOptions = {
      version: '0.2.0',
      newer: (id, text) => (id === 'dockerfile' ? text.replace('EXPOSE', 'STOPSIGNAL SIGINT\nEXPOSE') : text),
    }
    const next = await runOnce(root, options)
    expect(row(next.plan, 'dockerfile')).toMatchObject({ action: 'merge' })
    const merged = read(root, 'Dockerfile').split('\n')
    expect(merged).toContain('STOPSIGNAL SIGINT')
    for (const line of mine.split('\n')) expect(merged).toContain(line)
    expect(entry(root, 'dockerfile')).toMatchObject({ state: 'managed', adopted: true })
    expect((await runOnce(root, options)).plan.changes).toBe(false)
  })

  it('is heard for facts, and stays as it is when its lines move', async () => {
    const mine = near().replaceAll('node:24', 'node:22').replaceAll('nodejs24', 'nodejs22')
    const root = app({ Dockerfile: mine })
    const { report } = await runOnce(root)
    expect(report.facts.get('runtimeVersion')).toMatchObject({
      value: '22',
      source: expect.stringMatching(/^Dockerfile:\d+$/),
      confidence: 'likely',
    })
    write(root, 'Dockerfile', mine.replace('\nFROM', '\n# mine\n\nFROM'))
    const { plan } = await runOnce(root)
    expect([plan.changes, plan.pending]).toEqual([false, false])
  })

  it('is told from what is not by instructions, whatever the comments', async () => {
    expect(similarity('dockerfile', near(), ours)).toBeGreaterThan(0.8)
    const comments = ours.split('\n').filter((line) => line.startsWith('#'))
    expect(similarity('dockerfile', `${comments.join('\n')}\nFROM scratch\n`, ours)).toBeLessThan(0.1)
    for (const name of readdirSync(CORPUS).filter((one) => existsSync(join(CORPUS, one, 'Dockerfile'))))
      expect(similarity('dockerfile', read(join(CORPUS, name), 'Dockerfile'), ours), name).toBeLessThan(0.5)
  })

  it('is forgotten once it is gone, where it had advice only', async () => {
    const root = app({ Dockerfile: 'FROM node:22\nCMD ["node", "server.js"]\n' })
    await runOnce(root)
    expect(entry(root, 'dockerfile').state).toBe('advisory')
    rmSync(join(root, 'Dockerfile'))
    const { plan } = await runOnce(root)
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'create' })
    expect(read(root, 'Dockerfile')).toBe(ours)
    expect(entry(root, 'dockerfile')).not.toHaveProperty('adopted')
  })

  it('under another name is what our other files name', async () => {
    const root = app({ 'docker/app.Dockerfile': near() })
    const { plan } = await runOnce(root)
    expect(row(plan, 'dockerfile')).toMatchObject({ path: 'docker/app.Dockerfile', action: 'keep' })
    expect(filesBelow(root)).not.toContain('Dockerfile')
    expect(read(root, 'compose.yaml')).toContain('dockerfile: docker/app.Dockerfile')
    expect(read(root, '.github/workflows/docker.yml')).toContain('file: docker/app.Dockerfile')
    expect(entry(root, 'dockerfile')).toMatchObject({ path: 'docker/app.Dockerfile', from: 'Dockerfile' })
  })
})

describe('compose', () => {
  it.each(['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'])(
    '%s: ours is adopted there, another gets advice, and none is written beside',
    async (path) => {
      for (const [text, state] of [
        [`${ourCompose}# mine\n`, 'managed'],
        ['services:\n  db:\n    image: postgres:latest\n', 'advisory'],
      ] as const) {
        const root = app({ [path]: text })
        await runOnce(root)
        expect(read(root, path)).toBe(text)
        expect(filesBelow(root).filter((one) => /compose/.test(one))).toEqual([path])
        expect(entry(root, 'compose')).toMatchObject({ path, state })
      }
    },
  )

  it('not even where --adopt says that it is none of ours', async () => {
    const root = app({ 'docker-compose.yml': 'services: {}\n' })
    const { plan } = await runOnce(root, { adopt: { compose: 'none' } })
    expect(row(plan, 'compose')).toMatchObject({ action: 'skip', path: 'docker-compose.yml' })
    expect(filesBelow(root)).not.toContain('compose.yaml')
  })
})

describe('what goes with a Dockerfile of somebody’s own', () => {
  const PLAIN = 'FROM node:22\nCOPY . .\nCMD ["node", "server.js"]\n'

  it('names only stages that it has', async () => {
    const root = app({ Dockerfile: PLAIN })
    const { plan } = await runOnce(root)
    expect(row(plan, 'compose')).toMatchObject({
      action: 'skip',
      reason: expect.stringContaining('stage dev'),
    })
    expect(plan.pending).toBe(true)
    const workflow = read(root, '.github/workflows/docker.yml')
    expect(workflow).not.toMatch(/target: test|docker compose/)
    expect(filesBelow(root)).not.toContain('DOCKER.md')
    write(root, 'Dockerfile', PLAIN.replace('FROM node:22', 'FROM node:22 AS dev\nFROM dev'))
    await runOnce(root)
    expect(read(root, 'compose.yaml')).toContain('target: dev')
    expect(read(root, 'compose.yaml')).not.toMatch(/target: (?:test|migrate)|\n {2}test:/)
  })

  it('runs the tests only in a compose file that has them', async () => {
    const COMPOSE = 'services:\n  web:\n    build: .\n'
    for (const [text, runs] of [
      [COMPOSE, false],
      [`${COMPOSE}  test:\n    build: .\n`, true],
    ] as const) {
      const root = app({ 'docker-compose.yml': text })
      await runOnce(root)
      expect(read(root, '.github/workflows/docker.yml').includes('--build test')).toBe(runs)
    }
  })

  it('is told nothing by a compose file that this run does not write', async () => {
    const code = { 'server.js': "require('express')().listen(process.env.PORT || 3000)\n" }
    const warning = async (files: Record<string, string>) => {
      const root = app({ ...code, ...files })
      const { report } = await runOnce(root)
      return { root, said: report.warnings.find(({ rule }) => rule === 'PD098')?.message }
    }
    expect((await warning({})).said).toContain('compose.yaml sets DATABASE_URL')
    const own = { 'docker-compose.yml': 'services:\n  web:\n    build: .\n' }
    for (const files of [{ Dockerfile: PLAIN }, own]) {
      const { said } = await warning(files)
      expect(said).toContain('DATABASE_URL')
      expect(said).not.toContain('compose')
    }
    const { root } = await warning({ ...own, 'db.js': 'process.env.DATABASE_URL\n' })
    expect(read(root, 'DOCKER.md')).toContain('go into `.env`')
    expect(read(root, 'DOCKER.md') + read(root, '.env.example')).not.toMatch(/set by compose/i)
  })

  it('never hides from a build what it copies', async () => {
    const root = app({ Dockerfile: `${PLAIN}COPY .env.local ./\n` })
    const { plan } = await runOnce(root)
    expect(row(plan, 'dockerignore')).toMatchObject({
      action: 'skip',
      reason: expect.stringContaining('.env.local'),
    })
    expect(filesBelow(root)).not.toContain('.dockerignore')
  })

  it('has a .dockerignore of its own where there are others', async () => {
    const root = app({ Dockerfile: PLAIN, 'Dockerfile.dev': PLAIN })
    const { plan } = await runOnce(root)
    expect(row(plan, 'dockerignore')).toMatchObject({ action: 'create', path: 'Dockerfile.dockerignore' })
    expect((await runOnce(root)).plan.changes).toBe(false)
  })

  it('is left out of it with --adopt dockerfile=none', async () => {
    const beside = app({ 'docker/Dockerfile': PLAIN })
    await runOnce(beside, { adopt: { dockerfile: 'none' } })
    expect(read(beside, 'Dockerfile')).toBe(ours)
    expect(read(beside, 'docker/Dockerfile')).toBe(PLAIN)
    const there = app({ Dockerfile: PLAIN })
    const { plan } = await runOnce(there, { adopt: { dockerfile: 'none' } })
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'skip' })
    expect(row(plan, 'compose')).toMatchObject({ action: 'skip' })
    expect(read(there, 'Dockerfile')).toBe(PLAIN)
  })

  it('is left out of it on a later run as on the first', async () => {
    const none = { adopt: { dockerfile: 'none' } }
    for (const text of [`${PLAIN}EXPOSE 9400\n`, near()]) {
      const [fresh, late] = [app({ 'docker/Dockerfile': text }), app({ 'docker/Dockerfile': text })]
      await runOnce(fresh, none)
      await runOnce(late)
      expect(entry(late, 'dockerfile').path).toBe('docker/Dockerfile')
      await runOnce(late, none)
      const files = (root: string) => tree(root).filter(([path]) => !path?.includes('/backup/'))
      expect(files(late)).toEqual(files(fresh))
      expect((await runOnce(late)).plan.changes).toBe(false)
    }
    const there = app({ Dockerfile: PLAIN })
    await runOnce(there)
    const { plan } = await runOnce(there, none)
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'skip' })
    expect(row(plan, 'compose')).toMatchObject({ action: 'skip' })
    expect(read(there, '.github/workflows/docker.yml')).not.toMatch(/target: test|docker compose/)
    expect(entries(there)).not.toHaveProperty('dockerfile')
    // Ours is ours, whatever is said of it.
    const own = app()
    await runOnce(own)
    expect((await runOnce(own, none)).plan.changes).toBe(false)
  })

  it('nor is a compose file that is none of ours named', async () => {
    const root = app({ 'docker-compose.yml': 'services:\n  db:\n    image: postgres:18\n' })
    await runOnce(root)
    await runOnce(root, { adopt: { compose: 'none' } })
    expect(read(root, '.github/workflows/docker.yml')).not.toContain('docker compose')
    expect(entries(root)).not.toHaveProperty('compose')
    expect(read(root, 'DOCKER.md')).not.toContain('docker compose')
  })
})

describe('advice', () => {
  const TEXT =
    'FROM node:24-trixie-slim\nCOPY package.json package-lock.json ./\nRUN npm install\nCMD node server.js\n'

  it('is taken and refused for good, until nothing is open', async () => {
    for (const text of [TEXT, `\ufeff${TEXT.replaceAll('\n', '\r\n')}`]) {
      const root = app({ Dockerfile: text })
      const first = await runOnce(root)
      expect(row(first.plan, 'dockerfile')).toMatchObject({ action: 'advise', after: Buffer.from(text) })
      expect(first.plan.pending).toBe(true)
      const rules = (row(first.plan, 'dockerfile')?.advice ?? []).map(({ rule }) => rule)
      expect(rules).toEqual(expect.arrayContaining(['PD001', 'PD003', 'PD005', 'PD006', 'PD009', 'PD010']))
      const taken = await runOnce(root, { take: ['PD010', 'PD005'] })
      expect(row(taken.plan, 'dockerfile')).toMatchObject({ action: 'advise' })
      expect(read(root, 'Dockerfile')).toBe(
        text
          .replace('CMD node server.js', 'CMD ["node", "server.js"]')
          .replace('RUN npm', 'RUN --mount=type=cache,id=npm,target=/root/.npm npm'),
      )
      const left = rules.filter((rule) => rule !== 'PD010' && rule !== 'PD005')
      const refused = await runOnce(root, { refuse: left })
      expect(row(refused.plan, 'dockerfile')).toMatchObject({ action: 'keep' })
      expect(entry(root, 'dockerfile').refused).toEqual([...new Set(left)].sort())
      const before = tree(root)
      const last = await runOnce(root)
      expect(row(last.plan, 'dockerfile')).toMatchObject({ action: 'keep' })
      expect(tree(root)).toEqual(before)
    }
  })

  it('blocks nothing under --on-conflict keep, and refuses nothing either', async () => {
    const root = app({ Dockerfile: TEXT })
    const { plan } = await runOnce(root, { policy: 'keep', given: { files: ['dockerfile'] } })
    expect(row(plan, 'dockerfile')?.action).toBe('keep')
    expect(row(plan, 'dockerfile')?.advice?.length).toBeGreaterThan(3)
    expect(plan.pending).toBe(false)
    expect(entry(root, 'dockerfile').refused).toBeUndefined()
    expect((await runOnce(root)).plan.pending).toBe(true)
  })
})

it('--adopt settles where a file of ours went', async () => {
  const root = app()
  await runOnce(root)
  const half = ours.split('\n')
  rmSync(join(root, 'Dockerfile'))
  write(
    root,
    'app.Dockerfile',
    [...half.slice(0, -8), ...half.slice(-8).map((line) => `${line} #`)].join('\n'),
  )
  const { plan } = await runOnce(root)
  expect(row(plan, 'dockerfile')).toMatchObject({
    action: 'skip',
    reason: expect.stringContaining('--adopt'),
  })
  await runOnce(root, { adopt: { dockerfile: 'app.Dockerfile' } })
  expect(entry(root, 'dockerfile')).toMatchObject({ path: 'app.Dockerfile', state: 'managed' })
  const again = await runOnce(root)
  expect(again.plan.pending).toBe(false)
})
