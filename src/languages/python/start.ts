import { type Answers, hintOf, sourceOf } from '../../answers.ts'
import type { Confidence, Warning } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { procfile } from '../common.ts'
import type { AppRef } from './code.ts'
import { type CommandLine, isDevelopmentServer, isOutside, readCommandLine } from './command-line.ts'
import type { Manifests } from './manifests.ts'
import { statedApp } from './stated-app.ts'
import { at, text } from './values.ts'

/** A command that the project states itself. */
export interface Stated {
  argv: Argv
  env: Record<string, string>
  source: string
  confidence: Confidence
}

/** A process of the Procfile other than `web` and `release`. */
export interface StatedProcess extends Stated {
  name: string
}

const SCRIPT_NAMES = ['start', 'serve', 'web', 'prod', 'production', 'start:prod']

/** `--start`, then the Procfile's `web`, then a script named `start` in a manifest, then a Dockerfile of the person's own. A development server is none of these. */
export function statedStart(
  project: Project,
  manifests: Manifests,
  answers: Answers,
  kind: 'server' | 'worker',
  warnings: Warning[],
): Stated | null {
  if (answers.start !== undefined) {
    const read = readCommandLine(answers.start)
    const source = sourceOf(answers, 'start')
    return read && read.dropped.length === 0
      ? { argv: read.argv, env: read.env, source, confidence: 'certain' }
      : { argv: ['sh', '-c', answers.start], env: {}, source, confidence: 'certain' }
  }
  const entries = procfile(project)
  const entry =
    entries.find(({ name }) => name === 'web') ??
    (kind === 'worker' ? entries.find(({ name }) => name !== 'release') : undefined)
  if (entry) {
    const stated = accept(project, entry.line, entry.source, warnings)
    if (stated) return stated
  }
  for (const { line, source } of scripts(manifests, SCRIPT_NAMES)) {
    const read = readCommandLine(line)
    if (read && !isDevelopmentServer(read.argv) && !isOutside(read.argv) && read.dropped.length === 0)
      return { argv: read.argv, env: read.env, source, confidence: 'certain' }
  }
  const hint = hintOf(answers, 'start')
  const read = hint && readCommandLine(hint.value)
  return hint && read && read.dropped.length === 0 && !isDevelopmentServer(read.argv) && !isOutside(read.argv)
    ? { argv: read.argv, env: read.env, source: hint.source, confidence: hint.confidence }
    : null
}

/** What a script of the project comes to, where a line starts one: a command, or a program that the image lacks. */
function readLine(project: Project, line: string): CommandLine | null {
  const read = readCommandLine(line)
  const words = read?.argv.slice(/^(?:ba)?sh$/.test(read.argv[0] ?? '') ? 1 : 0)
  const path = words?.[0]?.replace(/^\.\//, '') ?? ''
  const text = project.has(path) && (/\.sh$/.test(path) || !/\.\w+$/.test(path)) ? project.source(path) : null
  if (!read || !text) return read
  const lines = text
    .replace(/\\\r?\n/g, ' ')
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one && !/^(?:#|(?:set|echo)\b)/.test(one))
  const outside = lines
    .map((one) => /^(?:exec[ \t]+)?(?:\/[\w.-]+)*?\/?([\w-]+)(?=[ \t]|$)/.exec(one)?.[1])
    .find((program) => program && isOutside([program]))
  if (outside) return { ...read, argv: [outside] }
  const inner = words?.length === 1 ? readCommandLine(lines.join(' ; ')) : null
  return inner ? { ...inner, env: { ...read.env, ...inner.env } } : read
}

function accept(project: Project, line: string, source: string, warnings: Warning[]): Stated | null {
  const read = readLine(project, line)
  const [file = '', lineNumber] = source.split(':')
  const where = { file, ...(lineNumber && { line: Number(lineNumber) }) }
  if (!read) {
    warnings.push({
      rule: 'PD010',
      message: `"${line}" needs a shell: it was not taken as the start command. Pass --start to name another.`,
      ...where,
    })
    return null
  }
  if (isOutside(read.argv)) {
    warnings.push({
      rule: 'PD010',
      message: `"${line}" needs ${read.argv[0]}, which the image does not have: it was not taken as the start command. Pass --start to name another.`,
      ...where,
    })
    return null
  }
  if (isDevelopmentServer(read.argv)) {
    warnings.push({
      rule: 'PD056',
      message: `"${line}" is a development server: it was not taken as the start command.`,
      ...where,
    })
    return null
  }
  for (const step of read.dropped)
    warnings.push({
      rule: 'PD021',
      message: `"${step}" runs before the server: it is a step of its own now, so that replicas do not race.`,
      ...where,
    })
  return { argv: read.argv, env: read.env, source, confidence: 'certain' }
}

/** Other processes of the Procfile, as they are stated. */
export function statedProcesses(project: Project, warnings: Warning[]): StatedProcess[] {
  return procfile(project)
    .filter(({ name }) => name !== 'web' && name !== 'release')
    .flatMap(({ name, line, source }) => {
      const read = readLine(project, line)
      if (read && isOutside(read.argv)) {
        warnings.push({
          rule: 'PD054',
          message: `${source} needs ${read.argv[0]}, which the image does not have: "${name}" is no process beside the app.`,
          file: 'Procfile',
        })
        return []
      }
      return read ? [{ name, argv: read.argv, env: read.env, source, confidence: 'certain' as const }] : []
    })
}

/** The app that a script of any name serves, in development at least. */
export function appInScripts(project: Project, manifests: Manifests): AppRef | null {
  for (const { line } of scripts(manifests)) {
    const app = statedApp(project, readCommandLine(line)?.argv ?? [])
    if (app) return app
  }
  return null
}

function scripts(manifests: Manifests, names?: readonly string[]): { line: string; source: string }[] {
  const tables: [string, ReturnType<typeof at>][] = [
    ['pyproject.toml#tool.pdm.scripts', at(manifests.pyproject, 'tool', 'pdm', 'scripts')],
    ['pyproject.toml#tool.poe.tasks', at(manifests.pyproject, 'tool', 'poe', 'tasks')],
    ['pyproject.toml#tool.taskipy.tasks', at(manifests.pyproject, 'tool', 'taskipy', 'tasks')],
    ['Pipfile#scripts', at(manifests.pipfile, 'scripts')],
  ]
  return tables.flatMap(([source, node]) =>
    (names ?? Object.keys(node)).flatMap((name) => {
      const value = node[name]
      const line = text(value) ?? text(at({ value }, 'value')['cmd'])
      return line ? [{ line, source: `${source}.${name}` }] : []
    }),
  )
}
