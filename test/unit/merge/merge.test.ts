import { describe, expect, it } from 'vitest'
import { withMarkers } from '../../../src/merge/markers.ts'
import { type Guards, mergeTexts } from '../../../src/merge/merge.ts'
import type { FileKind, Gate } from '../../../src/merge/types.ts'

const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join('')
const merge = (base: string, yours: string, template: string, guards?: Guards, kind: FileKind = 'text') =>
  mergeTexts({ kind, path: 'x', base, yours, template }, guards)
const kinds = (merged: ReturnType<typeof merge>) => merged.chunks.map((chunk) => chunk.kind).join(' ')

/** Complains of a text that has both words, and of each line with the second. */
const notBoth =
  (one: string, other: string, named = true): Gate =>
  ({ merged }) => {
    const lines = merged.split('\n').flatMap((line, index) => (line.includes(other) ? [index] : []))
    return merged.includes(one) && lines.length > 0
      ? [{ gate: 'V5', message: `${one} and ${other}`, ...(named ? { lines } : {}) }]
      : []
  }

describe('merging', () => {
  const base = text('a', 'b', 'c', 'd', 'e')

  it('takes both sides where a line stands between them, and asks where they touch', () => {
    expect(merge(base, text('A', 'b', 'c', 'd', 'e'), text('a', 'b', 'C', 'd', 'e')).text()).toBe(
      text('A', 'b', 'C', 'd', 'e'),
    )
    const touching = merge(base, text('a', 'B', 'c', 'd', 'e'), text('a', 'b', 'C', 'd', 'e'))
    expect(kinds(touching)).toBe('same conflict same')
    expect(touching.text()).toBe(text('a', 'B', 'c', 'd', 'e'))
    expect(touching.text('template')).toBe(text('a', 'b', 'C', 'd', 'e'))
    expect(touching.hybridBase()).toBe(base)
  })

  it('shows of a conflict only what differs', () => {
    const merged = merge(text('a', 'z'), text('a', 'x', 'mine', 'y', 'z'), text('a', 'x', 'ours', 'y', 'z'))
    expect(kinds(merged)).toBe('same both conflict both same')
    expect(merged.chunks[2]).toEqual({
      kind: 'conflict',
      base: [],
      yours: ['mine'],
      template: ['ours'],
      at: { base: 1, yours: 2, template: 2 },
    })
    expect(merged.hybridBase()).toBe(text('a', 'x', 'y', 'z'))
  })

  it('leaves a conflict whole where the rest would be a change by one side alone', () => {
    const merged = merge(text('a', 'e', 'f'), text('a', 'mine', 'x', 'e', 'f'), text('a', 'x', 'e', 'F'))
    expect(kinds(merged)).toBe('same conflict same template')
    expect(merged.chunks[1]).toMatchObject({ yours: ['mine', 'x'], template: ['x'] })
  })

  it('counts no line twice where one side repeats what both wrote', () => {
    const merged = merge(text('a', 'q', 'z'), text('a', 'x', 'z'), text('a', 'x', 'x', 'z'))
    expect(merged.chunks.flatMap((chunk) => chunk.template)).toEqual(['a', 'x', 'x', 'z'])
    expect(merged.text()).toBe(text('a', 'x', 'z'))
    expect(merged.text('template')).toBe(text('a', 'x', 'x', 'z'))
  })

  it('remembers the old base in a conflict alone', () => {
    const merged = merge(base, text('A', 'b', 'c', 'd', 'e'), text('a!', 'b', 'c', 'd', 'E'))
    expect(merged.text()).toBe(text('A', 'b', 'c', 'd', 'E'))
    expect(merged.hybridBase()).toBe(text('a', 'b', 'c', 'd', 'E'))
  })

  it('writes new lines with the endings of the file, and keeps those of each old line', () => {
    const merged = merge(base, 'a\r\nb\r\nc\nd\r\ne', text('a', 'n', 'b', 'c', 'd', 'e', 'f'))
    expect(merged.text()).toBe('a\r\nn\r\nb\r\nc\nd\r\ne\r\nf')
    expect(merged.conflicts).toBe(0)
  })

  it('writes markers that no line of the file looks like', () => {
    const merged = merge('a\n', '<<<<<<< mine\n', '=========\n')
    const labels = { yours: 'yours', base: 'v1', template: 'v2' }
    const [l, b, m, r] = ['<', '|', '=', '>'].map((char) => char.repeat(10))
    expect(withMarkers(merged, labels)).toBe(
      text(`${l} yours`, '<<<<<<< mine', `${b} v1`, 'a', `${m}`, '=========', `${r} v2`),
    )
  })
})

