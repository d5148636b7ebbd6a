import { IMAGES, TOOLS } from '../../data/versions.ts'
import { cacheMount, envBlock, type RunOptions, secretMount, stageMount } from '../../dockerfile.ts'
import type { BuildSecret } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { Dependencies } from './dependencies.ts'
import { EXPORTED, EXPORTED_DEVELOPMENT, exportLock } from './lock-export.ts'
import { type Manifests, projectName } from './manifests.ts'
import type { PackageManager } from './package-manager.ts'
import { at, has, strings, tables, text } from './values.ts'

export const VENV = '/opt/venv'
/** Where the project itself is installed, laid over the venv: a layer of its own, so that an edit pushes no dependency. */
export const OVERLAY = '/opt/app'
export const WORKDIR = '/app'

export interface InstallContext {
  project: Project
  manifests: Manifests
  manager: PackageManager
  dependencies: Dependencies
  secrets: readonly BuildSecret[]
}

/** What one package manager does; the rest of the plan is the same for all. */
export interface Commands {
  setup: string
  lock?: string
  /** Takes the project's own version out of what is read. */
  manifest?: string
  cache: string
  /** Instead of the manifests that are read. */
  mounts?: string[]
  developmentMounts?: string[]
  production: RunOptions['commands']
  development: RunOptions['commands'] | null
  reads: string[]
  developmentReads?: string[]
  project?: RunOptions['commands']
  add?: (requirement: string) => RunOptions['commands']
  /** Files of its own in the venv, for everybody to write and for nobody to run. */
  leaves?: string[]
}

export const PIP_CACHE = cacheMount('pip', '/root/.cache/pip')
/** pip stays outside of the venv that it fills: the image has one of its own. */
const PIP_SETUP = [
  envBlock(
    // The earliest time that a wheel can hold: with any, bytecode goes by the content of its source, not by its time.
    { PIP_PYTHON: `${VENV}/bin/python`, SOURCE_DATE_EPOCH: '315532800' },
    { PIP_PYTHON: 'PD050', SOURCE_DATE_EPOCH: 'PD088' },
  ),
  `RUN python -m venv --without-pip ${VENV} #@PD050`,
].join('\n')

/** The line after the project's name, in both files; undefined where it stands elsewhere. */
function withoutVersion({ project, manifests, manager }: InstallContext): string | undefined {
  const name = projectName(manifests)
  const files = ['pyproject.toml', 'uv.lock']
  if (!manager.lock || !name || !/^[a-z0-9-]+$/.test(name)) return undefined
  const line = new RegExp(`^name = "${name}"\nversion = "[^"]+"$`, 'm')
  if (!files.every((file) => line.test(project.source(file) ?? ''))) return undefined
  return [
    `COPY ${files.join(' ')} ./ #@PD086`,
    `RUN sed -i '/^name = "${name}"$/ { n; s/".*"/"0"/ }' ${files.join(' ')} #@PD086`,
  ].join('\n')
}

const sync = (...words: string[]) => [words]

export function uvProduction({ dependencies }: InstallContext): string[] {
  return [
    '--no-default-groups',
    ...dependencies.groups.flatMap((group) => ['--group', group]),
    ...dependencies.extras.flatMap((extra) => ['--extra', extra]),
  ]
}

/** Groups and extras that hold what people work with: pytest is often in one that is not installed by default. */
const workGroups = ({ dependencies }: InstallContext) => [
  ...dependencies.developmentGroups
    .filter((group) => !/^docs?$/i.test(group))
    .flatMap((group) => ['--group', group]),
  ...dependencies.developmentExtras
    .filter((extra) => !/^docs?$/i.test(extra))
    .flatMap((extra) => ['--extra', extra]),
]

export const COMMANDS: Readonly<Record<PackageManager['id'], (context: InstallContext) => Commands>> = {
  uv(context) {
    const { manager, manifests, dependencies } = context
    const lock = manager.lock ? ['--locked'] : []
    const workspace = has(manifests.pyproject, 'tool', 'uv', 'workspace')
    const manifest = workspace ? undefined : withoutVersion(context)
    // In a workspace the members' manifests are not mounted: --locked would miss them.
    const production =
      workspace && manager.lock
        ? ['uv', 'sync', '--frozen', '--no-install-workspace', ...uvProduction(context)]
        : ['uv', 'sync', ...lock, '--no-install-project', ...uvProduction(context)]
    return {
      setup: [
        `COPY --link --from=${IMAGES.uv(manager.version?.value ?? TOOLS.uv)} /uv /usr/local/bin/uv #@PD014`,
        envBlock(
          {
            UV_PROJECT_ENVIRONMENT: VENV,
            VIRTUAL_ENV: VENV,
            UV_COMPILE_BYTECODE: '1',
            UV_LINK_MODE: 'copy',
            UV_PYTHON_DOWNLOADS: 'never',
            PYC_INVALIDATION_MODE: 'UNCHECKED_HASH',
          },
          {
            UV_PROJECT_ENVIRONMENT: 'PD050',
            UV_COMPILE_BYTECODE: 'PD052',
            UV_LINK_MODE: 'PD052',
            UV_PYTHON_DOWNLOADS: 'PD052',
            PYC_INVALIDATION_MODE: 'PD052',
          },
        ),
      ].join('\n'),
      ...(manifest !== undefined && { manifest }),
      cache: cacheMount('uv', '/root/.cache/uv'),
      leaves: ['.lock'],
      production: sync(...production),
      development:
        dependencies.development.size > 0
          ? sync(
              'uv',
              'sync',
              ...(workspace && manager.lock
                ? ['--frozen', '--no-install-workspace']
                : [...lock, '--no-install-project']),
              ...uvDevelopment(context),
            )
          : null,
      reads: ['pyproject.toml', ...(manager.lock ? ['uv.lock'] : [])],
      project: sync('uv', 'pip', 'install', '--no-deps', '--prefix', OVERLAY, '.'),
      add: (requirement) => sync('uv', 'pip', 'install', requirement),
    }
  },
  poetry: exported,
  pdm: exported,
  pipenv: exported,
  pip(context) {
    const { manifests } = context
    const { requirements, devRequirements } = manifests
    return {
      setup: PIP_SETUP,
      cache: PIP_CACHE,
      production: requirements
        ? sync(
            'pip',
            'install',
            ...(requirements.hashed ? ['--require-hashes'] : []),
            '--requirement',
            requirements.path,
          )
        : fromPyproject(context),
      development: developmentRequirements(context),
      reads: requirements
        ? requirements.files
        : ['pyproject.toml', 'setup.cfg', 'setup.py'].filter((path) => context.project.has(path)),
      developmentReads: devRequirements
        ? [...new Set([...devRequirements.files, ...(requirements?.files ?? [])])]
        : ['pyproject.toml'].filter((path) => context.project.has(path)),
    }
  },
}

