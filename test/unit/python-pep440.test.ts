import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, lowestNamed, minorsWithin, toRelease } from '../../src/languages/python/pep440.ts'

const MINORS = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14']
const within = (constraint: string) => minorsWithin(constraint, MINORS)

describe('the minor versions that a constraint allows', () => {
  it.each([
    ['>=3.11', ['3.11', '3.12', '3.13', '3.14']],
    ['>=3.11,<3.13', ['3.11', '3.12']],
    ['>=3.11, <3.13', ['3.11', '3.12']],
    ['> 3.12', ['3.12', '3.13', '3.14']],
    ['<=3.11', ['3.9', '3.10', '3.11']],
    ['<3.11', ['3.9', '3.10']],
    ['>=3.12.4', ['3.12', '3.13', '3.14']],
    ['==3.12.*', ['3.12']],
    ['==3.12.4', ['3.12']],
    ['===3.12.4', ['3.12']],
    ['!=3.12.*,>=3.11', ['3.11', '3.13', '3.14']],
    ['!=3.12.4,>=3.12,<3.13', ['3.12']],
    ['~=3.11', ['3.11', '3.12', '3.13', '3.14']],
    ['~=3.11.2', ['3.11']],
    ['^3.12', ['3.12', '3.13', '3.14']],
    ['^3.12.1', ['3.12', '3.13', '3.14']],
    ['~3.12', ['3.12']],
    ['~3.12.3', ['3.12']],
    ['3.12', ['3.12']],
    ['3.12.*', ['3.12']],
    ['*', MINORS],
    ['>=3.9 <3.11', ['3.9', '3.10']],
    ['~3.9 || ^3.13', ['3.9', '3.13', '3.14']],
    ['>=3.13.0rc1', ['3.13', '3.14']],
    ['>=3,<4', MINORS],
    ['>=4', []],
    ['<3', []],
  ])('%s', (constraint, expected) => {
    expect(within(constraint)).toEqual(expected)
  })

  it.each(['latest', '>=3.x', 'python', '>=', '3.11 - 3.13', '$(id)', '>=3.11; rm'])(
    'says null to %s',
    (text) => {
      expect(within(text)).toBeNull()
    },
  )

  const minor = fc.integer({ min: 9, max: 14 })
  it('allows at most what each of two joined constraints allows', () => {
    const clause = fc
      .tuple(fc.constantFrom('>=', '<=', '<', '>', '!=', '~='), minor)
      .map(([op, n]) => `${op}3.${n}`)
    fc.assert(
      fc.property(clause, clause, (a, b) => {
        const both = within(`${a},${b}`) ?? []
        expect(both.every((entry) => within(a)?.includes(entry) && within(b)?.includes(entry))).toBe(true)
        expect(within(`${b},${a}`)).toEqual(both)
      }),
    )
  })

  it('splits the versions in two at any point', () => {
    fc.assert(
      fc.property(minor, (n) => {
        expect([...(within(`<3.${n}`) ?? []), ...(within(`>=3.${n}`) ?? [])]).toEqual(MINORS)
      }),
    )
  })

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => void within(text)))
  })
})

describe('releases', () => {
  it('are ordered by number, not by text', () => {
    expect(compare(toRelease('3.9'), toRelease('3.10'))).toBeLessThan(0)
    expect(compare(toRelease('3.12'), toRelease('3.12.0'))).toBe(0)
  })
  it('give the lowest that a constraint names', () => {
    expect(lowestNamed('>=3.9,<3.12')).toEqual([3, 9])
    expect(lowestNamed('*')).toBeNull()
  })
})
