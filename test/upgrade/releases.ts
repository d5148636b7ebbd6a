import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpack } from '../../src/state/lock.ts'

const FOLDER = fileURLToPath(new URL('../releases/', import.meta.url))

/** What a release wrote for a fixture, and would find again. */
export interface Released {
  release: string
  fixture: string
  lock: string
  answers: string | null
  files: { id: string; path: string; text: string }[]
}

/** The versions that are kept, oldest first. */
export const RELEASES: readonly string[] = readdirSync(FOLDER)
  .filter((name) => /^\d/.test(name))
  .sort(new Intl.Collator('en', { numeric: true }).compare)

/** All that a release wrote, by the fixture's name. */
export function releasedBy(release: string): Released[] {
  return readdirSync(join(FOLDER, release))
    .sort()
    .map((name) => {
      const { lock, answers } = JSON.parse(readFileSync(join(FOLDER, release, name), 'utf8'))
      const entries: Record<string, { path: string; z: string }> = JSON.parse(lock).files
      return {
        release,
        fixture: name.replace(/\.json$/, ''),
        lock,
        answers,
        files: Object.entries(entries).map(([id, { path, z }]) => ({ id, path, text: unpack(z) })),
      }
    })
}
