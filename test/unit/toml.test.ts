import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { readToml } from '../../src/source/toml.ts'

/** Plain data, dates as their text; 'refused' where it is no TOML. */
function outcome(read: (text: string) => unknown, text: string): unknown {
  try {
    return JSON.parse(
      JSON.stringify(read(text), (_key, value) =>
        Object.is(value, -0) ? 0 : value === Infinity ? 'inf' : value,
      ),
    )
  } catch {
    return 'refused'
  }
}
const same = (text: string) => expect(outcome(readToml, text), text).toEqual(outcome(parse, text))

describe('TOML', () => {
  const fixtures = new URL('../fixtures/', import.meta.url)
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?:\.toml|Pipfile|uv\.lock|poetry\.lock|pdm\.lock)$/.test(path),
  )

  it('of every fixture is what the reference reads', () => {
    expect(files.length).toBeGreaterThan(20)
    for (const path of files) same(readFileSync(new URL(path, fixtures), 'utf8'))
  })

  const key = fc.constantFrom(
    'a',
    'b',
    'c-1',
    '"q k"',
    "'l'",
    'a.b',
    'a . "b"',
    'b.c.d',
    '__proto__',
    'constructor',
    '',
    '1.5',
  )
  const leaf = fc.oneof(
    fc.constantFrom(
      '1',
      '-7',
      '+0',
      '1_000',
      '0x1F',
      '0o17',
      '0b11',
      '1.5',
      '-2e3',
      '6.02e+23',
      'inf',
      '-inf',
      'true',
    ),
    fc.constantFrom(
      'false',
      '"x"',
      "'y'",
      '"a\\tb\\u00e9\\U0001F600\\\\"',
      '"""\nm "q" ""x\\\n   y"""',
      "'''\nl '' x'''",
    ),
    fc.constantFrom(
      '""""""',
      "''",
      '""',
      '"""a"""""',
      "'''b''''",
      '01',
      '1__0',
      '1.',
      '.5',
      '0x',
      'tru',
      '"\\q"',
      '"open',
      '"""',
    ),
    fc.constantFrom('"#"', '"a\nb"', '""" """ x', '-0x1', 'nope', '1 2', '"a" # c', '[]', '{}', '"=]"'),
  )
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc
        .tuple(fc.array(tie('value'), { maxLength: 3 }), fc.constantFrom(', ', ',\n # c\n', ','))
        .map(([all, comma]) => `[${all.join(comma)}]`),
      fc
        .array(fc.tuple(key, tie('value')), { maxLength: 3 })
        .map((all) => `{ ${all.map(([name, it]) => `${name} = ${it}`).join(', ')} }`),
    ),
  }))
  const line = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(key, fc.constantFrom(' = ', '='), value).map((parts) => parts.join('')),
    },
    { weight: 2, arbitrary: key.map((name) => `[${name}]`) },
    { weight: 1, arbitrary: key.map((name) => `[[${name}]] # list`) },
    { weight: 1, arbitrary: fc.constantFrom('', '# comment', '  ', '[a', ']', '= 1') },
  )

  it('made up at random, good or bad, is what the reference says', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        same(`${lines.join('\n')}\n`)
      }),
      { numRuns: 5_000 },
    )
  })

  it('says where it is none', () => {
    expect(() => readToml('a = 1\n\nb = [1,\n2')).toThrow(/^line 4: /)
    expect(() => readToml('a = 1\na = 2')).toThrow('line 2: a is there twice')
  })

  it('keeps dates as texts', () =>
    expect(readToml('d = 2026-01-31\nt = 2026-01-31 10:00:00Z # x')).toMatchObject({
      d: '2026-01-31',
      t: '2026-01-31 10:00:00Z',
    }))

  it.each(['[', '{a=', '"', "'''", '#', 'a.', '\\', '[[a]]\n'])(
    'takes 200,000 of %j in good time',
    (part) => {
      const start = performance.now()
      outcome(readToml, `x = ${part.repeat(200_000)}`)
      outcome(readToml, part.repeat(200_000))
      expect(performance.now() - start).toBeLessThan(5_000)
    },
  )
})
