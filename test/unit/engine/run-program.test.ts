import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Engine, type EngineInfo, runProgram } from '../../../src/engine/engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'run-program-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (script: string, options: Parameters<typeof runProgram>[2] = {}) =>
  runProgram(process.execPath, ['-e', script], options)

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('runProgram', () => {
  it('gives both streams apart and together, without the last line end', async () => {
    const done = await node(
      'process.stdout.write("out\\n"); setTimeout(() => process.stderr.write("err\\n"), 100)',
    )
    expect(done).toEqual({ code: 0, stdout: 'out', stderr: 'err', all: 'out\nerr' })
  })

  it.each([0, 1, 125, 255])('takes exit code %i for an answer', async (code) => {
    expect((await node(`process.exit(${code})`)).code).toBe(code)
  })

  it('says 127 for a program that is not there, and why', async () => {
    const done = await runProgram('no-such-program-here', ['x'])
    expect(done.code).toBe(127)
    expect(done.stderr).toContain('ENOENT')
  })

  it('says 126 for one that cannot be started: no permission, no such folder', async () => {
    expect((await runProgram(folder, [])).code).toBe(126)
    expect((await node('0', { cwd: join(folder, 'gone') })).code).toBe(126)
  })

  it.skipIf(process.platform === 'win32')('says 128 and the number of the signal that ended it', async () => {
    expect((await node('process.kill(process.pid, "SIGKILL")')).code).toBe(137)
  })

  it('hands over every line of both streams, in whatever pieces they come, before it is done', async () => {
    const lines: string[] = []
    const script = `
      const bytes = Buffer.from('größe\\r\\n10%\\r20%\\n\\nlast')
      let at = 0
      const next = () => { if (at < bytes.length) { process.stdout.write(bytes.subarray(at, ++at)); setTimeout(next, 2) } else console.error('err') }
      next()`
    await node(script, { onLine: (line) => lines.push(line) })
    expect(lines.filter((line) => line !== 'err')).toEqual(['größe', '20%', '', 'last'])
    expect(lines).toContain('err')
  })

  it('gives input, environment and folder', async () => {
    const script =
      'process.stdin.on("data", (d) => process.stdout.write(`${d} ${process.env.A} ${process.env.HOME} ${process.cwd()}`))'
    const done = await node(script, { input: 'in', env: { A: '1', HOME: undefined }, cwd: folder })
    expect(done.stdout).toMatch(/^in 1 undefined .*run-program-/)
  })

  it('has nothing on standard input otherwise, so nothing waits for it', async () => {
    const done = await node('process.stdin.on("end", () => console.log("end")).resume()', { timeout: 20_000 })
    expect(done.stdout).toBe('end')
  })

  it('survives bytes that are not text', async () => {
    const done = await node('process.stdout.write(Buffer.from([0xff, 0xfe, 0x41, 0x0a]))')
    expect(done.stdout).toBe('\ufffd\ufffdA')
  })

  it('keeps the end of what never stops, and lets it go on', async () => {
    const script = `
      const block = ('x'.repeat(1023) + '\\n').repeat(1024)
      let left = 80
      const next = () => left-- > 0 ? process.stdout.write(block, next) : process.stdout.write('the end')
      next()`
    const done = await node(script)
    expect(done.code).toBe(0)
    expect(done.stdout.length).toBeLessThan(66 << 20)
    expect(done.stdout.endsWith('x\nthe end')).toBe(true)
  })

  it('aborted, throws the reason, and the program is gone', async () => {
    const controller = new AbortController()
    const file = join(folder, 'pid')
    const reason = new Error('Ctrl-C')
    const running = node(
      `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`,
      { signal: controller.signal },
    )
    while (!existsSync(file) || readFileSync(file, 'utf8') === '')
      await new Promise((go) => setTimeout(go, 20))
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(isThere(Number(readFileSync(file, 'utf8')))).toBe(false)
  })

  it('does not start where it is aborted already', async () => {
    const file = join(folder, 'started')
    const script = `require('fs').writeFileSync(${JSON.stringify(file)}, '')`
    await expect(node(script, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
    expect(existsSync(file)).toBe(false)
  })

  it('says 124 when it took too long, with what was said until then', async () => {
    const done = await node('console.log("so far"); setInterval(() => {}, 1000)', { timeout: 3000 })
    expect(done).toMatchObject({ code: 124, stdout: 'so far' })
  })

  it.skipIf(process.platform === 'win32')(
    'does not wait for what a killed program left behind with its streams open',
    async () => {
      const started = Date.now()
      const done = await runProgram('sh', ['-c', 'sleep 20 & wait'], { timeout: 500 })
      expect(done.code).toBe(124)
      expect(Date.now() - started).toBeLessThan(12_000)
    },
  )

  it.skipIf(process.platform === 'win32')(
    'detached, is not in our group of processes: Ctrl-C does not reach it',
    async () => {
      const group =
        'console.log(require("child_process").execSync(`ps -o pgid= -p ${process.pid}`).toString().trim() == process.pid)'
      expect((await node(group, { detached: true })).stdout).toBe('true')
      expect((await node(group)).stdout).toBe('false')
    },
  )
})

describe('Engine.stream', () => {
  const info: Partial<EngineInfo> = { program: process.execPath as 'docker' }
  const engine = new Engine(info as EngineInfo)
  const read = async (script: string, signal?: AbortSignal) => {
    const chunks: Buffer[] = []
    for await (const chunk of engine.stream(['-e', script], signal ? { signal } : {})) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  it('brings bytes as they are', async () => {
    expect(await read('process.stdout.write(Buffer.from([0, 255, 10]))')).toEqual(Buffer.from([0, 255, 10]))
  })

  it('fails where the program does: half an archive is none', async () => {
    await expect(read('process.stdout.write("half"); process.exitCode = 1')).rejects.toThrow(/exit code 1/)
  })

  it('fails when it is aborted', async () => {
    await expect(read('setInterval(() => {}, 1000)', AbortSignal.timeout(1500))).rejects.toThrow()
  })
})
