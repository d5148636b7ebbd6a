import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseFlags } from '../src/command-line.ts'
import { copyOf, filesBelow, goodFixtures, removeTemporaryFolders } from './support/fixtures.ts'
import { planRun, runOnce } from './support/run.ts'

afterAll(removeTemporaryFolders)

describe.each(goodFixtures())('$name', (fixture) => {
  const answers = parseFlags(fixture.config.args ?? []).answers

  it('tells the expected facts, and writes the expected files', async () => {
    const root = copyOf(fixture)
    const { report, plan } = await runOnce(root, { given: answers })
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
    await runOnce(root, { given: answers })
    const before = filesBelow(root).map((path) => [path, statSync(join(root, path)).mtimeMs])
    const second = await runOnce(root)
    expect(second.plan.files.filter((file) => file.action !== 'unchanged')).toEqual([])
    expect(filesBelow(root).map((path) => [path, statSync(join(root, path)).mtimeMs])).toEqual(before)
  })

  it('changes nothing when lines of the source only move', async () => {
    const root = copyOf(fixture)
    await runOnce(root, { given: answers })
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
    const { plan } = await planRun(root)
    expect(plan.files.filter((file) => file.action !== 'unchanged').map((file) => file.path)).toEqual([])
  })
})
