import fc from 'fast-check'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { mergeModels } from '../../../src/merge/yaml-merge.ts'
import { readYamlModel, type YamlNode } from '../../../src/merge/yaml-model.ts'
import { rescueYaml } from '../../../src/merge/yaml-rescue.ts'
import { fixtureFiles } from './yaml-files.ts'

function root(text: string): YamlNode {
  const doc = readYamlModel(text)
  if ('error' in doc) throw new Error(doc.error)
  return doc.root
}

const BASE = `# Development: docker compose up --build --watch
name: shop

services:
  app:
    build: .
    # On this machine only.
    ports: ["127.0.0.1:3000:3000"]
    environment:
      A: "1"
      B: "2"
    depends_on: [db]
    healthcheck:
      test: ["CMD", "true"]
      interval: 30s

  db:
    image: postgres:17 # of 2024
    volumes:
      - data:/var/lib
      - type: bind
        source: ./init
        target: /init

volumes:
  data: {}
`

interface Case {
  name: string
  yours: [string, string][]
  template: [string, string][]
  result: [string, string][]
}
/** Edits of BASE: yours, the template's, and what has to come of yours. */
const CASES: Case[] = [
  {
    name: 'an environment variable beside a new option of the health check',
    yours: [['depends_on: [db]\n', 'depends_on: [db]\n    restart: always\n']],
    template: [['depends_on: [db]\n', 'depends_on: [db]\n    init: true\n']],
    result: [['depends_on: [db]\n', 'depends_on: [db]\n    init: true\n']],
  },
  {
    name: 'a value next to a value',
    yours: [['A: "1"', 'A: "one"']],
    template: [['B: "2"', 'B: "two"']],
    result: [['B: "2"', 'B: "two"']],
  },
  {
    name: 'services in another order',
    yours: [
      [BASE.slice(BASE.indexOf('  db:\n'), BASE.indexOf('volumes:\n  data')), ''],
      ['services:\n', `services:\n${BASE.slice(BASE.indexOf('  db:\n'), BASE.indexOf('volumes:\n  data'))}`],
    ],
    template: [
      ['image: postgres:17 # of 2024', 'image: postgres:18 # of 2025'],
      ['interval: 30s', 'interval: 30s\n      retries: 3'],
    ],
    result: [
      ['image: postgres:17 # of 2024', 'image: postgres:18 # of 2025'],
      ['interval: 30s', 'interval: 30s\n      retries: 3'],
    ],
  },
  {
    name: 'another style of quotes',
    yours: [
      ['"127.0.0.1:3000:3000"', "'127.0.0.1:3000:3000'"],
      ['A: "1"', "A: '1'"],
      ['B: "2"', "B: '2'"],
    ],
    template: [['A: "1"', 'A: "1"\n      N: "9"']],
    result: [["A: '1'", `A: '1'\n      N: "9"`]],
  },
  {
    name: 'a comment of yours between',
    yours: [['      B: "2"', '      # B is for bees\n      B: "2"']],
    template: [['A: "1"\n      B: "2"', 'A: "1"\n      N: "9"\n      B: "3"']],
    result: [
      [
        'A: "1"\n      # B is for bees\n      B: "2"',
        'A: "1"\n      N: "9"\n      # B is for bees\n      B: "3"',
      ],
    ],
  },
  {
    name: 'a list of yours over lines, and one more in it',
    yours: [['ports: ["127.0.0.1:3000:3000"]', 'ports:\n      - 127.0.0.1:3000:3000\n      - "9229:9229"']],
    template: [['ports: ["127.0.0.1:3000:3000"]', 'ports: ["127.0.0.1:3000:3000", "127.0.0.1:4000:4000"]']],
    result: [
      ['      - 127.0.0.1:3000:3000\n', '      - 127.0.0.1:3000:3000\n      - "127.0.0.1:4000:4000"\n'],
    ],
  },
  {
    name: 'a list of yours over lines, elsewhere',
    yours: [['test: ["CMD", "true"]', 'test:\n        - CMD\n        - "true"']],
    template: [['interval: 30s', 'interval: 60s']],
    result: [['interval: 30s', 'interval: 60s']],
  },
  {
    name: 'a new comment of the template above what you left alone',
    yours: [['depends_on: [db]', 'depends_on: [db, cache]']],
    template: [['# On this machine only.', '# Nobody else can\n    # reach it.']],
    result: [['# On this machine only.', '# Nobody else can\n    # reach it.']],
  },
  {
    name: 'a comment of yours stays where the template has another',
    yours: [['# On this machine only.', '# Mine.']],
    template: [
      ['# On this machine only.', '# Theirs.'],
      ['3000:3000"]', '4000:3000"]'],
    ],
    result: [['3000:3000"]', '4000:3000"]']],
  },
  {
    name: 'what the template drops goes, with its comment',
    yours: [['environment:\n      A: "1"', 'environment:\n      A: "0"']],
    template: [['    # On this machine only.\n    ports: ["127.0.0.1:3000:3000"]\n', '']],
    result: [['    # On this machine only.\n    ports: ["127.0.0.1:3000:3000"]\n', '']],
  },
  {
    name: 'a new service with its blank line and comment',
    yours: [['volumes:\n      - data', 'labels: [mine]\n    volumes:\n      - data']],
    template: [
      [
        '\nvolumes:\n  data: {}',
        '\n  # Fast and forgetful.\n  cache:\n    image: valkey\n\nvolumes:\n  data: {}',
      ],
    ],
    result: [
      [
        '        target: /init\n',
        '        target: /init\n\n  # Fast and forgetful.\n  cache:\n    image: valkey\n',
      ],
    ],
  },
  {
    name: 'one more field of an item, as its first',
    yours: [['- type: bind', '- type: volume']],
    template: [['- type: bind', '- read_only: true\n        type: bind']],
    result: [['- type: volume', '- read_only: true\n        type: volume']],
  },
  {
    name: 'a value that becomes a map',
    yours: [['A: "1"', 'A: "0"']],
    template: [['build: .', 'build:\n      context: .\n      target: dev']],
    result: [['build: .', 'build:\n      context: .\n      target: dev']],
  },
  {
    name: 'a map that becomes a value',
    yours: [['build: .', 'build: ..']],
    template: [['    environment:\n      A: "1"\n      B: "2"\n', '    environment: {}\n']],
    result: [['    environment:\n      A: "1"\n      B: "2"\n', '    environment: {}\n']],
  },
]

