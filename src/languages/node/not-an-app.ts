import { CliError, EXIT } from '../../errors.ts'
import type { Project } from '../../project.ts'
import { isRecord } from '../../record.ts'
import { few, NOT_YET } from '../common.ts'
import type { FrameworkRow } from './frameworks.ts'
import { JS_EXTENSIONS } from './listen.ts'
import type { Manifest } from './manifest.ts'
import { programsOf, type Taken } from './start.ts'

interface Refusal {
  message: string
  hint: string
}

/** Programs that run where a person sits: no container serves them. */
const ON_A_DEVICE: readonly { package: string; what: string }[] = [
  { package: 'electron', what: 'a desktop app (Electron)' },
  { package: 'expo', what: 'a mobile app (Expo)' },
  { package: 'react-native', what: 'a mobile app (React Native)' },
  { package: '@types/vscode', what: 'an extension of VS Code' },
]

/** Why this is nothing that a container could serve; undefined where it is an app. */
export function notAnApp(
  project: Project,
  manifest: Manifest,
  row: FrameworkRow,
  scripted: Taken | undefined,
  starts: boolean,
  members: readonly string[],
): Refusal | undefined {
  const name = manifest.name ? `"${manifest.name}"` : 'This project'
  const device = ON_A_DEVICE.find(
    ({ package: pack }) => pack in manifest.dependencies || pack in manifest.devDependencies,
  )
  const isOnDevice =
    device &&
    programsOf(manifest.scripts['start'] ?? '', manifest).programs.some(([name]) => name === device.package)
  // Beside it another script may start a server; a site that is also wrapped for a device has no "main" of its own.
  const refused = isOnDevice
    ? !(scripted && 'argv' in scripted)
    : row.id === 'node' || (row.kind === 'static' && manifest.main !== undefined)
  if (device && refused)
    return {
      message: `${name} is ${device.what}, by ${device.package} in package.json: it runs on a person's device, not in a container.`,
      hint: 'If it has a server too, run this in its folder, or say how that starts: --start "node server.js".',
    }
  if (starts)
    return members.length === 0
      ? undefined
      : {
          message: `${name} is the root of a workspace: what it needs lies in ${few(members)}, each with a package.json of its own.`,
          hint: `${NOT_YET} If the app needs none of them, say how it starts: --start "node server.js".`,
        }
  if (manifest.workspaces) {
    const apps = appsBelow(project)
    return {
      message: `${name} is the root of a workspace, and starts nothing itself.`,
      hint:
        apps.length > 0
          ? `Run this in the folder of an app: ${apps.join(', ')}.`
          : 'Run this in the folder of one of its apps: create-prod-docker path/to/app',
    }
  }
  const kind = scripted && 'kind' in scripted ? scripted.kind : undefined
  const script = kind
    ? `${scripted?.source} starts ${kind === 'dev' ? 'a development server' : 'a server of files'}, and there is no "main"`
    : 'no "start" script, no "main"'
  return manifest.published || manifest.bin
    ? {
        message: `${name} looks like a library: package.json publishes files, and nothing starts a program.`,
        hint: 'If it is an app after all, say how it starts: --start "node server.js". More: explain PD095.',
      }
    : {
        message: `${name} has no start command: ${script}, no server.js or index.js.`,
        hint: 'Say how it starts: --start "node server.js", or add a "start" script to package.json.',
      }
}

/** Words of scripts that work on members. */
const MEMBER_WORDS = new Set(
  '-w --workspace --workspaces -ws --filter -F workspace workspaces turbo lerna nx'.split(' '),
)
/** Scripts that an image runs, with those that they name. */
const IMAGE_SCRIPT_RE =
  /^(?:(?:pre|post)?(?:install|build|start|dev|test)|prepare|build:docker|start:(?:prod|dev))$/

/**
 * The members that the root, an app itself, does without: no dependency, script or module of it names one. Undefined where
 * it needs them, as the installers do that compare every member with the lockfile.
 */
