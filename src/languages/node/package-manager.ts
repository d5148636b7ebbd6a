import type { Answers } from '../../answers.ts'
import { sourceOf } from '../../answers.ts'
import { TOOLS } from '../../data/versions.ts'
import type { Fact, Warning } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { lineOfVersion } from './lines.ts'
import { type Manifest, runsOnBun } from './manifest.ts'

export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn', 'bun'] as const
type ManagerId = (typeof PACKAGE_MANAGERS)[number]

/** How one package manager is used in an image: a row. */
export interface ManagerRow {
  id: ManagerId
  title: string
  lockfiles: readonly string[]
  /** Files besides package.json and the lockfile that an install reads, where they exist. */
  reads: readonly string[]
  /** Files that carry the version number of the project itself. */
  versioned: readonly string[]
  /** A file that the installer writes anew in its own order before it checks anything: such a mount can be written to. */
  rewrites?: string
  /** Takes it out of them. */
  unversion: Argv
  /** What it writes into node_modules about the time of the install. */
  dated?: readonly string[]
  /** How it gets into the base stage; absent: the image has it. */
  setup?: (version: string) => { run: Argv; env?: Record<string, string> }
  install: { locked: Argv; unlocked: Argv }
  /** Production dependencies alone, into an empty folder. */
  production: { locked: Argv; unlocked: Argv }
  /** Takes development dependencies out of an installed folder, and runs no script of the project. */
  prune: Argv
  /** `locked`: it can't share its cache with a second install at the same time. */
  cache: { id: string; target: string; locked?: true }
  run: (script: string, args: readonly string[]) => string[]
  /** Runs `prebuild` and `postbuild` with `build`: from this line on. */
  hooksSince?: number
}

const runWith =
  (program: string, separator: readonly string[]) => (script: string, args: readonly string[]) => [
    program,
    'run',
    script,
    ...(args.length > 0 ? [...separator, ...args] : []),
  ]

/** No command of theirs does it for every project: npm's refuses where `devEngines` asks for another package manager. */
const WITHOUT_VERSION = [
  '-e',
  'const file = require("./package.json"); delete file.version; require("fs").writeFileSync("package.json", JSON.stringify(file))',
]

const npm: ManagerRow = {
  id: 'npm',
  title: 'npm',
  lockfiles: ['package-lock.json', 'npm-shrinkwrap.json'],
  versioned: ['package.json', 'package-lock.json', 'npm-shrinkwrap.json'],
  unversion: ['npm', 'version', '0.0.0', '--allow-same-version', '--no-git-tag-version', '--ignore-scripts'],
  reads: ['.npmrc', 'patches'],
  install: { locked: ['npm', 'ci'], unlocked: ['npm', 'install'] },
  production: { locked: ['npm', 'ci', '--omit=dev'], unlocked: ['npm', 'install', '--omit=dev'] },
  // It would write the lockfile anew, which is read-only here.
  prune: ['npm', 'prune', '--omit=dev', '--no-save'],
  cache: { id: 'npm', target: '/root/.npm' },
  run: runWith('npm', ['--']),
  hooksSince: 0,
}

