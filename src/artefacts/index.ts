import type { ArtefactId } from '../answers.ts'
import { ciArtefact } from './ci.ts'
import { composeArtefact } from './compose.ts'
import { dockerfileArtefact } from './dockerfile.ts'
import { dockerignoreArtefact } from './dockerignore.ts'
import { docsArtefact } from './docs.ts'
import { envArtefact } from './env.ts'
import type { Artefact, ArtefactFile, ArtefactInput } from './types.ts'

/** Every kind of file that is written, in the order in which they are told. */
export const ARTEFACTS: readonly Artefact[] = [
  dockerfileArtefact,
  dockerignoreArtefact,
  composeArtefact,
  ciArtefact,
  envArtefact,
  docsArtefact,
]

/** Parts that are a file's own: while ours has them, the merge knows that people took them out, and leaves them out. */
const OWN: Partial<Record<ArtefactId, readonly string[]>> = {
  dockerfile: ['dev', 'test', 'migrate', 'compose test'],
  compose: ['compose test'],
}

/** The files of an artefact. They name nothing that people's files don't have. */
export function renderArtefact(artefact: Artefact, input: ArtefactInput): ArtefactFile[] {
  const { app, services, lacks = [] } = input
  const lacking = lacks.filter((part) => !OWN[artefact.id]?.includes(part))
  const cannotTest = lacking.includes('test') || (services.length > 0 && lacking.includes('compose test'))
  return artefact.render({
    ...input,
    app: {
      ...app,
      test: cannotTest ? null : app.test,
      migration: lacking.includes('migrate') ? null : app.migration,
    },
  })
}
