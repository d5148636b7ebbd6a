import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeModels } from '../../../src/merge/yaml-merge.ts'
import { readYamlModel, type YamlNode } from '../../../src/merge/yaml-model.ts'

function root(text: string): YamlNode {
  const doc = readYamlModel(text)
  if ('error' in doc) throw new Error(`${doc.error}: ${text}`)
  return doc.root
}
const merge = (base: string, yours: string, template: string) =>
  mergeModels(root(base), root(yours), root(template))

describe('merging path by path', () => {
  it.each<[string, string, string, string, string]>([
    ['keys of both', 'a: 1', 'a: 1\nb: 2', 'c: 3\na: 1', 'a: 1\nb: 2\nc: 3'],
    ['maps that both added', 'a: 1', 'a: 1\nm: { x: 1 }', 'a: 1\nm: { y: 2 }', 'a: 1\nm: { x: 1, y: 2 }'],
    ['what one dropped', 'a: 1\nb: 2', 'b: 2', 'a: 1\nb: 3', 'b: 3'],
    ['words of both', 'l: [a]', 'l: [a, b]', 'l: [a, c]', 'l: [a, c, b]'],
    ['your order', 'l: [a, b, c]', 'l: [c, a, b]', 'l: [a, b, c, d]', 'l: [c, d, a, b]'],
    ['the template’s order', 'l: [a, b, c]', 'l: [a, b, c, d]', 'l: [c, a, b]', 'l: [c, d, a, b]'],
    [
      'items by name',
      'l: [{ name: a, x: 1 }]',
      'l: [{ name: a, x: 2 }]',
      'l: [{ name: a, x: 1, y: 1 }]',
      'l: [{ name: a, x: 2, y: 1 }]',
    ],
    [
      'actions by what they are',
      'l: [{ uses: a@1 }]',
      'l: [{ uses: a@1, if: x }]',
      'l: [{ uses: a@2 }]',
      'l: [{ uses: a@2, if: x }]',
    ],
    ['a list instead of a map', 'a: { b: c }', 'a: { b: c }', 'a: [b=c]', 'a: [b=c]'],
    [
      'ports',
      'ports: ["1:1", "2:2"]',
      'ports: ["127.0.0.1:1:1", "2:2"]',
      'ports: ["1:1", "3:2"]',
      'ports: ["127.0.0.1:1:1", "3:2"]',
    ],
  ])('takes %s', (_name, base, yours, template, merged) => {
    expect(merge(base, yours, template).conflicts).toEqual([])
    expect(merge(base, yours, template).merged.canon).toBe(root(merged).canon)
  })

  it.each<[string, string, string, string, string[]]>([
    ['a value', 'a: 1', 'a: 2', 'a: 3', ['a']],
    ['a number by its text', 'a: 0440', 'a: 440', 'a: "0440"', ['a']],
    ['what one dropped and one changed', 'a: { b: 1 }', '{}', 'a: { b: 2 }', ['a']],
    ['a sentence', 'command: [a, b]', 'command: [c, b]', 'command: [a, d]', ['command']],
    ['a list that says a word twice', 'l: [a, b, a]', 'l: [a, b, a, c]', 'l: [d, a, b, a]', ['l']],
    ['an order', 'l: [a, b, c]', 'l: [c, a, b]', 'l: [b, a, c]', ['l']],
    ['kinds', 'a: 1', 'a: [1]', 'a: { b: 1 }', ['a']],
    ['a word that both replaced', 'l: [a, z]', 'l: [b, z]', 'l: [c, z]', ['l']],
    ['a port', 'ports: ["1:1"]', 'ports: ["127.0.0.1:1:1"]', 'ports: ["2:1"]', ['ports.1']],
    [
      'a variable of a list',
      'environment: [A=1]',
      'environment: [A=2]',
      'environment: [A=3]',
      ['environment.A'],
    ],
    [
      'new steps at one place',
      's: [{ name: a }]',
      's: [{ name: a }, { name: b }]',
      's: [{ name: a }, { name: c }]',
      ['s'],
    ],
    ['an anchor', 'a: &x { b: 1 }', 'a: &y { b: 1 }', 'a: &x { b: 2 }', ['a']],
  ])('leaves %s to a person', (_name, base, yours, template, conflicts) => {
    expect(merge(base, yours, template).conflicts).toEqual(conflicts)
    expect(merge(base, template, yours).conflicts).toEqual(conflicts)
  })

  const word = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const item = fc.oneof(word, fc.record({ name: word, x: word }))
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      word,
      fc.array(item, { maxLength: 4 }),
      fc.dictionary(word, tie('value'), { maxKeys: 4 }),
    ),
  })).value
  const text = fc.dictionary(word, value, { maxKeys: 4 }).map((made) => JSON.stringify(made))

  it('changes nothing where one side did not, and gives what both have', () => {
    fc.assert(
      fc.property(text, text, (base, other) => {
        for (const [b, u, t] of [
          [base, base, other],
          [base, other, base],
          [base, other, other],
        ] as const) {
          expect(merge(b, u, t).conflicts).toEqual([])
          expect(merge(b, u, t).merged.canon).toBe(root(other).canon)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('finds the same conflicts from both sides', () => {
    fc.assert(
      fc.property(text, text, text, (base, yours, template) => {
        const [one, other] = [merge(base, yours, template), merge(base, template, yours)]
        // A list of which an item is in conflict may be named besides the item.
        const isNear = (a: string, b: string) => a.startsWith(b) || b.startsWith(a)
        for (const [some, rest] of [[one, other] as const, [other, one] as const])
          for (const path of some.conflicts)
            expect(
              rest.conflicts.some((near) => isNear(path, near)),
              path,
            ).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('has every word of yours that is new, and none that you dropped, unless it says so', () => {
    fc.assert(
      fc.property(text, text, text, (base, yours, template) => {
        const mine = yours.replaceAll('"a"', '"mine"')
        const { merged, conflicts } = merge(base, mine, template)
        if (conflicts.length > 0) return
        expect(merged.canon.split('"mine"').length).toBe(root(mine).canon.split('"mine"').length)
      }),
      { numRuns: 1000 },
    )
  })
})
