import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sideOf, withMarkers } from '../../../src/merge/markers.ts'
import { type Merged, mergeTexts } from '../../../src/merge/merge.ts'
import type { Chunk } from '../../../src/merge/types.ts'
import {
  edit,
  linesIn,
  MERGE_CASES,
  type MergeCase,
  mergeCase,
  noncesIn,
  someEdits,
  wildText,
} from '../../support/merge-cases.ts'

const check = (property: fc.IRawProperty<unknown>) =>
  fc.assert(property as fc.IProperty<unknown>, { numRuns: MERGE_CASES })
const law = (text: string, holds: (one: MergeCase) => void) =>
  it(text, () => check(fc.property(mergeCase, holds)))

const open = ({ chunks }: Merged): Chunk[] => chunks.filter((one) => one.kind === 'conflict' && !one.chosen)
const sidesOf = (merged: Merged) =>
  open(merged).map(({ base, yours, template }) => ({ base, yours, template }))
const missing = (some: Set<string>, all: Set<string>) => [...some].filter((one) => !all.has(one))
const LABELS = { yours: 'yours', base: 'base', template: 'template' }

describe('the laws of the merge', () => {
  law('P1: where the template is as it was, the file stays byte for byte', ({ kind, path, base, yours }) => {
    const merged = mergeTexts({ kind, path, base, yours, template: base })
    expect(merged.text()).toBe(yours)
    expect(merged.conflicts).toBe(0)
    expect(merged.hybridBase()).toBe(base)
  })

  law(
    'P2: where the user changed nothing, the file becomes the template',
    ({ kind, path, base, template }) => {
      const merged = mergeTexts({ kind, path, base, yours: base, template })
      expect(merged.text()).toBe(template)
      expect(merged.hybridBase()).toBe(template)
    },
  )

  it('P2: but for endings and a BOM', () =>
    check(
      fc.property(mergeCase, fc.boolean(), ({ kind, path, base, template }, bom) => {
        const shape = (text: string) => (bom ? '\uFEFF' : '') + text.replaceAll('\n', '\r\n')
        if (base === '') return
        expect(mergeTexts({ kind, path, base, yours: shape(base), template }).text()).toBe(shape(template))
      }),
    ))

  law('P3: where both did the same, that is the outcome', ({ kind, path, base, template }) => {
    const merged = mergeTexts({ kind, path, base, yours: template, template })
    expect(merged.text()).toBe(template)
    expect(merged.conflicts).toBe(0)
  })

  law(
    'every line of each side is in exactly one chunk, in order',
    ({ kind, path, base, yours, template }) => {
      const { chunks } = mergeTexts({ kind, path, base, yours, template })
      for (const [side, text] of Object.entries({ base, yours, template }) as ['base', string][]) {
        const all: string[] = []
        for (const chunk of chunks) {
          if (chunk.at[side] !== all.length) expect(chunk.at[side]).toBe(all.length)
          all.push(...chunk[side])
        }
        expect(all.join('\n')).toBe(linesIn(text).join('\n').replace(/\n$/, ''))
      }
    },
  )

  law('P4: what the user wrote is in the file', (one) => {
    const merged = mergeTexts(one)
    const text = merged.text()
    const after = noncesIn(text, 'u')
    expect(missing(noncesIn(one.yours, 'u'), after)).toEqual([])
  })

  it('P4: what the user took out stays out, where the template does not write it anew', () =>
    check(
      fc.property(mergeCase, someEdits, (one, steps) => {
        const template = edit(
          one.base,
          steps.filter(([verb]) => verb <= 2),
          'n',
        )
        const merged = mergeTexts({ ...one, kind: 'text', template })
        // All that is not new of the template is the user's, and as often.
        const rest = [...linesIn(one.yours)]
        for (const line of linesIn(merged.text())) {
          const at = rest.indexOf(line)
          if (at >= 0) rest.splice(at, 1)
          else if (line !== '') expect(line).toMatch(/\bn\d/)
        }
      }),
    ))

  law('P4: what only the template wrote is in the file or in an open conflict', (one) => {
    const merged = mergeTexts(one)
    const seen = noncesIn(
      `${merged.text()}\n${open(merged)
        .flatMap((chunk) => chunk.template)
        .join('\n')}\n${merged.pins.map((pin) => pin.template).join('\n')}`,
      'n',
    )
    const before = noncesIn(one.template, 'n')
    // A bump of a pin that the user took out with its line has nowhere to go.
    const isPin = (nonce: string) =>
      new RegExp(`[:=v]\\d+\\.${nonce}\\b`).test(one.template.replaceAll('# v', 'v'))
    expect(missing(before, seen).filter((nonce) => !isPin(nonce))).toEqual([])
  })

  law('P5: a second run writes nothing and says the same', (one) => {
    const first = mergeTexts(one)
    const second = mergeTexts({ ...one, base: first.hybridBase(), yours: first.text() })
    expect(second.text()).toBe(first.text())
    expect(sidesOf(second)).toEqual(sidesOf(first))
    expect(second.hybridBase()).toBe(first.hybridBase())
    if (first.conflicts === 0)
      expect(second.pins.map((pin) => pin.yours)).toEqual(first.pins.map((pin) => pin.yours))
  })

  law('P6: the sides of a conflict are the same whoever is called yours', (one) => {
    const yours = linesIn(one.yours).join('\n')
    const there = mergeTexts({ ...one, kind: 'text', yours })
    const back = mergeTexts({ ...one, kind: 'text', yours: one.template, template: yours })
    if ([...there.chunks, ...back.chunks].some((chunk) => chunk.why)) return // one of the two kept still
    expect(sidesOf(back).map(({ base, yours, template }) => [base, template, yours])).toEqual(
      sidesOf(there).map(({ base, yours, template }) => [base, yours, template]),
    )
    if (there.conflicts === 0 && yours.endsWith('\n') === one.template.endsWith('\n'))
      expect(back.text()).toBe(there.text())
  })

  law('P7: what the template left alone keeps its bytes', (one) => {
    const merged = mergeTexts(one)
    const bytes = one.yours.replace(/^\uFEFF/, '').split(/(?<=\n)/)
    const text = merged.text()
    const out = text.replace(/^\uFEFF/, '').split(/(?<=\n)/)
    expect(text.startsWith('\uFEFF')).toBe(one.yours.startsWith('\uFEFF'))
    let at = 0
    for (const chunk of merged.chunks) {
      const lines = chunk.chosen ?? (chunk.kind === 'template' ? chunk.template : chunk.yours)
      if (!chunk.chosen && chunk.kind !== 'template')
        for (const index of lines.keys()) {
          const [was, is] = [bytes[chunk.at.yours + index] ?? '', out[at + index] ?? '']
          const isLast = at + index === out.length - 1 || chunk.at.yours + index === bytes.length - 1
          if (is === was) continue
          expect(isLast).toBe(true)
          expect(is.replace(/\r?\n$/, '')).toBe(was.replace(/\r?\n$/, ''))
        }
      at += lines.length
    }
  })

  it('P8: an open conflict outlives a third version, and nothing of the user goes with it', () =>
    check(
      fc.property(mergeCase, someEdits, (one, steps) => {
        const first = mergeTexts(one)
        const third = edit(one.template, steps, 'm')
        const second = mergeTexts({ ...one, base: first.hybridBase(), yours: first.text(), template: third })
        const after = noncesIn(second.text(), 'u')
        expect(missing(noncesIn(one.yours, 'u'), after)).toEqual([])
        if (third === one.template) expect(second.conflicts).toBe(first.conflicts)
      }),
    ))

  it('P8: what can be merged is hardly ever held back for it', () => {
    const conflicted = fc
      .sample(mergeCase, { numRuns: 3000, seed: 1 })
      .map((one) => mergeTexts(one))
      .filter((merged) => merged.conflicts > 0)
    const held = conflicted.filter((merged) => merged.chunks.some((chunk) => chunk.why))
    expect(conflicted.length).toBeGreaterThan(800)
    expect(held.length / conflicted.length).toBeLessThan(0.01)
  })

  it('P20: by way of a version or straight to the next, nothing of the user is lost', () =>
    check(
      fc.property(mergeCase, someEdits, (one, steps) => {
        const third = edit(one.template, steps, 'm')
        const first = mergeTexts(one)
        const two = mergeTexts({ ...one, base: first.hybridBase(), yours: first.text(), template: third })
        const straight = mergeTexts({ ...one, template: third })
        for (const way of [two, straight])
          expect(missing(noncesIn(one.yours, 'u'), noncesIn(way.text(), 'u'))).toEqual([])
        for (const way of [two, straight]) expect(way.conflicts).toBe(open(way).length)
      }),
    ))

  law('P9: once all is decided, the base is the template, and the next run is quiet', (one) => {
    const merged = mergeTexts(one)
    for (const choice of ['yours', 'template'] as const) {
      const decided = merged.choose(
        merged.chunks.flatMap((chunk, index) =>
          chunk.kind === 'conflict' ? [[index, choice] as const] : [],
        ),
      )
      expect(decided.conflicts).toBe(0)
      expect(decided.hybridBase()).toBe(one.template)
      expect(decided.text()).toBe(merged.text(choice))
      const next = mergeTexts({ ...one, base: decided.hybridBase(), yours: decided.text() })
      expect(next.conflicts).toBe(0)
      expect(next.text()).toBe(decided.text())
    }
  })

  it('P13: markers give back each side, whatever the texts hold', () =>
    check(
      fc.property(wildText, wildText, wildText, (base, yours, template) => {
        const merged = mergeTexts({ kind: 'dockerfile', path: 'x', base, yours, template })
        if (merged.conflicts === 0) return
        const text = withMarkers(merged, LABELS)
        expect(sideOf(text, 'yours')).toBe(merged.text('yours'))
        expect(sideOf(text, 'template')).toBe(merged.text('template'))
      }),
    ))

  law('P13: without a base to hold on to, the sides are the two files', ({ yours, template }) => {
    const merged = mergeTexts({ kind: 'text', path: 'x', base: '', yours, template })
    if (merged.conflicts === 0) return
    const text = withMarkers(merged, LABELS)
    expect(sideOf(text, 'yours')).toBe(yours)
    expect(
      linesIn(sideOf(text, 'template') ?? '')
        .join('\n')
        .trimEnd(),
    ).toBe(template.trimEnd())
  })

  it('P1 and P3 hold for any text', () =>
    check(
      fc.property(wildText, wildText, (base, yours) => {
        const one = { kind: 'dockerfile', path: 'x' } as const
        expect(mergeTexts({ ...one, base, yours, template: base }).text()).toBe(yours)
        expect(mergeTexts({ ...one, base, yours, template: yours }).text()).toBe(yours)
      }),
    ))
})
