import { type Answers, sourceOf } from '../../answers.ts'
import { CliError, EXIT } from '../../errors.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import { configValue, holds, type Subject } from './conditions.ts'
import { FRAMEWORK_ALIASES, FRAMEWORKS, type FrameworkRow } from './frameworks.ts'

/** The row of the framework, changed by the first variant of it that holds. */
export function findFramework(
  subject: Subject,
  answers: Answers,
  warnings: Warning[],
): { row: FrameworkRow; fact: Fact<string>; output?: Fact<string> } {
  const wanted =
    answers.framework === undefined ? undefined : (FRAMEWORK_ALIASES[answers.framework] ?? answers.framework)
  if (wanted !== undefined && !FRAMEWORKS.some((row) => row.id === wanted)) {
    throw new CliError(`There is no framework "${answers.framework}" for Node.js.`, {
      code: EXIT.usage,
      hint: `Known: ${[...new Set(FRAMEWORKS.map((row) => row.id))].join(', ')}.`,
    })
  }
  const rows = FRAMEWORKS.filter((row) => (wanted === undefined ? true : row.id === wanted)).toSorted(
    (a, b) => b.score - a.score,
  )
  const base = rows.find((row) => holds(row.when, subject)) ?? (rows[0] as FrameworkRow)
  const shown = holds(base.when, subject) ?? 'package.json'
  const framework =
    wanted === undefined
      ? fact(
          base.id,
          base.score > 1 ? shown : 'no framework in package.json',
          base.score > 1 ? 'certain' : 'default',
        )
      : fact(base.id, sourceOf(answers, 'framework'))
  const decided = base.decidedBy && configValue(subject.project, base.decidedBy)
  if (decided?.unclear)
    warnings.push({
      rule: 'PD097',
      message: `${decided.source} computes ${base.decidedBy?.key}: it was not run, so ${base.title}'s default is taken. Write it as a plain value if it is another.`,
    })
  for (const variant of base.variants ?? []) {
    const source = holds(variant.when, subject)
    if (!source) continue
    const { when: _when, ...set } = variant
    const { warning: _warning, ...rest } = base
    return { row: { ...rest, ...set }, fact: framework, output: fact(variant.output, source) }
  }
  return {
    row: base,
    fact: framework,
    ...(base.output
      ? {
          output: fact(
            base.output,
            decided?.unclear ? `${decided.source} (not read)` : `default for ${base.title}`,
            decided?.unclear ? 'guess' : 'default',
          ),
        }
      : {}),
  }
}
