import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { editLine } from './contenders.js'
import { reasonOf } from './dockerfile.js'
import { pushed, readLayers, total } from './layers.js'

const BOOT_LIMIT = 120_000
const STOP_LIMIT = 10

/** A contender that does not do what a round asks: it goes into the table with its reason. */
export class Failure extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

const since = (start) => (performance.now() - start) / 1000

/** The seconds of one command, its client's start included. */
async function build(engine, folder, ref, namespace, flags = []) {
  const start = performance.now()
  const { code, all } = await engine.docker(
    [
      'buildx',
      'build',
      '--load',
      '--progress=plain',
      '--provenance=false',
      '--label',
      engine.label,
      // Cache mounts of its own: a package manager finds nothing there when the build is cold.
      '--build-arg',
      `BUILDKIT_CACHE_MOUNT_NS=${namespace}`,
      '--tag',
      ref,
      ...flags,
      '.',
    ],
    { cwd: folder },
  )
  // The engine's own trouble says nothing of a Dockerfile.
  if (code !== 0 && /failed to create endpoint|no space left on device/.test(all))
    throw new Error(`the engine: ${reasonOf(all)}`)
  if (code !== 0) throw new Failure('does not build', reasonOf(all))
  return since(start)
}

/** Once more where it fails: an engine has its bad moments, what is broken fails twice. */
async function twice(engine, work) {
  try {
    return await work()
  } catch {
    await sleep(5_000, undefined, { signal: engine.signal })
    return work()
  }
}

async function cold(engine, folder, ref) {
  const namespace = `${engine.id}-${randomBytes(4).toString('hex')}-`
  return { namespace, seconds: await build(engine, folder, ref, namespace, ['--no-cache']) }
}

async function layersOf(engine, ref, known) {
  const child = spawn('docker', ['image', 'save', ref], {
    stdio: ['ignore', 'pipe', 'ignore'],
    signal: engine.signal,
  })
  child.on('error', () => undefined)
  return readLayers(child.stdout, known)
}

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

/** Null where nothing answers. */
const statusOf = (url) =>
  new Promise((done) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume()
      done(response.statusCode)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => done(null))
  })

/** From `docker start` to the first answer below 400, and from `docker stop` to the end. */
async function bootAndStop(engine, ref, { folder, env = {}, path, network }) {
  const inside = [...readFileSync(join(folder, 'Dockerfile'), 'utf8').matchAll(/^EXPOSE (\d+)/gm)].at(-1)?.[1]
  if (!inside) throw new Failure('does not answer', 'no port is exposed')
  const port = await freePort()
  const container = await engine.must([
    'container',
    'create',
    '--label',
    engine.label,
    '--publish',
    `127.0.0.1:${port}:${inside}`,
    ...(network ? ['--network', network] : []),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ref,
  ])
  try {
    const started = performance.now()
    await engine.must(['container', 'start', container])
    for (let attempt = 1; ; attempt++) {
      const status = await statusOf(`http://127.0.0.1:${port}${path}`)
      if (status !== null && status < 400) break
      const late = since(started) * 1000 > BOOT_LIMIT
      if (late || attempt % 50 === 0) {
        const state = await engine.must(['inspect', '--format', '{{.State.Status}}', container])
        if (late || state === 'exited')
          throw await silence(engine, container, state === 'exited' ? 'it ended' : `status ${status}`)
      }
      await sleep(10)
    }
    const boot = since(started)
    const stopped = performance.now()
    await engine.must(['container', 'stop', '--time', String(STOP_LIMIT), container])
    const stop = since(stopped)
    const exit = Number(await engine.must(['inspect', '--format', '{{.State.ExitCode}}', container]))
    return { boot, stop, exit }
  } finally {
    await engine.docker(['container', 'rm', '--force', '--volumes', container], { signal: undefined })
  }
}

async function silence(engine, container, what) {
  const logs = (await engine.docker(['logs', '--tail', '40', container])).all.split('\n')
  const last = logs.filter((line) => /error|cannot|denied/i.test(line)).at(-1) ?? logs.at(-1) ?? ''
  return new Failure('does not answer', [what, last.trim()].filter(Boolean).join(': ').slice(0, 300))
}

/**
 * One round of one contender: cold (where there is no `namespace` of a build before), nothing changed, one line changed,
 * boot, stop. Sizes are taken where `weigh` is set: they do not vary from round to round. `say` is called as each figure
 * comes.
 */
export async function measure(engine, { folder, ref, edit, weigh, known, namespace, ...boot }, say) {
  const round = {}
  const figure = (name, seconds) => {
    round[name] = seconds
    say(name, seconds)
  }
  let space = namespace
  if (space === undefined) {
    const first = await twice(engine, () => cold(engine, folder, ref))
    space = first.namespace
    figure('cold', first.seconds)
  }
  figure('noop', await build(engine, folder, ref, space))
  const restore = editLine(folder, edit, `x${randomBytes(4).toString('hex')}`)
  const edited = `${ref}-edited`
  try {
    figure('edit', await build(engine, folder, edited, space))
  } finally {
    restore()
  }
  const result = { round, namespace: space }
  if (weigh) {
    const before = await layersOf(engine, ref, known)
    result.size = total(before)
    result.push = pushed(before, await layersOf(engine, edited, known))
  }
  try {
    const { exit, ...times } = await twice(engine, () => bootAndStop(engine, ref, { folder, ...boot }))
    for (const [name, seconds] of Object.entries(times)) figure(name, seconds)
    round.exit = exit
  } catch (error) {
    engine.signal.throwIfAborted()
    result.failure = error
  }
  return result
}
