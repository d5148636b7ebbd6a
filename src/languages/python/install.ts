import { IMAGES, TOOLS } from '../../data/versions.ts'
import { bindMount, cacheMount, envBlock, type RunOptions, runBlock, secretMount } from '../../dockerfile.ts'
import type { BuildSecret } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { Dependencies } from './dependencies.ts'
import { EXPORTED, EXPORTED_DEVELOPMENT, exportLock } from './lock-export.ts'
import type { Manifests } from './manifests.ts'
import type { PackageManager } from './package-manager.ts'
import { at, has, strings, type Table, table, tables, text } from './values.ts'

export const VENV = '/opt/venv'
/** Where the project itself is installed, laid over the venv: a layer of its own, so that an edit pushes no dependency. */
export const OVERLAY = '/opt/app'
export const WORKDIR = '/app'

/** The steps of the image that install something, as blocks of a Dockerfile. */
export interface InstallPlan {
  setup: string
  /** The stage that turns the lock of another tool into a list for pip; null: there is none. */
  lock: string | null
  /** Why the whole source must be there before the install; null: the manifests are enough. */
  wholeSource: string | null
  production: string
  development: string | null
  /** uv's members of a workspace: installed into the venv itself, after the source is there. */
  workspace: string | null
  /** Installs the project itself. */
  project: string
  projectDevelopment: string
  /** Adds a package to the venv. */
  add(requirement: string): string
  /** Files whose change calls for a new install. */
  reads: string[]
}

interface Context {
  project: Project
  manifests: Manifests
  manager: PackageManager
  dependencies: Dependencies
  secrets: readonly BuildSecret[]
}

/** What one package manager does; the rest of the plan is the same for all. */
interface Commands {
  setup: string
  lock?: string
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
}

const PIP_CACHE = cacheMount('pip', '/root/.cache/pip')
/** pip stays outside of the venv that it fills: the image has one of its own. */
const PIP_SETUP = [
  envBlock({ PIP_PYTHON: `${VENV}/bin/python` }, { PIP_PYTHON: 'PD050' }),
  `RUN python -m venv --without-pip ${VENV} #@PD050`,
].join('\n')

export function planInstall(context: Context): InstallPlan {
  const { manager, secrets, manifests } = context
  const wholeSource = sourceNeeded(context)
  const commands = COMMANDS[manager.id](context)
  const members = manager.id === 'uv' && has(manifests.pyproject, 'tool', 'uv', 'workspace')
  const mounts = (reads: readonly string[], instead?: readonly string[]) => [
    ...(instead ?? (wholeSource ? [] : reads.map((path) => bindMount(path)))),
    commands.cache,
    ...secrets.map((secret) => secretMount(secret, WORKDIR)),
  ]
  const pip: RunOptions['commands'] = [['pip', 'install', '--no-deps', '--prefix', OVERLAY, '.']]
  const projectMounts = [manager.id === 'uv' ? commands.cache : PIP_CACHE]
  return {
    setup: commands.setup,
    lock: commands.lock ?? null,
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
          commands: [['uv', 'sync', '--locked', '--no-editable', ...uvProduction(context)]],
          rule: 'PD006',
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
    add: (requirement) =>
      runBlock({
        mounts: [manager.id === 'uv' ? commands.cache : PIP_CACHE],
        commands: commands.add?.(requirement) ?? [['pip', 'install', requirement]],
        rule: 'PD056',
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
function sourceNeeded({ manifests, manager }: Context): string | null {
  const { requirements, pyproject } = manifests
  if (manager.id === 'pip') {
    if (requirements?.local.length)
      return `${requirements.path} installs ${requirements.local[0]}: the source must be there`
    if (
      !requirements &&
      (!pyproject ||
        strings(at(pyproject, 'project')['dynamic']).includes('dependencies') ||
        !has(pyproject, 'project'))
    )
      return 'Only running setup.py tells the dependencies: the source must be there'
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

const sync = (...words: string[]) => [words]

function uvProduction({ dependencies }: Context): string[] {
  return [
    '--no-default-groups',
    ...dependencies.groups.flatMap((group) => ['--group', group]),
    ...dependencies.extras.flatMap((extra) => ['--extra', extra]),
  ]
}

/** Groups and extras that hold what people work with: pytest is often in one that is not installed by default. */
const workGroups = ({ dependencies }: Context) => [
  ...dependencies.developmentGroups
    .filter((group) => !/^docs?$/i.test(group))
    .flatMap((group) => ['--group', group]),
  ...dependencies.developmentExtras
    .filter((extra) => !/^docs?$/i.test(extra))
    .flatMap((extra) => ['--extra', extra]),
]

const COMMANDS: Readonly<Record<PackageManager['id'], (context: Context) => Commands>> = {
  uv(context) {
    const { manager, manifests, dependencies } = context
    const lock = manager.lock ? ['--locked'] : []
    const workspace = has(manifests.pyproject, 'tool', 'uv', 'workspace')
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
      cache: cacheMount('uv', '/root/.cache/uv'),
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
function exported({ manager, dependencies, secrets, manifests }: Context): Commands {
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
    mounts: [`--mount=type=bind,from=lock,source=${EXPORTED},target=${EXPORTED}`],
    developmentMounts: [
      `--mount=type=bind,from=lock,source=${EXPORTED_DEVELOPMENT},target=${EXPORTED_DEVELOPMENT}`,
    ],
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

function uvDevelopment(context: Context): string[] {
  return [
    ...workGroups(context),
    ...context.dependencies.groups.flatMap((group) => ['--group', group]),
    ...context.dependencies.extras.flatMap((extra) => ['--extra', extra]),
  ]
}

/** pip can't install the dependencies of a pyproject.toml without the project: the list is read out first. */
function fromPyproject({ manifests, dependencies }: Context): RunOptions['commands'] {
  if (
    !has(manifests.pyproject, 'project', 'dependencies') ||
    strings(at(manifests.pyproject, 'project')['dynamic']).includes('dependencies')
  )
    return [['pip', 'install', '.']]
  return listed([
    "p['dependencies']",
    ...dependencies.extras.map((extra) => `p['optional-dependencies']['${extra}']`),
  ])
}

function listed(lists: readonly string[], plain: readonly string[] = []): RunOptions['commands'] {
  const all = [...lists.map((list) => `*${list}`), ...plain].join(', ')
  return [
    `python -c "import tomllib; t = tomllib.load(open('pyproject.toml', 'rb')); p = t['project']; print(${all}, sep='\\n')" > /tmp/requirements.txt`,
    ['pip', 'install', '--requirement', '/tmp/requirements.txt'],
  ]
}

const PLAIN_NAME_RE = /^[\w.-]+$/

function developmentRequirements({ manifests, dependencies }: Context): RunOptions['commands'] | null {
  if (manifests.devRequirements) return [['pip', 'install', '--requirement', manifests.devRequirements.path]]
  const extras = dependencies.developmentExtras.filter((name) => PLAIN_NAME_RE.test(name))
  const groups = dependencies.developmentGroups.filter((name) => PLAIN_NAME_RE.test(name))
  if (extras.length + groups.length === 0) return null
  return listed([
    ...extras.map((extra) => `p['optional-dependencies']['${extra}']`),
    // A group may include another one: such an entry is a table, and that group is listed itself.
    ...groups.map((group) => `[x for x in t['dependency-groups']['${group}'] if isinstance(x, str)]`),
  ]).map((command) =>
    typeof command === 'string' && !has(manifests.pyproject, 'project')
      ? command.replace(" p = t['project'];", '')
      : command,
  )
}