const pnpm: ManagerRow = {
  id: 'pnpm',
  title: 'pnpm',
  lockfiles: ['pnpm-lock.yaml'],
  dated: ['.modules.yaml', '.pnpm-workspace-state-v1.json'],
  versioned: ['package.json'],
  unversion: ['node', ...WITHOUT_VERSION],
  reads: ['.npmrc', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.pnpmfile.mjs', 'patches'],
  // From npm and exact: Node 25 and later ship no corepack, and corepack can't install pnpm 12.
  setup: (version) => ({ run: ['npm', 'install', '--global', `pnpm@${version}`] }),
  install: {
    locked: ['pnpm', 'install', '--frozen-lockfile', '--store-dir', '/pnpm/store'],
    unlocked: ['pnpm', 'install', '--no-frozen-lockfile', '--store-dir', '/pnpm/store'],
  },
  production: {
    locked: ['pnpm', 'install', '--frozen-lockfile', '--prod', '--store-dir', '/pnpm/store'],
    unlocked: ['pnpm', 'install', '--no-frozen-lockfile', '--prod', '--store-dir', '/pnpm/store'],
  },
  prune: ['pnpm', 'prune', '--prod', '--ignore-scripts'],
  cache: { id: 'pnpm', target: '/pnpm/store' },
  run: runWith('pnpm', []),
  hooksSince: 9,
}

const yarnClassic: ManagerRow = {
  id: 'yarn',
  title: 'Yarn 1',
  lockfiles: ['yarn.lock'],
  versioned: ['package.json'],
  unversion: ['node', ...WITHOUT_VERSION],
  reads: ['.npmrc', '.yarnrc', 'patches'],
  // Node 26's image ships no Yarn; its own prefix keeps it apart from the one that older images have.
  setup: (version) => ({
    run: ['npm', 'install', '--global', '--prefix', '/opt/yarn', `yarn@${version}`],
    env: { PATH: '/opt/yarn/bin:$PATH' },
  }),
  install: { locked: ['yarn', 'install', '--frozen-lockfile'], unlocked: ['yarn', 'install'] },
  production: {
    locked: ['yarn', 'install', '--frozen-lockfile', '--production'],
    unlocked: ['yarn', 'install', '--production'],
  },
  prune: ['yarn', 'install', '--frozen-lockfile', '--production', '--ignore-scripts', '--prefer-offline'],
  cache: { id: 'yarn', target: '/usr/local/share/.cache/yarn', locked: true },
  run: runWith('yarn', []),
  hooksSince: 0,
}

const yarnBerry: ManagerRow = {
  id: 'yarn',
  title: 'Yarn',
  lockfiles: ['yarn.lock'],
  versioned: ['package.json'],
  rewrites: 'package.json',
  unversion: ['node', ...WITHOUT_VERSION],
  reads: ['.npmrc', '.yarnrc.yml', '.yarn/releases', '.yarn/plugins', '.yarn/patches', 'patches'],
  setup: (version) => ({
    run: ['npm', 'install', '--global', '--prefix', '/opt/yarn', `@yarnpkg/cli-dist@${version}`],
    env: { PATH: '/opt/yarn/bin:$PATH', YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: 'true' },
  }),
  install: { locked: ['yarn', 'install', '--immutable'], unlocked: ['yarn', 'install', '--no-immutable'] },
  production: {
    locked: ['yarn', 'workspaces', 'focus', '--production'],
    unlocked: ['yarn', 'workspaces', 'focus', '--production'],
  },
  prune: ['yarn', 'workspaces', 'focus', '--production'],
  cache: { id: 'yarn-berry', target: '/root/.yarn/berry/cache' },
  run: runWith('yarn', []),
}

const bun: ManagerRow = {
  id: 'bun',
  title: 'Bun',
  lockfiles: ['bun.lock', 'bun.lockb'],
  versioned: ['package.json'],
  unversion: ['bun', ...WITHOUT_VERSION],
  reads: ['.npmrc', 'bunfig.toml', 'patches'],
  install: { locked: ['bun', 'install', '--frozen-lockfile'], unlocked: ['bun', 'install'] },
  production: {
    locked: ['bun', 'install', '--frozen-lockfile', '--production'],
    unlocked: ['bun', 'install', '--production'],
  },
  prune: ['bun', 'install', '--frozen-lockfile', '--production', '--ignore-scripts'],
  cache: { id: 'bun', target: '/root/.bun/install/cache' },
  run: runWith('bun', []),
  hooksSince: 0,
}

const ROWS: Record<ManagerId, (version: string) => ManagerRow> = {
  npm: () => npm,
  pnpm: () => pnpm,
  yarn: (version) => (version.startsWith('1.') || version === '1' ? yarnClassic : yarnBerry),
  bun: () => bun,
}

export interface PackageManager {
  row: ManagerRow
  fact: Fact<string>
  version: Fact<string>
  lockfile: string | undefined
  /** It has no way to leave development dependencies out: the image carries all. */
  keepsAll?: true
  warnings: Warning[]
}

export const runsHooks = ({ row, version }: PackageManager): boolean =>
  row.hooksSince !== undefined && !(Number(lineOfVersion(version.value)) < row.hooksSince)

/** Which package manager, from what the project says of it, most deliberate first, and which version of it. */
export function packageManager(project: Project, manifest: Manifest, answers: Answers): PackageManager {
  const warnings: Warning[] = []
  const declared = declaredManager(manifest)
  const locks = PACKAGE_MANAGERS.flatMap((id) => {
    const file = project.first(ROWS[id]('2').lockfiles)
    return file ? [{ id, file }] : []
  })
  let choice: Fact<ManagerId>
  if (answers.packageManager !== undefined)
    choice = fact(answers.packageManager as ManagerId, sourceOf(answers, 'packageManager'))
  else if (declared) choice = fact(declared.id, declared.source)
  else if (locks[0]) choice = fact(locks[0].id, locks[0].file)
  else
    choice =
      engineManager(manifest) ??
      bunManager(manifest) ??
      (project.has('pnpm-workspace.yaml') ? fact('pnpm', 'pnpm-workspace.yaml', 'likely') : undefined) ??
      fact('npm', 'default: no lockfile', 'guess')

  const id = choice.value
  const version = managerVersion(project, manifest, id, declared?.id === id ? declared.version : undefined)
  const row = ROWS[id](version.value)
  const lockfile = project.first(row.lockfiles)
  const installs =
    Object.keys(manifest.dependencies).length + Object.keys(manifest.devDependencies).length > 0
  if (!lockfile && installs) {
    const other = locks[0] ? ` ${locks[0].file} belongs to ${locks[0].id}.` : ''
    warnings.push({
      rule: 'PD081',
      message: `There is no lockfile of ${row.title}: each build may install other versions.${other} Run "${row.install.unlocked.slice(0, 2).join(' ')}" and commit ${row.lockfiles[0]}.`,
    })
  }
  const strangers = locks.filter((lock) => lock.id !== id)
  if (lockfile && strangers.length > 0) {
    warnings.push({
      rule: 'PD081',
      message: `${lockfile} is used (${choice.source}); ${strangers.map((lock) => lock.file).join(' and ')} is left over from another package manager. Delete the one you do not use.`,
      file: strangers[0]?.file as string,
    })
  }
  const keepsAll = row === yarnBerry && !canFocus(project, version.value)
  if (keepsAll && Object.keys(manifest.devDependencies).length > 0)
    warnings.push({
      rule: 'PD007',
      message: `Yarn ${version.value} cannot leave development dependencies out without its workspace-tools plugin: the image carries all of them. Run "yarn plugin import workspace-tools" and commit the plugin, or move to Yarn 4.`,
      file: version.source.split('#')[0] as string,
    })
  return { row, fact: choice, version, lockfile, ...(keepsAll && { keepsAll }), warnings }
}

/** `yarn workspaces focus` is part of Yarn 4, and a plugin before. */
function canFocus(project: Project, version: string): boolean {
  return (
    Number(lineOfVersion(version)) >= 4 || project.has('.yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs')
  )
}

function declaredManager(
  manifest: Manifest,
): { id: ManagerId; version: string | undefined; source: string } | undefined {
  const match = /^\s*(npm|pnpm|yarn|bun)@([^+\s]+)/.exec(manifest.packageManager ?? '')
  if (match) return { id: match[1] as ManagerId, version: match[2], source: 'package.json#packageManager' }
  const dev = manifest.devEngines.packageManager
  if (dev && (PACKAGE_MANAGERS as readonly string[]).includes(dev.name))
    return {
      id: dev.name as ManagerId,
      version: dev.version,
      source: 'package.json#devEngines.packageManager',
    }
  return undefined
}

function engineManager(manifest: Manifest): Fact<ManagerId> | undefined {
  const id = (['pnpm', 'yarn', 'bun'] as const).find((name) => name in manifest.engines)
  return id && fact(id, `package.json#engines.${id}`)
}

function bunManager(manifest: Manifest): Fact<ManagerId> | undefined {
  const source = runsOnBun(manifest)
  return source === undefined ? undefined : fact('bun', source, 'likely')
}

function managerVersion(
  project: Project,
  manifest: Manifest,
  id: ManagerId,
  declared: string | undefined,
): Fact<string> {
  // Node.js brings its npm: a version that is asked for is not what the image carries.
  if (id === 'npm') return fact(TOOLS.npm, 'the one in the image', 'default')
  if (declared && /^\d+\.\d+\.\d+/.test(declared))
    return fact(
      declared,
      manifest.packageManager ? 'package.json#packageManager' : 'package.json#devEngines.packageManager',
    )
  const range = declared ?? manifest.engines[id]
  const volta = manifest.volta[id]
  if (volta) return fact(volta, `package.json#volta.${id}`)
  if (range) {
    // `>=9` and `^9.1` both ask for at least 9.
    const low = lineOfVersion(range)
    if (low !== undefined)
      return fact(String(low), `package.json#${declared ? 'devEngines.packageManager' : `engines.${id}`}`)
  }
  return fromLockfile(project, id)
}

/** `lockfileVersion` of pnpm tells its line; a yarn.lock of Yarn 1 says so in its head; .yarnrc.yml belongs to the later ones. */
function fromLockfile(project: Project, id: ManagerId): Fact<string> {
  if (id === 'pnpm') {
    const lock = project.has('pnpm-lock.yaml') ? project.text('pnpm-lock.yaml') : null
    const written = lock?.match(/^lockfileVersion:\s*['"]?(\d+)(?:\.(\d+))?/m)
    const line =
      written &&
      ({ '5': written[2] === '4' ? '7' : '6', '6': '8', '9': TOOLS.pnpm } as Record<string, string>)[
        written[1] as string
      ]
    return line
      ? fact(line, 'pnpm-lock.yaml#lockfileVersion', 'likely')
      : fact(TOOLS.pnpm, 'default', 'default')
  }
  if (id === 'yarn') {
    const release = project
      .text('.yarnrc.yml')
      ?.match(/^yarnPath:\s*['"]?\S*yarn-(\d+\.\d+\.\d+)\.c?js/m)?.[1]
    if (release) return fact(release, '.yarnrc.yml#yarnPath')
    const lock = project.text('yarn.lock') ?? ''
    if (/^# yarn lockfile v1/m.test(lock)) return fact('1', 'yarn.lock', 'likely')
    if (project.has('.yarnrc.yml') || /^__metadata:/m.test(lock))
      return fact(TOOLS.yarnBerry, project.has('.yarnrc.yml') ? '.yarnrc.yml' : 'yarn.lock', 'likely')
    return fact(lock === '' ? TOOLS.yarnBerry : '1', 'default', 'default')
  }
  return fact(TOOLS.bun, 'default', 'default')
}

/** Yarn 2 and later without node_modules: the image gets them all the same, so that nothing stands between Node.js and the code. */
export function isPlugAndPlay(project: Project, manager: PackageManager): boolean {
  if (manager.row !== yarnBerry) return false
  const linker = project.source('.yarnrc.yml')?.match(/^nodeLinker:\s*['"]?([\w-]+)/m)?.[1]
  return linker === undefined || linker === 'pnp'
}

/** A tag of oven/bun: exact where the project is, else the line. */
export function bunTag(version: string): string {
  return /^\d+\.\d+(\.\d+)?$/.test(version) ? version : String(lineOfVersion(version) ?? TOOLS.bun)
}
