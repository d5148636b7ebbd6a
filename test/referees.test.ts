import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECKS, findingsIn } from '../src/rules/checks/index.ts'
import { filesBelow, goodFixtures } from './support/fixtures.ts'
import { referee, run } from './support/referees.ts'

/** Expected files of all fixtures, by what they are. */
const files = goodFixtures().flatMap((fixture) => {
  const folder = join(fixture.expected, 'files')
  return existsSync(folder)
    ? filesBelow(folder).map((path) => ({ fixture: fixture.name, path, full: join(folder, path) }))
    : []
})
const paths = (test: RegExp) => files.filter(({ path }) => test.test(path)).map(({ full }) => full)
const DOCKERFILES = paths(/^Dockerfile$/)
const COMPOSE = paths(/^compose\.yaml$/)
const WORKFLOWS = paths(/^\.github\/workflows\//)
const PRETTY = paths(/^(compose\.yaml|DOCKER\.md|\.github\/.*|\.prod-docker\/answers\.json)$/)

/** In batches: a checker starts once for many files. */
function judge(program: string, args: readonly string[], targets: readonly string[]): void {
  expect(targets.length).toBeGreaterThan(0)
  const { code, output } = run(program, [...args, ...targets])
  expect(code, output).toBe(0)
}

describe('third-party checkers accept every expected file', () => {
  const tools: { name: string; args: string[]; targets: string[] }[] = [
    { name: 'hadolint', args: ['--failure-threshold', 'warning'], targets: DOCKERFILES },
    { name: 'actionlint', args: [], targets: WORKFLOWS },
    { name: 'zizmor', args: ['--offline', '--no-progress'], targets: WORKFLOWS },
    { name: 'check-jsonschema', args: ['--builtin-schema', 'vendor.compose-spec'], targets: COMPOSE },
    { name: 'check-jsonschema', args: ['--builtin-schema', 'vendor.github-workflows'], targets: WORKFLOWS },
    {
      name: 'yamllint',
      args: [
        '-d',
        '{extends: default, rules: {line-length: disable, document-start: disable, truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}, braces: disable}}',
      ],
      targets: [...COMPOSE, ...WORKFLOWS],
    },
  ]
  for (const { name, args, targets } of tools) {
    const path = referee(name)
    it.skipIf(!path)(
      `${name} ${args.join(' ').slice(0, 60)}`,
      () => judge(path as string, args, targets),
      240_000,
    )
  }

  it('prettier leaves them as they are', () => {
    judge(
      process.execPath,
      ['node_modules/prettier/bin/prettier.cjs', '--check', '--no-config', '--ignore-path', '/dev/null'],
      PRETTY,
    )
  }, 240_000)
})

describe('our own rules find nothing in what we write', () => {
  const artefactOf = (path: string) =>
    path === 'Dockerfile'
      ? 'dockerfile'
      : path === '.dockerignore'
        ? 'dockerignore'
        : path === 'compose.yaml'
          ? 'compose'
          : path.startsWith('.github/')
            ? 'ci'
            : undefined
  it('has rules to check', () => expect(CHECKS.length).toBeGreaterThan(20))
  it.each(goodFixtures().map((fixture) => fixture.name))('%s', (name) => {
    const findings = files
      .filter((file) => file.fixture === name)
      .flatMap(({ path, full }) => {
        const artefact = artefactOf(path)
        const text = readFileSync(full, 'utf8')
        return artefact
          ? findingsIn(artefact, text).map(
              ({ line, rule, message }) => `${path}:${line ?? ''} ${rule} ${message}`,
            )
          : []
      })
    expect(findings).toEqual([])
  })
})
