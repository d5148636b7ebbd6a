import { type Answers, chosen } from '../../answers.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { FrameworkRow } from './frameworks.ts'
import { type Listening, stated } from './listen.ts'
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
    const flag = start?.argv.findIndex((word) => /^(-p|--port|--http-port)$/.test(word)) ?? -1
    const inline = start?.argv.find((word) => /^--port=\d+$/.test(word))?.split('=')[1]
    const told = Number(inline ?? (flag >= 0 ? start?.argv[flag + 1] : undefined) ?? start?.env['PORT'])
    if (start && Number.isInteger(told) && told > 0 && told < 65_536) return fact(told, start.source)
    // A framework that brings its own server does not call listen() in the project's code.
    if (listening.port && !(row.start && !row.scriptsFirst && row.score >= 90)) return listening.port
    const variable = variables.find((candidate) => candidate.name === 'PORT')
    const value = Number(variable?.default ?? variable?.example)
    if (Number.isInteger(value) && value > 0 && value < 65_536)
      return fact(value, (variable && stated(variable)) ?? 'PORT', 'likely')
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
