import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CASES, GENERATOR } from './cases.js'
import { contendersOf, prepare } from './contenders.js'
import { basesOf } from './dockerfile.js'
import { cleanUp, engineVersions, newEngine } from './engine.js'
import { measure } from './measure.js'
import { document } from './report.js'

const say = (text) => process.stderr.write(`${text}\n`)
/** How it goes into the table: a failure of its own, or of what measures it. */
const failed = ({ status = 'could not be measured', message }) => ({
  status,
  reason: String(message).split('\n')[0],
})

/** What is built, against what guides and a generator make of the same apps. Returns the exit code. */
export async function images(root, { only, rounds, cold, json, bases, note }) {
  const rows = CASES.filter(({ name }) => !only || name === only)
  if (rows.length === 0) {
    say(`No app of the bench is named ${only}: ${CASES.map(({ name }) => name).join(', ')}`)
    return 2
  }
  const versions = await engineVersions()
  if (!versions && !bases) {
    say('No Docker engine with buildx answers: the bench of images needs one.')
    return 2
  }
  const work = mkdtempSync(join(tmpdir(), 'cpd-bench-'))
  const stopped = new AbortController()
  // A second Ctrl-C changes nothing: what was made is taken away first.
  const stop = () => stopped.abort(new Error('stopped'))
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const engine = newEngine(stopped.signal)
  const started = Date.now()
  try {
    const cases = await prepareAll(root, rows, work, engine)
    const refs = [...new Set(cases.flatMap(({ needs }) => needs))].sort()
    if (bases) {
      console.log(refs.join('\n'))
      return 0
    }
    const sizes = await pull(engine, refs)
    const load = loadavg()[0].toFixed(1)
    const known = new Map()
    const results = []
    for (const one of cases) results.push(await runCase(engine, one, { rounds, cold, known, sizes }))
    const info = {
      date: new Date().toISOString(),
      version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
      ...versions,
      node: process.version.slice(1),
      machine: `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB of memory, ${type()} ${/^[\d.]+/.exec(release())?.[0]}, load ${load} at the start`,
      rounds,
      cold,
      minutes: Math.round((Date.now() - started) / 60_000),
      generator: `${GENERATOR.name} ${GENERATOR.version}`,
      bases: refs.filter((ref) => sizes.has(ref)).map((ref) => ({ ref, bytes: sizes.get(ref) })),
      note,
    }
    if (json) console.log(JSON.stringify({ schema: 1, info, results }, null, 2))
    else if (only) console.log(document({ info, results }))
    else {
      writeFileSync(join(root, 'BENCHMARKS.md'), document({ info, results }))
      say(`BENCHMARKS.md written after ${info.minutes} minutes`)
    }
    return results.every(({ contenders }) => contenders[0].status === 'ok') ? 0 : 1
  } catch (error) {
    if (!stopped.signal.aborted) throw error
    say('Stopped; taking away what was made')
    return 130
  } finally {
    await cleanUp(engine)
    process.off('SIGINT', stop).off('SIGTERM', stop)
    rmSync(work, { recursive: true, force: true })
  }
}

/** Every contender's folder, and the images that they need. */
async function prepareAll(root, rows, work, { signal }) {
  const cases = []
  for (const row of rows) {
    const { edit, reload } = JSON.parse(
      readFileSync(join(root, 'test', 'fixtures', row.name, 'fixture.json'), 'utf8'),
    )
    const contenders = []
    for (const contender of contendersOf(row)) {
      const folder = join(work, `${row.name}-${contender.id}`)
      const one = { ...contender, folder, status: 'ok', notes: [], rounds: [], needs: [] }
      try {
        one.notes = (await prepare(root, row, contender, folder, { signal })).notes
        one.needs = basesOf(readFileSync(join(folder, 'Dockerfile'), 'utf8'))
      } catch (error) {
        signal.throwIfAborted()
        Object.assign(one, failed(error), { status: 'writes nothing' })
      }
      contenders.push(one)
    }
    const services = (row.services ?? []).map(({ image }) => image)
    const needs = [...services, ...contenders.flatMap((one) => one.needs)]
    cases.push({ ...row, edit: edit ?? reload, contenders, needs })
  }
  return cases
}

/** Base images are at hand before the first build; those that nobody has are missing from what is returned. */
async function pull(engine, refs) {
  const sizes = new Map()
  for (const ref of refs) {
    const size = () => engine.docker(['image', 'inspect', '--format', '{{.Size}}', ref])
    let found = await size()
    if (found.code !== 0) {
      say(`pulling ${ref}`)
      await engine.docker(['pull', '--quiet', ref])
      found = await size()
    }
    if (found.code === 0) sizes.set(ref, Number(found.stdout))
  }
  return sizes
}

async function runCase(engine, row, { rounds, cold, known, sizes }) {
  const { name, title, contenders, services = [] } = row
  let network
  try {
    if (services.length > 0) network = await startServices(engine, name, services)
  } catch (error) {
    engine.signal.throwIfAborted()
    for (const one of contenders) Object.assign(one, failed(error))
  }
  for (const one of contenders) {
    const missing = one.needs.filter((ref) => !sizes.has(ref))
    if (missing.length > 0)
      Object.assign(one, {
        status: 'does not build',
        reason: `the engine cannot get ${missing.join(', ')}`,
      })
  }
  for (let round = 0; round < rounds; round++) {
    // Another one begins each time: what comes first finds a colder machine.
    const order = contenders.map((_, index) => contenders[(index + round) % contenders.length])
    for (const one of order)
      if (one.status === 'ok') await runRound(engine, row, one, { round, cold: round < cold, known, network })
  }
  await cleanUp(engine)
  return {
    name,
    title,
    contenders: contenders.map(({ folder, needs, namespace, ...measured }) => measured),
  }
}

async function runRound(engine, { name, edit, path, env }, one, { round, cold, known, network }) {
  const line = []
  try {
    const {
      round: figures,
      namespace,
      size,
      push,
      failure,
    } = await measure(
      engine,
      {
        folder: one.folder,
        ref: `${engine.id}/${name}-${one.id}:bench`,
        edit,
        path,
        env,
        network,
        known,
        weigh: one.size === undefined,
        ...(cold ? {} : { namespace: one.namespace }),
      },
      (what, seconds) => line.push(`${what} ${seconds.toFixed(1)} s`),
    )
    one.rounds.push(figures)
    one.namespace = namespace
    if (size) Object.assign(one, { size, push })
    if (failure) throw failure
  } catch (error) {
    engine.signal.throwIfAborted()
    const { status, reason } = failed(error)
    line.push(`${status}: ${reason}`)
    // One bad round among good ones is the machine's.
    if (round === 0) Object.assign(one, { status, reason })
    else one.notes.push(`${one.title}: round ${round + 1} ${status}: ${reason}`)
  }
  say(`${name.padEnd(22)} ${one.title.padEnd(26)} round ${round + 1}  ${line.join('  ')}`)
}

/** A network of its own, with what the app cannot start without. */
async function startServices(engine, name, services) {
  const network = `${engine.id}-${name}`
  await engine.must(['network', 'create', '--label', engine.label, network])
  for (const { name: alias, image, env, ready } of services) {
    const container = await engine.must([
      'container',
      'run',
      '--detach',
      '--label',
      engine.label,
      '--network',
      network,
      '--network-alias',
      alias,
      ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      image,
    ])
    for (let attempt = 1; (await engine.docker(['exec', container, ...ready])).code !== 0; attempt++) {
      if (attempt > 120) throw new Error(`${image} is not ready after two minutes`)
      await sleep(1_000, undefined, { signal: engine.signal })
    }
  }
  return network
}
