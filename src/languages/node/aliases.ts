import { dirname, join } from 'node:path/posix'
import type { Project } from '../../project.ts'
import { record } from '../../record.ts'

/** `@server/*` → `server/*`. */
interface Alias {
  pattern: string
  targets: readonly string[]
}

const known = new WeakMap<Project, Map<string, readonly Alias[]>>()
const MOST_EXTENDS = 4

/** Where a specifier that is no path may lie in the project, as the compiler's settings and package.json say, the nearest first. */
export function aliased(project: Project, specifier: string, from: string): string[] {
  const places: string[] = []
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    for (const { pattern, targets } of aliasesOf(project, folder)) {
      const [before = '', after] = pattern.split('*')
      const fits =
        after === undefined
          ? specifier === pattern
          : specifier.length >= pattern.length - 1 &&
            specifier.startsWith(before) &&
            specifier.endsWith(after)
      const rest = specifier.slice(before.length, specifier.length - (after?.length ?? 0))
      if (fits) places.push(...targets.map((target) => target.replace('*', () => rest)))
    }
    if (folder === '.' || folder.startsWith('/')) return places
  }
}

function aliasesOf(project: Project, folder: string): readonly Alias[] {
  const all = known.get(project) ?? new Map<string, readonly Alias[]>()
  known.set(project, all)
  let found = all.get(folder)
  if (!found) {
    const config = project.first([join(folder, 'tsconfig.json'), join(folder, 'jsconfig.json')])
    found = [...importsField(project, folder), ...(config ? compilerAliases(project, config) : [])]
    all.set(folder, found)
  }
  return found
}

/** `imports` of package.json leads to what is built: the source of it lies in src, or beside the output. */
function importsField(project: Project, folder: string): Alias[] {
  const imports = record(record(project.lenientJson(join(folder, 'package.json')))['imports'])
  return Object.entries(imports).map(([pattern, target]) => ({
    pattern,
    targets: textsOf(target).flatMap((text) => {
      const below = join(text).replace(/^[^/]+\//, '')
      return [text, `src/${below}`, below].map((path) => join(folder, path))
    }),
  }))
}

/** The texts among conditions: `{ "types": …, "default": … }`. */
const textsOf = (value: unknown, depth = 0): string[] =>
  typeof value === 'string'
    ? [value]
    : depth < 3
      ? Object.values(record(value)).flatMap((inner) => textsOf(inner, depth + 1))
      : []

function compilerAliases(project: Project, file: string, depth = 0): Alias[] {
  const config = record(project.lenientJson(file))
  const { baseUrl, paths } = record(config['compilerOptions'])
  const folder = dirname(file)
  const base = join(folder, typeof baseUrl === 'string' ? baseUrl : '.')
  const patterns = Object.entries(record(paths))
  if (typeof baseUrl === 'string') patterns.push(['*', ['*']])
  const own = patterns.map(([pattern, targets]) => ({
    pattern,
    targets: listed(targets).map((target) => join(base, target)),
  }))
  const references = Array.isArray(config['references']) ? config['references'] : []
  const others = [config['extends'], ...references.map((reference) => record(reference)['path'])].flat()
  const inner = listed(depth < MOST_EXTENDS ? others : []).flatMap((other) => {
    const path = join(folder, other)
    const next = other.startsWith('.') && project.first([path, `${path}.json`, `${path}/tsconfig.json`])
    return next ? compilerAliases(project, next, depth + 1) : []
  })
  return [...own, ...inner]
}

const listed = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
