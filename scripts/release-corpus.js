// npm run release-corpus   keeps what this version writes for each fixture: later versions are tested against it
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const fixtures = join(root, 'test', 'fixtures')
const releases = join(root, 'test', 'releases')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Runs Node.js to its end; what goes wrong is told, and ends this script too. */
function node(args, cwd = root) {
  const done = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${args.join(' ')}\n${done.stdout}${done.stderr}`)
}

const order = (text) => text.split('.').map(Number)
const isEarlier = (a, b) => {
  const at = order(a).findIndex((part, index) => part !== order(b)[index])
  return at >= 0 && order(a)[at] < order(b)[at]
}
const later = readdirSync(releases).find((name) => /^\d/.test(name) && isEarlier(version, name))
if (later) throw new Error(`package.json says ${version}, but ${later} is kept already: nothing was written.`)

node([join(root, 'node_modules', 'tsdown', 'dist', 'run.mjs'), '--log-level', 'error'])
const work = mkdtempSync(join(tmpdir(), 'cpd-release-'))
const folder = join(releases, version)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
const names = readdirSync(fixtures).filter(
  (name) => !name.startsWith('bad-') && existsSync(join(fixtures, name, 'project')),
)
for (const name of names) {
  const project = join(work, name)
  cpSync(join(fixtures, name, 'project'), project, { recursive: true })
  const config = join(fixtures, name, 'fixture.json')
  const { args = [] } = existsSync(config) ? JSON.parse(readFileSync(config, 'utf8')) : {}
  node([join(root, 'bin', 'create-prod-docker.js'), '--yes', ...args], project)
  const [lock, answers] = ['lock', 'answers'].map((kept) =>
    readFileSync(join(project, '.prod-docker', `${kept}.json`), 'utf8'),
  )
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ lock, answers }, null, 2)}\n`)
}
rmSync(work, { recursive: true, force: true })
console.log(`${names.length} projects kept in test/releases/${version}`)
