import fc from 'fast-check'
import type { FileKind } from '../../src/merge/types.ts'

/** Cases of a property; CI asks for more. */
export const MERGE_CASES = Number(process.env['MERGE_CASES'] ?? 1000)

export interface MergeCase {
  kind: FileKind
  path: string
  base: string
  yours: string
  template: string
}

/** One edit: what is done, where, and to how many lines. */
type Edit = readonly [verb: number, at: number, size: number]

const DOCKERFILE = `# syntax=docker/dockerfile:1
# check=error=true

# Node.js on Debian
FROM node:24.1-trixie-slim@sha256:0a11 AS base
WORKDIR /app
ARG PNPM_VERSION=10.2

FROM base AS deps
COPY package.json ./
RUN --mount=type=cache,id=npm,target=/root/.npm \\
    npm ci

FROM deps AS build
COPY . .
RUN npm run build

FROM node:24.1-trixie-slim@sha256:0a11 AS runtime
ENV NODE_ENV=production \\
    UV_VERSION=0.9.1
COPY --from=ghcr.io/astral-sh/uv:0.9.1 /uv /bin/uv
COPY --from=build /app/dist ./dist
USER 65532:65532
CMD ["dist/main.js"]
`

const COMPOSE = `services:
  app:
    build:
      context: .
    environment:
      PORT: "3000"
    depends_on:
      postgres:
        condition: service_healthy

  postgres:
    image: postgres:18.1-trixie
    healthcheck:
      interval: 10s
      retries: 3

  redis:
    image: "redis:8.2@sha256:00ff"
    healthcheck:
      interval: 10s
      retries: 3

volumes:
  data: {}
`

const WORKFLOW = `jobs:
  check:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: docker buildx build --check .

  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: docker/setup-buildx-action@37fe631027851001ddb9b187196cc803df7f5f0e # v4.3.0
      - run: docker compose run --rm test
`

const IGNORE = `.git
node_modules

dist
*.log

.env
.env.*
!.env.example
`

const FILES: readonly [FileKind, string, string][] = [
  ['dockerfile', 'Dockerfile', DOCKERFILE],
  ['compose', 'compose.yaml', COMPOSE],
  ['workflow', '.github/workflows/docker.yml', WORKFLOW],
  ['dockerignore', '.dockerignore', IGNORE],
  ['dockerfile', 'Dockerfile', DOCKERFILE.split('\n').slice(7, 17).join('\n').concat('\n')],
  // Hardly anything to hold on to.
  ['text', 'notes', 'a\nb\na\n\nb\n\na\nb\n'],
  ['text', 'one', 'a\n'],
  ['text', 'empty', ''],
]

const COMMON = ['', '}', '    steps:', 'RUN npm ci', '      retries: 3', 'a', 'b']
const PIN_RE = /(node:|postgres:|redis:|uv:|_VERSION=|# v)(\d+)\.[\w.]+/

export const someEdits = fc.array(fc.tuple(fc.nat(9), fc.nat(200), fc.nat(3)), { maxLength: 5 })

/** Applies edits; every line and value that they write has a nonce that begins with `who`. */
export function edit(text: string, steps: readonly Edit[], who: string): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const [index, [verb, where, size]] of steps.entries()) {
    const at = lines.length === 0 ? 0 : where % lines.length
    const nonce = `${who}${index}`
    if (verb <= 1)
      lines.splice(at, 0, ...Array.from({ length: size + 1 }, (_, n) => `RUN echo ${nonce}x${n}`))
    else if (verb === 2 && at < lines.length) lines[at] += ` # ${nonce}`
    else if (verb === 3) lines.splice(at, size + 1)
    else if (verb === 4)
      lines.splice((at + 5 * (size + 1)) % (lines.length + 1), 0, ...lines.splice(at, size + 1))
    else if (verb === 5) lines.splice(at, 0, COMMON[where % COMMON.length] as string)
    else if (verb === 6 && at < lines.length) lines[at] = `  ${lines[at]}`
    else
      for (let step = 0; step < lines.length; step++) {
        const on = (at + step) % lines.length
        if (!PIN_RE.test(lines[on] as string)) continue
        // A minor or, less often, a major: by a bot.
        lines[on] = (lines[on] as string).replace(PIN_RE, (_, name: string, major: string) =>
          size === 0 ? `${name}${Number(major) + 1 + (where % 2)}.${nonce}` : `${name}${major}.${nonce}`,
        )
        if (verb < 9) break
      }
  }
  return lines.map((line) => `${line}\n`).join('')
}

/** How editors and git leave a file: 0 as ours, 1 CRLF, 2 BOM, 3 no final newline, 4 all of it, 5 both line endings. */
export function reshape(text: string, shape: number): string {
  let out = text
  if (shape === 1 || shape === 4) out = out.replaceAll('\n', '\r\n')
  if (shape === 5) out = out.replace(/\n(.*\n)/g, '\r\n$1')
  if (shape === 3 || shape === 4) out = out.replace(/\r?\n$/, '')
  return shape === 2 || shape === 4 ? `\uFEFF${out}` : out
}

export const mergeCase: fc.Arbitrary<MergeCase> = fc
  .tuple(fc.nat(FILES.length - 1), someEdits, someEdits, someEdits, fc.nat(11))
  .map(([which, older, mine, ours, shape]) => {
    const [kind, path, text] = FILES[which] as (typeof FILES)[number]
    const base = edit(text, older.slice(0, 2), 'b')
    return { kind, path, base, yours: reshape(edit(base, mine, 'u'), shape), template: edit(base, ours, 'n') }
  })

/** Any lines at all, with what looks like markers, lone carriage returns and NULs. */
export const wildText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      '',
      '<<<<<<< x',
      '=======',
      '>>>>>>> y',
      '||||||| z',
      '=========',
      'c\r',
      '\rd',
      '\0',
      'FROM node:1.\0',
      'FROM node:1',
      'FROM node:2',
      '\uFEFF',
    ),
    { maxLength: 8 },
  )
  .chain((lines) => fc.constantFrom('\n', '').map((end) => lines.join('\n') + (lines.length > 0 ? end : '')))

/** Lines of a text without their endings, as a person sees them. */
export const linesIn = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/)

/** The nonces that one side has written. */
export const noncesIn = (text: string, who: string): Set<string> =>
  new Set(text.match(new RegExp(`\\b${who}\\d+(?:x\\d+)?\\b`, 'g')) ?? [])