const edit = (text: string, edits: [string, string][]): string =>
  edits.reduce((made, [from, to]) => {
    expect(made).toContain(from)
    return made.replace(from, () => to)
  }, text)

describe('the rescue', () => {
  it.each(CASES)('$name', ({ yours, template, result }) => {
    const mine = edit(BASE, yours)
    expect(rescueYaml(BASE, mine, edit(BASE, template))?.text).toBe(edit(mine, result))
  })

  it('keeps an indentation of four', async () => {
    const mine = await format(BASE, { parser: 'yaml', tabWidth: 4 })
    expect(mine).not.toBe(BASE)
    const template = edit(BASE, [
      ['interval: 30s', 'interval: 60s\n      # In vain.\n      retries: 3'],
      ['  db:\n', '  db:\n    init: true\n'],
      ['        target: /init\n', '        target: /init2\n      - type: bind\n        target: /more\n'],
    ])
    const rescued = rescueYaml(BASE, mine, template)
    expect(rescued?.text).toContain(
      '            interval: 60s\n            # In vain.\n            retries: 3\n',
    )
    expect(root(rescued?.text as string).canon).toBe(root(template).canon)
  })

  it('names what changed and where', () => {
    const template = edit(BASE, [
      ['interval: 30s', 'interval: 30s\n      retries: 3'],
      ['postgres:17', 'postgres:18'],
    ])
    const { text, changed } = rescueYaml(BASE, `# mine\n\n${BASE}`, template) as never
    const lines = (text as string).split('\n')
    expect(
      (changed as { path: string; line: number }[]).map(({ path, line }) => [path, lines[line]?.trim()]),
    ).toEqual([
      ['services.app.healthcheck.retries', 'retries: 3'],
      ['services.db.image', 'image: postgres:18 # of 2024'],
    ])
  })

  it.each<[string, [string, string][], [string, string][]]>([
    ['both set a value', [['A: "1"', 'A: "2"']], [['A: "1"', 'A: "3"']]],
    ['you changed what the template drops', [['A: "1"', 'A: "2"']], [['      A: "1"\n', '']]],
    ['you dropped what the template changed', [['      A: "1"\n', '']], [['A: "1"', 'A: "2"']]],
    ['your comment would go', [['interval: 30s', 'interval: 30s # mine']], [['      interval: 30s\n', '']]],
    ['both changed a command', [['"CMD", "true"', '"CMD", "yes"']], [['"CMD", "true"', '"CMD", "/true"']]],
    ['yours is broken', [['A: "1"', 'A: "1']], [['B: "2"', 'B: "3"']]],
  ])('leaves it to you where %s', (_name, yours, template) => {
    expect(rescueYaml(BASE, edit(BASE, yours), edit(BASE, template))).toBeNull()
  })
})

