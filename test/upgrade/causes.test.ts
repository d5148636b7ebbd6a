import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Project } from '../../src/project.ts'
import { RULES } from '../../src/rules/index.ts'
import { unpackInput } from '../../src/state/input.ts'
import { LOCK_PATH, lockText, readLock } from '../../src/state/lock.ts'
import { changedSince } from '../../src/ui/facts.ts'
import { age } from '../support/aged.ts'
import { copyOf, fixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { planRun, runOnce } from '../support/run.ts'
import { RELEASES, releasedBy } from './releases.ts'
import { Tree } from './tree.ts'
import { Workspace } from './workspace.ts'

afterAll(removeTemporaryFolders)

const VERSION = RELEASES.at(-1) as string
const named = (name: string) =>
  fixtures().find((fixture) => fixture.name === name) as ReturnType<typeof fixtures>[number]

/** DOCKER.md is prose and the check of the environment is code: nothing in them decides how something is built or run. */
const DECIDING = ['dockerfile', 'dockerignore', 'compose', 'ci']
const KNOWN = new Set<string>(RULES.map(({ id }) => id))

describe.each(RELEASES)('since %s', (release) => {
  it.each(releasedBy(release))('each change of $fixture has a rule', async (released) => {
    const workspace = new Workspace(named(released.fixture))
    workspace.reset(new Tree(released.files).files, released)
    const { plan } = await planRun(workspace.root, { version: VERSION })
    const bare = plan.files.flatMap(({ id, causes = [] }) =>
      DECIDING.includes(id)
        ? causes
            .filter(({ rules }) => !rules.some((rule) => KNOWN.has(rule)))
            .map(({ line }) => `${id}:${line}`)
        : [],
    )
    expect(bare).toEqual([])
  })
})

describe('the cause of a change', () => {
  let root: string
  beforeEach(async () => {
    root = copyOf(named('node-express-ts'))
    await runOnce(root, { version: VERSION })
  })
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const write = (path: string, text: string) => writeFileSync(join(root, path), text)
  const causes = async () => {
    const { plan, report } = await planRun(root, { version: VERSION })
    const before = unpackInput(readLock(new Project({ root }), VERSION)?.input)
    return {
      of: (id: string) => plan.files.find((file) => file.id === id)?.causes?.map(({ from }) => from) ?? [],
      changed: before ? changedSince(before, report.input) : [],
    }
  }
  const older = () =>
    age(root, 'dockerfile', (text) =>
      text.replace('HEALTHCHECK --interval=30s', 'HEALTHCHECK --interval=60s'),
    )
  const switchPackages = () => {
    renameSync(join(root, 'package-lock.json'), join(root, 'pnpm-lock.yaml'))
    write('pnpm-lock.yaml', "lockfileVersion: '9.0'\n")
    write(
      'package.json',
      JSON.stringify({ ...JSON.parse(read('package.json')), packageManager: 'pnpm@10.20.0' }, null, 2),
    )
  }

  it('is the project, where packages come from another manager', async () => {
    switchPackages()
    const { of, changed } = await causes()
    expect(of('dockerfile').length).toBeGreaterThan(1)
    expect(new Set([...of('dockerfile'), ...of('compose'), ...of('docs')])).toEqual(new Set(['project']))
    expect(changed).toContainEqual(expect.stringMatching(/^Packages: npm → pnpm/))
  })

  it('is the template, where the project is what it was', async () => {
    older()
    const { of, changed } = await causes()
    expect(of('dockerfile')).toEqual(['template'])
    expect(changed).toEqual([])
  })

  it('is told for each change, where both are others', async () => {
    older()
    switchPackages()
    const { of, changed } = await causes()
    expect(of('dockerfile').filter((cause) => cause === 'template')).toEqual(['template'])
    expect(of('dockerfile').at(-1)).toBe('template')
    expect(of('dockerfile').filter((cause) => cause === 'project').length).toBeGreaterThan(1)
    expect(changed).toContainEqual(expect.stringMatching(/^Packages: npm → pnpm/))
  })

  it.each([
    ['the project', VERSION, 'project'],
    ['the template', '0.0.1', 'template'],
  ])('is %s, where nothing is known but that version %s wrote it', async (_, generator, cause) => {
    const lock = readLock(new Project({ root }), VERSION)
    if (!lock) throw new Error('no lock')
    const { input: _input, ...rest } = lock
    write(LOCK_PATH, lockText({ ...rest, generator }))
    switchPackages()
    expect(new Set((await causes()).of('dockerfile'))).toEqual(new Set([cause]))
  })
})
