import type { Answers } from '../../answers.ts'
import { envContext } from '../../env/context.ts'
import type { PythonEnvInput, PythonEnvLibrary } from '../../env/python.ts'
import { pythonReader } from '../../env/python-reader.ts'
import type { PythonFindings } from './findings.ts'

export const ENV_LIBRARIES: readonly PythonEnvLibrary[] = [
  'pydantic-settings',
  'django-environ',
  'environs',
  'stdlib',
]

/** What the environment check is written in: the library that the project has, in the package that the app is in. */
export function envInput(
  { project, variables, row, has, launch, django }: PythonFindings,
  answers: Answers,
): PythonEnvInput & { envExample: string | undefined } {
  const wanted = answers.envLib === 'pydantic' ? 'pydantic-settings' : answers.envLib
  const library =
    ENV_LIBRARIES.find((candidate) => candidate === wanted) ??
    ENV_LIBRARIES.find((candidate) => has(candidate)) ??
    'stdlib'
  const file = django ? (django.files[0]?.path ?? django.manage) : (launch.app?.file ?? launch.script ?? '')
  const root = launch.app?.root ?? launch.root
  return {
    variables,
    packageDir: packageOf(file, root),
    root,
    framework: row.id,
    library,
    ...envContext(project, pythonReader),
  }
}

/** `src/shop/web/app.py` under `src` is in `src/shop`; a file at the root of imports is in no package. */
function packageOf(file: string, root: string): string {
  const prefix = root ? `${root}/` : ''
  const [first, ...rest] = file.slice(prefix.length).split('/')
  return first && rest.length > 0 ? `${prefix}${first}` : root
}
