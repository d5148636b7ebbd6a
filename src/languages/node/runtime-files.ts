import { dockerPaths } from '../../escape.ts'
import type { Project } from '../../project.ts'
import { configValue } from './conditions.ts'
import type { NodeFindings } from './findings.ts'
import type { FrameworkRow, Payload } from './frameworks.ts'
import { importsOf } from './imports.ts'
import { metadataOf } from './native.ts'
import { builtPayload, compilerOptions, LEFT_OUT, outputFolder, WORKDIR } from './payload.ts'
import { rootReads } from './root-reads.ts'

/** COPY lines of the runtime stage, what changes least first; what the code reads of the project must be in the context. */
export function payloadOf(found: NodeFindings, hasBuild: boolean): { copies: string[]; reads: string[] } {
  const { project, row, start } = found
  if (row.kind === 'static') return { copies: [], reads: [] }
  const from = hasBuild ? 'build' : undefined
  const listed: Payload[] | undefined = row.payload
    ? row.payload.filter((entry) => isThere(project, entry.from, hasBuild))
    : undefined
  const folder = hasBuild ? outputFolder(project, start?.command.entry) : undefined
  const parts = listed ?? (folder ? builtPayload(project, folder, leftOut(found)) : undefined)
  if (parts && from) {
    const entry = start?.command.entry
    const server = listed && ownServer(found)
    const readers = server === undefined ? undefined : importsOf(project, [server], MOST).files
    const built = listed ? startFolder(found, folder) : []
    const asks = !listed || built.length > 0 || server !== undefined
    const reads = asks ? rootReads(project, readers ? undefined : folder, entry, readers) : []
    const beside = [...built, ...reads.map(asIs), ...(listed ? imported(found) : [])]
    const more = beside.filter(
      (part, at) => ![...parts, ...beside.slice(0, at)].some((other) => isBelow(part.from, other.from)),
    )
    const copies = [...compilerOf(found), ...[...parts, ...more].map((part) => copyLine(part, from))]
    return { copies, reads }
  }
  const excludes = excluding(
    [
      ...LEFT_OUT,
      ...(hasBuild && compilesTypes(found) ? [NOTES] : []),
      found.manager.lockfile,
      found.testEnv,
    ].filter((path) => path !== undefined),
  )
  const all = `COPY --link${excludes}${from ? ` --from=${from} ${WORKDIR}/ ./` : ' . ./'} #@PD008,PD087`
  return { copies: [all], reads: [] }
}

/** What compilers put beside the code that nothing reads while it runs. */
function leftOut({ project, start, manifest }: NodeFindings): string[] {
  const mapped =
    'source-map-support' in manifest.dependencies ||
    [...(start?.command.argv ?? []), start?.command.env['NODE_OPTIONS']].some((word) =>
      word?.includes('--enable-source-maps'),
    )
  const { declaration, incremental, composite } = compilerOptions(project)
  const hasTests = project.files().some((path) => /\.(?:test|spec)\.[cm]?[jt]sx?$/.test(path))
  return [
    ...(mapped ? [] : ['**/*.map']),
    ...(declaration === true && metadataOf(manifest).length === 0 ? ['**/*.d.ts'] : []),
    ...(hasTests ? ['**/*.test.*', '**/*.spec.*'] : []),
    ...(incremental === true || composite === true ? [NOTES] : []),
  ]
}

/** Where TypeScript writes down what it compiled, for its next run: in the output, where no rootDir says otherwise. */
const NOTES = '**/*.tsbuildinfo'
/** Frameworks' own compilers write them too, whatever tsconfig.json says. */
const compilesTypes = ({ manifest: { dependencies, devDependencies } }: NodeFindings) =>
  'typescript' in dependencies || 'typescript' in devDependencies

/** The config that the server reads at start; in the standalone output it is part of the server. */
export function startConfig({ project, row }: NodeFindings): string | undefined {
  return row.kind === 'server' && row.modules && row.startConfig ? project.first(row.startConfig) : undefined
}

/** Development dependencies that it loads then. */
export function configNeeds(found: NodeFindings): string[] {
  const config = startConfig(found)
  const { dependencies, devDependencies } = found.manifest
  return config
    ? [...importsOf(found.project, [config], MOST).packages].filter(
        (name) => name in devDependencies && !(name in dependencies),
      )
    : []
}

