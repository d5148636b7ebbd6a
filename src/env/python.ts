import type { EnvFile, Variable } from '../model.ts'
import { checked, freePath } from './checked.ts'
import { isWhole, pyAssign, pyCall, pyNames, pyString, pyTuple, pyType, pyValue } from './python-text.ts'

export type PythonEnvLibrary = 'pydantic-settings' | 'django-environ' | 'environs' | 'stdlib'

export interface PythonEnvInput {
  variables: Variable[]
  /** The folder of the app's package (`app`, `src/shop`); empty for the project's root. */
  packageDir: string
  /** Where imports start from, where that is not the project's root. */
  root?: string
  framework: string
  library: PythonEnvLibrary
  /** Whether a path is taken by a file that is not ours. */
  taken: (path: string) => boolean
  /** The project's own schema (see `existingSchema`): a second one would contradict it some day. */
  existing?: string | null
}

/**
 * What a library reads by itself. Of django-environ only whole numbers: to its `bool` every word that it does not know is
 * false, and its `float` drops letters.
 */
const LIBRARY_READS: Record<PythonEnvLibrary, readonly ('int' | 'float' | 'bool')[]> = {
  'pydantic-settings': [],
  'django-environ': ['int'],
  environs: ['int', 'float', 'bool'],
  stdlib: [],
}

/** The environment check of a Python project; null where there is nothing to check, or where the project does it already. */
export function pythonEnvFile(input: PythonEnvInput): EnvFile | null {
  const variables = checked(input.variables)
  if (variables.length === 0 || input.existing) return null
  const { library } = input
  // Django's settings are imported by collectstatic and makemigrations too, where no secret exists.
  const lazy = input.framework.startsWith('django')
  const names = lazy ? (['env', 'env_check'] as const) : (['settings', 'env', 'env_check'] as const)
  const path = freePath(input.packageDir, [...names], 'py', (base) =>
    [`${base}.py`, `${base}/__init__.py`].some((file) => input.taken(file)),
  )
  const pydantic = library === 'pydantic-settings'
  const attributes = pyNames(variables)
  const secrets = variables.filter((variable) => variable.secret).map((variable) => pyString(variable.name))
  const alias = variables.some((variable) => attributes.get(variable.name) !== variable.name)
  const uses = (kind: Variable['kind'], whole?: boolean) =>
    variables.some(
      (variable) => variable.kind === kind && (whole === undefined || isWhole(variable) === whole),
    )
  const used = { int: uses('number', true), float: uses('number', false), bool: uses('boolean') }
  const reads = LIBRARY_READS[library].filter((type) => used[type])
  const defines = {
    float: used.float && !reads.includes('float'),
    bool: used.bool && !reads.includes('bool'),
  }
  const start = input.root ? `${input.root}/` : 'src/'
  const module = path
    .slice(path.startsWith(start) ? start.length : 0)
    .replace(/\.py$/, '')
    .replaceAll('/', '.')
  return {
    path,
    blankLines: 2,
    template: pydantic ? 'python/settings-pydantic.ejs' : 'python/settings-dataclass.ejs',
    usage: `from ${module} import ${lazy ? 'get_env' : 'env'}`,
    data: {
      lazy,
      imports: [alias && 'Field', uses('url') && 'StringConstraints', 'ValidationError']
        .filter(Boolean)
        .join(', '),
      fields: variables.map((variable) =>
        (pydantic ? modelField : dataField)(variable, attributes.get(variable.name) ?? ''),
      ),
      secrets: pyTuple('SECRETS', secrets),
      hasSecrets: secrets.length > 0,
      usesAlias: alias,
      usesText: uses('string'),
      usesWhole: uses('number', true),
      usesNumber: uses('number', false),
      usesFlag: uses('boolean'),
      usesUrl: uses('url'),
      usesLibrary: reads.length > 0,
      importsDjangoEnviron: library === 'django-environ' && reads.length > 0,
      importsEnvirons: library === 'environs' && reads.length > 0,
      definesNumber: defines.float,
      definesFlag: defines.bool,
      defines: uses('url') || defines.float || defines.bool,
      whole: reads.includes('int') ? '"read": reader.int' : '"parse": int',
      number: defines.float ? '"parse": number' : '"read": reader.float',
      flag: defines.bool ? '"parse": flag' : '"read": reader.bool',
    },
  }
}

/** A default that is no secret: those of secrets stay where the code has them, and are not copied into a second file. */
function fallback(variable: Variable): string | undefined {
  return variable.secret || variable.default === undefined
    ? undefined
    : pyValue(variable.kind, variable.default)
}

/** `PORT: int = 8000`, of a pydantic model. */
function modelField(variable: Variable, attribute: string): string {
  const type = variable.kind === 'url' ? 'Url' : pyType(variable)
  const value = variable.required ? undefined : (fallback(variable) ?? 'None')
  const left = `${attribute}: ${type}${value === 'None' ? ' | None' : ''}`
  if (attribute !== variable.name) {
    const alias = `validation_alias=${pyString(variable.name)}`
    return pyCall(left, 'Field', value === undefined ? [alias] : [`default=${value}`, alias])
  }
  return value === undefined ? `    ${left}` : pyAssign(left, value)
}

/** `PORT: int = field(metadata=WHOLE, default=8000)`, of a dataclass. */
function dataField(variable: Variable, attribute: string): string {
  const form = {
    string: 'TEXT',
    number: isWhole(variable) ? 'WHOLE' : 'NUMBER',
    boolean: 'FLAG',
    url: 'URL',
  }[variable.kind]
  const value = variable.required ? undefined : (fallback(variable) ?? 'None')
  const name = attribute === variable.name ? '' : ` | {"name": ${pyString(variable.name)}}`
  const metadata = `metadata=${form}${variable.secret ? ' | SECRET' : ''}${name}`
  const left = `${attribute}: ${pyType(variable)}${value === 'None' ? ' | None' : ''}`
  return pyCall(left, 'field', value === undefined ? [metadata] : [metadata, `default=${value}`])
}
