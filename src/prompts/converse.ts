import type { Readable, Writable } from 'node:stream'
import { confirm, intro, isCancel, log, multiselect, note, outro, select, text } from '@clack/prompts'
import { type Answers, ARTEFACT_IDS } from '../answers.ts'
import { Cancelled, CliError } from '../errors.ts'
import { FLAGS, type Flag, readAnswer, SERVICE_IDS } from '../flags.ts'
import type { Inspected, Report } from '../inspect.ts'
import type { Io } from '../io.ts'
import type { ServiceId } from '../model.ts'
import { shownFacts } from '../ui/facts.ts'
import { factLines } from '../ui/report.ts'
import { styleFor, visible } from '../ui/style.ts'

export interface Conversation {
  io: Io
  version: string
  given: Answers
  /** Whether this project has been answered for before: then less is asked. */
  saved: boolean
  inspect: (answers: Answers) => Promise<Inspected>
}

/** The conversation: what was found, "Looks right?", then only what cannot be known. Nothing is written here. */
export async function converse({
  io,
  version,
  given,
  saved,
  inspect,
}: Conversation): Promise<{ answers: Answers; report: Report }> {
  const streams = { input: io.stdin as Readable, output: io.stdout as Writable }
  const style = styleFor(io)
  const answers: Answers = { ...given }
  intro(`create-prod-docker ${version}`, streams)
  let report = await settle(answers, inspect, streams)
  for (;;) {
    note(factLines(report, style).join('\n'), 'Detected', { ...streams, format: (line) => line })
    for (const warning of report.warnings)
      log.warn(`${visible(warning.message)} ${style.dim(warning.rule)}`, streams)
    const choice = unwrap(
      await select({
        ...streams,
        message: 'Looks right?',
        options: [
          { value: 'yes', label: 'Yes' },
          { value: 'change', label: 'Change something' },
          { value: 'cancel', label: 'Cancel' },
        ],
      }),
    )
    if (choice === 'cancel') throw new Cancelled()
    if (choice === 'yes') break
    await change(answers, report, streams)
    report = await settle(answers, inspect, streams)
  }
  if (!saved) {
    await askRest(answers, report, streams)
    report = await settle(answers, inspect, streams)
  }
  return { answers, report }
}

type Streams = { input: Readable; output: Writable }

/** Asks what stands between the project and a report: which of two languages, how a program starts. */
async function settle(answers: Answers, inspect: Conversation['inspect'], streams: Streams): Promise<Report> {
  for (;;) {
    const inspected = await inspect(answers)
    if ('report' in inspected) return inspected.report
    if ('candidates' in inspected) {
      answers.language = unwrap(
        await select({
          ...streams,
          message: 'Which one is the app?',
          options: inspected.candidates.map(({ language, source }) => ({
            value: language.id,
            label: language.title,
            hint: source,
          })),
        }),
      )
    } else {
      log.warn(inspected.notAnApp.message, streams)
      answers.start = unwrap(
        await text({
          ...streams,
          message: 'How does it start?',
          placeholder: 'node server.js',
          validate: (value) => (value?.trim() ? undefined : 'A command, please; Ctrl-C to stop.'),
        }),
      )
    }
  }
}

/** One fact at a time, by the flag that would set it. */
async function change(answers: Answers, report: Report, streams: Streams): Promise<void> {
  const shown = shownFacts(report.facts)
  const changeable = FLAGS.filter((flag) => flag.answer && flag.group === 'what is true of the app')
  const name = unwrap(
    await select({
      ...streams,
      message: 'Change what?',
      options: changeable.map((flag) => ({
        value: flag.name,
        label: shown.find((fact) => fact.key === flag.answer?.key)?.title ?? flag.name,
        hint: shown.find((fact) => fact.key === flag.answer?.key)?.value ?? flag.help,
      })),
    }),
  )
  const flag = changeable.find((candidate) => candidate.name === name) as Flag
  const { key, kind, choices } = flag.answer as NonNullable<Flag['answer']>
  if (key === 'services') {
    answers.services = await askServices(report, streams)
    return
  }
  if (kind === 'choice') {
    Object.assign(answers, {
      [key]: unwrap(
        await select({
          ...streams,
          message: flag.help,
          options: (choices ?? []).map((value) => ({ value })),
        }),
      ),
    })
    return
  }
  const current = shown.find((fact) => fact.key === key)?.value ?? ''
  const value = unwrap(
    await text({
      ...streams,
      message: flag.help,
      initialValue: current,
      validate: (input) => problem(flag, input ?? ''),
    }),
  )
  Object.assign(answers, { [key]: readAnswer(flag, value) })
}

function problem(flag: Flag, input: string): string | undefined {
  try {
    readAnswer(flag, input)
    return undefined
  } catch (error) {
    return error instanceof CliError ? error.message : String(error)
  }
}

/** Only what no project says of itself: further services, the pipeline, the extras. What a flag said is not asked. */
async function askRest(answers: Answers, report: Report, streams: Streams): Promise<void> {
  if (answers.services === undefined) {
    const more = unwrap(
      await confirm({
        ...streams,
        message: 'Does it use services beyond those detected?',
        initialValue: false,
      }),
    )
    if (more) answers.services = await askServices(report, streams)
  }
  if (answers.ci === undefined && answers.files === undefined) {
    const ci = unwrap(
      await select({
        ...streams,
        message: 'A pipeline that builds and scans the image?',
        initialValue: 'trivy',
        options: [
          { value: 'trivy', label: 'GitHub Actions', hint: 'scans with Trivy' },
          { value: 'grype', label: 'GitHub Actions', hint: 'scans with Grype' },
          { value: 'none', label: 'None' },
        ],
      }),
    )
    if (ci === 'none') answers.ci = 'none'
    else if (ci === 'grype') answers.scanner = 'grype'
  }
  if (answers.files === undefined) {
    const extras = unwrap(
      await multiselect({
        ...streams,
        message: 'And which of these?',
        required: false,
        initialValues: ['env', 'docs'],
        options: [
          {
            value: 'env',
            label: 'Environment check',
            hint: report.app.env?.path ?? 'no variables were found',
          },
          { value: 'docs', label: 'DOCKER.md', hint: 'a page for the next person' },
        ],
      }),
    )
    const files = ARTEFACT_IDS.filter((id) => (id !== 'env' && id !== 'docs') || extras.includes(id))
    if (files.length < ARTEFACT_IDS.length) answers.files = files
  }
}

async function askServices(report: Report, streams: Streams): Promise<ServiceId[]> {
  return unwrap(
    await multiselect({
      ...streams,
      message: 'Which services does it use?',
      required: false,
      initialValues: report.facts.value('services') ?? [],
      options: SERVICE_IDS.map((id) => ({ value: id })),
    }),
  )
}

/** The end of a conversation: a verb per file, next commands, the line that repeats it. */
export function finish({ io, plan, summary }: { io: Io; plan: string; summary: string }): void {
  const streams = { output: io.stdout as Writable }
  log.message(plan.trimEnd(), streams)
  log.message(summary.trim(), streams)
  outro('Done', streams)
}

/** Ctrl-C at any question ends here, before the first write. */
function unwrap<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Cancelled()
  return answer as Exclude<T, symbol>
}
