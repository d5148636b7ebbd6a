import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { ArtefactInput } from '../../src/artefacts/types.ts'
import { Project } from '../../src/project.ts'
import { unpackInput } from '../../src/state/input.ts'
import { LOCK_PATH, readLock } from '../../src/state/lock.ts'
import { changedSince } from '../../src/ui/facts.ts'
import { copyOf, filesBelow, fixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { planRun, type RunOptions, runOnce } from '../support/run.ts'

afterAll(removeTemporaryFolders)

const fixture = fixtures().find(({ name }) => name === 'node-express-ts') as ReturnType<
  typeof fixtures
>[number]
let root: string
beforeEach(async () => {
  root = copyOf(fixture)
  await runOnce(root)
})
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const edit = (path: string, from: string, to: string) => {
  const text = read(path)
  expect(text).toContain(from)
  write(path, text.replace(from, to))
}
const stamp = () => filesBelow(root).map((path) => [path, statSync(join(root, path)).mtimeMs])
const row = (plan: Awaited<ReturnType<typeof runOnce>>['plan'], id: string) =>
  plan.files.find((file) => file.id === id)
/** A newer template: our own text with one line more, or less. */
const newer = (id: string, change: (text: string) => string) => ({
  version: '0.2.0',
  newer: (one: string, text: string) => (one === id ? change(text) : text),
})
const WORKDIR = 'WORKDIR /app\n'
const taller = (text: string) => text.replace(WORKDIR, `${WORKDIR}ENV NEWER=1\n`)

describe('the table', () => {
  it('replaces what nobody edited', async () => {
    const { plan } = await runOnce(root, newer('dockerfile', taller))
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'update' })
    expect(read('Dockerfile')).toContain('ENV NEWER=1')
  })

  it('keeps edits where there is nothing new, and writes nothing', async () => {
    edit('Dockerfile', WORKDIR, `${WORKDIR}# mine\n`)
    const before = stamp()
    const { plan } = await runOnce(root)
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'keep', reason: 'your edits; nothing new' })
    expect(stamp()).toEqual(before)
  })

  it('merges what is new into what was edited', async () => {
    edit('Dockerfile', 'EXPOSE', '# mine\nEXPOSE')
    const { plan } = await runOnce(root, newer('dockerfile', taller))
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'merge' })
    expect(read('Dockerfile')).toContain('ENV NEWER=1')
    expect(read('Dockerfile')).toContain('# mine\nEXPOSE')
    const again = await runOnce(root, newer('dockerfile', taller))
    expect(row(again.plan, 'dockerfile')).toMatchObject({ action: 'keep' })
    expect(again.plan.changes).toBe(false)
  })

  it('records what a person wrote just as we would', async () => {
    write('Dockerfile', taller(read('Dockerfile')))
    const { plan } = await runOnce(root, newer('dockerfile', taller))
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'unchanged' })
    expect(row(plan, 'state')).toMatchObject({ action: 'update' })
  })

  it('leaves deleted what was deleted, and brings it back when asked', async () => {
    rmSync(join(root, 'DOCKER.md'))
    await runOnce(root)
    const { plan } = await runOnce(
      root,
      newer('docs', (text) => `${text}\nMore.\n`),
    )
    expect(row(plan, 'docs')).toMatchObject({ action: 'keep' })
    expect(existsSync(join(root, 'DOCKER.md'))).toBe(false)
    await runOnce(root, { restore: ['docs'], version: '0.2.0' })
    expect(existsSync(join(root, 'DOCKER.md'))).toBe(true)
    const before = stamp()
    await runOnce(root, { version: '0.2.0' })
    expect(stamp()).toEqual(before)
  })

  it('follows a renamed file, and what names it', async () => {
    mkdirSync(join(root, 'docker'))
    renameSync(join(root, 'Dockerfile'), join(root, 'docker/app.Dockerfile'))
    edit('docker/app.Dockerfile', 'EXPOSE', '# mine\nEXPOSE')
    const { plan } = await runOnce(root, newer('dockerfile', taller))
    expect(row(plan, 'dockerfile')).toMatchObject({ path: 'docker/app.Dockerfile', action: 'merge' })
    expect(existsSync(join(root, 'Dockerfile'))).toBe(false)
    expect(read('docker/app.Dockerfile')).toContain('ENV NEWER=1')
    expect(read('compose.yaml')).toContain('dockerfile: docker/app.Dockerfile')
    expect(read('.github/workflows/docker.yml')).toContain('file: docker/app.Dockerfile')
    const before = stamp()
    await runOnce(root, newer('dockerfile', taller))
    expect(stamp()).toEqual(before)
  })

  it('asks whether a much changed file elsewhere is the same', async () => {
    const text = read('Dockerfile').split('\n')
    rmSync(join(root, 'Dockerfile'))
    write('Dockerfile.prod', text.map((line, at) => (at % 4 === 0 && line ? `${line} # x` : line)).join('\n'))
    const { plan } = await planRun(root)
    expect(row(plan, 'dockerfile')).toMatchObject({ action: 'skip' })
    expect(row(plan, 'dockerfile')?.reason).toContain('is Dockerfile.prod the same file?')
    expect(plan.pending).toBe(true)
  })

  it('deletes what it no longer writes and nobody edited', async () => {
    const { plan } = await runOnce(root, { given: { ci: 'none' } })
    expect(row(plan, 'ci')).toMatchObject({ action: 'delete' })
    expect(existsSync(join(root, '.github/workflows/docker.yml'))).toBe(false)
    const before = stamp()
    await runOnce(root)
    expect(stamp()).toEqual(before)
  })

  it('lets go of what it no longer writes and somebody edited', async () => {
    edit('.github/workflows/docker.yml', 'name: Docker', 'name: Mine')
    const { plan } = await runOnce(root, { given: { ci: 'none' } })
    expect(row(plan, 'ci')).toMatchObject({ action: 'keep' })
    expect(read('.github/workflows/docker.yml')).toContain('name: Mine')
    const before = stamp()
    const again = await runOnce(root)
    expect(row(again.plan, 'ci')).toBeUndefined()
    expect(stamp()).toEqual(before)
    // Wanted again: it is merged, not overwritten.
    await runOnce(root, { given: { ci: 'github' } })
    expect(read('.github/workflows/docker.yml')).toContain('name: Mine')
  })

  it('keeps the line endings of the disk', async () => {
    write('Dockerfile', read('Dockerfile').replaceAll('\n', '\r\n'))
    const before = stamp()
    const idle = await runOnce(root)
    expect(row(idle.plan, 'dockerfile')).toMatchObject({ action: 'unchanged' })
    expect(stamp()).toEqual(before)
    await runOnce(root, newer('dockerfile', taller))
    expect(read('Dockerfile')).toContain('WORKDIR /app\r\nENV NEWER=1\r\n')
    expect(read('Dockerfile').replaceAll('\r\n', '')).not.toContain('\n')
  })
})

