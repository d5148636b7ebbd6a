import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { CliError } from '../../src/errors.ts'
import { Project } from '../../src/project.ts'
import { hashOf, LOCK_PATH, pack, readLock } from '../../src/state/lock.ts'
import { copyOf, filesBelow, fixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { planRun, runOnce } from '../support/run.ts'

afterAll(removeTemporaryFolders)

const fixture = fixtures().find(({ name }) => name === 'node-express-js') as ReturnType<
  typeof fixtures
>[number]
let root: string
beforeEach(async () => {
  root = copyOf(fixture)
  await runOnce(root)
})
const path = (name: string) => join(root, name)
const tree = () => filesBelow(root).map((name) => [name, readFileSync(path(name)).toString('latin1')])
const text = 'mine\n'
const entry = (at: string) => ({ path: at, state: 'managed', sha256: hashOf(text), z: pack(text) })

/** What a run on such a lock says; the tree stays as it is. */
async function refusal(change: (lock: { files: Record<string, object>; [key: string]: unknown }) => unknown) {
  const lock = JSON.parse(readFileSync(path(LOCK_PATH), 'utf8'))
  const changed = change(lock) ?? lock
  writeFileSync(path(LOCK_PATH), typeof changed === 'string' ? changed : JSON.stringify(changed))
  const before = tree()
  const error = await runOnce(root).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(tree()).toEqual(before)
  if (!(error instanceof CliError)) throw new Error(`not refused: ${error}`)
  return error
}

describe('a lock that can not be trusted', () => {
  it.each<[string, Parameters<typeof refusal>[0], string]>([
    ['is no JSON', () => '{', 'is damaged'],
    ['is a list', () => '[]', 'is damaged'],
    ['is of a newer schema', (lock) => ({ ...lock, schema: 2 }), 'newer version'],
    ['was written by a newer release', (lock) => ({ ...lock, generator: '99.0.0' }), 'by version 99.0.0'],
    [
      'has conflict markers of git',
      () => '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n',
      'conflict markers of git',
    ],
    [
      'has a base that was edited',
      ({ files }) => void Object.assign(files['dockerfile'] as object, { z: pack('x') }),
      'damaged entry "dockerfile"',
    ],
    [
      'has a base that is no deflated text',
      ({ files }) => void Object.assign(files['dockerfile'] as object, { z: '!' }),
      'damaged entry "dockerfile"',
    ],
    [
      'has a state that nobody knows',
      ({ files }) => void Object.assign(files['dockerfile'] as object, { state: 'new' }),
      'damaged entry "dockerfile"',
    ],
    ...[
      '../out',
      '/etc/passwd',
      'C:/x',
      'a\\b',
      'a/../../b',
      '.git/hooks/pre-commit',
      '.GIT/config',
      '.prod-docker/x',
      '',
      'a//b',
      './a',
      'a/ ',
      'x\0y',
    ].map((at): [string, Parameters<typeof refusal>[0], string] => [
      `names ${JSON.stringify(at)}`,
      ({ files }) => void Object.assign(files, { docs: entry(at) }),
      'damaged entry "docs"',
    ]),
    [
      'names one file twice, but for case',
      ({ files }) => void Object.assign(files, { docs: entry('DOCKERFILE') }),
      'damaged entry',
    ],
  ])('%s: exit 5, nothing written', async (_, change, says) => {
    const error = await refusal(change)
    expect(error.code).toBe(5)
    expect(error.message).toContain(says)
    expect(error.hint).toBeTruthy()
  })

  it('never deletes a file that an unknown entry names', async () => {
    const lock = JSON.parse(readFileSync(path(LOCK_PATH), 'utf8'))
    const source = readFileSync(path('package.json'), 'utf8')
    lock.files['other'] = { path: 'package.json', state: 'managed', sha256: hashOf(source), z: pack(source) }
    writeFileSync(path(LOCK_PATH), JSON.stringify(lock))
    await runOnce(root)
    expect(readFileSync(path('package.json'), 'utf8')).toBe(source)
  })

  it('is fine whole, whatever a formatter made of it, and is then left alone', async () => {
    const pretty = `${JSON.stringify(JSON.parse(readFileSync(path(LOCK_PATH), 'utf8')), null, 4)}\r\n`
    writeFileSync(path(LOCK_PATH), pretty)
    expect(readLock(new Project({ root }), '0.0.0')).not.toBeNull()
    expect((await planRun(root)).plan.changes).toBe(false)
  })
})

describe('a target that is no text of ours', () => {
  const news = {
    version: '0.2.0',
    newer: (id: string, one: string) => (id === 'dockerfile' ? `${one}# more\n` : one),
  }

  it.each<[string, Buffer, string]>([
    ['is not UTF-8', Buffer.from('FROM node\n# caf\xe9\n', 'latin1'), 'not UTF-8'],
    ['is binary', Buffer.from('FROM node\n\0\0\n'), 'not a text file'],
    ['is larger than 1 MiB', Buffer.from(`FROM node\n${'# x\n'.repeat(300_000)}`), 'larger than 1 MiB'],
    [
      'has conflict markers',
      Buffer.from('FROM node\n<<<<<<< HEAD\nRUN a\n=======\nRUN b\n>>>>>>> x\n'),
      'conflict markers',
    ],
  ])('%s: it is named and left alone, exit 3', async (_, bytes, says) => {
    writeFileSync(path('Dockerfile'), bytes)
    const { plan } = await runOnce(root, news)
    const row = plan.files.find(({ id }) => id === 'dockerfile')
    expect(row).toMatchObject({ action: 'skip', reason: expect.stringContaining(says) })
    expect(plan.pending).toBe(true)
    expect(readFileSync(path('Dockerfile'))).toEqual(bytes)
  })

  it('is a link, or lies behind one: exit 5, nothing written', async () => {
    const outside = copyOf(fixture)
    renameSync(path('Dockerfile'), join(outside, 'Dockerfile'))
    symlinkSync(join(outside, 'Dockerfile'), path('Dockerfile'))
    await expect(runOnce(root, news)).rejects.toMatchObject({ code: 5 })
    renameSync(join(outside, 'Dockerfile'), path('Dockerfile'))
    renameSync(path('.github'), join(outside, '.github'))
    symlinkSync(join(outside, '.github'), path('.github'))
    const before = readFileSync(join(outside, '.github/workflows/docker.yml'), 'utf8')
    await expect(runOnce(root, { ...news, given: { scanner: 'grype' } })).rejects.toMatchObject({ code: 5 })
    expect(readFileSync(join(outside, '.github/workflows/docker.yml'), 'utf8')).toBe(before)
  })

  it('is a folder: exit 5', async () => {
    renameSync(path('Dockerfile'), path('Dockerfile.away'))
    mkdirSync(path('Dockerfile'))
    await expect(runOnce(root, news)).rejects.toMatchObject({ code: 5 })
  })
})