describe('gates', () => {
  const base = text('a', '', 'b', '', 'c', '')
  const yours = text('a', 'mine', '', 'b', '', 'c', '')
  const template = text('a', '', 'b', 'ours', '', 'c', 'more', '')

  it('take back the change that they name, and leave the others', () => {
    const merged = merge(base, yours, template, { gates: [notBoth('mine', 'ours')] })
    expect(merged.text()).toBe(text('a', 'mine', '', 'b', '', 'c', 'more', ''))
    expect(merged.conflicts).toBe(1)
    expect(merged.chunks.find((chunk) => chunk.kind === 'conflict')).toMatchObject({
      template: ['ours'],
      why: 'mine and ours',
    })
    expect(merged.hybridBase()).toBe(text('a', '', 'b', '', 'c', 'more', ''))
  })

  it('find the change that it hangs on where they name a line of the user', () => {
    const merged = merge(base, yours, template, { gates: [notBoth('ours', 'mine')] })
    expect(merged.text()).toBe(text('a', 'mine', '', 'b', '', 'c', 'more', ''))
  })

  it('find the lines that the template takes away by their neighbours', () => {
    const gate: Gate = ({ merged }) =>
      merged.includes('mine') && !merged.includes('b\n') ? [{ gate: 'V2', message: 'b', lines: [2] }] : []
    const merged = merge(base, yours, text('a', '', '', 'c', 'more', ''), { gates: [gate] })
    expect(merged.text()).toBe(text('a', 'mine', '', 'b', '', 'c', 'more', ''))
  })

  it('that are never content leave the file as it is', () => {
    const never: Gate = () => [{ gate: 'V1', message: 'no' }]
    const merged = merge(base, yours, template, { gates: [never] })
    expect(merged.text()).toBe(yours)
    expect(merged.conflicts).toBe(2)
    expect(merged.hybridBase()).toBe(base)
    expect(merged.findings).toEqual([])
    const again = merge(merged.hybridBase(), merged.text(), template, { gates: [never] })
    expect(again.conflicts).toBe(2)
  })

  it('are not asked about the file of the user itself', () => {
    const never: Gate = () => {
      throw new Error('asked')
    }
    expect(merge(base, yours, base, { gates: [never] }).text()).toBe(yours)
  })

  it('leave a file whose pending state would not outlive a run as it is', () => {
    // Content with the first run's outcome only: it depends on the base.
    const fickle: Gate = ({ base: old, merged }) =>
      merged.includes('ours') && !old.includes('more') ? [{ gate: 'V2', message: 'x', lines: [4] }] : []
    const merged = merge(base, yours, template, { gates: [fickle] })
    expect(merged.text()).toBe(yours)
    expect(merged.hybridBase()).toBe(base)
    const again = merge(merged.hybridBase(), merged.text(), template, { gates: [fickle] })
    expect(again.chunks).toEqual(merged.chunks)
  })
})

