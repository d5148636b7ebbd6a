import { CliError, EXIT } from '../../errors.ts'
import type { Project } from '../../project.ts'
import { few, NOT_YET } from '../common.ts'
import type { FrameworkRow } from './frameworks.ts'
import { consoleScripts, type Manifests, projectName } from './manifests.ts'
import type { PackageManagerId } from './package-manager.ts'
import { at, has, table } from './values.ts'

/** Why this is nothing that a container could run. */
export function notAnApp(manifests: Manifests, row: FrameworkRow): { message: string; hint: string } {
  const name = projectName(manifests)
  const title = name ? `"${name}"` : 'This project'
  const hint = 'If it is an app after all, say how it starts: --start "python main.py".'
  if (row.interface === 'django')
    return { message: `${title} uses Django, and has no manage.py: it looks like a library.`, hint }
  if (row.id !== 'script')
    return { message: `${title} depends on ${row.title}, and nothing in its code starts it.`, hint }
  if (has(manifests.pyproject, 'tool', 'uv', 'workspace'))
    return {
      message: `${title} is the root of a workspace, and starts nothing itself.`,
      hint: `${NOT_YET} Where this root depends on the app, say how that starts: --start "uvicorn api.main:app".`,
    }
  if (consoleScripts(manifests).size > 0)
    return {
      message: `${title} looks like a command for a terminal, or a library: nothing in it serves, loops or waits.`,
      hint,
    }
  return {
    message: `${title} looks like a library: no framework, no main.py or __main__.py, no single console script.`,
    hint,
  }
}

/** A member of uv's workspace is no project of its own: its neighbours and the lock lie in other folders. */
export function checkStandalone(project: Project, manifests: Manifests, manager: PackageManagerId): void {
  const { pyproject } = manifests
  if (manager !== 'uv' || has(pyproject, 'tool', 'uv', 'workspace')) return
  const needs = Object.entries(at(pyproject, 'tool', 'uv', 'sources'))
    .filter(([, source]) => table(source)['workspace'] === true)
    .map(([name]) => name)
  if (needs.length === 0) return
  throw new CliError(
    `"${projectName(manifests) ?? project.name}" is part of a workspace: ${few(needs)} and the lockfile come from folders outside of this one.`,
    {
      code: EXIT.usage,
      hint: `${NOT_YET} Where the root of the workspace depends on this app, run this there, and say how the app starts: --start "uvicorn api.main:app".`,
    },
  )
}
