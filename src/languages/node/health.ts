import type { Fact } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import { JS_EXTENSIONS } from './listen.ts'

/** A whole path that says "I am alive", with prefixes; the better ones for a container's own check first. */
const NAMES = [
  'healthz',
  'health',
  'livez',
  'live',
  'liveness',
  'up',
  'readyz',
  'ready',
  'readiness',
  'status',
  'ping',
  'alive',
  'heartbeat',
  '_health',
  'healthcheck',
  'health-check',
]
const NAME = `(?:${NAMES.join('|')})`
const PATH_RE = new RegExp(`^(?:/[\\w.-]+){0,3}/${NAME}(?:/${NAME})?/?$`, 'i')

/** `app.get('/healthz'`, `fastify.route({ url: '/health'`, `.use('/health'`. */
const ROUTE_RE =
  /\.(get|all|use|head|route|register)\s*(?:<[^()]*>)?\(\s*(?:\{[^{}]*?\b(?:url|path)\s*:\s*)?(['"`])(\/[^'"`\s$]*)\2(?:\s*,\s*([\w.]+)\s*[,)])?/g
const CONTROLLER_RE =
  /@Controller\(\s*(?:(['"`])([^'"`]*)\1|\{[^}]*\bpath\s*:\s*(['"`])([^'"`]*)\3[^}]*\})?\s*\)/
const NEST_GET_RE = /@Get\(\s*(?:(['"`])([^'"`]*)\1)?\s*\)/g
const PREFIX_RE = /\.setGlobalPrefix\(\s*(['"`])([^'"`]+)\1(?:\s*,\s*\{[^}]*\bexclude\b([^}]*)\})?/

/** Files that are routes by their place: folder pattern → the path that they serve. */
const FILE_ROUTES: readonly { pattern: RegExp; frameworks: readonly string[] }[] = [
  { pattern: /^(?:src\/)?app\/((?:[\w.()@-]+\/)*)route\.[cm]?[jt]s$/, frameworks: ['next'] },
  { pattern: /^(?:src\/)?pages\/((?:[\w.-]+\/)*[\w.-]+?)\.[jt]sx?$/, frameworks: ['next', 'astro'] },
  {
    pattern: /^src\/routes\/((?:[\w.()-]+\/)*)\+(?:server|page)\.(?:[jt]s|svelte)$/,
    frameworks: ['sveltekit'],
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
    pattern: /^(?:src|app)\/routes\/((?:[\w.-]+\/)*[\w.[\]$-]+?)\.[jt]sx?$/,
    frameworks: ['remix', 'react-router', 'tanstack-start'],
  },
]

/** A path that the app answers when it is well: from the code's routes, or from where its files lie. */
export function findHealthPath(project: Project, framework: string): Fact<string> | undefined {
  const found: { path: string; source: string }[] = []
  for (const file of project.files()) {
    for (const { pattern, frameworks } of FILE_ROUTES) {
      const match = frameworks.includes(framework) ? pattern.exec(file) : null
      if (!match) continue
      const path = `/${(match[1] as string)
        .replace(/\([^)]*\)\//g, '')
        .replace(/\[\.\]/g, '.')
        .replace(/\./g, framework === 'remix' || framework === 'react-router' ? '/' : '.')}`.replace(
        /\/(index)?$/,
        '',
      )
      if (PATH_RE.test(path)) found.push({ path, source: file })
    }
  }
  const sources = project.sources(JS_EXTENSIONS)
  const mounts = new Map<string, string>()
  let globalPrefix = ''
  let excluded = ''
  const codes = new Map<string, string>()
  for (const file of sources) {
    const raw = project.source(file)
    if (
      !raw ||
      !/health|live|ready|\bup\b|ping|status|alive|heartbeat|setGlobalPrefix|\.use\(|\.route\(|register\(/i.test(
        raw,
      )
    )
      continue
    const code = blankComments(raw)
    codes.set(file, code)
    const prefix = PREFIX_RE.exec(code)
    if (prefix) {
      globalPrefix = `/${(prefix[2] as string).replace(/^\/|\/$/g, '')}`
      excluded = prefix[3] ?? ''
    }
    for (const match of code.matchAll(ROUTE_RE)) {
      // A router mounted below a path: its own routes get that prefix.
      const target =
        match[4] && (match[1] === 'use' || match[1] === 'route')
          ? importedFile(code, match[4], file, sources)
          : undefined
      if (target) mounts.set(target, match[3] as string)
    }
  }
  for (const [file, code] of codes) {
    const mount = (mounts.get(file) ?? '').replace(/\/$/, '')
    for (const match of code.matchAll(ROUTE_RE)) {
      if (match[1] === 'use' && match[4] && importedFile(code, match[4], file, sources)) continue
      const path = mount + (match[3] as string)
      if (PATH_RE.test(path))
        found.push({ path: path.replace(/(.)\/$/, '$1'), source: `${file}:${lineOf(code, match.index)}` })
    }
    const controller = CONTROLLER_RE.exec(code)
    if (!controller) continue
    const base = controller[2] ?? controller[4] ?? ''
    for (const match of code.matchAll(NEST_GET_RE)) {
      const path = `/${[base, match[2] ?? '']
        .map((part) => part.replace(/^\/|\/$/g, ''))
        .filter(Boolean)
        .join('/')}`
      const prefixed = excluded.includes(base) && base ? path : globalPrefix + path
      if (PATH_RE.test(prefixed))
        found.push({ path: prefixed, source: `${file}:${lineOf(code, match.index)}` })
    }
  }
  const best = found.sort(
    (a, b) => rank(a.path) - rank(b.path) || a.path.length - b.path.length || (a.path < b.path ? -1 : 1),
  )[0]
  return best && fact(best.path, best.source, 'likely')
}

function rank(path: string): number {
  const name = path.split('/').at(-1)?.toLowerCase() ?? ''
  return NAMES.indexOf(name) + 1 || NAMES.length + 1
}

/** The file that a name was imported from, among the project's own. */
function importedFile(
  code: string,
  name: string,
  from: string,
  files: readonly string[],
): string | undefined {
  const plain = name.split('.')[0] as string
  const match =
    new RegExp(`import\\s+(?:[\\w*\\s{},]*\\b)?${plain}\\b[\\w\\s{},]*\\s+from\\s+['"]([^'"]+)['"]`).exec(
      code,
    ) ??
    new RegExp(
      `(?:const|let|var)\\s+(?:\\{[^}]*\\b${plain}\\b[^}]*\\}|${plain})\\s*=\\s*require\\(\\s*['"]([^'"]+)['"]`,
    ).exec(code)
  const specifier = match?.[1]
  if (!specifier || !/^[.@~]/.test(specifier)) return undefined
  const parts = specifier.startsWith('.')
    ? [...from.split('/').slice(0, -1), ...specifier.split('/')]
    : ['src', ...specifier.split('/').slice(1)]
  const path: string[] = []
  for (const part of parts) {
    if (part === '..') path.pop()
    else if (part !== '.' && part !== '') path.push(part)
  }
  const stem = path.join('/').replace(/\.[cm]?[jt]sx?$/, '')
  return files.find((file) => file.replace(/(\/index)?\.[cm]?[jt]sx?$/, '') === stem)
}
