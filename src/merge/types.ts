/** What a file is to the merge: which gates guard it. */
export type FileKind = 'dockerfile' | 'compose' | 'workflow' | 'yaml' | 'dockerignore' | 'text'

/** A stretch of the three texts. `same`: nobody changed it; `yours`/`template`: one side did; `both`: both did alike. */
export interface Chunk {
  kind: 'same' | 'yours' | 'template' | 'both' | 'conflict'
  /** Lines without their endings. Base, the user's file, our new rendering. */
  base: string[]
  yours: string[]
  template: string[]
  /** First line of each side in its own file, from 0. */
  at: { base: number; yours: number; template: number }
  /** Why a stretch that merges as text is a decision all the same: the sentence of a gate. */
  why?: string
  /** Set by a person's choice or by the YAML rescue: the lines that stand instead of any side's. */
  chosen?: string[]
}

export interface GateInput {
  kind: FileKind
  path: string
  /** Whole texts, `\n` endings, no BOM. `merged` has yours in every conflict chunk. */
  base: string
  yours: string
  template: string
  merged: string
}
/** What is wrong with a merged text that is not wrong with either side. Lines (from 0) of `merged` where it shows; none: all. */
export interface Finding {
  gate: 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6'
  message: string
  lines?: number[]
}
export type Gate = (input: GateInput) => Finding[]
