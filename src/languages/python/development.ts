import type { Argv, Development } from '../../model.ts'
import { shellLine } from '../../shell.ts'
import type { Dependencies } from './dependencies.ts'
import type { Django } from './django.ts'
import { flaskLine } from './flask.ts'
import type { FrameworkRow } from './frameworks.ts'
import { WORKDIR } from './install-commands.ts'
import type { Launch } from './launch-types.ts'
import { address, called, type ServerContext, sanicLine } from './servers.ts'

interface DevelopmentInput {
  row: FrameworkRow
  launch: Launch
  django: Django | null
  port: number | null
  context: ServerContext
  rebuild: readonly string[]
  staticRoot: string | null
  dependencies: Dependencies
  /** What is run first, each time. */
  before: Argv | null
}

/** What the `dev` target runs, and how a change of the source reaches it: by its own watcher, or by a restart. */
export function developmentOf({
  row,
  launch,
  django,
  port,
  context,
  rebuild,
  staticRoot,
  dependencies,
  before,
}: DevelopmentInput): Development {
  const { command, watches, env } = devCommand(row, launch, django, port ?? 8000, context, dependencies)
  return {
    command: before ? ['sh', '-c', `${shellLine(before)} && exec ${shellLine(command)}`] : command,
    action: watches ? 'sync' : 'sync+restart',
    workdir: WORKDIR,
    ignore: [
      '.venv/',
      'venv/',
      '**/__pycache__/',
      '.git/',
      '.pytest_cache/',
      '.mypy_cache/',
      '.ruff_cache/',
      ...(staticRoot ? [`${staticRoot}/`] : []),
    ],
    rebuild: [...rebuild],
    env: {
      ...(django?.development && { DJANGO_SETTINGS_MODULE: django.development }),
      ...row.env,
      ...env,
    },
    port,
  }
}

function devCommand(
  row: FrameworkRow,
  launch: Launch,
  django: Django | null,
  port: number,
  context: ServerContext,
  dependencies: Dependencies,
): { command: Argv; watches: boolean; env?: Record<string, string> } {
  const { app, kind, server } = launch
  if (django) return { command: ['python', django.manage, 'runserver', `0.0.0.0:${port}`], watches: true }
  if (row.id === 'flask' && app)
    return { ...flaskLine(dependencies, called(app), ['run', ...address(port)], true), watches: true }
  if (row.interface === 'streamlit')
    return { command: [...launch.argv(port), '--server.runOnSave', 'true'], watches: true }
  if (row.interface === 'sanic' && app) return { command: sanicLine(app, port, '--reload'), watches: true }
  if (server?.reload && app && kind) {
    const words = server.reload(context)
    return { command: server.argv(app, kind, context, words), watches: words.length > 0 }
  }
  return { command: launch.argv(port), watches: false }
}
