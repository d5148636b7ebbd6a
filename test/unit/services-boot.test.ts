import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backingService, volumeName } from '../../src/artefacts/compose-services.ts'
import type { ServiceId } from '../../src/model.ts'
import { unmark } from '../../src/render.ts'
import { SERVICES } from '../../src/services/index.ts'
import { wireServices } from '../../src/services/wire.ts'
import { writeYaml } from '../../src/yaml.ts'
import { hasEngine, run } from '../support/referees.ts'
import { variable } from './sample-app.ts'

const MINUTES = 60_000
const uses = wireServices(
  SERVICES.filter(({ proven }) => proven).map(({ id }) => id),
  { variables: [variable('VALKEY_PASSWORD')], appName: 'my-shop', ecosystem: 'npm', dependencies: new Map() },
)
/** An image that no registry and no stand-in gave is no failure of the row: the row's other checks still run. */
const here = hasEngine()
  ? uses.filter(({ container }) => run('docker', ['image', 'inspect', container.image]).code === 0)
  : []

/** What an app does: logs in over the network, with what the app is told. The service's own client stands in for the app. */
const LOGINS: Partial<Record<ServiceId, readonly string[]>> = {
  postgres: ['psql', 'postgresql://app:dev-only@postgres:5432/my_shop', '-Atc', 'select current_database()'],
  mariadb: ['mariadb', '-h', 'mariadb', '-u', 'app', '-pdev-only', 'my_shop', '-Ne', 'select database()'],
  redis: ['redis-cli', '-u', 'redis://redis:6379', 'ping'],
  valkey: [
    'sh',
    '-c',
    'unset REDISCLI_AUTH; valkey-cli --no-auth-warning -u redis://default:dev-only@valkey:6379 ping',
  ],
  rabbitmq: ['rabbitmqctl', '-q', 'authenticate_user', 'app', 'dev-only'],
  memcached: ['bash', '-c', "exec 3<>/dev/tcp/memcached/11211; printf 'version\\r\\n' >&3; head -n 1 <&3"],
}
const ANSWERS: Partial<Record<ServiceId, RegExp>> = {
  postgres: /^my_shop$/m,
  mariadb: /^my_shop$/m,
  redis: /PONG/,
  valkey: /^PONG$/m,
  rabbitmq: /Success/,
  memcached: /VERSION/,
}
/** The server stops answering while its container goes on. */
const STOPS: Partial<Record<ServiceId, readonly string[]>> = {
  rabbitmq: ['exec', '-T', 'rabbitmq', 'rabbitmqctl', '-q', 'stop_app'],
}

describe.skipIf(here.length === 0)('services on the engine', () => {
  const root = mkdtempSync(join(tmpdir(), 'cpd-boot-'))
  const name = `cpd-services-${process.pid}`
  const compose = (...args: string[]) =>
    execa('docker', ['compose', ...args], { cwd: root, all: true, reject: false, timeout: 5 * MINUTES })
  const health = async (id: string) =>
    (await compose('ps', '--all', '--format', '{{.Health}}', id)).stdout.trim()

  beforeAll(() => {
    const volumes = here.filter(({ container }) => container.volume)
    const file = {
      name,
      services: Object.fromEntries(here.map((use) => [use.id, backingService(use)])),
      volumes: Object.fromEntries(volumes.map((use) => [volumeName(use), {}])),
    }
    // Pages would take ports of the machine that runs the tests; and what goes red shall do so in seconds.
    const text = unmark(`${writeYaml(file)}\n`).text.replace(/^ {4}(?:# In a browser.*|ports: .*)\n/gm, '')
    writeFileSync(join(root, 'compose.yaml'), text.replace(/^( {6}interval): \d+s$/gm, '$1: 2s'))
  })
  afterAll(async () => {
    await compose('down', '--volumes', '--timeout', '1')
    rmSync(root, { recursive: true, force: true })
  })

  it(
    'become healthy',
    async () => {
      const up = await compose('up', '--wait', '--quiet-pull')
      expect(up.exitCode, `${up.all}\n${(await compose('logs', '--tail', '30')).all}`).toBe(0)
    },
    5 * MINUTES,
  )

  it.each(here.map(({ id }) => id))('%s takes the login that the app is given', async (id) => {
    const answer = await compose('exec', '-T', id, ...(LOGINS[id] as string[]))
    expect(answer.all).toMatch(ANSWERS[id] as RegExp)
  })

  it.each(here.map(({ id }) => id))('%s keeps its data where the volume is', async (id) => {
    const { volume } = here.find((use) => use.id === id)?.container ?? {}
    if (!volume) return
    const mounts = await execa('docker', [
      'inspect',
      '--format',
      '{{range .Mounts}}{{.Destination}}={{.Name}} {{end}}',
      `${name}-${id}-1`,
    ])
    expect(mounts.stdout.trim().split(' ')).toEqual([`${volume}=${name}_${id}-data`])
    const files = await compose(
      'exec',
      '-T',
      '--user',
      'root',
      id,
      'sh',
      '-c',
      `find ${volume} -type f | head -n 1`,
    )
    if (id !== 'redis' && id !== 'valkey') expect(files.stdout).toContain(volume)
  })

  it(
    'go red when the server in them stops answering',
    async () => {
      for (const { id } of here) {
        const stopped = await compose(...(STOPS[id] ?? ['kill', '--signal', 'STOP', id]))
        expect(stopped.exitCode, stopped.all).toBe(0)
      }
      for (const { id } of here) {
        for (const end = Date.now() + 2 * MINUTES; Date.now() < end && (await health(id)) !== 'unhealthy'; )
          await new Promise((done) => setTimeout(done, 1000))
        expect(await health(id), id).toBe('unhealthy')
      }
    },
    5 * MINUTES,
  )
})
