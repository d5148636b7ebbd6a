import { lookAround, withoutGone } from '../../src/adopt/around.ts'
import { checkAdopt, findFiles } from '../../src/adopt/find.ts'
import { type Answers, joinAnswers } from '../../src/answers.ts'
import { inspectProject, type Report } from '../../src/inspect.ts'
import { makeDrafts } from '../../src/plan/draft.ts'
import { followRenames } from '../../src/plan/renames.ts'
import { isChange, settle } from '../../src/plan/settle.ts'
import type { ConflictPolicy, Plan } from '../../src/plan/types.ts'
import { Project } from '../../src/project.ts'
import { readLock } from '../../src/state/lock.ts'
import { readAnswers } from '../../src/state/saved-answers.ts'
import { applyChanges } from '../../src/write/commit.ts'

export interface RunOptions {
  given?: Answers
  policy?: ConflictPolicy
  version?: string
  restore?: string[]
  adopt?: Record<string, string>
  take?: string[]
  refuse?: string[]
  /** Stands in for newer templates: changes what was rendered before it is planned. */
  newer?: (id: string, text: string) => string
}

/** The steps of a run without a terminal, up to the plan. */
export async function planRun(
  root: string,
  {
    given = {},
    policy = 'abort',
    version = '0.0.0',
    restore = [],
    adopt = {},
    take = [],
    refuse = [],
    newer,
  }: RunOptions = {},
): Promise<{ report: Report; plan: Plan }> {
  const project = new Project({ root })
  const lock = withoutGone(project, readLock(project, version), adopt)
  const answers = { ...readAnswers(project), ...given }
  const renames = followRenames(project, lock, adopt)
  checkAdopt(project, adopt, lock)
  const found = await findFiles(project, lock, adopt)
  if (found.several.length > 0) throw new Error(`several: ${JSON.stringify(found.several)}`)
  const around = await lookAround(project, lock, renames, found, adopt)
  const inspected = await inspectProject(
    project,
    joinAnswers([{ answers, source: (key) => `--${key}` }], around.hints),
    around,
  )
  if (!('report' in inspected)) throw new Error(`not settled: ${JSON.stringify(inspected)}`)
  const { report } = inspected
  if (newer)
    for (const { files } of report.artefacts)
      for (const file of files) file.rendered = { ...file.rendered, text: newer(file.id, file.rendered.text) }
  const drafts = await makeDrafts({
    project,
    report,
    lock,
    version,
    renames: { ...renames, paths: around.paths },
    restore,
    none: around.none,
    taking: { take, refuse },
  })
  return {
    report,
    plan: await settle({ project, drafts, lock, input: report.input, answers, version, policy }),
  }
}

/** A whole run: what is planned is written, unless open conflicts hold it back. */
export async function runOnce(
  root: string,
  options: RunOptions = {},
): Promise<{ report: Report; plan: Plan }> {
  const run = await planRun(root, options)
  if (!run.plan.held) applyChanges(root, run.plan.files.filter(isChange))
  return run
}
