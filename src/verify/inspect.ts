import type { ImageConfig, Verification } from './types.ts'

interface Inspected {
  Id: string
  RootFS?: { Layers?: string[] }
  Config?: {
    User?: string
    Env?: string[] | null
    ExposedPorts?: Record<string, unknown> | null
    Healthcheck?: { Test?: string[] } | null
    Entrypoint?: string[] | null
    Cmd?: string[] | null
    WorkingDir?: string
    StopSignal?: string
    Volumes?: Record<string, unknown> | null
  }
}

export interface ImageFacts {
  id: string
  layers: string[]
  config: ImageConfig
}

export async function inspectImage(v: Verification, ref: string): Promise<ImageFacts | null> {
  const { code, stdout } = await v.engine.run(['image', 'inspect', ref], { signal: v.signal })
  if (code !== 0) return null
  const [image] = JSON.parse(stdout) as [Inspected]
  const config = image.Config ?? {}
  const probe = config.Healthcheck?.Test ?? []
  return {
    id: image.Id,
    layers: image.RootFS?.Layers ?? [],
    config: {
      user: config.User ?? '',
      env: config.Env ?? [],
      exposed: Object.keys(config.ExposedPorts ?? {})
        .map((port) => Number.parseInt(port, 10))
        .filter((port) => port > 0),
      healthcheck: probe.length > 0 && probe[0] !== 'NONE' ? probe : null,
      entrypoint: config.Entrypoint ?? [],
      cmd: config.Cmd ?? [],
      workdir: config.WorkingDir || '/',
      stopSignal: config.StopSignal || 'SIGTERM',
      volumes: Object.keys(config.Volumes ?? {}),
    },
  }
}

interface ContainerState {
  Status: string
  ExitCode: number
  OOMKilled: boolean
  StartedAt: string
  FinishedAt: string
  Health?: { Status: string; Log?: { Start: string; End: string; ExitCode: number; Output: string }[] }
}

export interface ContainerFacts {
  Id: string
  RestartCount: number
  State: ContainerState
  Config: { User: string; Image: string }
  HostConfig: {
    ReadonlyRootfs: boolean
    CapDrop: string[] | null
    Memory: number
    SecurityOpt: string[] | null
  }
  NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> }
}

export async function inspectContainer(v: Verification, id: string): Promise<ContainerFacts | null> {
  const { code, stdout } = await v.engine.run(['container', 'inspect', id], { signal: v.signal })
  return code === 0 ? (JSON.parse(stdout) as [ContainerFacts])[0] : null
}

/** What the container printed last: both streams, at most so many lines. */
export async function lastLogs(v: Verification, id: string, lines = 20): Promise<string> {
  return (await v.engine.run(['logs', '--tail', String(lines), id], { signal: v.signal })).all
}

/**
 * Runs a program in the container that prints a file of it, or a JavaScript value: there may be no shell, no `cat` and no
 * `node` on the path, so each that could be there is tried. Null: none is.
 */
export async function inside(
  v: Verification,
  container: string,
  commands: readonly (readonly string[])[],
): Promise<string | null> {
  for (const command of commands) {
    const done = await v.engine.run(['exec', container, ...command], { signal: v.signal, timeout: 20_000 })
    if (done.code === 0) return done.stdout
  }
  return null
}

/** Programs that evaluate JavaScript, where an image has one. */
const NODES = ['/nodejs/bin/node', 'node', 'bun']
export const javascript = (code: string) => NODES.map((program) => [program, '-e', code])
export const printFile = (path: string) => [
  ['cat', path],
  ...javascript(`process.stdout.write(require('fs').readFileSync(${JSON.stringify(path)}))`),
  ...['python3', 'python'].map((program) => [
    program,
    '-c',
    `import sys; sys.stdout.write(open(${JSON.stringify(path)}).read())`,
  ]),
]
