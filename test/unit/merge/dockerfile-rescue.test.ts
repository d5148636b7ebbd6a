import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rescueDockerfile } from '../../../src/merge/dockerfile-rescue.ts'
import { GUARDS } from '../../../src/merge/guards.ts'
import { mergeTexts } from '../../../src/merge/merge.ts'

const BASE = `# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /app
# Packages
RUN --mount=type=bind,source=yarn.lock,target=yarn.lock \\
    --mount=type=cache,id=yarn,target=/cache \\
    yarn install --frozen-lockfile
COPY . .
RUN yarn build

# What runs
FROM gcr.io/distroless/nodejs24:nonroot AS runtime
WORKDIR /app
ENV NODE_ENV=production \\
    PORT=3000
COPY --from=build /app /app
# Nobody's
USER 65532:65532
EXPOSE 3000
# From default
CMD ["server.js"]
`

type Edit = readonly [from: string, to: string]
const edited = (edits: readonly Edit[], text = BASE): string =>
  edits.reduce((all, [from, to]) => {
    expect(all).toContain(from)
    return all.replace(from, () => to)
  }, text)

function merged(base: string, yours: string, template: string) {
  const all = mergeTexts({ kind: 'dockerfile', path: 'Dockerfile', base, yours, template }, GUARDS.dockerfile)
  return all.conflicts === 0 ? all.text() : null
}

const COMMENT: Edit = ['# From default', '# The default']
const CACHE: Edit = ['target=/cache \\', 'target=/cache,sharing=locked \\']
const OTHER_PORT: Edit = ['EXPOSE 3000', 'EXPOSE 8088']
const LABEL = 'LABEL vendor="mine" \\\n      licenses=MIT\n'
const STAGE = 'FROM build AS lint\nRUN ./lint\n\n'

interface Case {
  name: string
  yours: Edit[]
  template: Edit[]
  /** Beyond both: what the two make of it together. */
  result: Edit[]
}

const RESCUED: Case[] = [
  {
    name: 'a comment that is gone, and reworded',
    yours: [['# From default\n', '']],
    template: [COMMENT],
    result: [['# From default\n', '']],
  },
  {
    name: 'tabs before continued lines, and another line of them',
    yours: [
      ['    --mount=type=cache', '\t--mount=type=cache'],
      ['    yarn install', '\tyarn install'],
    ],
    template: [CACHE],
    result: [
      ['    --mount=type=cache', '\t--mount=type=cache'],
      ['    yarn install', '\tyarn install'],
      CACHE,
    ],
  },
  {
    name: 'spaces at the end of a line, and another value in it',
    yours: [['EXPOSE 3000', 'EXPOSE  3000  ']],
    template: [OTHER_PORT],
    result: [OTHER_PORT],
  },
  {
    name: 'a label before a line that changes',
    yours: [['EXPOSE', `${LABEL}EXPOSE`]],
    template: [OTHER_PORT],
    result: [['EXPOSE 3000', `${LABEL}EXPOSE 8088`]],
  },
  {
    name: 'a variable between a comment that changes and its instruction',
    yours: [['CMD', 'ARG MINE=1\nENV MINE=$MINE\nCMD']],
    template: [COMMENT],
    result: [['CMD', 'ARG MINE=1\nENV MINE=$MINE\nCMD'], COMMENT],
  },
  {
    name: 'a RUN with a heredoc before one that changes',
    yours: [['RUN yarn build', 'RUN <<EOF\n# within\necho mine\nEOF\nRUN yarn build']],
    template: [['RUN yarn build', 'RUN A=1 \\\n    yarn build']],
    result: [['RUN yarn build', 'RUN <<EOF\n# within\necho mine\nEOF\nRUN A=1 \\\n    yarn build']],
  },
  {
    name: 'a stage before a FROM that changes',
    yours: [['FROM gcr', `${STAGE}FROM gcr`]],
    template: [['nodejs24', 'nodejs22']],
    result: [
      ['FROM gcr', `${STAGE}FROM gcr`],
      ['nodejs24', 'nodejs22'],
    ],
  },
  {
    name: 'a stage after a CMD that changes',
    yours: [['["server.js"]\n', '["server.js"]\n\nFROM runtime AS debug\nRUN mine\n']],
    template: [COMMENT, ['server.js', 'main.js']],
    result: [COMMENT, ['["server.js"]\n', '["main.js"]\n\nFROM runtime AS debug\nRUN mine\n']],
  },
  {
    name: 'another USER, whose comment changes',
    yours: [['65532:65532', '1000:0']],
    template: [['# Nobody’s'.replace('’', "'"), '# No root']],
    result: [
      ['65532:65532', '1000:0'],
      ["# Nobody's", '# No root'],
    ],
  },
  {
    name: 'another USER beside a line that changes',
    yours: [['65532:65532', '1000:0']],
    template: [OTHER_PORT],
    result: [['65532:65532', '1000:0'], OTHER_PORT],
  },
  {
    name: 'another CMD, whose comment changes',
    yours: [['server.js', 'mine.js']],
    template: [COMMENT],
    result: [['server.js', 'mine.js'], COMMENT],
  },
  {
    name: 'another WORKDIR, and a comment below that changes',
    yours: [['WORKDIR /app\n#', 'WORKDIR /srv\n#']],
    template: [['# Packages', '# Yarn']],
    result: [['WORKDIR /app\n# Packages', 'WORKDIR /srv\n# Yarn']],
  },
  {
    name: 'a line before one that is gone',
    yours: [['EXPOSE', `${LABEL}EXPOSE`]],
    template: [['EXPOSE 3000\n', '']],
    result: [['EXPOSE 3000\n', LABEL]],
  },
  {
    name: 'a label and a RUN, new at the same place',
    yours: [['USER', `${LABEL}USER`]],
    template: [['USER', 'RUN theirs\nUSER']],
    result: [['USER', `${LABEL}RUN theirs\nUSER`]],
  },
]

