import type { Warning } from '../../facts.ts'
import type { Argv, Process } from '../../model.ts'
import type { Project } from '../../project.ts'
import { findApps } from './apps.ts'
import { looseTasks } from './celery-tasks.ts'
import {
  type AppRef,
  filesWith,
  firstMatches,
  importRoot,
  insideParens,
  isModule,
  isOf,
  moduleOf,
  qualified,
  type SourceFile,
} from './code.ts'
import { FRAMEWORKS, type FrameworkRow } from './frameworks.ts'
import { normalizeName } from './requirement.ts'
import { runsItself } from './runs.ts'
import { statedProcesses } from './start.ts'

/** A queue worker of the project, and its scheduler where it has schedules. */
export interface Worker {
  id: string
  command: Argv
  scheduler?: Argv
  root: string
  source: string
  /** A variable that the worker's own command reads. */
  variable?: string
  /** What it does not serve. */
  warning?: Warning
}

/** Celery counts the host's processors, not the container's share: the number is said. */
const CONCURRENCY = '2'

type Find = (project: Project) => Worker | null

const WORKERS: readonly { id: string; packages: readonly string[]; find: Find }[] = [
  { id: 'celery', packages: ['celery'], find: findCelery },
  { id: 'rq', packages: ['rq', 'django-rq'], find: findRq },
  { id: 'dramatiq', packages: ['dramatiq'], find: findDramatiq },
  { id: 'huey', packages: ['huey'], find: findHuey },
  { id: 'arq', packages: ['arq'], find: findArq },
  {
    id: 'django-q',
    packages: ['django-q2', 'django-q'],
    find: (project) => byManage(project, 'django-q', 'django_q', 'qcluster'),
  },
]

export function findWorkers(project: Project, has: (name: string) => boolean): Worker[] {
  return WORKERS.filter((row) => row.packages.some(has)).flatMap((row) => row.find(project) ?? [])
}

export function toProcesses(workers: readonly Worker[]): Process[] {
  return workers.flatMap(({ id, command, scheduler }) => [
    { name: workers.length > 1 ? `worker-${id}` : 'worker', command, devCommand: command },
    ...(scheduler ? [{ name: 'scheduler', command: scheduler, devCommand: scheduler }] : []),
  ])
}

function shapeOf(id: string) {
  return FRAMEWORKS.find((row) => row.id === id)?.app ?? { constructors: [] }
}

function findCelery(project: Project): Worker | null {
  const app = findApps(project, shapeOf('celery'))[0]
  if (!app || app.factory) return null
  // Celery itself looks for `app` and `celery` in a module; any other name is given.
  const name = ['app', 'celery'].includes(app.attribute) ? app.module : `${app.module}:${app.attribute}`
  const celery = (...rest: string[]): Argv => ['celery', '--app', name, ...rest]
  const database = filesWith(project, ['django_celery_beat']).length > 0
  const schedule =
    database ||
    filesWith(project, ['beat_schedule', 'CELERY_BEAT_SCHEDULE', 'add_periodic_task', 'CELERYBEAT_SCHEDULE'])
      .length > 0
  const tasks = looseTasks(project, app)
  return {
    id: 'celery',
    command: celery(
      'worker',
      ...(tasks.length > 0 ? ['--include', tasks.join(',')] : []),
      '--loglevel',
      'INFO',
      '--concurrency',
      CONCURRENCY,
    ),
    ...(schedule && {
      scheduler: celery(
        'beat',
        '--loglevel',
        'INFO',
        ...(database
          ? ['--scheduler', 'django_celery_beat.schedulers:DatabaseScheduler']
          : ['--schedule', '/tmp/celerybeat-schedule']),
      ),
    }),
    root: app.root,
    source: `${app.file}:${app.line}`,
  }
}

