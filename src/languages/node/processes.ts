import type { Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import { procfile } from '../common.ts'
import type { StartCommand } from './start.ts'

/** Says which processes of the project are started by nothing that is written: the files are about one. */
export function checkProcesses(project: Project, start: StartCommand | undefined, warnings: Warning[]): void {
  const others = [
    { source: 'Procfile', names: besideWeb(project) },
    { source: 'nest-cli.json', names: otherNestApps(project, start) },
  ]
  for (const { source, names } of others)
    if (names.length > 0)
      warnings.push({
        rule: 'PD033',
        message: `${source} names ${names.join(', ')} too: the files are written for one process, ${start?.argv.join(' ') ?? 'the app'}. Run the others from the same image, each with its own command: a service more in compose.yaml, a container more in production.`,
        file: source,
      })
}

function besideWeb(project: Project): string[] {
  return procfile(project)
    .map(({ name }) => name)
    .filter((name) => name !== 'web' && name !== 'release')
}

/** Applications of a Nest workspace other than the one whose output is started. */
function otherNestApps(project: Project, start: StartCommand | undefined): string[] {
  const apps = Object.entries(record(record(project.lenientJson('nest-cli.json'))['projects'])).flatMap(
    ([name, app]) => (record(app)['type'] === 'application' && /^[\w.@-]+$/.test(name) ? [name] : []),
  )
  const started = apps.filter((name) => start?.entry?.split('/').includes(name))
  return started.length === 1 ? apps.filter((name) => name !== started[0]) : apps.slice(1)
}
