import { type Fact, fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import { type FrameworkRow, STOPPING_PACKAGES } from './frameworks.ts'
import { JS_EXTENSIONS } from './listen.ts'
import type { Manifest } from './manifest.ts'

/** What shows that the app stops on SIGTERM by itself; undefined: it does not, and needs an init before it. */
export function findSignals(
  project: Project,
  manifest: Manifest,
  row: FrameworkRow,
): Fact<string> | undefined {
  if (row.stopsItself) return fact('app', `${row.title} stops on SIGTERM`, 'certain')
  const helper = STOPPING_PACKAGES.find((name) => name in manifest.dependencies)
  if (helper) return fact('app', `package.json#dependencies.${helper}`, 'likely')
  for (const file of project.sources(JS_EXTENSIONS)) {
    const raw = project.source(file)
    if (!raw || !/SIGTERM|enableShutdownHooks/.test(raw)) continue
    const code = blankComments(raw)
    const match = /['"`]SIGTERM['"`]|\.enableShutdownHooks\s*\(/.exec(code)
    if (match) return fact('app', `${file}:${lineOf(code, match.index)}`, 'likely')
  }
  return undefined
}
