import type { AppModel } from '../../model.ts'
import type { Failed } from './output.ts'

export type Phase = 'build' | 'boot' | 'compose'

export interface FailureContext {
  phase: Phase
  /** An `AppModel` fits. */
  app: Pick<AppModel, 'language'> & Partial<Pick<AppModel, 'migration' | 'buildSecrets'>>
}

/** What a row's patterns saw, for values that need more than one line. */
export interface Seen {
  failed: Failed
  lines: readonly string[]
  context: FailureContext
}

export type Values = Readonly<Record<string, string>>

/** One known cause. Texts are templates: `{name}` is a named group of `line`, or one of `values`. */
export interface Row {
  id: string
  /** Absent: all. */
  phases?: readonly Phase[]
  /** Tried on each line, from the last one up. */
  line: RegExp
  /** Some line must match this too. */
  also?: RegExp
  /** Says what happened, not why: any row that says why goes before it. */
  general?: true
  /** More than the groups of the line; null: this is not the row. */
  values?: (found: Values, seen: Seen) => Values | null
  title: string
  fix: string
  /** The flag of the main command that mends it, and its value. */
  flag?: readonly [name: string, value: string]
}

export const unique = (words: Iterable<string>) => [...new Set(words)]

/** Every value that a group takes over the lines: all names that are missing, not the last one alone. */
export function collect(lines: readonly string[], pattern: RegExp, group = 1): string[] {
  return unique(
    lines.flatMap((line) => {
      const value = pattern.exec(line)?.[group]
      return value ? [value] : []
    }),
  )
}

/** `A, B and C`. */
export function listed(words: readonly string[], limit = 5): string {
  const shown = words.length > limit ? [...words.slice(0, limit), `${words.length - limit} more`] : words
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** Where in the Dockerfile a line goes that the failing step needs. */
export function whereToInstall({ failed, context }: Seen): string {
  if (context.phase !== 'build') return 'In the last stage of the Dockerfile'
  const named = failed.stage && !/^stage-\d+$/.test(failed.stage) ? failed.stage : null
  return `In ${named ? `stage "${named}"` : 'the stage'} of the Dockerfile, before the step that failed`
}

export const aptLine = (packages: readonly string[]) =>
  `RUN apt-get update && apt-get install -y --no-install-recommends ${[...packages].sort().join(' ')}`