const OWN = [...fixtureFiles(/expected\/files\/.*\.ya?ml$/)]
const clean = (text: string) => text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
const COMPOSE = OWN.filter(([path]) => path.endsWith('compose.yaml')).map(([, text]) => clean(text))
const WORKFLOWS = OWN.filter(([path]) => path.includes('/workflows/')).map(([, text]) => clean(text))

describe('what the rescue puts in', () => {
  it('takes the place of a block with all its spaces', () => {
    expect(rescueYaml('a: |\n  x  \nb: 1\n', 'a: |\n  x  \nb: 2\n', 'a: y\nb: 1\n')?.text).toBe(
      'a: y\nb: 2\n',
    )
  })

  it.each([
    [
      'a block whose last blank lines count',
      'a: |+\n  x\n\n\nb: 1\n',
      'a: |+\n  x\n\n\nn: 1\nb: 1\n',
      'b: 1',
      'b: 2',
    ],
    [
      'an anchor that you use for something else',
      'a: 1\nb: 1\n',
      'a: &e 1\nb: 1\nc: *e\n',
      'b: 1',
      'b: &e 1\nd: *e',
    ],
  ])('is not put into %s', (_name, base, template, from, to) => {
    expect(rescueYaml(base, base.replace(from, to), template)).toBeNull()
  })
})

describe('over the files that we write', () => {
  const pair = fc.oneof(
    fc.tuple(fc.constantFrom(...COMPOSE), fc.constantFrom(...COMPOSE)),
    fc.tuple(fc.constantFrom(...WORKFLOWS), fc.constantFrom(...WORKFLOWS)),
  )

  it('brings any file of ours to any other where the user changed nothing', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const rescued = rescueYaml(from, from, to)
        expect(rescued && root(rescued.text).canon).toBe(root(to).canon)
      }),
      { numRuns: 150 },
    )
  })

  it('gives back yours where the template changed nothing', () => {
    fc.assert(
      fc.property(pair, ([from, mine]) => {
        expect(rescueYaml(from, mine, from)).toEqual({ text: mine, changed: [] })
      }),
      { numRuns: 50 },
    )
  })

  it('keeps every line that the user wrote into a file', () => {
    let rescues = 0
    const notes = fc.array(fc.tuple(fc.nat(500), fc.constantFrom('env', 'comment')), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(pair, notes, ([from, to], edits) => {
        const lines = from.split('\n')
        const nonces = edits.map(([at, kind], i) => {
          const nonce = kind === 'env' ? `X_MINE_${i}: "nonce ${i}"` : `# nonce ${i}`
          const maps = lines.flatMap((line, n) =>
            /^ +[\w-]+: [^|>]*$/.test(line) && !/[[{]/.test(line) ? [n] : [],
          )
          const n = maps[at % maps.length] as number
          lines.splice(n, 0, `${/^ */.exec(lines[n] as string)?.[0]}${nonce}`)
          return nonce
        })
        const mine = lines.join('\n')
        const rescued = rescueYaml(from, mine, to)
        if (!rescued) return
        rescues++
        for (const nonce of nonces) expect(rescued.text).toContain(nonce)
        expect(root(rescued.text).canon).toBe(mergeModels(root(from), root(mine), root(to)).merged.canon)
      }),
      { numRuns: 200 },
    )
    expect(rescues).toBeGreaterThan(20)
  })
})
