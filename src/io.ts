import type { ReadStream, WriteStream } from 'node:tty'

/** The outside world of one run: the only way in and out, so that tests can stand in for it. */
export interface Io {
  cwd: string
  env: Record<string, string | undefined>
  stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>
  stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>
  stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>
}

/** Any value of CI counts but empty, 0 and false: `CI=1` is as common as `CI=true`. */
export function isCi(env: Io['env']): boolean {
  const value = env['CI']?.toLowerCase()
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}

/**
 * Whether to ask. Both streams must be terminals: a prompt on a closed stdin ends the process without an answer, one on an
 * open pipe hangs it.
 */
export async function isInteractive(
  io: Io,
  asked: boolean | undefined,
): Promise<{ interactive: boolean; agent: boolean }> {
  if (asked === false || !io.stdin.isTTY || !io.stdout.isTTY) return { interactive: false, agent: false }
  const { isAgent } = await import('std-env')
  if (asked) return { interactive: true, agent: isAgent }
  return { interactive: !isCi(io.env) && !isAgent, agent: isAgent }
}
