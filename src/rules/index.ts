import { CI_RULES } from './ci.ts'
import { COMPOSE_RULES } from './compose.ts'
import { DETECTION_RULES } from './detection.ts'
import { DOCKERFILE_RULES } from './dockerfile.ts'
import { DOCKERIGNORE_RULES } from './dockerignore.ts'
import { ENV_RULES } from './env.ts'
import { PACKAGE_RULES } from './packages.ts'
import { PYTHON_RULES } from './python.ts'
import { RUNTIME_RULES } from './runtime.ts'
import type { Rule } from './types.ts'

/** Every decision that the templates take and every warning that a run gives, by id. Loaded when somebody asks. */
export const RULES: readonly Rule[] = [
  ...DOCKERFILE_RULES,
  ...PACKAGE_RULES,
  ...RUNTIME_RULES,
  ...DOCKERIGNORE_RULES,
  ...COMPOSE_RULES,
  ...PYTHON_RULES,
  ...CI_RULES,
  ...ENV_RULES,
  ...DETECTION_RULES,
].sort((a, b) => (a.id < b.id ? -1 : 1))

export function ruleById(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id)
}
