import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from 'prettier'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ciArtefact } from '../../src/artefacts/ci.ts'
import type { ArtefactInput } from '../../src/artefacts/types.ts'
import { ACTIONS } from '../../src/data/versions.ts'
import { findingsIn } from '../../src/rules/checks/index.ts'
import { referee, run } from '../support/referees.ts'
import { HOSTILE, sampleInput, variable } from './sample-app.ts'
import { SAMPLES } from './sample-cases.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpd-ci-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const textOf = (input: ArtefactInput) => ciArtefact.render(input)[0]?.rendered.text ?? ''
interface Step {
  name?: string
  uses?: string
  run?: string
  env?: Record<string, string>
  with?: Record<string, string>
}
const jobs = (input: ArtefactInput) =>
  (parse(textOf(input)) as { jobs: Record<string, { steps: Step[]; permissions: Record<string, string> }> })
    .jobs
const steps = (input: ArtefactInput) => Object.values(jobs(input)).flatMap((job) => job.steps)
const [actionlint, zizmor, jsonschema, yamllint] = [
  'actionlint',
  'zizmor',
  'check-jsonschema',
  'yamllint',
].map(referee)

describe.each(Object.entries(SAMPLES))('docker.yml of %s', (name, input) => {
  const text = textOf(input)
  const path = join(folder, name.replaceAll(/\W/g, '-'), 'docker.yml')
  mkdirSync(join(path, '..'))
  writeFileSync(path, text)

  it('is as prettier leaves it, and the same each time', async () => {
    expect(await check(text, { parser: 'yaml' })).toBe(true)
    expect(textOf(input)).toBe(text)
  })
  it('has no finding', () => expect(findingsIn('ci', text)).toEqual([]))

  it.skipIf(!actionlint)('passes actionlint', () => {
    const { code, output } = run(actionlint as string, [path])
    expect(code, output).toBe(0)
  })
  it.skipIf(!zizmor)('passes zizmor', () => {
    const { code, output } = run(zizmor as string, ['--offline', '--no-progress', path])
    expect(code, output).toBe(0)
    expect(output).toContain('No findings to report')
  })
  it.skipIf(!jsonschema)('fits the schema', () => {
    const { code, output } = run(jsonschema as string, ['--builtin-schema', 'vendor.github-workflows', path])
    expect(code, output).toBe(0)
  })
  it.skipIf(!yamllint)('passes yamllint', () => {
    const rules =
      '{extends: default, rules: {line-length: disable, document-start: disable, truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}}}'
    const { code, output } = run(yamllint as string, ['--strict', '-d', rules, path])
    expect(code, output).toBe(0)
  })
})

describe('docker.yml', () => {
  it('pins each action to a commit, with its tag beside it', () => {
    const known = Object.values(ACTIONS).map(({ uses, sha, tag }) => `${uses}@${sha} # ${tag}`)
    const used = [...textOf(sampleInput()).matchAll(/uses: (.*)/g)].map(([, one]) => one as string)
    expect(used.length).toBeGreaterThan(8)
    for (const one of used) expect(known).toContain(one)
  })

  it('lets only the publishing job write, and that one uses no cache', () => {
    const { check: checking, build, publish } = jobs(sampleInput())
    expect(checking?.permissions).toEqual({ contents: 'read' })
    expect(build?.permissions).toEqual({ contents: 'read', 'security-events': 'write' })
    expect(publish?.permissions).toEqual({ contents: 'read', packages: 'write', 'id-token': 'write' })
    const push = publish?.steps.find((step) => step.uses?.includes('build-push'))?.with ?? {}
    expect(Object.keys(push).filter((key) => key.startsWith('cache'))).toEqual([])
    expect(push).toMatchObject({ push: true, 'no-cache': true, provenance: 'mode=max', sbom: true })
  })

  it('scans with what was asked for', () => {
    expect(textOf(sampleInput())).toContain('aquasecurity/trivy-action@')
    const grype = textOf(sampleInput({ answers: { scanner: 'grype' } }))
    expect(grype).toContain('anchore/scan-action@')
    expect(grype).not.toContain('trivy')
  })

  it('runs the tests in their target, or beside their services, or not at all', () => {
    const runs = (input: ArtefactInput) => steps(input).flatMap((step) => step.run ?? [])
    expect(runs(SAMPLES['build secrets and tests'] as ArtefactInput)).toContain('docker run --rm app:test')
    const beside = runs(SAMPLES['build secrets, tests and a service'] as ArtefactInput)
    expect(beside).toContain('docker compose run --rm --build test')
    expect(beside).not.toContain('docker run --rm app:test')
    expect(runs(SAMPLES['without a compose file'] as ArtefactInput).join()).not.toContain('compose')
    expect(runs(sampleInput()).join()).not.toMatch(/\btest\b/)
  })

  it('hands build arguments and secrets over, and writes no value down', () => {
    const site = steps(SAMPLES['a static site'] as ArtefactInput).filter((step) =>
      step.uses?.includes('build-push'),
    )
    expect(site).toHaveLength(2)
    for (const step of site) {
      expect(step.with?.['build-args']).toBe(
        "VITE_API_URL=${{ vars.VITE_API_URL || 'https://api.example.com' }}\nVITE_KEY=${{ vars.VITE_KEY }}\n",
      )
    }
    const built = steps(SAMPLES['build secrets and tests'] as ArtefactInput).filter((step) =>
      step.uses?.includes('build-push'),
    )
    expect(built).toHaveLength(3)
    for (const step of built)
      expect(step.with?.['secrets']).toBe('npm_token=${{ secrets.NPM_TOKEN }}\nnpmrc=${{ secrets.NPMRC }}\n')
  })

  it('lets nothing of the project into an expression', () => {
    const text = textOf(
      sampleInput({
        app: {
          name: 'shop',
          publicVars: [
            variable('VITE_A', { default: "x' }} ${{ secrets.GITHUB_TOKEN" }),
            variable('VITE_B', { default: HOSTILE }),
          ],
          buildSecrets: [{ id: "x' }}", env: 'GITHUB_TOKEN' }, { id: '1y' }],
        },
      }),
    )
    expect(text).toContain('VITE_A=${{ vars.VITE_A }}\n')
    expect(text).toContain('VITE_B=${{ vars.VITE_B }}\n')
    expect(text).not.toContain("x' }}")
    expect(text).toContain('1y=${{ secrets._1Y }}')
  })

  it('runs each week, at a moment of its own', () => {
    const cron = (name: string) => /cron: "(.*)"/.exec(textOf(sampleInput({ app: { name } })))?.[1]
    expect(cron('shop')).toMatch(/^[0-5]?\d (?:1?\d|2[0-3]) \* \* [1-5]$/)
    expect(cron('shop')).toBe(cron('shop'))
    expect(cron('shop')).not.toBe(cron('billing'))
  })

  it('is not written where nobody wants it', () => {
    expect(ciArtefact.render(sampleInput({ answers: { ci: 'none' } }))).toEqual([])
  })

  it('marks its decisions', () => {
    const { rules } = ciArtefact.render(SAMPLES['build secrets and tests'] as ArtefactInput)[0]?.rendered ?? {
      rules: [],
    }
    expect([...new Set(rules.flat())].sort()).toEqual([
      'PD019',
      'PD060',
      'PD061',
      'PD062',
      'PD063',
      'PD064',
      'PD065',
      'PD066',
      'PD067',
      'PD068',
      'PD069',
      'PD084',
    ])
  })
})
