import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Answers } from './answers.ts'
import type { Artefact, ArtefactFile } from './artefacts/types.ts'
import { CliError, EXIT } from './errors.ts'
import type { Project } from './project.ts'
import {
  ANSWERS_PATH,
  answersSchema,
  answersText,
  entryFor,
  hashOf,
  LOCK_PATH,
  lockText,
  pristine,
  SCHEMA_PATH,
  type State,
} from './state.ts'

export type Action =
  | 'create'
  | 'unchanged'
  | 'update'
  | 'merge'
  | 'conflict'
  | 'keep'
  | 'delete'
  | 'skip'
  | 'advise'

export interface PlannedFile {
  id: string
  path: string
  action: Action
  /** Why, in a few words for the report. */
  reason: string
  /** What is on disk now; null: nothing. */
  before: string | null
  /** What will be there after. */
  after: string | null
}

export interface Plan {
  mode: 'create' | 'upgrade'
  files: PlannedFile[]
  /** Something for people to decide: exit code 3. */
  pending: boolean
  /** Something would be written. */
  changes: boolean
}

/** A file beside the artefact's own says what it is itself. */
const BESIDE: Record<string, string> = { 'env-example': 'the variables, with samples' }
const aboutOf = (artefact: Artefact, file: ArtefactFile): string => BESIDE[file.id] ?? artefact.title

/** Other names under which Compose finds a file: a compose.yaml beside one of them would shadow it in silence. */
const SAME_AS: Record<string, readonly string[]> = {
  'compose.yaml': ['compose.yml', 'docker-compose.yaml', 'docker-compose.yml'],
}

/** Compares what was rendered with the disk and with what was rendered last: pure but for reading. */
export function makePlan(
  project: Project,
  artefacts: readonly { artefact: Artefact; files: ArtefactFile[] }[],
  state: State | null,
  answers: Answers,
  version: string,
): Plan {
  const planned: PlannedFile[] = []
  const entries: State['files'] = {}
  const foreign = new Set<string>()
  for (const { artefact, files } of artefacts) {
    const missing = artefact.needs.find((id) => foreign.has(id))
    for (const file of files) {
      const entry = state?.files[file.id]
      const one =
        missing && !entry
          ? {
              action: 'skip' as const,
              reason: `goes with ${planned.find((other) => other.id === missing)?.path}, which is yours`,
              before: readTarget(project, file.path),
              after: null,
            }
          : decide(project, file, entry)
      if (one.action === 'skip') foreign.add(file.id)
      planned.push({
        id: file.id,
        path: one.path ?? file.path,
        action: one.action,
        reason: one.action === 'create' ? aboutOf(artefact, file) : one.reason,
        before: one.before,
        after: one.after,
      })
      if (one.action === 'skip') continue
      if (one.action === 'conflict' || (one.action === 'keep' && entry))
        entries[file.id] = one.deleted
          ? { ...(entry as NonNullable<typeof entry>), state: 'deleted' }
          : (entry as NonNullable<typeof entry>)
      else entries[file.id] = entryFor(file.path, file.rendered.text, entry)
    }
  }
  // What is no longer asked for stays on disk and in the lock: taking it away is the person's to do.
  for (const [id, entry] of Object.entries(state?.files ?? {})) {
    if (entries[id] || planned.some((file) => file.id === id)) continue
    entries[id] = entry
    planned.push({
      id,
      path: entry.path,
      action: 'keep',
      reason: 'no longer written; delete it if you like',
      before: null,
      after: null,
    })
  }
  const own = planned.some((file) => file.action !== 'skip')
  const generator =
    state &&
    planned.every((file) => file.action !== 'create' && file.action !== 'update') &&
    sameFiles(state.files, entries)
      ? state.generator
      : version
  if (own)
    for (const file of stateFiles(project, lockText({ generator, files: entries }), answers))
      planned.push(file)
  return {
    mode: state && Object.keys(state.files).length > 0 ? 'upgrade' : 'create',
    files: planned,
    pending: planned.some((file) => file.action === 'conflict' || file.action === 'skip'),
    changes: planned.some((file) => file.action === 'create' || file.action === 'update'),
  }
}

