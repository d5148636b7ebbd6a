import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { copyOf, type Fixture, goodFixtures, removeTemporaryFolders } from '../support/fixtures.ts'
import { hasEngine, run } from '../support/referees.ts'

afterAll(removeTemporaryFolders)

const written = (fixture: Fixture, path: string) => existsSync(join(fixture.expected, 'files', path))

/** The project with its expected files, as a user has it after a run. */
function dockerized(fixture: Fixture): string {
  const root = copyOf(fixture)
  cpSync(join(fixture.expected, 'files'), root, { recursive: true })
  return root
}

describe.skipIf(!hasEngine())('on the engine', () => {
  describe('the official build checks pass, every target of them', () => {
    it.each(
      goodFixtures()
        .filter((fixture) => written(fixture, 'Dockerfile'))
        .map((fixture) => ({ name: fixture.name, fixture })),
    )('$name', ({ fixture }) => {
      const { code, output } = run('docker', ['build', '--check', '.'], {
        cwd: dockerized(fixture),
        env: { BUILDKIT_PROGRESS: 'plain' },
      })
      expect(code, output).toBe(0)
      expect(output).toContain('no warnings found')
    })
  })

  describe('docker compose reads the compose file', () => {
    it.each(
      goodFixtures()
        .filter((fixture) => written(fixture, 'compose.yaml'))
        .map((fixture) => ({ name: fixture.name, fixture })),
    )('$name', ({ fixture }) => {
      const { code, output } = run('docker', ['compose', '--profile', '*', 'config', '--quiet'], {
        cwd: dockerized(fixture),
      })
      expect(code, output).toBe(0)
    })
  })
})
