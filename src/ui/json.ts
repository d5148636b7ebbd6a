import type { Answers } from '../answers.ts'
import type { Report } from '../inspect.ts'
import type { Advice } from '../plan/advice.ts'
import type { Plan } from '../plan/types.ts'
import type { Project } from '../project.ts'

/** The document of `--json`, schema 1: keys may be added, never changed. */
export function jsonDocument(input: {
  report: Report
  plan: Plan
  project: Project
  version: string
  answers: Answers
  /** What changed in the project since the last write. */
  changed: string[]
  next: string[]
  exit: number
}): Record<string, unknown> {
  const { report, plan, project } = input
  return {
    schema: 1,
    version: input.version,
    root: project.root,
    app: report.app.name,
    mode: plan.mode,
    facts: report.facts
      .entries()
      .map(({ key, value, source, confidence }) => ({ key, value, source, confidence })),
    answers: input.answers,
    files: plan.files.map(({ before, after, advice, ...file }) => ({
      ...file,
      ...(advice && { advice: advice.map(adviceDocument) }),
    })),
    changed: input.changed,
    warnings: report.warnings,
    next: input.next,
    exit: input.exit,
  }
}

/** A patch as an editor takes it: at this line, so many go, these come. */
function adviceDocument({ rule, message, line, patch }: Advice): Record<string, unknown> {
  return {
    rule,
    message,
    line,
    patch: patch && { line: patch.from + 1, remove: patch.to - patch.from, add: patch.lines },
  }
}
