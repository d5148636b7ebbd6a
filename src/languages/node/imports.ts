import { dirname, join } from 'node:path/posix'
import type { Project } from '../../project.ts'
import { blankComments } from '../../source/javascript.ts'
import { aliased } from './aliases.ts'

/** The file that a name was imported from, among the project's own; undefined for packages. */
export function importedFile(
  project: Project,
  code: string,
  name: string,
  from: string,
  files: readonly string[],
): string | undefined {
  const plain = name.split('.')[0] as string
  const match =
    new RegExp(`import\\s+(?:[\\w*\\s{},]*\\b)?${plain}\\b[\\w\\s{},]*\\s+from\\s+['"]([^'"]+)['"]`).exec(
      code,
    ) ??
    new RegExp(
      `(?:const|let|var)\\s+(?:\\{[^}]*\\b${plain}\\b[^}]*\\}|${plain})\\s*=\\s*require\\(\\s*['"]([^'"]+)['"]`,
    ).exec(code)
  return match?.[1] === undefined ? undefined : resolveSpecifier(project, match[1], from, files)
}

/** What is for types alone is gone by then. */
const IMPORTED_RE =
  /(?<!\b(?:import|export)\s+type\s[\w\s{},*$]*)\b(from|import|require\(|import\()\s*(['"])([^'"\n]+)\2/g
/** What stands before a call on its line, where it is run in any case. */
const ALWAYS_RE = /^(?!if\b|\s)[^?&|]*$/

/** Files of the project that these import, and what those import too; the packages that all of them load at once. */
export function importsOf(
  project: Project,
  from: readonly string[],
  most: number,
): { files: Set<string>; packages: Set<string> } {
  const all = project.files()
  const files = new Set(from)
  const packages = new Set<string>()
  for (const file of files) {
    if (files.size > most) break
    const code = blankComments(project.source(file) ?? '')
    for (const { 1: word = '', 3: specifier = '', index } of code.matchAll(IMPORTED_RE)) {
      const target = resolveSpecifier(project, specifier, file, all)
      const name = packageOf(specifier)
      const line = code.slice(code.lastIndexOf('\n', index) + 1, index)
      if (target) files.add(target)
      // `@a/b` may be either: a folder of the source, or a package.
      if (name && (!word.endsWith('(') || ALWAYS_RE.test(line))) packages.add(name)
    }
  }
  return { files, packages }
}

/** `@scope/name` of `@scope/name/file`; undefined for a file, and for what Node.js has itself. */
export function packageOf(specifier: string): string | undefined {
  if (/^[./#]|^node:/.test(specifier)) return undefined
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}

const stems = new WeakMap<readonly string[], Map<string, string>>()
const CODE_RE = /(\/index)?\.[cm]?[jt]sx?$/

/** The files by what imports call them; of two, the first. */
function byStem(files: readonly string[]): Map<string, string> {
  let found = stems.get(files)
  if (!found) {
    found = new Map(files.toReversed().map((file) => [file.replace(CODE_RE, ''), file]))
    stems.set(files, found)
  }
  return found
}

/** `./health.js` seen from `src/app.ts`: `src/health.ts`. `@/x` and `~/x` are taken from src where no setting says more, as most set them. */
export function resolveSpecifier(
  project: Project,
  specifier: string,
  from: string,
  files: readonly string[],
): string | undefined {
  const places = specifier.startsWith('.')
    ? [join(dirname(from), specifier)]
    : [
        ...aliased(project, specifier, from),
        ...(/^[@~]\//.test(specifier) ? [`src${specifier.slice(1)}`] : []),
      ]
  const named = byStem(files)
  for (const place of places) {
    const file = named.get(place.replace(/\/$/, '').replace(/(\/index)?(\.[cm]?[jt]sx?)?$/, ''))
    if (file) return file
  }
  return undefined
}
