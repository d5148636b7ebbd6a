import { ciArtefact } from './ci.ts'
import { composeArtefact } from './compose.ts'
import { dockerfileArtefact } from './dockerfile.ts'
import { dockerignoreArtefact } from './dockerignore.ts'
import { docsArtefact } from './docs.ts'
import { envArtefact } from './env.ts'
import type { Artefact } from './types.ts'

/** Every kind of file that is written, in the order in which they are told. */
export const ARTEFACTS: readonly Artefact[] = [
  dockerfileArtefact,
  dockerignoreArtefact,
  composeArtefact,
  ciArtefact,
  envArtefact,
  docsArtefact,
]
