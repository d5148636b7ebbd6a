// npm test             every check of the project, and one line at the end that counts them
// npm test -- --long   the same laws on ten times as many cases, and every release with every edit
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const work = mkdtempSync(join(tmpdir(), 'cpd-test-'))
const results = join(work, 'results.json')
const bin = (name) => join(root, 'node_modules', name)
const node = (args) => spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root }).status === 0

const long = process.argv.includes('--long')
const only = process.argv.slice(2).filter((word) => word !== '--long')
// How often the laws are tried: quickly by default, thoroughly under CI, and for an hour or more with --long.
const cases = long
  ? { MERGE_CASES: 100_000, SEQUENCES: 3_000, KILLS: 200, UPGRADES: 'all' }
  : process.env.CI
    ? { MERGE_CASES: 10_000 }
    : {}
for (const [name, value] of Object.entries(cases)) process.env[name] ??= String(value)
const checks = [
  ['build', [bin('tsdown/dist/run.mjs'), '--log-level', 'error']],
  ['types', [bin('typescript/bin/tsc')]],
  ['lint', [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']],
]
if (long || process.env.ENGINE === 'required') checks.push(['mutants', [join(root, 'scripts/mutants.js')]])
let passed = 0
let failed = 0
let skipped = 0
for (const [name, args] of checks) {
  console.log(`\n${name}`)
  if (node(args)) passed++
  else failed++
}
node([
  bin('vitest/vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}`,
  ...only,
])
try {
  const report = JSON.parse(readFileSync(results, 'utf8'))
  passed += report.numPassedTests
  // A file that can't be loaded counts, though it holds no test.
  failed +=
    report.numFailedTests +
    report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  skipped += report.numPendingTests + report.numTodoTests
} catch {
  failed++
}
rmSync(work, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0
