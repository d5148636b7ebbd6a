import { describe, expect, it } from 'vitest'
import { mergeTexts } from '../../../src/merge/merge.ts'
import { maskPins } from '../../../src/merge/pins.ts'
import type { FileKind } from '../../../src/merge/types.ts'

const SHA = (digit: number) => `${digit}1bd71901bbe5b1630ceea73d27597364c9af683`
const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join('')
const merge = (base: string[], yours: string[], template: string[], kind: FileKind = 'dockerfile') =>
  mergeTexts({ kind, path: 'x', base: text(...base), yours: text(...yours), template: text(...template) })

describe('a pin', () => {
  it.each<[FileKind, string, string]>([
    ['dockerfile', 'FROM node:24-slim@sha256:ab AS base', 'FROM node• AS base'],
    [
      'dockerfile',
      'from --platform=$BUILDPLATFORM ghcr.io:443/a/b:1',
      'from --platform=$BUILDPLATFORM ghcr.io:443/a/b•',
    ],
    ['dockerfile', 'FROM localhost:5000/a', 'FROM localhost:5000/a'],
    ['dockerfile', 'FROM node@sha256:ab', 'FROM node•'],
    ['dockerfile', 'FROM node:${V}', 'FROM node:${V}'],
    ['dockerfile', 'FROM build', 'FROM build'],
    ['dockerfile', '# FROM node:24', '# FROM node:24'],
    ['dockerfile', '# syntax=docker/dockerfile:1.7@sha256:cd', '# syntax=docker/dockerfile•'],
    [
      'dockerfile',
      'COPY --link --from=ghcr.io/astral-sh/uv:0.9 /uv /',
      'COPY --link --from=ghcr.io/astral-sh/uv• /uv /',
    ],
    ['dockerfile', 'COPY --from=build /a /b', 'COPY --from=build /a /b'],
    [
      'dockerfile',
      'RUN --mount=type=bind,from=a/b:1,target=/x y',
      'RUN --mount=type=bind,from=a/b•,target=/x y',
    ],
    ['dockerfile', 'ARG PNPM_VERSION=10.1 UV_VERSION="0.9"', 'ARG PNPM_VERSION=• UV_VERSION="•"'],
    ['dockerfile', '    NPM_VERSION=11 \\', '    NPM_VERSION=• \\'],
    ['dockerfile', 'ENV NODE_ENV=production', 'ENV NODE_ENV=production'],
    ['compose', '    image: "postgres:18@sha256:ab" # main', '    image: "postgres•" # main'],
    ['compose', '    image: ${IMAGE:-app:1}', '    image: ${IMAGE:-app:1}'],
    ['workflow', `      - uses: actions/checkout@${SHA(1)} # v4.2.2`, '      - uses: actions/checkout•'],
    [
      'workflow',
      '      - uses: actions/checkout@v4 # pinned by hand',
      '      - uses: actions/checkout• # pinned by hand',
    ],
    ['workflow', '      - uses: ./.github/actions/x', '      - uses: ./.github/actions/x'],
    ['dockerignore', 'image: a:1', 'image: a:1'],
    ['dockerfile', 'FROM node:\0', 'FROM node:\0'],
  ])('%s: %s', (kind, line, masked) => {
    expect(maskPins(line, kind).replaceAll('\0', '•')).toBe(masked.replaceAll('\0', '•'))
  })

  it('costs no time on hostile lines', () => {
    const from = performance.now()
    for (const line of [
      `FROM ${'--a '.repeat(240)}`,
      'A_VERSION'.repeat(110),
      `uses: ${'a '.repeat(400)}`,
      `from=${'a:'.repeat(400)}`,
    ])
      for (const kind of ['dockerfile', 'workflow'] as const)
        for (let times = 0; times < 20; times++) maskPins(line, kind)
    expect(performance.now() - from).toBeLessThan(500)
  })
})

