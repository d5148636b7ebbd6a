import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, Scalar } from 'yaml'
import { readYamlModel, type YamlDoc, type YamlNode } from '../../../src/merge/yaml-model.ts'
import { fixtureFiles } from './yaml-files.ts'

const FILES = fixtureFiles(/\.ya?ml$/)

function read(text: string): YamlDoc {
  const doc = readYamlModel(text)
  if ('error' in doc) throw new Error(`${doc.error} in line ${doc.line + 1}`)
  return doc
}

/** A block ends with its last value: the library counts a comment behind that in. */
function endOf(node: Node): number {
  const isBlock = (isMap(node) || isSeq(node)) && !node.flow
  const last = isBlock ? node.items.at(-1) : undefined
  const value = (isPair(last) ? last.value : last) as Node | null | undefined
  return value?.range ? endOf(value) : (node.range?.[1] as number)
}

/** Path and source text of every value, as the `yaml` library sees them. */
function expected(text: string): string[] {
  const doc = parseDocument(text, { schema: 'failsafe', keepSourceTokens: true })
  expect(doc.errors).toEqual([])
  const found: string[] = []
  const visit = (node: Node | null, path: string) => {
    if (!node?.range) return
    const isBlock =
      isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED)
    const start = node.range[0]
    const slice = text.slice(start, endOf(node))
    if (slice) found.push(`${path} = ${isBlock || !isScalar(node) ? slice.trimEnd() : slice}`)
    if (isAlias(node) || isScalar(node)) return
    if (isMap(node))
      for (const pair of node.items as Pair<Scalar, Node | null>[]) {
        const [at, stop] = pair.key.range as [number, number, number]
        found.push(`${path}/${pair.key.value} key ${at} ${text.slice(at, stop)}`)
        visit(pair.value, `${path}/${pair.key.value}`)
      }
    if (isSeq(node)) for (const [i, item] of node.items.entries()) visit(item as Node | null, `${path}/${i}`)
  }
  visit(doc.contents as Node | null, '')
  return found
}

