import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { execa } from 'execa'
import type { Dialect } from './dialect.ts'

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
  /** The engine is on another machine: ports must be published on all its addresses. */
  remote: boolean
  /** How it is told what other engines are told in other words. */
  dialect: Dialect
  /** What it cannot do, as a sentence that says what would help: a step that needs it is skipped with that. */
  lacks: { checks?: string; compose?: string; memory?: string }
}

type Env = Record<string, string | undefined>

export interface RunOptions {
  cwd?: string
  env?: Env
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
  /** 124: took longer than its timeout. 126: may not be started. 127: the program is not there. */
  code: number
  stdout: string
  stderr: string
  /** Both, in the order in which they came. */
  all: string
}

/** The only place that starts processes: no shell, arguments as they are. */
export class Engine {
  readonly info: EngineInfo
  readonly #env: Env
  constructor(info: EngineInfo, env: Env = {}) {
    this.info = info
    this.#env = env
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runProgram(this.info.program, args, { ...options, env: { ...this.#env, ...options.env } })
  }

  /** The program's standard output as it comes (`image save`). Where the program fails, so does the stream. */
  stream(args: readonly string[], { signal }: { signal?: AbortSignal } = {}): Readable {
    const child = execa(this.info.program, args, {
      ...settings({ env: this.#env, ...(signal ? { signal } : {}) }),
      buffer: { stdout: false, stderr: true },
    })
    child.catch(() => undefined) // the stream has it
    return child.readable()
  }
}

/** Never throws for what the program did: a code that is not 0 is an answer. Aborted, it throws the signal's reason. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const { signal, onLine } = options
  signal?.throwIfAborted()
  const child = execa(program, args, { ...settings(options), reject: false, buffer: false })
  const [stdout, stderr, all] = [tail(), tail(), tail()]
  for (const [stream, kept] of [[child.stdout, stdout] as const, [child.stderr, stderr] as const]) {
    const lines = onLine && splitter(onLine)
    stream?.on('data', (chunk: Buffer) => {
      kept.add(chunk)
      all.add(chunk)
      lines?.add(chunk)
    })
    stream?.on('end', () => lines?.end())
  }
  // What it started (plugins, ssh) may hold its streams open when it was killed: that is waited for no longer.
  child.once('exit', (_, killed) => {
    if (!killed && !child.killed) return
    setTimeout(() => {
      for (const stream of [child.stdout, child.stderr]) stream?.destroy()
    }, 500)
  })
  const done = await child
  signal?.throwIfAborted()
  const failure = done.exitCode === undefined && !done.signal ? `${done.originalMessage ?? ''}` : ''
  return {
    code: done.timedOut ? 124 : (done.exitCode ?? codeWithoutOne(done.signal, failure)),
    stdout: stdout.text(),
    stderr: stderr.text() || failure,
    all: all.text() || failure,
  }
}

const settings = ({ cwd, env, input, signal, timeout, detached }: RunOptions) => ({
  ...(cwd ? { cwd } : {}),
  ...(env ? { env } : {}),
  ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  ...(signal ? { cancelSignal: signal } : {}),
  ...(timeout ? { timeout } : {}),
  ...(detached ? { detached } : {}),
  encoding: 'buffer' as const,
  forceKillAfterDelay: 10_000,
})

/** As a shell has it: a signal's number from 128 on, 127 for a program that is not there, 126 for one that does not start. */
function codeWithoutOne(signal: string | undefined, failure: string): number {
  if (signal) return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0)
  return /^spawn .* ENOENT$/.test(failure) ? 127 : 126
}

/** Keeps the end of what comes: nobody reads more than that, and a program that never stops talking fills no memory. */
function tail(limit = 64 << 20) {
  const chunks: Buffer[] = []
  let size = 0
  return {
    add(chunk: Buffer) {
      chunks.push(chunk)
      size += chunk.length
      while (size - (chunks[0]?.length ?? 0) > limit) size -= chunks.shift()?.length ?? 0
    },
    text: () =>
      Buffer.concat(chunks)
        .toString()
        .replace(/\r?\n$/, ''),
  }
}

/** Whole lines, whatever the pieces in which they come; a carriage return is how progress overwrites itself. */
function splitter(onLine: (line: string) => void) {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const say = (line: string) => onLine(line.replace(/\r$/, '').split('\r').at(-1) ?? '')
  return {
    add(chunk: Buffer) {
      const lines = (rest + decoder.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) say(line)
    },
    end() {
      if (rest) say(rest)
      rest = ''
    },
  }
}
