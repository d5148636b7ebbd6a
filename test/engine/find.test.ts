import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findEngine } from '../../src/engine/find.ts'
import { hasEngine, referee, run } from '../support/referees.ts'

const folder = mkdtempSync(join(tmpdir(), 'find-engine-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const find = (env: Record<string, string | undefined>) => findEngine({ env: { ...process.env, ...env } })
const host = hasEngine()
  ? run('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']).output.trim()
  : ''
const socket = host.startsWith('unix://') ? host.slice('unix://'.length) : ''
const isRoot = process.getuid?.() === 0

/** A `docker` on a path of its own that starts the real one in a changed world. */
function wrapped(name: string, script: string): string {
  const bin = join(folder, name)
  mkdirSync(bin)
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, 'docker'), 0o755)
  return `${bin}:${process.env['PATH']}`
}

describe.skipIf(!hasEngine())('on the engine', () => {
  it('is found, and does what it is told', async () => {
    const engine = await find({})
    expect(engine.info.title).toMatch(/^(Docker|Podman) \d/)
    expect((await engine.run(['version'])).code).toBe(0)
  })

  it.skipIf(socket === '')('is found behind DOCKER_HOST, which the engine keeps to', async () => {
    let calls = 0
    const proxy = createServer((client) => {
      calls++
      const server = connect(socket)
      client.pipe(server).pipe(client)
      for (const one of [client, server]) one.on('error', () => one.destroy())
    })
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
    const { port } = proxy.address() as { port: number }
    const engine = await find({ DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_CONTEXT: undefined })
    expect(engine.info).toMatchObject({ host: '127.0.0.1', remote: false })
    const before = calls
    expect(before).toBeGreaterThan(0)
    await engine.run(['version'])
    expect(calls).toBeGreaterThan(before)
    proxy.close()
  })

  it('says so where DOCKER_HOST names nothing, without a wait', async () => {
    await expect(
      find({ DOCKER_HOST: 'tcp://127.0.0.1:1', CONTAINER_HOST: 'tcp://127.0.0.1:1' }),
    ).rejects.toMatchObject({
      code: 2,
      message: 'DOCKER_HOST names tcp://127.0.0.1:1, and nothing answers there.',
    })
  })

  it('says so where the context does not exist', async () => {
    await expect(
      find({ DOCKER_HOST: undefined, DOCKER_CONTEXT: 'cpd-none', CONTAINER_HOST: 'tcp://127.0.0.1:1' }),
    ).rejects.toMatchObject({ code: 2, message: 'Docker\'s context "cpd-none" does not exist.' })
  })

  it('says how to get one where there is none', async () => {
    await expect(find({ PATH: folder })).rejects.toMatchObject({
      code: 2,
      message: 'No container engine was found.',
      hint: expect.stringMatching(/^Install /),
    })
  })

  const hides = isRoot && process.platform === 'linux' && referee('unshare') !== undefined
  it.skipIf(!hides)('says which plugin is missing', async () => {
    const hide =
      'for d in /usr/local/lib /usr/local/libexec /usr/lib /usr/libexec; do [ ! -d $d/docker/cli-plugins ] || mount -t tmpfs none $d/docker/cli-plugins; done'
    const real = referee('docker')
    const PATH = wrapped('no-plugins', `exec unshare -m sh -c '${hide}; exec ${real} "$@"' docker "$@"`)
    await expect(
      find({ PATH, DOCKER_CONFIG: folder, CONTAINER_HOST: 'tcp://127.0.0.1:1' }),
    ).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining('the plugin buildx is missing'),
    })
    const only = `[ "$1" != compose ] || exec unshare -m sh -c '${hide}; exec ${real} "$@"' docker "$@"; exec ${real} "$@"`
    const engine = await find({ PATH: wrapped('no-compose', only), DOCKER_CONFIG: folder })
    expect(engine.info).toMatchObject({
      compose: null,
      lacks: { compose: expect.stringContaining('not installed') },
    })
  })

  it.skipIf(!isRoot || socket === '' || !referee('setpriv'))(
    'says so where the socket is not ours to use',
    async () => {
      const PATH = wrapped(
        'nobody',
        `exec setpriv --reuid 65534 --regid 65534 --clear-groups ${referee('docker')} "$@"`,
      )
      await expect(
        find({ PATH, DOCKER_CONFIG: folder, CONTAINER_HOST: 'tcp://127.0.0.1:1' }),
      ).rejects.toMatchObject({
        code: 2,
        message: `You may not use Docker's socket, ${host}.`,
      })
    },
  )
})
