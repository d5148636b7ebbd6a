import { type Answers, chosen } from '../../answers.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith, firstMatches, insideParens } from './code.ts'
import type { FrameworkRow } from './frameworks.ts'

/** What a call that starts a server says: `uvicorn.run(app, host=…, port=…)`. */
export interface Listening {
  port?: Fact<number>
  /** The variable that overrules the port in the code. */
  portVariable?: string
  /** A literal host, where there is one. */
  host?: Fact<string>
}

const RUN_CALL_RE =
  /(?:\b(?:uvicorn|hypercorn|granian|app|application|server|web|demo|api)\.)?\b(?:run|run_app|serve|launch|listen)\s*\(/g
const NUMBER_RE = /(?:^|,)\s*(?:port|server_port)\s*=\s*(?:int\s*\(\s*)?([^,\n]{1,120})/
const HOST_RE = /(?:^|,)\s*(?:host|server_name|address)\s*=\s*(?:[^,'"\n]{0,80}?,\s*)?['"]([^'"\n]+)['"]/

/** The arguments of the first call that starts a server. */
export function findListening(
  project: Project,
  row: FrameworkRow,
  preferred: string | undefined,
  isOwn: (path: string) => boolean,
): Listening {
  const files = filesWith(project, ['port', '.launch', '.listen', 'run_app', '.run(']).sort(
    (a, b) => Number(b.path === preferred) - Number(a.path === preferred),
  )
  const call = row.runs ?? RUN_CALL_RE
  const listening: Listening = {}
  for (const file of files) {
    for (const match of firstMatches(file.code, call)) {
      if (file.inString(match.index)) continue
      if (!isOwn(file.path)) break
      const open = match.index + match[0].length - 1
      const text = insideParens(file, open)
      const source = `${file.path}:${file.line(match.index)}`
      const host = HOST_RE.exec(text)?.[1]
      if (host && !listening.host) listening.host = fact(host, source, 'likely')
      const expression =
        NUMBER_RE.exec(text)?.[1] ??
        (/\.listen\s*\($/.test(match[0]) ? /^\s*([^,]+)/.exec(text)?.[1] : undefined)
      if (!expression || listening.port) continue
      const read = portOf(text.slice(text.indexOf(expression)), file.code)
      if (read.variable) listening.portVariable = read.variable
      if (read.port) listening.port = fact(read.port, source, 'likely')
    }
  }
  return listening
}

/** A literal; `os.getenv("PORT", 8000)`; a constant of the same file that is one of these. */
export function portOf(expression: string, code: string, depth = 0): { port?: number; variable?: string } {
  const variable =
    /^[^)]{0,40}?(?:environ(?:\.get)?|getenv)\s*[([]\s*['"](\w+)['"](?:\s*,\s*['"]?(\d{2,5})['"]?)?/.exec(
      expression,
    )
  if (variable) return { variable: variable[1] as string, ...(variable[2] && { port: Number(variable[2]) }) }
  // Tornado's `define("port", default=8888)` is read as `options.port`.
  const option = /^\s*options\.(\w+)/.exec(expression)?.[1]
  if (option) {
    const given = new RegExp(
      `\\bdefine\\s*\\(\\s*['"]${option}['"][^)]{0,120}?\\bdefault\\s*=\\s*([^\\n]+)`,
    ).exec(code)
    return given?.[1] && depth < 3 ? portOf(given[1], code, depth + 1) : {}
  }
  const literal = /^\s*['"]?(\d{2,5})\b/.exec(expression)?.[1]
  if (literal && Number(literal) <= 65_535) return { port: Number(literal) }
  const name = /^\s*([A-Za-z_]\w*)/.exec(expression)?.[1]
  if (!name || depth > 2) return {}
  const assigned = new RegExp(
    `^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=[ \\t]*(?:int\\s*\\(\\s*)?([^\\n]+)`,
    'm',
  ).exec(code)?.[1]
  return assigned ? portOf(assigned, code, depth + 1) : {}
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
    return row.port ? fact(row.port, `default for ${row.title}`, 'default') : undefined
  })
  if (found) return found
  warnings.push({
    rule: 'PD094',
    message: 'No port was found in the code: 8000 is assumed. Pass --port if it is another.',
  })
  return fact(8000, 'nothing in the code names a port', 'guess')
}
