import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { median } from './report.js'

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
    command(process.execPath, run.args, { cwd: tmpdir() })
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

/** Start-up, the whole run, a large tree, the tarball. */
export function startUp(root) {
  const work = mkdtempSync(join(tmpdir(), 'cpd-bench-'))
  try {
    measure(root, work)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function measure(root, work) {
  const fixtures = join(root, 'test', 'fixtures')
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
