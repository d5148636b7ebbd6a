import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { age } from '../support/aged.ts'
import { copyOf, filesBelow, fixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { cli, KEYS, session } from '../support/packed.ts'
import { run } from '../support/referees.ts'

afterAll(removeTemporaryFolders)

const hasScript = run('script', ['--version']).output.includes('util-linux')
const express = fixtures().find(({ name }) => name === 'node-express-ts') as { name: string; project: string }
const read = (root: string, path = 'Dockerfile') => readFileSync(join(root, path), 'utf8')
const stamp = (root: string) =>
  filesBelow(root).map((path) => [path, statSync(join(root, path)).mtimeMs, read(root, path)])

/** Written by an older release, edited since: one stretch that both changed, one that only we did. */
async function conflicted(): Promise<string> {
  const root = copyOf(express)
  expect((await cli(['--yes'], { cwd: root })).code).toBe(0)
  age(root, 'dockerfile', (text) =>
    text
      .replace('# Development: docker compose up --build --watch\n', '# Older words\n')
      .replace('EXPOSE 3000\n', ''),
  )
  writeFileSync(join(root, 'Dockerfile'), read(root).replace('# Older words\n', '# My words\n'))
  return root
}
const OURS = '# Development: docker compose up --build --watch\n'

describe('without a terminal', () => {
  it('holds everything back, exits 3, and names what to do', async () => {
    const root = await conflicted()
    const before = stamp(root)
    const { code, stdout } = await cli(['--yes'], { cwd: root })
    expect(code).toBe(3)
    expect(stdout).toMatch(/conflict +Dockerfile +1 conflict/)
    expect(stdout).toContain('Nothing was written.')
    expect(stdout).toContain('--on-conflict keep')
    expect(stamp(root)).toEqual(before)
    expect((await cli(['--check'], { cwd: root })).code).toBe(3)
  })

  it('tells all three texts in --json and in --diff', async () => {
    const root = await conflicted()
    const document = JSON.parse((await cli(['--json'], { cwd: root })).stdout)
    const file = document.files.find(({ id }: { id: string }) => id === 'dockerfile')
    expect(file).toMatchObject({ action: 'conflict' })
    expect(file.conflicts).toEqual([
      {
        line: expect.any(Number),
        base: '# Older words',
        yours: '# My words',
        template: OURS.trim(),
        rule: expect.stringMatching(/^PD\d{3}$/),
        from: 'template',
      },
    ])
    expect(file.causes[0]).toMatchObject({ from: 'template' })
    const { stdout } = await cli(['--diff'], { cwd: root })
    expect(stdout).toContain('  - # Older words')
    expect(stdout).toContain('  + # My words')
  })

  it('keeps what was edited under --on-conflict keep, and takes the rest', async () => {
    const root = await conflicted()
    expect((await cli(['--yes', '--on-conflict', 'keep'], { cwd: root })).code).toBe(0)
    expect(read(root)).toContain('# My words')
    expect(read(root)).toContain('EXPOSE 3000')
    expect((await cli(['--check'], { cwd: root })).code).toBe(0)
  })

  it('knows no other policy', async () => {
    const { code, stderr } = await cli(['--yes', '--on-conflict', 'kep'], { cwd: copyOf(express) })
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean keep?')
  })
})

describe.skipIf(!hasScript)('at a terminal', () => {
  const decide = async (keys: string, more: { after: string; keys: string }[] = []) => {
    const root = await conflicted()
    const before = stamp(root)
    const { code, screen } = await session(
      [],
      [{ after: 'Looks right?', keys: KEYS.enter }, { after: 'Which lines shall stand?', keys }, ...more],
      { cwd: root },
    )
    return { root, before, code, text: stripVTControlCharacters(screen) }
  }

  it('shows both sides and the rule, and keeps mine by default', async () => {
    const { root, code, text } = await decide(KEYS.enter)
    expect(code).toBe(0)
    expect(text).toMatch(/conflict 1 of 1 +PD\d{3} \S/)
    expect(text).toContain('you changed')
    expect(text).toContain('+ # My words')
    expect(text).toContain('new here')
    expect(read(root)).toContain('# My words')
    expect(read(root)).toContain('EXPOSE 3000')
  })

  it('takes the new lines', async () => {
    const { root, code } = await decide(KEYS.down + KEYS.enter)
    expect(code).toBe(0)
    expect(read(root)).toContain(OURS)
    expect(read(root)).not.toContain('# My words')
  })

  it('takes lines that are typed', async () => {
    const { root, code } = await decide(KEYS.down.repeat(2) + KEYS.enter, [
      { after: 'The lines that shall stand', keys: ` and more${KEYS.enter}${KEYS.enter}` },
    ])
    expect(code).toBe(0)
    expect(read(root)).toContain('# My words and more\n')
  })

  it('leaves it for later: exit 3, the rest is merged, and it comes back', async () => {
    const { root, code } = await decide(KEYS.down.repeat(4) + KEYS.enter)
    expect(code).toBe(3)
    expect(read(root)).toContain('# My words')
    expect(read(root)).toContain('EXPOSE 3000')
    const again = JSON.parse((await cli(['--json'], { cwd: root })).stdout)
    expect(again.files.find(({ id }: { id: string }) => id === 'dockerfile').conflicts).toHaveLength(1)
  })

  it.each([
    { how: 'Quit', keys: KEYS.down.repeat(5) + KEYS.enter },
    { how: 'Ctrl-C', keys: KEYS.ctrlC },
    { how: 'the end of input', keys: '\u0004' },
  ])('$how writes nothing', async ({ keys }) => {
    const { root, before, code, text } = await decide(keys)
    expect(code).toBe(130)
    expect(text).toContain('Cancelled. Nothing was written.')
    expect(stamp(root)).toEqual(before)
  })
})