const OPEN: Omit<Case, 'result'>[] = [
  {
    name: 'two wordings of a comment',
    yours: [['# From default', '# Mine']],
    template: [COMMENT],
  },
  {
    name: 'two values of an instruction',
    yours: [['EXPOSE 3000', 'EXPOSE 3001']],
    template: [OTHER_PORT],
  },
  {
    name: 'another form of lines',
    yours: [[' \\\n    PORT', ' PORT']],
    template: [['PORT=3000', 'PORT=3001']],
  },
  {
    name: 'a comment of their own within an instruction that changes',
    yours: [['    --mount=type=cache', '    # mine\n    --mount=type=cache']],
    template: [CACHE],
  },
  {
    name: 'an instruction that is gone, and changed',
    yours: [['EXPOSE 3000\n', '']],
    template: [OTHER_PORT],
  },
  {
    name: 'an instruction that changed, and is gone',
    yours: [['EXPOSE 3000', 'EXPOSE 3001']],
    template: [['EXPOSE 3000\n', '']],
  },
  {
    name: 'two instructions, new at the same place',
    yours: [['USER', 'RUN mine\nUSER']],
    template: [['USER', 'RUN theirs\nUSER']],
  },
  {
    name: 'two pins of one line',
    yours: [['node:24-slim', 'node:23-slim']],
    template: [['node:24-slim', 'node:22-slim']],
  },
  {
    name: 'another CMD, and an ENTRYPOINT',
    yours: [['["server.js"]', '["mine.js"]']],
    template: [['# From default', 'ENTRYPOINT ["node"]']],
  },
  {
    name: 'a stage that begins above a line that changes',
    yours: [['EXPOSE', 'FROM runtime AS debug\nEXPOSE']],
    template: [OTHER_PORT],
  },
]

