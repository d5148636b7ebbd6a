import { rescueDockerfile } from './dockerfile-rescue.ts'
import { DOCKERFILE_GATES } from './gates/dockerfile.ts'
import { DOCKERIGNORE_GATES, unionIgnore } from './gates/dockerignore.ts'
import { TEXT_GATES } from './gates/text.ts'
import { COMPOSE_GATES, WORKFLOW_GATES, YAML_GATES } from './gates/yaml.ts'
import type { Guards } from './merge.ts'
import type { FileKind } from './types.ts'
import { rescueYaml } from './yaml-rescue.ts'

/** What guards each kind of file, and what may settle a conflict of its text without a person. */
export const GUARDS: Readonly<Record<FileKind, Guards>> = {
  dockerfile: { gates: DOCKERFILE_GATES, rescue: rescueDockerfile },
  compose: { gates: COMPOSE_GATES, rescue: rescueYaml },
  workflow: { gates: WORKFLOW_GATES, rescue: rescueYaml },
  yaml: { gates: YAML_GATES, rescue: rescueYaml },
  dockerignore: { gates: DOCKERIGNORE_GATES, union: unionIgnore },
  text: { gates: TEXT_GATES },
}
