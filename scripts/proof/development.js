// The development stack of one app: compose up, one request, down. `verify` is about production alone.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { execa } from 'execa'

const tail = (text, lines = 25) => (text ?? '').split('\n').slice(-lines).join('\n')
const wait = (ms) => new Promise((done) => setTimeout(done, ms))
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

/** Asks until the answer is a good one, for a minute: a development server compiles on demand. */
async function ask(url) {
  let last = { status: 0, text: '' }
  for (let tries = 0; tries < 60 && (last.status === 0 || last.status >= 400); tries++) {
    if (tries > 0) await wait(1_000)
    try {
      const answer = await fetch(url, { redirect: 'manual' })
      last = { status: answer.status, text: await answer.text() }
    } catch (error) {
      last = { status: 0, text: String(error.cause ?? error) }
    }
  }
  return last
}

/** A step like those of `verify`. */
export async function development(folder, { path = '/' }) {
  const env = {
    COMPOSE_PROJECT_NAME: `cpd-proof-${randomBytes(4).toString('hex')}`,
    BUILDKIT_PROGRESS: 'plain',
    PORT: String(await freePort()),
  }
  const compose = (args) =>
    execa('docker', ['compose', ...args], {
      cwd: folder,
      env,
      all: true,
      reject: false,
      timeout: 20 * 60_000,
    })
  const began = Date.now()
  const step = (status, evidence, output) => ({
    id: 'development',
    title: 'Development stack',
    seconds: (Date.now() - began) / 1000,
    status,
    evidence,
    ...(output && { output }),
  })
  try {
    const up = await compose(['up', '--build', '--wait', '--quiet-pull'])
    const logs = async () => tail((await compose(['logs', '--tail', '40', '--no-log-prefix'])).all)
    if (up.exitCode !== 0)
      return step('fail', 'docker compose up --wait failed', `${tail(up.all)}\n${await logs()}`)
    const listed = (await compose(['ps', '--format', 'json'])).stdout.split('\n').filter(Boolean)
    const ports = listed.flatMap((line) => JSON.parse(line).Publishers ?? [])
    const port = ports.find(({ PublishedPort }) => PublishedPort)?.PublishedPort
    if (!port) return step('pass', 'it is up; no port is published')
    const { status, text } = await ask(`http://127.0.0.1:${port}${path}`)
    const said = `${path} answered ${status || 'nothing'}`
    return status > 0 && status < 400
      ? step('pass', said)
      : step('fail', said, `${tail(text)}\n${await logs()}`)
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
}
