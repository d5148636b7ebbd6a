import { firstMatches, insideParens, joinModule, moduleOf, qualified, type SourceFile } from './code.ts'

/** A call that hangs one router on another, or on the app: `app.include_router(health.router, prefix="/api")`. */
interface Inclusion {
  file: SourceFile
  /** What it is hung on. */
  owner: string | undefined
  /** What is hung, as written and by its full name. */
  target: string
  name: string
  replaces: boolean
  /** Its arguments after the first. */
  rest: string
}

interface UrlInclusion {
  file: SourceFile
  module: string
  prefix: string
}

/** How the routers of a project hang together. Bounded: what lies beyond says nothing that a guess would not. */
export interface Routing {
  files: readonly SourceFile[]
  inclusions: readonly Inclusion[]
  urls: readonly UrlInclusion[]
  mounts: Map<SourceFile, readonly { from: number; to: number; prefix: string | undefined }[]>
}

const MAX_CALLS = 300
const MAX_NESTING = 6
const INCLUDE_RE = /(?:([A-Za-z_][\w.]*)\.)?(include_router|register_blueprint|blueprint|mount)\s*\(/g
const URL_RE =
  /\b(?:path|re_path|url)\s*\(\s*r?(['"])([^'"\n]*)\1\s*,\s*include\s*\(\s*[([]?\s*(?:(['"])([\w.]+)\3|([A-Za-z_][\w.]*))/g
const MOUNT_RE = /\bMount\s*\(\s*(?:path\s*=\s*)?(?:(['"])([^'"\n]*)\1)?/g

export function readRouting(files: readonly SourceFile[]): Routing {
  const inclusions: Inclusion[] = []
  const urls: UrlInclusion[] = []
  for (const file of files) {
    for (const call of file.code.matchAll(INCLUDE_RE)) {
      if (inclusions.length >= MAX_CALLS) break
      const text = insideParens(file, call.index + call[0].length - 1)
      const [all = '', target] = /^\s*(?:router\s*=\s*|blueprint\s*=\s*)?([A-Za-z_][\w.]*)/.exec(text) ?? []
      if (!target) continue
      const own = !file.imports.has(target.split('.')[0] as string)
      const name = own ? joinModule(moduleOf(file.path, ''), target) : qualified(file, target)
      const replaces = call[2] === 'register_blueprint'
      inclusions.push({ file, owner: call[1], target, name, replaces, rest: text.slice(all.length) })
    }
    for (const match of file.code.matchAll(URL_RE)) {
      if (urls.length >= MAX_CALLS) break
      const module = match[4] ?? qualified(file, match[5] as string)
      urls.push({ file, module, prefix: (match[2] as string).replace(/^\^/, '') })
    }
  }
  return { files, inclusions, urls, mounts: new Map() }
}

/** The prefix of the router (`router`, `bp`) that a route hangs on: its own, and those under which it is included. Null: unknown. */
export function prefixOf(
  routing: Routing,
  file: SourceFile,
  owner: string | undefined,
  index: number,
  depth = 0,
): string | null {
  const mounted = mountAround(routing, file, index)
  if (mounted === null || depth > MAX_NESTING) return mounted
  if (!owner) return mounted + litestarPrefix(file, index)
  const assignment = `^[ \\t]*${owner.replaceAll('.', '\\.')}[ \\t]*(?::[^=\\n]*)?=[ \\t]*([A-Za-z_][\\w.]*)[ \\t]*\\(`
  const made = new RegExp(assignment, 'm').exec(file.code)
  if (!made || !/(?:Router|Blueprint|Group)$/.test(made[1] as string)) return mounted
  const own = keyword(
    insideParens(file, made.index + made[0].length - 1),
    ['prefix', 'url_prefix', 'path'],
    routing.files,
  )
  if (own === null) return null
  const name = joinModule(moduleOf(file.path, ''), owner)
  for (const inclusion of routing.inclusions) {
    if (!sameName(inclusion.name, name)) continue
    const given = keyword(inclusion.rest, ['prefix', 'url_prefix'], routing.files)
    const on = inclusion.owner === owner ? undefined : inclusion.owner
    const above = on ? prefixOf(routing, inclusion.file, on, 0, depth + 1) : ''
    if (given === null || above === null) continue
    // register_blueprint's url_prefix replaces the blueprint's own.
    return inclusion.replaces && given !== '' ? above + given : above + given + own
  }
  return null
}

/** `app.api.health.router` is also what `api.health.router` names: the ends agree. */
function sameName(a: string, b: string): boolean {
  const [left, right] = [a.split('.').reverse(), b.split('.').reverse()]
  const common = Math.min(left.length, right.length)
  return common >= 2 && left.slice(0, common).every((part, i) => part === right[i])
}

/** A keyword's literal, or the literal that a constant of the project holds; '' where it is not given, null where it can't be read. */
function keyword(text: string, names: readonly string[], files: readonly SourceFile[]): string | null {
  const name = `\\b(?:${names.join('|')})\\s*=`
  const match = new RegExp(`${name}\\s*(?:f?(['"])([^'"{}\\n]*)\\1|([A-Za-z_][\\w.]*))`).exec(text)
  if (!match) return new RegExp(name).test(text) ? null : ''
  if (match[2] !== undefined) return match[2]
  const constant = (match[3] as string).split('.').at(-1) as string
  return constant === 'None' ? '' : constantValue(constant, files)
}

function constantValue(name: string, files: readonly SourceFile[]): string | null {
  const pattern = new RegExp(`^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=[ \\t]*['"](/[^'"\\n]*|)['"]`, 'm')
  for (const file of files) {
    const value = file.code.includes(name) ? pattern.exec(file.code)?.[1] : undefined
    if (value !== undefined) return value
  }
  return null
}

/** Starlette's `Mount("/api", routes=[…])` around a route. */
function mountAround(routing: Routing, file: SourceFile, index: number): string | null {
  let mounts = routing.mounts.get(file)
  if (!mounts) {
    mounts = [...firstMatches(file.code, MOUNT_RE)].map((mount) => {
      const from = mount.index + mount[0].indexOf('(')
      return { from, to: from + insideParens(file, from).length, prefix: mount[2] }
    })
    routing.mounts.set(file, mounts)
  }
  const around = mounts.filter(({ from, to }) => from < index && index <= to)
  return around.some(({ prefix }) => prefix === undefined)
    ? null
    : around.map(({ prefix }) => prefix).join('')
}

/** Litestar's handlers are plain functions: a `Router(path="/api", route_handlers=[…])` that names one gives its prefix. */
function litestarPrefix(file: SourceFile, index: number): string {
  const handler = /\bdef\s+(\w+)/.exec(file.code.slice(index, index + 600))?.[1]
  if (!handler || !file.code.includes('Router')) return ''
  for (const match of firstMatches(file.code, /\bRouter\s*\(/g)) {
    const text = insideParens(file, match.index + match[0].length - 1)
    if (new RegExp(`\\b${handler}\\b`).test(text))
      return /\bpath\s*=\s*['"]([^'"\n]*)['"]/.exec(text)?.[1] ?? ''
  }
  return ''
}

/** The prefix under which a Django URL module is included; '' for the root one, which no module includes. */
export function djangoPrefix(routing: Routing, file: SourceFile, depth = 0): string | null {
  if (depth > MAX_NESTING) return null
  const name = moduleOf(file.path, '')
  for (const { file: other, module, prefix } of routing.urls) {
    if (other === file || (module !== name && !name.endsWith(`.${module}`))) continue
    const above = djangoPrefix(routing, other, depth + 1)
    return above === null || /[<(]/.test(prefix) ? null : above + prefix
  }
  return ''
}
