import { fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import { few } from '../common.ts'
import { lineOfVersion } from './lines.ts'
import type { Manifest } from './manifest.ts'
import type { PackageManager } from './package-manager.ts'

/** Each of these settings shows that somebody decided what is built. */
const LISTS =
  'onlyBuiltDependencies allowBuilds neverBuiltDependencies onlyBuiltDependenciesFile dangerouslyAllowAllBuilds'.split(
    ' ',
  )

/**
 * From 10 on pnpm runs the install script of a dependency only where a list allows it. `compiled`: dependencies that are
 * of no use without. A lockfile that 9 may have written is installed by 9 then, as it must have been so far.
 */
export function builtByPnpm(
  manager: PackageManager,
  { raw }: Manifest,
  workspace: Record<string, unknown> | null,
  project: Project,
  compiled: readonly string[],
  warnings: Warning[],
): PackageManager {
  const stated = { ...record(raw['pnpm']), ...workspace }
  const { row, version, lockfile } = manager
  if (row.id !== 'pnpm' || compiled.length === 0 || Number(lineOfVersion(version.value)) < 10) return manager
  if (LISTS.some((name) => name in stated)) return manager
  const guessed = version.source === 'pnpm-lock.yaml#lockfileVersion'
  // Settings in the workspace's file and hashes of patches are of 10's own form.
  const patched = /^patchedDependencies:/m.test((lockfile && project.source(lockfile)) || '')
  if (guessed && workspace === null && !patched)
    return { ...manager, version: fact('9', `${version.source}, and no list of allowed builds`, 'likely') }
  warnings.push({
    rule: 'PD080',
    message: `pnpm ${lineOfVersion(version.value)} builds no dependency that no list allows, and ${few(compiled)} must be built at install. Run "pnpm approve-builds" and commit what it writes.`,
    file: workspace ? 'pnpm-workspace.yaml' : 'package.json',
  })
  return manager
}
