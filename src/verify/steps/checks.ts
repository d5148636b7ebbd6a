import { explainFailure } from '../failures/index.ts'
import type { Step } from '../types.ts'
import { count } from '../words.ts'

export const checks: Step = {
  id: 'checks',
  title: 'Official build checks',
  needs: [],
  async run(v) {
    const { dialect, lacks } = v.engine.info
    if (lacks.checks) return { status: 'skipped', evidence: lacks.checks }
    const done = await v.engine.run([...dialect.check, '--file', v.dockerfile, '.'], {
      cwd: v.project.root,
      signal: v.signal,
      onLine: v.progress,
    })
    const found = [...done.all.matchAll(/^WARNING: (\S+)(?: - \S+)?\n(.+)\n(?:\S+?:(\d+))?/gm)].map(
      ([, rule, text, line]) => `${rule}: ${text}${line ? ` (line ${line})` : ''}`,
    )
    if (found.length > 0)
      return {
        status: 'fail',
        evidence: `${v.dockerfile}: ${count(found.length, 'warning')}.`,
        details: found,
      }
    if (done.code !== 0) {
      const cause = explainFailure(done.all, { app: v.app, phase: 'build' })
      return {
        status: 'fail',
        evidence: cause ? cause.title : `${v.dockerfile} can't be read by the builder.`,
        output: done.all,
        ...(cause && { cause }),
      }
    }
    return { status: 'pass', evidence: `${v.dockerfile}: no warnings found.` }
  },
}
