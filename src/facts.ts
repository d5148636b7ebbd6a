import type { Migration, ServiceId, Workspace } from './model.ts'

/**
 * `certain`: stated in a manifest or a flag. `likely`: read from code. `default`: what this framework does when nothing
 * says otherwise. `guess`: nothing said it; always paired with a warning or a question.
 */
export type Confidence = 'certain' | 'likely' | 'default' | 'guess'

export interface Fact<T> {
  value: T
  /** Where it was read: `package.json#engines.node`, `src/server.ts:12`, `--port`, `default for Next.js`. */
  source: string
  confidence: Confidence
}

export interface FactValues {
  language: string
  framework: string
  packageManager: string
  packageManagerVersion: string
  runtimeVersion: string
  module: string
  build: string
  start: string
  port: number
  basePath: string
  healthPath: string
  services: ServiceId[]
  envVars: string[]
  publicVars: string[]
  migrations: Migration['tool']
  nativePackages: string[]
  workspace: Workspace
  output: string
  signals: string
  base: string
  buildSecrets: string[]
  test: string
  alsoFound: string[]
}

export type FactKey = keyof FactValues
export type FactEntry = { [K in FactKey]: { key: K } & Fact<FactValues[K]> }[FactKey]

/** What is known of the project, each fact with its source, in the order in which it was found. */
export class Facts {
  readonly #facts = new Map<FactKey, Fact<unknown>>()

  set<K extends FactKey>(key: K, fact: Fact<FactValues[K]> | undefined): void {
    if (fact) this.#facts.set(key, fact)
  }
  get<K extends FactKey>(key: K): Fact<FactValues[K]> | undefined {
    return this.#facts.get(key) as Fact<FactValues[K]> | undefined
  }
  value<K extends FactKey>(key: K): FactValues[K] | undefined {
    return this.get(key)?.value
  }
  entries(): FactEntry[] {
    return [...this.#facts].map(([key, fact]) => ({ key, ...fact })) as FactEntry[]
  }
}

export function fact<T>(value: T, source: string, confidence: Confidence = 'certain'): Fact<T> {
  return { value, source, confidence }
}

export interface Warning {
  /** A rule id (`PD012`): every warning belongs to a rule that `explain` can tell more of. */
  rule: string
  message: string
  file?: string
  line?: number
}

/** The file of a source, without its line: what is written must not change with every edit above that line. */
export function withoutLine(source: string): string {
  return source.replace(/:\d+$/, '')
}
