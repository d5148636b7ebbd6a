import type { Project } from '../../project.ts'
import type { Evidence } from '../types.ts'
import { readDependencies } from './dependencies.ts'
import { FRAMEWORKS } from './frameworks.ts'
import { MANIFEST_FILES, readManifests } from './manifests.ts'
import { findPackageManager } from './package-manager.ts'
import { has as hasKey } from './values.ts'

const SCRIPTS = [
  'main.py',
  'app.py',
  'server.py',
  'run.py',
  'bot.py',
  'worker.py',
  'streamlit_app.py',
  'wsgi.py',
  'asgi.py',
  'src/main.py',
  'app/main.py',
]

/** The signs that this is a Python project: its manifest, a server framework in it, a file that people start. */
export async function detect(project: Project): Promise<Evidence[]> {
  const evidence: Evidence[] = []
  const manifest =
    MANIFEST_FILES.find((path) => project.has(path) && path !== 'pyproject.toml') ??
    (project.has('pyproject.toml') ? 'pyproject.toml' : undefined)
  if (manifest) {
    const manifests = await readManifests(project)
    // A pyproject.toml that only sets up linters makes no Python app.
    const real =
      manifest !== 'pyproject.toml' ||
      ['project', 'build-system', 'dependency-groups'].some((key) => hasKey(manifests.pyproject, key)) ||
      ['poetry', 'pdm', 'uv'].some((tool) => hasKey(manifests.pyproject, 'tool', tool))
    if (real) {
      evidence.push({ source: manifest, weight: 2 })
      const { production } = readDependencies(manifests, findPackageManager(project, manifests, {}).id)
      const row = FRAMEWORKS.find(
        (candidate) =>
          candidate.kind === 'server' &&
          !candidate.onlyWithApp &&
          candidate.packages.some((name) => production.has(name)),
      )
      if (row)
        evidence.push({
          source:
            production.get(row.packages.find((name) => production.has(name)) as string)?.source ?? manifest,
          weight: 3,
        })
    }
  }
  const script = project.first(['manage.py', ...SCRIPTS])
  if (script) evidence.push({ source: script, weight: 1 })
  return evidence
}
