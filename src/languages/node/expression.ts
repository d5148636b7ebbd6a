import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import { importedFile } from './imports.ts'

/** Where an expression stands. */
export interface Place {
  project: Project
  files: readonly string[]
  file: string
  code: string
  variables: readonly Variable[]
}

/** What is looked for: how a value of the kind is written, as a pattern with one group, and which names speak of it. */
export interface Kind {
  literal: string
  fits: (value: string) => boolean
  /** The variable that a name like this stands for, where nothing else tells. */
  usual?: { name: RegExp; variable: string }
}

export interface Resolved {
  /** Absent: a variable without a default. */
  value?: string
  variable?: string
  source?: string
}

export const PORT: Kind = {
  literal: `['"]?(\\d{2,5})\\b['"]?`,
  fits: (value) => Number(value) >= 1 && Number(value) <= 65_535,
  usual: { name: /port/i, variable: 'PORT' },
}
export const HOST: Kind = { literal: `['"\`]([\\w.:-]+)['"\`]`, fits: () => true }

const ENV_RE = /(?:process\.env|Bun\.env|import\.meta\.env)(?:\.(\w+)|\[\s*['"](\w+)['"]\s*\])/
const MODE_RE =
  /^process\.env(?:\.NODE_ENV|\[\s*['"]NODE_ENV['"]\s*\])\s*([!=])==?\s*(['"])(\w+)\2\s*\?(?!\?)/
const CALL_RE = /^(?:Number|parseInt|Number\.parseInt|normalizePort|toNumber|\+)\s*\(?([\s\S]*?)\)?$/

/** A value written as a literal, a variable with a default, a constant of this file or of one that it imports, or a field of a config object. */
export function resolve(kind: Kind, expression: string, place: Place, depth = 0): Resolved | undefined {
  const { variables } = place
  const text = expression.trim()
  const literal = new RegExp(`^${kind.literal}$`).exec(text)?.[1]
  if (literal !== undefined) return value(kind, literal)
  const mode = MODE_RE.exec(text)
  if (mode && depth < 5) {
    const [then, otherwise] = branches(text.slice(mode[0].length))
    const holds = (mode[3] === 'production') === (mode[1] === '=')
    return resolve(kind, holds ? then : otherwise, place, depth + 1)
  }
  const env = ENV_RE.exec(text)
  if (env) {
    const variable = (env[1] ?? env[2]) as string
    // The base of parseInt is no port.
    const rest = text.slice(env.index + env[0].length).replace(/,\s*10\s*\)/g, ')')
    const fallback = new RegExp(`(?:\\|\\||\\?\\?|,|:)\\s*${kind.literal}`).exec(rest)?.[1]
    const compared = /^\s*[!=]==?/.test(rest)
    if (fallback !== undefined) return value(kind, fallback, compared ? undefined : variable)
    return compared ? undefined : (fromVariable(kind, variable, variables) ?? { variable })
  }
  if (depth > 3) return undefined
  const call = CALL_RE.exec(text)
  if (call?.[1] && call[1] !== text) {
    const inner = resolve(kind, upToComma(call[1]), place, depth + 1)
    if (inner) return inner
  }
  const getter = new RegExp(
    `\\.(?:get|getOrThrow|getNumber)\\s*(?:<[^>]*>)?\\(\\s*['"]([\\w.]+)['"]\\s*(?:,\\s*${kind.literal})?`,
  ).exec(text)
  if (getter) {
    const key = getter[1] as string
    const held = setting(kind, key, place, depth)
    if (held) return held
    const name = key.toUpperCase().replaceAll('.', '_')
    return getter[2] === undefined ? fromVariable(kind, name, variables) : value(kind, getter[2], name)
  }
  const either = new RegExp(`^([\\s\\S]+?)\\s*(?:\\|\\||\\?\\?)\\s*${kind.literal}$`).exec(text)
  if (either) {
    const named = resolve(kind, either[1] as string, place, depth + 1)
    return value(kind, either[2] as string, named?.variable)
  }
  const name = /(\w+)$/.exec(text)?.[1]
  if (!name) return undefined
  return (
    constant(kind, text, name, place, depth) ??
    field(kind, text, name, place, depth) ??
    destructured(kind, name, place) ??
    imported(kind, text, name, place, depth) ??
    (/\.\w+$/.test(text) ? fromVariable(kind, name, variables) : undefined) ??
    (kind.usual?.name.test(name) ? fromVariable(kind, kind.usual.variable, variables) : undefined) ??
    (variables.some((variable) => variable.name === name) ? { variable: name } : undefined)
  )
}

function constant(kind: Kind, text: string, name: string, place: Place, depth: number): Resolved | undefined {
  const found = new RegExp(`\\b(?:const|let|var)\\s+${name}\\s*(?::[^=\\n]+)?=\\s*([^\\n;]+)`).exec(
    place.code,
  )
  const expression = found?.[1]?.trim()
  return expression && expression !== text
    ? resolve(kind, expression.replace(/,$/, ''), place, depth + 1)
    : undefined
}

/** `config.host` after `const config = { host: X }`. */
function field(kind: Kind, text: string, name: string, place: Place, depth: number): Resolved | undefined {
  const root = /^(\w+)\.\w+$/.exec(text)?.[1]
  const opens =
    root && new RegExp(`\\b(?:const|let|var)\\s+${root}\\s*(?::[^=\\n]+)?=\\s*\\{`).exec(place.code)
  if (!opens) return undefined
  const start = opens.index + opens[0].length
  const body = balanced(place.code, start)
  const property = propertyOf(body, name)
  if (property === undefined) return undefined
  const found = resolve(kind, upToComma(body.slice(property)), place, depth + 1)
  return found && { source: `${place.file}:${lineOf(place.code, start + property)}`, ...found }
}

/** `const { PORT: port = 3000 } = process.env`. */
function destructured(kind: Kind, name: string, { code, variables }: Place): Resolved | undefined {
  const found = new RegExp(
    `\\{[^{}]*\\b(?:(\\w+)\\s*:\\s*)?${name}\\s*(?:=\\s*${kind.literal})?[^{}]*\\}\\s*(?::[^=\\n]+)?=\\s*process\\.env`,
  ).exec(code)
  if (!found) return undefined
  const variable = found[1] ?? name
  return found[2] === undefined
    ? (fromVariable(kind, variable, variables) ?? { variable })
    : value(kind, found[2], variable)
}

/** `env.port` or `PORT`, where `env` or `PORT` comes from another file of the project. */
function imported(kind: Kind, text: string, name: string, place: Place, depth: number): Resolved | undefined {
  const root = /^(\w+)(?:\.\w+)*$/.exec(text)?.[1]
  const file = root && importedFile(place.project, place.code, root, place.file, place.files)
  const raw = file && file !== place.file ? place.project.source(file) : null
  if (!file || !raw) return undefined
  const code = blankComments(raw)
  const inside = { ...place, file, code }
  // A type has fields of the same names: the first that has a value counts.
  for (const match of code.matchAll(propertyRe(name))) {
    const start = match.index + match[0].length
    const found = resolve(kind, upToComma(code.slice(start)), inside, depth + 1)
    if (found) return { source: `${file}:${lineOf(code, start)}`, ...found }
  }
  const found = resolve(kind, name, inside, depth + 1)
  return found && { source: `${file}:1`, ...found }
}

/** `app.get('port')` after Express's `app.set('port', X)`; `config.get('app.port')` after Nest's `registerAs('app', () => ({ port: X }))`, or from a file of node-config. */
function setting(kind: Kind, key: string, place: Place, depth: number): Resolved | undefined {
  const [group = '', field] = key.split('.')
  const opens =
    field === undefined
      ? new RegExp(`\\.set\\(\\s*['"]${group}['"]\\s*,`)
      : new RegExp(`\\bregisterAs\\s*(?:<[^()]*>)?\\(\\s*['"]${group}['"]\\s*,`)
  const files = field === undefined ? [place.file] : place.files
  for (const file of files) {
    const raw = file === place.file ? place.code : place.project.source(file)
    if (!raw || !(field === undefined || raw.includes('registerAs'))) continue
    const code = blankComments(raw)
    const match = opens.exec(code)
    if (!match) continue
    const from = match.index + match[0].length
    const args = balanced(code, from)
    const start = field === undefined ? 0 : propertyOf(args, field)
    if (start === undefined) continue
    const found = resolve(kind, upToComma(args.slice(start)), { ...place, file, code }, depth + 1)
    if (found) return { source: `${file}:${lineOf(code, from + start)}`, ...found }
  }
  return fromConfigFiles(kind, key, place.project)
}

/** node-config: its files by rank, and the one that names the variables which go before them. */
function fromConfigFiles(kind: Kind, key: string, project: Project): Resolved | undefined {
  const at = (file: string) => {
    let found: unknown = project.lenientJson(file)
    for (const part of key.split('.'))
      found =
        found !== null && typeof found === 'object' && Object.hasOwn(found, part)
          ? (found as Record<string, unknown>)[part]
          : undefined
    return found
  }
  const variable = at('config/custom-environment-variables.json')
  for (const file of ['config/production.json', 'config/default.json']) {
    const held = at(file)
    if ((typeof held !== 'string' && typeof held !== 'number') || !kind.fits(String(held))) continue
    return {
      value: String(held),
      source: `${file}#${key}`,
      ...(typeof variable === 'string' && /^\w+$/.test(variable) ? { variable } : {}),
    }
  }
  return undefined
}

export function fromVariable(kind: Kind, name: string, variables: readonly Variable[]): Resolved | undefined {
  const variable = variables.find((candidate) => candidate.name === name)
  const held = variable?.default ?? variable?.example
  if (!variable || held === undefined || !kind.fits(held)) return undefined
  const source = stated(variable)
  return { value: held, variable: name, ...(source ? { source } : {}) }
}

/** Where the value that a variable is known by stands: the code's default, else the example's file. */
export function stated(variable: Variable): string | undefined {
  const example =
    variable.default === undefined && variable.sources.find((source) => source.startsWith('.env'))
  return example || variable.sources[0]
}

function value(kind: Kind, text: string, variable?: string): Resolved | undefined {
  return kind.fits(text) ? { value: text, ...(variable ? { variable } : {}) } : undefined
}

const propertyRe = (name: string) => new RegExp(`(?:^|[{,\\s])['"]?${name}['"]?\\s*:\\s*`, 'g')

/** Where the value of a property starts. */
export function propertyOf(body: string, name: string): number | undefined {
  const match = propertyRe(name).exec(body)
  return match ? match.index + match[0].length : undefined
}

/** The text up to the bracket that closes the one before `start`; strings are skipped. */
export function balanced(code: string, start: number): string {
  let depth = 1
  for (let i = start; i < code.length && i < start + 4_000; i++) {
    const char = code[i] as string
    if (QUOTES.includes(char)) i = endOfString(code, i)
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) return code.slice(start, i)
  }
  return code.slice(start, Math.min(code.length, start + 4_000))
}

/** What commas part; a bracket that closes nothing ends it. */
export function itemsOf(text: string): string[] {
  const items: string[] = []
  for (let rest = text; rest.trim() !== ''; ) {
    const end = outerIndex(rest, ',')
    items.push(rest.slice(0, end).trim())
    if (rest[end] !== ',') break
    rest = rest.slice(end + 1)
  }
  return items
}

const QUOTES = '"\'`'

/** Where the string that opens here ends. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (; at < text.length && text[at] !== text[start]; at++) if (text[at] === '\\') at++
  return at
}

export function upToComma(text: string): string {
  return text.slice(0, outerIndex(text, ',')).trim()
}

/** `a : b` behind a question mark, taken apart. */
function branches(text: string): [string, string] {
  const at = outerIndex(text, ':')
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** Where a character first stands outside of all brackets and of inner conditions, or where the brackets around the text end. */
function outerIndex(text: string, wanted: string): number {
  let depth = 0
  let conditions = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    if (QUOTES.includes(char)) i = endOfString(text, i)
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) {
      if (depth-- === 0) return i
    } else if (depth > 0) continue
    else if (char === wanted && conditions === 0) return i
    else if (wanted !== ':') continue
    else if (char === '?' && /[?.]/.test(text[i + 1] ?? '')) i++
    else if (char === '?') conditions++
    else if (char === ':') conditions--
  }
  return text.length
}
