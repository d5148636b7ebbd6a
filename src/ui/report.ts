import type { Report } from '../inspect.ts'
import type { Plan, PlannedFile } from '../plan.ts'
import { shownFacts } from './facts.ts'
import { type Style, visible } from './style.ts'

/** What was found, each fact with its source, then what a person should know. */
export function sayFacts(report: Report, style: Style, version: string): string {
  return `${style.strong('create-prod-docker')} ${style.dim(version)}\n\n${factLines(report, style).join('\n')}\n${warningLines(report, style)}\n`
}

export function factLines(
  { facts, language, app }: Pick<Report, 'facts' | 'language' | 'app'>,
  style: Style,
): string[] {
  const rows = shownFacts(facts, { language: language.title, framework: app.frameworkTitle })
  const width = Math.max(...rows.map((row) => row.title.length))
  const values = Math.min(36, Math.max(...rows.map((row) => row.value.length)))
  return rows.map(
    ({ title, value, source, guess }) =>
      `${style.dim(title.padEnd(width))}  ${visible(value).padEnd(values)}  ${style.dim(visible(source))}${guess ? style.warn('  (a guess)') : ''}`,
  )
}

export function warningLines({ warnings }: Pick<Report, 'warnings'>, style: Style): string {
  if (warnings.length === 0) return ''
  return `\n${warnings.map((warning) => `${style.warn('!')} ${visible(warning.message)} ${style.dim(warning.rule)}`).join('\n')}\n`
}

const VERBS: Record<PlannedFile['action'], keyof Style> = {
  create: 'ok',
  update: 'ok',
  merge: 'ok',
  unchanged: 'dim',
  keep: 'dim',
  skip: 'warn',
  conflict: 'bad',
  delete: 'warn',
  advise: 'warn',
}

/** A verb per file, in a column. */
export function planText(plan: Plan, style: Style): string {
  // Three files of the tool's own are one thing to a reader: the lock speaks for them.
  const shown = plan.files.filter(
    (file) => file.id !== 'answers-schema' && (file.id !== 'answers' || file.action === 'update'),
  )
  const width = Math.max(...shown.map((file) => file.path.length))
  const lines = shown.map(
    (file) =>
      `${style[VERBS[file.action]](file.action.padEnd(9))}  ${file.reason ? `${visible(file.path).padEnd(width)}  ${style.dim(file.reason)}` : visible(file.path)}`,
  )
  return `${lines.join('\n')}\n`
}

export function summaryText({
  plan,
  next,
  again,
  style,
}: {
  plan: Plan
  next: string[]
  again: string | undefined
  style: Style
}): string {
  const skipped = plan.files.filter((file) => file.action === 'skip' || file.action === 'conflict')
  const open =
    skipped.length > 0
      ? `\n${style.warn('Left alone:')} ${skipped.map((file) => visible(file.path)).join(', ')}. Move one away and run again to get ours, or leave it out with --no-<file>.\n`
      : ''
  const done = plan.changes ? '' : '\nEverything is up to date.\n'
  const steps =
    plan.changes && next.length > 0
      ? `\nNext\n${next.map((command) => `  ${style.command(command)}`).join('\n')}\n`
      : ''
  return `${open}${done}${steps}${again ? `\nSame again, without questions\n  ${style.command(again)}\n` : ''}`
}
