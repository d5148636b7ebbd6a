import { type Answers, ARTEFACT_IDS, type ArtefactId, chosen, hintOf } from './answers.ts'
import { tellsApp } from './artefacts/compose-environment.ts'
import { ARTEFACTS, renderArtefact } from './artefacts/index.ts'
import type { Artefact, ArtefactFile, ArtefactInput } from './artefacts/types.ts'
import { type Candidate, detectLanguage } from './detect.ts'
import { CliError, EXIT } from './errors.ts'
import { type Facts, fact, type Warning } from './facts.ts'
import type { Inspection, Language } from './languages/types.ts'
import type { AppModel, ServiceId } from './model.ts'
import type { Project } from './project.ts'
import { findServices } from './services/find.ts'
import { serviceWarnings, wireServices } from './services/wire.ts'

/** All that a run knows before it writes: facts, warnings, and the texts of the files. */
export interface Report {
  language: Language
  facts: Facts
  warnings: Warning[]
  app: AppModel
  artefacts: { artefact: Artefact; files: ArtefactFile[] }[]
  input: ArtefactInput
}

export type Inspected =
  | { report: Report }
  | { candidates: Candidate[] }
  | { notAnApp: NonNullable<Inspection['notAnApp']>; facts: Facts }

/** What the files that are there mean for those of this run (see adopt/around.ts). */
export interface Surroundings {
  paths?: ArtefactInput['paths']
  lacks?: readonly string[]
  written?: { name?: string; cron?: string }
}

/** From a project and answers to the texts: pure but for reading, and the same for every way of calling. */
export async function inspectProject(
  project: Project,
  answers: Answers,
  { paths = {}, lacks = [], written: { name, cron } = {} }: Surroundings = {},
): Promise<Inspected> {
  const detected = await detectLanguage(project, answers)
  if ('candidates' in detected) return detected
  const { language } = detected
  checkAnswers(language, answers)
  const inspection = await language.inspect(project, answers)
  const { facts } = inspection
  if (inspection.notAnApp) return { notAnApp: inspection.notAnApp, facts }
  facts.set('language', detected.fact)
  const left: Warning[] = []
  const services = servicesOf(project, language, inspection, answers, left)
  facts.set('services', services)
  const found = inspection.model({ services: services?.value ?? [], answers })
  const app = { ...found, name: name ?? found.name }
  const wanted = wantedFiles(answers)
  const files = wanted.filter((id) => !lacks.includes(id))
  const uses = wireServices(services?.value ?? [], {
    variables: inspection.variables,
    appName: app.name,
    ecosystem: language.ecosystem,
    dependencies: inspection.dependencies,
  })
  const input: ArtefactInput = {
    ...{ app, services: uses, answers, facts, files, paths, lacks },
    ...(app.name !== found.name && { named: found.name }),
    ...(cron && { cron }),
  }
  const warnings = dedupe([
    ...detected.warnings,
    ...inspection.warnings,
    ...contradictions(answers, facts),
    ...left,
    ...serviceWarnings(uses, tellsApp(input) ? (paths['compose'] ?? 'compose.yaml') : undefined),
  ])
  const artefacts = ARTEFACTS.filter((artefact) => wanted.includes(artefact.id)).map((artefact) => ({
    artefact,
    files: renderArtefact(artefact, input),
  }))
  return { report: { language, facts, warnings, app, artefacts, input } }
}

/** Without a terminal an open question ends the run, and names the flag that answers it. */
export function settled(inspected: Inspected): Report {
  if ('report' in inspected) return inspected.report
  if ('candidates' in inspected) {
    const list = inspected.candidates
      .map(({ language, source }) => `${language.title} (${source})`)
      .join(' and ')
    throw new CliError(`This folder holds ${list}: which one is the app?`, {
      code: EXIT.usage,
      hint: `Pass ${inspected.candidates.map(({ language }) => `--language ${language.id}`).join(' or ')}.`,
    })
  }
  throw new CliError(inspected.notAnApp.message, { code: EXIT.usage, hint: inspected.notAnApp.hint })
}

function servicesOf(
  project: Project,
  language: Language,
  inspection: Inspection,
  answers: Answers,
  warnings: Warning[],
): ReturnType<typeof findServices>['services'] | undefined {
  return chosen(answers, 'services', () => {
    const found = findServices({
      ecosystem: language.ecosystem,
      dependencies: inspection.dependencies,
      project,
      variables: inspection.variables,
    })
    const all = [...found.services.value, ...found.left.map(({ row }) => row.id)].join(',')
    const leave = (isOff: boolean, why: string) => {
      const left = found.left.filter(({ off }) => (off !== undefined) === isOff)
      const names = left.map(({ row, source }) => `${row.title} (${source})`).join(', ')
      if (names)
        warnings.push({ rule: 'PD098', message: `Left out: ${names}. ${why}, pass --services ${all}.` })
    }
    leave(
      false,
      'There is a driver, and no variable of the app says where it is, beside another database. If it needs all of them',
    )
    leave(true, 'The app runs without, where nobody switches it on. To develop with all of them')
    return found.services.value.length > 0
      ? found.services
      : fact<ServiceId[]>([], 'no client of a service in the dependencies', 'default')
  })
}

/** Where a file that a person wrote says otherwise than what was taken: one of the two is old. */
function contradictions(answers: Answers, facts: Facts): Warning[] {
  return (['runtimeVersion', 'port', 'services'] as const).flatMap((key): Warning[] => {
    const [hint, found] = [hintOf(answers, key), facts.get(key)]
    if (!hint || !found || answers[key] !== undefined) return []
    const text = (value: unknown) => (Array.isArray(value) ? value.join(', ') : String(value))
    const more = [hint.value].flat().filter((one) => ![found.value].flat().includes(one as never))
    if (more.length === 0) return []
    const [file = '', line] = hint.source.split(':')
    return [
      {
        rule: 'PD099',
        message: `${hint.source} has ${WORDS[key]} ${text(more)}, and ${text(found.value) || 'none'} was taken (${found.source}). ${key === 'runtimeVersion' ? 'Make them one.' : `If it is right, pass --${key} ${text(hint.value).replaceAll(', ', ',')}.`}`,
        file,
        line: Number(line),
      },
    ]
  })
}

const WORDS = { runtimeVersion: 'the runtime', port: 'the port', services: 'the service' }

export function wantedFiles(answers: Answers): ArtefactId[] {
  const wanted = answers.files ?? [...ARTEFACT_IDS]
  return wanted.filter((id) => id !== 'ci' || answers.ci !== 'none')
}

function checkAnswers(language: Language, answers: Answers): void {
  if (answers.packageManager !== undefined && !language.packageManagers.includes(answers.packageManager)) {
    throw new CliError(`${language.title} has no package manager "${answers.packageManager}".`, {
      code: EXIT.usage,
      hint: `Known: ${language.packageManagers.join(', ')}.`,
    })
  }
  if (answers.envLib !== undefined && !language.envLibraries.includes(answers.envLib)) {
    throw new CliError(`--env-lib ${answers.envLib} is not known for ${language.title}.`, {
      code: EXIT.usage,
      hint: `Known: ${language.envLibraries.join(', ')}.`,
    })
  }
}

function dedupe(warnings: Warning[]): Warning[] {
  const seen = new Set<string>()
  return warnings.filter((warning) => !seen.has(warning.message) && seen.add(warning.message))
}
