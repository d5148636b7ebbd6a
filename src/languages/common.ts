import { type Facts, fact, type Warning } from '../facts.ts'
import type { Variable } from '../model.ts'
import type { Project } from '../project.ts'

/** What every language says in the same words. */
export const NO_HEALTH_ROUTE: Warning = {
  rule: 'PD093',
  message:
    'The code has no health route: the check takes any answer below 500 of / for life. Add one (/healthz), or name it with --health-path.',
}
export const READ_IN_PART: Warning = {
  rule: 'PD090',
  message:
    'This is a large tree: its source folders were read, the rest in part. Check port, health path and variables below.',
}

export function setBuildSecrets(
  facts: Facts,
  { secrets, source }: { secrets: readonly { id: string }[]; source: string },
): void {
  if (secrets.length > 0)
    facts.set(
      'buildSecrets',
      fact(
        secrets.map(({ id }) => id),
        source,
      ),
    )
}

export const namesOf = (variables: readonly Variable[]): string[] => variables.map(({ name }) => name)

export function setVariables(facts: Facts, variables: readonly Variable[]): void {
  if (variables.length === 0) return
  const sources = variables.flatMap((variable) => variable.sources)
  const files = [...new Set(sources.map((source) => source.split(':')[0] as string))]
  const more = files.length > 3 ? ` and ${files.length - 3} more` : ''
  facts.set('envVars', fact(namesOf(variables), files.slice(0, 3).join(', ') + more, 'likely'))
}

/** The lines of a Procfile: a process, and what runs it. */
export function procfile(project: Project): { name: string; line: string; source: string }[] {
  return (project.text('Procfile') ?? '').split('\n').flatMap((text, index) => {
    const match = /^([A-Za-z][\w-]*)\s*:\s*(.+)$/.exec(text.trim())
    return match
      ? [{ name: match[1] as string, line: (match[2] as string).trim(), source: `Procfile:${index + 1}` }]
      : []
  })
}
