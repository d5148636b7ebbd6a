import { explainFailure } from '../failures/index.ts'
import type { ComposeConfig } from '../stack.ts'
import type { Step } from '../types.ts'

export const compose: Step = {
  id: 'compose',
  title: 'Compose file',
  needs: [],
  async run(v) {
    if (v.compose === null)
      return { status: 'skipped', evidence: 'There is no compose file: the app is started alone.' }
    const { lacks } = v.engine.info
    if (lacks.compose) return { status: 'skipped', evidence: lacks.compose }
    const config = (profiles: string[]) =>
      v.engine.run(
        [
          'compose',
          '--file',
          v.compose as string,
          '--project-directory',
          '.',
          ...profiles,
          'config',
          '--format',
          'json',
        ],
        { cwd: v.project.root, signal: v.signal },
      )
    const [all, started] = await Promise.all([config(['--profile', '*']), config([])])
    if (all.code !== 0 || started.code !== 0) {
      const output = (all.code !== 0 ? all : started).stderr
      const cause = explainFailure(output, { app: v.app, phase: 'compose' })
      return {
        status: 'fail',
        evidence: cause ? cause.title : `${v.compose} is not valid.`,
        output,
        ...(cause && { cause }),
      }
    }
    v.config = JSON.parse(started.stdout) as ComposeConfig
    const names = Object.keys((JSON.parse(all.stdout) as ComposeConfig).services ?? {})
    return { status: 'pass', evidence: `${v.compose}: ${names.join(', ')}.`, data: { services: names } }
  },
}
