import { type Fact, fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith, insideParens, joinModule, moduleOf, qualified, type SourceFile } from './code.ts'

/** Last parts of a path that mean "am I alive", best first: liveness before readiness, as a restart mends only the first. */
const HEALTH_WORDS = [
  'healthz',
  'livez',
  'health/live',
  'status/live',
  'live',
  'liveness',
  'health',
  'healthcheck',
  'health-check',
  'health_check',
  '_health',
  'heartbeat',
  '__heartbeat__',
  '__lbheartbeat__',
  'alive',
  'up',
  'ping',
  'readyz',
  'health/ready',
  'status/ready',
  'ready',
  'readiness',
]
const CALL_RE =
  /(@\s*)?\b(?:([A-Za-z_][\w.]*)\s*\.\s*)?(get|head|route|api_route|add_api_route|add_route|add_url_rule|add_get|add_view|websocket_route|Route|path|re_path|url|view)\s*\(\s*(?:(?:path|rule|uri)\s*=\s*)?r?(['"])([^'"\n]{1,120})\4/g
const MAX_NESTING = 6

interface Candidate {
  path: string
  rank: number
  source: string
}

/** A route of the app that says it is alive, with the prefixes of the routers that it hangs on; undefined where none is found. */
export function findHealthPath(project: Project): Fact<string> | undefined {
  const files = filesWith(project, [
    'health',
    'live',
    'ready',
    'ping',
    'heartbeat',
    '/up',
    "'up",
    '"up',
    'status',
  ])
  const routers = filesWith(project, [
    'include_router',
    'register_blueprint',
    'include(',
    'mount(',
    'Mount(',
    'Router(',
    'Blueprint(',
    'blueprint(',
    'add_subapp',
  ])
  const candidates: Candidate[] = []
  for (const file of files) {
    for (const match of file.code.matchAll(CALL_RE)) {
      if (file.inString(match.index)) continue
      const [, decorator, owner, call = '', , raw = ''] = match
      // `client.get("/health")` asks; only a decorator and aiohttp's `web.get` answer.
      if ((call === 'get' || call === 'head') && !decorator && owner !== 'web') continue
      const django = ['path', 're_path', 'url'].includes(call)
      const route = django ? raw.replace(/^\^/, '').replace(/\$$/, '') : raw
      const rank = rankOf(route)
      if (rank < 0 || takesNoGet(file, match.index + match[0].length)) continue
      if (
        django &&
        /\(\s*$|,\s*include\s*\(/.test(file.code.slice(match.index, match.index + match[0].length + 40)) &&
        !/include\s*\(\s*['"]health_check/.test(file.code.slice(match.index, match.index + 200))
      )
        continue
      const prefix = django
        ? djangoPrefix(routers, project, file, 0)
        : prefixOf(routers, file, owner, match.index, 0)
      if (prefix === null) continue
      candidates.push({
        path: joinPaths(prefix, route, django),
        rank,
        source: `${file.path}:${file.line(match.index)}`,
      })
    }
  }
  const best = candidates.sort(
    (a, b) => a.rank - b.rank || a.path.length - b.path.length || (a.source < b.source ? -1 : 1),
  )[0]
  return best && fact(best.path, best.source, 'likely')
}

function rankOf(route: string): number {
  if (/[<{(:*\s]/.test(route)) return -1
  const plain = route.toLowerCase().replace(/^\/+|\/+$/g, '')
  return HEALTH_WORDS.findIndex((word) => plain === word || plain.endsWith(`/${word}`))
}

/** `methods=["POST"]` alone answers a GET with 405. */
function takesNoGet(file: SourceFile, from: number): boolean {
  const methods = /^[^\n]{0,200}?methods\s*=\s*[[({]([^\])}]*)/.exec(file.code.slice(from, from + 300))?.[1]
  return methods !== undefined && !/GET|HEAD/i.test(methods)
}

function joinPaths(prefix: string, route: string, keepSlash: boolean): string {
  const joined = `/${prefix}/${route}`.replace(/\/{2,}/g, '/')
  return keepSlash || joined === '/' || route.endsWith('/') ? joined : joined.replace(/\/$/, '')
}

/** The prefix of the router (`router`, `bp`) that a route hangs on: its own, and those under which it is included. Null: unknown. */
function prefixOf(
  routers: SourceFile[],
  file: SourceFile,
  owner: string | undefined,
  index: number,
  depth: number,
): string | null {
  const mounted = mountAround(file, index)
  if (mounted === null) return null
  if (!owner || depth > MAX_NESTING) return mounted + (owner ? '' : litestarPrefix(file, index))
  const made = new RegExp(
    `^[ \\t]*${owner.replaceAll('.', '\\.')}[ \\t]*(?::[^=\\n]*)?=[ \\t]*([A-Za-z_][\\w.]*)[ \\t]*\\(`,
    'm',
  ).exec(file.code)
  if (!made || !/Router$|Blueprint$|Group$/.test(made[1] as string)) return mounted
  const own = keyword(
    insideParens(file, made.index + made[0].length - 1),
    ['prefix', 'url_prefix', 'path'],
    routers,
  )
  if (own === null) return null
  const name = joinModule(moduleOf(file.path, ''), owner)
  for (const other of routers) {
    for (const call of other.code.matchAll(
      /(?:([A-Za-z_][\w.]*)\.)?(include_router|register_blueprint|blueprint|mount)\s*\(/g,
    )) {
      const text = insideParens(other, call.index + call[0].length - 1)
      const target = (/^\s*(?:router\s*=\s*|blueprint\s*=\s*)?([A-Za-z_][\w.]*)/.exec(text) ?? [])[1]
      if (!target || !sameName(other === file && target === owner ? name : qualified(other, target), name))
        continue
      const given = keyword(text.slice(target.length), ['prefix', 'url_prefix'], routers)
      if (given === null) continue
      const above =
        call[1] && call[1] !== owner ? prefixOf(routers, other, call[1], call.index, depth + 1) : ''
      // register_blueprint's url_prefix replaces the blueprint's own.
      if (above !== null)
        return call[2] === 'register_blueprint' && given !== '' ? above + given : above + given + own
    }
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
  const match = new RegExp(
    `\\b(?:${names.join('|')})\\s*=\\s*(?:f?(['"])([^'"{}\\n]*)\\1|([A-Za-z_][\\w.]*))`,
  ).exec(text)
  if (!match) return names.some((name) => new RegExp(`\\b${name}\\s*=`).test(text)) ? null : ''
  if (match[2] !== undefined) return match[2]
  const constant = (match[3] as string).split('.').at(-1) as string
  if (constant === 'None') return ''
  return constantValue(constant, files)
}

function constantValue(name: string, files: readonly SourceFile[]): string | null {
  const pattern = new RegExp(`^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=[ \\t]*['"](/[^'"\\n]*|)['"]`, 'm')
  for (const file of files) {
    const value = pattern.exec(file.code)?.[1]
    if (value !== undefined) return value
  }
  return null
}

/** Starlette's `Mount("/api", routes=[…])` around a route. */
function mountAround(file: SourceFile, index: number): string | null {
  let prefix = ''
  for (const mount of file.code
    .slice(0, index)
    .matchAll(/\bMount\s*\(\s*(?:path\s*=\s*)?(?:(['"])([^'"\n]*)\1)?/g)) {
    const open = mount.index + mount[0].indexOf('(')
    if (open + insideParens(file, open).length < index) continue
    if (mount[2] === undefined) return null
    prefix += mount[2]
  }
  return prefix
}

/** Litestar's handlers are plain functions: a `Router(path="/api", route_handlers=[…])` that names one gives its prefix. */
function litestarPrefix(file: SourceFile, index: number): string {
  const handler = /\bdef\s+(\w+)/.exec(file.code.slice(index, index + 600))?.[1]
  if (!handler) return ''
  for (const match of file.code.matchAll(/\bRouter\s*\(/g)) {
    const text = insideParens(file, match.index + match[0].length - 1)
    if (new RegExp(`\\b${handler}\\b`).test(text))
      return /\bpath\s*=\s*['"]([^'"\n]*)['"]/.exec(text)?.[1] ?? ''
  }
  return ''
}

/** The prefix under which a Django URL module is included; '' for the root one, which no module includes. */
function djangoPrefix(
  routers: SourceFile[],
  project: Project,
  file: SourceFile,
  depth: number,
): string | null {
  if (depth > MAX_NESTING) return null
  const name = moduleOf(file.path, '')
  for (const other of routers) {
    if (other === file) continue
    for (const match of other.code.matchAll(
      /\b(?:path|re_path|url)\s*\(\s*r?(['"])([^'"\n]*)\1\s*,\s*include\s*\(\s*[([]?\s*(?:(['"])([\w.]+)\3|([A-Za-z_][\w.]*))/g,
    )) {
      const target = match[4] ?? qualified(other, match[5] as string)
      if (target !== name && !name.endsWith(`.${target}`)) continue
      const above = djangoPrefix(routers, project, other, depth + 1)
      const own = (match[2] as string).replace(/^\^/, '')
      return above === null || /[<(]/.test(own) ? null : above + own
    }
  }
  return ''
}
