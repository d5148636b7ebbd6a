import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchLines } from '../../../src/merge/diff.ts'
import { mergeTexts } from '../../../src/merge/merge.ts'
import { MERGE_CASES } from '../../support/merge-cases.ts'

const lines = fc.array(fc.nat(5), { maxLength: 14 })

/** The length of the longest common subsequence, the slow way. */
function common(a: number[], b: number[]): number {
  const row = new Array<number>(b.length + 1).fill(0)
  for (const x of a) {
    let corner = 0
    for (const [at, y] of b.entries()) {
      const above = row[at + 1] as number
      row[at + 1] = x === y ? corner + 1 : Math.max(above, row[at] as number)
      corner = above
    }
  }
  return row[b.length] as number
}

describe('the diff', () => {
  it('matches equal lines, in order', () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        let last = -1
        for (const [x, y] of matchLines(a, b).entries()) {
          if (y < 0) continue
          expect(a[x]).toBe(b[y])
          expect(y).toBeGreaterThan(last)
          last = y
        }
      }),
      { numRuns: MERGE_CASES },
    )
  })

  it('matches as many as can be where no line is unique', () => {
    fc.assert(
      fc.property(lines, lines, (left, right) => {
        // Another first and last line on each side: nothing to trim.
        const [a, b] = [
          [10, ...left, ...left, 10],
          [11, ...right, ...right, 11],
        ]
        expect(matchLines(a, b).filter((y) => y >= 0).length).toBe(common(a, b))
      }),
      { numRuns: MERGE_CASES },
    )
  })

  it.each<[string, (line: number) => string]>([
    ['all alike', () => 'a'],
    ['of three kinds', (line) => String(line % 3)],
    ['in blocks', (line) => ['image: x', 'ports:', '', `name: ${line >> 6}`][line % 4] as string],
    ['all different', (line) => String(line)],
  ])('is soon done with 20,000 lines %s', (_, lineAt) => {
    const base = Array.from({ length: 20_000 }, (_, line) => lineAt(line))
    const yours = base.flatMap((line, at) => (at % 7 === 3 ? [] : at % 11 === 5 ? [line, `u${at}`] : [line]))
    const template = base.flatMap((line, at) => (at % 13 === 3 ? [`n${at}`] : at % 5 === 4 ? [] : [line]))
    const text = (side: string[]) => side.map((line) => `${line}\n`).join('')
    const from = performance.now()
    const merged = mergeTexts({
      kind: 'text',
      path: 'x',
      base: text(base),
      yours: text(yours),
      template: text(template),
    })
    expect(performance.now() - from).toBeLessThan(5000) // a second, on a machine of its own
    expect(merged.text().match(/^u\d+$/gm)).toHaveLength(yours.filter((line) => /^u/.test(line)).length)
  })
})
