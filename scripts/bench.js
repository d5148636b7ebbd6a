// npm run bench            start-up, the whole run, a large tree, the tarball
// npm run bench -- images  what is built, against its floor (needs a Docker engine)
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const fixtures = join(root, 'test', 'fixtures')
const work = mkdtempSync(join(tmpdir(), 'cpd-bench-'))
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

function command(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options })
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr || done.stdout}`)
  return done.stdout.trim()
}

/** Runs two commands in turn and compares pair by pair: a machine that slows down slows both. */
function pair(name, a, b, limit, runs = 31) {
  const time = (run) => {
    run.before?.()
    const start = performance.now()
    command(process.execPath, run.args, { cwd: run.cwd ?? work })
    return performance.now() - start
  }
  time(a)
  time(b)
  const pairs = Array.from({ length: runs }, () => [time(a), time(b)])
  const ratio = median(pairs.map(([left, right]) => left / right))
  console.log(
    `${name.padEnd(46)} ${median(pairs.map((each) => each[0]))
      .toFixed(0)
      .padStart(5)} ms ${median(pairs.map((each) => each[1]))
      .toFixed(0)
      .padStart(5)} ms  ${ratio.toFixed(2)}×  (limit ${limit}×)${ratio > limit ? '  TOO SLOW' : ''}`,
  )
}

function speed() {
  console.log(
    `Node.js ${process.version}, medians of 31 interleaved pairs\n${' '.repeat(46)}     run      yardstick`,
  )
  command('npm', ['pack', '--pack-destination', work, '--silent'], {
    cwd: root,
    shell: process.platform === 'win32',
  })
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))
  command(
    'npm',
    ['install', '--no-audit', '--no-fund', '--offline', '--silent', '--prefix', work, join(work, tarball)],
    { cwd: work, shell: process.platform === 'win32' },
  )
  const bin = join(work, 'node_modules', 'create-prod-docker', 'bin', 'create-prod-docker.js')
  const nothing = { args: ['-e', '0'] }
  const project = join(work, 'project')
  const pristine = () => {
    rmSync(project, { recursive: true, force: true })
    cpSync(join(fixtures, 'node-express-ts', 'project'), project, { recursive: true })
  }
  pair('--help, against node -e 0', { args: [bin, '--help'] }, nothing, 1.3)
  pair(
    'detect and write, against node -e 0',
    { args: [bin, project, '--yes'], before: pristine },
    nothing,
    1.6,
  )
  pair('a second run, against node -e 0', { args: [bin, project, '--yes'] }, nothing, 1.6)
  pristine()
  const large = join(work, 'large')
  cpSync(project, large, { recursive: true })
  grow(large, 100_000)
  pair(
    '100,000 files, against the project alone',
    { args: [bin, large, '--dry-run'] },
    { args: [bin, project, '--dry-run'] },
    2,
  )
  console.log(
    `tarball ${statSync(join(work, tarball)).size} bytes (limit 150000), ${readdirSync(join(work, 'node_modules')).filter((name) => !name.startsWith('.')).length} package installed`,
  )
}

/** A tree as projects grow: dependencies, data, and more source than anybody reads. */
function grow(folder, count) {
  const text = 'export const x = process.env.NOT_READ\n'
  for (let made = 0; made < count; ) {
    const place = made % 2 === 0 ? 'node_modules/p' : made % 3 === 0 ? 'data/d' : 'src/deep/s'
    const at = join(folder, `${place}${made}`, 'a', 'b')
    mkdirSync(at, { recursive: true })
    for (let index = 0; index < 50; index++, made++)
      writeFileSync(join(at, `f${index}.${place.startsWith('data') ? 'json' : 'ts'}`), text)
  }
}

/** Size of an image, against base + production dependencies + app, and the bytes that change with one edited line. */
function images() {
  const docker = (args, options) => command('docker', args, options)
  const size = (ref) => Number(docker(['image', 'inspect', '--format', '{{.Size}}', ref]))
  const layers = (ref) => JSON.parse(docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', ref]))
  console.log(
    `${'fixture'.padEnd(24)} ${'image'.padStart(12)} ${'floor'.padStart(12)}  over   changed by one edited line`,
  )
  for (const name of readdirSync(fixtures).sort()) {
    const config = join(fixtures, name, 'fixture.json')
    if (!existsSync(config)) continue
    const { boot, reload, edit = reload } = JSON.parse(readFileSync(config, 'utf8'))
    if (!boot) continue
    const folder = join(work, name)
    cpSync(join(fixtures, name, 'project'), folder, { recursive: true })
    cpSync(join(fixtures, name, 'expected', 'files'), folder, { recursive: true })
    const ref = `cpd-bench-${name}`
    docker(['build', '--quiet', '--tag', ref, '.'], { cwd: folder })
    const base = baseOf(readFileSync(join(folder, 'Dockerfile'), 'utf8'))
    // What COPY brought: production dependencies and the app. What else lies above the base is ours to account for.
    const history = (image) =>
      docker([
        'history',
        '--no-trunc',
        '--human=false',
        '--format',
        '{{.Size}}\t{{.CreatedBy}}',
        image,
      ]).split('\n')
    const own = history(ref).slice(0, history(ref).length - history(base).length)
    const copied = own
      .filter((line) => /\tCOPY /.test(line))
      .reduce((sum, line) => sum + Number(line.split('\t')[0]), 0)
    const floor = size(base) + copied
    const before = layers(ref)
    if (edit) {
      const file = join(folder, edit.file)
      writeFileSync(file, readFileSync(file, 'utf8').replace(edit.from, edit.to))
      docker(['build', '--quiet', '--tag', `${ref}-edited`, '.'], { cwd: folder })
    }
    const changed = edit ? changedBytes(`${ref}-edited`, before, layers, docker) : 'no edit given'
    console.log(
      `${name.padEnd(24)} ${String(size(ref)).padStart(12)} ${String(floor).padStart(12)} ${((size(ref) / floor - 1) * 100).toFixed(2).padStart(5)}%  ${changed}`,
    )
    docker(['image', 'rm', '--force', ref, ...(edit ? [`${ref}-edited`] : [])])
  }
}

/** The image that the last stage starts from, through the stages between. */
function baseOf(dockerfile) {
  const lines = [...dockerfile.matchAll(/^FROM (?:--\S+ )*(\S+) AS (\S+)/gm)]
  const stages = new Map(lines.map(([, from, name]) => [name, from]))
  let base = stages.get('runtime')
  while (stages.has(base)) base = stages.get(base)
  return base
}

function changedBytes(ref, before, layers, docker) {
  const after = layers(ref)
  const sizes = docker(['history', '--human=false', '--format', '{{.Size}}', ref])
    .split('\n')
    .map(Number)
    .filter((bytes) => bytes > 0)
    .reverse()
  const count = after.filter((layer) => !before.includes(layer)).length
  const changed = after
    .map((layer, index) => (before.includes(layer) ? 0 : (sizes.at(index - after.length) ?? 0)))
    .reduce((sum, bytes) => sum + bytes, 0)
  return `${count} layer${count === 1 ? '' : 's'}, ${changed} bytes`
}

try {
  if (process.argv.includes('images')) images()
  else speed()
} finally {
  rmSync(work, { recursive: true, force: true })
}
