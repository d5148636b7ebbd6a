import type { Fact } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import {
  balanced,
  HOST,
  itemsOf,
  type Place,
  PORT,
  propertyOf,
  type Resolved,
  resolve,
  upToComma,
} from './expression.ts'
import { fieldElsewhere } from './fields.ts'
import { importsOf } from './imports.ts'
import { sourceOf } from './payload.ts'

export interface Listening {
  port: Fact<number> | undefined
  /** The variable that the port comes from: `PORT`, `HTTP_PORT`. */
  variable: string | undefined
  /** The call that listens. `open`: it names no address; `loopback`: nothing outside of the container would reach it. */
  call: { file: string; line: number; host: 'open' | 'loopback' | 'other'; positional: boolean } | undefined
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
): Listening {
  const files = project.sources(JS_EXTENSIONS)
  /** A server that speaks no HTTP: the app's, where there is no other. */
  let raw: Listening | undefined
  let http = false
  /** The app's server, whose port nothing near it tells. */
  let unclear: Listening | undefined
  // `bin/www` of the Express generator has no extension, and is code all the same.
  const all = entry && !files.includes(entry) && project.has(entry) ? [...files, entry] : files
  for (const file of entryFirst(all, entry)) {
    const text = project.source(file)
    if (!text || !/listen|serve|fetch/i.test(text)) continue
    const code = blankComments(text)
    for (const match of code.matchAll(CALL_RE)) {
      const start = match.index + match[0].length
      const args = balanced(code, start)
      const own = match[0].startsWith('serve')
        ? OWN_PORTS.find(([name]) => code.includes(name) && PORTLESS_RE.test(args))
        : undefined
      const given = givenBy(args, !match[0].endsWith('('))
      const place: Place = { project, files, file, code, variables }
      const isRaw = listensRaw(code, match.index)
      http ||= !isRaw && match[0].startsWith('.listen')
      const asked = portExpression(given) ?? ''
      const near = own
        ? { value: String(own[1]), source: `default for ${own[0]}` }
        : resolve(PORT, asked, place)
      const found = near ?? (isRaw || unclear ? undefined : fieldElsewhere(PORT, asked, place))
      if (!found) continue
      const line = lineOf(code, match.index)
      const source = found.source ?? `${file}:${line}`
      const port =
        found.value === undefined ? undefined : fact(Number(found.value), source, own ? 'default' : 'likely')
      const { host, variable: hostVariable } = hostOf(given, place, found.variable)
      const call = { file, line, host, positional: given.options === '' }
      const listening = { port, variable: found.variable, call, hostVariable }
      if (near?.value === undefined && !isRaw) unclear ??= listening
      else if (!isRaw) return listening
      else if (port) raw ??= listening
    }
  }
  return unclear ?? (http ? undefined : raw) ?? NOWHERE
}

const NOWHERE: Listening = { port: undefined, variable: undefined, call: undefined, hostVariable: undefined }

/** `net.createServer(…).listen(`, or a name that was given one. */
function listensRaw(code: string, index: number): boolean {
  if (!code.includes('net.createServer')) return false
  const name = /(\w+)\s*$/.exec(code.slice(Math.max(0, index - 80), index))?.[1]
  return name
    ? new RegExp(`\\b${name}\\s*(?::[^=\\n]+)?=\\s*net\\.createServer\\b`).test(code)
    : /\bnet\.$/.test(code.slice(0, Math.max(0, code.lastIndexOf('createServer', index))))
}

const LISTENS_RE = /\blisten\b|\bserve\s*\(|\bwebhook(?:Callback\b|\s*:\s*\{)/
const MOST = 500

/** Where the code listens that the start never comes to; empty where nothing listens, undefined where that can't be told. */
export function listensAside(project: Project, entry: string | undefined): string | undefined {
  const source = entry === undefined ? undefined : sourceOf(project, entry)
  if (source === undefined) return undefined
  const { files } = importsOf(project, [source], MOST)
  const at = (file: string) => {
    const code = blankComments(project.source(file) ?? '')
    const match = LISTENS_RE.exec(code)
    return match ? `${file}:${lineOf(code, match.index)}` : ''
  }
  if (files.size > MOST || [...files].some(at)) return undefined
  const found = project.sources(JS_EXTENSIONS).map(at).find(Boolean)
  return found === undefined ? '' : `${found} listens, and ${source} does not import it`
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

/** What a call is given: its arguments one by one, and the object of options among them. What a callback prints is no part of it. */
interface Given {
  items: readonly string[]
  options: string
}

/** `opened`: the match ends within the object itself, as `export default {` does. */
function givenBy(args: string, opened: boolean): Given {
  const items = opened ? [] : itemsOf(args)
  return { items, options: opened ? args : (items.find((item) => item.startsWith('{')) ?? '') }
}

/** `X` of `port: X`, or the name of `{ port }`. */
function optionOf(options: string, name: string): string | undefined {
  const property = propertyOf(options, name)
  if (property !== undefined) return upToComma(options.slice(property))
  return new RegExp(`(?:^|[{,\\s])${name}\\s*[,}]`).test(options) ? name : undefined
}

/** The port: an option, else the first argument. */
function portExpression({ items, options }: Given): string | undefined {
  return optionOf(options, 'port') ?? (items[0]?.startsWith('{') ? undefined : items[0])
}

/** What a call says of the address: listen(port, host, callback) has it second. */
function hostOf(
  { items, options }: Given,
  place: Place,
  portVariable: string | undefined,
): { host: NonNullable<Listening['call']>['host']; variable?: string } {
  const text = optionOf(options, 'host') ?? optionOf(options, 'hostname') ?? items[1]
  if (!text || /^(\(|\{|async\b|function\b|err|=>)/.test(text) || text.includes('=>')) return { host: 'open' }
  const found = resolve(HOST, text, place) ?? besidePort(fieldElsewhere(HOST, text, place), portVariable)
  if (found?.variable) return { host: 'other', variable: found.variable }
  return { host: /^(localhost|127\.0\.0\.1|::1)$/.test(found?.value ?? '') ? 'loopback' : 'other' }
}

/** A field that is called host may be of another server: the app's own is called like its port. */
function besidePort(found: Resolved | undefined, port: string | undefined): Resolved | undefined {
  const before = (name = '') => name.slice(0, name.lastIndexOf('_') + 1)
  return port !== undefined && before(found?.variable) === before(port) ? found : undefined
}
