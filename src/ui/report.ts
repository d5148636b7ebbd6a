import type { Report } from '../inspect.ts'
import { isSidecar } from '../plan/sidecars.ts'
import type { Cause, Plan, PlannedFile } from '../plan/types.ts'
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

const HELD =
  'Nothing was written. Run it in a terminal to decide, or pass --on-conflict keep, partial, sidecar or markers; --diff shows both sides.'

/** A verb per file, in a column; before it, what changed in the project since the last write. */
export function planText(
  plan: Plan,
  { style, changed, version }: { style: Style; changed: readonly string[]; version: string },
): string {
  // Files of the tool's own are one thing to a reader: the lock speaks for them.
  const shown = plan.files.filter(
    (file) =>
      file.id !== 'answers-schema' && (file.id !== 'answers' || file.action === 'update') && !isSidecar(file),
  )
  const width = Math.max(...shown.map((file) => file.path.length))
  const lines = shown.map((file) => {
    const why = [file.reason, causeText(file, version)].filter(Boolean).join('; ')
    return `${style[VERBS[file.action]](file.action.padEnd(9))}  ${why ? `${visible(file.path).padEnd(width)}  ${style.dim(visible(why))}` : visible(file.path)}`
  })
  const news = changed.length > 0 ? `Changed in your project: ${changed.map(visible).join(', ')}\n\n` : ''
  return `${news}${lines.join('\n')}\n`
}

/** `template 0.2.0: PD003, PD010; your project`: what is behind the new text of a file. */
function causeText({ action, causes = [] }: PlannedFile, version: string): string {
  if (action !== 'update' && action !== 'merge' && action !== 'conflict') return ''
  const rules = (list: readonly Cause[]) => {
    const ids = [...new Set(list.flatMap((cause) => cause.rules))]
    return ids.length > 0 ? `: ${ids.slice(0, 4).join(', ')}${ids.length > 4 ? ' …' : ''}` : ''
  }
  const from = (kind: Cause['from']) => causes.filter((cause) => cause.from === kind)
  return [
    from('template').length > 0 && `template ${version}${rules(from('template'))}`,
    from('project').length > 0 && `your project changed${rules(from('project'))}`,
  ]
    .filter(Boolean)
    .join('; ')
}

/** What a file of a person's own would gain by, line by line, and how it is had. */
function adviceText({ path, advice = [] }: PlannedFile, style: Style): string {
  const width = Math.max(...advice.map(({ line }) => `${line}`.length))
  const rows = advice.map(
    ({ rule, message, line, patch }) =>
      `  ${`${line}`.padStart(width)}  ${style.command(rule)}  ${visible(message)}${patch ? style.dim(`  --take ${rule}`) : ''}`,
  )
  return `\n${style.strong(`${visible(path)} is yours.`)} What it would gain by:\n${rows.join('\n')}\n  ${style.dim('In a terminal you are asked one by one; --refuse <rule> never says it again.')}\n`
}

export function summaryText({
  plan,
  next,
  first = '',
  again,
  style,
}: {
  plan: Plan
  next: string[]
  /** What is to be done by hand before that. */
  first?: string
  again: string | undefined
  style: Style
}): string {
  const named = (...actions: PlannedFile['action'][]) =>
    plan.files
      .filter((file) => actions.includes(file.action))
      .map((file) => visible(file.path))
      .join(', ')
  const skipped = named('skip')
  const conflicts = named('conflict')
  const open = [
    skipped &&
      `${style.warn('Left alone:')} ${skipped}. What each waits for is said beside it; --no-<file> leaves one out for good.`,
    conflicts &&
      `${style.warn('To decide:')} ${conflicts}. ${plan.held ? HELD : 'Run it again in a terminal to go on.'}`,
  ]
    .filter(Boolean)
    .map((line) => `\n${line}\n`)
    .join('')
  const advice = plan.files.filter(({ action }) => action === 'advise').map((file) => adviceText(file, style))
  const done = plan.changes || plan.pending ? '' : '\nEverything is up to date.\n'
  const steps =
    plan.changes && !plan.held && next.length > 0
      ? `\nNext\n${first && `  ${visible(first)}\n`}${next.map((command) => `  ${style.command(visible(command))}`).join('\n')}\n`
      : ''
  return `${advice.join('')}${open}${done}${steps}${again ? `\nSame again, without questions\n  ${style.command(again)}\n` : ''}`
}