describe('rescueDockerfile', () => {
  it.each(RESCUED)('settles $name', ({ yours, template, result }) => {
    const [u, t] = [edited(yours), edited(template)]
    expect(rescueDockerfile(BASE, u, t)?.text).toBe(edited(result))
    expect(merged(BASE, u, t)).toBe(edited(result))
  })

  it.each(OPEN)('leaves $name to a person', ({ yours, template }) => {
    const [u, t] = [edited(yours), edited(template)]
    expect(rescueDockerfile(BASE, u, t)).toBeNull()
    expect(merged(BASE, u, t)).toBeNull()
  })

  it('takes white space in quotes, or behind a backslash, for an edit', () => {
    for (const [was, mine] of [
      ['RUN echo "a  b"', 'RUN echo "a b"'],
      ['RUN ls a\\  b', 'RUN ls a\\ b'],
    ] as const) {
      const [base, u, t] = [was, mine, `${was} c`].map((to) => edited([['RUN yarn build', to]]))
      expect(rescueDockerfile(base as string, u as string, t as string)).toBeNull()
    }
  })

  it('is needed: the lines alone conflict', () => {
    const plain = RESCUED.map(({ yours, template }) =>
      mergeTexts({
        kind: 'dockerfile',
        path: 'Dockerfile',
        base: BASE,
        yours: edited(yours),
        template: edited(template),
      }),
    )
    expect(plain.filter(({ conflicts }) => conflicts === 0)).toEqual([])
  })

  it('says where the template’s lines are', () => {
    const yours = edited([['EXPOSE', `${LABEL}EXPOSE`]])
    const rescue = rescueDockerfile(BASE, yours, edited([OTHER_PORT]))
    expect(rescue?.changed.map(({ path, line }) => [path, rescue.text.split('\n')[line]])).toEqual([
      ['EXPOSE', 'EXPOSE 8088'],
    ])
  })

  it('keeps a missing newline at the end', () => {
    const yours = edited([['server.js', 'mine.js']]).trimEnd()
    expect(rescueDockerfile(BASE, yours, edited([COMMENT]))?.text).toBe(
      edited([['server.js', 'mine.js'], COMMENT]).trimEnd(),
    )
  })

  it.each(['', 'RUN\n', '# nothing\n', BASE.replace('FROM node', 'FROM a b c node'), `# escape=\`\n${BASE}`])(
    'leaves alone what it cannot read: %j',
    (text) => {
      expect(rescueDockerfile(text, text, text)).toBeNull()
      expect(rescueDockerfile(BASE, text, BASE)).toBeNull()
      expect(rescueDockerfile(BASE, BASE, text)).toBeNull()
    },
  )
})

const FIXTURES = new URL('../../fixtures/', import.meta.url)
const dockerfiles = readdirSync(FIXTURES)
  .map((name) => new URL(`${name}/expected/files/Dockerfile`, FIXTURES))
  .filter((url) => existsSync(url))
  .map((url) =>
    readFileSync(url, 'utf8')
      .replaceAll('\r', '')
      .replace(/^\ufeff/, ''),
  )

