import { buildWords, commandLine, upWords } from '../artefacts/commands.ts'
import { ownValues, samplePath } from '../artefacts/compose-environment.ts'
import { oneLine } from '../escape.ts'
import type { Report } from '../inspect.ts'
import type { Plan } from '../plan/types.ts'
import type { Project } from '../project.ts'
import { shellQuote } from '../shell.ts'

/** What to type after this run: each of them works as it stands, on the files as the run leaves them. */
export function nextCommands(
  { input }: Pick<Report, 'input'>,
  { files, held }: Plan,
  project: Project,
  directory: string,
): string[] {
  const rows = (id: string) => files.filter((file) => file.id === id)
  // What a decision is open on is no whole to build: it may have markers in it.
  const isOpen = (id: string) => rows(id).some(({ action }) => action === 'conflict')
  const stands = (id: string) =>
    rows(id).some(({ action, after }) => after !== null && action !== 'skip' && action !== 'delete') &&
    !isOpen(id)
  const isThere = rows('dockerfile').length === 0 && project.has(input.paths['dockerfile'] ?? 'Dockerfile')
  const builds = (isThere || stands('dockerfile')) && !isOpen('dockerignore')
  const starts = stands('compose') && (builds || input.lacks?.includes('compose app'))
  const commands = [
    ...(starts ? [commandLine(upWords(input))] : []),
    ...(builds ? [commandLine(buildWords(input).flat())] : []),
  ]
  if (held || commands.length === 0) return []
  return directory === '.' ? commands : [`cd ${shellQuote(directory)}`, ...commands]
}

/** What `.env` has to say before these work. */
export function toFillIn(
  { input }: Pick<Report, 'input'>,
  next: readonly string[],
  project: Project,
): string {
  const names = ownValues(input).map(({ name }) => oneLine(name))
  if (names.length === 0 || next.length === 0 || !input.files.includes('compose') || project.has('.env'))
    return ''
  const sample = samplePath(input)
  return `Fill in .env${sample ? ` (start from ${oneLine(sample)})` : ''}: ${names.join(', ')}`
}
