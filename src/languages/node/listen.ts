import type { Fact } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import { importedFile } from './imports.ts'

export interface Listening {
  port: Fact<number> | undefined
  /** The variable that the port comes from: `PORT`, `HTTP_PORT`. */
  variable: string | undefined
  /** The code binds to loopback only: nothing outside of the container would reach it. */
  loopback: { file: string; line: number; fix: string } | undefined
  /** The variable that the address comes from: `HOST`. */
  hostVariable: string | undefined
}

const CALL_RE =
  /(?:\.listen|\bserve|\bBun\.serve|\bsrvx\.serve|\b[Hh]api\.[sS]erver|\bcreateServer\([^()]*\)\.listen)\s*\(|\bexport\s+default\s*\{(?=[^{}]*\bfetch\b)|\bport\s*:\s*(?=[^,\n]*\bfetch\b)/g
/** Where `serve(app)` of these listens: a call that names no port, spreads nothing, and passes no options by name. */
const OWN_PORTS = [['@hono/node-server', 3000]] as const
const PORTLESS_RE = /^\s*(?:\w*(?:app|api|server|router)\w*\s*(?:,|$)|\{(?!.*(?:\bport\b|\.\.\.)))/is
export const JS_EXTENSIONS = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.tsx', '.jsx'] as const

/** Where the code listens. Files near the entry are asked first: a metrics or test server elsewhere does not count. */
export function findListening(
  project: Project,
  entry: string | undefined,
  variables: readonly Variable[],
  defaultsToLoopback: boolean,
): Listening {
  const result: Listening = {
    port: undefined,
    variable: undefined,
    loopback: undefined,
    hostVariable: undefined,
  }
  const files = project.sources(JS_EXTENSIONS)
  // `bin/www` of the Express generator has no extension, and is code all the same.
  const all = entry && !files.includes(entry) && project.has(entry) ? [...files, entry] : files
  for (const file of entryFirst(all, entry)) {
    const raw = project.source(file)
    if (!raw || !/listen|serve|fetch/i.test(raw)) continue
    const code = blankComments(raw)
    for (const match of code.matchAll(CALL_RE)) {
      const start = match.index + match[0].length
      const args = balanced(code, start)
      const own = match[0].startsWith('serve')
        ? OWN_PORTS.find(([name]) => code.includes(name) && PORTLESS_RE.test(args))
        : undefined
      const expression = portExpression(args)
      const found: FoundPort | undefined = own
        ? { port: own[1], source: `default for ${own[0]}` }
        : resolvePort(expression ?? '', { project, files, file, code, variables })
      if (!found) continue
      const line = lineOf(code, match.index)
      result.port = fact(found.port, found.source ?? `${file}:${line}`, own ? 'default' : 'likely')
      result.variable = found.variable
      const host = hostOf(args, code)
      if (host.variable) result.hostVariable = host.variable
      if (host.loopback || (defaultsToLoopback && !host.given)) {
        result.loopback = { file, line, fix: host.loopback ? "listen on '0.0.0.0'" : "add host: '0.0.0.0'" }
      }
      return result
    }
  }
  return result
}

/** `src/server.ts` for `dist/server.js`, then the usual names, then the rest. */
export function entryFirst(files: readonly string[], entry: string | undefined): string[] {
  const stem = entry?.replace(/^(dist|build|out|lib|src)\//, '').replace(/\.[cm]?[jt]s$/, '')
  const rank = (file: string) => {
    const plain = file.replace(/^src\//, '').replace(/\.[cm]?[jt]sx?$/, '')
    if (stem !== undefined && (plain === stem || stem.endsWith(`/${plain}`))) return 0
    if (/^(server|index|main|app|bin\/www|bin\/server|www)$/.test(plain)) return 1
    return 2 + file.split('/').length
  }
  return [...files].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** The text up to the bracket that closes the one before `start`; strings are skipped. */
export function balanced(code: string, start: number): string {
  let depth = 1
  for (let i = start; i < code.length && i < start + 4_000; i++) {
    const char = code[i] as string
    if (char === '"' || char === "'" || char === '`') {
      for (i++; i < code.length && code[i] !== char; i++) if (code[i] === '\\') i++
    } else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) return code.slice(start, i)
  }
  return code.slice(start, Math.min(code.length, start + 4_000))
}

/** The part of an argument list that is the port: `port: X` of an object, else the first argument. */
function portExpression(args: string): string | undefined {
  const property = /(?:^|[{,\s])port\s*:\s*/.exec(args)
  if (property) return upToComma(args.slice(property.index + property[0].length))
  if (/(?:^|[{,\s])port\s*[,}]/.test(args)) return 'port'
  const first = upToComma(args)
  return first && !first.startsWith('{') ? first : undefined
}

function upToComma(text: string): string {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) {
      if (depth-- === 0) return text.slice(0, i).trim()
    } else if (char === ',' && depth === 0) return text.slice(0, i).trim()
  }
  return text.trim()
}

interface Place {
  project: Project
  files: readonly string[]
  file: string
  code: string
  variables: readonly Variable[]
}
interface FoundPort {
  port: number
  variable?: string
  source?: string
}

/** A port written as a number, a variable with a default, a constant of this file or of one that it imports, or a field of a config object. */
function resolvePort(expression: string, place: Place, depth = 0): FoundPort | undefined {
  const { code, variables } = place
  const text = expression.trim()
  const number = /^['"]?(\d{2,5})['"]?$/.exec(text)
  if (number) return inRange(Number(number[1]))
  const env = /(?:process\.env|Bun\.env|import\.meta\.env)(?:\.(\w+)|\[\s*['"](\w+)['"]\s*\])/.exec(text)
  if (env) {
    const variable = (env[1] ?? env[2]) as string
    // The base of parseInt is no port.
    const rest = text.slice(env.index + env[0].length).replace(/,\s*10\s*\)/g, ')')
    const literal = /(?:\|\||\?\?|,|:)\s*['"]?(\d{2,5})\b/.exec(rest)
    if (literal) return inRange(Number(literal[1]), variable)
    return fromVariable(variable, variables)
  }
  if (depth > 3) return undefined
  const call = /^(?:Number|parseInt|Number\.parseInt|normalizePort|toNumber|\+)\s*\(?([\s\S]*?)\)?$/.exec(
    text,
  )
  if (call?.[1] && call[1] !== text) {
    const inner = resolvePort(upToComma(call[1]), place, depth + 1)
    if (inner) return inner
  }
  const getter =
    /\.(?:get|getOrThrow|getNumber)\s*(?:<[^>]*>)?\(\s*['"]([\w.]+)['"]\s*(?:,\s*(\d{2,5}))?/.exec(text)
  if (getter) {
    const key = getter[1] as string
    const held = setting(key, place, depth)
    if (held) return held
    const name = key.toUpperCase().replaceAll('.', '_')
    return getter[2] ? inRange(Number(getter[2]), name) : fromVariable(name, variables)
  }
  const either = /^([\s\S]+?)\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})['"]?$/.exec(text)
  if (either) {
    const named = resolvePort(either[1] as string, place, depth + 1)
    return inRange(Number(either[2]), named?.variable)
  }
  const name = /(\w+)$/.exec(text)?.[1]
  if (!name) return undefined
  const constant = new RegExp(`\\b(?:const|let|var)\\s+${name}\\s*(?::[^=\\n]+)?=\\s*([^\\n;]+)`).exec(code)
  if (constant?.[1] && constant[1].trim() !== text) {
    const found = resolvePort(constant[1].trim().replace(/,$/, ''), place, depth + 1)
    if (found) return found
  }
  const destructured = new RegExp(
    `\\{[^{}]*\\b(?:(\\w+)\\s*:\\s*)?${name}\\s*(?:=\\s*['"]?(\\d{2,5})['"]?)?[^{}]*\\}\\s*(?::[^=\\n]+)?=\\s*process\\.env`,
  ).exec(code)
  if (destructured) {
    const variable = destructured[1] ?? name
    return destructured[2] ? inRange(Number(destructured[2]), variable) : fromVariable(variable, variables)
  }
  const elsewhere = importedPort(text, name, place, depth)
  if (elsewhere) return elsewhere
  return /port/i.test(name) ? fromVariable('PORT', variables) : undefined
}

/** `app.get('port')` after Express's `app.set('port', X)`; `config.get('app.port')` after Nest's `registerAs('app', () => ({ port: X }))`. */
function setting(key: string, place: Place, depth: number): FoundPort | undefined {
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
    const property = field === undefined ? undefined : new RegExp(`(?:^|[{,\\s])${field}\\s*:\\s*`).exec(args)
    if (field !== undefined && !property) continue
    const start = property ? property.index + property[0].length : 0
    const found = resolvePort(upToComma(args.slice(start)), { ...place, file, code }, depth + 1)
    if (found) return { source: `${file}:${lineOf(code, from + start)}`, ...found }
  }
  return undefined
}

/** `env.port` or `PORT`, where `env` or `PORT` comes from another file of the project. */
function importedPort(text: string, name: string, place: Place, depth: number): FoundPort | undefined {
  const root = /^(\w+)(?:\.\w+)*$/.exec(text)?.[1]
  const file = root && importedFile(place.code, root, place.file, place.files)
  const raw = file && file !== place.file ? place.project.source(file) : null
  if (!file || !raw) return undefined
  const code = blankComments(raw)
  const field = new RegExp(`(?:^|[{,\\s])['"]?${name}['"]?\\s*:\\s*`).exec(code)
  const expression = field ? upToComma(code.slice(field.index + field[0].length)) : name
  const found = resolvePort(expression, { ...place, file, code }, depth + 1)
  return found && { source: `${file}:${lineOf(code, field ? field.index + field[0].length : 0)}`, ...found }
}

function fromVariable(name: string, variables: readonly Variable[]): FoundPort | undefined {
  const variable = variables.find((candidate) => candidate.name === name)
  const value = Number(variable?.default ?? variable?.example)
  if (!Number.isInteger(value) || value < 1 || value > 65_535) return undefined
  const source = variable && stated(variable)
  return { port: value, variable: name, ...(source ? { source } : {}) }
}

/** Where the value that a variable is known by stands: the code's default, else the example's file. */
export function stated(variable: Variable): string | undefined {
  const example =
    variable.default === undefined && variable.sources.find((source) => source.startsWith('.env'))
  return example || variable.sources[0]
}

function inRange(port: number, variable?: string): { port: number; variable?: string } | undefined {
  return port >= 1 && port <= 65_535 ? { port, ...(variable ? { variable } : {}) } : undefined
}

function hostOf(args: string, code: string): { given: boolean; loopback: boolean; variable?: string } {
  const property = /(?:^|[{,\s])(?:host|hostname)\s*:\s*/.exec(args)
  const shorthand = /(?:^|[{,\s])(host|hostname)\s*[,}]/.exec(args)
  // listen(port, host, callback): the second argument, where it is not a function.
  const second =
    args.startsWith('{') || args.trimStart().startsWith('{')
      ? undefined
      : args.slice(upToComma(args).length + 1).trim()
  let text = property
    ? upToComma(args.slice(property.index + property[0].length))
    : shorthand
      ? (shorthand[1] as string)
      : second
        ? upToComma(second)
        : ''
  if (!text || /^(\(|async\b|function\b|err|=>)/.test(text) || text.includes('=>'))
    return { given: false, loopback: false }
  const constant = /^\w+$/.test(text)
    ? new RegExp(`\\b(?:const|let|var)\\s+${text}\\s*(?::[^=\\n]+)?=\\s*([^\\n;]+)`).exec(code)?.[1]
    : undefined
  if (constant) text = constant
  const variable = /(?:process|Bun)\.env(?:\.(\w+)|\[\s*['"](\w+)['"]\s*\])/.exec(text)
  if (variable) return { given: true, loopback: false, variable: (variable[1] ?? variable[2]) as string }
  return { given: true, loopback: /^['"`](localhost|127\.0\.0\.1|::1)['"`]$/.test(text.trim()) }
}
