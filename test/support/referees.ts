import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where CI has put them; elsewhere they are looked for on PATH. */
const home = process.env['REFEREES']

/** The path of a third-party checker, or undefined where it is not installed. Required ones fail the suite in CI. */
export function referee(name: string): string | undefined {
  const path = [...(home ? [home] : []), ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, name))
    .find(existsSync)
  if (!path && process.env['ENGINE'] === 'required')
    throw new Error(`${name} is missing, and is required here`)
  return path
}

export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string; timeout?: number } = {},
): { code: number | null; output: string } {
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    ...options,
    env: { ...process.env, ...options.env },
  })
  return {
    code: done.error ? -1 : done.status,
    output: `${done.stdout ?? ''}${done.stderr ?? ''}${done.error ? String(done.error) : ''}`,
  }
}

let answer: boolean | undefined

/** Whether a Docker engine answers. A user's machine may have none: then these suites are skipped, with a plain line. */
export function hasEngine(): boolean {
  if (answer === undefined) {
    const wanted = process.env['ENGINE']
    answer =
      wanted !== 'none' &&
      run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 20_000 }).code === 0
    if (!answer && wanted === 'required')
      throw new Error('No Docker engine answers, and one is required here.')
    if (!answer) console.log('No Docker engine: the suites that build and boot images are skipped.')
  }
  return answer
}
