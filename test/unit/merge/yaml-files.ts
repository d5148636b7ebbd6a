import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FIXTURES = join(import.meta.dirname, '../../fixtures')

/** Every file of the fixtures, projects and what we write, whose path the pattern takes: path to text. */
export function fixtureFiles(pattern: RegExp): Map<string, string> {
  const paths = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => pattern.test(path) && !path.includes('/node_modules/'))
  return new Map(paths.sort().map((path) => [path, readFileSync(join(FIXTURES, path), 'utf8')]))
}
