import fc from 'fast-check'
import intersects from 'semver/ranges/intersects.js'
import validRange from 'semver/ranges/valid.js'
import { describe, expect, it } from 'vitest'
import { isWithin, linesOf } from '../../src/languages/node/lines.ts'

/** The same question put to semver, for every line. */
const bySemver = (range: string) =>
  validRange(range) === null
    ? null
    : Array.from({ length: 60 }, (_, major) => major).filter((major) => intersects(range, `${major}.x`))

describe('the lines that a range touches', () => {
  const number = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 70 })).map(String)
  const end = fc.constantFrom(
    ...['', '.x', '.*', '.3', '.3.1', '.0.0', '.0', '.0.1', '.x.x', '.2.x', '.01', '.1.2.3'],
    ...['.0.0-0', '.3.1-rc.1', '.3.0-x+build.5', '.3.1+5', '-1', '.'],
  )
  const version = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(fc.constantFrom('', 'v'), number, end).map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.constantFrom('*', 'x', 'X.x', 'latest', '-') },
  )
  const operator = fc.constantFrom(
    ...['', '^', '~', '~>', '>=', '=', '>', '<', '<=', '>= ', '^ ', '~> ', '< ', '=>', '>>'],
  )
  const set = fc.oneof(
    fc.tuple(version, fc.constantFrom(' - ', '  -  '), version).map((parts) => parts.join('')),
    fc
      .array(
        fc.tuple(operator, version).map((parts) => parts.join('')),
        { maxLength: 3 },
      )
      .map((all) => all.join(' ')),
  )
  const range = fc
    .tuple(fc.array(set, { maxLength: 3 }), fc.constantFrom(' || ', '||', ', '))
    .map(([sets, or]) => sets.join(or))

  it('are what semver says, whatever the range', () => {
    fc.assert(
      fc.property(range, (text) => {
        // Nothing stands before it, semver says, and prereleases of it do.
        fc.pre(!/(?<!\d)0\.0\.0-/.test(text))
        expect(linesOf(text)).toEqual(bySemver(text))
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(['banana', '22 || banana', '>=', 'lts/*', '22.x.1', '*.1'])('%s is no range', (text) =>
    expect(linesOf(text)).toBeNull(),
  )
})

describe('a row for some lines of a package', () => {
  it.each([
    ['^5.1.0', { until: 6 }, true],
    ['^6.0.0', { until: 6 }, false],
    ['^6.0.0', { since: 6 }, true],
    ['~10.2', { since: 6 }, true],
    ['latest', { since: 6 }, true],
    ['workspace:*', { until: 6 }, true],
  ] as const)('%s within %j: %s', (text, lines, expected) => expect(isWithin(text, lines)).toBe(expected))
})
