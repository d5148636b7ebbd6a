import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { Dependencies } from './dependencies.ts'
import type { Django } from './django.ts'

/** What the `test` target runs; null where the project has no tests that we know how to run. */
export function findTest(
  dependencies: Dependencies,
  django: Django | null,
  project: Project,
): { command: Argv; source: string } | null {
  const pytest = dependencies.development.get('pytest') ?? dependencies.production.get('pytest')
  if (pytest) return { command: ['python', '-m', 'pytest'], source: pytest.source }
  const tests =
    django && project.files().find((path) => /(^|\/)(?:tests\.py|tests\/test_[^/]*\.py)$/.test(path))
  return django && tests ? { command: ['python', django.manage, 'test'], source: tests } : null
}
