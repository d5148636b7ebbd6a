import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEngine } from '../../src/engine/find.ts'
import { sweep } from '../../src/verify/session.ts'
import type { VerifyDocument } from '../../src/verify/types.ts'
import { removeTemporaryFolders, temporaryFolder } from '../support/fixtures.ts'
import { cli, installPacked, PLAIN_ENV } from '../support/packed.ts'
import { hasEngine } from '../support/referees.ts'
import { goodProject } from '../support/sound-app.ts'

const MINUTES = 60_000
beforeAll(() => void installPacked())
afterAll(removeTemporaryFolders)

const docker = (...args: string[]) => spawnSync('docker', args, { encoding: 'utf8' }).stdout.trim()

/** Everything on the engine that a run of this name made. */
function leftOf(id: string): string[] {
  const filters = [`label=create-prod-docker=${id}`, `label=com.docker.compose.project=${id}`]
  return [
    ...filters.flatMap((filter) => [
      docker('container', 'ls', '--all', '--quiet', '--filter', filter),
      docker('network', 'ls', '--quiet', '--filter', filter),
      docker('volume', 'ls', '--quiet', '--filter', filter),
      docker('image', 'ls', '--all', '--quiet', '--filter', filter),
    ]),
    docker('image', 'ls', '--quiet', '--filter', `reference=${id}/*`),
  ].filter((line) => line !== '')
}

/** Runs `verify` in a group of processes of its own, and interrupts the whole group, as Ctrl-C does, when `when` was seen. */
function interrupted(
  root: string,
  { when, times, signal = 'SIGINT' }: { when: RegExp; times: number; signal?: NodeJS.Signals },
): Promise<{ code: number | null; output: string; id: string }> {
  const { bin } = installPacked()
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, 'verify', root], {
      env: PLAIN_ENV,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let sent = false
    const read = (chunk: Buffer) => {
      output += chunk
      if (sent || !when.test(output)) return
      sent = true
      for (let time = 0; time < times; time++)
        setTimeout(() => child.pid && process.kill(-child.pid, signal), 1_500 + time * 400)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('close', (code) => done({ code, output, id: /cpd-[0-9a-f]{8}/.exec(output)?.[0] ?? '' }))
  })
}

describe('without an engine', () => {
  it('says so, how to get one, and ends with 2', async () => {
    const nothing = temporaryFolder()
    const env = { PATH: nothing }
    const done = await cli(['verify', goodProject()], { cwd: nothing, env })
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(done.stderr).toMatch(/^Error: No container engine was found\.\n.+\n$/)
    const json = await cli(['verify', goodProject(), '--json'], { cwd: nothing, env })
    expect(json.code).toBe(2)
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1,
      exit: 2,
      error: { message: expect.any(String) },
    })
  })

  it('says first what there is nothing to verify of', async () => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'package.json'), '{"name":"x","scripts":{"start":"node server.js"}}')
    writeFileSync(join(root, 'server.js'), "require('http').createServer().listen(3000)\n")
    const done = await cli(['verify', root], { cwd: root })
    expect(done).toMatchObject({ code: 2 })
    expect(done.stderr).toContain('There is no Dockerfile here to verify.')
  })

  it('refuses a time that is none', async () => {
    const done = await cli(['verify', '--timeout', 'soon'], { cwd: temporaryFolder() })
    expect(done).toMatchObject({ code: 2 })
    expect(done.stderr).toContain('--timeout soon: it is a time, like 90s or 15m.')
  })

  it('an engine that hangs is not waited for without an end', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder()
    for (const name of ['docker', 'podman']) {
      writeFileSync(join(folder, name), '#!/bin/sh\nexec /bin/sleep 300\n')
      chmodSync(join(folder, name), 0o755)
    }
    const done = await cli(['verify', goodProject()], { cwd: folder, env: { PATH: folder } })
    expect(done.code).toBe(2)
  })
})

describe.skipIf(!hasEngine())('verify', { timeout: 10 * MINUTES }, () => {
  it('proves two runs side by side, with a document and a page, and leaves nothing', async () => {
    const root = goodProject({ redis: true })
    const report = join(temporaryFolder(), 'report.html')
    const [one, two] = await Promise.all([
      cli(['verify', root, '--json'], { cwd: root, timeout: 9 * MINUTES }),
      cli(['verify', root, '--report', report], { cwd: root, timeout: 9 * MINUTES }),
    ])
    const document = JSON.parse(one.stdout) as VerifyDocument
    expect(
      document.steps.filter(({ status }) => status !== 'pass'),
      one.stdout,
    ).toEqual([])
    expect(document).toMatchObject({ schema: 1, app: 'sound', exit: 0, image: { user: '65532:65532' } })
    expect(document.image.bytes).toBeGreaterThan((document.image.floor as number) - 1)
    expect(two.stdout, two.stderr).toContain(`${document.steps.length} steps: `)
    expect(two.code).toBe(0)
    expect(leftOf(/cpd-[0-9a-f]{8}/.exec(two.stdout)?.[0] ?? 'none')).toEqual([])
  })

  it.each([
    { name: 'while it builds', slow: true, when: /pass {2}compose/ },
    { name: 'while it boots', slow: false, when: /(pass|fail|skip) {2}files/ },
  ])('Ctrl-C twice $name leaves nothing', async ({ slow, when }) => {
    const root = goodProject({ redis: true, slow })
    const done = await interrupted(root, { when, times: 2 })
    expect(done.code, done.output).toBe(130)
    expect(done.output).toContain('Cancelled. Everything that was made for the proof is gone again.')
    expect(done.id).not.toBe('')
    expect(leftOf(done.id)).toEqual([])
  })

  it('what a killed run left is taken away by the next one', async () => {
    const root = goodProject({ redis: true })
    const killed = await interrupted(root, { when: /(pass|fail|skip) {2}boot/, times: 1, signal: 'SIGKILL' })
    expect(killed.code).toBeNull()
    expect(leftOf(killed.id)).not.toEqual([])
    const next = await cli(['verify', root], { cwd: root, timeout: 9 * MINUTES })
    expect(next.stdout).toContain(`${killed.id} had been killed: what it left is gone now.`)
    expect(leftOf(killed.id)).toEqual([])
  })

  it('--keep leaves what it says, and says how it goes', async () => {
    const root = goodProject()
    const done = await cli(['verify', root, '--keep'], { cwd: root, timeout: 9 * MINUTES })
    const id = /cpd-[0-9a-f]{8}/.exec(done.stdout)?.[0] as string
    try {
      expect(leftOf(id)).not.toEqual([])
      // The run is over, and it is no leftover.
      expect(await sweep(await findEngine({ env: process.env }))).not.toContain(id)
      expect(leftOf(id)).not.toEqual([])
      const commands = done.stdout.split('To take it away:\n')[1]?.split('\n').slice(0, 2) ?? []
      expect(commands).toHaveLength(2)
      for (const command of commands) spawnSync('sh', ['-c', command])
      expect(leftOf(id)).toEqual([])
    } finally {
      spawnSync('sh', [
        '-c',
        `docker compose --project-name ${id} down --volumes; docker image rm $(docker image ls --quiet --filter label=create-prod-docker=${id})`,
      ])
    }
  })
})
