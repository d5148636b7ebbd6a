import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DOCKERFILE_GATES } from '../../../src/merge/gates/dockerfile.ts'
import { mergeTexts } from '../../../src/merge/merge.ts'
import type { Finding } from '../../../src/merge/types.ts'

const BASE = `# syntax=docker/dockerfile:1
ARG VARIANT=slim

FROM node:24-\${VARIANT} AS base
WORKDIR /app

# Dependencies
FROM base AS deps
ARG REGISTRY=none
COPY package.json ./
RUN npm ci \\
    --ignore-scripts \\
    --no-audit \\
    --no-fund

# Build
FROM deps AS build
COPY . .
RUN npm run build
RUN npm prune

# Runtime
FROM base AS runtime
ENV NODE_ENV=production
ENV PORT=3000
COPY --from=build /app/dist ./dist
COPY --from=build /app/public ./public
RUN <<EOF
echo one
echo two
echo three
EOF
USER 65532
EXPOSE 3000
CMD ["node", "dist/main.js"]
`

type Edit = readonly [old: string, now: string]

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((all, [old, now]) => {
    expect(all).toContain(old)
    return all.replace(old, () => now)
  }, text)
}

function find(input: { base: string; yours: string; template: string; merged: string }): Finding[] {
  return DOCKERFILE_GATES.flatMap((gate) => gate({ kind: 'dockerfile', path: 'Dockerfile', ...input }))
}

interface Case {
  name: string
  gate: Finding['gate']
  base?: readonly Edit[]
  yours: readonly Edit[]
  template: readonly Edit[]
  /** Where the merge of texts would not make it by itself. */
  merged?: readonly Edit[]
  message: RegExp
  /** What stands in the lines that are named; null: none are. */
  at: string | null
}

