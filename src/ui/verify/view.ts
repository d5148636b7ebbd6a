import { type Io, isCi, isInteractive } from '../../io.ts'
import type { Step, StepResult } from '../../verify/types.ts'
import type { Style } from '../style.ts'
import { failureLines } from './failure.ts'
import { liveView } from './live.ts'
import { plainLine, STATUSES, secondsText, sentence } from './text.ts'

export type Named = Pick<Step, 'id' | 'title'>

/** What a person sees while the steps run. */
export interface VerifyView {
  begin(step: Named): void
  /** A line that a program prints just now. */
  line(text: string): void
  end(result: StepResult): void
  /** Something to know that belongs to no step. */
  note(text: string): void
  /** Nothing is written after it. */
  close(): void
}

/**
 * The one place that decides who is looking: a person at a terminal, a log, or a program (`--json`).
 * `steps`: those that will run, so that columns stand from the first line on.
 */
export function verifyView(
  io: Io,
  style: Style,
  { title, steps = [], json }: { title: string; steps?: readonly Named[]; json: boolean },
): VerifyView {
  if (json) return silentView()
  const moves = io.isTerminal('stdout') && io.env['TERM'] !== 'dumb'
  if (moves && !isCi(io.env) && !isInteractive(io, undefined).agent) return liveView(io, style, title, steps)
  const view = plainView(io, style, steps)
  view.note(title)
  return view
}

/** For logs: a line per step when it ends, and nothing that moves. */
export function plainView(io: Pick<Io, 'say'>, style: Style, steps: readonly Named[] = []): VerifyView {
  const width = Math.max(8, ...steps.map(({ id }) => id.length))
  return {
    begin() {},
    line() {},
    end(result) {
      const { word, style: look } = STATUSES[result.status]
      const seconds = result.status === 'skipped' ? '' : secondsText(result.seconds)
      const lines = [
        `${style[look](word)}  ${plainLine(result.id).padEnd(width)}  ${style.dim(seconds.padStart(7))}  ${sentence(result.evidence)}`,
        ...failureLines(result, style, { indent: 6 }),
      ]
      io.say(`${lines.join('\n')}\n`)
    },
    note: (text) => io.say(`${plainLine(text)}\n`),
    close() {},
  }
}

export function silentView(): VerifyView {
  return { begin() {}, line() {}, end() {}, note() {}, close() {} }
}
