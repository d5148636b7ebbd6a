import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergeTexts } from '../../../src/merge/merge.ts'
import { mergeCase } from '../../support/merge-cases.ts'

const hasGit = spawnSync('git', ['--version']).status === 0

it.skipIf(!hasGit)('merges as git does, but where repeated lines let it choose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'merge-'))
  const outcomes = { alike: 0, other: 0, conflictHere: 0, conflictThere: 0, conflicts: 0 }
  try {
    for (const one of fc.sample(mergeCase, { numRuns: 500, seed: 20_261_121 })) {
      // Endings and pins are ours to know: git has neither.
      const yours = one.yours
        .replace(/^\uFEFF/, '')
        .replaceAll('\r\n', '\n')
        .replace(/[^\n]$/, '$&\n')
      const paths = Object.entries({ yours, base: one.base, template: one.template }).map(([name, text]) => {
        writeFileSync(join(folder, name), text)
        return join(folder, name)
      })
      const git = spawnSync('git', ['merge-file', '-p', ...paths], { encoding: 'utf8' })
      const ours = mergeTexts({ ...one, kind: 'text', yours })
      const [clean, cleanThere] = [ours.conflicts === 0, git.status === 0]
      if (clean && cleanThere) outcomes[git.stdout === ours.text() ? 'alike' : 'other']++
      else outcomes[clean ? 'conflictThere' : cleanThere ? 'conflictHere' : 'conflicts']++
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.info('git merge-file on 500 cases:', outcomes)
  expect(outcomes.alike / (outcomes.alike + outcomes.other)).toBeGreaterThan(0.97)
  expect(outcomes.alike).toBeGreaterThan(150)
  expect(outcomes.conflictHere + outcomes.conflictThere).toBeLessThan(15)
})
