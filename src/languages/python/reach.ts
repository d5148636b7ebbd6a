import type { Project } from '../../project.ts'
import { sourceFile } from './code.ts'
import type { Django } from './django.ts'

/** The files that the app imports, by name or as Django's settings say; null where that can't be known. */
export type Reached = ReadonlySet<string> | null
/** Asked for by what has found something: most projects are never read for it. */
export type Reach = () => Reached

const MAX_REACHED = 1_500
/** What imports by names that are made at run time: then any file may be meant. */
const DYNAMIC_RE =
  /\b(?:import_module|iter_modules|walk_packages|load_extension|__import__|find_modules)\s*\(/
/** `'blog'`, `'blog.apps.BlogConfig'`, `'app.main:app'`. */
const NAME_RE = /(['"])([A-Za-z_]\w*(?:\.\w+)*)(?::\w+)?\1/g

export function reachFrom(project: Project, entry: string | undefined, django: Django | null): Reach {
  let reached: Reached | undefined
  return () => {
    if (reached === undefined) reached = reachedFrom(project, entry, django)
    return reached
  }
}

/** Whether a file is the app's own: what another program of the project listens on says nothing of it. */
export function belongs(path: string, entry: string | undefined, reach: Reach): boolean {
  const folder = entry?.includes('/') ? entry.slice(0, entry.indexOf('/') + 1) : undefined
  return path === entry || (folder !== undefined && path.startsWith(folder)) || reach()?.has(path) !== false
}

function reachedFrom(project: Project, entry: string | undefined, django: Django | null): Reached {
  if (django) return reachedByDjango(project, django)
  if (!entry || !sourceFile(project, entry)) return null
  const reached = new Set<string>()
  const open = [entry]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const file = reached.has(path) ? null : sourceFile(project, path)
    if (!file) continue
    if (reached.size > MAX_REACHED || DYNAMIC_RE.test(file.code)) return null
    reached.add(path)
    const folder = path.split('/').slice(0, -1).join('/')
    const quoted = [...file.code.matchAll(NAME_RE)].map((match) => match[2] as string)
    const names = [...file.imports.values(), ...quoted.filter((name) => name.includes('.'))]
    for (const name of new Set(names)) open.push(...filesOf(project, name, folder))
  }
  return reached
}

/** A name is looked for from the project's root, and from each folder above the file that has it. */
export function filesOf(project: Project, name: string, folder: string): string[] {
  const above = folder.split('/')
  const parts = name.split('.')
  return above
    .map((_, index) => above.slice(0, index + 1).join('/'))
    .concat('')
    .flatMap((root) =>
      parts.flatMap((_, index) => {
        const path = [root, ...parts.slice(0, index + 1)].filter(Boolean).join('/')
        return [`${path}.py`, `${path}/__init__.py`]
      }),
    )
    .filter((path) => project.has(path))
}

/** Whatever lies in a package that settings name: Django finds models, urls and commands by itself. */
function reachedByDjango(project: Project, { files, root, manage }: Django): Reached {
  const prefix = root ? `${root}/` : ''
  const named = files.flatMap(({ code }) =>
    [...code.matchAll(NAME_RE)].map((match) => (match[2] as string).split('.')[0] as string),
  )
  // A folder, or a module beside manage.py.
  const top = (path: string) => path.slice(prefix.length).replace(/\.py$/, '').split('/')[0] as string
  const tops = new Set([...named, ...files.map(({ path }) => top(path))])
  return new Set(
    project.files().filter((path) => path === manage || (path.startsWith(prefix) && tops.has(top(path)))),
  )
}
