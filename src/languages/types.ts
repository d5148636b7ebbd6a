import type { Answers } from '../answers.ts'
import type { Facts, Warning } from '../facts.ts'
import type { AppModel, ServiceId, Variable } from '../model.ts'
import type { Project } from '../project.ts'
import type { Ecosystem } from '../services/types.ts'

/** A sign that a project is of a language. Weights add up; the highest sum wins, and a close second is reported. */
export interface Evidence {
  source: string
  /** 3: an app of this language for sure (a server framework). 2: its manifest. 1: its files. */
  weight: number
  /** What a person should know where another language is the app. */
  aside?: string
}

export interface Inspection {
  facts: Facts
  warnings: Warning[]
  /** Names as in the registry, production dependencies only: services are found by them. */
  dependencies: Map<string, string>
  variables: Variable[]
  /** Whether this is an app at all; a library is refused with this sentence. */
  notAnApp?: { message: string; hint: string }
  /** The facts and all that the language keeps to itself, made into what the artefacts read. */
  model(choices: ModelChoices): AppModel
}

export interface ModelChoices {
  services: ServiceId[]
  answers: Answers
}

/** One language: an object literal in the registry. */
export interface Language {
  id: string
  title: string
  /** Where its packages come from: services are found by their names there. */
  ecosystem: Ecosystem
  /** Is this project of this language? An empty list: no. */
  detect(project: Project): Evidence[] | Promise<Evidence[]>
  /** Reads everything. An answer overrules detection, and the fact's source then says so (see `chosen`). */
  inspect(project: Project, answers: Answers): Promise<Inspection>
  frameworks: readonly { id: string; title: string }[]
  packageManagers: readonly string[]
  envLibraries: readonly string[]
}
