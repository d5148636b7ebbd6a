import { spawn } from 'node:child_process'

/** The label of everything that a bench makes on the engine; its value is the bench's own name. */
export const LABEL = 'cpd-bench'

/** Runs a program to its end. `onStart`: what it prints goes nowhere else. A code that is not 0 is an answer. */
export function run(program, args, { cwd, env, signal, detached } = {}) {
  signal?.throwIfAborted()
  return new Promise((done, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: env ? { ...process.env, ...env } : process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Cleaning up goes on when Ctrl-C reaches the whole group of processes.
      detached: detached ?? false,
      shell: process.platform === 'win32' && program === 'npx',
    })
    const texts = { stdout: '', all: '' }
    child.stdout.setEncoding('utf8').on('data', (text) => {
      texts.stdout += text
      texts.all += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      texts.all += text
    })
    const stop = () => child.kill('SIGTERM')
    signal?.addEventListener('abort', stop, { once: true })
    child.on('error', (error) => done({ code: 127, stdout: '', all: error.message }))
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop)
      if (signal?.aborted) reject(signal.reason)
      else done({ code: code ?? 1, stdout: texts.stdout.trim(), all: texts.all.trim() })
    })
  })
}

/** The engine, and the names that this bench alone uses. */
export function newEngine(signal) {
  const id = `cpd-bench-${process.pid}`
  const docker = (args, options = {}) => run('docker', args, { signal, ...options })
  /** Its standard output; throws with what it printed where the program fails. */
  const must = async (args, options) => {
    const { code, stdout, all } = await docker(args, options)
    if (code !== 0) throw new Error(`docker ${args.slice(0, 2).join(' ')}: ${all.split('\n').at(-1)}`)
    return stdout
  }
  return { id, docker, must, signal, label: `${LABEL}=${id}` }
}

/** Null where none answers. */
export async function engineVersions() {
  const engine = await run('docker', ['version', '--format', '{{.Server.Version}}'])
  const buildx = await run('docker', ['buildx', 'version'])
  if (engine.code !== 0 || buildx.code !== 0) return null
  return { engine: engine.stdout, buildx: buildx.stdout.split(' ')[1] ?? buildx.stdout }
}

/** Takes away what the bench made, found by label; layers in the build cache are left to the engine's own collector. */
export async function cleanUp({ id, label }) {
  const docker = (args) => run('docker', args, { detached: true })
  const remove = async (list, command) => {
    const found = (await docker(list)).stdout.split('\n').filter(Boolean)
    if (found.length > 0) await docker([...command, ...new Set(found)])
  }
  const filter = ['--quiet', '--no-trunc', '--filter', `label=${label}`]
  await remove(['container', 'ls', '--all', ...filter], ['container', 'rm', '--force', '--volumes'])
  await remove(['network', 'ls', ...filter], ['network', 'rm'])
  await remove(['image', 'ls', '--all', ...filter], ['image', 'rm', '--force'])
  // Cache mounts carry their namespace, which is ours alone.
  await docker(['buildx', 'prune', '--force', '--filter', `description~=${id}-`])
}
