import type { Answers } from '../answers.ts'
import type { ArtefactInput } from '../artefacts/types.ts'
import type { Merged } from '../merge/merge.ts'
import type { Project } from '../project.ts'
import { packInput } from '../state/input.ts'
import { entryFor, hashOf, LOCK_PATH, type Lock, type LockEntry, lockText } from '../state/lock.ts'
import { ANSWERS_PATH, answersSchema, answersText, SCHEMA_PATH } from '../state/saved-answers.ts'
import { notesOf, openConflicts } from './open.ts'
import { markedText, FOLDER as SIDECARS, sidecars, staleSidecars } from './sidecars.ts'
import { plannedText, readTarget, sameBytes } from './targets.ts'
import type { Action, ConflictPolicy, Draft, Plan, PlannedFile } from './types.ts'

export interface SettleInput {
  project: Project
  drafts: readonly Draft[]
  lock: Lock | null
  input: ArtefactInput
  answers: Answers
  version: string
  policy: ConflictPolicy
}

/** What a settled draft leaves behind: the row of the plan, and the entry of the lock (null: none). */
interface Settled {
  action: Action
  reason: string
  after: string | Buffer | null
  entry: LockEntry | null
  extra?: PlannedFile[]
}

/** From drafts to the plan: open conflicts are dealt with as the policy says, and the lock is made to fit. */
export async function settle({
  project,
  drafts,
  lock,
  input,
  answers,
  version,
  policy,
}: SettleInput): Promise<Plan> {
  const groups = new Set(drafts.filter(isOpen).map(groupOf))
  const files: PlannedFile[] = []
  const entries: Lock['files'] = {}
  const notes: Plan['notes'] = []
  for (const draft of drafts) {
    const waits = policy === 'partial' && !isOpen(draft) && groups.has(groupOf(draft)) && isNews(draft)
    const {
      action,
      reason,
      after,
      entry,
      extra = [],
    } = waits
      ? {
          action: 'keep' as const,
          reason: 'waits for the conflict beside it',
          after: draft.before,
          entry: draft.entry ?? null,
        }
      : await settleOne(project, draft, policy)
    if (entry) entries[draft.id] = entry
    if (draft.outcome.kind === 'silent' || draft.outcome.kind === 'forget') continue
    files.push(
      {
        id: draft.id,
        path: draft.path,
        action,
        reason: draft.renamedFrom
          ? `${reason ? `${reason}; ` : ''}renamed from ${draft.renamedFrom}`
          : reason,
        before: draft.before,
        after,
        ...(draft.causes.length > 0 && { causes: draft.causes }),
        ...(draft.outcome.kind === 'merge' &&
          isOpen(draft) && { conflicts: openConflicts(draft.outcome.merged, draft) }),
        ...(draft.outcome.kind === 'advise' && { advice: draft.outcome.advice }),
      },
      ...extra,
    )
    notes.push(...notesOf(draft))
  }
  if (lock) files.push(...staleSidecars(project, files))
  const held = policy === 'abort' && drafts.some(isOpen)
  const wrote = files.some(isChange)
  if (files.some((file) => file.action !== 'skip') && !held) {
    const same = lock !== null && !wrote && sameFiles(lock.files, entries)
    const rendered = wrote || lock?.input === undefined ? packInput(input) : lock.input
    // A lock that says the same stays as it is on disk, whatever a formatter made of it.
    files.push(
      ...stateFiles(
        project,
        same ? null : lockText({ generator: version, files: entries, input: rendered }),
        answers,
      ),
    )
  }
  return {
    mode: lock && Object.keys(lock.files).length > 0 ? 'upgrade' : 'create',
    files,
    pending: files.some(({ action }) => action === 'conflict' || action === 'skip' || action === 'advise'),
    changes: files.some(isChange),
    held,
    notes,
  }
}

const CHANGES: readonly Action[] = ['create', 'update', 'merge', 'delete']
/** Whether a planned file differs from the disk: a conflict may be written in part. */
export const isChange = (file: PlannedFile): boolean =>
  CHANGES.includes(file.action) ||
  ((file.action === 'conflict' || file.action === 'advise') && !sameBytes(file.before, file.after))

const groupOf = ({ artefact, id }: Draft) => artefact?.group ?? id
const isNews = ({ outcome: { kind } }: Draft) =>
  kind === 'create' || kind === 'replace' || kind === 'merge' || kind === 'delete'
export const isOpen = ({ outcome }: Draft): boolean =>
  outcome.kind === 'merge' && outcome.merged.conflicts > 0

export const isAdvised = ({ outcome }: Draft): boolean =>
  outcome.kind === 'advise' && outcome.advice.length > 0