/** The lists that the `lock` stage wrote; all that pip needs of Poetry, PDM and Pipenv. */
function exported({ manager, dependencies, secrets, manifests }: InstallContext): Commands {
  const lock = exportLock(
    manager as PackageManager & { id: 'poetry' | 'pdm' | 'pipenv' },
    dependencies,
    secrets.map((secret) => secretMount(secret, WORKDIR)),
  )
  const install = (path: string): RunOptions['commands'] => [
    ...loginOf(manager, manifests, secrets),
    ['pip', 'install', '--no-deps', ...(lock.hashed ? ['--require-hashes'] : []), '--requirement', path],
  ]
  return {
    setup: PIP_SETUP,
    lock: lock.block,
    cache: PIP_CACHE,
    mounts: [stageMount('lock', EXPORTED)],
    developmentMounts: [stageMount('lock', EXPORTED_DEVELOPMENT)],
    production: install(EXPORTED),
    development: lock.hasDevelopment ? install(EXPORTED_DEVELOPMENT) : null,
    reads: lock.reads,
  }
}

/** Poetry keeps a private index's login apart from its address; pip wants it in the address, for this one command. */
function loginOf(manager: PackageManager, manifests: Manifests, secrets: readonly BuildSecret[]): string[] {
  if (manager.id !== 'poetry' || secrets.length === 0) return []
  const urls = tables(at(manifests.pyproject, 'tool', 'poetry')['source']).flatMap((source) => {
    const key = text(source['name'])
      ?.toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
    const match = /^(https?:\/\/)([\w.:/-]+)$/.exec(text(source['url']) ?? '')
    const login = `POETRY_HTTP_BASIC_${key}_`
    return match && secrets.some((secret) => secret.env === `${login}PASSWORD`)
      ? [`${match[1]}$${login}USERNAME:$${login}PASSWORD@${match[2]}`]
      : []
  })
  return urls.length > 0 ? [`export PIP_EXTRA_INDEX_URL="${urls.join(' ')}"`] : []
}

export function uvDevelopment(context: InstallContext): string[] {
  return [
    ...workGroups(context),
    ...context.dependencies.groups.flatMap((group) => ['--group', group]),
    ...context.dependencies.extras.flatMap((extra) => ['--extra', extra]),
  ]
}

/** Whether the dependencies are lists in pyproject.toml; null: only a build of the project tells them. */
export function dependencyLists({
  manifests: { pyproject, setup },
  dependencies,
}: Pick<InstallContext, 'manifests' | 'dependencies'>): string[] | null {
  const stated = has(pyproject, 'project', 'dependencies')
  const grouped = dependencies.groups.length > 0 && !setup
  if (strings(at(pyproject, 'project')['dynamic']).includes('dependencies') || !(stated || grouped))
    return null
  return [...(stated ? ["p['dependencies']"] : []), ...lists(dependencies.extras, dependencies.groups)]
}

const lists = (extras: readonly string[], groups: readonly string[]) => [
  ...extras.map((extra) => `p['optional-dependencies']['${extra}']`),
  // A group may include another one: such an entry is a table, and that group is listed itself.
  ...groups.map((group) => `[x for x in t['dependency-groups']['${group}'] if isinstance(x, str)]`),
]

/** pip can't install the dependencies of a pyproject.toml without the project: the list is read out first. */
function fromPyproject(context: InstallContext): RunOptions['commands'] {
  const { extras } = context.dependencies
  const found = dependencyLists(context)
  if (!found) return [['pip', 'install', extras.length > 0 ? `.[${extras.join()}]` : '.']]
  return listed(found, context.manifests)
}

function listed(found: readonly string[], { pyproject }: Manifests): RunOptions['commands'] {
  const all = found.map((list) => `*${list}`).join(', ')
  const own = has(pyproject, 'project') ? " p = t['project'];" : ''
  return [
    `python -c "import tomllib; t = tomllib.load(open('pyproject.toml', 'rb'));${own} print(${all}, sep='\\n')" > /tmp/requirements.txt`,
    ['pip', 'install', '--requirement', '/tmp/requirements.txt'],
  ]
}

const PLAIN_NAME_RE = /^[\w.-]+$/

function developmentRequirements({ manifests, dependencies }: InstallContext): RunOptions['commands'] | null {
  if (manifests.devRequirements) return [['pip', 'install', '--requirement', manifests.devRequirements.path]]
  const extras = dependencies.developmentExtras.filter((name) => PLAIN_NAME_RE.test(name))
  const groups = dependencies.developmentGroups.filter((name) => PLAIN_NAME_RE.test(name))
  if (extras.length + groups.length === 0) return null
  return listed(lists(extras, groups), manifests)
}
