import { type Fact, fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith, firstMatches, type SourceFile } from './code.ts'
import { djangoPrefix, prefixOf, readRouting } from './routes.ts'

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
  '_status',
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
const WORDS = ['health', 'live', 'ready', 'ping', 'heartbeat', '/up', "'up", '"up', 'status']
const ROUTER_WORDS = [
  'include_router',
  'register_blueprint',
  'include(',
  'mount(',
  'Mount(',
  'Router(',
  'Blueprint(',
  'blueprint(',
]
const CONSTANT_WORDS = ['PREFIX', 'prefix', 'API_']
const ROUTE_RE =
  /(@\s*)?\b(?:([A-Za-z_][\w.]*)\s*\.\s*)?(get|head|route|api_route|add_api_route|add_route|add_url_rule|add_get|add_view|Route|path|re_path|url|view)\s*\(\s*(?:(?:path|rule|uri)\s*=\s*)?r?(['"])([^'"\n]{0,120})\4/g
/** Tornado's: `(r"/health", HealthHandler)`. */
const PAIR_RE = /\(\s*r?(['"])(\/[^'"\n]{1,120})\1\s*,\s*[A-Za-z_][\w.]{0,80}Handler\b/g
/** More routes that look like this are no help. */
const MAX_CANDIDATES = 40

interface Candidate {
  file: SourceFile
  index: number
  owner: string | undefined
  route: string
  isDjango: boolean
  rank: number
}

/** A route of the app that says it is alive, with the prefixes of the routers that it hangs on; undefined where none is found. */
export function findHealthPath(
  project: Project,
  isOwn: (path: string) => boolean = () => true,
): Fact<string> | undefined {
  const candidates = filesWith(project, WORDS)
    .flatMap((file) => {
      const routes = routesIn(file)
      return routes.length > 0 && isOwn(file.path) ? routes : []
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_CANDIDATES)
  if (candidates.length === 0) return undefined
  const routing = readRouting(filesWith(project, [...ROUTER_WORDS, ...CONSTANT_WORDS]))
  const found = candidates.flatMap((candidate) => {
    const { file, owner, index, route, isDjango, rank } = candidate
    const prefix = isDjango ? djangoPrefix(routing, file) : prefixOf(routing, file, owner, index)
    if (prefix === null) return []
    const path = joinPaths(prefix, route, isDjango)
    const whole = rankOf(path)
    return whole < 0 ? [] : [{ file, index, rank: Math.min(rank, whole), path }]
  })
  const best = found.sort((a, b) => a.rank - b.rank || a.path.length - b.path.length)[0]
  return best && fact(best.path, `${best.file.path}:${best.file.line(best.index)}`, 'likely')
}

function routesIn(file: SourceFile): Candidate[] {
  const candidates: Candidate[] = []
  for (const match of firstMatches(file.code, ROUTE_RE)) {
    const [all, decorator, owner, call = '', , raw = ''] = match
    // `client.get("/health")` asks; only a decorator and aiohttp's `web.get` answer.
    if ((call === 'get' || call === 'head') && !decorator && owner !== 'web') continue
    const isDjango = ['path', 're_path', 'url'].includes(call)
    const route = isDjango ? raw.replace(/^\^/, '').replace(/(?:\/\?)?\$?$/, '') : raw
    // The first route of a router: what the router hangs on may say it.
    const rank = /^\/?$/.test(route) ? HEALTH_WORDS.length : rankOf(route)
    if (rank < 0 || file.inString(match.index)) continue
    const after = file.code.slice(match.index + all.length, match.index + all.length + 300)
    if (takesNoGet(after) || (isDjango && (includesOthers(after) || isInList(file, match.index)))) continue
    candidates.push({ file, index: match.index, owner, route, isDjango, rank })
  }
  for (const { index, 2: raw = '' } of firstMatches(file.code, PAIR_RE)) {
    const route = raw.replace(/(?:\/\?)?\$?$/, '')
    const rank = rankOf(route)
    if (rank >= 0 && !file.inString(index))
      candidates.push({ file, index, owner: undefined, route, isDjango: false, rank })
  }
  return candidates
}

/** Pages for those who are signed in: everyone else is sent elsewhere. */
const INSIDE_RE = /(?:^|\/)(?:admin|settings|dashboard|accounts?)\//i

function rankOf(route: string): number {
  if (/[<{(:*\s]/.test(route) || INSIDE_RE.test(route)) return -1
  const plain = route.toLowerCase().replace(/^\/+|\/+$/g, '')
  return HEALTH_WORDS.findIndex((word) => plain === word || plain.endsWith(`/${word}`))
}

/** `methods=["POST"]` alone answers a GET with 405. */
function takesNoGet(after: string): boolean {
  const methods = /^[^\n]{0,200}?methods\s*=\s*[[({]([^\])}]*)/.exec(after)?.[1]
  return methods !== undefined && !/GET|HEAD/i.test(methods)
}

/** `path("status/", include(…))` is a folder of routes; django-health-check's is the route itself. */
function includesOthers(after: string): boolean {
  return /^\s*,\s*include\s*\(/.test(after) && !/^\s*,\s*include\s*\(\s*['"]health_check/.test(after)
}

/** In `path("<slug>/", include([…]))`: what it hangs on is mostly no constant. */
function isInList(file: SourceFile, index: number): boolean {
  const open: boolean[] = []
  for (const { 0: text, index: at } of file.code
    .slice(0, index)
    .matchAll(/\binclude\(\s*(?=[[(])|[([{]|[)\]}]/g)) {
    if (file.inString(at)) continue
    if (/[)\]}]/.test(text)) open.pop()
    else open.push(text.startsWith('include'))
  }
  return open.includes(true)
}

function joinPaths(prefix: string, route: string, keepSlash: boolean): string {
  const joined = `/${prefix}/${route}`.replace(/\/{2,}/g, '/')
  return keepSlash || joined === '/' || route.endsWith('/') ? joined : joined.replace(/\/$/, '')
}
