import { appendFileSync } from 'node:fs'
import { basename } from 'node:path/posix'
import { afterAll, describe, expect, it } from 'vitest'
import { fixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { type RunOptions, runOnce } from '../support/run.ts'
import { BUDGETS, conflictsPage, type Seen } from './conflicts.ts'
import { EDITS, seedOf } from './edits.ts'
import { nextRelease } from './next.ts'
import { faultsOf } from './oracle.ts'
import { RELEASES, type Released, releasedBy } from './releases.ts'
import { type Edit, Tree } from './tree.ts'
import { Workspace } from './workspace.ts'

afterAll(removeTemporaryFolders)

/** UPGRADES=all: every edit of every project. Otherwise some projects for each edit, the same every time. */
const ALL = process.env['UPGRADES'] === 'all'

interface Route {
  title: string
  from: string
  /** Projects for each edit, where not all are run. */
  sample: number
  options: RunOptions
}

const LAST = RELEASES.at(-1) as string
const ROUTES: readonly Route[] = [
  ...RELEASES.map((from) => ({
    title: `${from} to the present version`,
    from,
    sample: from === LAST ? 1 : 3,
    options: { version: LAST },
  })),
  {
    title: `${LAST} to a release to come`,
    from: LAST,
    sample: 4,
    options: { version: LAST, newer: nextRelease },
  },
]

const seen: Seen[] = []
const cases = new Map<string, number>()

for (const route of ROUTES) {
  const released = releasedBy(route.from)
  const todo = new Map<string, { edit: Edit; tree: Tree }[]>()
  for (const edit of EDITS) {
    const applies = released.flatMap((one) => {
      const tree = new Tree(one.files)
      edit.edit(tree)
      return one.files.some(({ path, text }) => tree.files.get(path) !== text) ? [{ one, tree }] : []
    })
    const order = applies.sort((a, b) => seedOf(edit.id + a.one.fixture) - seedOf(edit.id + b.one.fixture))
    for (const { one, tree } of ALL ? order : order.slice(0, route.sample))
      todo.set(one.fixture, [...(todo.get(one.fixture) ?? []), { edit, tree }])
  }
  describe(route.title, () => {
    for (const one of released.filter(({ fixture }) => todo.has(fixture)))
      it(`loses nothing of ${one.fixture}`, { timeout: 600_000 }, async () => {
        const fixture = fixtures().find(({ name }) => name === one.fixture)
        if (!fixture) throw new Error(`the fixture ${one.fixture} is gone`)
        const workspace = new Workspace(fixture)
        const faults: string[] = []
        for (const { edit, tree } of todo.get(one.fixture) ?? [])
          faults.push(
            ...(await upgrade(route, one, workspace, edit, tree)).map((fault) => `${edit.id}, ${fault}`),
          )
        if (process.env['FAULTS'])
          appendFileSync(
            process.env['FAULTS'],
            faults
              .map(
                (f) => `${route.title}, ${one.fixture}, ${f}
`,
              )
              .join(''),
          )
        expect(faults).toEqual([])
      })
  })
}

describe('edits', () => {
  it('are all of use: each changes something somewhere', () => {
    expect(EDITS.length).toBeGreaterThanOrEqual(35)
    expect(EDITS.filter(({ id }) => !cases.has(id))).toEqual([])
  })
})

describe('conflicts', () => {
  it.runIf(ALL)('are those that somebody looked at', async () => {
    await expect(conflictsPage(seen, cases)).toMatchFileSnapshot('conflicts.md')
  })
})

/** Brings an edited tree up to date, twice, and with each way to go on where something is open. */
async function upgrade(
  { title, options }: Route,
  released: Released,
  workspace: Workspace,
  edit: Edit,
  tree: Tree,
): Promise<string[]> {
  const base = new Map(released.files.map(({ id, text }) => [id, text]))
  const names = new Map(released.files.map(({ id, path }) => [id, basename(path)]))
  const faults: string[] = []
  const run = async (policy: 'abort' | 'later' | 'keep') => {
    const untouched = workspace.stamp()
    const { report, plan } = await runOnce(workspace.root, { ...options, policy })
    const written = report.artefacts.flatMap(({ files }) => files)
    const template = new Map(written.map(({ id, rendered }) => [id, rendered.text]))
    const moved = new Set(written.flatMap(({ id, path }) => (basename(path) === names.get(id) ? [] : [id])))
    const here = faultsOf({ tree, base, template, moved, workspace, plan })
    const before = workspace.stamp()
    if (policy === 'abort' && before !== untouched && plan.files.some(({ action }) => action === 'conflict'))
      here.push('it writes although a conflict is open')
    const again = (await runOnce(workspace.root, { ...options, policy })).plan
    if (workspace.stamp() !== before) here.push('the second run writes')
    if (again.pending !== plan.pending) here.push(`pending is ${plan.pending}, then ${again.pending}`)
    const shown = (files: typeof plan.files) =>
      JSON.stringify(
        files
          .flatMap((file) => file.conflicts ?? [])
          .map(({ base, yours, template, why }) => [base, yours, template, why]),
      )
    if (policy !== 'keep' && shown(again.files) !== shown(plan.files))
      here.push('the second run shows other conflicts')
    faults.push(...here.map((fault) => `${policy}: ${fault}`))
    return plan
  }
  workspace.reset(tree.files, released)
  const plan = await run('abort')
  cases.set(edit.id, (cases.get(edit.id) ?? 0) + 1)
  if (plan.held) {
    await run('later')
    const settled = await run('keep')
    workspace.reset(tree.files, released)
    await run('keep')
    if (settled.files.some(({ action }) => action === 'conflict')) faults.push('keep: something is left open')
  }
  const open = plan.files.flatMap((file) =>
    (file.conflicts ?? []).map((conflict) => ({ ...conflict, file: file.id })),
  )
  seen.push(...open.map((one) => ({ ...one, route: title, fixture: released.fixture, edit: edit.id })))
  const most = BUDGETS[edit.id]?.most ?? 0
  if (open.length > most) faults.push(`${open.length} conflicts, at most ${most} are right`)
  return faults
}
