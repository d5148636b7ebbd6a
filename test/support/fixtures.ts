import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))

/** What a fixture says of itself beside its project: `fixture.json`, every key optional. */
export interface FixtureConfig {
  /** Flags of its run, besides --yes. */
  args?: string[]
  /** The run is refused with this code; there are no expected files. */
  exit?: number
  /** Booted with `docker compose up --build --wait`: a request that must answer. */
  boot?: { path: string; contains?: string; port?: number }
  /** Why `verify` can't prove it on any machine: what the table of `npm run proof` says instead of a result. */
  unproven?: string
  /** For the bench: one line of code that changes the app. */
  edit?: { file: string; from: string; to: string }
  /** Edited while `docker compose up --watch` runs: the new text must be served. */
  reload?: { file: string; from: string; to: string; path: string }
}

export interface Fixture {
  name: string
  project: string
  expected: string
  config: FixtureConfig
}

/** Every folder with a `project/`. Names starting with `bad-` are bad input. */
export function fixtures(): Fixture[] {
  return readdirSync(FIXTURES)
    .filter((name) => existsSync(join(FIXTURES, name, 'project')))
    .sort()
    .map((name) => {
      const config = join(FIXTURES, name, 'fixture.json')
      return {
        name,
        project: join(FIXTURES, name, 'project'),
        expected: join(FIXTURES, name, 'expected'),
        config: existsSync(config) ? (JSON.parse(readFileSync(config, 'utf8')) as FixtureConfig) : {},
      }
    })
}

export const goodFixtures = (): Fixture[] => fixtures().filter((fixture) => !fixture.name.startsWith('bad-'))

const made: string[] = []

/** A folder of its own under the system's temporary one, gone after the tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cpd-'))
  made.push(folder)
  return folder
}

export function copyOf(fixture: Pick<Fixture, 'project' | 'name'>): string {
  const folder = join(temporaryFolder(), fixture.name)
  cpSync(fixture.project, folder, { recursive: true })
  return folder
}

/** A folder with these files. */
export function projectOf(files: Record<string, string>): string {
  const root = join(temporaryFolder(), 'app')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** Files below a folder, relative, sorted. */
export function filesBelow(folder: string, under = ''): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(folder, `${under}${entry.name}/`) : [`${under}${entry.name}`],
    )
    .sort()
}
