import type { Chunk, FileKind, Finding, Gate } from './types.ts'

/** Raw texts: `yours` as on disk (BOM, CRLF, no final newline are fine); base and template are ours, with LF. */
export interface MergeInput {
  kind: FileKind
  path: string
  base: string
  yours: string
  template: string
}

/** A pin (tag, digest, action, version) where the user's value stays though ours is another: told, not a conflict. */
export interface PinChoice {
  /** "node image", "actions/checkout action", "PNPM_VERSION". */
  what: string
  /** In the merged text, from 0. */
  line: number
  yours: string
  template: string
  base: string
  kept: 'yours' | 'template'
  /** The first numbers of yours and template differ. */
  major: boolean
}

/** What guards a kind of file, and what may settle a conflict of text without a person. */
export interface Guards {
  gates?: readonly Gate[]
  rescue?: (
    base: string,
    yours: string,
    template: string,
  ) => { text: string; changed: { path: string; line: number }[] } | null
  union?: (base: string[], yours: string[], template: string[]) => string[] | null
}

/** What a person says to a conflict: keep mine, take the template's, or these lines. */
export type Choice = 'yours' | 'template' | string[]

export interface Merged {
  chunks: Chunk[]
  pins: PinChoice[]
  /** Conflict chunks that nobody has decided. */
  conflicts: number
  /** What the gates say of the text after a person's choices, where nothing is left to take back. Empty after mergeTexts. */
  findings: Finding[]
  /** The file as it would be written; an undecided conflict has the lines of `side` ('yours'). */
  text(side?: 'yours' | 'template'): string
  /** What to remember as base: the template's lines, but the old base in undecided conflicts. */
  hybridBase(): string
  /** The merge after a person's choices, by index of the chunk; the gates run again and may open others. Indices stay. */
  choose(choices: Iterable<readonly [chunk: number, choice: Choice]>): Merged
}

export declare function mergeTexts(input: MergeInput, guards?: Guards): Merged
