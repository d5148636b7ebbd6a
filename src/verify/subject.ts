import type { Answers } from '../answers.ts'
import { FOUND_BY_COMPOSE } from '../artefacts/paths.ts'
import { CliError, EXIT } from '../errors.ts'
import { lookAt } from '../look.ts'
import type { AppModel } from '../model.ts'
import type { Project } from '../project.ts'

/** What is put to the proof: the files as they stand on disk, and what is known of the app. */
export interface Subject {
  app: AppModel
  dockerfile: string
  compose: string | null
}

/** Nothing is rendered anew: a person's edits are what is to be proven. */
export async function readSubject(project: Project, answers: Answers, version: string): Promise<Subject> {
  const { report, around } = await lookAt(project, answers, version)
  const { dockerfile = 'Dockerfile', compose } = around.paths
  if (!project.has(dockerfile))
    throw new CliError(`There is no ${dockerfile} here to verify.`, {
      code: EXIT.usage,
      hint: 'Run create-prod-docker first: it writes one.',
    })
  const files = [...(compose ? [compose] : []), ...FOUND_BY_COMPOSE]
  return { app: report.app, dockerfile, compose: files.find((path) => project.has(path)) ?? null }
}
