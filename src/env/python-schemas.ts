import type { Variable } from '../model.ts'
import { lineOf } from '../source/lines.ts'
import type { Read } from './reads.ts'
import { argumentsAt, expressionEnd, wholeLiteral } from './text.ts'

const CLASS_RE = /^([ \t]*)class\s+(\w+)\s*\(([^)]*)\)\s*:/gm
const FIELD_RE = /^([ \t]+)([A-Za-z]\w*)[ \t]*:[ \t]*/gm

/** Classes of this file that read the environment, by name: those that inherit from BaseSettings, and from one another. */
export function settingsClasses(code: string): string[] {
  const found = new Set(['BaseSettings'])
  for (const [, , name = '', bases = ''] of code.matchAll(CLASS_RE)) {
    if (bases.split(',').some((base) => found.has(base.trim().replace(/^.*\./, '')))) found.add(name)
  }
  return [...found].slice(1)
}

/** Fields of pydantic-settings classes as the variables that they read. `code` is without comments. */
export function readPythonSchemas(path: string, code: string, settings: ReadonlySet<string>): Read[] {
  const bodies: Bodies = new Map([...settings].map((name) => [name, null]))
  const found = [...code.matchAll(CLASS_RE)].map((match) => {
    const bases = (match[3] ?? '').split(',').map((base) => base.trim().replace(/^.*\./, ''))
    const start = match.index + match[0].length
    const body = { start, end: bodyEnd(code, start, (match[1] ?? '').length) }
    if (/Model\b/.test(match[3] ?? '')) bodies.set(match[2] as string, body)
    return { bases, body }
  })
  return found.flatMap(({ bases, body }) =>
    bases.some((base) => base === 'BaseSettings' || settings.has(base))
      ? fieldsOf(path, code, body, bodies)
      : [],
  )
}

interface Body {
  start: number
  end: number
}
/** What a field may be of, that is no value itself: with its text, where it is a model of this file. */
type Bodies = Map<string, Body | null>
/** How the variables of a model's own fields begin, and how deep that goes. */
interface Within {
  prefix: string
  exact: boolean
  delimiter: string
  depth: number
}

/** The body goes on while lines are indented more than the class. */
function bodyEnd(code: string, start: number, indent: number): number {
  const next = new RegExp(`\\n[ \\t]{0,${indent}}(?=[^\\s#)\\]}])`, 'g')
  next.lastIndex = start
  return next.exec(code)?.index ?? code.length
}

function fieldsOf(path: string, code: string, { start, end }: Body, nested: Bodies, within?: Within): Read[] {
  const body = code.slice(start, end)
  const stated = (name: string) => new RegExp(`\\b${name}\\s*=\\s*(['"])(\\w*)\\1`).exec(body)?.[2] ?? ''
  const prefix = within?.prefix ?? stated('env_prefix')
  const exact = within?.exact ?? /\bcase_sensitive\s*=\s*True\b/.test(body)
  const delimiter = within?.delimiter ?? stated('env_nested_delimiter')
  const depth = within?.depth ?? 0
  const indent = /^([ \t]+)\S/m.exec(body)?.[1]
  const reads: Read[] = []
  for (const match of body.matchAll(FIELD_RE)) {
    const name = match[2] as string
    if (match[1] !== indent || name === 'model_config') continue
    const from = start + match.index + match[0].length
    const typeEnd = expressionEnd(code, from, '=\n')
    const type = code.slice(from, typeEnd).trim()
    if (type.startsWith('ClassVar')) continue
    if (nested.has(type)) {
      const model = nested.get(type)
      const inner = { prefix: prefix + name + delimiter, exact, delimiter, depth: depth + 1 }
      if (model && delimiter && depth < 4) reads.push(...fieldsOf(path, code, model, nested, inner))
      continue
    }
    const value =
      code[typeEnd] === '='
        ? code.slice(typeEnd + 1, expressionEnd(code, typeEnd + 1, '\n')).trim()
        : undefined
    // Made of other fields: who sets those sets this one.
    if (/^[fF][rR]?['"]/.test(value ?? '')) continue
    const options = fieldOptions(value) ?? fieldOptions(/\bField\([\s\S]*/.exec(type)?.[0])
    const written = prefix + name
    reads.push({
      name: alias(value ?? type) ?? (exact ? written : written.toUpperCase()),
      source: `${path}:${lineOf(code, start + match.index + (match[0].length - match[0].trimStart().length))}`,
      use: 'schema',
      kind: kindOf(type),
      ...fallback(value, options),
    })
  }
  return reads
}

const fieldOptions = (text: string | undefined) =>
  text !== undefined && /^(?:\w+\.)?Field\(/.test(text) ? argumentsAt(text, text.indexOf('(') + 1) : undefined

/** `alias`, `validation_alias` and pydantic 1's `env` replace the name, prefix and all. */
function alias(text: string): string | undefined {
  return /\b(?:validation_alias|alias|env)\s*=\s*(?:AliasChoices\(\s*|\[\s*)?(['"])([\w.-]+)\1/.exec(
    text,
  )?.[2]
}

function fallback(
  value: string | undefined,
  options: string[] | undefined,
): Pick<Read, 'required' | 'default'> {
  let text = value
  if (options) {
    const named = options.find((option) => /^default\s*=/.test(option))
    if (options.some((option) => /^default_factory\s*=/.test(option))) return { required: false }
    text = named
      ? named.slice(named.indexOf('=') + 1).trim()
      : options.find((option) => !/^\w+\s*=/.test(option))
  }
  if (text === undefined || text === '...') return { required: true }
  const literal = wholeLiteral(text)
  return { required: false, ...(literal?.value && { default: literal.value }) }
}

function kindOf(type: string): Variable['kind'] {
  const plain = type.replace(/\b(?:Optional|Annotated|Union|Final)\[/g, '').trim()
  if (
    /^(?:int|float|Decimal|(?:Positive|Negative|NonNegative|Strict)(?:Int|Float)|conint|confloat)\b/.test(
      plain,
    )
  )
    return 'number'
  if (/^(?:bool|StrictBool)\b/.test(plain)) return 'boolean'
  return /^(?:pydantic\.)?\w*(?:Dsn|Url)\b/.test(plain) ? 'url' : 'string'
}
