import { type Answers, chosen } from '../../answers.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { SERVICES } from '../../services/index.ts'
import { serviceOf } from '../../services/variables.ts'
import { fromVariable, PORT, stated } from './expression.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { Listening } from './listen.ts'
import type { StartCommand } from './start.ts'

/** The port: the start command's flag, the code, the example of PORT, the framework's default; else a guess, and aloud. */
export function findPort(
  row: FrameworkRow,
  answers: Answers,
  listening: Listening,
  start: StartCommand | undefined,
  variables: readonly Variable[],
  warnings: Warning[],
): Fact<number> {
  const found = chosen(answers, 'port', () => {
    if (row.kind === 'static') return fact(8080, 'unprivileged nginx', 'default')
    const told = (start && portFlag(start.argv)) ?? Number(start?.env['PORT'])
    if (start && Number.isInteger(told) && told > 0 && told < 65_536) return fact(told, start.source)
    // A framework that brings its own server does not call listen() in the project's code.
    if (listening.port && !bringsServer(row, start)) return listening.port
    if (listening.variable && !bringsServer(row, start))
      return fact(row.port ?? 3000, `set as ${listening.variable}`, 'default')
    const variable = variables.find((candidate) => candidate.name === 'PORT')
    const value = Number(variable?.default ?? variable?.example)
    if (Number.isInteger(value) && value > 0 && value < 65_536)
      return fact(value, (variable && stated(variable)) ?? 'PORT', 'likely')
    if (start?.port !== undefined) return fact(start.port, `default for ${start.server}`, 'default')
    // `export default app`: Bun itself listens.
    if (start?.argv[0] === 'bun' && row.kind === 'server') return fact(3000, 'default for Bun', 'default')
    if (row.start) return fact(row.port ?? 3000, `default for ${row.title}`, 'default')
    return undefined
  })
  if (found) return found
  warnings.push({
    rule: 'PD094',
    message: `The code does not say which port it listens on: ${row.port ?? 3000} is a guess. Check it, or pass --port.`,
  })
  return fact(row.port ?? 3000, `usual for ${row.title}`, 'guess')
}

/** The variable that by its name alone is the port of the app, where there is one such, and no PORT. */
export function portByName(variables: readonly Variable[], app: string): Partial<Listening> {
  const names = ['SERVER', 'APP', 'HTTP', app.toUpperCase().replace(/\W+/g, '_')].map(
    (name) => `${name}_PORT`,
  )
  const [variable, ...more] = variables.filter(({ name }) => name === 'PORT' || names.includes(name))
  if (!variable || variable.name === 'PORT' || more.length > 0 || serviceOf(variable, SERVICES)) return {}
  const { value, source } = fromVariable(PORT, variable.name, variables) ?? {}
  return {
    variable: variable.name,
    port: value === undefined ? undefined : fact(Number(value), source ?? variable.name, 'likely'),
  }
}

/** The port among the words of a start command: it wins over any variable. */
export function portFlag(argv: readonly string[]): number | undefined {
  const at = argv.findIndex((word) => /^(-p|--port|--http-port)$/.test(word))
  const text = at >= 0 ? argv[at + 1] : argv.find((word) => /^--port=/.test(word))?.slice('--port='.length)
  return text !== undefined && /^\d{2,5}$/.test(text) ? Number(text) : undefined
}

/** The server is the framework's: a listen() in the project's code is for something else. */
export function bringsServer(row: FrameworkRow, start: StartCommand | undefined): boolean {
  return start?.server !== undefined || (row.start !== undefined && !row.scriptsFirst && row.score >= 90)
}

/** Says where the code listens on loopback only: nothing outside of the container would reach it. */
export function checkAddress(
  project: Project,
  row: FrameworkRow,
  { call, hostVariable }: Listening,
  start: StartCommand | undefined,
  warnings: Warning[],
): void {
  if (!call || hostVariable || row.kind !== 'server' || bringsServer(row, start)) return
  const { file, line, host, positional } = call
  const usual = row.loopbackByDefault
  const quiet =
    host === 'open' && (usual === true || (usual !== undefined && project.source(file)?.includes(usual)))
  if (host !== 'loopback' && !quiet) return
  const fix =
    host === 'loopback'
      ? "listen on '0.0.0.0'"
      : positional
        ? "add '0.0.0.0' after the port"
        : "add host: '0.0.0.0'"
  warnings.push({
    rule: 'PD024',
    message: `${file}:${line} listens on localhost only: nothing outside of the container would reach it. In the code: ${fix}.`,
    file,
    line,
  })
}
