import { matchLines, numberLines } from './diff.ts'
import type { Chunk } from './types.ts'

/**
 * The three texts in stretches, compared by `keys`: what the lines are to the merge (pins masked). Changes that touch are one
 * conflict, as in git: at least one line that nobody changed stands between two merged edits.
 */
export function diff3(lines: Sides<readonly string[]>, keys: Sides<readonly string[]> = lines): Chunk[] {
  const [base, yours, template] = numberLines(keys.base, keys.yours, keys.template) as [
    number[],
    number[],
    number[],
  ]
  const toYours = matchLines(base, yours)
  const toTemplate = matchLines(base, template)
  const chunks: Chunk[] = []
  const at = { base: 0, yours: 0, template: 0 }
  const take = (same: boolean, b: number, u: number, n: number): void => {
    if (b === at.base && u === at.yours && n === at.template) return
    const likeYours = isSameRun(base, at.base, b, yours, at.yours, u)
    const likeTemplate = isSameRun(base, at.base, b, template, at.template, n)
    chunks.push({
      kind: same
        ? 'same'
        : likeYours
          ? 'template'
          : likeTemplate
            ? 'yours'
            : isSameRun(yours, at.yours, u, template, at.template, n)
              ? 'both'
              : 'conflict',
      base: lines.base.slice(at.base, b),
      yours: lines.yours.slice(at.yours, u),
      template: lines.template.slice(at.template, n),
      at: { ...at },
    })
    Object.assign(at, { base: b, yours: u, template: n })
  }
  for (let b = 0; b < base.length; ) {
    const u = toYours[b] as number
    const n = toTemplate[b] as number
    if (u < 0 || n < 0) {
      b++
      continue
    }
    take(false, b, u, n)
    let run = 1
    while (b + run < base.length && toYours[b + run] === u + run && toTemplate[b + run] === n + run) run++
    take(true, b + run, u + run, n + run)
    b += run
  }
  take(false, base.length, yours.length, template.length)
  return chunks
}

export interface Sides<T> {
  base: T
  yours: T
  template: T
}

function isSameRun(
  a: readonly number[],
  a0: number,
  a1: number,
  b: readonly number[],
  b0: number,
  b1: number,
): boolean {
  if (a1 - a0 !== b1 - b0) return false
  for (let i = 0; i < a1 - a0; i++) if (a[a0 + i] !== b[b0 + i]) return false
  return true
}

/** A piece of a chunk, by the lines of each side that it takes. */
export function sliceChunk(
  { kind, base, yours, template, at }: Chunk,
  from: Sides<number>,
  to: Sides<number>,
): Chunk {
  return {
    kind,
    base: base.slice(from.base, to.base),
    yours: yours.slice(from.yours, to.yours),
    template: template.slice(from.template, to.template),
    at: {
      base: at.base + from.base,
      yours: at.yours + from.yours,
      template: at.template + from.template,
    },
  }
}

/** A conflict without the lines at its head and tail that both sides wrote alike: these are decided. */
export function trimConflict(chunk: Chunk): Chunk[] {
  const { base, yours, template } = chunk
  const most = Math.min(yours.length, template.length)
  let head = 0
  while (head < most && yours[head] === template[head]) head++
  let tail = 0
  while (tail < most - head && yours.at(-1 - tail) === template.at(-1 - tail)) tail++
  if (head === 0 && tail === 0) return [chunk]
  const all = { base: base.length, yours: yours.length, template: template.length }
  const start = { base: 0, yours: 0, template: 0 }
  // What the base has of them goes with them, so that it does not stand in the rest as deleted by both.
  let headBase = 0
  while (headBase < Math.min(head, base.length) && base[headBase] === yours[headBase]) headBase++
  let tailBase = 0
  while (
    tailBase < Math.min(tail, base.length - headBase) &&
    base.at(-1 - tailBase) === yours.at(-1 - tailBase)
  )
    tailBase++
  const first = { base: headBase, yours: head, template: head }
  const last = {
    base: all.base - tailBase,
    yours: all.yours - tail,
    template: all.template - tail,
  }
  const rest = sliceChunk(chunk, first, last)
  // What is left must still be a change by both, or the next run would see no conflict in it.
  if (isSame(rest.base, rest.yours) || isSame(rest.base, rest.template)) return [chunk]
  return [
    { ...sliceChunk(chunk, start, first), kind: 'both' as const },
    rest,
    { ...sliceChunk(chunk, last, all), kind: 'both' as const },
  ].filter((piece) => piece.base.length + piece.yours.length + piece.template.length > 0)
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, index) => line === b[index])
