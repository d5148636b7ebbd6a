import type { Readable, Writable } from 'node:stream'
import { isCancel, log, multiline, note, select } from '@clack/prompts'
import { Cancelled } from '../errors.ts'
import type { Io } from '../io.ts'
import type { Choice, Merged } from '../merge/merge.ts'
import { openConflict } from '../plan/open.ts'
import { isOpen } from '../plan/settle.ts'
import { markedText } from '../plan/sidecars.ts'
import type { Draft } from '../plan/types.ts'
import { ruleById } from '../rules/index.ts'
import { conflictLines } from '../ui/conflict.ts'
import { styleFor, visible } from '../ui/style.ts'

/** Goes through open conflicts, one stretch at a time. What is left for later stays open; nothing is written here. */
export async function decideConflicts(io: Io, drafts: readonly Draft[]): Promise<Draft[]> {
  const decided: Draft[] = []
  for (const draft of drafts) {
    decided.push(
      isOpen(draft) && draft.outcome.kind === 'merge'
        ? { ...draft, outcome: { kind: 'merge', merged: await decideFile(io, draft, draft.outcome.merged) } }
        : draft,
    )
  }
  return decided
}

async function decideFile(io: Io, draft: Draft, start: Merged): Promise<Merged> {
  const streams = { input: io.stdin as Readable, output: io.stdout as Writable }
  const style = styleFor(io)
  const later = new Set<number>()
  let merged = start
  let done = 0
  for (;;) {
    const open = merged.chunks.flatMap((chunk, index) =>
      chunk.kind === 'conflict' && !chunk.chosen && !later.has(index) ? [{ chunk, index }] : [],
    )
    const [first] = open
    if (!first) return merged
    const conflict = openConflict(first.chunk, draft)
    const rule = conflict.rule ? ruleById(conflict.rule) : undefined
    note(
      conflictLines(conflict, style).join('\n'),
      `${visible(draft.path)}:${conflict.line}  conflict ${done + 1} of ${done + open.length}${rule ? `  ${rule.id} ${rule.title}` : ''}`,
      { ...streams, format: (line) => line },
    )
    const choice = await ask(first.chunk.yours, streams)
    if (choice === 'file') {
      log.message(await markedText(merged), streams)
      continue
    }
    done++
    if (choice === 'later') later.add(first.index)
    else {
      merged = merged.choose([[first.index, choice]])
      // V3 finds what no side wrote: lines that a person typed are meant.
      for (const finding of merged.findings.filter(({ gate }) => gate !== 'V3'))
        log.warn(visible(finding.message), streams)
    }
  }
}

type Streams = { input: Readable; output: Writable }

async function ask(yours: readonly string[], streams: Streams): Promise<Choice | 'later' | 'file'> {
  const answer = await select({
    ...streams,
    message: 'Which lines shall stand?',
    initialValue: 'yours',
    options: [
      { value: 'yours', label: 'Keep mine' },
      { value: 'template', label: 'Take the new ones' },
      { value: 'edit', label: 'Edit' },
      { value: 'file', label: 'Show the whole file' },
      { value: 'later', label: 'Decide later', hint: 'mine stay, the rest is merged' },
      { value: 'quit', label: 'Quit', hint: 'nothing is written' },
    ],
  })
  if (isCancel(answer) || answer === 'quit') throw new Cancelled()
  if (answer !== 'edit') return answer as 'yours'
  const text = await multiline({
    ...streams,
    message: 'The lines that shall stand',
    initialValue: yours.join('\n'),
  })
  if (isCancel(text)) throw new Cancelled()
  return text === '' ? [] : text.split('\n')
}
