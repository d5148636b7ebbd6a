import type { Readable, Writable } from 'node:stream'
import { isCancel, select } from '@clack/prompts'
import type { Found } from '../adopt/find.ts'
import { Cancelled } from '../errors.ts'
import type { Io } from '../io.ts'
import { visible } from '../ui/style.ts'

/** Several files could be the one: which is it, or is none of them? */
export async function askWhich(io: Io, several: Found['several']): Promise<Record<string, string>> {
  const streams = { input: io.stdin as Readable, output: io.stdout as Writable }
  const told: Record<string, string> = {}
  for (const { id, title, candidates } of several) {
    const answer = await select({
      ...streams,
      message: `Which ${title} is the app’s?`,
      options: [
        ...candidates.map((value) => ({ value, label: visible(value) })),
        { value: 'none', label: 'None of them', hint: 'ours is written beside them' },
      ],
    })
    if (isCancel(answer)) throw new Cancelled()
    told[id] = answer
  }
  return told
}
