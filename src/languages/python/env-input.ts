import type { Answers } from '../../answers.ts'
import { envContext } from '../../env/context.ts'
import type { PythonEnvInput, PythonEnvLibrary } from '../../env/python.ts'
import { pythonReader } from '../../env/python-reader.ts'
import { firstMatches, type SourceFile, sourceFile } from './code.ts'
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
  const packageDir = packageOf(file, root)
  const context = envContext(project, pythonReader)
  const inPackage = new Set(
    namesIn(sourceFile(project, `${packageDir}/__init__.py`)).map((name) => `${packageDir}/${name}.py`),
  )
  return {
    variables,
    packageDir,
    root,
    framework: row.id,
    library,
    ...context,
    // A module of the name of something in the package's __init__ would hide it, or be hidden.
    taken: (path) => context.taken(path) || inPackage.has(path),
  }
}

/** `src/shop/web/app.py` under `src` is in `src/shop`; a file at the root of imports is in no package. */
function packageOf(file: string, root: string): string {
  const prefix = root ? `${root}/` : ''
  const [first, ...rest] = file.slice(prefix.length).split('/')
  return first && rest.length > 0 ? `${prefix}${first}` : root
}

/** What a module has at its top: assigned, defined or imported. */
function namesIn(file: SourceFile | null): string[] {
  if (!file) return []
  return [
    ...[
      ...firstMatches(
        file.code,
        /^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)/gm,
      ),
    ].map((match) => (match[1] ?? match[2]) as string),
    ...[...file.imports].flatMap(([name, what]) => (isOwnModule(name, what) ? [] : name)),
  ]

  function isOwnModule(name: string, what: string): boolean {
    return (
      what.endsWith(`.${name}`) &&
      file?.path === `${what.slice(0, -name.length - 1).replaceAll('.', '/')}/__init__.py`
    )
  }
}
