import { bindMount, type RunOptions, runBlock, secretMount, stageMount } from '../../dockerfile.ts'
import {
  COMMANDS,
  dependencyLists,
  type InstallContext,
  OVERLAY,
  PIP_CACHE,
  uvDevelopment,
  uvProduction,
  WORKDIR,
} from './install-commands.ts'
import type { Manifests } from './manifests.ts'
import { at, has, strings, type Table, table, text } from './values.ts'

/** The steps of the image that install something, as blocks of a Dockerfile. */
export interface InstallPlan {
  setup: string
  leaves: readonly string[]
  /** The stage that turns the lock of another tool into a list for pip; null: there is none. */
  lock: string | null
  /** The stage that takes the version number out of what the installer reads; null: it is not read. */
  manifest: string | null
  /** Why the whole source must be there before the install; null: the manifests are enough. */
  wholeSource: string | null
  production: string
  development: string | null
  /** uv's members of a workspace: installed into the venv itself, after the source is there. */
  workspace: string | null
  /** …and for development, from where they stand. */
  workspaceDevelopment: string | null
  /** Installs the project itself. */
  project: string
  projectDevelopment: string
  /** Adds a package to the venv. */
  add(requirement: string, rule?: string): string
  /** Files whose change calls for a new install. */
  reads: string[]
}

export function planInstall(context: InstallContext): InstallPlan {
  const { manager, secrets, manifests } = context
  const wholeSource = sourceNeeded(context)
  const commands = COMMANDS[manager.id](context)
  const members = manager.id === 'uv' && has(manifests.pyproject, 'tool', 'uv', 'workspace')
  const manifest = (!wholeSource && commands.manifest) || null
  const mount = (path: string) =>
    manifest ? stageMount('manifest', `${WORKDIR}/${path}`, path) : bindMount(path)
  const mounts = (reads: readonly string[], instead?: readonly string[]) => [
    ...(instead ?? (wholeSource ? [] : reads.map(mount))),
    commands.cache,
    ...secrets.map((secret) => secretMount(secret, WORKDIR)),
  ]
  const pip: RunOptions['commands'] = [['pip', 'install', '--no-deps', '--prefix', OVERLAY, '.']]
  const projectMounts = [manager.id === 'uv' ? commands.cache : PIP_CACHE]
  return {
    setup: commands.setup,
    leaves: commands.leaves ?? [],
    lock: commands.lock ?? null,
    manifest,
    wholeSource,
    production: runBlock({
      mounts: mounts(commands.reads, commands.mounts),
      commands: commands.production,
      rule: 'PD006',
    }),
    development:
      commands.development &&
      runBlock({
        mounts: mounts(commands.developmentReads ?? commands.reads, commands.developmentMounts),
        commands: commands.development,
        rule: 'PD083',
      }),
    workspace: members
      ? runBlock({
          mounts: mounts([]),
          commands: [
            ['uv', 'sync', ...(manager.lock ? ['--locked'] : []), '--no-editable', ...uvProduction(context)],
          ],
          rule: 'PD006',
        })
      : null,
    workspaceDevelopment: members
      ? runBlock({
          mounts: mounts([]),
          commands: [['uv', 'sync', ...(manager.lock ? ['--locked'] : []), ...uvDevelopment(context)]],
          rule: 'PD083',
        })
      : null,
    project: runBlock({
      mounts: projectMounts,
      env: versionEnv(manifests),
      commands: commands.project ?? pip,
      rule: 'PD057',
    }),
    projectDevelopment: runBlock({
      mounts: projectMounts,
      env: versionEnv(manifests),
      commands: [[...(manager.id === 'uv' ? ['uv'] : []), 'pip', 'install', '--no-deps', '--editable', '.']],
      rule: 'PD057',
    }),
    add: (requirement, rule = 'PD056') =>
      runBlock({
        mounts: [manager.id === 'uv' ? commands.cache : PIP_CACHE],
        commands: commands.add?.(requirement) ?? [['pip', 'install', requirement]],
        rule,
      }),
    reads: [...new Set([...commands.reads, ...(commands.developmentReads ?? [])])],
  }
}

/** Versions taken from Git are not there in a build without `.git`: any will do for what runs. */
function versionEnv(manifests: Manifests): Record<string, string> {
  const requires = strings(at(manifests.pyproject, 'build-system')['requires']).join(' ')
  if (/setuptools[-_]scm|hatch-vcs/.test(requires)) return { SETUPTOOLS_SCM_PRETEND_VERSION: '0.0.0' }
  if (/uv-dynamic-versioning/.test(requires)) return { UV_DYNAMIC_VERSIONING_BYPASS: '0.0.0' }
  if (/poetry-dynamic-versioning/.test(requires)) return { POETRY_DYNAMIC_VERSIONING_BYPASS: '0.0.0' }
  if (
    /pdm-backend|pdm-pep517/.test(requires) &&
    text(at(manifests.pyproject, 'tool', 'pdm', 'version')['source']) === 'scm'
  )
    return { PDM_BUILD_SCM_VERSION: '0.0.0' }
  return {}
}

/** A path in a manifest must be there when it is installed; names that a mount can't carry must be copied. */
function sourceNeeded({ manifests, manager, dependencies }: InstallContext): string | null {
  const { requirements, pyproject } = manifests
  if (manager.id === 'pip') {
    if (requirements?.local.length)
      return `${requirements.path} installs ${requirements.local[0]}: the source must be there`
    if (
      !requirements &&
      (pyproject || manifests.setup) &&
      (!pyproject ||
        strings(at(pyproject, 'project')['dynamic']).includes('dependencies') ||
        (!has(pyproject, 'project') && !dependencyLists({ manifests, dependencies })))
    )
      return `Only ${manifests.setup ? manifests.setup.file : 'the build of the project'} tells the dependencies: the source must be there`
  }
  const localTables: [string, Table][] = [
    ['tool.uv.sources', manager.id === 'uv' ? at(pyproject, 'tool', 'uv', 'sources') : {}],
    [
      'tool.poetry.dependencies',
      manager.id === 'poetry' ? at(pyproject, 'tool', 'poetry', 'dependencies') : {},
    ],
    ['Pipfile', manager.id === 'pipenv' ? at(manifests.pipfile, 'packages') : {}],
  ]
  for (const [where, entries] of localTables) {
    const local = Object.entries(entries).find(([, value]) => text(table(value)['path']) !== undefined)
    if (local) return `${where} takes ${local[0]} from a path: the source must be there`
  }
  return null
}
