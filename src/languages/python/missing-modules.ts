import { posix } from 'node:path'
import { oneLine } from '../../escape.ts'
import type { Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith, importRoot, moduleOf } from './code.ts'

/** Where files are named that something makes. */
const NAMED: readonly [string, RegExp][] = [
  ['.gitignore', /^\/?((?:[\w-]+\/)+(\w+)\.py)[ \t\r]*$/gm],
  ['Makefile', /(?<![\w./-])((?:[\w-]+\/)+(\w+)\.py)\b/g],
]

/** Modules that something makes, that are not there, and that the app imports whatever happens. */
export function missingModules(project: Project, isOwn: (path: string) => boolean): Warning[] {
  if (project.truncated) return []
  const found = new Map(
    NAMED.flatMap(([by, pattern]) =>
      [...(project.source(by) ?? '').matchAll(pattern)].flatMap(([, path = '', name = '']) =>
        project.has(path) ? [] : [[path, { name, by }] as const],
      ),
    ),
  )
  return [...found].flatMap(([path, { name, by }]) => {
    // What is indented may stand in a `try`.
    const line = new RegExp(`^(?:from|import)[ \\t][^\\n]*\\b${name}\\b`, 'm')
    const importer = filesWith(project, [name]).find((file) => {
      const root = importRoot(project, file.path)
      const module = moduleOf(path, path.startsWith(`${root}/`) ? root : '')
      const names = [...file.imports.values()]
      return (
        line.test(file.code) &&
        names.some((one) => one === module || one.startsWith(`${module}.`)) &&
        // A name of the package itself.
        !new RegExp(`\\b${name}[ \\t]*=`).test(project.source(`${posix.dirname(path)}/__init__.py`) ?? '') &&
        isOwn(file.path)
      )
    })
    if (!importer) return []
    return [
      {
        rule: 'PD058',
        message: oneLine(
          `${importer.path} imports ${path}, which is not here (${by} names it): the app does not start without it. Make it before each build, in CI too, or commit it.`,
        ),
        file: importer.path,
        line: importer.line(line.exec(importer.code)?.index ?? 0),
      },
    ]
  })
}
