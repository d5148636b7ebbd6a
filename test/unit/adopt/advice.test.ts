import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { adviserFor, patched } from '../../../src/adopt/advice.ts'
import { hiddenBy } from '../../../src/adopt/ignored.ts'
import { readDockerfile } from '../../../src/dockerfile-reader/read.ts'
import type { FileKind } from '../../../src/merge/types.ts'
import { RULES, ruleById } from '../../../src/rules/index.ts'
import { filesBelow, removeTemporaryFolders } from '../../support/fixtures.ts'
import { projectOf } from '../../support/project.ts'

afterAll(removeTemporaryFolders)

const CORPUS = fileURLToPath(new URL('../../corpus/adopt/', import.meta.url))
const project = projectOf({ 'package-lock.json': '{}', Dockerfile: 'FROM node\nCOPY certs/ca.key /\n' })
const adviceOn = (kind: FileKind, text: string, refused: string[] = []) =>
  adviserFor(kind, project, 'Dockerfile')(text, refused)
/** The file with all of one rule's patches that can be had. */
const treated = (kind: FileKind, text: string, rule: string): string => {
  for (let left = 20; left > 0; left--) {
    const next = adviceOn(kind, text).find((one) => one.rule === rule && one.patch)
    if (!next?.patch) return text
    text = patched(text, next.patch)
  }
  throw new Error(`${rule} has no end`)
}

const NODE = 'FROM node:24-trixie-slim\nWORKDIR /app\n'
const PYTHON = 'FROM python:3.13-slim-trixie\n'

