import { findEngine } from '../../src/engine/find.ts'
import { Project } from '../../src/project.ts'
import { runSteps } from '../../src/verify/run.ts'
import { cleanUp, newSession } from '../../src/verify/session.ts'
import { STEPS } from '../../src/verify/steps/index.ts'
import { readSubject } from '../../src/verify/subject.ts'
import type { Step, StepResult } from '../../src/verify/types.ts'

/** Those of the steps that are named, and what they need, in their order; `extra` steps are put after the one they name. */
function chosen(ids: readonly string[], extra: Record<string, Step>): Step[] {
  const wanted = new Set(ids)
  // What stands in the compose file is not asked for by name: an app may have none.
  wanted.add('compose')
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size
    for (const step of STEPS) if (wanted.has(step.id)) for (const need of step.needs) wanted.add(need)
  }
  return STEPS.filter(({ id }) => wanted.has(id)).flatMap((step) =>
    extra[step.id] ? [step, extra[step.id] as Step] : [step],
  )
}

/** Steps of the proof on a folder, without a command line; what was made is gone afterwards. */
export async function proveSteps(
  root: string,
  ids: readonly string[],
  extra: Record<string, Step> = {},
): Promise<Map<string, StepResult>> {
  const project = new Project({ root })
  const subject = await readSubject(project, {}, '0.0.0')
  const engine = await findEngine({ env: process.env })
  const session = newSession()
  try {
    const results = await runSteps(
      chosen(ids, extra),
      { engine, session, project, ...subject, report: {}, progress: () => undefined },
      {
        signal: new AbortController().signal,
        limit: 10 * 60_000,
        watcher: { begin: () => undefined, end: () => undefined },
      },
    )
    return new Map(results.map((result) => [result.id, result]))
  } finally {
    await cleanUp(engine, session)
  }
}
