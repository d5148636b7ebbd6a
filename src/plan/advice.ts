/** One small change that a hand-written file would gain by. */
export interface Advice {
  rule: string
  message: string
  /** First line that it is about, from 1. */
  line: number
  /** The lines from..to (from 0, to exclusive) replaced; null: there is no safe patch. */
  patch: Patch | null
}

export interface Patch {
  from: number
  to: number
  lines: string[]
}
