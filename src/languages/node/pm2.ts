import type { Project } from '../../project.ts'
import { flagValue, parseShell, shellLine } from '../../shell.ts'
import { blankComments } from '../../source/javascript.ts'

/** PM2 keeps a process alive; in a container, the engine does. So what it starts is started without it. */

const FILE_RE = /\.(json|config\.[cm]?js)$/
/** Flags that take a value, all of PM2's own. */
const VALUE_RE =
  /^(-i|--instances|-n|--name|--env|-o|--output|-e|--error|-l|--log|-p|--pid|--max-memory-restart|--restart-delay|--exp-backoff-restart-delay|--kill-timeout|--listen-timeout|--log-date-format|--max-restarts|--only|--namespace|--cwd)$/

export const PM2_RE = /^pm2(-runtime|-docker)?$/

/** What a process file says. */
export interface ProcessFile {
  /** The command of its one app. */
  line?: string
  /** The port that the one of its apps that has one is given, by environment; '' is the common one. */
  ports: ReadonlyMap<string, string>
}

/** The process files that scripts name. */
export function pm2Files(project: Project, scripts: Record<string, string>): Record<string, ProcessFile> {
  const found: Record<string, ProcessFile> = {}
  for (const line of Object.values(scripts)) {
    if (!/\bpm2/.test(line)) continue
    for (const word of (parseShell(line) ?? []).flatMap((command) => command.argv)) {
      const file = word.replace(/^\.\//, '')
      if (!FILE_RE.test(file) || !project.has(file)) continue
      const code = blankComments(project.source(file) ?? '')
      const command = commandOf(code)
      found[file] = { ports: portsOf(code), ...(command ? { line: command } : {}) }
    }
  }
  return found
}

/** Where PM2 stays: its own home is beside the code, which nothing may write to, and what its file sets goes before the image's. */
export function pm2Env(words: readonly string[], files: Record<string, ProcessFile>): Record<string, string> {
  const named = words.map((word) => word.replace(/^\.\//, '')).find((word) => FILE_RE.test(word))
  const ports = named === undefined ? undefined : files[named]?.ports
  const port = ports?.get(flagValue(words, '--env') ?? '') ?? ports?.get('')
  return { PM2_HOME: '/tmp/.pm2', ...(port === undefined ? {} : { PORT: port }) }
}

/** The line behind `pm2 start <words>`: `src/index.js`, `npm -- run x`, a process file. */
export function pm2Line(words: readonly string[], files: Record<string, ProcessFile>): string | undefined {
  const plain: string[] = []
  let own: readonly string[] = []
  const nodeArgs: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    const flag = /^--(?:node-args|interpreter-args)(?:=(.*))?$/.exec(word)
    if (word === '--') {
      own = words.slice(at + 1)
      break
    }
    if (flag) nodeArgs.push(...(flag[1] ?? words[++at] ?? '').split(/\s+/))
    else if (VALUE_RE.test(word)) at++
    else if (word === '--interpreter') return undefined
    else if (!word.startsWith('-') && !(word === 'start' && plain.length === 0)) plain.push(word)
  }
  const [script, ...others] = plain
  if (script === undefined || others.length > 0) return undefined
  const file = script.replace(/^\.\//, '')
  if (FILE_RE.test(file)) return files[file]?.line
  return lineOf(script, nodeArgs, own)
}

function lineOf(script: string, nodeArgs: readonly string[], own: readonly string[]): string | undefined {
  if (/^(npm|pnpm|yarn|bun)$/.test(script)) return shellLine([script, ...own])
  return /\.[cm]?[jt]s$|\//.test(script) ? shellLine(['node', ...nodeArgs, script, ...own]) : undefined
}

/** A process file is JSON, or code that exports it; only literals are read. */
function commandOf(code: string): string | undefined {
  if ([...code.matchAll(/['"]?\bscript['"]?\s*:/g)].length !== 1) return undefined
  const text = (key: string) =>
    new RegExp(`['"]?\\b${key}['"]?\\s*:\\s*(['"\`])([^'"\`$\\n]+)\\1`).exec(code)?.[2]
  const script = text('script')
  const interpreter = text('interpreter')
  if (!script || text('cwd') !== undefined || (interpreter !== undefined && interpreter !== 'node'))
    return undefined
  const words = (line: string | undefined) => line?.split(/\s+/).filter(Boolean) ?? []
  const line = lineOf(
    script.replace(/^\.\//, ''),
    words(text('node_args') ?? text('nodeArgs')),
    words(text('args')),
  )
  return line && [...settings(code, 'env'), ...settings(code, 'env_production'), line].join(' ')
}

/** `env: { PORT: 3000 }` as `PORT=3000`; NODE_ENV is the image's own. */
function settings(code: string, key: string): string[] {
  const block = new RegExp(`['"]?\\b${key}['"]?\\s*:\\s*\\{([^{}]*)\\}`).exec(code)?.[1] ?? ''
  return pairs(block).flatMap(([name, value]) => (name === 'NODE_ENV' ? [] : [`${name}=${value}`]))
}

const pairs = (block: string): [string, string][] =>
  [...block.matchAll(/['"]?\b([A-Z]\w*)['"]?\s*:\s*(?:(['"])([\w.:/@-]*)\2|(\d+|true|false))/g)].map(
    ([, name = '', , quoted, bare = '']) => [name, quoted ?? bare],
  )

function portsOf(code: string): Map<string, string> {
  const all = new Map<string, Set<string>>()
  for (const [, name = '', block = ''] of code.matchAll(/\benv(?:_(\w+))?['"]?\s*:\s*\{([^{}]*)\}/g)) {
    const port = pairs(block).find(([key]) => key === 'PORT')?.[1]
    if (port !== undefined) all.set(name, (all.get(name) ?? new Set()).add(port))
  }
  return new Map(
    [...all].flatMap(([name, ports]) => (ports.size === 1 ? [[name, [...ports][0] as string]] : [])),
  )
}