/** `next start` compiles next.config.ts, by a package that is a development dependency nearly everywhere. */
function compilerOf(found: NodeFindings): string[] {
  const { manifest, manager } = found
  const needed =
    /\.[cm]?ts$/.test(startConfig(found) ?? '') &&
    !('typescript' in manifest.dependencies) &&
    manager.keepsAll === undefined &&
    configNeeds(found).length === 0
  const path = 'node_modules/typescript'
  return needed ? [copyLine({ from: path, to: path }, 'deps')] : []
}

/** More single files than these come as the folders that they lie in. */
const MANY = 12
const MOST = 200

/** Files of the project that the config imports, and a server of one's own with its imports; what those import too. */
function imported(found: NodeFindings): Payload[] {
  const { project } = found
  const config = startConfig(found)
  const server = ownServer(found)
  const { files: seen } = importsOf(
    project,
    [config, server].filter((file) => file !== undefined),
    MOST,
  )
  if (config) seen.delete(config)
  seen.delete('package.json')
  const folders = seen.size > MANY ? [...seen].map((path) => path.split('/')[0] as string) : [...seen]
  return [...new Set(folders)].toSorted().map(asIs)
}

const asIs = (path: string): Payload => ({ from: path, to: path })

/** The file of the project that a script starts in place of the framework's server. */
function ownServer({ project, row, start }: NodeFindings): string | undefined {
  const entry = row.modules && start?.confidence !== 'default' ? start?.command.entry : undefined
  return entry !== undefined && project.files().includes(entry) ? entry : undefined
}

/** …or the folder that the build puts it in. */
function startFolder(found: NodeFindings, folder: string | undefined): Payload[] {
  const { row, start } = found
  return folder !== undefined && row.modules && start?.confidence !== 'default'
    ? [{ from: folder, to: folder, exclude: leftOut(found) }]
    : []
}

const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)

/** The output of the build is not there yet; what stands beside it must be in the project. */
function isThere(project: Project, path: string, hasBuild: boolean): boolean {
  if (/^(\.next|\.output|\.medusa|build|dist)(\/|$)/.test(path)) return hasBuild
  if (path.includes('*'))
    return ['ts', 'mts', 'js', 'mjs', 'cjs'].some((extension) => project.has(path.replace('*', extension)))
  return project.has(path) || project.hasFolder(path)
}

export const excluding = (patterns: readonly string[]) =>
  patterns.map((pattern) => ` --exclude=${pattern}`).join('')

function copyLine({ from, to, exclude = [], parents }: Payload, stage: string): string {
  // `*` of a row is meant as one; a path of the project never is.
  const words = parents
    ? `${WORKDIR}/./${from} ./`
    : from.includes('*')
      ? `${WORKDIR}/${from} ./`
      : dockerPaths([`${WORKDIR}/${from}${to === '.' ? '/' : ''}`, to === '.' ? './' : `./${to}`])
  return `COPY --link${parents ? ' --parents' : ''}${excluding(exclude)} --from=${stage} ${words} #@PD008${exclude.length > 0 ? ',PD087' : ''}`
}

/** The page that every unknown address of a static site gets; undefined where that is a 404. */
export function fallbackPage({ project, row }: NodeFindings): string | undefined {
  const named = row.site?.fallbackPage && configValue(project, row.site.fallbackPage)?.value
  if (typeof named === 'string' && /^[\w.-]+$/.test(named)) return named
  return row.site?.fallback === 'index' ? 'index.html' : undefined
}

/** Where the build puts a static site. */
export function siteFolder({
  project,
  manifest,
  row,
}: Pick<NodeFindings, 'project' | 'manifest' | 'row'>): string {
  const site = row.site as NonNullable<FrameworkRow['site']>
  const setting = site.setting && configValue(project, site.setting)
  const found =
    site.find?.(project, manifest)?.value ??
    (typeof setting?.value === 'string' ? setting.value : undefined) ??
    site.folder
  return found.replace(/^\.\//, '').replace(/\/$/, '')
}
