import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CliError, EXIT } from '../../src/errors.ts'
import { hasMarkers } from '../../src/merge/lines.ts'
import { LOCK_PATH, unpack } from '../../src/state/lock.ts'
import { copyOf, filesBelow, fixtures, removeTemporaryFolders, temporaryFolder } from '../support/fixtures.ts'
import { planRun } from '../support/run.ts'
import { type EditStep, edits, TEXT_EDITS } from './actions.ts'
import { faultsOf } from './oracle.ts'
import { type QuickOptions, quickRun } from './quick.ts'
import { Tree } from './tree.ts'
import { stampOf, textOf } from './workspace.ts'

afterAll(removeTemporaryFolders)

/** Sequences of edits and runs that are tried; CI asks for more. */
const SEQUENCES = Number(process.env['SEQUENCES'] ?? 300)
const FIXTURE = fixtures().find(({ name }) => name === 'node-plain-server') as ReturnType<
  typeof fixtures
>[number]
const POLICIES = ['abort', 'later', 'keep', 'partial', 'sidecar', 'markers'] as const
const NEW_NAMES: Partial<Record<string, string>> = {
  dockerfile: 'docker/Dockerfile',
  compose: 'docker-compose.yml',
  ci: '.github/workflows/image.yml',
}

/** The project as the first release leaves it. */
const start = new Map<string, Buffer>()
beforeAll(async () => {
  const root = copyOf(FIXTURE)
  await quickRun(root, { policy: 'abort', generation: 0 })
  for (const path of filesBelow(root)) start.set(path, readFileSync(join(root, path)))
})

function begin(): string {
  const root = temporaryFolder()
  for (const [path, bytes] of start) put(root, path, bytes)
  return root
}

function put(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

type Step =
  | EditStep
  | {
      does: 'run'
      policy: (typeof POLICIES)[number]
      newer: number
      ci: 'github' | 'none' | undefined
    }

const runs: fc.Arbitrary<Step> = fc.record({
  does: fc.constant('run' as const),
  policy: fc.constantFrom(...POLICIES),
  newer: fc.constantFrom(0, 1, 1, 1, 2, -1),
  ci: fc.constantFrom(undefined, undefined, undefined, undefined, 'none' as const, 'github' as const),
})
const sequences = fc.array(fc.oneof({ arbitrary: edits, weight: 2 }, { arbitrary: runs, weight: 1 }), {
  minLength: 2,
  maxLength: 14,
})

/** Does to a file what people do; the marks that it leaves are remembered. */
function edit(root: string, marks: string[], { does, id, at, size }: EditStep): void {
  const path = pathsIn(root)[id]
  const text = path === undefined ? undefined : textOf(root, path)
  if (path === undefined || text === undefined) return
  if (does === 'drop') rmSync(join(root, path))
  else if (does === 'rename') {
    rmSync(join(root, path))
    put(root, NEW_NAMES[id] ?? path, text)
  } else put(root, path, TEXT_EDITS[does]({ text, lines: text.split('\n'), at, size, marks }))
}

interface Entry {
  path: string
  state: string
  z: string
}
const entriesIn = (root: string): Record<string, Entry> => JSON.parse(textOf(root, LOCK_PATH) as string).files

/** Where each file is now: where it was last, or where somebody has just put it. */
function pathsIn(root: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entriesIn(root)).map(([id, { path }]) => {
      const other = NEW_NAMES[id]
      return [id, textOf(root, path) === undefined && other !== undefined ? other : path]
    }),
  )
}

/** One run, judged, and done again: what it did wrong. */
async function judged(root: string, marks: readonly string[], options: QuickOptions): Promise<string[]> {
  const entries = entriesIn(root)
  const tree = treeOf(root, marks)
  const base = new Map(
    Object.entries(entries)
      .filter(([, { state }]) => state !== 'kept')
      .map(([id, { z }]) => [id, unpack(z)]),
  )
  const untouched = stampOf(root)
  const { plan, template } = await quickRun(root, options)
  const workspace = { text: (path: string) => textOf(root, path) }
  const faults = faultsOf({ tree, base, template, moved: new Set(), workspace, plan })
  const before = stampOf(root)
  if (
    options.policy === 'abort' &&
    before !== untouched &&
    plan.files.some(({ action }) => action === 'conflict')
  )
    faults.push('it writes although a conflict is open')
  const again = await quickRun(root, options)
  if (again.wrote.length > 0 || stampOf(root) !== before)
    faults.push(`the second run writes ${again.wrote.join(', ')}`)
  if (again.plan.pending !== plan.pending)
    faults.push(`pending is ${plan.pending}, then ${again.plan.pending}`)
  const open = (files: typeof plan.files) =>
    JSON.stringify(
      files
        .filter(({ action }) => action === 'conflict')
        .flatMap((file) => file.conflicts ?? [])
        .map(({ base, yours, template, why }) => [base, yours, template, why]),
    )
  if (options.policy !== 'markers' && open(again.plan.files) !== open(plan.files))
    faults.push('the second run shows other conflicts')
  if (options.policy === 'keep') {
    const later = await quickRun(root, { ...options, policy: 'later' })
    if (later.plan.files.some(({ action }) => action === 'conflict'))
      faults.push('what was settled is open again')
  }
  return faults
}

