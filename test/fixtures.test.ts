import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Answers, joinAnswers } from '../src/answers.ts'
import { changesOf } from '../src/commands/main.ts'
import { parseFlags } from '../src/flags.ts'
import { inspectProject, type Report } from '../src/inspect.ts'
import { makePlan, type Plan } from '../src/plan.ts'
import { Project } from '../src/project.ts'
import { readState } from '../src/state.ts'
import { applyChanges } from '../src/write/commit.ts'
import { copyOf, filesBelow, goodFixtures, removeTemporaryFolders } from './support/fixtures.ts'

afterAll(removeTemporaryFolders)

async function go(root: string, given: Answers): Promise<{ report: Report; plan: Plan }> {
  const project = new Project({ root })
  const state = readState(project, '0.0.0')
  const answers = { ...state?.answers, ...given }
  const inspected = await inspectProject(project, joinAnswers([{ answers, source: (key) => `--${key}` }]))
  if (!('report' in inspected)) throw new Error(`not settled: ${JSON.stringify(inspected)}`)
  return {
    report: inspected.report,
    plan: makePlan(project, inspected.report.artefacts, state, answers, '0.0.0'),
  }
}

const write = (root: string, plan: Plan) => applyChanges(root, changesOf(plan))

describe.each(goodFixtures())('$name', (fixture) => {
  const answers = parseFlags(fixture.config.args ?? []).answers

  it('tells the expected facts, and writes the expected files', async () => {
    const root = copyOf(fixture)
    const { report, plan } = await go(root, answers)
    const facts = report.facts
      .entries()
      .map(
        ({ key, value, source, confidence }) =>
          `${key} = ${JSON.stringify(value)}\n    ${source} (${confidence})`,
      )
    const warnings = report.warnings.map((warning) => `! ${warning.rule} ${warning.message}`)
    await expect(`${[...facts, ...warnings].join('\n')}\n`).toMatchFileSnapshot(
      join(fixture.expected, 'facts.txt'),
    )
    write(root, plan)
    const written = plan.files.filter(
      (file) => file.action === 'create' && file.id !== 'state' && file.id !== 'answers-schema',
    )
    for (const file of written) {
      await expect(readFileSync(join(root, file.path), 'utf8')).toMatchFileSnapshot(
        join(fixture.expected, 'files', file.path),
      )
    }
    // Not there yet: a new fixture, whose files this run writes (never under CI).
    const folder = join(fixture.expected, 'files')
    const expected = existsSync(folder) ? filesBelow(folder) : written.map((file) => file.path).sort()
    expect(written.map((file) => file.path).sort(), 'an expected file is no longer written').toEqual(expected)
  })

  it('writes nothing on a second run', async () => {
    const root = copyOf(fixture)
    write(root, (await go(root, answers)).plan)
    const before = filesBelow(root).map((path) => [path, statSync(join(root, path)).mtimeMs])
    const second = await go(root, {})
    expect(second.plan.files.filter((file) => file.action !== 'unchanged')).toEqual([])
    write(root, second.plan)
    expect(filesBelow(root).map((path) => [path, statSync(join(root, path)).mtimeMs])).toEqual(before)
  })

  it('changes nothing when lines of the source only move', async () => {
    const root = copyOf(fixture)
    write(root, (await go(root, answers)).plan)
    for (const path of filesBelow(root).filter((file) => /\.([cm]?[jt]s|py)$/.test(file))) {
      const text = readFileSync(join(root, path), 'utf8')
      // What the tool wrote stays: an edit of it is an edit.
      if (
        text.includes('Written by create-prod-docker') ||
        text.startsWith('#!') ||
        text.startsWith('\ufeff')
      )
        continue
      const comment = path.endsWith('.py') ? '# moved' : '// moved'
      writeFileSync(join(root, path), `${comment}\n${comment}\n${text}`)
    }
    const { plan } = await go(root, {})
    expect(plan.files.filter((file) => file.action !== 'unchanged').map((file) => file.path)).toEqual([])
  })
})
