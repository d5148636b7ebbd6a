import type { Artefact, ArtefactFile } from '../artefacts/types.ts'
import type { Merged } from '../merge/merge.ts'
import type { LockEntry } from '../state/lock.ts'
import type { Advice } from './advice.ts'

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

/** What the table of upgrade decisions says of one file. B: the base in the lock, U: the file on disk, N: our new text. */
export type Outcome =
  /** - - N */
  | { kind: 'create' }
  /** U is N already. */
  | { kind: 'same' }
  /** U is B: nobody edited it. The text keeps the line endings of the disk. */
  | { kind: 'replace'; text: string }
  /** B is N: only people changed it. */
  | { kind: 'edited' }
  /** All three differ. */
  | { kind: 'merge'; merged: Merged }
  /** B - N: a person took it away. */
  | { kind: 'stays-deleted' }
  /** B B -: unedited, and no longer ours to write. */
  | { kind: 'delete' }
  /** B U -: edited, and no longer ours to write. */
  | { kind: 'let-go' }
  /** B - -, or let go of before. */
  | { kind: 'forget' | 'silent' }
  /** - U N, near enough to ours: later changes of ours are merged in. */
  | { kind: 'adopt' }
  /** - U N, too far from ours. */
  | {
      kind: 'advise'
      advice: Advice[]
      /** The file with what was taken of it. */
      text: string
      /** Rules that were refused for good. */
      refused: string[]
      again: (text: string, refused: readonly string[]) => Advice[]
    }
  /** Nothing can be said or done before a person did something. */
  | { kind: 'skip'; reason: string }

/** One file before anything open is settled. */
export interface Draft {
  id: string
  path: string
  /** Where it was before a person renamed it, when that was just seen. */
  renamedFrom?: string
  artefact: Artefact | undefined
  /** Null: we no longer write it. */
  file: ArtefactFile | null
  entry: LockEntry | undefined
  before: Buffer | null
  outcome: Outcome
  causes: Cause[]
}

/** Why a stretch of our new text is another than last time. */
export interface Cause {
  from: 'template' | 'project'
  rules: string[]
  /** First line in our new text, from 1. */
  line: number
}

export interface OpenConflict {
  line: number
  base: string
  yours: string
  template: string
  rule: string | null
  /** Whether the templates or the project brought the new lines. */
  from?: Cause['from']
  why?: string
}

export interface PlannedFile {
  id: string
  path: string
  action: Action
  /** Why, in a few words for the report. */
  reason: string
  /** What is on disk now; null: nothing. */
  before: Buffer | null
  /** What will be there after; `before` where nothing changes, null where it goes or stays away. */
  after: string | Buffer | null
  causes?: Cause[]
  conflicts?: OpenConflict[]
  advice?: Advice[]
}

export interface Plan {
  mode: 'create' | 'upgrade'
  files: PlannedFile[]
  /** Something for people to decide: exit code 3. */
  pending: boolean
  /** Something would be written. */
  changes: boolean
  /** Open conflicts hold back the whole run: nothing is written. */
  held: boolean
  notes: { rule: string; message: string; file: string; line?: number }[]
}

export const CONFLICT_POLICIES = ['abort', 'partial', 'sidecar', 'markers', 'keep'] as const
/** `later` is what a person at a terminal says: clean places are written, open ones stay as they are and come back. */
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number] | 'later'
