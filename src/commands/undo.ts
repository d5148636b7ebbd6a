import { resolve } from 'node:path'
import type { Invocation } from '../command-line.ts'
import { EXIT, type ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { Project } from '../project.ts'
import { styleFor } from '../ui/style.ts'
import { withRunLock } from '../write/run-lock.ts'
import { hasBackups, undoLast } from '../write/undo.ts'
import { endUnfinished } from '../write/unfinished.ts'
import { holdingSignals } from '../write/write.ts'

/** Takes the last write back, file by file as it was before. */
export async function runUndo(call: Invocation, io: Io): Promise<ExitCode> {
  const { root } = new Project({ root: resolve(io.cwd, call.directory) })
  const preview = call.dryRun || call.diff || call.check
  await endUnfinished(root, io, !preview)
  let undone: ReturnType<typeof undoLast> = null
  if (preview) undone = undoLast(root, { preview })
  else if (hasBackups(root))
    await holdingSignals(async () => {
      undone = await withRunLock(root, () => undoLast(root))
    })
  const files = undone?.files ?? []
  if (call.json) {
    io.say(`${JSON.stringify({ schema: 1, root, files, exit: EXIT.done }, null, 2)}\n`)
    return EXIT.done
  }
  const style = styleFor(io)
  const lines = files.map(({ path, action }) => `${style.ok(action.padEnd(10))} ${style.path(path)}\n`)
  io.say(
    files.length === 0
      ? 'There is no write to take back.\n'
      : `${lines.join('')}\n${preview ? 'Nothing was written. Run without --dry-run to take it back.' : 'The last write was taken back.'}\n`,
  )
  return EXIT.done
}
