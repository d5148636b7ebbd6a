import { withoutLine } from '../../facts.ts'
import type { AppModel, Argv } from '../../model.ts'
import type { PythonFindings } from './findings.ts'

/** The stages in order, for the diagram in the docs. */
export function stagesOf(is: {
  locks: boolean
  tests: boolean
  builds: boolean
  migrates: boolean
  venvStage: string
}): AppModel['stages'] {
  const release = is.migrates ? 'release' : 'runtime'
  const from = ['base', is.venvStage, ...(is.builds && is.venvStage !== 'build' ? ['build'] : [])]
  return [
    { name: 'base', from: [], what: 'Python and system libraries' },
    ...(is.locks ? [{ name: 'lock', from: ['base'], what: 'the lock as a list for pip' }] : []),
    { name: 'deps', from: is.locks ? ['base', 'lock'] : ['base'], what: 'production dependencies in a venv' },
    { name: 'dev', from: ['deps'], what: 'development server' },
    ...(is.tests ? [{ name: 'test', from: ['dev'], what: 'the tests' }] : []),
    ...(is.builds ? [{ name: 'build', from: ['deps'], what: 'what is made from the source' }] : []),
    ...(is.migrates
      ? [
          { name: 'release', from, what: 'the venv and the app' },
          { name: 'migrate', from: ['release'], what: 'database migrations' },
        ]
      : []),
    { name: 'runtime', from: is.migrates ? [release] : from, what: 'what runs in production' },
  ]
}

export function decisionsOf(
  { facts, row, launch, manager, django, native, processes, installsProject }: PythonFindings,
  is: { probe: boolean; command: Argv },
): AppModel['decisions'] {
  const runs = is.command.slice(0, 1).join(' ')
  return [
    {
      title: `Starts ${runs}`,
      why: `${withoutLine(launch.fact.source)}; the program itself is process 1, so that signals reach it.`,
      rule: 'PD010',
    },
    ...(launch.adds
      ? [
          {
            title: `${launch.adds} is added`,
            why: 'No production server is among the dependencies, and a development server is none. Add it there and the step goes.',
            rule: 'PD056',
          },
        ]
      : []),
    ...(launch.server?.id === 'gunicorn'
      ? [
          {
            title: 'Gunicorn beats in /dev/shm',
            why: 'Its heartbeat file would stall workers on a disk, and the root is read-only.',
            rule: 'PD053',
          },
        ]
      : []),
    ...(row.kind === 'server' && launch.server?.id === 'uvicorn'
      ? [
          {
            title: 'One process per container',
            why: 'The platform starts more containers; WEB_CONCURRENCY starts more processes in one.',
            rule: 'PD054',
          },
        ]
      : []),
    ...(processes.length > 0
      ? [
          {
            title: `${processes.map((process) => process.name).join(', ')} beside the app`,
            why: 'The same image with another command: each is scaled and restarted by itself.',
            rule: 'PD054',
          },
        ]
      : []),
    {
      title: 'A venv, built once and copied whole',
      why: `${manager.title} stays in the build stage; the path is the same in both, as scripts of a venv name their interpreter by path.`,
      rule: 'PD050',
    },
    ...(installsProject
      ? [
          {
            title: 'The project in a layer of its own',
            why: 'It is installed beside the dependencies and laid over them: an edit pushes none of them again.',
            rule: 'PD057',
          },
        ]
      : []),
    ...(native
      ? [
          {
            title: 'System libraries',
            why: `${native.packages.join(', ')}: compilers stay in the build, libraries go along.`,
            rule: 'PD080',
          },
        ]
      : []),
    ...(is.probe
      ? [
          {
            title: `Health check on ${facts.value('healthPath')}`,
            why: `${withoutLine(facts.get('healthPath')?.source ?? '')}; asked by Python itself, since there is no curl.${django ? ' A 400 counts as life: ALLOWED_HOSTS need not hold 127.0.0.1.' : ''}`,
            rule: 'PD012',
          },
        ]
      : []),
    {
      title: 'Numeric, unprivileged user',
      why: 'Kubernetes can verify a number, not a name; the code belongs to root and cannot change itself.',
      rule: 'PD009',
    },
  ]
}
