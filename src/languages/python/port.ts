import { type Answers, chosen } from '../../answers.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith, firstMatches, insideParens, qualified, type SourceFile, sourceFile } from './code.ts'
import type { FrameworkRow } from './frameworks.ts'
import { filesOf } from './reach.ts'

/** What a call that starts a server says: `uvicorn.run(app, host=…, port=…)`. */
export interface Listening {
  port?: Fact<number>
  /** The variable that overrules the port in the code. */
  portVariable?: string
  /** A literal host, where there is one. */
  host?: Fact<string>
  /** Where a server listens on what can't be read. */
  unread?: string
}

const RUN_CALL_RE =
  /(?:\b(?:uvicorn|hypercorn|granian|app|application|server|web|demo|api)\.)?\b(?:run|run_app|serve|launch|listen)\s*\(/g
const NUMBER_RE = /(?:^|,)\s*(?:port|server_port)\s*=\s*(?:int\s*\(\s*)?([^,\n]{1,120})/
const HOST_RE = /(?:^|,)\s*(?:host|server_name|address)\s*=\s*(?:[^,'"\n]{0,80}?,\s*)?['"]([^'"\n]+)['"]/

/** The arguments of the first call that starts a server: in the app's own code, or with the app's name, `app.main:app`. */
export function findListening(
  project: Project,
  row: FrameworkRow,
  preferred: string | undefined,
  isOwn: (path: string) => boolean,
  name?: string,
): Listening {
  const files = filesWith(project, ['port', '.launch', '.listen', 'run_app', '.run(']).sort(
    (a, b) => Number(b.path === preferred) - Number(a.path === preferred),
  )
  const call = row.runs ?? RUN_CALL_RE
  const listening: Listening = {}
  for (const file of files) {
    for (const match of firstMatches(file.code, call)) {
      if (file.inString(match.index)) continue
      const open = match.index + match[0].length - 1
      const text = insideParens(file, open)
      const named = /^\s*(?:app\s*=\s*)?(['"])([\w.:]+)\1/.exec(text)?.[2]
      if (!(named !== undefined && named === name) && !isOwn(file.path)) continue
      const source = `${file.path}:${file.line(match.index)}`
      const host = HOST_RE.exec(text)?.[1]
      if (host && !listening.host) listening.host = fact(host, source, 'likely')
      const expression =
        NUMBER_RE.exec(text)?.[1] ??
        (/\.(?:listen|bind)\s*\($/.test(match[0]) ? /^\s*([^,]+)/.exec(text)?.[1] : undefined)
      if (!expression || listening.port) continue
      const read = portOf(text.slice(text.indexOf(expression)), file.code, 0, (path) =>
        assignedElsewhere(project, file, path),
      )
      if (read.variable) listening.portVariable = read.variable
      if (read.port) listening.port = fact(read.port, source, 'likely')
      else listening.unread ??= source
    }
  }
  return listening
}

/** What another file of the project gives a dotted name, once and no more: `config.PORT`, `settings.port`. */
function assignedElsewhere(
  project: Project,
  file: SourceFile,
  path: string,
): { value: string; code: string } | undefined {
  const name = path.split('.').at(-1) as string
  if (!file.imports.has(path.split('.')[0] as string)) return undefined
  for (const found of filesOf(project, qualified(file, path), file.path.split('/').slice(0, -1).join('/'))) {
    const code = found === file.path ? undefined : sourceFile(project, found)?.code
    const values = [...(code ?? '').matchAll(assignment(name))]
    const [, value] = values[0] ?? []
    if (code !== undefined && value !== undefined && values.length === 1) return { value, code }
  }
  return undefined
}

const assignment = (name: string) =>
  new RegExp(`^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=(?!=)[ \\t]*(?:int\\s*\\(\\s*)?([^\\n]+)`, 'gm')

/** How code asks for a variable: `os.getenv("PORT", 8000)`, and the calls of decouple, Starlette, environs. */
const READS = [
  /^[^)]{0,40}?(?:environ(?:\.get)?|getenv)\s*[([]\s*['"](\w+)['"](?:\s*,\s*['"]?(\d{2,5})['"]?)?/,
  /^\s*(?:\w+\.)?(?:config|env)(?:\.int)?\s*\(\s*['"]([A-Z]\w*)['"](?:[^)\n]*?(?:,|\bdefault\s*=)\s*['"]?(\d{2,5})\b)?/,
]

/** A literal; `os.getenv("PORT", 8000)`; a constant, of the same file or another, that is one of these. */
export function portOf(
  expression: string,
  code: string,
  depth = 0,
  elsewhere?: (path: string) => { value: string; code: string } | undefined,
): { port?: number; variable?: string } {
  const variable = READS.map((read) => read.exec(expression)).find((match) => match !== null)
  if (variable) return { variable: variable[1] as string, ...(variable[2] && { port: Number(variable[2]) }) }
  // `define("port", default=8888)` of Tornado is read as `options.port`, `add_argument("--port", default=…)` as `args.port`.
  const option = /^\s*(?:options|args|opts|arguments)\.(\w+)/.exec(expression)?.[1]
  const given =
    option &&
    new RegExp(
      `\\b(?:define|add_argument)\\s*\\(\\s*(?:['"]-\\w['"]\\s*,\\s*)?['"](?:--)?${option.replaceAll('_', '[-_]')}['"][^)]{0,120}?\\bdefault\\s*=\\s*([^\\n]+)`,
    ).exec(code)?.[1]
  if (given && depth < 3) return portOf(given, code, depth + 1, elsewhere)
  const literal = /^\s*['"]?(\d{2,5})\b/.exec(expression)?.[1]
  if (literal && Number(literal) <= 65_535) return { port: Number(literal) }
  const name = /^\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/.exec(expression)?.[1]
  if (!name || depth > 2) return {}
  const assigned = name.includes('.') ? undefined : assignment(name).exec(code)?.[1]
  if (assigned) return portOf(assigned, code, depth + 1, elsewhere)
  const other = elsewhere?.(name)
  return other ? portOf(other.value, other.code, depth + 1) : {}
}

/** The port that the app listens on in the container. */
export function findPort(
  answers: Answers,
  row: FrameworkRow,
  started: Fact<number> | undefined,
  listening: Listening,
  warnings: Warning[],
): Fact<number> {
  const found = chosen(answers, 'port', () => {
    if (started) return started
    if (listening.port) return listening.port
    // What starts its own server has said a port, and not the usual one.
    if (row.interface === 'script' && listening.unread) return undefined
    return row.port ? fact(row.port, `default for ${row.title}`, 'default') : undefined
  })
  if (found) return found
  const { unread } = listening
  const port = row.port ?? 8000
  warnings.push({
    rule: 'PD094',
    message: `${unread ? `${unread} listens on a port that can't be read` : 'No port was found in the code'}: ${port} is assumed. Pass --port if it is another.`,
  })
  return fact(port, unread ?? 'nothing in the code names a port', 'guess')
}