describe('choices', () => {
  const base = text('a', '', 'b', '', 'c', '')
  const yours = text('A', '', 'b', '', 'C', '')
  const template = text('a!', '', 'b', '', 'c!', 'new', '')
  const at = (merged: ReturnType<typeof merge>, which: number) =>
    [...merged.chunks.keys()].filter((index) => merged.chunks[index]?.kind === 'conflict')[which] as number

  it('decide one conflict at a time', () => {
    const merged = merge(base, yours, template)
    const once = merged.choose([[at(merged, 0), 'template']])
    expect([once.conflicts, once.text()]).toEqual([1, text('a!', '', 'b', '', 'C', '')])
    expect(once.hybridBase()).toBe(text('a!', '', 'b', '', 'c', ''))
    const twice = once.choose([[at(once, 1), ['own', 'lines']]])
    expect([twice.conflicts, twice.text()]).toEqual([0, text('a!', '', 'b', '', 'own', 'lines', '')])
    expect(twice.hybridBase()).toBe(template)
    expect(merged.conflicts).toBe(2)
  })

  it('are kept on the next run: a kept line is an edit like any other', () => {
    const kept = merge(base, yours, template).choose([[at(merge(base, yours, template), 0), 'yours']])
    const next = merge(kept.hybridBase(), kept.text(), template)
    expect([next.conflicts, next.text()]).toEqual([1, kept.text()])
  })

  it('go through the gates: another change is taken back, or the finding is told', () => {
    const gates = [notBoth('own', 'ours')]
    const guarded = merge(base, yours, text('a!', '', 'b ours', '', 'c', ''), { gates })
    expect(guarded.conflicts).toBe(1)
    const chosen = guarded.choose([[at(guarded, 0), ['own']]])
    expect(chosen.text()).toBe(text('own', '', 'b', '', 'C', ''))
    expect(chosen.conflicts).toBe(1)
    const told = chosen.choose([[at(chosen, 1), 'template']])
    expect(told.conflicts).toBe(0)
    expect(told.findings).toEqual([{ gate: 'V5', message: 'own and ours', lines: [2] }])
  })

  it('of own lines keep the endings of the lines that were there', () => {
    const merged = merge(text('a', 'b'), 'A\r\nB\nC\r\n', text('x', 'y'))
    expect(merged.choose([[0, ['A', 'new', 'B']]]).text()).toBe('A\r\nnew\r\nB\n')
  })
})

describe('what settles a conflict without a person', () => {
  const base = text('a: 1', '', 'z: 0')
  const yours = text('a: 1', 'mine: 1', '', 'z: 0')
  const template = text('a: 1', 'ours: 1', '', 'z: 9')
  const both = text('a: 1', 'mine: 1', 'ours: 1', '', 'z: 9')

  it('the union of ignore patterns, unless a gate objects', () => {
    const union: Guards['union'] = (_, mine, ours) => [...mine, ...ours]
    const merged = merge(base, yours, template, { union })
    expect([merged.conflicts, merged.text(), merged.hybridBase()]).toEqual([0, both, template])
    const guarded = merge(base, yours, template, { union, gates: [notBoth('mine', 'ours')] })
    expect([guarded.conflicts, guarded.text()]).toEqual([1, text('a: 1', 'mine: 1', '', 'z: 9')])
  })

  it('the rescue, which sees what is open alone, and the gates after it', () => {
    const seen: string[][] = []
    const rescue: Guards['rescue'] = (...sides) => {
      seen.push(sides)
      return { text: both, changed: [{ path: 'ours', line: 2 }] }
    }
    const merged = merge(base, yours, template, { rescue }, 'yaml')
    expect(seen[0]).toEqual([text('a: 1', '', 'z: 9'), text('a: 1', 'mine: 1', '', 'z: 9'), template])
    expect([merged.conflicts, merged.text(), merged.hybridBase()]).toEqual([0, both, template])
    const guarded = merge(base, yours, template, { rescue, gates: [notBoth('mine', 'ours')] })
    expect([guarded.conflicts, guarded.text()]).toEqual([1, text('a: 1', 'mine: 1', '', 'z: 9')])
  })

  it('the rescue may write where the user has moved things', () => {
    const moved = text('top', 'ours: 1', 'a: 1', 'mine: 1', '', 'z: 9', 'end')
    const merged = merge(base, yours, template, { rescue: () => ({ text: moved, changed: [] }) })
    expect([merged.conflicts, merged.text(), merged.hybridBase()]).toEqual([0, moved, template])
  })
})
