// npm run mutants: breaks the upgrade by hand, one way at a time, in a copy, and sees that a test goes red each time.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const plan = ['test/unit/plan.test.ts']
const merge = ['laws', 'merge', 'pins', 'lines'].map((name) => `test/unit/merge/${name}.test.ts`).concat(plan)

/** Each: what breaks, where, how, and the tests that must see it. `from` stands once in the file. */
const MUTANTS = [
  {
    what: 'a conflict is settled by the new text',
    file: 'src/merge/merge.ts',
    from: "(chunk.kind === 'conflict' ? chunk[side]",
    to: "(chunk.kind === 'conflict' ? chunk.template",
    tests: merge,
  },
  {
    what: 'the sides are swapped where only one changed',
    file: 'src/merge/merge.ts',
    from: "chunk[chunk.kind === 'template' ? 'template' : 'yours']",
    to: "chunk[chunk.kind === 'template' ? 'yours' : 'template']",
    tests: merge,
  },
  {
    what: 'a conflict is not counted',
    file: 'src/merge/merge.ts',
    from: 'const conflicts = chunks.filter(isOpen).length',
    to: 'const conflicts = Math.max(0, chunks.filter(isOpen).length - 1)',
    tests: merge,
  },
  {
    what: 'the base moves on although a conflict is open',
    file: 'src/merge/merge.ts',
    from: '(isOpen(chunk) ? chunk.base : chunk.template)',
    to: '(isOpen(chunk) ? chunk.template : chunk.template)',
    tests: merge,
  },
  {
    what: 'the gates are off',
    file: 'src/merge/merge.ts',
    from: 'return task.gates.flatMap(',
    to: 'return ([] as typeof task.gates).flatMap(',
    tests: merge,
  },
  {
    what: "the template's pin goes over a person's",
    file: 'src/merge/pins.ts',
    from: 'if (bases.includes(template) && !bases.includes(yours)) return yours',
    to: 'if (bases.includes(template) && !bases.includes(yours)) return template',
    tests: merge,
  },
  {
    what: 'line endings of the disk are lost',
    file: 'src/merge/merge.ts',
    from: "isMine ? (own[index] ?? '') : ''",
    to: "'\\n'",
    tests: merge,
  },
  {
    what: 'what was edited counts as unedited',
    file: 'src/plan/decide.ts',
    from: "return yours === base ? { kind: 'replace'",
    to: "return yours !== base ? { kind: 'replace'",
    tests: plan,
  },
  {
    what: 'a file is deleted without a look at its hash',
    file: 'src/plan/decide.ts',
    from: "entry.state === 'managed' && plainText(before) === pristine(entry)",
    to: "entry.state === 'managed'",
    tests: plan,
  },
  {
    what: 'a deleted file is made again',
    file: 'src/plan/decide.ts',
    from: 'entry && !restore ?',
    to: 'entry && restore ?',
    tests: plan,
  },
  {
    what: 'open conflicts do not hold a run back',
    file: 'src/plan/settle.ts',
    from: "policy === 'abort' && drafts.some(isOpen)",
    to: "policy === 'abort' && !drafts.some(isOpen)",
    tests: plan,
  },
  {
    what: 'what is left for later is recorded as settled',
    file: 'src/plan/settle.ts',
    from: "recorded(merged.hybridBase(), 'pending')",
    to: "recorded(undefined, 'pending')",
    tests: plan,
  },
  {
    what: 'an adopted file is remembered as ours',
    file: 'src/plan/settle.ts',
    from: 'entry: { ...recorded(), adopted: true }',
    to: 'entry: { ...recorded(String(before)), adopted: true }',
    tests: ['test/unit/adopt/adopt.test.ts'],
  },
  {
    what: 'the lock is written first',
    file: 'src/write/commit.ts',
    from: 'return [...wanted.filter((change) => !isLock(change)), ...wanted.filter(isLock)]',
    to: 'return [...wanted.filter(isLock), ...wanted.filter((change) => !isLock(change))]',
    tests: ['test/unit/write'],
  },
  {
    what: 'a file that changed meanwhile is overwritten',
    file: 'src/write/commit.ts',
    from: 'if (bytes === undefined || (bytes && hashOf(bytes)) !== pre) throw changed(path)',
    to: 'void pre',
    tests: ['test/unit/write'],
  },
  {
    what: 'the end of input counts as yes',
    file: 'src/cli.ts',
    from: 'process.exitCode = fail(new Cancelled(), io, false)',
    to: 'process.exitCode = 0',
    tests: ['test/cli/upgrade.test.ts'],
    built: true,
  },
]

const only = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'cpd-mutants-'))
for (const name of [
  ...[
    'src',
    'templates',
    'test',
    'bin',
    'package.json',
    'tsconfig.json',
    'tsdown.config.ts',
    'vitest.config.ts',
  ],
  ...['README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD-PARTY.md'],
])
  cpSync(join(root, name), join(work, name), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'), 'junction')

const node = (args) =>
  spawnSync(process.execPath, args, {
    cwd: work,
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    env: { ...process.env, MERGE_CASES: '300', KILLS: '5' },
  })
const build = () => node([join(root, 'node_modules/tsdown/dist/run.mjs'), '--log-level', 'error'])

/** The first test that fails. A file that does not load is no proof: a test must have run. */
function failing(tests) {
  const done = node([
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--bail=1',
    '--reporter=json',
    ...tests,
  ])
  return JSON.parse(done.stdout.slice(done.stdout.indexOf('{"num')))
    .testResults.flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed')?.fullName
}

const chosen = MUTANTS.filter(({ what }) => only.every((word) => what.includes(word)))
build()
const already = failing([...new Set(chosen.flatMap(({ tests }) => tests))])
if (already !== undefined) throw new Error(`Red before anything was broken: ${already}`)

let killed = 0
for (const { what, file, from, to, tests, built } of chosen) {
  const path = join(work, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(from).length !== 2) {
    console.log(`NOT FOUND  ${what}: ${file} has no single ${JSON.stringify(from)}`)
    continue
  }
  writeFileSync(
    path,
    text.replace(from, () => to),
  )
  if (built) build()
  const red = failing(tests)
  if (red !== undefined) killed++
  console.log(`${red === undefined ? 'ALIVE ' : 'killed'}     ${what}${red === undefined ? '' : `: ${red}`}`)
  writeFileSync(path, text)
}
rmSync(work, { recursive: true, force: true })
console.log(`\n${killed} of ${chosen.length} killed`)
process.exitCode = killed < chosen.length ? 1 : 0
