/** Beyond as many edits in one stretch, it is one change: time and memory stay bounded, and the outcome the same everywhere. */
const MAX_EDITS = 1000
/** How often a stretch is divided at lines that are unique in it. */
const MAX_DEPTH = 32

/** Lines as small numbers: equal lines, equal numbers. */
export function numberLines(...texts: readonly (readonly string[])[]): number[][] {
  const numbers = new Map<string, number>()
  return texts.map((lines) =>
    lines.map((line) => {
      const known = numbers.get(line)
      if (known !== undefined) return known
      numbers.set(line, numbers.size)
      return numbers.size - 1
    }),
  )
}

/**
 * For each line of `a` the line of `b` that it is, or -1. Lines that are unique on both sides hold a stretch fast, so that
 * repeated ones (blank lines, braces) are matched near their own neighbours; between them Myers finds the fewest edits.
 */
export function matchLines(a: readonly number[], b: readonly number[]): Int32Array {
  const match = new Int32Array(a.length).fill(-1)
  const walk = (a0: number, a1: number, b0: number, b1: number, depth: number): void => {
    while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) match[a0++] = b0++
    while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) match[--a1] = --b1
    if (a0 === a1 || b0 === b1) return
    const anchors = depth < MAX_DEPTH ? uniquePairs(a, a0, a1, b, b0, b1) : []
    if (anchors.length === 0) {
      myers(a, a0, a1, b, b0, b1, match)
      return
    }
    for (const [x, y] of anchors) {
      walk(a0, x + 1, b0, y + 1, depth + 1)
      a0 = x + 1
      b0 = y + 1
    }
    walk(a0, a1, b0, b1, depth + 1)
  }
  walk(0, a.length, 0, b.length, 0)
  return match
}

/** The longest run of pairs, rising on both sides, of lines that stand once in each stretch. */
function uniquePairs(
  a: readonly number[],
  a0: number,
  a1: number,
  b: readonly number[],
  b0: number,
  b1: number,
): [number, number][] {
  const inB = new Map<number, number>() // -1: more than once
  for (let y = b0; y < b1; y++) inB.set(b[y] as number, inB.has(b[y] as number) ? -1 : y)
  const inA = new Map<number, number>()
  for (let x = a0; x < a1; x++) inA.set(a[x] as number, inA.has(a[x] as number) ? -1 : x)
  // Patience: piles by rising y; each card remembers the top of the pile before it.
  const piles: { x: number; y: number; before: number }[] = []
  const tops: number[] = []
  for (const [line, x] of inA) {
    const y = inB.get(line) ?? -1
    if (x < 0 || y < 0) continue
    let low = 0
    let high = tops.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((piles[tops[middle] as number] as { y: number }).y < y) low = middle + 1
      else high = middle
    }
    piles.push({ x, y, before: low > 0 ? (tops[low - 1] as number) : -1 })
    tops[low] = piles.length - 1
  }
  const pairs: [number, number][] = []
  for (let at = tops.at(-1) ?? -1; at >= 0; ) {
    const card = piles[at] as (typeof piles)[number]
    pairs.push([card.x, card.y])
    at = card.before
  }
  return pairs.reverse()
}

/** The fewest edits, after E. W. Myers, "An O(ND) Difference Algorithm and Its Variations". Too many: nothing matches. */
function myers(
  a: readonly number[],
  a0: number,
  a1: number,
  b: readonly number[],
  b0: number,
  b1: number,
  match: Int32Array,
): void {
  const n = a1 - a0
  const m = b1 - b0
  const most = Math.min(n + m, MAX_EDITS)
  const zero = most + 1
  /** How far each diagonal has got: diagonal k at zero + k. */
  const reached = new Int32Array(2 * most + 3)
  /** The state before each step, of the diagonals that it reads: k at d + 1 + k. */
  const before: Int32Array[] = []
  for (let d = 0; d <= most; d++) {
    before.push(reached.slice(zero - d - 1, zero + d + 2))
    for (let k = -d; k <= d; k += 2) {
      let x = entry(reached, zero + k, k, d)
      while (x < n && x - k < m && a[a0 + x] === b[b0 + x - k]) x++
      reached[zero + k] = x
      if (x < n || x - k < m) continue
      let y = m
      for (let step = d; step >= 0; step--) {
        const state = before[step] as Int32Array
        const at = step + 1 + x - y
        const from = entry(state, at, x - y, step)
        const down = isDown(state, at, x - y, step)
        while (x > from) match[a0 + --x] = b0 + --y
        if (down) y--
        else x--
      }
      return
    }
  }
}

/** Whether step d comes to a diagonal by an insertion, rather than by a deletion. */
function isDown(reached: Int32Array, at: number, k: number, d: number): boolean {
  return k === -d || (k !== d && (reached[at - 1] as number) < (reached[at + 1] as number))
}

/** Where step d comes to a diagonal. */
function entry(reached: Int32Array, at: number, k: number, d: number): number {
  if (d === 0) return 0
  return isDown(reached, at, k, d) ? (reached[at + 1] as number) : (reached[at - 1] as number) + 1
}