describe('pins as values', () => {
  const from = (tag: string) => `FROM node:${tag} AS base`

  it.each<[string, string, string, string, string]>([
    ['only the template moved it', '24.1', '24.1', '24.2', '24.2'],
    ['only the user moved it', '24.1', '25.0', '24.1', '25.0'],
    ['both, the user further', '24.1', '24.9', '24.2', '24.9'],
    ['both alike', '24.1', '24.2', '24.2', '24.2'],
    ['a bot pinned the digest', '24', '24@sha256:aa', '24-slim', '24@sha256:aa'],
    ['only digests', '24@sha256:aa', '24@sha256:bb', '24@sha256:cc', '24@sha256:bb'],
    ['a tag without a number', '24', 'current', '26', 'current'],
  ])('%s', (_, base, yours, template, kept) => {
    const merged = merge([from(base), 'RUN a'], [from(yours), 'RUN a'], [from(template), 'RUN a', 'RUN b'])
    expect([merged.conflicts, merged.text()]).toEqual([0, text(from(kept), 'RUN a', 'RUN b')])
    expect(merged.hybridBase()).toBe(text(from(template), 'RUN a', 'RUN b'))
    expect(merged.pins).toEqual(
      kept === template
        ? []
        : [{ what: 'node image', line: 0, base, yours, template, major: kept === '25.0' }],
    )
    const next = mergeTexts({
      kind: 'dockerfile',
      path: 'x',
      base: merged.hybridBase(),
      yours: merged.text(),
      template: merged.hybridBase(),
    })
    expect(next.pins.map((pin) => [pin.line, pin.yours, pin.template])).toEqual(
      merged.pins.map((pin) => [pin.line, pin.yours, pin.template]),
    )
  })

  it.each([
    ['images', 'dockerfile', (v: number) => `FROM node:${v}-slim`],
    ['actions', 'workflow', (v: number) => `  - uses: a/b@${SHA(v % 10)} # v${v}.1`],
    ['variables', 'dockerfile', (v: number) => `ARG PNPM_VERSION=${v}`],
  ] as const)('other majors are a decision: %s', (_, kind, line) => {
    const merged = merge(['a', line(22)], ['a', line(23)], ['n', line(24)], kind)
    expect([merged.conflicts, merged.text(), merged.hybridBase()]).toEqual([
      1,
      text('n', line(23)),
      text('n', line(22)),
    ])
    expect(merged.pins).toEqual([])
  })

  it("a commit's hash is no major", () => {
    const uses = (v: number) => [`  - uses: a/b@${SHA(v)}`]
    expect(merge(uses(1), uses(2), uses(3), 'workflow').conflicts).toBe(0)
  })

  it('two on a line are merged each for itself', () => {
    const line = (a: string, b: string) => [`ARG A_VERSION=${a} B_VERSION=${b}`]
    const merged = merge(line('1', '1'), line('1.5', '1'), line('1', '1.7'))
    expect([merged.conflicts, merged.text()]).toEqual([0, text(...line('1.5', '1.7'))])
    expect(merged.hybridBase()).toBe(text(...line('1', '1.7')))
  })

  it("the user's goes into a line that the template rewrote", () => {
    const merged = merge(
      [from('24.1'), 'RUN a'],
      [from('24.3'), 'RUN a'],
      ['# new', 'FROM node:24.1 AS deps', 'RUN a'],
    )
    expect([merged.conflicts, merged.text()]).toEqual([0, text('# new', 'FROM node:24.3 AS deps', 'RUN a')])
    expect(merged.pins).toMatchObject([{ what: 'node image', line: 1, yours: '24.3', template: '24.1' }])
    const next = mergeTexts({
      kind: 'dockerfile',
      path: 'x',
      base: merged.hybridBase(),
      yours: merged.text(),
      template: merged.hybridBase(),
    })
    expect(next.text()).toBe(merged.text())
  })

  it("the template's goes into a line that the user rewrote", () => {
    const merged = merge(
      [from('24.1'), 'RUN a'],
      ['# mine', 'FROM node:24.1 AS deps', 'RUN a'],
      [from('24.2'), 'RUN a'],
    )
    expect([merged.conflicts, merged.text()]).toEqual([0, text('# mine', 'FROM node:24.2 AS deps', 'RUN a')])
  })

  it.each<[string, string[], string[], string[]]>([
    [
      'the template dropped what the user moved',
      [from('24.1'), 'b'],
      [from('24.3'), 'b'],
      ['FROM scratch', 'b'],
    ],
    [
      'the user moved one of two',
      ['FROM a:1.0', 'FROM a:1.0'],
      ['FROM a:1.5', 'FROM a:1.0'],
      ['FROM a:1.0 AS x', 'FROM a:1.0 AS y'],
    ],
    [
      'one of two, and the template both',
      ['FROM a:1.0-x', 'FROM a:1.0-y'],
      ['FROM a:1.0-x', 'FROM a:1.5-y'],
      ['FROM a:1.2-x AS x', 'FROM a:1.2-y AS y'],
    ],
    ['other majors in a rewritten line', [from('22')], [from('23')], ['FROM node:24 AS deps']],
    ['other majors in a line that the user rewrote', [from('22')], ['FROM node:23 AS deps'], [from('24')]],
  ])('is a conflict where %s', (_, base, yours, template) => {
    const merged = merge(base, yours, template)
    expect(merged.conflicts).toBe(1)
    expect(merged.text()).toBe(text(...yours))
    expect(merged.hybridBase()).toBe(text(...base))
  })

  it('another image is an edit of text: ours moves on without it', () => {
    const merged = merge(
      [from('24.1'), 'b'],
      ['FROM gcr.io/distroless/nodejs24:nonroot AS base', 'b'],
      [from('24.2'), 'b'],
    )
    expect([merged.conflicts, merged.text()]).toEqual([
      0,
      text('FROM gcr.io/distroless/nodejs24:nonroot AS base', 'b'),
    ])
  })

  it('that moved with its line keeps its value, and that is told', () => {
    const base = [from('24.1'), 'RUN a', 'RUN b', 'RUN c']
    const merged = merge(base, ['RUN a', 'RUN b', from('24.1'), 'RUN c'], [from('25.0'), ...base.slice(1)])
    expect([merged.conflicts, merged.text()]).toEqual([0, text('RUN a', 'RUN b', from('24.1'), 'RUN c')])
    expect(merged.pins).toEqual([
      { what: 'node image', line: 2, base: '24.1', yours: '24.1', template: '25.0', major: true },
    ])
  })

  it("a line that both wrote anew with another pin is the user's, or a decision", () => {
    expect(merge(['a'], ['a', from('24.1')], ['a', from('24.2')]).text()).toBe(text('a', from('24.1')))
    expect(merge(['a'], ['a', from('24')], ['a', from('25')]).conflicts).toBe(1)
    expect(merge(['a', 'FROM node:24.1'], ['a', from('24.1')], ['a', from('24.2')]).text()).toBe(
      text('a', from('24.2')),
    )
  })
})
