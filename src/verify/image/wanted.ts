import { readDependencies } from '../../languages/python/dependencies.ts'
import { projectName, readManifests } from '../../languages/python/manifests.ts'
import { findPackageManager } from '../../languages/python/package-manager.ts'
import { normalizeName } from '../../languages/python/requirement.ts'
import type { Project } from '../../project.ts'
import type { Wanted } from './packages.ts'

const MAX_MANIFESTS = 200

const names = (value: unknown): string[] =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : []

/** What the project's manifests say of its packages. In a workspace, a package that one member needs is production. */
export async function readWanted(project: Project): Promise<Wanted> {
  const production = new Set<string>()
  const development = new Set<string>()
  const manifests = project
    .files()
    .filter((path) => path === 'package.json' || path.endsWith('/package.json'))
  for (const path of manifests.slice(0, MAX_MANIFESTS)) {
    const manifest = project.json(path) ?? {}
    for (const key of ['dependencies', 'optionalDependencies', 'peerDependencies'])
      for (const name of names(manifest[key])) production.add(name)
    for (const name of names(manifest['devDependencies'])) development.add(name)
  }
  for (const name of lockedForDevelopment(project)) development.add(name)
  for (const name of production) development.delete(name)
  return { node: { production, development }, python: await wantedPython(project) }
}

/** npm's lock says which packages only development needs; a name that production has elsewhere is not among them. */
function lockedForDevelopment(project: Project): Set<string> {
  const packages = (project.json('package-lock.json')?.['packages'] ?? {}) as Record<
    string,
    { dev?: boolean } | null
  >
  const found = new Set<string>()
  const needed = new Set<string>()
  for (const [path, one] of Object.entries(packages)) {
    const name = path.split('node_modules/').at(-1)
    if (name && path.includes('node_modules/')) (one?.dev === true ? found : needed).add(name)
  }
  for (const name of needed) found.delete(name)
  return found
}

async function wantedPython(project: Project): Promise<Wanted['python']> {
  const manifests = await readManifests(project)
  const manager = findPackageManager(project, manifests, {})
  const dependencies = readDependencies(manifests, manager.id, () => true)
  const own = projectName(manifests)
  const production = [...dependencies.production.values()].flatMap(({ name, extras }) => [
    name,
    ...extras.map((extra) => `${name}[${extra}]`),
  ])
  const development = new Set(dependencies.development.keys())
  for (const name of dependencies.production.keys()) development.delete(name)
  return { production: own ? [...production, normalizeName(own)] : production, development }
}