describe('a file that people broke', () => {
  it('is named with its line, and left alone; what goes with it stays as it is', async () => {
    edit('compose.yaml', '    depends_on:\n', '    depends_on:\n  wrong:\n')
    const broken = read('compose.yaml')
    const { plan } = await runOnce(
      root,
      newer('compose', (text) => `${text}# more\n`),
    )
    expect(row(plan, 'compose')).toMatchObject({ action: 'skip' })
    expect(row(plan, 'compose')?.reason).toMatch(/^not valid YAML \(line \d+\): mend it, then run again$/)
    expect(row(plan, 'ci')).toMatchObject({ action: 'unchanged' })
    expect(read('compose.yaml')).toBe(broken)
  })
})

describe('conflicts', () => {
  const both = newer('dockerfile', (text) =>
    text.replace(WORKDIR, 'WORKDIR /srv\n').replace('EXPOSE', 'ENV SAFE=1\nEXPOSE'),
  )
  beforeEach(() => edit('Dockerfile', WORKDIR, 'WORKDIR /mine\n'))

  it('hold the whole run back, and stay as they are', async () => {
    const before = stamp()
    const { plan } = await runOnce(root, both)
    expect(plan).toMatchObject({ held: true, pending: true })
    expect(row(plan, 'dockerfile')?.conflicts).toMatchObject([
      { base: 'WORKDIR /app', yours: 'WORKDIR /mine', template: 'WORKDIR /srv' },
    ])
    expect(stamp()).toEqual(before)
  })

  it('later: mine stand, the rest is merged, and the same one comes back', async () => {
    const { plan } = await runOnce(root, { ...both, policy: 'later' })
    expect(plan.pending).toBe(true)
    expect(read('Dockerfile')).toContain('WORKDIR /mine')
    expect(read('Dockerfile')).toContain('ENV SAFE=1')
    expect(JSON.parse(read(LOCK_PATH)).files.dockerfile).toMatchObject({ state: 'pending' })
    const before = stamp()
    const again = await runOnce(root, { ...both, policy: 'later' })
    expect(again.plan.pending).toBe(true)
    expect(row(again.plan, 'dockerfile')?.conflicts).toEqual(row(plan, 'dockerfile')?.conflicts)
    expect(again.plan.changes).toBe(false)
    expect(stamp()).toEqual(before)
  })

  it('keep: settled, and not asked again', async () => {
    const { plan } = await runOnce(root, { ...both, policy: 'keep' })
    expect(plan.pending).toBe(false)
    expect(read('Dockerfile')).toContain('WORKDIR /mine')
    expect(read('Dockerfile')).toContain('ENV SAFE=1')
    expect((await planRun(root, both)).plan).toMatchObject({ pending: false, changes: false })
  })

  it('markers: in the file, which is then left alone until they are gone', async () => {
    await runOnce(root, { ...both, policy: 'markers' })
    expect(read('Dockerfile')).toMatch(
      /^<{7,} yours\nWORKDIR \/mine\n\|{7,} .*\nWORKDIR \/app\n={7,}\nWORKDIR \/srv\n>{7,} new$/m,
    )
    const marked = await planRun(root, both)
    expect(marked.plan).toMatchObject({ pending: true, changes: false })
    expect(row(marked.plan, 'dockerfile')).toMatchObject({ action: 'skip' })
    write('Dockerfile', read('Dockerfile').replace(/<{7} yours\n(.*\n)[^>]*>{7} new\n/m, '$1'))
    const { plan } = await runOnce(root, both)
    expect(plan.pending).toBe(false)
    expect(JSON.parse(read(LOCK_PATH)).files.dockerfile).toMatchObject({ state: 'managed' })
  })

  it('partial: the groups without a conflict are written', async () => {
    const news = {
      version: '0.2.0',
      newer: (id: string, text: string) => (id === 'dockerfile' ? both.newer(id, text) : `${text}# more\n`),
    }
    const { plan } = await runOnce(root, { ...news, policy: 'partial' })
    expect(plan.pending).toBe(true)
    expect(read('Dockerfile')).not.toContain('SAFE')
    expect(read('.dockerignore')).not.toContain('# more')
    expect(read('compose.yaml')).toContain('# more')
    expect(read('.github/workflows/docker.yml')).toContain('# more')
  })

  it('sidecar: the texts stand beside, and go once it is settled', async () => {
    await runOnce(root, { ...both, policy: 'sidecar' })
    expect(read('Dockerfile')).not.toContain('SAFE')
    expect(read('.prod-docker/conflicts/dockerfile.template')).toContain('WORKDIR /srv')
    expect(read('.prod-docker/conflicts/dockerfile.base')).toContain('WORKDIR /app')
    expect(read('.prod-docker/conflicts/dockerfile.proposed')).toContain('WORKDIR /mine')
    const before = stamp()
    await runOnce(root, { ...both, policy: 'sidecar' })
    expect(stamp()).toEqual(before)
    await runOnce(root, { ...both, policy: 'keep' })
    expect(existsSync(join(root, '.prod-docker/conflicts/dockerfile.base'))).toBe(false)
  })
})