describe('laws of the rescue', () => {
  /** `•` is a word that stands nowhere else. */
  const edits = fc.array(
    fc.record({
      at: fc.nat(),
      cut: fc.nat(2),
      indent: fc.boolean(),
      lines: fc.array(
        fc.constantFrom(
          '# •',
          '',
          'RUN •',
          'RUN echo \\',
          '    # •',
          'ENV •=1',
          'ENV PORT=•',
          'LABEL •="a  b"',
          'USER •',
          'WORKDIR •',
          'COPY • b',
          'EXPOSE 3000',
          'CMD ["•"]',
          'ARG •',
          'FROM base AS s•',
          'RUN <<EOF',
          'EOF',
        ),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 4 },
  )
  type Edits = typeof edits extends fc.Arbitrary<infer T> ? T : never
  const apply = (text: string, all: Edits, word: string): string => {
    const lines = text.split('\n')
    let count = 0
    for (const { at, cut, indent, lines: own } of all) {
      if (indent) lines[at % lines.length] = `\t${lines[at % lines.length]?.trimStart()}`
      lines.splice(
        at % lines.length,
        cut,
        ...own.map((line) => line.replace('•', () => `${word}${count++}x`)),
      )
    }
    return lines.join('\n')
  }
  const file = fc.constantFrom(...dockerfiles)
  const textOf = (...texts: [string, string, string]) => rescueDockerfile(...texts)?.text ?? null

  it('one side alone: its text, byte for byte, or nothing', () => {
    fc.assert(
      fc.property(file, edits, (base, all) => {
        const other = apply(base, all, 'nonce')
        expect([other, null]).toContain(textOf(base, other, base))
        expect([other, other.replace(/\n?$/, '\n'), null]).toContain(textOf(base, base, other))
        expect([other, null]).toContain(textOf(base, other, other))
      }),
    )
  })

  it('no word of the user’s is lost, none of the template’s comes twice, and it is the same again', () => {
    let saved = 0
    fc.assert(
      fc.property(file, edits, edits, (base, mine, theirs) => {
        const [yours, template] = [apply(base, mine, 'mine'), apply(base, theirs, 'theirs')]
        const text = textOf(base, yours, template)
        expect(textOf(base, yours, template)).toBe(text)
        if (text === null) return
        saved++
        const words = (all: string, word: string) => (all.match(new RegExp(`${word}\\d+x`, 'g')) ?? []).sort()
        expect(words(text, 'mine')).toEqual(words(yours, 'mine'))
        expect(new Set(words(text, 'theirs')).size).toBe(words(text, 'theirs').length)
        // What is settled stays so.
        expect([text, null]).toContain(textOf(template, text, template))
      }),
    )
    expect(saved).toBeGreaterThan(5)
  })

  it('instructions: the user’s edits and the template’s, and nothing else', () => {
    fc.assert(
      fc.property(file, edits, edits, (base, mine, theirs) => {
        const [yours, template] = [apply(base, mine, 'mine'), apply(base, theirs, 'theirs')]
        const text = textOf(base, yours, template)
        if (text === null) return
        const count = (all: string) => {
          const counts = new Map<string, number>()
          for (const line of all.split('\n').map((one) => one.trim()))
            if (line && !line.startsWith('#')) counts.set(line, (counts.get(line) ?? 0) + 1)
          return counts
        }
        const [was, u, t, now] = [count(base), count(yours), count(template), count(text)]
        for (const line of new Set([...was.keys(), ...u.keys(), ...t.keys(), ...now.keys()])) {
          const of = (counts: Counts) => counts.get(line) ?? 0
          const both = of(u) + of(t) - of(was)
          // Both may have made the same change.
          expect([both, of(u), of(t)], line).toContain(of(now))
        }
      }),
    )
  })
  type Counts = ReadonlyMap<string, number>

  it('never throws', () => {
    const text = fc
      .array(
        fc.constantFrom(
          'FROM a',
          'FROM a AS b',
          'RUN x \\',
          '# c',
          '',
          'RUN <<A',
          'A',
          '\t',
          'CMD',
          '"',
          'ENV a',
        ),
        {
          maxLength: 12,
        },
      )
      .map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, text, (base, yours, template) => {
        rescueDockerfile(base, yours, template)
      }),
    )
  })
})

describe('time', () => {
  it.each([
    'RUN a "b c" \\\n   d',
    'COPY . .',
    '# c\n',
    'FROM a',
    `RUN ${'"'.repeat(51)}`,
    'RUN \\\n \\\n a',
    'ENV A=1',
  ])('for 5,000 times %j stays bounded', (line) => {
    const many = (name: (at: number) => string) =>
      `FROM a\n${Array.from({ length: 5000 }, (_, at) => name(at)).join('\n')}\n`
    const base = many((at) => `${line} ${at}`)
    const mine = many((at) => (at % 7 ? `${line} ${at}` : `LABEL a${at}=1\n${line} ${at}`))
    const [other, rewritten] = [5, 1].map((each) => many((at) => `${line} ${at % each ? at : `x${at}`}`))
    const start = process.cpuUsage()
    rescueDockerfile(base, mine, other as string)
    rescueDockerfile(base, mine, rewritten as string)
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1000).toBeLessThan(4000)
  })
})
