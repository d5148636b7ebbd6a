import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from './fixtures.ts'
import { run } from './referees.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
let installed: { bin: string; tarball: string; folder: string } | undefined

/** The package as users get it: packed, and installed from the tarball into an empty folder. */
export function installPacked(): { bin: string; tarball: string; folder: string } {
  if (installed) return installed
  const folder = temporaryFolder()
  const npm = (args: string[], cwd: string) => {
    const done = run('npm', args, { cwd, env: { npm_config_update_notifier: 'false' } })
    if (done.code !== 0) throw new Error(`npm ${args.join(' ')}: ${done.output}`)
  }
  npm(['pack', '--pack-destination', folder, '--ignore-scripts'], ROOT)
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz')) as string
  const tarball = join(folder, name)
  npm(['install', '--no-audit', '--no-fund', '--offline', '--prefix', folder, tarball], folder)
  installed = {
    bin: join(folder, 'node_modules', 'create-prod-docker', 'bin', 'create-prod-docker.js'),
    tarball,
    folder,
  }
  return installed
}

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

/** No CI, no agent, no colour: what a plain terminal session has. */
export const PLAIN_ENV: Record<string, string> = {
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '/tmp',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
}

/** Runs the installed tool. `stdin`: closed, or a pipe that stays open, as in many a script. */
export function cli(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string>; stdin?: 'closed' | 'open'; timeout?: number },
): Promise<CliResult> {
  const { bin } = installPacked()
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: options.cwd,
      env: { ...PLAIN_ENV, ...options.env },
      stdio: [options.stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk) => (stdout += chunk))
    child.stderr?.on('data', (chunk) => (stderr += chunk))
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 30_000)
    child.on('close', (code) => {
      clearTimeout(timer)
      child.stdin?.destroy()
      done({ code, stdout, stderr })
    })
  })
}

/** A step of a session at a terminal: wait for the text, then press the keys. */
export interface Press {
  after: string
  keys: string
}

export const KEYS = { enter: '\r', down: '\u001b[B', space: ' ', ctrlC: '\u0003' } as const

/** Runs the tool at a pseudo-terminal (util-linux's `script`), pressing keys as questions appear. */
export function session(
  args: readonly string[],
  presses: readonly Press[],
  options: { cwd: string; env?: Record<string, string>; columns?: number },
): Promise<{ code: number | null; screen: string }> {
  const { bin } = installPacked()
  const command = [process.execPath, bin, ...args]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ')
  return new Promise((done) => {
    const child = spawn(
      'script',
      ['-qec', `stty cols ${options.columns ?? 120} rows 50; ${command}`, '/dev/null'],
      { cwd: options.cwd, env: { ...PLAIN_ENV, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] },
    )
    let screen = ''
    let next = 0
    let from = 0
    child.stdout.on('data', (chunk) => {
      screen += chunk
      const press = presses[next]
      const at = press ? screen.indexOf(press.after, from) : -1
      if (press && at >= 0) {
        next++
        from = screen.length
        setTimeout(() => child.stdin.write(press.keys), 120)
      }
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
    child.on('close', (code) => {
      clearTimeout(timer)
      done({ code, screen })
    })
  })
}