describe('a project that has another name by now', () => {
  const rename = () => edit('package.json', '"name": "orders-api"', '"name": "orders"')

  it('keeps the name that its volumes go by, and says so once', async () => {
    rename()
    const before = stamp()
    const { plan } = await runOnce(root)
    expect(plan.changes).toBe(false)
    expect(stamp()).toEqual(before)
    const known = () => unpackInput(readLock(new Project({ root }), '0.0.0')?.input) as ArtefactInput
    const old = known()
    const { report } = await runOnce(root, { given: { port: 4000 } })
    expect(changedSince(old, report.input)).toEqual([
      'Name: orders-api → orders (the files keep orders-api: data in volumes goes by it)',
      'Port: 3000 → 4000',
    ])
    expect(read('compose.yaml')).toContain('name: orders-api\n')
    expect(changedSince(known(), (await planRun(root)).report.input)).toEqual([])
  })

  it('leaves the hour of the weekly run to who set it', async () => {
    const cron = /cron: "[^"]+"/.exec(read('.github/workflows/docker.yml'))?.[0] as string
    edit('.github/workflows/docker.yml', cron, 'cron: "0 4 * * 1"')
    const without: RunOptions = { given: { files: ['dockerfile', 'ci', 'docs'] } }
    await runOnce(root, without)
    rename()
    const { plan } = await runOnce(root, without)
    expect(plan.pending).toBe(false)
    expect(row(plan, 'ci')).toMatchObject({ action: 'keep' })
    // No volume goes by it.
    expect(read('DOCKER.md')).toContain('# orders in containers')
  })
})
