import type { ArtefactId } from '../../answers.ts'
import type { RuleId } from '../types.ts'

/** What is wrong, and where. */
export interface Problem {
  message: string
  /** From 1. */
  line?: number
}

export interface Finding extends Problem {
  rule: RuleId
}

/** By rule, what a file shows that should be otherwise. */
export type Checks = Readonly<Record<RuleId, (text: string) => Problem[]>>

export interface Check {
  rule: RuleId
  /** Whose text it reads. */
  artefact: ArtefactId
  find(text: string): Finding[]
}
