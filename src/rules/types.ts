import type { ArtefactId } from '../answers.ts'

export interface Finding {
  rule: string
  message: string
  /** From 1. */
  line?: number
}

/** Files that a check looks at: by artefact, as text. */
export type FileTexts = Partial<Record<ArtefactId, string>>

/** One decision that the templates take: the same row serves comments, `explain`, checks and the docs. */
export interface Rule {
  id: `PD${number}`
  title: string
  why: string
  /** CIS, hadolint, build checks, the vendor's documentation. */
  refs: readonly string[]
  /** Where its lines stand. */
  artefact: ArtefactId | 'detection'
  /** What can be seen in the file itself; empty: as it should be. */
  check?: (text: string) => Finding[]
}
