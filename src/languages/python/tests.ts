import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { Dependencies } from './dependencies.ts'
import type { Django } from './django.ts'

/** Names that pytest looks for, and whatever else lies among tests: projects may name theirs otherwise. */
const PYTEST_RE =
  /(?:^|\/)(?:tests?(?:_[^/]*)?|[^/]*_tests?)\.py$|(?:^|\/)tests?\/(?:[^/]+\/)*(?!__init__\.|conftest\.)[^/]+\.py$/

/** What the `test` target runs; null where the project has no tests that we know how to run. */
export function findTest(
  dependencies: Dependencies,
  django: Django | null,
  project: Project,
): { command: Argv; source: string } | null {
  const pytest = dependencies.development.get('pytest') ?? dependencies.production.get('pytest')
  // Without a test it exits with 5, and so would each run of the pipeline.
  if (pytest && (project.truncated || project.files().some((path) => PYTEST_RE.test(path))))
    return { command: ['python', '-m', 'pytest'], source: pytest.source }
  const tests =
    django && project.files().find((path) => /(^|\/)(?:tests\.py|tests\/test_[^/]*\.py)$/.test(path))
  return django && tests ? { command: ['python', django.manage, 'test'], source: tests } : null
}

/** Names of tests. A module that only has such a name (a command, a page) stays. */
const TEST_FILES: readonly { pattern: string; path: RegExp }[] = [
  { pattern: '**/tests.py', path: /(?:^|\/)tests\.py$/ },
  { pattern: '**/test_*.py', path: /(?:^|\/)test_[^/]*\.py$/ },
  { pattern: '**/*_test.py', path: /_test\.py$/ },
  { pattern: '**/conftest.py', path: /(?:^|\/)conftest\.py$/ },
]
const TEST_RE = /\bdef test_|\b(?:import|from) (?:pytest|unittest|django\.test)\b/

/** Patterns of the tests that lie beside the code. */
export function testFiles(project: Project): string[] {
  return TEST_FILES.filter(({ path }) => {
    const found = project.files().filter((file) => path.test(file) && !/^(?:tests?|docs)\//.test(file))
    return found.length > 0 && found.every((file) => TEST_RE.test(project.source(file) ?? ''))
  }).map(({ pattern }) => pattern)
}
