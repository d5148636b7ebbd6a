import { shellQuote } from '../../shell.ts'
import type { Status, StepResult, VerifyDocument } from '../../verify/types.ts'
import type { Style } from '../style.ts'
import { sentence } from './text.ts'

const RUN = 'npx create-prod-docker@latest'

/** What was proven, what was not, and what to do next (`folder`: as it was typed). Steps that were not tried are never counted as passed. */
export function verifySummary(
  { steps, seconds }: Pick<VerifyDocument, 'steps' | 'seconds'>,
  style: Style,
  folder?: string,
): string {
  const failed = steps.filter(({ status }) => status === 'fail')
  const skipped = steps.filter(({ status }) => status === 'skipped')
  // What waits for the same is said once.
  const list = (rows: StepResult[]) =>
    [...new Set(rows.map(({ evidence }) => evidence))].map((evidence) => {
      const titles = rows.filter((row) => row.evidence === evidence).map(({ title }) => sentence(title))
      return `  ${titles.join(', ')}: ${style.dim(sentence(evidence))}\n`
    })
  const next = nextCommands(failed, folder ? ` ${shellQuote(folder)}` : '')
  return [
    `${countsText(steps)}, in ${Math.round(seconds)} s.\n`,
    ...(failed.length > 0 ? [`\n${style.bad('Failed')}\n`, ...list(failed)] : []),
    ...(skipped.length > 0 ? [`\n${style.warn('Not proven')}\n`, ...list(skipped)] : []),
    ...(next.length > 0 ? ['\nNext\n', ...next.map((line) => `  ${style.command(line)}\n`)] : []),
  ].join('')
}

/** `14 steps: 12 passed, 1 failed, 1 not proven`. */
export function countsText(steps: readonly StepResult[]): string {
  const count = (status: Status) => steps.filter((step) => step.status === status).length
  const parts = [
    [count('pass'), 'passed'],
    [count('fail'), 'failed'],
    [count('skipped'), 'not proven'],
  ] as const
  const said = parts.filter(([number], index) => number > 0 || index === 0)
  return `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}: ${said.map(([number, word]) => `${number} ${word}`).join(', ')}`
}

/** An answer that mends it, where one does; else the same again with everything left in place to look at. */
function nextCommands(failed: readonly StepResult[], folder: string): string[] {
  if (failed.length === 0) return []
  const flags = failed.flatMap(({ cause }) => (cause?.flag ? [cause.flag] : []))
  if (flags.length === 0) return [`${RUN} verify${folder} --keep`]
  const words = flags.flatMap(({ name, value }) => [
    `--${name.replace(/^--/, '')}`,
    ...(value ? [shellQuote(value)] : []),
  ])
  return [`${RUN}${folder} ${words.join(' ')}`, `${RUN} verify${folder}`]
}