const CASES: Case[] = [
  {
    name: 'a heredoc whose end one side renamed',
    gate: 'V1',
    yours: [
      ['RUN <<EOF', 'RUN <<END'],
      ['EOF\nUSER', 'END\nUSER'],
    ],
    template: [['RUN npm prune', 'RUN npm prune --all']],
    merged: [['RUN <<EOF', 'RUN <<END']],
    message: /^The file could not be built any more\. The heredoc `END` has no end\.$/,
    at: 'RUN <<END',
  },
  {
    name: 'lines that go on, under another escape',
    gate: 'V1',
    yours: [
      ['# syntax=docker/dockerfile:1\n', '# escape=`\n# syntax=docker/dockerfile:1\n'],
      ['npm ci \\\n    --ignore-scripts \\\n    --no-audit \\\n    --no-fund', 'npm ci'],
    ],
    template: [['RUN npm run build', 'RUN npm run build \\\n    --verbose']],
    message: /^The file could not be built any more\. `--verbose` is no instruction\.$/,
    at: '    --verbose',
  },
  {
    name: 'a copy from a stage that the user renamed',
    gate: 'V2',
    yours: [
      ['FROM deps AS build', 'FROM deps AS builder'],
      ['--from=build /app/dist', '--from=builder /app/dist'],
      ['COPY --from=build /app/public ./public\n', ''],
    ],
    template: [['EXPOSE 3000', 'COPY --from=build /app/assets ./assets\nEXPOSE 3000']],
    message: /^The template copies from the stage `build`, which you renamed to `builder`\.$/,
    at: 'COPY --from=build /app/assets ./assets',
  },
  {
    name: 'a copy from a stage that the user took out',
    gate: 'V2',
    yours: [
      ['FROM deps AS build\nCOPY . .\nRUN npm run build\nRUN npm prune\n', ''],
      ['COPY --from=build /app/dist ./dist\nCOPY --from=build /app/public ./public\n', 'COPY dist ./dist\n'],
    ],
    template: [['EXPOSE 3000', 'COPY --from=build /app/assets ./assets\nEXPOSE 3000']],
    message: /^The template copies from the stage `build`, which you took out\.$/,
    at: 'COPY --from=build /app/assets ./assets',
  },
  {
    name: 'a copy of the user’s from a stage that the template renamed',
    gate: 'V2',
    yours: [['EXPOSE 3000', 'COPY --from=deps /app/x ./x\nEXPOSE 3000']],
    template: [
      ['FROM base AS deps', 'FROM base AS modules'],
      ['FROM deps AS build', 'FROM modules AS build'],
    ],
    message: /^Your file copies from the stage `deps`, which the template renamed to `modules`\.$/,
    at: 'COPY --from=deps /app/x ./x',
  },
  {
    name: 'a mount from a renamed stage',
    gate: 'V2',
    yours: [
      ['FROM base AS deps', 'FROM base AS modules'],
      ['FROM deps AS build', 'FROM modules AS build'],
    ],
    template: [['EXPOSE 3000', 'RUN --mount=type=bind,from=deps,target=/d cp /d/x .\nEXPOSE 3000']],
    message: /^The template mounts the stage `deps`, which you renamed to `modules`\.$/,
    at: 'RUN --mount=type=bind,from=deps,target=/d cp /d/x .',
  },
  {
    name: 'a stage from a renamed stage',
    gate: 'V2',
    yours: [
      ['FROM base AS deps', 'FROM base AS modules'],
      ['FROM deps AS build', 'FROM modules AS build'],
    ],
    template: [['# Runtime', 'FROM deps AS test\nRUN npm test\n\n# Runtime']],
    message: /^The template starts from the stage `deps`, which you renamed to `modules`\.$/,
    at: 'FROM deps AS test',
  },
  {
    name: 'an image that becomes a stage',
    gate: 'V2',
    yours: [['EXPOSE 3000', 'COPY --from=tools /x /x\nEXPOSE 3000']],
    template: [['# Build', 'FROM base AS tools\nRUN true\n\n# Build']],
    message: /^Your file copies from `tools`, which would now be a stage of that name\.$/,
    at: 'COPY --from=tools /x /x',
  },
  {
    name: 'a stage by number, when another one comes before it',
    gate: 'V2',
    yours: [['EXPOSE 3000', 'COPY --from=2 /app/x ./x\nEXPOSE 3000']],
    template: [['# Dependencies', 'FROM base AS tools\nRUN true\n\n# Dependencies']],
    message: /^Your file copies from the stage number 2, which would be another one\.$/,
    at: 'COPY --from=2 /app/x ./x',
  },
  {
    name: 'a stage that both have',
    gate: 'V2',
    yours: [['RUN npm prune', 'RUN npm prune --all']],
    template: [['RUN npm ci \\', 'RUN npm ci -q \\']],
    merged: [
      ['RUN npm ci \\', 'RUN npm ci -q \\'],
      ['FROM deps AS build', 'FROM deps'],
    ],
    message: /^The stage `build` of your file would be gone\.$/,
    at: null,
  },
  {
    name: 'a global argument that the user took out',
    gate: 'V2',
    yours: [
      ['ARG VARIANT=slim\n\n', ''],
      ['node:24-${VARIANT}', 'node:24-slim'],
    ],
    template: [['# Build', 'FROM node:24-${VARIANT} AS other\nRUN true\n\n# Build']],
    message: /^`FROM node:24-\$\{VARIANT\} AS other` uses `VARIANT`, which nothing before it would set\.$/,
    at: 'FROM node:24-${VARIANT} AS other',
  },
  {
    name: 'an argument of a stage that the user took out',
    gate: 'V2',
    yours: [['ARG REGISTRY=none\n', '']],
    template: [['--no-fund', '--no-fund --registry=$REGISTRY']],
    message: /^`RUN npm ci .*…` uses `REGISTRY`, which nothing before it would set\.$/,
    at: '    --no-fund --registry=$REGISTRY',
  },
  {
    name: 'a chain of commands of both sides',
    gate: 'V3',
    yours: [['    --ignore-scripts \\\n', '']],
    template: [['--no-fund', '--no-fund --omit=dev']],
    message: /^`RUN npm ci --no-audit --no-fund --omit=dev` would be half yours, half the template’s\.$/,
    at: '    --no-fund --omit=dev',
  },
  {
    name: 'a heredoc of both sides',
    gate: 'V3',
    yours: [['echo one', 'echo 1']],
    template: [['echo three', 'echo 3']],
    message: /^`RUN <<EOF` would be half yours/,
    at: 'echo 3',
  },
  {
    name: 'a health check that both added',
    gate: 'V5',
    yours: [['EXPOSE 3000', 'HEALTHCHECK CMD mine\nEXPOSE 3000']],
    template: [['ENV PORT=3000', 'ENV PORT=3000\nHEALTHCHECK CMD theirs']],
    message: /^You and the template both set `HEALTHCHECK` in the stage `runtime`: the last one would win\.$/,
    at: 'HEALTHCHECK CMD theirs',
  },
  {
    name: 'a variable that both set, in one ENV and in another',
    gate: 'V5',
    yours: [['ENV NODE_ENV=production', 'ENV NODE_ENV=production A=1 TZ=UTC']],
    template: [['EXPOSE 3000', 'ENV TZ=Europe/Berlin\nEXPOSE 3000']],
    message: /both set `ENV TZ` in the stage `runtime`/,
    at: 'ENV TZ=Europe/Berlin',
  },
  {
    name: 'a label that both set',
    gate: 'V5',
    yours: [['ENV NODE_ENV=production', 'LABEL a.b="1"\nENV NODE_ENV=production']],
    template: [['EXPOSE 3000', 'LABEL "a.b"=2\nEXPOSE 3000']],
    message: /both set `LABEL a\.b` in the stage `runtime`/,
    at: 'LABEL "a.b"=2',
  },
  {
    name: 'a command that the user moved, set once more',
    gate: 'V5',
    yours: [
      ['ENV NODE_ENV=production', 'CMD ["mine"]\nENV NODE_ENV=production'],
      ['CMD ["node", "dist/main.js"]\n', ''],
    ],
    template: [['EXPOSE 3000', 'EXPOSE 3000\nSTOPSIGNAL SIGINT']],
    merged: [
      ['ENV NODE_ENV=production', 'CMD ["mine"]\nENV NODE_ENV=production'],
      ['EXPOSE 3000', 'EXPOSE 3000\nSTOPSIGNAL SIGINT'],
    ],
    message: /both set `CMD`/,
    at: 'CMD ["mine"]',
  },
  {
    name: 'a variable of an earlier stage that the template overrules in a later one',
    gate: 'V5',
    yours: [['WORKDIR /app', 'WORKDIR /app\nENV TZ=UTC']],
    template: [['EXPOSE 3000', 'ENV TZ=Europe/Berlin\nEXPOSE 3000']],
    message: /^Your `ENV TZ` in the stage `runtime` would no longer count\.$/,
    at: 'ENV TZ=Europe/Berlin',
  },
  {
    name: 'a value that the user took out, and the template put elsewhere',
    gate: 'V5',
    yours: [['ENV PORT=3000\n', '']],
    template: [['WORKDIR /app', 'WORKDIR /app\nENV PORT=3000']],
    message: /^You took `ENV PORT` out of the stage `runtime`, and it would come back\.$/,
    at: 'ENV PORT=3000',
  },
  {
    name: 'a folder that both change into',
    gate: 'V5',
    yours: [['ENV NODE_ENV=production', 'WORKDIR /mine\nENV NODE_ENV=production']],
    template: [['EXPOSE 3000', 'WORKDIR /theirs\nEXPOSE 3000']],
    message: /both set `WORKDIR` in the stage `runtime`/,
    at: 'WORKDIR /theirs',
  },
  {
    name: 'one line twice',
    gate: 'V5',
    yours: [['COPY . .', 'COPY tool ./tool\nCOPY . .']],
    template: [['RUN npm prune', 'COPY tool ./tool\nRUN npm prune']],
    message: /^`COPY tool \.\/tool` would stand twice in the stage `build`\.$/,
    at: 'COPY tool ./tool',
  },
  {
    name: 'two stages of one name',
    gate: 'V5',
    yours: [['# Build', 'FROM base AS dev\nCMD ["a"]\n\n# Build']],
    template: [['# Runtime', 'FROM base AS dev\nCMD ["b"]\n\n# Runtime']],
    message: /^There would be two stages `dev`\.$/,
    at: 'FROM base AS dev',
  },
  {
    name: 'the user’s lines in a stage that the template put between',
    gate: 'V5',
    yours: [['RUN npm prune', 'RUN mine\nRUN npm prune']],
    template: [['RUN npm run build', '\nFROM build AS lint\nRUN npm run build']],
    message: /^Your `RUN mine` would move from the stage `build` to the stage `lint`\.$/,
    at: 'RUN mine',
  },
  {
    name: 'the template’s lines in a stage that the user put between',
    gate: 'V5',
    yours: [['RUN npm run build', '\nFROM build AS lint\nRUN npm run build']],
    template: [['RUN npm prune', 'RUN npm prune\nRUN theirs']],
    message: /^The template’s `RUN theirs` would move from the stage `build` to the stage `lint`\.$/,
    at: 'RUN theirs',
  },
  {
    name: 'a step of the user’s before what it needs',
    gate: 'V5',
    yours: [['RUN npm run build', 'RUN generate\nRUN npm run build']],
    template: [
      ['COPY . .\n', ''],
      ['RUN npm prune', 'RUN npm prune\nCOPY . .'],
    ],
    merged: [
      ['COPY . .\n', ''],
      ['RUN npm run build', 'RUN generate\nRUN npm run build'],
      ['RUN npm prune', 'RUN npm prune\nCOPY . .'],
    ],
    message: /^Your `RUN generate` would change places with `COPY \. \.`\.$/,
    at: 'RUN generate',
  },
  {
    name: 'a step of the template’s before what it needs',
    gate: 'V5',
    yours: [
      ['COPY --from=build /app/dist ./dist\n', ''],
      ['EXPOSE 3000', 'EXPOSE 3000\nCOPY --from=build /app/dist ./dist'],
    ],
    template: [['USER 65532', 'RUN check dist\nUSER 65532']],
    message:
      /^The template’s `RUN check dist` would change places with `COPY --from=build \/app\/dist .\/dist`\.$/,
    at: 'RUN check dist',
  },
  {
    name: 'a step of the user’s under another user',
    gate: 'V5',
    yours: [['/app/public ./public', '/app/public ./public\nRUN apt-get update']],
    template: [
      ['USER 65532\n', ''],
      ['ENV NODE_ENV=production', 'USER 65532\nENV NODE_ENV=production'],
    ],
    message: /^Your `RUN apt-get update` would get USER `65532` instead of what the image sets\.$/,
    at: 'RUN apt-get update',
  },
  {
    name: 'a copy of the user’s into another folder',
    gate: 'V5',
    yours: [['EXPOSE 3000', 'COPY mine ./mine\nEXPOSE 3000']],
    template: [['ENV NODE_ENV=production', 'WORKDIR sub\nENV NODE_ENV=production']],
    message: /^Your `COPY mine \.\/mine` would get WORKDIR `\/app\/sub` instead of `\/app`\.$/,
    at: 'COPY mine ./mine',
  },
  {
    name: 'a user who is root at the end',
    gate: 'V6',
    yours: [['RUN npm prune', 'RUN npm prune --all']],
    template: [
      ['ENV NODE_ENV=production', 'USER root\nENV NODE_ENV=production'],
      ['USER 65532\n', ''],
    ],
    message: /^The image would run as root, and yours does not\.$/,
    at: 'USER root',
  },
  {
    name: 'the template’s user overruled by an old one',
    gate: 'V6',
    base: [['USER 65532', 'USER root']],
    yours: [['EXPOSE 3000', 'EXPOSE 3000\nVOLUME /data']],
    template: [['USER root', 'USER 65532']],
    merged: [
      ['ENV NODE_ENV=production', 'USER 65532\nENV NODE_ENV=production'],
      ['EXPOSE 3000', 'EXPOSE 3000\nVOLUME /data'],
    ],
    message: /^The image would run as root, and the template’s does not\.$/,
    at: 'USER root',
  },
  {
    name: 'a digest',
    gate: 'V6',
    base: [['node:24-${VARIANT}', 'node:24']],
    yours: [
      ['node:24', 'node:24@sha256:1234'],
      ['EXPOSE 3000', 'EXPOSE 3000\nVOLUME /data'],
    ],
    template: [['node:24', '--platform=linux/amd64 node:24']],
    merged: [
      ['node:24', '--platform=linux/amd64 node:24'],
      ['EXPOSE 3000', 'EXPOSE 3000\nVOLUME /tmp'],
    ],
    message: /^`node:24` would lose its digest\.$/,
    at: 'FROM --platform=linux/amd64 node:24 AS base',
  },
  {
    name: 'a secret that neither side has',
    gate: 'V6',
    yours: [['ENV PORT=3000', 'ENV PORT=3000 NPM=1']],
    template: [['ENV PORT=3000', 'ENV PORT=3000 A_TOKEN_FILE=1']],
    merged: [['ENV PORT=3000', 'ENV PORT=3000 NPM_TOKEN=1']],
    message: /^`NPM_TOKEN` would stay readable in the stage `runtime`: neither side has it\.$/,
    at: 'ENV PORT=3000 NPM_TOKEN=1',
  },
]

