import { type Answers, sourceOf } from '../../answers.ts'
import { CliError, EXIT } from '../../errors.ts'
import { type Fact, fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { findApps } from './apps.ts'
import { type AppRef, filesWith } from './code.ts'
import type { Dependencies } from './dependencies.ts'
import { FRAMEWORKS, type FrameworkRow } from './frameworks.ts'
import { normalizeName } from './requirement.ts'
import { readSpace, servingFiles } from './runs.ts'

/** The framework whose app is in the code wins over one that is only a dependency; then the more specific. */
export function findFramework(
  project: Project,
  dependencies: Dependencies,
  has: (name: string) => boolean,
  answers: Answers,
  onlyFound = false,
): { row: FrameworkRow; app: AppRef | null; source: Fact<string>; others: string[] } {
  const appOf = (row: FrameworkRow) => (row.app ? (findApps(project, row.app)[0] ?? null) : null)
  if (answers.framework !== undefined) {
    const row = FRAMEWORKS.find((candidate) => candidate.id === answers.framework)
    if (!row)
      throw new CliError(`There is no framework "${answers.framework}" for Python.`, {
        code: EXIT.usage,
        hint: `Known: ${FRAMEWORKS.map((known) => known.id).join(', ')}.`,
      })
    return { row, app: appOf(row), source: fact(row.id, sourceOf(answers, 'framework')), others: [] }
  }
  const sdk = onlyFound ? readSpace(project)?.sdk : undefined
  const found = FRAMEWORKS.filter((row) => row.packages.some(has))
    .map((row) => {
      const app = appOf(row)
      const serving = app === null ? servingFiles(project, row)[0] : undefined
      const named = sdk !== undefined && row.packages.includes(sdk)
      return { row, app, serving, found: app !== null || serving !== undefined || named }
    })
    .filter(({ row, found }) => found || !(row.onlyWithApp || onlyFound))
    .map((entry) => ({
      ...entry,
      rank:
        entry.row.score +
        (entry.found || entry.row.interface === 'django' || entry.row.interface === 'streamlit' ? 100 : 0) +
        (entry.row.kind === 'server' ? 50 : 0),
    }))
    .sort((a, b) => b.rank - a.rank)
  const best = found[0]
  const script = FRAMEWORKS.find((row) => row.id === 'script') as FrameworkRow
  if (!best)
    return {
      row: script,
      app: null,
      source: fact('script', 'no framework among the dependencies', 'default'),
      others: [],
    }
  const name = best.row.packages.find(has) as string
  const stated = dependencies.production.get(name)?.source
  const source =
    stated ?? (best.app ? `${best.app.file}:${best.app.line}` : (best.serving?.path ?? 'the imports'))
  return {
    row: best.row,
    app: best.app,
    source: fact(best.row.id, source, stated ? 'certain' : 'likely'),
    others: found
      .slice(1)
      .filter(({ row }) => row.kind === 'server' && !row.packages.includes(name))
      .map(({ row }) => row.id),
  }
}

/** Top-level imports: what a project without a manifest needs. */
export function importedPackages(project: Project): Set<string> {
  const known = FRAMEWORKS.flatMap((row) => row.packages)
  const names = filesWith(project, known)
    .slice(0, 300)
    .flatMap((file) => [...file.imports.values()].map((name) => normalizeName(name.split('.')[0] as string)))
  return new Set(names.filter((name) => known.includes(name)))
}
