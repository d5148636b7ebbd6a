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
  const number = fc.integer({ min: 0, max: 70 }).map(String)
  const version = fc
    .tuple(fc.constantFrom('', 'v'), number, fc.constantFrom('', '.x', '.*', '.3', '.3.1', '.0.0', '.x.x'))
    .map((parts) => parts.join(''))
  const plain = fc
    .tuple(fc.constantFrom('', '^', '~', '>=', '=', '>', '<', '<=', '>= ', '^ '), version)
    .map((parts) => parts.join(''))
  const range = fc.oneof(
    plain,
    fc.tuple(plain, fc.constantFrom(' || ', ' ', ' - '), plain).map((parts) => parts.join('')),
  )

  it('are what semver says, whatever the range', async () => {
    await fc.assert(
      fc.asyncProperty(range, async (text) => {
        expect(await linesOf(text)).toEqual(bySemver(text))
      }),
      { numRuns: 3_000 },
    )
  })

  it.each(['banana', '22 || banana', '>=', 'lts/*'])('%s is no range', async (text) =>
    expect(await linesOf(text)).toBeNull(),
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
