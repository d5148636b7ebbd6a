import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseFlags } from '../../src/command-line.ts'
import { runExplain } from '../../src/commands/explain.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'
import { runOnce } from '../support/run.ts'

afterAll(removeTemporaryFolders)

const LOCK = { name: 'shop', lockfileVersion: 3, packages: {} }
const app = () =>
  projectOf({
    'package.json': { name: 'shop', scripts: { start: 'node server.js' }, dependencies: { express: '^5' } },
    'package-lock.json': LOCK,
    'server.js': "require('express')().listen(process.env.PORT || 3000)\n",
  }).root
const read = (root: string) => readFileSync(join(root, 'Dockerfile'), 'utf8')

/** What is said of the line that has this text. */
async function explain(root: string, text: string): Promise<string> {
  let said = ''
  const io = {
    cwd: root,
    env: { NO_COLOR: '1' },
    stdin: process.stdin,
    stdout: process.stdout,
    isTerminal: () => false,
    say: (more: string) => (said += more),
    complain: (more: string) => (said += more),
  }
  const line =
    read(root)
      .split('\n')
      .findIndex((one) => one.includes(text)) + 1
  expect(line).toBeGreaterThan(0)
  await runExplain(parseFlags(['explain', `Dockerfile:${line}`]), io, '0.0.0')
  return said
}

describe('explain Dockerfile:12', () => {
  it('knows its own lines, though a run would write others by now', async () => {
    const root = app()
    await runOnce(root)
    const before = await explain(root, 'npm ci')
    expect(before).toMatch(/PD\d+/)
    rmSync(join(root, 'package-lock.json'))
    writeFileSync(join(root, 'pnpm-lock.yaml'), "lockfileVersion: '9.0'\n")
    expect(await explain(root, 'npm ci')).toBe(
      `${before}An earlier run wrote this line; a run now would write another.\n`,
    )
    expect(await explain(root, 'EXPOSE')).not.toContain('earlier run')
  })

  it('knows those of older templates', async () => {
    const root = app()
    const newer = (id: string, text: string) =>
      id === 'dockerfile' ? text.replace('EXPOSE', 'EXPOSE 1\nEXPOSE') : text
    await runOnce(root, { newer })
    expect(await explain(root, 'EXPOSE 1')).toContain('An earlier run wrote this line')
  })

  it('says which lines are people’s own', async () => {
    const root = app()
    await runOnce(root)
    writeFileSync(join(root, 'Dockerfile'), `# mine\n${read(root)}`)
    await expect(explain(root, '# mine')).rejects.toThrow('Dockerfile:1 is yours')
    expect(await explain(root, 'npm ci')).toMatch(/PD\d+/)
  })
})