type Decision = Pick<PlannedFile, 'action' | 'reason' | 'before' | 'after'> & {
  path?: string
  deleted?: boolean
}

/** The table of upgrade decisions, without the merge: B is the base, U the file on disk, N the new text. */
function decide(project: Project, file: ArtefactFile, entry: State['files'][string] | undefined): Decision {
  const text = file.rendered.text
  const before = readTarget(project, file.path)
  const twin = before === null ? project.first(SAME_AS[file.path] ?? []) : undefined
  if (twin && !entry)
    return {
      path: twin,
      action: 'skip',
      reason: 'yours; Compose would no longer read it beside ours',
      before: project.text(twin),
      after: null,
    }
  if (!entry) {
    if (before === null) return { action: 'create', reason: '', before, after: text }
    if (before === text) return { action: 'unchanged', reason: '', before, after: text }
    return { action: 'skip', reason: 'yours: this tool did not write it', before, after: null }
  }
  if (before === null)
    return { action: 'keep', reason: 'you deleted it: it stays deleted', before, after: null, deleted: true }
  if (before === text) return { action: 'unchanged', reason: '', before, after: text }
  if (hashOf(before) === entry.sha256) return { action: 'update', reason: '', before, after: text }
  if (pristine(entry) === text)
    return { action: 'keep', reason: 'your edits; nothing new', before, after: null }
  return {
    action: 'conflict',
    reason: 'edited by you, and newer here: compare with --diff',
    before,
    after: null,
  }
}

function stateFiles(project: Project, lock: string, answers: Answers): PlannedFile[] {
  const texts: [string, string, string][] = [
    ['answers', ANSWERS_PATH, answersText(answers)],
    ['answers-schema', SCHEMA_PATH, answersSchema()],
    ['state', LOCK_PATH, lock],
  ]
  return texts.map(([id, path, text]) => {
    const before = readTarget(project, path)
    const action = before === null ? 'create' : before === text ? 'unchanged' : 'update'
    return {
      id,
      path,
      action,
      reason: id === 'state' && action === 'create' ? 'commit it: later runs merge against it' : '',
      before,
      after: text,
    }
  })
}

/** The bytes on disk as they are: no normalising, since they are compared with what would be written. */
function readTarget(project: Project, path: string): string | null {
  const full = join(project.root, path)
  const root = realpathSync(project.root)
  let folder = dirname(full)
  for (;;) {
    try {
      const real = realpathSync(folder)
      if (real !== root && !real.startsWith(root + sep))
        throw new CliError(`${path} would be written outside of the project: ${folder} is a link.`, {
          code: EXIT.refused,
          hint: 'Replace the link by a folder, then run again.',
        })
      break
    } catch (error) {
      if (error instanceof CliError) throw error
      folder = dirname(folder)
    }
  }
  try {
    const stat = lstatSync(full)
    if (stat.isSymbolicLink())
      throw new CliError(`${path} is a link: it was left alone.`, {
        code: EXIT.refused,
        hint: `Replace the link ${path} by the file itself, then run again.`,
      })
    if (!stat.isFile())
      throw new CliError(`${path} is a folder: a file of that name has to be written.`, {
        code: EXIT.refused,
        hint: `Move it away, or leave it out with --no-<file>.`,
      })
    return readFileSync(full, 'utf8')
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    )
      return null
    if (error instanceof CliError) throw error
    throw new CliError(`${path} can't be read (${(error as NodeJS.ErrnoException).code}).`, {
      code: EXIT.failed,
      hint: 'Check its permissions, then run again.',
    })
  }
}

function sameFiles(a: State['files'], b: State['files']): boolean {
  return (
    Object.keys(a).length === Object.keys(b).length &&
    Object.keys(b).every((id) => a[id]?.sha256 === b[id]?.sha256 && a[id]?.state === b[id]?.state)
  )
}
