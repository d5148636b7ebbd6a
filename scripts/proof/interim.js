// Until `verify` is there: builds, boots under production's restrictions, asks once, stops. Same document.
import { execa } from 'execa'

const docker = (args, cwd, timeout = 15 * 60_000) =>
  execa('docker', args, { cwd, all: true, reject: false, timeout, env: { BUILDKIT_PROGRESS: 'plain' } })
const tail = (text, lines = 25) => (text ?? '').split('\n').slice(-lines).join('\n')
const wait = (ms) => new Promise((done) => setTimeout(done, ms))

export async function verify(folder, { path = '/', name }) {
  const image = `proof-${name}:interim`
  const steps = []
  const began = Date.now()
  const step = async (id, run) => {
    const at = Date.now()
    if (steps.some(({ status }) => status === 'fail')) {
      steps.push({ id, status: 'skipped', evidence: 'an earlier step failed', seconds: 0 })
      return
    }
    let outcome
    try {
      outcome = await run()
    } catch (error) {
      outcome = { status: 'fail', evidence: String(error) }
    }
    steps.push({ id, title: id, seconds: (Date.now() - at) / 1000, ...outcome })
  }
  const result = (ok, evidence, output) => ({
    status: ok ? 'pass' : 'fail',
    evidence,
    ...(ok ? {} : { output }),
  })
  let id = ''
  let port
  let bytes = null
  await step('checks', async () => {
    const done = await docker(['build', '--check', '.'], folder)
    return result(done.exitCode === 0 && /no warnings found/.test(done.all), 'build --check', tail(done.all))
  })
  await step('build', async () => {
    const done = await docker(['build', '--target', 'runtime', '--tag', image, '.'], folder)
    return result(done.exitCode === 0, 'docker build', tail(done.all))
  })
  await step('boot', async () => {
    const config = JSON.parse((await docker(['image', 'inspect', image], folder)).stdout)[0]
    bytes = config.Size
    port = Object.keys(config.Config.ExposedPorts ?? {})[0]?.split('/')[0]
    const args = [
      'run',
      '--detach',
      '--read-only',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
    ]
    args.push('--tmpfs', '/tmp:mode=1777,size=64m', '--memory', '512m')
    if (port) args.push('--publish', `127.0.0.1::${port}`)
    const env = process.env.PROOF_ENV ? process.env.PROOF_ENV.split(',').flatMap((one) => ['--env', one]) : []
    const started = await docker([...args, ...env, image], folder)
    id = started.stdout.trim()
    if (started.exitCode !== 0) return result(false, 'docker run', started.all)
    for (let tries = 0; tries < 60; tries++) {
      const state = JSON.parse((await docker(['inspect', id], folder)).stdout)[0].State
      if (!state.Running) {
        const logs = (await docker(['logs', id], folder)).all
        if (!port && state.ExitCode === 0) return result(true, `ran to its end: ${tail(logs, 1)}`)
        return result(false, `exited with ${state.ExitCode}`, tail(logs))
      }
      if (!state.Health && tries > 3) return result(!port, 'no health check', '')
      if (state.Health?.Status === 'healthy') return result(true, `healthy after ${tries} s`)
      if (state.Health?.Status === 'unhealthy') break
      await wait(1000)
    }
    const logs = (await docker(['logs', id], folder)).all
    const health = JSON.parse((await docker(['inspect', id], folder)).stdout)[0].State.Health
    return result(false, 'not healthy', `${tail(logs)}\n${JSON.stringify(health.Log?.at(-1))}`)
  })
  if (port)
    await step('request', async () => {
      const published = (await docker(['port', id, port], folder)).stdout.split('\n')[0]
      const answer = await fetch(`http://${published}${path}`, { redirect: 'manual' })
      const text = await answer.text()
      return result(
        answer.status < 400,
        `${path} answered ${answer.status}, ${text.length} bytes`,
        text.slice(0, 300),
      )
    })
  await step('logs', async () => {
    const logs = (await docker(['logs', id], folder)).all
    const bad = logs
      .split('\n')
      .filter((line) => /EROFS|EACCES|read-only|permission denied|warn|deprecat|error/i.test(line))
    return {
      status: 'pass',
      evidence: bad.length ? `suspicious: ${bad.slice(0, 4).join(' | ')}` : 'nothing suspicious',
    }
  })
  await step('stop', async () => {
    const at = Date.now()
    await docker(['stop', '--time', '10', id], folder)
    const state = JSON.parse((await docker(['inspect', id], folder)).stdout)[0].State
    const took = (Date.now() - at) / 1000
    return result(
      took < 9 && [0, 143].includes(state.ExitCode),
      `exit code ${state.ExitCode} after ${took.toFixed(1)} s`,
    )
  })
  if (id) await docker(['rm', '--force', id], folder)
  const layers = (
    await docker(['history', '--no-trunc', '--format', '{{.Size}}\t{{.CreatedBy}}', image], folder)
  ).stdout
  if (!process.env.PROOF_KEEP) await docker(['image', 'rm', '--force', image], folder)
  const exit = steps.some(({ status }) => status === 'fail') ? 1 : 0
  return {
    schema: 1,
    steps,
    image: { bytes, floor: null, history: layers },
    seconds: (Date.now() - began) / 1000,
    exit,
  }
}

/** The development stack: up, one request, down. */
export async function development(folder, { path = '/', name }) {
  const env = {
    COMPOSE_PROJECT_NAME: `proof-${name}-dev`,
    BUILDKIT_PROGRESS: 'plain',
    PORT: String(20000 + Math.floor(Math.random() * 20000)),
  }
  const compose = (args) =>
    execa('docker', ['compose', ...args], {
      cwd: folder,
      env,
      all: true,
      reject: false,
      timeout: 10 * 60_000,
    })
  const began = Date.now()
  let outcome
  try {
    const up = await compose(['up', '--build', '--wait', '--quiet-pull'])
    const logs = (await compose(['logs', '--tail', '40', '--no-log-prefix'])).all
    if (up.exitCode !== 0)
      outcome = { status: 'fail', evidence: 'compose up --wait', output: `${tail(up.all)}\n${logs}` }
    else {
      const ports = (await compose(['ps', '--format', 'json'])).stdout
        .split('\n')
        .map((l) => l && JSON.parse(l))
        .filter(Boolean)
      const published = ports.flatMap((one) => one.Publishers ?? []).find((one) => one.PublishedPort)
      if (!published) outcome = { status: 'pass', evidence: 'up, nothing is published', output: logs }
      else {
        let last
        for (let tries = 0; tries < 60; tries++) {
          try {
            const answer = await fetch(`http://127.0.0.1:${published.PublishedPort}${path}`, {
              redirect: 'manual',
            })
            last = { status: answer.status, text: await answer.text() }
            if (answer.status < 400) break
          } catch (error) {
            last = { status: 599, text: String(error.cause ?? error) }
          }
          await wait(1000)
        }
        outcome = {
          status: last.status < 400 ? 'pass' : 'fail',
          evidence: `${path} answered ${last.status}, ${last.text.length} bytes`,
          output: last.status < 400 ? '' : `${last.text.slice(0, 300)}\n${logs}`,
        }
      }
    }
  } finally {
    await compose([
      '--profile',
      '*',
      'down',
      '--volumes',
      '--remove-orphans',
      '--rmi',
      'local',
      '--timeout',
      '3',
    ])
  }
  return { id: 'development', title: 'development', seconds: (Date.now() - began) / 1000, ...outcome }
}
