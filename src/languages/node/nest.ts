import { balanced, itemsOf, type Kind, type Place, propertyOf, resolve, upToComma } from './expression.ts'

/** What all routes of a Nest app have before them. `unknown`: it is computed, and what a route's path is can't be told. */
export interface NestApp {
  prefix: string | undefined
  excluded: readonly RegExp[]
  /** Versions in the path: what stands before one, and the one of a controller that names none. */
  versions: { before: string; usual: Version } | undefined
  unknown: boolean
}

/** A version; null: none in the path; undefined: not to be read. */
type Version = string | null | undefined

export const newNestApp = (): NestApp => ({
  prefix: undefined,
  excluded: [],
  versions: undefined,
  unknown: false,
})

/** A project writes both: matching must not take for ever. */
const MOST_WILDCARDS = 2
const LONGEST = 200

export const TEXT: Kind = { literal: `['"\`]([^'"\`$\\n]*)['"\`]`, fits: () => true }
const TEXT_RE = new RegExp(`^${TEXT.literal}$`)
const textOf = (expression: string) => TEXT_RE.exec(expression.trim())?.[1]

/** `app.setGlobalPrefix(…)` and `app.enableVersioning(…)` of a file. */
export function readNestApp(place: Place, app: NestApp): void {
  const prefix = argumentsOf(place.code, /\.setGlobalPrefix\s*\(/)
  if (prefix !== undefined) {
    const first = upToComma(prefix)
    app.prefix = resolve(TEXT, first, place)?.value
    const exclude = propertyOf(prefix.slice(first.length), 'exclude')
    const routes = exclude === undefined ? [] : listOf(prefix.slice(first.length + exclude))
    app.excluded = routes?.flatMap(excludedRoute) ?? []
    app.unknown = app.prefix === undefined || routes === undefined
  }
  const versioning = argumentsOf(place.code, /\.enableVersioning\s*\(/)?.trim()
  if (versioning === undefined) return
  const option = (name: string) => {
    const at = propertyOf(versioning, name)
    return at === undefined ? undefined : upToComma(versioning.slice(at))
  }
  const type = option('type') ?? 'VersioningType.URI'
  if (!/\bURI$/.test(type)) return
  const before = option('prefix') ?? "'v'"
  const usual = option('defaultVersion')
  app.versions = {
    before: before === 'false' ? '' : (textOf(before) ?? ''),
    usual: usual === undefined ? null : versionOf(usual),
  }
  if (
    (versioning !== '' && !versioning.startsWith('{')) ||
    (before !== 'false' && textOf(before) === undefined)
  )
    app.unknown = true
}

/** Paths that controllers answer to GET, and where in the code they stand. */
export function* nestRoutes(code: string, app: NestApp): Generator<{ path: string; index: number }> {
  if (app.unknown) return
  let controller: { path: string | undefined; version: Version } | undefined
  for (const group of decoratorsOf(code)) {
    const args = (name: string) => group.find((decorator) => decorator.name === name)?.args
    const declared = args('Controller')
    if (declared !== undefined) controller = controllerOf(declared, app)
    const route = args('Get')
    if (route === undefined || controller?.path === undefined) continue
    const own = args('Version')
    const version = app.versions ? (own === undefined ? controller.version : versionOf(own)) : null
    const below = firstText(route)
    if (version === undefined || below === undefined) continue
    const path = joined(controller.path, below)
    const versioned = version === null ? path : `/${app.versions?.before}${version}${path}`
    const bare = app.excluded.some((pattern) => path.length < LONGEST && pattern.test(path))
    yield { path: bare ? versioned : joined(app.prefix ?? '', versioned), index: group[0]?.index ?? 0 }
  }
}

/** `@Controller('health')`, `@Controller({ path: 'health', version: '2' })`. */
function controllerOf(args: string, app: NestApp): { path: string | undefined; version: Version } {
  const options = args.trimStart().startsWith('{')
  const path = options ? propertyOf(args, 'path') : 0
  const version = options ? propertyOf(args, 'version') : undefined
  return {
    path: path === undefined ? '' : firstText(upToComma(args.slice(path))),
    version: version === undefined ? app.versions?.usual : versionOf(upToComma(args.slice(version))),
  }
}

/** The text, or the first of a list of them; nothing is the empty one. */
function firstText(expression: string): string | undefined {
  const text = expression.trim()
  if (text === '') return ''
  return textOf(listOf(text)?.[0] ?? text)
}

function versionOf(expression: string): Version {
  const first = (listOf(expression)?.[0] ?? expression).trim()
  return /\bVERSION_NEUTRAL$/.test(first) ? null : textOf(first)
}

/** A route that keeps away from the prefix: only that very path, unless it has wildcards; only its own method. */
function excludedRoute(item: string): RegExp[] {
  const path = propertyOf(item, 'path')
  const method = propertyOf(item, 'method')
  const text = textOf(path === undefined ? item : upToComma(item.slice(path)))
  const other = method !== undefined && !/\b(GET|ALL)$/.test(upToComma(item.slice(method)))
  if (text === undefined || other || text.split('*').length > MOST_WILDCARDS + 1) return []
  const pattern = text.replace(/^\/|\/$/g, '').replace(/\{?\/?\*\w*\}?|\(\.\*\)|:\w+|[^\w/-]/g, (token) => {
    if (token.startsWith('{')) return '(?:/.*)?'
    if (token.startsWith('/')) return '/.*'
    if (token.startsWith(':')) return '[^/]+'
    return token.includes('*') ? '.*' : `\\${token}`
  })
  return [new RegExp(`^/${pattern}$`)]
}

/** The items of a list that is written out; undefined where it is not. */
function listOf(expression: string): string[] | undefined {
  const text = expression.trim()
  if (!text.startsWith('[')) return undefined
  return itemsOf(balanced(text, 1))
}

const argumentsOf = (code: string, call: RegExp): string | undefined => {
  const match = call.exec(code)
  return match ? balanced(code, match.index + match[0].length) : undefined
}

const joined = (...parts: readonly string[]) =>
  `/${parts
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter(Boolean)
    .join('/')}`

interface Decorator {
  name: string
  args: string
  index: number
}

/** Decorators that stand together before a class or a method. */
function decoratorsOf(code: string): Decorator[][] {
  const groups: Decorator[][] = []
  let end = -1
  for (const match of code.matchAll(/@(\w+)(\s*\()?/g)) {
    if (match.index < end) continue
    const open = match.index + match[0].length
    const args = match[2] ? balanced(code, open) : ''
    const decorator = { name: match[1] as string, args, index: match.index }
    if (end >= 0 && code.slice(end, match.index).trim() === '') groups.at(-1)?.push(decorator)
    else groups.push([decorator])
    end = open + (match[2] ? args.length + 1 : 0)
  }
  return groups
}
