import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lookAround } from '../../src/adopt/around.ts'
import { findFiles } from '../../src/adopt/find.ts'
import { type Answers, joinAnswers } from '../../src/answers.ts'
import { inspectProject, type Report } from '../../src/inspect.ts'
import { makeDrafts } from '../../src/plan/draft.ts'
import { followRenames } from '../../src/plan/renames.ts'
import { isChange, settle } from '../../src/plan/settle.ts'
import type { ConflictPolicy, Plan } from '../../src/plan/types.ts'
import { Project } from '../../src/project.ts'
import { LOCK_PATH, readLock } from '../../src/state/lock.ts'
import { readAnswers } from '../../src/state/saved-answers.ts'
import { nextGeneration } from './generations.ts'

export interface QuickOptions {
  policy: ConflictPolicy
  generation: number
  given?: Answers
}

export interface QuickRun {
  plan: Plan
  /** What this run would write if nobody had edited anything, by id. */
  template: Map<string, string>
  /** Paths that were written, in order. */
  wrote: string[]
}

/** One project is inspected over and over, and only the files that we write change: the same question has the same answer. */
const inspected = new Map<string, Report>()

/** As the main command without a terminal, but inspected once and written without a journal. */
export async function quickRun(
  root: string,
  { policy, generation, given = {} }: QuickOptions,
): Promise<QuickRun> {
  const project = new Project({ root })
  const version = `0.${generation}.0`
  const lock = readLock(project, version)
  const answers = { ...readAnswers(project), ...given }
  const renames = followRenames(project, lock, {})
  const around = await lookAround(project, lock, renames, await findFiles(project, lock, {}), {})
  const key = JSON.stringify([answers, around.paths, around.hints, around.lacks])
  const report = inspected.get(key) ?? (await inspect())
  inspected.set(key, report)
  const artefacts = report.artefacts.map(({ artefact, files }) => ({
    artefact,
    files: files.map((file) => ({
      ...file,
      rendered: { ...file.rendered, text: nextGeneration(file.id, file.rendered.text, generation) },
    })),
  }))
  const drafts = await makeDrafts({
    project,
    report: { ...report, artefacts },
    lock,
    version,
    renames: { ...renames, paths: around.paths },
    restore: [],
    none: around.none,
    taking: { take: [], refuse: [] },
  })
  const plan = await settle({ project, drafts, lock, input: report.input, answers, version, policy })
  const changes = plan.held ? [] : plan.files.filter(isChange)
  changes.sort((a, b) => Number(a.path === LOCK_PATH) - Number(b.path === LOCK_PATH))
  for (const { path, after } of changes) {
    const target = join(root, path)
    if (after === null) rmSync(target)
    else {
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, after)
    }
  }
  return {
    plan,
    template: new Map(artefacts.flatMap(({ files }) => files.map((file) => [file.id, file.rendered.text]))),
    wrote: changes.map(({ path }) => path),
  }

  async function inspect(): Promise<Report> {
    const result = await inspectProject(
      project,
      joinAnswers([{ answers, source: (id) => `--${id}` }], around.hints),
      around,
    )
    if (!('report' in result)) throw new Error('not settled')
    return result.report
  }
}
