import type { Readable, Writable } from 'node:stream'
import { isCancel, note, select } from '@clack/prompts'
import { type Advised, refuse, take } from '../adopt/taking.ts'
import { Cancelled } from '../errors.ts'
import type { Io } from '../io.ts'
import { isAdvised } from '../plan/settle.ts'
import type { Draft } from '../plan/types.ts'
import { ruleById } from '../rules/index.ts'
import { adviceLines } from '../ui/advice.ts'
import { styleFor, visible } from '../ui/style.ts'

/** Goes through advice for files that people wrote, one piece at a time. What is left for later comes back; nothing is written here. */
export async function decideAdvice(io: Io, drafts: readonly Draft[]): Promise<Draft[]> {
  const decided: Draft[] = []
  for (const draft of drafts)
    decided.push(
      isAdvised(draft) ? { ...draft, outcome: await decideFile(io, draft, draft.outcome as Advised) } : draft,
    )
  return decided
}

async function decideFile(io: Io, { path }: Draft, start: Advised): Promise<Advised> {
  const streams = { input: io.stdin as Readable, output: io.stdout as Writable }
  const style = styleFor(io)
  let outcome = start
  /** Left for later, by rule and sentence: lines move when another piece is taken. */
  const later = new Set<string>()
  let done = 0
  for (;;) {
    const open = outcome.advice.filter(({ rule, message }) => !later.has(`${rule} ${message}`))
    const [advice] = open
    if (!advice) return outcome
    note(
      adviceLines(advice, outcome.text, style).join('\n'),
      `${visible(path)}:${advice.line}  ${++done} of ${done + open.length - 1}  ${advice.rule} ${ruleById(advice.rule)?.title ?? ''}`,
      { ...streams, format: (line) => line },
    )
    const answer = await select({
      ...streams,
      message: advice.patch ? 'Take it?' : 'There is no change that fits each app: it is yours to make.',
      options: [
        ...(advice.patch ? [{ value: 'take', label: 'Take it' }] : []),
        { value: 'later', label: 'Later', hint: 'it comes back with the next run' },
        { value: 'refuse', label: 'Never for this file' },
        { value: 'rest', label: 'All the rest later' },
        { value: 'quit', label: 'Quit', hint: 'nothing is written' },
      ],
    })
    if (isCancel(answer) || answer === 'quit') throw new Cancelled()
    if (answer === 'rest') return outcome
    if (answer === 'take') outcome = take(outcome, advice)
    else if (answer === 'refuse') outcome = refuse(outcome, advice.rule)
    else later.add(`${advice.rule} ${advice.message}`)
  }
}
