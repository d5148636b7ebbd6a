import type { Fact } from './facts.ts'
import { fact } from './facts.ts'

export const ARTEFACT_IDS = ['dockerfile', 'dockerignore', 'compose', 'ci', 'env', 'docs'] as const
/** Files by id: an artefact's own, and those beside one. An id of the lock that is not here is not ours to touch. */
export const FILE_IDS: readonly string[] = [...ARTEFACT_IDS, 'env-example']
export type ArtefactId = (typeof ARTEFACT_IDS)[number]

/** What a person (or a flag, or the saved file) said. A key that is absent was not answered: detection decides. */
export interface Answers {
  app?: string
  language?: string
  framework?: string
  packageManager?: string
  runtimeVersion?: string
  port?: number
  healthPath?: string
  build?: string
  start?: string
  base?: 'slim' | 'distroless'
  /** Backing services; an empty list means none. */
  services?: string[]
  /** Artefacts by id. */
  files?: ArtefactId[]
  ci?: 'github' | 'none'
  scanner?: 'trivy' | 'grype'
  envLib?: string
}

export type AnswerKey = keyof Answers

/** What files that people wrote by hand say of the app: no answer, and better than a default. */
export type Hints = { [K in AnswerKey]?: Fact<NonNullable<Answers[K]>> }

const sources = new WeakMap<Answers, Partial<Record<AnswerKey, string>>>()
const hinted = new WeakMap<Answers, Hints>()

/** Joins answers, later ones over earlier ones, and remembers where each came from. */
export function joinAnswers(
  parts: { answers: Answers; source: (key: AnswerKey) => string }[],
  hints: Hints = {},
): Answers {
  const joined: Answers = {}
  const from: Partial<Record<AnswerKey, string>> = {}
  for (const part of parts) {
    for (const [key, value] of Object.entries(part.answers) as [AnswerKey, never][]) {
      if (value === undefined) continue
      joined[key] = value
      from[key] = part.source(key)
    }
  }
  sources.set(joined, from)
  hinted.set(joined, hints)
  return joined
}

export function sourceOf(answers: Answers, key: AnswerKey): string {
  return sources.get(answers)?.[key] ?? 'your answer'
}

export function hintOf<K extends AnswerKey>(answers: Answers, key: K): Hints[K] | undefined {
  return hinted.get(answers)?.[key]
}

/** The answer as a fact where there is one, else what `detect` finds; a hint goes before what is only usual. */
export function chosen<K extends AnswerKey, T>(
  answers: Answers,
  key: K,
  detect: () => Fact<T> | undefined,
): Fact<T> | undefined {
  const answer = answers[key]
  if (answer !== undefined) return fact(answer as unknown as T, sourceOf(answers, key))
  const found = detect()
  if (found && found.confidence !== 'default' && found.confidence !== 'guess') return found
  const hint = hintOf(answers, key) as Fact<T> | undefined
  // That says nothing new: our own text, read back, must give the same again.
  return hint && String(hint.value) !== String(found?.value) ? hint : found
}