describe('gates of a Dockerfile', () => {
  it.each(CASES)('$gate finds $name', ({ gate, yours, template, merged, message, at, ...one }) => {
    const base = edited(BASE, one.base ?? [])
    const sides = { base, yours: edited(base, yours), template: edited(base, template) }
    const input = { kind: 'dockerfile', path: 'Dockerfile', ...sides } as const
    const plain = mergeTexts(input)
    if (!merged) expect(plain.conflicts).toBe(0)
    const text = merged ? edited(base, merged) : plain.text()
    const found = find({ ...sides, merged: text }).filter((finding) => finding.gate === gate)
    expect(found.map((finding) => finding.message)).toContainEqual(expect.stringMatching(message))
    const named = found.find((finding) => message.test(finding.message))?.lines
    if (at === null) expect(named).toBeUndefined()
    else expect(named?.map((line) => text.split('\n')[line])).toContain(at)

    // With the gates, the same merge is a decision.
    const guarded = mergeTexts(input, { gates: DOCKERFILE_GATES })
    if (!merged) expect(guarded.conflicts).toBeGreaterThan(0)
    expect(find({ ...sides, merged: guarded.text() })).toEqual([])
  })

  const fine: { name: string; yours: readonly Edit[]; template: readonly Edit[] }[] = [
    {
      name: 'lines that both add in places of their own',
      yours: [
        ['COPY . .', 'RUN mine\nCOPY . .'],
        ['EXPOSE 3000', 'EXPOSE 3000\nLABEL mine=1'],
      ],
      template: [
        ['RUN npm prune', 'RUN npm prune\nRUN theirs'],
        ['ENV PORT=3000', 'ENV PORT=3000\nENV THEIRS=1'],
      ],
    },
    {
      name: 'a stage of each',
      yours: [['# Build', 'FROM base AS mine\nCMD ["a"]\n\n# Build']],
      template: [['# Runtime', 'FROM deps AS theirs\nCMD ["b"]\n\n# Runtime']],
    },
    {
      name: 'a renamed stage that the template leaves alone',
      yours: [
        ['FROM deps AS build', 'FROM deps AS builder'],
        ['--from=build /app/dist', '--from=builder /app/dist'],
        ['--from=build /app/public', '--from=builder /app/public'],
      ],
      template: [
        ['USER 65532', 'USER 65533'],
        ['RUN npm ci \\', 'RUN npm ci -q \\'],
        ['RUN npm prune', 'RUN npm prune\nRUN theirs'],
      ],
    },
    {
      name: 'another command and port of the user’s',
      yours: [
        ['CMD ["node", "dist/main.js"]', 'CMD ["mine"]'],
        ['ENV PORT=3000', 'ENV PORT=4000'],
      ],
      template: [
        ['RUN npm ci \\', 'RUN npm ci -q \\'],
        ['COPY . .', 'COPY . .\nRUN theirs'],
      ],
    },
    {
      name: 'root, because the user wants it',
      yours: [['USER 65532\n', 'USER root\n']],
      template: [['RUN npm ci \\', 'RUN npm ci -q \\']],
    },
    {
      name: 'comments of one side in what the other changes',
      yours: [
        ['# Build', '# My build'],
        ['    --ignore-scripts', '    # Mine.\n    --ignore-scripts'],
      ],
      template: [
        ['--no-fund', '--no-fund --omit=dev'],
        ['echo two', 'echo 2'],
      ],
    },
    {
      name: 'a variable that the template takes out with its use',
      yours: [['EXPOSE 3000', 'EXPOSE 4000']],
      template: [
        ['ARG REGISTRY=none\n', ''],
        ['RUN npm prune', 'RUN npm prune --all'],
      ],
    },
    {
      name: 'a newer image beside a chain of the user’s',
      yours: [
        ['    --ignore-scripts \\\n', ''],
        ['# Runtime', 'FROM alpine:3.20@sha256:1 AS mine\n\n# Runtime'],
      ],
      template: [
        ['node:24-${VARIANT}', 'node:26-${VARIANT}'],
        ['/app/dist ./dist', '/app/out ./dist'],
      ],
    },
  ]
  it.each(fine)('let pass $name', ({ yours, template }) => {
    const sides = { base: BASE, yours: edited(BASE, yours), template: edited(BASE, template) }
    const plain = mergeTexts({ kind: 'dockerfile', path: 'Dockerfile', ...sides })
    expect(plain.conflicts).toBe(0)
    expect(find({ ...sides, merged: plain.text() })).toEqual([])
  })

  /** Sides that differ in what a gate looks at, where the merge keeps to the user's. */
  const settled: {
    name: string
    base?: readonly Edit[]
    yours: readonly Edit[]
    template: readonly Edit[]
  }[] = [
    {
      name: 'a step that both added in another order',
      yours: [['COPY . .', 'RUN same\nCOPY . .']],
      template: [['COPY . .', 'COPY . .\nRUN same']],
    },
    {
      name: 'root in yours and in the base, after another user',
      base: [['USER 65532', 'USER 65532\nRUN true\nUSER root']],
      yours: [['EXPOSE 3000', 'EXPOSE 4000']],
      template: [['USER root\n', '']],
    },
    {
      name: 'a digest that the user took off',
      base: [['node:24-${VARIANT}', 'node:24@sha256:12']],
      yours: [['node:24@sha256:12', 'node:24']],
      template: [['node:24@sha256:12', 'node:24@sha256:34']],
    },
  ]
  it.each(settled)('leave $name to the user', ({ yours, template, ...one }) => {
    const base = edited(BASE, one.base ?? [])
    const sides = { base, yours: edited(base, yours), template: edited(base, template) }
    expect(find({ ...sides, merged: `${sides.yours}# end\n` })).toEqual([])
  })
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
const CORPUS = new URL('../../corpus/dockerfiles/', import.meta.url)
const corpus = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.Dockerfile'))
  .map((name) => readFileSync(new URL(name, CORPUS), 'utf8'))

describe('laws of the gates', () => {
  /** Lines put in, taken out, or moved: valid or not. */
  const edits = fc.array(
    fc.record({
      at: fc.nat(),
      cut: fc.nat(2),
      lines: fc.array(
        fc.constantFrom(
          ...[
            'RUN mine',
            'ENV A=1',
            'ENV PORT=1',
            'USER root',
            'USER 5',
            'WORKDIR x',
            'COPY a b',
            'CMD ["x"]',
          ],
          ...[
            '# note',
            '',
            'ARG T',
            'RUN a \\',
            'FROM base AS own',
            'COPY --from=own /a /b',
            'HEALTHCHECK NONE',
          ],
        ),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 3 },
  )
  const apply = (text: string, all: { at: number; cut: number; lines: string[] }[]): string => {
    const lines = text.split('\n')
    for (const one of all) lines.splice(one.at % lines.length, one.cut, ...one.lines)
    return lines.join('\n')
  }
  const file = fc.constantFrom(...dockerfiles)

  it('find nothing wrong with a side as it is, but for a comment at its end', () => {
    fc.assert(
      fc.property(file, file, edits, (base, template, all) => {
        const yours = apply(base, all)
        expect(find({ base, yours, template, merged: yours })).toEqual([])
        expect(find({ base, yours, template, merged: template })).toEqual([])
        expect(find({ base, yours, template, merged: `${yours}\n# end\n` })).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('find nothing in the template’s text where the user changed nothing', () => {
    fc.assert(
      fc.property(file, file, (base, template) => {
        expect(find({ base, yours: base, template, merged: `${template}# end\n` })).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('leave nothing to find in a guarded merge', () => {
    fc.assert(
      fc.property(file, edits, edits, (base, mine, theirs) => {
        const sides = { base, yours: apply(base, mine), template: apply(base, theirs) }
        const merged = mergeTexts(
          { kind: 'dockerfile', path: 'Dockerfile', ...sides },
          { gates: DOCKERFILE_GATES },
        )
        expect(find({ ...sides, merged: merged.text() })).toEqual([])
      }),
      { numRuns: Number(process.env['MERGE_CASES'] ?? 300) },
    )
  })

  it('throw at nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...corpus),
      fc.tuple(file, edits).map(([base, all]) => apply(base, all)),
    )
    fc.assert(
      fc.property(text, text, text, text, (base, yours, template, merged) => {
        for (const { lines = [] } of find({ base, yours, template, merged }))
          for (const line of lines) expect(line >= 0 && line < merged.split('\n').length).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('take no time over 5,000 lines', () => {
    const step = (at: number) => `RUN --mount=type=cache,target=/x echo ${at} $A${at % 50} && true`
    const stage = (name: string, count: number) =>
      [`FROM base AS ${name}`, ...Array.from({ length: 50 }, (_, at) => `ENV A${at}=1`)].concat(
        Array.from({ length: count }, (_, at) => step(at)),
      )
    const lines = ['FROM a AS base', ...Array.from({ length: 10 }, (_, at) => stage(`s${at}`, 450)).flat()]
    const alike = ['FROM a AS base', ...Array.from({ length: 5000 }, () => 'RUN true')]
    for (const [index, all] of [lines, lines.map((line) => line.replace('echo', 'print')), alike].entries()) {
      const text = `${all.join('\n')}\n`
      const sides = {
        kind: 'dockerfile' as const,
        path: 'Dockerfile',
        base: index === 1 ? `${lines.join('\n')}\n` : text,
        yours: `${text}RUN mine\n`,
        template: text.replace('RUN', 'RUN theirs\nRUN'),
        merged: `${text.replace('RUN', 'RUN theirs\nRUN')}RUN mine\n`,
      }
      for (const gate of DOCKERFILE_GATES) {
        const before = process.cpuUsage()
        gate(sides)
        // About 100 ms on an idle machine, the reading of four files included.
        expect(process.cpuUsage(before).user / 1000).toBeLessThan(600)
      }
    }
  })
})
