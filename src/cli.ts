import manifest from '../package.json' with { type: 'json' }
import { parseFlags } from './command-line.ts'
import { Cancelled, CliError, EXIT } from './errors.ts'
import { type Io, processIo } from './io.ts'

/** Runs on the real world; `bin/` calls it. */
export function main(): Promise<number> {
  const io = processIo()
  const running = run(process.argv.slice(2), io)
  // Input that ends at a question leaves it unanswered for good: Node would end with 0 and say nothing.
  const abandoned = () => {
    process.exitCode = fail(new Cancelled(), io, false)
  }
  process.once('beforeExit', abandoned)
  return running.finally(() => process.off('beforeExit', abandoned))
}

/** One run: reads the command line, does it, and maps every error to its exit code. Never throws, never exits. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let json = argv.includes('--json')
  try {
    const call = parseFlags(argv)
    json = call.json
    if (call.help) {
      const { helpText, verifyHelp } = await import('./help.ts')
      io.say(call.command === 'verify' ? await verifyHelp(manifest.version) : helpText(manifest.version))
      return EXIT.done
    }
    if (call.version) {
      io.say(`${manifest.version}\n`)
      return EXIT.done
    }
    if (call.command === 'explain') {
      const { runExplain } = await import('./commands/explain.ts')
      return await runExplain(call, io, manifest.version)
    }
    if (call.command === 'undo') {
      const { runUndo } = await import('./commands/undo.ts')
      return await runUndo(call, io)
    }
    if (call.command === 'verify') {
      const { runVerify } = await import('./commands/verify.ts')
      return await runVerify(call, io, manifest.version)
    }
    const { runMain } = await import('./commands/main.ts')
    return await runMain(call, io, manifest.version)
  } catch (error) {
    return fail(error, io, json)
  }
}

function fail(error: unknown, io: Io, json: boolean): number {
  const known = error instanceof CliError
  const code = known ? error.code : EXIT.failed
  const message = error instanceof Error ? error.message : String(error)
  const hint = known
    ? error.hint
    : 'This is a bug of create-prod-docker: nothing was written. DEBUG=1 shows where.'
  if (json)
    io.say(
      `${JSON.stringify({ schema: 1, error: { message, ...(hint ? { hint } : {}) }, exit: code }, null, 2)}\n`,
    )
  io.complain(
    `${error instanceof Cancelled ? '' : 'Error: '}${message}\n${hint && !(error instanceof Cancelled) ? `${hint}\n` : ''}`,
  )
  if (io.env['DEBUG'] && error instanceof Error) io.complain(`${error.stack}\n`)
  return code
}
