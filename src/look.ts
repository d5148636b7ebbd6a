import { type Around, lookAround, withoutGone } from './adopt/around.ts'
import { findFiles } from './adopt/find.ts'
import { type Answers, type Hints, joinAnswers } from './answers.ts'
import { FLAGS } from './flags.ts'
import { inspectProject, type Report, settled } from './inspect.ts'
import { followRenames } from './plan/renames.ts'
import type { Project } from './project.ts'
import { type Lock, readLock } from './state/lock.ts'
import { ANSWERS_PATH, readAnswers } from './state/saved-answers.ts'

/** What a command knows that only reads: the report with saved answers and these, and where the files are. */
export async function lookAt(
  project: Project,
  answers: Answers,
  version: string,
): Promise<{ report: Report; around: Around; lock: Lock | null }> {
  const lock = withoutGone(project, readLock(project, version))
  const found = await findFiles(project, lock, {})
  const around = await lookAround(project, lock, followRenames(project, lock), found, {})
  const all = allAnswers({ given: answers, saved: readAnswers(project), hints: around.hints })
  return { report: settled(await inspectProject(project, all, around)), around, lock }
}

/** A flag, else a saved answer; detection fills what neither says. */
export function allAnswers({
  given,
  saved,
  hints,
}: {
  given: Answers
  saved: Answers
  hints: Hints
}): Answers {
  const flag = (key: string) => FLAGS.find((candidate) => candidate.answer?.key === key)?.name
  return joinAnswers(
    [
      { answers: saved, source: () => ANSWERS_PATH },
      { answers: given, source: (key) => `--${flag(key) ?? key}` },
    ],
    hints,
  )
}
