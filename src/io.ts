import { fstatSync, writeSync } from 'node:fs'

/** The outside world of one run: the only way in and out, so that tests can stand in for it. */
export interface Io {
  cwd: string
  env: Record<string, string | undefined>
  stdin: NodeJS.ReadableStream
  stdout: NodeJS.WritableStream
  isTerminal(stream: 'stdin' | 'stdout'): boolean
  /** Plain text to stdout; a terminal's conversation uses the stream itself. */
  say(text: string): void
  /** Plain text to stderr. */
  complain(text: string): void
}

/** The process's own streams. They are made when they are asked for: a run without questions needs none, and they cost a tenth of it. */
export function processIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return process.stdout
    },
    isTerminal,
    say: (text) => writeAll(1, text),
    complain: (text) => writeAll(2, text),
  }
}

/** A file or a pipe is seen to be none without making a stream of it. */
function isTerminal(stream: 'stdin' | 'stdout'): boolean {
  try {
    if (process.platform !== 'win32' && !fstatSync(stream === 'stdin' ? 0 : 1).isCharacterDevice())
      return false
  } catch {
    return false // closed
  }
  return Boolean(process[stream].isTTY)
}

/** Writes at once, so that nothing is cut off at the end; a reader that went away (`| head`) is no failure of ours. */
function writeAll(fd: 1 | 2, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE' || code === 'EOF') return
      // A full pipe that does not block: wait a little, without spinning.
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** Any value of CI counts but empty, 0 and false: `CI=1` is as common as `CI=true`. */
export function isCi(env: Io['env']): boolean {
  const value = env['CI']?.toLowerCase()
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}

/** What coding agents set for the commands that they run. */
const AGENT_VARIABLES = [
  'AI_AGENT',
  'CLAUDECODE',
  'CLAUDE_CODE',
  'REPL_ID',
  'GEMINI_CLI',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'OPENCODE',
  'AUGMENT_AGENT',
  'GOOSE_PROVIDER',
  'JUNIE_DATA',
  'JUNIE_SHIM_PATH',
  'COPILOT_AGENT',
  'COPILOT_CLI',
  'CURSOR_AGENT',
]

/** Pi and Devin set nothing of their own, and show in what everybody sets. */
function isAgent(env: Io['env']): boolean {
  return (
    AGENT_VARIABLES.some((name) => env[name]) ||
    /\.pi[\\/]agent/.test(env['PATH'] ?? '') ||
    /devin/.test(env['EDITOR'] ?? '')
  )
}

/**
 * Whether to ask. Both streams must be terminals: a prompt on a closed stdin ends the process without an answer, one on an
 * open pipe hangs it.
 */
export function isInteractive(io: Io, asked: boolean | undefined): { interactive: boolean; agent: boolean } {
  if (asked === false || (asked === undefined && isCi(io.env))) return { interactive: false, agent: false }
  if (!io.isTerminal('stdin') || !io.isTerminal('stdout')) return { interactive: false, agent: false }
  const agent = isAgent(io.env)
  return { interactive: asked === true || !agent, agent }
}