/** The same, as our model has it. */
function actual({ text, root }: YamlDoc): string[] {
  const found: string[] = []
  const visit = (node: YamlNode, path: string) => {
    const props =
      /^(?:[&!][^\s,[\]{}]*(?:[ \t\n]+(?:#[^\n]*)?)*)*/.exec(text.slice(node.start, node.end))?.[0] ?? ''
    const start = node.props ? node.start + props.length : node.start
    if (start < node.end) found.push(`${path} = ${text.slice(start, node.end)}`.trimEnd())
    for (const [i, entry] of node.entries.entries()) {
      if (node.kind === 'list') {
        visit(entry.value, `${path}/${i}`)
        continue
      }
      const key = text.slice(entry.at, entry.after).replace(/\s*:$/, '')
      found.push(`${path}/${entry.key} key ${entry.at} ${key}`)
      visit(entry.value, `${path}/${entry.key}`)
    }
  }
  visit(root, '')
  return found
}

const CASES = {
  'flow collections': 'a: [x, "y", { b: c, d: [] }]\ne: {}\nf: { g, h: , "i":j }\n',
  'a flow list over lines': 'a:\n  [\n    x, # one\n    y,\n  ]\nb: {\n  c: d }\n',
  'block scalars':
    'a: |\n  x\n\n  y\nb: >-\n  z\n   w\n\nc: |+\n  v\n\nd: |2\n    u\ne: | # note\n  # no comment\nf: |\n',
  comments: '# top\n\na: 1 # one\n# above\nb: # two\n  # three\n  c: d # four\n  # five\n# six\ne: f#g\n',
  'anchors and aliases':
    'x: &one\n  a: b\ny: *one\nz: &two [q]\nv: &three w # note\nu:\n  <<: *one\n  l: [*two, *three]\n',
  'an anchor on its own line':
    'x: &one\n  # why\n  a: b\nl:\n  - &it\n    a: b\n  - *it\n  - &s text\n  - &m [1, 2]\n',
  tags: 'a: !reset null\nb: !override\n  - x\nc: !!str 1\nd: !reset\ne: !reset []\nf: !override { a: b }\n',
  'quoted keys': `"a b": 1\n'c: d': "e: \\"f\\" # g"\n'it''s': 'it''s'\n`,
  'empty values': 'a:\nb: ~\nc: null\nd: # none\n  # still none\ne:\n',
  'plain over lines': 'a: one\n  two\n\n  three # c\nb: "x\n  y"\nc:\n  d\n  e\n',
  'compact items': '- a: 1\n  b:\n  - x\n  - y: z\n    w: v\n-\n  c: d\n- - e\n  - f\n- |\n  g\n',
  'a document mark': '---\na: 1\n',
  'spaces at ends': 'a: 1  \nb:   "x"   \nc: [ y ]  \n\n\n',
  'no last line break': 'a: b\nc: [d]',
  'one scalar': 'hello # there\n',
  'colons and hashes': 'a: b:c\nd: http://x/y#z\ne: a?b\n',
  'unusual spacing': 'a :  1\n"b" : 2\nc:\t3\nd: { "e" : f,g: h}\n',
  'the root a list in brackets': '[a, {b: c}, [d]] # e\n',
  'an empty list in a list': '- []\n- {}\n- [[]]\n- ""\n',
}

describe('ranges', () => {
  it.each(Object.entries(CASES))('are exact: %s', (_name, text) => {
    expect(actual(read(text))).toEqual(expected(text))
  })

  it.each([...FILES])('are exact: %s', (_path, crlf) => {
    const text = crlf.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
    const doc = readYamlModel(text)
    if ('error' in doc) expect(parseDocument(text).errors.length).not.toBe(0)
    else expect(actual(doc)).toEqual(expected(text))
  })
})

describe('reading', () => {
  it('never throws', () => {
    const bits = fc.constantFrom(
      ...[
        'a',
        'b: ',
        '- ',
        '\n',
        '\n  ',
        '\n    ',
        ': ',
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        ', ',
        '#',
        ' # c',
        '|',
        '>-',
      ],
      ...['&x ', '*x', '!t ', '? ', '---', '%', '\t', '~', '\0', '\r', '\ufeff', '__proto__', '<<: '],
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(bits, { maxLength: 40 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (made) => {
        readYamlModel(made)
      }),
      { numRuns: 3000 },
    )
  })

  it('agrees with the library on what it reads, whatever is cut out of a file or put into it', () => {
    const texts = [...FILES.values()].filter((text) => text.length < 10_000 && !text.includes('\r'))
    const cut = fc.tuple(
      fc.nat(10_000),
      fc.nat(12),
      fc.constantFrom('', ' ', '\n', '  ', '#', ' # c', '[', '- ', '"'),
    )
    let checked = 0
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(cut, { minLength: 1, maxLength: 3 }), (text, cuts) => {
        let made = text
        for (const [at, length, put] of cuts) {
          const from = at % made.length
          made = made.slice(0, from) + put + made.slice(from + length)
        }
        const doc = readYamlModel(made)
        if ('error' in doc || parseDocument(made, { schema: 'failsafe' }).errors.length > 0) return
        checked++
        expect(actual(doc)).toEqual(expected(made))
      }),
      { numRuns: 400 },
    )
    expect(checked).toBeGreaterThan(50)
  })

  it.each([
    ['a: 1\na: 2\n', 'duplicated mapping key', 1],
    ['a:\n\tb: 1\n', 'tab characters must not be used in indentation', 1],
    ['a:\n    b: 1\n  c: 2\n', 'bad indentation of a mapping entry', 2],
    ['a: *nobody\n', 'unidentified alias "nobody"', 0],
    ['a: 1\n---\nb: 2\n', 'expected a single document in the stream, but found more', 0],
    ['a: [1, 2\n', 'unexpected end of the stream within a flow collection', 1],
  ])('says what is wrong: %j', (text, error, line) => {
    expect(readYamlModel(text)).toEqual({ error, line })
  })

  it.each([
    ['mode: 0440', 'mode: 440'],
    ['a: 010', 'a: 10'],
    ['a: 1e3', 'a: 1000'],
    ['a: 12345678901234567890', 'a: 12345678901234567000'],
    ['a: yes', 'a: "yes"'],
    ['a: 3000', "a: '3000'"],
    ['a: &x b', 'a: b'],
    ['a: !reset b', 'a: b'],
  ])('tells %j from %j', (one, other) => {
    expect(read(one).root.canon).not.toBe(read(other).root.canon)
  })

  it.each([
    ['on: push', '"on": push'],
    ['a: "b"', 'a: b'],
    ['a: [b, c]', 'a:\n  - b\n  - "c"\n'],
    ['a: { b: c, d: e }', '# note\na:\n    d: e\n    b: c # more\n'],
    ['a:', 'a: null'],
    ['a: 30s', 'a: "30s"'],
  ])('takes %j for %j', (one, other) => {
    expect(read(one).root.canon).toBe(read(other).root.canon)
  })

  it('reads 5,000 lines in less than 300 ms', () => {
    const [, long] = [...FILES].find(([path]) => path.endsWith('node-nuxt/project/pnpm-lock.yaml')) as [
      string,
      string,
    ]
    expect(long.split('\n').length).toBeGreaterThan(5000)
    const start = performance.now()
    expect(readYamlModel(long)).not.toHaveProperty('error')
    expect(performance.now() - start).toBeLessThan(300)
  })
})
