import fc from 'fast-check'
import { check } from 'prettier'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { unmark } from '../../src/render.ts'
import { alias, note, writeYaml, type Yaml, type YamlMap } from '../../src/yaml.ts'

/** Words that YAML, prettier or our own marks could take for something else. */
const TRICKY = [
  ...[
    '',
    ' ',
    'yes',
    'No',
    'null',
    '~',
    '1',
    '0x1F',
    '1e3',
    '12:30',
    '2026-11-21',
    '.5',
    '.inf',
    '<<',
    '=',
    '- a',
    '-a',
    '? b',
    ': c',
    'a: b',
    'a:',
  ],
  ...[
    'a #b',
    '#c',
    '@d',
    '`e`',
    "it's",
    '"q"',
    `'"`,
    `both "a" and 'b'`,
    '\\',
    '\\"',
    'a\\b"c',
    '*x',
    '&y',
    '!z',
    '%w',
    '{a}',
    '[b]',
    'a, b',
    '|',
    '>',
    '---',
    '...',
  ],
  ...[
    '${X:-3000}',
    '$${Y}',
    '${{ z }}',
    'x#@PD001',
    'x #@PD001',
    '\n',
    'a\nb',
    '\t',
    '\u0000',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufeff',
    'é',
    '日本',
    '😀"',
    '\ud800"',
    'a  b',
    ' a',
    'a ',
  ],
]
const text = fc.oneof(
  fc.constantFrom(...TRICKY),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ maxLength: 120 }),
)
const { tree } = fc.letrec<{ tree: Yaml; map: YamlMap; list: Yaml[] }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie('map'),
    tie('list'),
  ),
  map: fc.dictionary(text, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  list: fc.array(tie('tree'), { maxLength: 4 }),
}))
const map = fc.dictionary(text, tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true })

const read = (yaml: string) => parse(yaml, { merge: true, schema: 'core' }) as unknown

describe('writeYaml', () => {
  it('is read back as what was written, whatever the words', () => {
    fc.assert(
      fc.property(map, (value) => {
        expect(read(unmark(writeYaml(value)).text)).toEqual(value)
      }),
      { numRuns: 500 },
    )
  })

  it('is as prettier leaves it', async () => {
    await fc.assert(
      fc.asyncProperty(map, async (value) => {
        expect(await check(`${writeYaml(value)}\n`, { parser: 'yaml' })).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps comments, marks, gaps and anchors where they belong', async () => {
    const yaml = writeYaml({
      'x-env': note({ A: '1' }, { anchor: 'env', comment: 'Shared.' }),
      services: note(
        {
          app: {
            environment: { '<<': alias('env'), B: '2' },
            ports: note(['127.0.0.1:${PORT:-3000}:3000'], { rule: 'PD040', comment: 'Loopback only.' }),
            list: [
              note({ a: 1 }, { comment: 'one', rule: 'PD044' }),
              { b: note(2, { comment: 'two' }) },
              [[note(3, { comment: 'deep' })]],
            ],
            off: undefined,
            none: {},
          },
        },
        { gap: true },
      ),
    })
    const { text: plain, rules } = unmark(yaml)
    expect(plain).toBe(`# Shared.
x-env: &env
  A: "1"

services:
  app:
    environment:
      <<: *env
      B: "2"
    # Loopback only.
    ports: ["127.0.0.1:\${PORT:-3000}:3000"]
    list:
      # one
      - a: 1
      # two
      - b: 2
      # deep
      - - - 3
    none: {}`)
    expect(rules[10]).toEqual(['PD040'])
    expect(rules[13]).toEqual(['PD044'])
    expect(await check(`${plain}\n`, { parser: 'yaml' })).toBe(true)
    expect(read(plain)).toMatchObject({ services: { app: { environment: { A: '1', B: '2' } } } })
  })

  it('ends no comment early', () => {
    expect(writeYaml({ a: note(1, { comment: 'x\ny: 2\u2028z: 3' }) })).toBe('# x\n# y: 2 z: 3\na: 1')
  })
})
