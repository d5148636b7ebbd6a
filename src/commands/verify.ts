import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation } from '../command-line.ts'
import { findEngine } from '../engine/find.ts'
import { CliError, EXIT, type ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { Project } from '../project.ts'
import { type Style, styleFor } from '../ui/style.ts'
import { imageChart } from '../ui/verify/chart.ts'
import { verifySummary } from '../ui/verify/summary.ts'
import { verifyView } from '../ui/verify/view.ts'
import { holdingInterrupts } from '../verify/interrupt.ts'
import { runSteps } from '../verify/run.ts'
import { cleanUp, newSession, type Session, sweep } from '../verify/session.ts'
import { STEPS } from '../verify/steps/index.ts'
import { readSubject } from '../verify/subject.ts'
import type { StepResult, VerifyDocument } from '../verify/types.ts'
import { endUnfinished } from '../write/unfinished.ts'

/** Builds, boots, probes, stops and measures what was written, on the engine of this machine. */
export async function runVerify(call: Invocation, io: Io, version: string): Promise<ExitCode> {
  const document = await prove(call, io, version)
  if (call.json) io.say(`${JSON.stringify(document, null, 2)}\n`)
  return document.exit
}

/** The same for `--verify`, which has a document of its own to print. */
export async function prove(call: Invocation, io: Io, version: string): Promise<VerifyDocument> {
  const project = new Project({ root: resolve(io.cwd, call.directory) })
  await endUnfinished(project.root, io, false)
  const subject = await readSubject(project, call.answers, version)
  const engine = await findEngine(io)
  const session = newSession(call)
  const style = styleFor(io)
  const view = verifyView(io, style, {
    title: `Verifying ${subject.app.name} on ${engine.info.title}, as ${session.id}`,
    steps: STEPS,
    json: call.json,
  })
  const start = performance.now()
  const report: VerifyDocument['image'] = {}
  const verification = {
    engine,
    session,
    project,
    ...subject,
    report,
    progress: (line: string) => view.line(line),
  }
  let steps: StepResult[] = []
  await holdingInterrupts(
    async (signal) => {
      try {
        for (const id of await sweep(engine)) view.note(`${id} had been killed: what it left is gone now.`)
        steps = await runSteps(STEPS, verification, { signal, limit: call.timeout, watcher: view })
      } finally {
        if (!call.keep) view.begin({ id: 'clean', title: 'Clean up' })
        const left = call.keep ? [] : await cleanUp(engine, session)
        view.close()
        for (const line of left) io.complain(`Could not be taken away: ${line}\n`)
      }
    },
    () => view.note('Stopping. What was made is taken away first: one moment.'),
  )
  const document: VerifyDocument = {
    schema: 1,
    version,
    root: project.root,
    app: subject.app.name,
    engine: engine.info.title,
    steps,
    image: report,
    seconds: Math.round((performance.now() - start) / 100) / 10,
    exit: steps.some(({ status }) => status === 'fail') ? EXIT.failed : EXIT.done,
  }
  if (call.report !== undefined) await writeReport(resolve(io.cwd, call.report), document)
  if (!call.json) sayEnd({ call, io, style, session, document, program: engine.info.program })
  return document
}

async function writeReport(path: string, document: VerifyDocument): Promise<void> {
  const { htmlReport } = await import('../ui/verify/html.ts')
  try {
    writeFileSync(path, htmlReport(document, { date: new Date() }))
  } catch (error) {
    throw new CliError(`The report could not be written: ${(error as Error).message}`, {
      code: EXIT.failed,
      hint: 'Pass --report a path that can be written.',
    })
  }
}

function sayEnd(end: {
  call: Invocation
  io: Io
  style: Style
  session: Session
  document: VerifyDocument
  program: string
}): void {
  const { call, io, style, document } = end
  const chart = imageChart(document.image, io, style)
  if (chart) io.say(`\n${chart}`)
  io.say(verifySummary(document, style, call.directory))
  if (call.report !== undefined) io.say(`Report: ${style.path(call.report)}\n`)
  if (call.keep) {
    const { id } = end.session
    io.say(
      `\nKept. To take it away:\n  ${style.command(`${end.program} compose --project-name ${id} down --volumes`)}\n  ${style.command(`${end.program} image rm $(${end.program} image ls --format '{{.Repository}}:{{.Tag}}' --filter 'reference=${id}/*')`)}\n`,
    )
  }
}