describe('a patch does what it says, and nothing else', () => {
  it.each<[string, string, string, string]>([
    ['PD001', `${NODE}CMD ["a"]\n`, NODE, `# syntax=docker/dockerfile:1\n${NODE}`],
    ['PD005', `${NODE}RUN npm ci\n`, 'RUN npm', 'RUN --mount=type=cache,id=npm,target=/root/.npm npm'],
    [
      'PD005',
      `${PYTHON}run pip install \\\n  -r a.txt\n`,
      'run pip',
      'run --mount=type=cache,id=pip,target=/root/.cache/pip pip',
    ],
    [
      'PD005',
      `${PYTHON}RUN uv sync --locked\n`,
      'RUN uv',
      'RUN --mount=type=cache,id=uv,target=/root/.cache/uv uv',
    ],
    ['PD006', `${NODE}COPY package-lock.json .\nRUN npm install --omit=dev\n`, 'npm install', 'npm ci'],
    ['PD009', `${NODE}COPY . .\nEXPOSE 3000\nCMD ["node", "x.js"]\n`, 'CMD', 'USER 1000:1000\nCMD'],
    ['PD009', `${PYTHON}COPY . .\nCMD ["python", "x.py"]\n`, 'CMD', 'USER 65532:65532\nCMD'],
    ['PD009', `${NODE}USER node\nCMD ["node", "x.js"]\n`, 'USER node', 'USER 1000:1000'],
    [
      'PD010',
      `${NODE}CMD node 'a b.js' --x=1\n`,
      `CMD node 'a b.js' --x=1`,
      'CMD ["node", "a b.js", "--x=1"]',
    ],
    ['PD010', `${NODE}CMD exec node a.js\n`, 'CMD exec node a.js', 'CMD ["node", "a.js"]'],
    ['PD010', `${NODE}ENTRYPOINT npm start`, 'ENTRYPOINT npm start', 'ENTRYPOINT ["npm", "start"]'],
    ['PD012', `${NODE}HEALTHCHECK CMD wget http://localhost/x\n`, 'localhost', '127.0.0.1'],
    [
      'PD016',
      `${NODE}RUN apt-get update && apt-get install -y git\n`,
      'install -y git',
      'install --no-install-recommends -y git \\\n    && rm -rf /var/lib/apt/lists/*',
    ],
    ['PD051', `${PYTHON}CMD ["a"]\n`, PYTHON, `${PYTHON}ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1\n`],
  ])('%s: %j', (rule, text, from, to) => {
    const result = treated('dockerfile', text, rule)
    expect(result).toBe(text.replace(from, () => to))
    expect(readDockerfile(result).errors).toEqual([])
    expect(adviceOn('dockerfile', result).filter((one) => one.rule === rule && one.patch)).toEqual([])
  })

  it.each<[string, string]>([
    ['PD001', '# escape=`\nFROM node:24\n'],
    ['PD006', `${NODE}COPY package-lock.json .\nRUN npm install && npm run build\n`],
    ['PD009', `${NODE}EXPOSE 80\nCMD ["node", "x.js"]\n`],
    ['PD009', `${NODE}CMD ["node", "x.js", "--port=80"]\n`],
    ['PD009', `${NODE}VOLUME /data\nCMD ["node", "x.js"]\n`],
    ['PD009', `${NODE}RUN mkdir data\nCMD ["node", "x.js"]\n`],
    ['PD009', `${NODE}USER root\nCMD ["node", "x.js"]\n`],
    ['PD009', `${NODE}CMD ["./start.sh"]\n`],
    ['PD009', 'FROM nginx:1\nCMD ["nginx"]\n'],
    ['PD009', 'FROM example.com/team/base:1\nCMD ["x"]\n'],
    ['PD010', `${NODE}CMD node x.js --port $PORT\n`],
    ['PD010', `${NODE}CMD a && node x.js\n`],
    ['PD010', `${NODE}CMD A=1 node x.js\n`],
    ['PD010', `${NODE}CMD node x.js > log\n`],
    ['PD010', `${NODE}ENTRYPOINT ["/e"]\nCMD node x.js\n`],
    ['PD010', `${NODE}SHELL ["/bin/bash", "-c"]\nCMD node x.js\n`],
    ['PD016', `${NODE}RUN apt-get update && apt-get install -y --no-install-recommends git || true\n`],
    ['PD004', `${NODE}COPY . .\nRUN npm ci\n`],
    ['PD019', `${NODE}ARG NPM_TOKEN\n`],
  ])('%s is said, and left to a person: %j', (rule, text) => {
    const found = adviceOn('dockerfile', text).filter((one) => one.rule === rule)
    expect(found.length).toBeGreaterThan(0)
    expect(found.map(({ patch }) => patch)).toEqual(found.map(() => null))
  })

  it.each([
    `${NODE}RUN npm ci && npm cache clean --force\n`,
    `${NODE}RUN npm install -g serve@14\n`,
    `${PYTHON}RUN pip install --no-cache-dir -r a.txt\n`,
    `${NODE}USER node\nRUN npm ci\n`,
    `${NODE}RUN --mount=type=cache,id=npm,target=/root/.npm npm ci\n`,
    `${NODE}RUN <<EOF\nnpm ci\nEOF\n`,
  ])('no cache is offered where it would not help: %j', (text) =>
    expect(adviceOn('dockerfile', text).filter(({ rule }) => rule === 'PD005')).toEqual([]),
  )

  it.each<[string, string, string]>([
    ['PD030', 'dist', 'dist\n**/.env*\n!**/.env.example\n'],
    ['PD031', '.env*\n*.pem\n', '.env*\n*.pem\n.git\n**/node_modules\n**/.venv\n**/__pycache__\n'],
    // The Dockerfile copies a key, and the file takes .env back in: neither is ours to hide.
    ['PD030', '*.log\n!.env.example\n!.env.production\n', '*.log\n!.env.example\n!.env.production\n'],
  ])('.dockerignore %s: %j', (rule, text, result) =>
    expect(treated('dockerignore', text, rule).trim()).toBe(result.trim()),
  )

  it('keeps line endings, the BOM, and a last line without an end', () => {
    const patch = { from: 1, to: 2, lines: ['x', 'y'] }
    expect(patched('a\nb\nc', patch)).toBe('a\nx\ny\nc')
    expect(patched('\ufeffa\r\nb\r\nc\r\n', patch)).toBe('\ufeffa\r\nx\r\ny\r\nc\r\n')
    expect(patched('a\r\nb', patch)).toBe('a\r\nx\r\ny')
    expect(patched('\ufeffa\n', { from: 0, to: 0, lines: ['x'] })).toBe('\ufeffx\na\n')
    expect(patched('a', { from: 1, to: 1, lines: ['x'] })).toBe('a\nx')
  })

  it('holds for whatever a Dockerfile is: others’ lines stay, and it ends', () => {
    const lines = fc.constantFrom(
      ...[
        'FROM node:20',
        'FROM python:3.12 AS b',
        'RUN npm install',
        'RUN pip install x \\',
        'CMD npm start',
        'CMD node $X',
      ],
      ...[
        '# c',
        '',
        'USER node',
        'COPY package-lock.json .',
        'RUN apt-get update && apt-get install -y a',
        'RUN <<E',
        'E',
      ],
      ...[
        'ENTRYPOINT a b',
        'EXPOSE 3000',
        'HEALTHCHECK CMD curl http://localhost/x',
        '# escape=`',
        'ENV A=1',
      ],
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: lines }, fc.string()), { maxLength: 12 }),
        (all) => {
          const text = all.join('\n')
          for (const { rule, patch, line } of adviceOn('dockerfile', text)) {
            expect(line).toBeLessThanOrEqual(all.length)
            if (!patch) continue
            const rows = text.split('\n')
            const result = patched(text, patch).split('\n')
            expect(result.slice(0, patch.from)).toEqual(rows.slice(0, patch.from))
            const tail = rows.slice(patch.to)
            expect(tail.length > 0 ? result.slice(-tail.length) : []).toEqual(tail)
            treated('dockerfile', text, rule)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('advice', () => {
  it.each(
    readdirSync(CORPUS).flatMap((name) => filesBelow(join(CORPUS, name)).map((path) => `${name}/${path}`)),
  )('on %s belongs to a rule, and its patches can all be taken', (path) => {
    const kind = /workflows/.test(path)
      ? 'workflow'
      : path.endsWith('ignore')
        ? 'dockerignore'
        : /compose/.test(path)
          ? 'compose'
          : 'dockerfile'
    let text = readFileSync(join(CORPUS, path), 'utf8')
    const all = adviceOn(kind, text)
    expect(all.length).toBeGreaterThan(0)
    for (const { rule, message, line } of all) {
      expect(ruleById(rule), rule).toBeDefined()
      expect(message).toMatch(/\.$/)
      expect(line).toBeGreaterThan(0)
    }
    const own = readDockerfile(text).instructions.map(({ keyword }) => keyword)
    for (const rule of new Set(all.map((one) => one.rule))) text = treated(kind, text, rule)
    expect(adviceOn(kind, text).filter(({ patch }) => patch)).toEqual([])
    expect(adviceOn(kind, text).length).toBeLessThanOrEqual(all.length)
    if (kind !== 'dockerfile') return
    const now = readDockerfile(text)
    expect(now.errors).toEqual([])
    expect(
      now.instructions.map(({ keyword }) => keyword).filter((one) => own.includes(one)).length,
    ).toBeGreaterThanOrEqual(own.length)
  })

  it('that was refused is not given', () => {
    const text = `${NODE}CMD npm start\n`
    expect(
      adviceOn(
        'dockerfile',
        text,
        RULES.map(({ id }) => id),
      ),
    ).toEqual([])
    expect(adviceOn('dockerfile', text, ['PD010']).map(({ rule }) => rule)).not.toContain('PD010')
  })

  it('is none for code and prose', () => expect(adviceOn('text', 'API_KEY=sk_live_1\n')).toEqual([]))
})

it.each<[string, string, string[]]>([
  ['.env*\n!.env.example', 'COPY .env .env.example .envrc ./', ['.env', '.envrc']],
  ['dist', 'COPY ./dist/ /app', ['dist']],
  ['**/node_modules', 'COPY a/node_modules/x /x', ['a/node_modules/x']],
  ['*.key', 'ADD certs/a.key /', []],
  ['**/*.key', 'ADD ["certs/a.key", "/"]', ['certs/a.key']],
  ['/dist/\n!dist/a', 'COPY dist/a dist/b /', ['dist/b']],
  ['*', 'COPY . .\nCOPY *.json ./\nCOPY --from=x dist /', []],
  ['[', 'RUN --mount=type=bind,source=dist,target=x a', []],
  ['dist', 'RUN --mount=type=bind,source=dist,target=x a', ['dist']],
])('%j hides of %j: %j', (ignore, dockerfile, hidden) =>
  expect(hiddenBy(ignore, `FROM x\n${dockerfile}\n`)).toEqual(hidden),
)
