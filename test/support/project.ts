import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Project } from '../../src/project.ts'
import { temporaryFolder } from './fixtures.ts'

/** A project made of these files; an object is written as JSON. */
export function projectOf(files: Record<string, string | object>): Project {
  const root = temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return new Project({ root })
}
