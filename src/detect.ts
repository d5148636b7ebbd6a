import { posix } from 'node:path'
import type { Answers } from './answers.ts'
import { sourceOf } from './answers.ts'
import { CliError, EXIT } from './errors.ts'
import { type Fact, fact, type Warning } from './facts.ts'
import { few } from './languages/common.ts'
import { LANGUAGES } from './languages/index.ts'
import type { Language } from './languages/types.ts'
import type { Project } from './project.ts'

export interface Detected {
  language: Language
  fact: Fact<string>
  warnings: Warning[]
}

export interface Candidate {
  language: Language
  weight: number
  source: string
  aside: string | undefined
}

/** Which language the app is in. Two that weigh alike are a question: without a terminal, one that a flag must answer. */
export async function detectLanguage(
  project: Project,
  answers: Answers,
): Promise<Detected | { candidates: Candidate[] }> {
  const candidates: Candidate[] = []
  for (const entry of LANGUAGES) {
    if (
      !entry.signs.some((name) => project.has(name)) &&
      !entry.endings.some((ending) => rootHas(project, ending))
    )
      continue
    const language = await entry.load()
    const evidence = await language.detect(project)
    if (evidence.length === 0) continue
    const strongest = [...evidence].sort((a, b) => b.weight - a.weight)[0]
    candidates.push({
      language,
      weight: evidence.reduce((sum, sign) => sum + sign.weight, 0),
      source: strongest?.source ?? entry.id,
      aside: evidence.find(({ aside }) => aside)?.aside,
    })
  }
  candidates.sort((a, b) => b.weight - a.weight)
  if (answers.language !== undefined) {
    const entry = LANGUAGES.find((candidate) => candidate.id === answers.language)
    if (!entry)
      throw new CliError(`There is no language "${answers.language}".`, {
        code: EXIT.usage,
        hint: `Known: ${LANGUAGES.map((candidate) => candidate.id).join(', ')}.`,
      })
    return { language: await entry.load(), fact: fact(entry.id, sourceOf(answers, 'language')), warnings: [] }
  }
  const [first, second] = candidates
  if (!first) throw nothingHere(project)
  if (second && first.weight - second.weight < 3) return { candidates }
  const warnings: Warning[] = second
    ? [
        {
          rule: 'PD091',
          message: `Also found: ${second.language.title} (${second.source}). If that is the app, pass --language ${second.language.id}.${second.aside ? ` ${second.aside}` : ''}`,
        },
      ]
    : []
  return { language: first.language, fact: fact(first.language.id, first.source), warnings }
}

function rootHas(project: Project, ending: string): boolean {
  return project.files().some((path) => !path.includes('/') && path.endsWith(ending))
}

function nothingHere(project: Project): CliError {
  const empty = project.files().every((path) => path.startsWith('.git'))
  const below = foldersWithSigns(project)
  return new CliError(
    empty
      ? 'This folder is empty.'
      : 'No app was found in this folder: there is no package.json, pyproject.toml or requirements.txt.',
    {
      code: EXIT.usage,
      hint: empty
        ? 'Run this in the folder of your app, or pass it: create-prod-docker path/to/app'
        : below.length > 0
          ? `Run this in the folder of your app: ${few(below)}.`
          : 'Run this in the folder of your app, or say what it is: --language node or --language python.',
    },
  )
}

/** Where a manifest lies below: the shallow folders first. */
function foldersWithSigns(project: Project): string[] {
  const signs = new Set(LANGUAGES.flatMap((entry) => entry.signs))
  const folders = project
    .files()
    .flatMap((path) => (signs.has(posix.basename(path)) && path.includes('/') ? [posix.dirname(path)] : []))
  const depth = (folder: string) => folder.split('/').length
  return [...new Set(folders)].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
}
