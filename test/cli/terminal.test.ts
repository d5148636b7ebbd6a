import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { copyOf, filesBelow, fixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { KEYS, session } from '../support/packed.ts'
import { run } from '../support/referees.ts'

afterAll(removeTemporaryFolders)

const hasScript = run('script', ['--version']).output.includes('util-linux')
const express = () =>
  copyOf(fixtures().find(({ name }) => name === 'node-express-ts') as { name: string; project: string })
const plain = (screen: string) => stripVTControlCharacters(screen)

// util-linux's `script` gives the pseudo-terminal: macOS and Windows have none of that name.
describe.skipIf(!hasScript)('at a terminal', () => {
  it('shows what was found, asks little, writes once, and tells how to repeat it', async () => {
    const root = express()
    const { code, screen } = await session(
      [],
      [
        { after: 'Looks right?', keys: KEYS.enter },
        { after: 'beyond those detected?', keys: KEYS.enter },
        { after: 'A pipeline', keys: KEYS.enter },
        { after: 'And which of these?', keys: KEYS.enter },
      ],
      { cwd: root },
    )
    const text = plain(screen)
    expect(code).toBe(0)
    expect(text).toContain('Detected')
    expect(text).toMatch(/Framework +Express +package\.json#dependencies\.express/)
    expect(text).toMatch(/create +Dockerfile/)
    expect(text).toContain('docker compose up --build --watch')
    expect(text).toContain('npx create-prod-docker@latest --yes')
    expect(filesBelow(root)).toContain('compose.yaml')
  })

  it('lets a fact be changed, and repeats the change in the line at the end', async () => {
    const root = express()
    const { code, screen } = await session(
      [],
      [
        { after: 'Looks right?', keys: KEYS.down + KEYS.enter },
        { after: 'Change what?', keys: KEYS.down.repeat(4) + KEYS.enter },
        { after: 'port that the app listens on', keys: `${'\u007f'.repeat(5)}4567${KEYS.enter}` },
        { after: 'Looks right?', keys: KEYS.enter },
        { after: 'beyond those detected?', keys: KEYS.enter },
        { after: 'A pipeline', keys: KEYS.enter },
        { after: 'And which of these?', keys: KEYS.enter },
      ],
      { cwd: root },
    )
    expect(code).toBe(0)
    expect(plain(screen)).toContain('--port 4567')
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain('EXPOSE 4567')
  })

  it('asks which of several files is the one, then goes through advice piece by piece', async () => {
    const root = express()
    const own = 'FROM node:24-trixie-slim\nUSER node\nCMD node dist/server.js\n'
    writeFileSync(join(root, 'Dockerfile.api'), own)
    writeFileSync(join(root, 'Dockerfile.jobs'), own)
    const { code, screen } = await session(
      [],
      [
        { after: 'Which Dockerfile', keys: KEYS.enter },
        { after: 'Looks right?', keys: KEYS.enter },
        { after: 'beyond those detected?', keys: KEYS.enter },
        { after: 'A pipeline', keys: KEYS.enter },
        { after: 'And which of these?', keys: KEYS.enter },
        // The syntax line: take it. One stage: never. The name of the user: later. The shell: take it.
        { after: '1 of 4', keys: KEYS.enter },
        { after: '2 of 4', keys: KEYS.down + KEYS.enter },
        { after: '3 of 4', keys: KEYS.down + KEYS.enter },
        { after: '4 of 4', keys: KEYS.enter },
      ],
      { cwd: root },
    )
    expect(code).toBe(3)
    expect(plain(screen)).toMatch(/advise +Dockerfile\.api +yours; advice taken; 1 suggestion/)
    expect(readFileSync(join(root, 'Dockerfile.api'), 'utf8')).toBe(
      `# syntax=docker/dockerfile:1\n${own.replace('CMD node dist/server.js', 'CMD ["node", "dist/server.js"]')}`,
    )
    expect(readFileSync(join(root, 'Dockerfile.jobs'), 'utf8')).toBe(own)
    expect(readFileSync(join(root, '.prod-docker/lock.json'), 'utf8')).toContain('"refused":["PD003"]')
  })

  it.each([
    { question: 'Looks right?', before: [] },
    { question: 'beyond those detected?', before: ['Looks right?'] },
    { question: 'A pipeline', before: ['Looks right?', 'beyond those detected?'] },
    { question: 'And which of these?', before: ['Looks right?', 'beyond those detected?', 'A pipeline'] },
  ])('Ctrl-C at "$question" writes nothing and exits 130', async ({ question, before }) => {
    const root = express()
    const tree = filesBelow(root)
    const { code, screen } = await session(
      [],
      [...before.map((after) => ({ after, keys: KEYS.enter })), { after: question, keys: KEYS.ctrlC }],
      { cwd: root },
    )
    expect(code).toBe(130)
    expect(plain(screen)).toContain('Cancelled. Nothing was written.')
    expect(filesBelow(root)).toEqual(tree)
  })

  it.each([{ env: { CI: '1' } }, { env: { CLAUDECODE: '1' } }])(
    'asks nothing under $env',
    async ({ env }) => {
      const root = express()
      const { code, screen } = await session([], [], { cwd: root, env })
      expect(code).toBe(0)
      expect(plain(screen)).not.toContain('Looks right?')
      expect(filesBelow(root)).toContain('Dockerfile')
    },
  )

  it('uses colour at a terminal, and none under NO_COLOR', async () => {
    const coloured = await session(['--yes'], [], { cwd: express() })
    expect(coloured.screen).toContain('\u001b[32mcreate')
    const plainly = await session(['--yes'], [], { cwd: express(), env: { NO_COLOR: '1' } })
    expect(plainly.screen).not.toContain('\u001b[3')
  })
})
