import type { Project } from '../../project.ts'
import { parseShell, shellLine } from '../../shell.ts'
import { blankComments } from '../../source/javascript.ts'

/** PM2 keeps a process alive; in a container, the engine does. So what it starts is started without it. */

const FILE_RE = /\.(json|config\.[cm]?js)$/
/** Flags that take a value, all of PM2's own. */
const VALUE_RE =
  /^(-i|--instances|-n|--name|--env|-o|--output|-e|--error|-l|--log|-p|--pid|--max-memory-restart|--restart-delay|--exp-backoff-restart-delay|--kill-timeout|--listen-timeout|--log-date-format|--max-restarts|--only|--namespace|--cwd)$/

/** The process files that scripts name, as the command of their one app; a file with several apps is left out. */
export function pm2Files(project: Project, scripts: Record<string, string>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const line of Object.values(scripts)) {
    if (!/\bpm2/.test(line)) continue
    for (const word of (parseShell(line) ?? []).flatMap((command) => command.argv)) {
      const file = word.replace(/^\.\//, '')
      const command = FILE_RE.test(file) && project.has(file) ? commandOf(project, file) : undefined
      if (command) found[file] = command
    }
  }
  return found
}

/** The line behind `pm2 start <words>`: `src/index.js`, `npm -- run x`, a process file. */
export function pm2Line(words: readonly string[], files: Record<string, string>): string | undefined {
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
  if (FILE_RE.test(file)) return files[file]
  return lineOf(script, nodeArgs, own)
}

function lineOf(script: string, nodeArgs: readonly string[], own: readonly string[]): string | undefined {
  if (/^(npm|pnpm|yarn|bun)$/.test(script)) return shellLine([script, ...own])
  return /\.[cm]?[jt]s$|\//.test(script) ? shellLine(['node', ...nodeArgs, script, ...own]) : undefined
}

/** A process file is JSON, or code that exports it; only literals are read. */
function commandOf(project: Project, file: string): string | undefined {
  const code = blankComments(project.source(file) ?? '')
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
  return [
    ...block.matchAll(/['"]?\b([A-Z]\w*)['"]?\s*:\s*(?:(['"])([\w.:/@-]*)\2|(\d+|true|false))/g),
  ].flatMap(([, name, , quoted, bare]) => (name === 'NODE_ENV' ? [] : [`${name}=${quoted ?? bare}`]))
}
