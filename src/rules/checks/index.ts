import type { ArtefactId } from '../../answers.ts'
import type { Rule, RuleId } from '../types.ts'
import { CI_CHECKS } from './ci.ts'
import { COMPOSE_CHECKS } from './compose.ts'
import { DOCKERFILE_CHECKS } from './dockerfile.ts'
import { DOCKERIGNORE_CHECKS } from './dockerignore.ts'
import { ENV_CHECKS } from './env.ts'
import { PACKAGE_CHECKS } from './packages.ts'
import { PYTHON_CHECKS } from './python.ts'
import { RUNTIME_CHECKS } from './runtime.ts'
import type { Check, Checks, Finding } from './types.ts'

/** What of the rules can be seen in a file, by rule id. Apart from their texts: to explain a rule takes no reader. */
export const CHECKS: readonly Check[] = [
  ...of('dockerfile', DOCKERFILE_CHECKS),
  ...of('dockerfile', PACKAGE_CHECKS),
  ...of('dockerfile', RUNTIME_CHECKS),
  ...of('dockerfile', PYTHON_CHECKS),
  ...of('dockerignore', DOCKERIGNORE_CHECKS),
  ...of('compose', COMPOSE_CHECKS),
  ...of('ci', CI_CHECKS),
  ...of('env', ENV_CHECKS),
].sort((a, b) => (a.rule < b.rule ? -1 : 1))

/** All findings in one file of an artefact, by line. */
export function findingsIn(artefact: Rule['artefact'], text: string): Finding[] {
  return CHECKS.filter((check) => check.artefact === artefact)
    .flatMap((check) => check.find(text))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
}

function of(artefact: ArtefactId, checks: Checks): Check[] {
  return (Object.entries(checks) as [RuleId, Checks[RuleId]][]).map(([rule, check]) => ({
    rule,
    artefact,
    find: (text) => check(text).map((problem) => ({ rule, ...problem })),
  }))
}
