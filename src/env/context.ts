import type { Project } from '../project.ts'
import { exampleFile } from './examples.ts'
import { isOwnFile } from './own.ts'
import { type EnvReader, existingSchema } from './scan.ts'

/** What stands around the check: spread into the input of `nodeEnvFile` and `pythonEnvFile`, and into the model. */
export function envContext(
  project: Project,
  reader: EnvReader,
): { existing: string | null; taken: (path: string) => boolean; envExample: string | undefined } {
  return {
    existing: existingSchema(project, reader),
    // What an earlier run wrote is written again under the same name.
    taken: (path) => project.has(path) && !isOwnFile(project, path),
    envExample: exampleFile(project),
  }
}