async function settleOne(project: Project, draft: Draft, policy: ConflictPolicy): Promise<Settled> {
  const { path, before, outcome, entry, file } = draft
  const ours = file?.rendered.text ?? ''
  const from = entry?.from ?? (file && path !== file.path ? file.path : undefined)
  const recorded = (text = ours, state: LockEntry['state'] = 'managed'): LockEntry => ({
    ...entryFor(path, text, entry, state),
    ...(from !== undefined && from !== path && { from }),
    ...(entry?.adopted && { adopted: true }),
  })
  switch (outcome.kind) {
    case 'create':
      return { action: 'create', reason: aboutOf(draft), after: ours, entry: recorded() }
    case 'same':
      return { action: 'unchanged', reason: '', after: before, entry: recorded() }
    case 'replace':
      return { action: 'update', reason: '', after: outcome.text, entry: recorded() }
    case 'edited':
      return { action: 'keep', reason: 'your edits; nothing new', after: before, entry: recorded() }
    case 'merge':
      return settleMerge(project, draft, outcome.merged, policy, recorded)
    case 'stays-deleted':
      return {
        action: 'keep',
        reason: `you deleted it: it stays deleted; --restore ${draft.id} brings it back`,
        after: null,
        entry: recorded(ours, 'deleted'),
      }
    case 'delete':
      return { action: 'delete', reason: 'no longer needed; nobody had edited it', after: null, entry: null }
    case 'let-go':
      return {
        action: 'keep',
        reason: 'no longer written; your edits stay, and it is yours now',
        after: before,
        entry: { ...(entry as LockEntry), state: 'kept' },
      }
    case 'silent':
      return { action: 'keep', reason: '', after: before, entry: entry ?? null }
    case 'forget':
      return { action: 'keep', reason: '', after: null, entry: null }
    case 'adopt':
      return {
        action: 'keep',
        reason: 'yours, adopted: what is new here will be merged in',
        after: before,
        entry: { ...recorded(), adopted: true },
      }
    case 'advise':
      return settleAdvice(draft, outcome, policy, recorded)
    case 'skip':
      return { action: 'skip', reason: outcome.reason, after: before, entry: entry ?? null }
  }
}

/** Advice never holds a run back. Told to keep what is there, it asks for no decision either, and refuses nothing. */
function settleAdvice(
  { before }: Draft,
  { advice, text, refused }: Extract<Draft['outcome'], { kind: 'advise' }>,
  policy: ConflictPolicy,
  recorded: (text?: string, state?: LockEntry['state']) => LockEntry,
): Settled {
  const isTaken = !sameBytes(before, text)
  const open = policy === 'keep' ? 0 : advice.length
  return {
    action: open > 0 ? 'advise' : isTaken ? 'update' : 'keep',
    reason: ['yours', isTaken && 'advice taken', open > 0 && count(open, 'suggestion')]
      .filter(Boolean)
      .join('; '),
    after: isTaken ? text : before,
    entry: {
      ...recorded(undefined, 'advisory'),
      ...(refused.length > 0 && { refused }),
    },
  }
}

async function settleMerge(
  project: Project,
  draft: Draft,
  merged: Merged,
  policy: ConflictPolicy,
  recorded: (text?: string, state?: LockEntry['state']) => LockEntry,
): Promise<Settled> {
  const { before, entry, file } = draft
  if (merged.conflicts === 0 || policy === 'keep') {
    const text = merged.text()
    const same = sameBytes(before, text)
    return {
      action: same ? 'keep' : 'merge',
      reason: same ? 'your edits; nothing new' : 'your edits are kept',
      after: same ? before : text,
      entry: recorded(),
    }
  }
  const open = count(merged.conflicts, 'conflict')
  if (policy === 'later')
    return {
      action: 'conflict',
      reason: `${open} left open: your lines stand, the rest is merged`,
      after: merged.text(),
      entry: {
        ...recorded(merged.hybridBase(), 'pending'),
        pristine: [entry?.pristine?.[0] ?? (entry as LockEntry).sha256, hashOf(file?.rendered.text ?? '')],
      },
    }
  if (policy === 'markers')
    return {
      action: 'conflict',
      reason: `${open}, marked in the file`,
      after: await markedText(merged),
      entry: recorded(undefined, 'pending'),
    }
  return {
    action: 'conflict',
    reason: policy === 'sidecar' ? `${open}: compare in ${SIDECARS}` : open,
    after: before,
    entry: entry ?? null,
    ...(policy === 'sidecar' && { extra: await sidecars(project, draft, merged) }),
  }
}

/** A file beside the artefact's own says what it is itself. */
const BESIDE: Record<string, string> = { 'env-example': 'the variables, with samples' }
const aboutOf = ({ id, artefact }: Draft): string => BESIDE[id] ?? artefact?.title ?? ''

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`

/** `lock`: null where it stays as it is on disk. */
function stateFiles(project: Project, lock: string | null, answers: Answers): PlannedFile[] {
  const before = lock === null ? readTarget(project, LOCK_PATH) : null
  const state: PlannedFile =
    lock === null
      ? { id: 'state', path: LOCK_PATH, action: 'unchanged', reason: '', before, after: before }
      : plannedText(project, 'state', LOCK_PATH, lock)
  if (state.action === 'create') state.reason = 'commit it: later runs merge against it'
  return [
    plannedText(project, 'answers', ANSWERS_PATH, answersText(answers)),
    plannedText(project, 'answers-schema', SCHEMA_PATH, answersSchema()),
    state,
  ]
}

/** Entries count, not blobs: another zlib deflates otherwise. */
function sameFiles(a: Lock['files'], b: Lock['files']): boolean {
  const key = (files: Lock['files']) =>
    JSON.stringify(
      Object.keys(files)
        .sort()
        .map((id) => [id, { ...files[id], z: '' }]),
    )
  return key(a) === key(b)
}
