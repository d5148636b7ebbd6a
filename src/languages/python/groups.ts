import type { Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith } from './code.ts'
import type { Dependencies } from './dependencies.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { Manifests } from './manifests.ts'
import { SERVERS } from './servers.ts'
import { at, strings } from './values.ts'
import { hasDriver } from './writes.ts'

const isServer = (name: string) => name === 'uwsgi' || SERVERS.some(({ packages }) => packages.includes(name))
/** The word that code names a database by, and its drivers. */
const ENGINES: readonly [string, RegExp][] = [
  ['postgresql', /^(?:psycopg|asyncpg)/],
  ['mysql', /mysql/],
]

/**
 * The groups and extras whose name says nothing, and that the app needs: all that there is, what its code can't be loaded
 * without, its server, the driver of its database. Where several bring the same, none is chosen.
 */
export function neededGroups(
  project: Project,
  { pyproject, setup }: Manifests,
  { undecided, production, developmentGroups }: Dependencies,
  row: FrameworkRow,
  isRead: (path: string) => boolean,
): { names: string[]; warnings: Warning[] } {
  const has = (name: string) => production.has(name)
  const bringing = (test: (name: string) => boolean) =>
    [...undecided].filter(([, packages]) => [...packages.keys()].some(test)).map(([name]) => name)
  const isDynamic = setup !== null || strings(at(pyproject, 'project')['dynamic']).includes('dependencies')
  if (production.size === 0 && !isDynamic) {
    const names = [...undecided.keys()].filter((name) => developmentGroups.includes(name))
    if (names.length > 0) return { names, warnings: [] }
  }

  const names = new Set<string>()
  const take = (found: readonly string[]) => {
    if (found.length === 1) names.add(found[0] as string)
  }
  if (/^(?:django|[aw]sgi)$/.test(row.interface) && ![...production.keys()].some(isServer))
    take(bringing(isServer))
  if (!hasDriver(has))
    for (const [engine, drivers] of ENGINES)
      if (filesWith(project, [engine]).some(({ path, code }) => isRead(path) && code.includes(engine)))
        take(bringing((name) => drivers.test(name)))

  const open: [string, string[], string][] = []
  for (const name of new Set([...undecided.values()].flatMap((packages) => [...packages.keys()]))) {
    if (has(name)) continue
    const module = name.replaceAll('-', '_')
    // At the start of a line: nothing catches what fails there.
    const statement = new RegExp(`^(?:import|from)[ \\t]+${module}\\b`, 'm')
    const file = filesWith(project, [module]).find(({ path, code }) => isRead(path) && statement.test(code))
    if (!file) continue
    const found = bringing((other) => other === name)
    take(found)
    if (found.length > 1) open.push([name, found, `${file.path}:${file.line(file.code.search(statement))}`])
  }
  const warnings = open
    .filter(([, found]) => !found.some((name) => names.has(name)))
    .slice(0, 1)
    .map(([name, found, where]) => ({
      rule: 'PD081' as const,
      message: `${where} imports ${name}, which ${found.join(' and ')} of pyproject.toml list: the image installs none of these. Add the one that production needs to the dependencies.`,
      file: where.split(':')[0] as string,
      line: Number(where.split(':')[1]),
    }))
  return { names: [...names], warnings }
}
