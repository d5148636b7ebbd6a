import type { Finding } from '../../types.ts'
import { type Entry, gateOf, linesOf, type Model, type Part, pair, placeOf } from './model.ts'

/** What can hold one value only at the end of a stage: `CMD`, `ENV PORT`. */
type Slot = string

interface Value {
  text: string
  entry: Entry
}

const SINGLE = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'SHELL', 'STOPSIGNAL', 'USER', 'WORKDIR'])

/** V5, by value: nothing that the user set is overruled by a line that stands elsewhere. */
export const values = gateOf((sides) => {
  const set = {
    base: valuesOf(sides.base),
    yours: valuesOf(sides.yours),
    template: valuesOf(sides.template),
    merged: valuesOf(sides.merged),
  }
  const toYours = pairLast(sides.merged, sides.yours)
  const toTemplate = pairLast(sides.merged, sides.template)
  const toBase = pairLast(sides.merged, sides.base)
  return sides.merged.parts.flatMap((part) => {
    const mine = toYours.get(part)
    const theirs = toTemplate.get(part)
    const old = toBase.get(part)
    const slots = new Set([
      ...(set.merged.own.get(part)?.keys() ?? []),
      ...((mine && set.yours.own.get(mine)?.keys()) ?? []),
      ...((theirs && set.template.own.get(theirs)?.keys()) ?? []),
      ...((old && set.base.own.get(old)?.keys()) ?? []),
    ])
    return [...slots].flatMap((slot): Finding[] => {
      const own = set.merged.own.get(part)?.get(slot) ?? []
      const count = (of: Values, one: Part | undefined) => (one && of.own.get(one)?.get(slot)?.length) ?? 0
      const most = Math.max(count(set.yours, mine), count(set.template, theirs))
      if (own.length > most)
        return [
          {
            gate: 'V5',
            message: `You and the template both set \`${slot}\` in ${placeOf(part)}: the last one would win.`,
            lines: linesOf(...own.map(({ entry }) => entry)),
          },
        ]
      if (!mine) return []
      const now = effective(set.merged, part, slot)
      const wanted = effective(set.yours, mine, slot)?.text
      // In a stage of the user's own, what it inherits is the template's to change.
      const isMine = old
        ? wanted !== effective(set.base, old, slot)?.text
        : (set.yours.own.get(mine)?.has(slot) ?? false)
      const isNew = theirs !== undefined && now?.text === effective(set.template, theirs, slot)?.text
      if (now?.text === wanted || (!isMine && (isNew || !theirs || !old))) return []
      return [
        {
          gate: 'V5',
          message:
            wanted === undefined
              ? `You took \`${slot}\` out of ${placeOf(part)}, and it would come back.`
              : `Your \`${slot}\` in ${placeOf(part)} would no longer count.`,
          ...(now ? { lines: linesOf(now.entry) } : {}),
        },
      ]
    })
  })
})

/** The last stages are a pair, whatever they are called: they are what a plain build gives. */
function pairLast(from: Model, to: Model): Map<Part, Part> {
  const pairs = pair(from, to)
  const [last, other] = [from.parts.at(-1), to.parts.at(-1)]
  if (last?.stage && other?.stage && !pairs.has(last)) pairs.set(last, other)
  return pairs
}

interface Values {
  own: Map<Part, Map<Slot, Value[]>>
}

function valuesOf({ parts }: Model): Values {
  const own = new Map<Part, Map<Slot, Value[]>>()
  for (const part of parts) {
    const here = new Map<Slot, Value[]>()
    own.set(part, here)
    for (const entry of part.entries)
      for (const [slot, text] of slotValues(entry)) {
        const all = here.get(slot)
        if (all) all.push({ text, entry })
        else here.set(slot, [{ text, entry }])
      }
  }
  return { own }
}

function slotValues({ keyword, flags, args, json, pairs }: Entry): [Slot, string][] {
  if (SINGLE.has(keyword))
    return [[keyword, JSON.stringify([flags, json ?? args.replace(/\s+/g, ' '), json !== null])]]
  return pairs.map(([name, value]) => [`${keyword} ${name}`, value])
}

/** The value at the end of a stage, from the stages that it starts from if it has none. */
function effective({ own }: Values, part: Part, slot: Slot): Value | undefined {
  for (let one: Part | null = part; one; one = one.parent) {
    const value = own.get(one)?.get(slot)?.at(-1)
    if (value) return value
  }
  return undefined
}
