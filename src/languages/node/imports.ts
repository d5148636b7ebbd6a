import type { Project } from '../../project.ts'
import { blankComments } from '../../source/javascript.ts'

/** The file that a name was imported from, among the project's own; undefined for packages. */
export function importedFile(
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
  return match?.[1] === undefined ? undefined : resolveSpecifier(match[1], from, files)
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
      const target = resolveSpecifier(specifier, file, all)
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
  if (/^[./]|^node:/.test(specifier)) return undefined
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}

/** `./health.js` seen from `src/app.ts`: `src/health.ts`. `@/x` and `~/x` are taken from src, as most set them. */
export function resolveSpecifier(
  specifier: string,
  from: string,
  files: readonly string[],
): string | undefined {
  if (!/^[.@~]/.test(specifier)) return undefined
  const parts = specifier.startsWith('.')
    ? [...from.split('/').slice(0, -1), ...specifier.split('/')]
    : ['src', ...specifier.split('/').slice(1)]
  const path: string[] = []
  for (const part of parts) {
    if (part === '..') path.pop()
    else if (part !== '.' && part !== '') path.push(part)
  }
  const stem = path.join('/').replace(/(\/index)?(\.[cm]?[jt]sx?)?$/, '')
  return files.find((file) => file.startsWith(stem) && file.replace(/(\/index)?\.[cm]?[jt]sx?$/, '') === stem)
}
