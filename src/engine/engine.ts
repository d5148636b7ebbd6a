import type { Readable } from 'node:stream'
import { execa } from 'execa'

/** What is known of the engine before the first step: see `find.ts`. */
export interface EngineInfo {
  /** The program that drives it. */
  program: 'docker' | 'podman'
  /** "Docker 28.5.2", for people. */
  title: string
  /** Versions of the parts; null where one is missing. */
  buildx: string | null
  compose: string | null
  rootless: boolean
  /** The address at which published ports answer. */
  host: string
}

export interface RunOptions {
  cwd?: string
  env?: Record<string, string>
  /** Text or bytes for its standard input. */
  input?: string | Uint8Array
  signal?: AbortSignal
  /** Milliseconds. */
  timeout?: number
  /** Every line of both streams, as it comes. */
  onLine?: (line: string) => void
  /** Goes on when Ctrl-C reaches the whole group of processes: for cleaning up. */
  detached?: boolean
}

export interface Finished {
  /** 127: the program is not there. */
  code: number
  stdout: string
  stderr: string
  /** Both, in the order in which they came. */
  all: string
}

/** The only place that starts processes: no shell, arguments as they are. */
export class Engine {
  readonly info: EngineInfo
  constructor(info: EngineInfo) {
    this.info = info
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runProgram(this.info.program, args, options)
  }

  /** The program's standard output as it comes (`image save`). */
  stream(args: readonly string[], { signal }: { signal?: AbortSignal } = {}): Readable {
    const child = execa(this.info.program, args, {
      stdin: 'ignore',
      stderr: 'ignore',
      buffer: false,
      reject: false,
      ...(signal ? { cancelSignal: signal } : {}),
    })
    return child.stdout
  }
}

/** Never throws for what the program did: a code that is not 0 is an answer. Aborted, it throws the signal's reason. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, input, signal, timeout, onLine, detached }: RunOptions = {},
): Promise<Finished> {
  signal?.throwIfAborted()
  const child = execa(program, args, {
    all: true,
    reject: false,
    stripFinalNewline: true,
    ...(cwd ? { cwd } : {}),
    ...(env ? { env } : {}),
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(signal ? { cancelSignal: signal } : {}),
    ...(timeout ? { timeout } : {}),
    ...(detached ? { detached } : {}),
    forceKillAfterDelay: 10_000,
  })
  if (onLine) {
    // Read beside the buffer; a carriage return is how progress overwrites itself.
    const lines = child.iterable({ from: 'all' })
    ;(async () => {
      for await (const line of lines) onLine(String(line).split('\r').at(-1) ?? '')
    })().catch(() => undefined)
  }
  const done = await child
  signal?.throwIfAborted()
  return {
    code: done.exitCode ?? ((done as { code?: string }).code === 'ENOENT' ? 127 : 1),
    stdout: String(done.stdout ?? ''),
    stderr: String(done.stderr ?? ''),
    all: String(done.all ?? ''),
  }
}
