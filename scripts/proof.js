// npm run proof                     official scaffolders make apps; each is dockerized, verified, and listed; so are the fixtures
// npm run proof -- --apps           the apps alone; --fixtures: the fixtures alone
// npm run proof -- --only vite-vue  one row; may be given again
// npm run proof -- --dev            the development stack too
// npm run proof -- --json           the results as JSON; --keep <folder>: apps are made there, and stay
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { APPS } from './proof/apps.js'
import { development } from './proof/development.js'
import { buildsByItself, installTools, make } from './proof/make.js'
import { exitCode, judge, table } from './proof/table.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const FIXTURES = join(root, 'test', 'fixtures')
const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    apps: { type: 'boolean' },
    fixtures: { type: 'boolean' },
    dev: { type: 'boolean' },
    json: { type: 'boolean' },
    keep: { type: 'string' },
  },
})
const work = flags.keep ?? mkdtempSync(join(tmpdir(), 'cpd-proof-'))
const say = (text) => process.stderr.write(text)

/** The package as users get it: packed, and installed from the tarball into an empty folder. */
async function install() {
  const folder = join(work, '.tool')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await execa('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  const npm = ['install', '--no-audit', '--no-fund', '--offline', '--silent', '--prefix', folder]
  await execa('npm', [...npm, join(folder, tarball)], { cwd: folder })
  return join(folder, 'node_modules', 'create-prod-docker', 'bin', 'create-prod-docker.js')
}

/** One run of the tool; what it prints on standard output is its document. */
async function tool(bin, args) {
  const done = await execa(process.execPath, [bin, ...args, '--json'], { reject: false, stdin: 'ignore' })
  try {
    return JSON.parse(done.stdout)
  } catch {
    return { error: { message: done.stderr.trim() || 'no document' }, exit: done.exitCode }
  }
}

const fixtureRows = () =>
  readdirSync(FIXTURES)
    .filter((name) => existsSync(join(FIXTURES, name, 'expected', 'files', 'Dockerfile')))
    .sort()
    .map((name) => {
      const file = join(FIXTURES, name, 'fixture.json')
      const config = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
      return {
        name,
        by: 'fixture',
        kind: 'fixture',
        args: config.args ?? [],
        unproven: config.unproven,
        path: config.boot?.path,
      }
    })

async function prove(row, { bin, path }) {
  const folder = join(work, row.name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const app = join(folder, 'app')
  if (row.unproven) return judge(row, { made: { error: row.unproven } })
  if (row.kind === 'fixture') cpSync(join(FIXTURES, row.name, 'project'), app, { recursive: true })
  const made = row.kind === 'fixture' ? {} : await make(row, folder, path)
  if (made.error) return judge(row, { made })
  const written = await tool(bin, [app, '--yes', ...(row.args ?? [])])
  if (written.exit !== 0) return judge(row, { made, written })
  const verified = await tool(bin, ['verify', app, '--timeout', '30m'])
  const build = written.facts?.find(({ key }) => key === 'build')?.value
  const isBroken =
    row.kind === 'app' && verified.steps?.some(({ id, status }) => id === 'build' && status === 'fail')
  return judge(row, {
    made,
    written,
    verified,
    ...(isBroken && { alone: await buildsByItself(app, build, path) }),
    ...(flags.dev && { development: await development(app, row) }),
  })
}

const wanted = [
  ...(flags.fixtures && !flags.apps ? [] : APPS.map((row) => ({ kind: 'app', args: [], ...row }))),
  ...(flags.apps && !flags.fixtures ? [] : fixtureRows()),
].filter(({ name }) => !flags.only || flags.only.includes(name))
const results = []
try {
  const bin = await install()
  const path = wanted.some(({ kind }) => kind === 'app') ? await installTools(join(work, '.tools')) : ''
  for (const row of wanted) {
    say(`${row.name} … `)
    const result = await prove(row, { bin, path })
    results.push(result)
    say(`${result.status}${result.reason ? `: ${result.reason}` : ''}\n`)
    if (!flags.keep) rmSync(join(work, row.name), { recursive: true, force: true })
  }
} finally {
  if (!flags.keep) rmSync(work, { recursive: true, force: true })
}
process.stdout.write(
  flags.json ? `${JSON.stringify({ schema: 1, results }, null, 2)}\n` : `\n${table(results)}\n`,
)
process.exitCode = exitCode(results)
