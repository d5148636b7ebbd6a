import type { ArtefactFile } from '../artefacts/types.ts'
import { plainText } from '../plan/targets.ts'
import type { Outcome } from '../plan/types.ts'
import type { Project } from '../project.ts'
import type { LockEntry } from '../state/lock.ts'
import { adviserFor } from './advice.ts'
import { ADOPTED_FROM, similarity } from './likeness.ts'
import { type Advised, refuse, take } from './taking.ts'

/** What was decided without a terminal, by rule. */
export interface Taking {
  take: readonly string[]
  refuse: readonly string[]
}

export interface Foreign {
  project: Project
  file: ArtefactFile
  entry: LockEntry | undefined
  before: Buffer
  /** Where the Dockerfile is. */
  dockerfile: string
  taking: Taking
}

/** A file that this tool did not write: near enough to ours to be merged from now on, or one that gets advice. */
export async function foreignOutcome(foreign: Foreign): Promise<Outcome> {
  const { project, file, entry, before, dockerfile, taking } = foreign
  const yours = plainText(before)
  if (similarity(file.kind, yours, file.rendered.text) >= ADOPTED_FROM) return { kind: 'adopt' }
  const again = adviserFor(file.kind, project, dockerfile)
  const known = entry?.refused ?? []
  let outcome: Advised = {
    kind: 'advise',
    advice: again(yours, known),
    text: before.toString('utf8'),
    refused: [...known],
    again,
  }
  for (const rule of taking.refuse) outcome = refuse(outcome, rule)
  // Each patch moves the lines of the next: what is left is asked for anew.
  for (let left = MAX_PATCHES; left > 0; left--) {
    const next = outcome.advice.find(({ rule, patch }) => patch && taking.take.includes(rule))
    if (!next) break
    outcome = take(outcome, next)
  }
  return outcome
}

const MAX_PATCHES = 100
