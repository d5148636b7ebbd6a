import { normalizeName, parseRequirement } from '../../languages/python/requirement.ts'
import type { ImageFile } from './contents.ts'
import type { Filesystem } from './filesystem.ts'

/** What the project's manifests say about packages, by ecosystem. Python's names are normalised. */
export interface Wanted {
  node: { production: Iterable<string>; development: ReadonlySet<string> }
  python: { production: Iterable<string>; development: ReadonlySet<string> }
}

/** A package that no production dependency asks for. */
export interface Stray {
  name: string
  /** Whether the project names it as a development dependency. */
  isDevelopment: boolean
  bytes: number
}

/** Where packages describe themselves: what the reader must keep for `strays`. */
const MANIFEST_RE = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/.@][^/]*))\/package\.json$/
const METADATA_RE = /^(.*\/(?:site|dist)-packages)\/([^/]+)-[^/-]+\.dist-info\/(METADATA|RECORD)$/
/** A manifest of the app or of a workspace package: what it depends on is production too. */
const OWN_MANIFEST_RE = /^(?!.*\/node_modules\/).*\/package\.json$/
/** A config that its reader compiles each time it starts. */
const TYPED_CONFIG_RE = /^(?!.*\/node_modules\/).*\/[\w.-]+\.config\.[cm]?ts$/

export function manifestBytes({ path }: ImageFile): number {
  if (path.endsWith('/package.json'))
    return MANIFEST_RE.test(path) || OWN_MANIFEST_RE.test(path) ? 256 << 10 : 0
  return METADATA_RE.exec(path) ? 512 << 10 : 0
}

interface Installed {
  name: string
  /** What it asks for; where a name has extras (`sqlalchemy[asyncio]`), with each of them. */
  asks: string[]
  bytes: number
}

/**
 * Packages above the base that cannot be reached from the production dependencies, by what the installed packages say
 * of themselves: no lockfile is needed, and every package manager is alike. Extras, optional and peer dependencies
 * count as asked for: a package that is called a stray is one.
 */
export function strays(filesystem: Filesystem, wanted: Wanted): Stray[] {
  const { packages, own } = nodePackages(filesystem)
  const python = pythonPackages(filesystem)
  return [
    ...unreached(packages, [...wanted.node.production, ...own], wanted.node.development),
    ...unreached(python, wanted.python.production, wanted.python.development),
  ].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}

function unreached(
  packages: readonly Installed[],
  roots: Iterable<string>,
  development: ReadonlySet<string>,
): Stray[] {
  const asks = new Map<string, Set<string>>()
  for (const { name, asks: all } of packages) asks.set(name, new Set([...(asks.get(name) ?? []), ...all]))
  const reached = new Set<string>()
  const open = [...roots]
  // Without a production dependency that is known, nothing can be said.
  if (open.length === 0 && development.size === 0) return []
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    open.push(...(asks.get(name) ?? []))
  }
  const found = new Map<string, Stray>()
  for (const { name, bytes } of packages) {
    if (reached.has(name) || name.includes('[')) continue
    const stray = found.get(name) ?? { name, isDevelopment: development.has(name), bytes: 0 }
    stray.bytes += bytes
    found.set(name, stray)
  }
  return [...found.values()]
}

/** Output of a bundler that copies what its code imports: all of it is needed, whatever the manifests call it. */
const TRACED_RE = /\/\.output\/server\/node_modules\//

function nodePackages({ files }: Filesystem): { packages: Installed[]; own: string[] } {
  const packages = new Map<string, Installed>()
  const own: string[] = []
  for (const { file, layer } of files.values()) {
    if (!layer.base && TYPED_CONFIG_RE.test(file.path)) own.push('typescript')
    if (layer.base || !file.path.endsWith('/package.json') || TRACED_RE.test(file.path)) continue
    const [, folder, name] = MANIFEST_RE.exec(file.path) ?? []
    const manifest = readJson(file)
    if (folder && name)
      packages.set(folder, {
        name,
        asks: ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((key) =>
          keys(manifest[key]),
        ),
        bytes: 0,
      })
    else if (OWN_MANIFEST_RE.test(file.path))
      own.push(...['dependencies', 'optionalDependencies'].flatMap((key) => keys(manifest[key])))
  }
  for (const { file, layer } of files.values()) {
    if (layer.base || file.bytes === 0) continue
    // The innermost package that the file lies in.
    for (
      let at = file.path.lastIndexOf('/node_modules/');
      at >= 0;
      at = at === 0 ? -1 : file.path.lastIndexOf('/node_modules/', at - 1)
    ) {
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(file.path.slice(at + 14))?.[0]
      const one = packages.get(file.path.slice(0, at + 14) + name)
      if (!one) continue
      one.bytes += file.bytes
      break
    }
  }
  return { packages: [...packages.values()], own }
}

function pythonPackages({ files }: Filesystem): Installed[] {
  const packages: Installed[] = []
  for (const { file, layer } of files.values()) {
    const [, folder, , kind] = METADATA_RE.exec(file.path) ?? []
    if (!folder || kind !== 'METADATA' || layer.base) continue
    const text = (file.head?.toString('utf8') ?? '').split(/\r?\n\r?\n/)[0] ?? ''
    const header = (key: string) =>
      [...text.matchAll(new RegExp(`^${key}:\\s*(.+)$`, 'gim'))].map((match) => (match[1] as string).trim())
    const name = normalizeName(header('Name')[0] ?? '')
    const asks: string[] = []
    for (const line of header('Requires-Dist')) {
      // `extra == "x"` never holds by itself: what it guards is asked for by `name[x]`.
      const extra = /extra\s*==\s*['"]([^'"]+)['"]/.exec(line)?.[1]
      const one = parseRequirement(line.replace(/;.*$/, ''), '')
      if (!one) continue
      const needs = [one.name, ...one.extras.map((extraName) => `${one.name}[${extraName}]`)]
      if (!extra) asks.push(...needs)
      else packages.push({ name: `${name}[${normalizeName(extra)}]`, asks: needs, bytes: 0 })
    }
    packages.push({ name, asks, bytes: recordedBytes(files, folder, file.path) })
  }
  return packages
}

/** RECORD names a package's files, from site-packages. */
function recordedBytes(files: Filesystem['files'], folder: string, metadata: string): number {
  const record = files.get(metadata.replace(/METADATA$/, 'RECORD'))?.file.head?.toString('utf8') ?? ''
  let bytes = 0
  for (const line of record.split('\n')) {
    const path = line.split(',')[0] ?? ''
    if (path && !path.startsWith('..')) bytes += files.get(`${folder}/${path}`)?.file.bytes ?? 0
  }
  return bytes
}

function readJson(file: ImageFile): Record<string, unknown> {
  try {
    const value = JSON.parse(file.head?.toString('utf8') ?? '') as unknown
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const keys = (value: unknown): string[] =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : []
