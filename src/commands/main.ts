import { resolve } from 'node:path'
import { lookAround, withoutGone } from '../adopt/around.ts'
import { checkAdopt, type Found, findFiles } from '../adopt/find.ts'
import type { Answers, ArtefactId } from '../answers.ts'
import type { Invocation } from '../command-line.ts'
import { CliError, EXIT, type ExitCode } from '../errors.ts'
import type { Warning } from '../facts.ts'
import { answersToFlags } from '../flags.ts'
import { inspectProject, type Report, settled, wantedFiles } from '../inspect.ts'
import { type Io, isInteractive } from '../io.ts'
import { allAnswers } from '../look.ts'
import { makeDrafts } from '../plan/draft.ts'
import { followRenames } from '../plan/renames.ts'
import { isAdvised, isChange, isOpen, settle } from '../plan/settle.ts'
import type { ConflictPolicy, Plan } from '../plan/types.ts'
import { Project } from '../project.ts'
import { shellQuote } from '../shell.ts'
import { unpackInput } from '../state/input.ts'
import { readLock } from '../state/lock.ts'
import { readAnswers } from '../state/saved-answers.ts'
import { changedSince } from '../ui/facts.ts'
import { jsonDocument } from '../ui/json.ts'
import { planText, sayFacts, summaryText } from '../ui/report.ts'
import { styleFor } from '../ui/style.ts'
import { endUnfinished } from '../write/unfinished.ts'
import { nextCommands, toFillIn } from './next.ts'

/** Write the files, or bring them up to date: detect, ask where somebody can answer, plan, then write once. */
export async function runMain(call: Invocation, io: Io, version: string): Promise<ExitCode> {
  const project = new Project({ root: resolve(io.cwd, call.directory) })
  const preview = call.dryRun || call.diff || call.check
  await endUnfinished(project.root, io, !preview)
  const saved = readAnswers(project)
  const lock = withoutGone(project, readLock(project, version), call.adopt)
  const renames = followRenames(project, lock, call.adopt)
  const terminal =
    call.yes || call.json || preview
      ? { interactive: false, agent: false }
      : isInteractive(io, call.interactive)
  if (call.interactive === true && !terminal.interactive)
    throw new CliError('--interactive needs a terminal for questions and answers.', {
      code: EXIT.usage,
      hint: 'Run it in a terminal, or pass --yes.',
    })

  let given: Answers = call.answers
  let report: Report
  let { adopt } = call
  checkAdopt(project, adopt, lock)
  let found = await findFiles(project, lock, adopt)
  const wanted = wantedFiles({ ...saved, ...given })
  const several = found.several.filter(({ id }) => wanted.includes(id as ArtefactId))
  if (several.length > 0) {
    if (!terminal.interactive) throw whichOne(several)
    const { askWhich } = await import('../prompts/adopt.ts')
    adopt = { ...adopt, ...(await askWhich(io, several)) }
    found = await findFiles(project, lock, adopt)
  }
  const around = await lookAround(project, lock, renames, found, adopt)
  const { paths, hints, none } = around
  if (terminal.interactive) {
    const { converse } = await import('../prompts/converse.ts')
    const talk = await converse({
      io,
      version,
      given,
      inspect: (answers) => inspectProject(project, allAnswers({ given: answers, saved, hints }), around),
      saved: lock !== null || Object.keys(saved).length > 0,
    })
    given = talk.answers
    report = talk.report
  } else {
    report = settled(await inspectProject(project, allAnswers({ given, saved, hints }), around))
  }
  const keep = { ...saved, ...given }
  let drafts = await makeDrafts({
    project,
    report,
    lock,
    version,
    renames: { ...renames, paths },
    restore: call.restore,
    none,
    taking: call,
  })
  let policy: ConflictPolicy = call.onConflict
  if (terminal.interactive && drafts.some(isOpen)) {
    const { decideConflicts } = await import('../prompts/conflicts.ts')
    drafts = await decideConflicts(io, drafts)
    policy = 'later'
  }
  if (terminal.interactive && drafts.some(isAdvised)) {
    const { decideAdvice } = await import('../prompts/advice.ts')
    drafts = await decideAdvice(io, drafts)
  }
  const plan = await settle({ project, drafts, lock, input: report.input, answers: keep, version, policy })
  const exit = exitOf(plan, call)
  report.warnings.push(...leftAlone(plan), ...plan.notes)
  const previous = plan.changes ? unpackInput(lock?.input) : undefined
  const changed = previous ? changedSince(previous, report.input) : []

  if (!preview && !plan.held && plan.changes) {
    const { write } = await import('../write/write.ts')
    await write(project.root, plan.files.filter(isChange))
  }
  // What is only shown is not there yet to be built.
  const next = preview && plan.changes ? [] : nextCommands(report, plan, project, call.directory)
  const first = toFillIn(report, next, project)
  // What a decision is still open on is no whole to prove.
  const verify = async () => (await import('./verify.ts')).prove(call, io, version)
  const proves = call.verify && !preview && exit === EXIT.done
  if (call.json) {
    const document = jsonDocument({ report, plan, project, version, answers: keep, changed, next, exit })
    const proof = proves ? await verify() : undefined
    io.say(`${JSON.stringify({ ...document, ...(proof && { verify: proof, exit: proof.exit }) }, null, 2)}\n`)
    return proof?.exit ?? exit
  }
  const style = styleFor(io)
  if (terminal.interactive) {
    const { finish } = await import('../prompts/converse.ts')
    finish({
      io,
      plan: planText(plan, { style, changed, version }),
      summary: summaryText({ plan, next, first, again: againLine(call, given), style }),
    })
    return proves ? (await verify()).exit : exit
  }
  if (!preview || call.dryRun) io.say(sayFacts(report, style, version))
  if (call.diff) {
    const { diffText } = await import('../ui/diff.ts')
    io.say(diffText(plan, style))
  }
  io.say(planText(plan, { style, changed, version }))
  if (preview) io.say(previewLine(plan, call, style))
  else io.say(summaryText({ plan, next, first, again: undefined, style }))
  if (terminal.agent) io.say('An agent is calling: --yes --json gives one document to parse.\n')
  return proves ? (await verify()).exit : exit
}

function whichOne(several: Found['several']): CliError {
  const flags = several.map(({ id, candidates }) => `--adopt ${id}=${shellQuote(candidates[0] as string)}`)
  return new CliError(
    several
      .map(({ title, candidates }) => `Which ${title} is the app’s: ${candidates.join(', ')}?`)
      .join(' '),
    {
      code: EXIT.usage,
      hint: `Pass ${flags.join(' ')}, or --adopt ${several[0]?.id}=none to leave them all alone.`,
    },
  )
}

/** A file that is not ours, where one of ours would stand. */
function leftAlone(plan: Plan): Warning[] {
  return plan.files
    .filter((file) => file.action === 'skip')
    .map((file) => ({
      rule: 'PD096',
      message: `${file.path} was left alone: ${file.reason}.`,
      file: file.path,
    }))
}

function exitOf(plan: Plan, call: Invocation): ExitCode {
  if (plan.pending) return EXIT.pending
  if (call.check && plan.changes) return EXIT.changes
  return EXIT.done
}

/** The one line that repeats the run without questions. */
function againLine(call: Invocation, given: Answers): string {
  const folder = call.directory === '.' ? [] : [shellQuote(call.directory)]
  return ['npx create-prod-docker@latest', ...folder, '--yes', ...answersToFlags(given)].join(' ')
}

function previewLine(plan: Plan, call: Invocation, style: ReturnType<typeof styleFor>): string {
  if (call.check)
    return plan.pending
      ? `${style.warn('A decision is open.')} Run without --check to see it.\n`
      : plan.changes
        ? `${style.warn('Not up to date.')} Run without --check to write.\n`
        : `${style.ok('Up to date.')}\n`
  if (plan.held) return `\n${style.warn('A decision is open.')} Nothing would be written.\n`
  return plan.changes
    ? `\nNothing was written. Run without --${call.diff ? 'diff' : 'dry-run'} to apply.\n`
    : '\nNothing would change.\n'
}
