import { applyPatch, structuredPatch } from 'diff'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hunks } from '../../src/ui/diff.ts'

const patch = (before: string, after: string) =>
  ['--- a', '+++ b', ...hunks(before, after).flatMap(({ head, lines }) => [head, ...lines]), ''].join('\n')

describe('a unified diff', () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', '+', '- x'), { maxLength: 40 }), fc.boolean())
    .map(([lines, open]) => lines.map((line) => `${line}\n`).join('') + (open ? 'end' : ''))

  it('is a patch: others make the new text of the old one by it', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        if (before !== after) expect(applyPatch(before, patch(before, after))).toBe(after)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is what the reference says for a change in the middle, at the start and at the end', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`)
    const before = `${lines.join('\n')}\n`
    for (const at of [0, 4, 14, 29])
      for (const change of ['changed\n', '', 'more\nthan one\n']) {
        const after = before.replace(`line ${at}\n`, change)
        const { hunks: expected } = structuredPatch('', '', before, after, '', '', { context: 3 })
        expect(hunks(before, after).map((hunk) => hunk.lines)).toEqual(expected.map((hunk) => hunk.lines))
      }
  })

  it('of a new file starts at nothing', () =>
    expect(hunks('', 'a\nb')).toEqual([
      { head: '@@ -0,0 +1,2 @@', lines: ['+a', '+b', '\\ No newline at end of file'] },
    ]))
})
