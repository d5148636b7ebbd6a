import { type Fact, fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith } from './code.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { Launch } from './launch-types.ts'

/** What stops the app. Process 1 has no default action for SIGTERM: without a handler it is ignored, and killed in the end. */
export type StopSignal = 'SIGTERM' | 'SIGINT'

/** Programs without a handler for SIGTERM; Python itself turns SIGINT into KeyboardInterrupt, which they take. */
const DEAF_PROGRAMS = new Set(['waitress-serve', 'flask', 'python'])
/** Programs that do something else on SIGTERM: https://uwsgi-docs.readthedocs.io/en/latest/ThingsToKnow.html */
export const INTERRUPTED: Readonly<Record<string, string>> = {
  uwsgi: 'uWSGI reloads on SIGTERM unless die-on-term is set, and stops on SIGINT',
}
/** Started by `python file.py`, and with a handler of its own. */
const LISTENING_FRAMEWORKS = new Set(['aiohttp'])

export function findStopSignal(project: Project, row: FrameworkRow, launch: Launch): Fact<StopSignal> {
  const [program = '', ...rest] = launch.argv(0)
  if (INTERRUPTED[program] && !launch.config?.sets.has('die-on-term') && !rest.includes('--die-on-term'))
    return fact('SIGINT', INTERRUPTED[program])
  if (!DEAF_PROGRAMS.has(program) && !launch.installsProject)
    return fact('SIGTERM', `${program} stops on SIGTERM`)
  if (LISTENING_FRAMEWORKS.has(row.id)) return fact('SIGTERM', `${row.title} stops on SIGTERM`)
  if (rest.some((word) => /manage\.py$/.test(word)) && rest.includes('rqworker'))
    return fact('SIGTERM', 'RQ stops on SIGTERM')
  for (const file of filesWith(project, ['SIGTERM', 'uvicorn'])) {
    const match = /\bSIGTERM\b|\buvicorn\.run\s*\(/.exec(file.code)
    if (match && !file.inString(match.index))
      return fact('SIGTERM', `${file.path}:${file.line(match.index)}`, 'likely')
  }
  return fact('SIGINT', 'nothing in the code handles SIGTERM', 'default')
}