export function membersApart(
  project: Project,
  manifest: Manifest,
  manager: string,
  members: readonly string[],
): readonly string[] | undefined {
  if (manager !== 'npm' && manager !== 'pnpm') return undefined
  const { scripts, dependencies, devDependencies } = manifest
  const names = members.map((path) => project.json(`${path}/package.json`)?.['name'])
  const all = Object.entries({ ...dependencies, ...devDependencies })
  if (all.some(([name, range]) => names.includes(name) || range.startsWith('workspace:'))) return undefined
  const run = new Set(Object.keys(scripts).filter((name) => IMAGE_SCRIPT_RE.test(name)))
  for (const name of run)
    for (const word of scripts[name]?.split(/[\s=]+/) ?? []) {
      if (MEMBER_WORDS.has(word) || names.includes(word)) return undefined
      if (word in scripts) run.add(word)
    }
  const isNamed = (text: string) =>
    members.some((path) => new RegExp(`(?<![\\w-])${path.replace(/[.+]/g, '\\$&')}(?![\\w-])`).test(text))
  const texts = [...all.map(([, range]) => range), ...[...run].map((name) => scripts[name] as string)]
  if (members.some((path) => !/^[\w.@/+-]+$/.test(path)) || texts.some(isNamed)) return undefined
  const users = project
    .sources(JS_EXTENSIONS)
    .filter((file) => !members.some((path) => file.startsWith(`${path}/`)))
    .filter((file) =>
      (project.source(file)?.match(/(['"`])[.@~][^'"`\n]*\1/g) ?? []).some((word) =>
        members.some((path) => `${word.slice(1, -1)}/`.includes(`/${path}/`)),
      ),
    )
  // What a script of a person reads there is no need of the app; the files are left where they are then.
  return users.length === 0 ? members : users.every((file) => file.startsWith('scripts/')) ? [] : undefined
}

const MOST = 8

/** Folders that the workspace of this root has: what lies below the part of a pattern that is no pattern. */
export function workspaceMembers(
  project: Project,
  manifest: Manifest,
  pnpm: Record<string, unknown> | null,
): string[] {
  const { workspaces } = manifest.raw
  const stated = pnpm ? pnpm['packages'] : isRecord(workspaces) ? workspaces['packages'] : workspaces
  const roots = (Array.isArray(stated) ? stated : [])
    .filter((pattern): pattern is string => typeof pattern === 'string' && !pattern.startsWith('!'))
    .map((pattern) => pattern.replace(/^\.\//, '').replace(/[^/]*[*?{[(].*$/, ''))
  if (roots.length === 0) return []
  return project
    .files()
    .flatMap((file) => (file.endsWith('/package.json') ? [file.slice(0, -'package.json'.length)] : []))
    .filter((folder) =>
      roots.some((root) => folder.startsWith(root === '' || root.endsWith('/') ? root : `${root}/`)),
    )
    .map((folder) => folder.slice(0, -1))
    .toSorted()
}

/** Folders below whose package.json has a start script: a few, the shallow ones first. */
function appsBelow(project: Project): string[] {
  return project
    .files()
    .filter((file) =>
      /^(?!.*(?:^|\/)(?:examples?|fixtures|templates?|node_modules)\/).+\/package\.json$/.test(file),
    )
    .filter((file) => {
      const scripts = project.json(file)?.['scripts'] as Record<string, unknown> | undefined
      return typeof scripts?.['start'] === 'string'
    })
    .map((file) => file.slice(0, -'/package.json'.length))
    .toSorted((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))
    .slice(0, MOST)
}

/** A member of a workspace is no project of its own: what it needs lies in other folders, and so does its lockfile. */
export function checkStandalone(project: Project, manifest: Manifest, lockfile: string | undefined): void {
  const needs = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, range]) => /^(workspace|catalog):/.test(range))
    .map(([name]) => name)
  if (needs.length === 0 || lockfile !== undefined || manifest.workspaces) return
  throw new CliError(
    `"${manifest.name ?? project.name}" is part of a workspace: ${few(needs)} and the lockfile come from folders outside of this one.`,
    {
      code: EXIT.usage,
      hint: `${NOT_YET} With pnpm, "pnpm --filter ${manifest.name ?? '<name>'} deploy <folder>" makes a folder that stands alone: run this there.`,
    },
  )
}
