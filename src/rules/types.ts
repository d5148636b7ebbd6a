import type { ArtefactId } from '../answers.ts'

export type RuleId = `PD${number}`

/** One decision that the templates take: the same row serves comments, `explain` and the docs. What a file shows of it is seen by `checks/`. */
export interface Rule {
  id: RuleId
  title: string
  why: string
  /** CIS, hadolint, build checks, the vendor's documentation. */
  refs: readonly string[]
  /** Where its lines stand. */
  artefact: ArtefactId | 'detection'
}
