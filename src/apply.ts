import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError, EXIT } from './errors.ts'
import type { Plan, PlannedFile } from './plan.ts'
import { LOCK_PATH } from './state.ts'

/**
 * The only writer. All texts are on disk under temporary names before the first target changes, so that a full disk or a
 * missing permission leaves the tree as it was; the lock comes last. A file that changed since the plan is not touched.
 */
export function applyPlan(root: string, plan: Plan): void {
  const changes = plan.files.filter(
    (file) => (file.action === 'create' || file.action === 'update') && file.after !== null,
  )
  if (changes.length === 0) return
  const ordered = [
    ...changes.filter((file) => file.path !== LOCK_PATH),
    ...changes.filter((file) => file.path === LOCK_PATH),
  ]
  const made: string[] = []
  const temporaries: string[] = []
  const done: PlannedFile[] = []
  const undo = () => {
    for (const path of temporaries) rmSync(path, { force: true })
    for (const file of done.reverse()) {
      const target = join(root, file.path)
      if (file.before === null) rmSync(target, { force: true })
      else writeFileSync(target, file.before)
    }
    for (const folder of made.reverse()) rmSync(folder, { recursive: true, force: true })
  }
  try {
    for (const file of ordered) {
      const target = join(root, file.path)
      const first = mkdirSync(dirname(target), { recursive: true })
      if (first) made.push(first)
      const temporary = `${target}.${process.pid}.tmp`
      temporaries.push(temporary)
      writeFileSync(temporary, file.after as string, { flag: 'wx' })
      if (file.before !== null) chmodSync(temporary, statSync(target).mode)
    }
    for (const file of ordered) {
      const target = join(root, file.path)
      if (current(target) !== file.before)
        throw new CliError(`${file.path} changed while this ran: nothing was written.`, {
          code: EXIT.failed,
          hint: 'Run it again.',
        })
      renameSync(`${target}.${process.pid}.tmp`, target)
      temporaries.shift()
      done.push(file)
    }
  } catch (error) {
    undo()
    if (error instanceof CliError) throw error
    throw new CliError(`Can't write here: ${reason(error)}. Nothing was changed.`, {
      code: EXIT.failed,
      hint: 'Check the permissions of the folder and the space on the disk, then run again.',
    })
  }
}

function current(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function reason(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException
  const words: Record<string, string> = {
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a file stands where a folder should be',
  }
  return `${words[code ?? ''] ?? code ?? String(error)}${path ? ` (${path.replace(/\.\d+\.tmp$/, '')})` : ''}`
}