function treeOf(root: string, marks: readonly string[]): Tree {
  const paths = pathsIn(root)
  const tree = new Tree(
    Object.entries(paths).flatMap(([id, path]) => {
      const text = textOf(root, path)
      return text === undefined ? [] : [{ id, path, text }]
    }),
  )
  Object.assign(tree.paths, paths)
  tree.marks.push(...marks)
  return tree
}

describe('whatever people do, in whatever order', () => {
  it('loses no edit, writes once, and says what is open (P4, P5, P9, P16)', {
    timeout: 600_000,
  }, async () => {
    let [open, refused, done] = [0, 0, 0]
    await fc.assert(
      fc.asyncProperty(sequences, async (steps) => {
        const root = begin()
        const marks: string[] = []
        let generation = 0
        for (const step of [...steps, { does: 'run', policy: 'later', newer: 1, ci: undefined } as const]) {
          if (step.does !== 'run') {
            edit(root, marks, step)
            continue
          }
          const next = Math.max(0, generation + step.newer)
          const before = stampOf(root)
          const given = step.ci === undefined ? {} : { ci: step.ci }
          try {
            expect(await judged(root, marks, { policy: step.policy, generation: next, given })).toEqual([])
            generation = next
            done++
            if (Object.values(entriesIn(root)).some(({ state }) => state === 'pending')) open++
          } catch (error) {
            // An older version refuses the work of a newer one, and touches nothing.
            if (!(error instanceof CliError && error.code === EXIT.refused && next < generation)) throw error
            expect(stampOf(root)).toBe(before)
            refused++
          }
        }
        rmSync(root, { recursive: true })
      }),
      { numRuns: SEQUENCES, seed: 20_261_121, endOnFailure: !!process.env['CI'] },
    )
    // The sequences are of use: they meet conflicts and refusals.
    expect(open).toBeGreaterThan(done / 20)
    expect(refused).toBeGreaterThan(0)
  })

  it('loses no edit on either way, by each release or over them (P20)', { timeout: 600_000 }, async () => {
    const some = fc.array(
      edits.filter(({ does }) => does !== 'drop' && does !== 'rename'),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(some, async (steps) => {
        const [slow, fast] = [begin(), begin()]
        const marks: string[] = []
        for (const step of steps) edit(slow, marks, step)
        for (const path of filesBelow(slow)) put(fast, path, readFileSync(join(slow, path)))
        const present = marks.filter((mark) => allText(slow).includes(mark))
        for (const generation of [1, 2, 3])
          expect(await judged(slow, marks, { policy: 'later', generation })).toEqual([])
        expect(await judged(fast, marks, { policy: 'later', generation: 3 })).toEqual([])
        for (const root of [slow, fast]) {
          expect(present.filter((mark) => !allText(root).includes(mark))).toEqual([])
          rmSync(root, { recursive: true })
        }
      }),
      { numRuns: Math.ceil(SEQUENCES / 10), seed: 20_261_121 },
    )
  })
})

const allText = (root: string) =>
  Object.values(pathsIn(root))
    .map((path) => textOf(root, path))
    .join('\n')

describe('what is rendered', () => {
  it('is the same twice, elsewhere, at another time and under another locale (P19)', async () => {
    const written = async (root: string) => {
      const { plan } = await planRun(root)
      return plan.files.map(({ id, path, after }) => [id, path, String(after)])
    }
    const first = await written(copyOf(FIXTURE))
    expect(await written(copyOf(FIXTURE))).toEqual(first)
    const [zone, folder] = [process.env['TZ'], process.cwd()]
    vi.useFakeTimers({ now: new Date('2031-03-04T23:59:59Z'), toFake: ['Date'] })
    const compare = vi.spyOn(String.prototype, 'localeCompare').mockImplementation(() => {
      throw new Error('the order of a locale')
    })
    const chance = vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('chance')
    })
    try {
      const root = copyOf(FIXTURE)
      process.env['TZ'] = 'Pacific/Kiritimati'
      process.env['LC_ALL'] = 'tr_TR.UTF-8'
      process.chdir(root)
      expect(await written(root)).toEqual(first)
    } finally {
      process.chdir(folder)
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
      delete process.env['LC_ALL']
      vi.useRealTimers()
      compare.mockRestore()
      chance.mockRestore()
    }
  })

  it('has no markers of a conflict', () => {
    for (const bytes of start.values()) expect(hasMarkers(bytes.toString())).toBe(false)
  })
})
