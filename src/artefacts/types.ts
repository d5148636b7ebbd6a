import type { Answers, ArtefactId } from '../answers.ts'
import type { FactKey, Facts } from '../facts.ts'
import type { FileKind } from '../merge/types.ts'
import type { AppModel } from '../model.ts'
import type { Rendered } from '../render.ts'
import type { ServiceUse } from '../services/types.ts'

/** All that a file may depend on: the same input gives the same bytes, on any machine, at any time. */
export interface ArtefactInput {
  app: AppModel
  services: readonly ServiceUse[]
  answers: Answers
  facts: Facts
  /** The artefacts of this run, to name each other only where they are. */
  files: readonly ArtefactId[]
  /** Files that are elsewhere than where we put them, by id: people rename, and what names them follows. */
  paths: Readonly<Record<string, string>>
  /**
   * What people's files don't have of ours: `dev`, `test`, `migrate` of the Dockerfile; `compose`, or of its services
   * `compose test`, `compose migrate`, one that is built (`compose app`), one that is watched (`compose watch`), all of ours told (`compose variables`);
   * a workflow of ours (`ci`).
   */
  lacks?: readonly string[]
  /** What the project is called by now, where the files keep the name that they were written with. */
  named?: string
  /** When the workflow runs by itself, once that is written. */
  cron?: string
}

export interface ArtefactFile {
  /** The logical id: the artefact's own, or one beside it (`env-example`). */
  id: string
  path: string
  /** What it is to the merge. */
  kind: FileKind
  /** Where it rests on other facts than its artefact. */
  facts?: readonly FactKey[]
  rendered: Rendered
}

/** One kind of file that is written: an object literal in the registry. */
export interface Artefact {
  id: ArtefactId
  /** What it is for, in a few words: shown where it is created. */
  title: string
  /** Written only where these are ours too: a compose file names targets of our Dockerfile. */
  needs: readonly ArtefactId[]
  /** Files of a group fit each other: one is not brought up to date without the others. */
  group: 'image' | 'compose' | 'ci' | 'docs'
  /** What it is written from: `explain` shows these. */
  facts: readonly FactKey[]
  /** Empty: this project does not need it. */
  render(input: ArtefactInput): ArtefactFile[]
}
