import type { Fact } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import { balanced } from './expression.ts'
import { JS_EXTENSIONS } from './listen.ts'
import { Mounts, receiverOf } from './mounts.ts'
import { nestRoutes, newNestApp, readNestApp } from './nest.ts'

/** A whole path that says "I am alive", with prefixes; the better ones for a container's own check first. */
const NAMES = [
  'healthz',
  'health',
  'healthcheck',
  'health-check',
  '_health',
  'livez',
  'live',
  'liveness',
  'up',
  'readyz',
  'ready',
  'readiness',
  'alive',
  '_status',
  'heartbeat',
  'status',
  'ping',
]
/** From this one on, a name may be of what the app is about: a page, or a tool that asks another host. */
const WEAK = NAMES.indexOf('heartbeat')
/** …which shows where a request must say more. */
const ASKS_RE = /\b(?:req\w*|ctx|context|c)\.(?:query|params?)\b|\bsearchParams\b|\bgetQuery\(/
/** What may stand before the names, at most: `/api/v1/app/health/live`. */
const MAX_PREFIXES = 3

function isHealthPath(path: string): boolean {
  const [root, ...parts] = path.toLowerCase().split('/')
  if (parts.at(-1) === '') parts.pop()
  const isName = (part = '') => NAMES.includes(part)
  const names = isName(parts.at(-2)) ? 2 : 1
  return (
    root === '' &&
    isName(parts.at(-1)) &&
    parts.length - names <= MAX_PREFIXES &&
    parts.every((part) => /^[\w.-]+$/.test(part))
  )
}

/** A file without one of these says nothing of health, of routes below a prefix or of what is mounted where. */
const WORDS =
  `health live ready up ping status alive heartbeat setglobalprefix enableversioning .use( .route( register( basepath prefix`.split(
    ' ',
  )

/** `app.get('/healthz'`, `fastify.route({ url: '/health'`, `.use('/health'`. */
const ROUTE_RE =
  /\.(get|all|use|head|route|register)\s*(?:<[^()]*>)?\(\s*(?:\{[^{}]*?\b(?:url|path)\s*:\s*)?(['"`])(\/[^'"`\s$]*)\2/g
/** `{ method: 'GET', path: '/health' }`: hapi's, in a list of them as well. */
const HAPI_RE = /\bmethod\s*:\s*\[?\s*(['"`])(?:GET|get|\*)\1[^{}\n]*,\s*path\s*:\s*(['"`])(\/[^'"`\s$]*)\2/g
/** `request.url === '/livez'`: a server without a framework. */
const COMPARED_RE = /\b(?:url|pathname|path)\s*===?\s*(['"`])(\/[^'"`\s$]*)\1/g
/** `export const GET`, `export { handle as GET }`; what comes from another file may be it. */
const exporting = (names: string) =>
  new RegExp(`\\bexport\\b(?:\\s*\\*|[^;=(]{0,400}?\\b(?:${names})\\b)|\\bmodule\\.exports\\b`)
/** Files that are routes by their place: folder pattern → the path that they serve. `answers`: what one that answers GET has. */
const FILE_ROUTES: readonly { pattern: RegExp; frameworks: readonly string[]; answers?: RegExp }[] = [
  {
    pattern: /^(?:src\/)?app\/((?:[\w.()@-]+\/)*)route\.[cm]?[jt]s$/,
    frameworks: ['next'],
    answers: exporting('GET'),
  },
  {
    pattern: /^(?:src\/)?pages\/((?:[\w.-]+\/)*[\w.-]+?)\.[jt]sx?$/,
    frameworks: ['next'],
    // It says so where it takes one method alone.
    answers: /^(?![\s\S]*\bmethod\s*!==?\s*['"])|['"]GET['"]/,
  },
  {
    pattern: /^src\/pages\/((?:[\w.-]+\/)*[\w.-]+?)\.[jt]s$/,
    frameworks: ['astro'],
    answers: exporting('GET|ALL'),
  },
  { pattern: /^src\/routes\/((?:[\w.()-]+\/)*)\+page\.(?:[jt]s|svelte)$/, frameworks: ['sveltekit'] },
  {
    pattern: /^src\/routes\/((?:[\w.()-]+\/)*)\+server\.[jt]s$/,
    frameworks: ['sveltekit'],
    answers: exporting('GET|fallback'),
  },
  {
    pattern: /^(?:src\/)?server\/routes\/((?:[\w.-]+\/)*[\w.-]+?)(?:\.get)?\.[jt]s$/,
    frameworks: ['nuxt', 'nitro'],
  },
  {
    pattern: /^(?:src\/)?server\/(api\/(?:[\w.-]+\/)*[\w.-]+?)(?:\.get)?\.[jt]s$/,
    frameworks: ['nuxt', 'nitro'],
  },
  {
    pattern: /^app\/routes\/((?:[\w.-]+\/)*[\w.[\]$-]+?)\.[jt]sx?$/,
    frameworks: ['remix', 'react-router'],
    answers: exporting('loader|default'),
  },
  {
    pattern: /^(?:src|app)\/routes\/((?:[\w.-]+\/)*[\w.[\]$-]+?)\.[jt]sx?$/,
    frameworks: ['tanstack-start'],
    answers: /\b(?:GET|ANY|component)\b/,
  },
]

/** A path that the app answers when it is well: from the code's routes, or from where its files lie. */
export function findHealthPath(project: Project, framework: string, base = ''): Fact<string> | undefined {
  const found: { path: string; source: string }[] = []
  const listed = new Set<string>()
  for (const file of project.files()) {
    for (const { pattern, frameworks, answers } of FILE_ROUTES) {
      const match = frameworks.includes(framework) ? pattern.exec(file) : null
      if (!match) continue
      const path = `/${(match[1] as string)
        .replace(/\([^)]*\)\//g, '')
        .replace(/\[\.\]/g, '.')
        .replace(/\./g, framework === 'remix' || framework === 'react-router' ? '/' : '.')}`.replace(
        /\/(index)?$/,
        '',
      )
      if (!isHealthPath(path)) continue
      const code = blankComments(project.source(file) ?? '')
      if ((answers && !answers.test(code)) || (isWeak(path) && ASKS_RE.test(code))) continue
      // The framework serves its routes below the base; a server of one's own around it does not.
      found.push({ path: base + path, source: file })
    }
  }
  const sources = project.sources(JS_EXTENSIONS)
  const nest = newNestApp()
  const codes = new Map<string, string>()
  for (const file of sources) {
    const raw = project.source(file)
    const lower = raw?.toLowerCase()
    if (!raw || !WORDS.some((word) => lower?.includes(word))) continue
    const code = blankComments(raw)
    codes.set(file, code)
    readNestApp({ project, files: sources, file, code, variables: [] }, nest)
  }
  const mounts = new Mounts(project, sources, codes)
  // The word may stand in the mount alone.
  for (const file of mounts.below(isHealthPath)) {
    const raw = codes.has(file) ? null : project.source(file)
    if (raw) codes.set(file, blankComments(raw))
  }
  for (const [file, code] of codes) {
    const note = (path: string, index: number) => {
      const plain = path.replace(/(.)\/$/, '$1')
      if (path.includes('/:')) listed.add(path.slice(0, path.indexOf('/:')))
      if (isWeak(plain) && ASKS_RE.test(balanced(code, code.indexOf('(', index) + 1))) return
      if (isHealthPath(plain)) found.push({ path: plain, source: `${file}:${lineOf(code, index)}` })
    }
    for (const { 3: path, index } of code.matchAll(ROUTE_RE)) {
      const prefix = mounts.has(file, index) ? undefined : mounts.prefixOf(file, receiverOf(code, index))
      if (prefix !== undefined) note(prefix + path, index)
    }
    for (const match of framework === 'hapi' ? code.matchAll(HAPI_RE) : [])
      note(match[3] as string, match.index)
    for (const match of code.matchAll(COMPARED_RE)) note(match[2] as string, match.index)
    if (code.includes('@Controller')) for (const { path, index } of nestRoutes(code, nest)) note(path, index)
  }
  // `/status` beside `/status/:slug` is a list of them.
  const best = found
    .filter(({ path }) => !(isWeak(path) && listed.has(path)))
    .sort(
      (a, b) => rank(a.path) - rank(b.path) || a.path.length - b.path.length || (a.path < b.path ? -1 : 1),
    )[0]
  return best && fact(best.path, best.source, 'likely')
}

const isWeak = (path: string) => rank(path) > WEAK

function rank(path: string): number {
  const name = path.split('/').at(-1)?.toLowerCase() ?? ''
  return NAMES.indexOf(name) + 1 || NAMES.length + 1
}