/** The queues of `RQ_QUEUES` on the same server as the first: without a name only "default" is served. */
function rqQueues(project: Project): string[] {
  // A command of the project's own knows its queues.
  if (project.files().some((path) => path.endsWith('/management/commands/rqworker.py'))) return []
  for (const file of filesWith(project, ['RQ_QUEUES'])) {
    const match = /^RQ_QUEUES[ \t]*(?::[^=\n]*)?=[ \t]*\{/m.exec(file.code)
    if (!match) continue
    const body = insideParens(file, match.index + match[0].length - 1)
    const queues = [
      ...body.matchAll(/(['"])([\w.-]+)\1\s*:\s*(?:\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|\w+)/g),
    ].map(([, , name = '', settings = '']) => ({
      name,
      server: settings.match(/(['"])(?:HOST|PORT|DB|URL|USE_REDIS_CACHE)\1\s*:[^,\n]*/g)?.join() ?? '',
    }))
    if (queues.length > 0)
      return queues.filter(({ server }) => server === queues[0]?.server).map(({ name }) => name)
  }
  return ['default']
}

/** A command that an app of Django's has, where the settings name that app. */
function byManage(project: Project, id: string, app: string, ...words: string[]): Worker | null {
  const named = new RegExp(`(['"])${app.replaceAll('.', '\\.')}\\1`)
  const settings = filesWith(project, [app]).find(({ code }) => named.test(code))
  const manage = project.files().find((path) => /(^|\/)manage\.py$/.test(path))
  return settings && manage
    ? {
        id,
        command: ['python', manage, ...words],
        root: manage.split('/').slice(0, -1).join('/'),
        source: sourceAt(settings, named),
      }
    : null
}

function findRq(project: Project): Worker | null {
  const django = filesWith(project, ['django_rq'])[0]
  const manage = project.files().find((path) => /(^|\/)manage\.py$/.test(path))
  if (django && manage)
    return {
      id: 'rq',
      command: ['python', manage, 'rqworker', ...rqQueues(project)],
      root: manage.split('/').slice(0, -1).join('/'),
      source: `${django.path}:1`,
    }
  const own = filesWith(project, ['.work('])
    .map((file) => ({
      file,
      match: /\b(?:Simple|SpawnWorker|RoundRobin|Random)?Worker\s*\(/.exec(file.code),
    }))
    .find(({ file, match }) => match && [...file.imports.values()].some((name) => /^rq\b/.test(name)))
  // A worker that a command of the project's own starts can't be named here.
  if (own?.match && runsItself(project, own.file.path) === 0) return null
  if (own?.match)
    return {
      id: 'rq',
      command: runFile(project, own.file.path),
      root: importRoot(project, own.file.path),
      source: `${own.file.path}:${own.file.line(own.match.index)}`,
    }
  return queueWorker(project)
}

const QUEUE_RE = /(?<![\w.])((?:\w+\.)?Queue)\s*\(/g

/** RQ's own worker, for each queue that the code names; what is named at run time is said. */
function queueWorker(project: Project): Worker {
  const names = new Set<string>()
  const sources: { path: string; source: string }[] = []
  let unnamed: { file: SourceFile; index: number } | undefined
  for (const file of filesWith(project, ['Queue(']))
    for (const match of firstMatches(file.code, QUEUE_RE)) {
      if (file.inString(match.index) || !isOf(qualified(file, match[1] as string), 'rq.Queue')) continue
      const given = insideParens(file, match.index + match[0].length - 1).trim()
      const [, name = /^(?:[a-z_]+\s*=(?!=)|$)/.test(given) && !/\bname\s*=/.test(given) ? 'default' : ''] =
        /^(?:(?:[\s\S]*[\s,(])?name\s*=\s*)?['"]([\w.:-]+)['"]/.exec(given) ?? []
      if (name) {
        names.add(name)
        sources.push({ path: file.path, source: `${file.path}:${file.line(match.index)}` })
      } else unnamed ??= { file, index: match.index }
    }
  const [first] = sources
  const served = names.size > 0 ? [...names] : ['default']
  return {
    id: 'rq',
    command: ['rq', 'worker', ...served],
    root: first ? importRoot(project, first.path) : '',
    source: first?.source ?? 'default for RQ',
    variable: 'RQ_REDIS_URL',
    ...(unnamed && {
      warning: {
        rule: 'PD033',
        message: `A queue of RQ has no fixed name: the worker serves ${served.join(', ')}, and jobs of the other would wait for ever. Name it with the others in a Procfile ("worker: rq worker ..."), and run this again.`,
        file: unnamed.file.path,
        line: unnamed.file.line(unnamed.index),
      },
    }),
  }
}

function findDramatiq(project: Project): Worker | null {
  const files = filesWith(project, ['dramatiq.actor', '@actor'])
  const first = files[0]
  if (!first) return null
  const root = importRoot(project, first.path)
  const modules = files.map((file) => moduleOf(file.path, root)).filter(isModule)
  return {
    id: 'dramatiq',
    command: ['dramatiq', ...modules, '--processes', CONCURRENCY],
    root,
    source: sourceAt(first, /@(?:dramatiq\.)?actor/),
  }
}

function findHuey(project: Project): Worker | null {
  const django = byManage(project, 'huey', 'huey.contrib.djhuey', 'run_huey')
  const app = django ? undefined : findApps(project, shapeOf('huey'))[0]
  if (!django && !app) return null
  const [local] = filesWith(project, ['SqliteHuey', 'FileHuey'])
  return {
    ...(django ?? {
      id: 'huey',
      command: ['huey_consumer', nameWithTasks(project, app as AppRef)],
      root: (app as AppRef).root,
      source: `${app?.file}:${app?.line}`,
    }),
    ...(local && {
      warning: {
        rule: 'PD033',
        message:
          'Huey keeps its jobs in a file: a worker in a container of its own never sees them. Use RedisHuey, or a volume with that file for both.',
        file: local.path,
      },
    }),
  }
}

/** The consumer knows the tasks of the modules that it loads: the app by its name in the module that loads most of them. */
function nameWithTasks(project: Project, app: AppRef): string {
  const own = `${app.module}.${app.attribute}`
  const users = filesWith(project, [app.attribute]).flatMap((file) => {
    const module = moduleOf(file.path, app.root)
    const name = [...file.imports].find(([, what]) => what === own)?.[0]
    if (file.path !== app.file && (!name || !isModule(module))) return []
    return [{ file, module, name: name ?? app.attribute }]
  })
  const withTasks = users.filter(({ file, name }) =>
    new RegExp(`^[ \\t]*@${name}\\.(?:periodic_)?task\\b`, 'm').test(file.code),
  )
  const loads = ({ file, module }: (typeof users)[number]) =>
    withTasks.filter(
      (other) =>
        other.module === module ||
        [...file.imports.values()].some(
          (what) => what === other.module || what.startsWith(`${other.module}.`),
        ),
    ).length
  const best = users
    .filter(({ file }) => !/(?:^|\/)(?:tests?|conftest)(?:\/|[_.])|\/test_/.test(file.path))
    // Of equals a module of tasks: others do more than is needed when they are loaded.
    .map((user) => ({
      name: `${user.module}.${user.name}`,
      loads: 2 * loads(user) + Number(withTasks.includes(user)),
    }))
    .sort(
      (a, b) =>
        b.loads - a.loads || Number(b.name === own) - Number(a.name === own) || (a.name < b.name ? -1 : 1),
    )[0]
  return best?.name ?? own
}

function findArq(project: Project): Worker | null {
  for (const file of filesWith(project, ['WorkerSettings'])) {
    const match = /^class[ \t]+(WorkerSettings)\b/m.exec(file.code)
    if (!match) continue
    const root = importRoot(project, file.path)
    return {
      id: 'arq',
      command: ['arq', `${moduleOf(file.path, root)}.WorkerSettings`],
      root,
      source: `${file.path}:${file.line(match.index)}`,
    }
  }
  return null
}

function sourceAt(file: SourceFile, pattern: RegExp): string {
  return `${file.path}:${file.line(pattern.exec(file.code)?.index ?? 0)}`
}

/** `python -m package.module` where the file is part of a package, else the file. */
export function runFile(project: Project, path: string): string[] {
  const root = importRoot(project, path)
  const module = moduleOf(path, root)
  const packaged = isModule(module) && module.includes('.')
  if (path.endsWith('/__main__.py'))
    return packaged ? ['python', '-m', module.replace(/\.__main__$/, '')] : ['python', path]
  return packaged ? ['python', '-m', module] : ['python', path]
}

/** Workers of the Procfile where it names them, else those that the code shows; the main process is none of them. */
export function processesOf(
  project: Project,
  row: FrameworkRow,
  workers: readonly Worker[],
  startSource: string | undefined,
  warnings: Warning[],
): Process[] {
  const stated = statedProcesses(project, warnings).filter((process) => process.source !== startSource)
  if (stated.length > 0)
    return stated.map(({ name, argv }) => ({ name: normalizeName(name), command: argv, devCommand: argv }))
  warnings.push(...workers.flatMap(({ warning }) => warning ?? []))
  const own = toProcesses(workers)
  return row.kind === 'worker' ? own.filter((process) => process.name === 'scheduler') : own
}
