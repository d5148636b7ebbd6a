import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readDockerfile } from '../../src/dockerfile-reader/read.ts'
import { rootImage } from '../../src/dockerfile-reader/stages.ts'
import {
  copyOf,
  type Fixture,
  goodFixtures,
  removeTemporaryFolders,
  temporaryFolder,
} from '../support/fixtures.ts'
import {
  build,
  bytesOf,
  docker,
  type Entry,
  type Layer,
  layerDigests,
  layersAbove,
  sum,
} from '../support/images.ts'
import { hasEngine } from '../support/referees.ts'
import { YARDSTICKS, type Yardstick, yardstickFile } from './yardsticks.ts'

const MINUTES = 60_000
/** A few of each kind always; with FLOOR=all, every fixture that has a yardstick; with FLOOR=name, that one. */
const USUAL = ['node-express-ts', 'node-next-standalone', 'python-fastapi-uv']
const asked = process.env['FLOOR']
const measured = goodFixtures().filter(
  ({ name }) => name in YARDSTICKS && (asked === 'all' || (asked?.split(',') ?? USUAL).includes(name)),
)

const images = new Set<string>()
const table: Record<string, Record<string, string | number | boolean>> = {}

afterAll(async () => {
  if (images.size > 0) await docker(['image', 'rm', '--force', ...images], '.')
  removeTemporaryFolders()
  if (Object.keys(table).length > 0) console.table(table)
})

function dockerized(fixture: Fixture): string {
  const root = copyOf(fixture)
  cpSync(join(fixture.expected, 'files'), root, { recursive: true })
  return root
}

function baseOf(root: string): string {
  const { stages } = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
  return rootImage(stages.at(-1) as (typeof stages)[number])
}

async function built(root: string, tag: string, ...flags: string[]) {
  images.add(tag)
  return await build(root, tag, ...flags)
}

/** Paths and sizes of what an independent install and build give. */
async function measure(
  fixture: Fixture,
  yardstick: Yardstick,
): Promise<{ dependencies: Entry[]; app: Entry[] }> {
  const root = copyOf(fixture)
  const out = temporaryFolder()
  writeFileSync(join(root, 'Dockerfile'), yardstickFile(yardstick))
  const done = await docker(['build', '--progress=plain', '--output', `type=local,dest=${out}`, '.'], root)
  expect(done.exitCode, done.all.slice(-4000)).toBe(0)
  const read = (name: string) =>
    readFileSync(join(out, name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [bytes, path] = line.split('\t') as [string, string]
        return { path, bytes: Number(bytes) } as Entry
      })
  return { dependencies: read('dependencies'), app: read('app') }
}

const INSTALLED_RE = /(?:^|\/)(?:node_modules|site-packages)\//
/** What must not be above the base: in dependencies it is theirs. */
const NEVER: readonly { what: string; path: RegExp; except?: RegExp }[] = [
  {
    what: 'a test',
    path: /(?:^|\/)(?:__tests__|tests?|e2e)\/|\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:test_[^/]*|[^/]*_test|tests|conftest)\.py$/,
    except: INSTALLED_RE,
  },
  {
    what: 'a source map',
    path: /\.map$/,
    except: /(?:^|\/)(?:node_modules|site-packages|nginx\/html)\/|\/public\/|\/client\//,
  },
  {
    what: 'a lockfile',
    path: /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|[\w-]+\.lock|bun\.lockb|Pipfile\.lock)$/,
    except: INSTALLED_RE,
  },
  {
    what: 'a cache',
    path: /^root\/|(?:^|\/)(?:\.npm|\.pnpm-store|\.yarn\/cache|\.cache|pip-cache|\.next\/cache)\/|^var\/(?:cache|log)\/.|^var\/lib\/apt\/lists\/./,
  },
  {
    what: 'a package manager',
    path: /(?:^|\/)bin\/(?:npm|npx|pnpm|pnpx|yarn|corepack|pip3?|uv|uvx|poetry|pdm|pipenv)$|node_modules\/(?:npm|pnpm|yarn)\/package\.json$|site-packages\/(?:pip|poetry|pdm|pipenv|uv)\/__init__\.py$/,
  },
  {
    what: 'a compiler',
    path: /(?:^|\/)bin\/(?:\S*-)?(?:gcc|g\+\+|cc|c\+\+|clang|make|cmake|rustc|cargo|go|javac)(?:-\d+)?$/,
  },
]

const packagesOf = (entries: readonly Entry[], root: RegExp): string[] => [
  ...new Set(entries.flatMap(({ path }) => root.exec(path)?.[1] ?? [])),
]
/** `zod` of `…/node_modules/zod/package.json`, `flask-3.1.2` of `…/site-packages/flask-3.1.2.dist-info/METADATA`. */
const PACKAGE_RE =
  /(?:node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\/package\.json|site-packages\/([^/]+)\.dist-info\/METADATA)$/

async function edit(root: string, { file, from, to }: { file: string; from: string; to: string }) {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

/** A release that changes nothing else, as `npm version` and `uv version` make it. */
function bumpVersion(root: string, files: readonly string[]): void {
  for (const file of files) {
    const path = join(root, file)
    const text = readFileSync(path, 'utf8')
    const name = /^\s*"?name"?\s*[:=]\s*"([^"]+)"/m.exec(text)?.[1] ?? ''
    let next = text
    if (file === 'package.json' || file === 'pyproject.toml')
      next = text.replace(/^(\s*"?version"?\s*[:=]\s*)"[^"]*"/m, '$1"9.9.9"')
    else if (file === 'package-lock.json') {
      const lock = JSON.parse(text) as { version?: string; packages: Record<string, { version?: string }> }
      lock.version = '9.9.9'
      if (lock.packages['']) lock.packages[''].version = '9.9.9'
      next = `${JSON.stringify(lock, null, 2)}\n`
    } else if (file === 'uv.lock') {
      const own = /^name = "([^"]+)"\nversion = "[^"]*"\nsource = \{ (?:virtual|editable) = "\." \}/m.exec(
        text,
      )
      next = own ? text.replace(own[0], own[0].replace(/version = "[^"]*"/, 'version = "9.9.9"')) : text
    }
    expect(next, `${file} of ${name} has a version`).not.toBe(text)
    writeFileSync(path, next)
  }
}

/** What is the same in two images that were built from the same: all but the times. */
const contentOf = (layers: readonly Layer[], varies?: RegExp) =>
  layers.map(({ entries }) =>
    entries
      .filter(({ path }) => !varies?.test(path))
      .map(({ path, type, mode, owner, bytes, link, sha }) =>
        [path, type, mode, owner, bytes, link, sha].join(' '),
      )
      .sort(),
  )

describe.skipIf(!hasEngine())('images at the floor', () => {
  describe.each(measured)('$name', (fixture) => {
    const yardstick = YARDSTICKS[fixture.name] as Yardstick
    // Each with a tag: `docker image save` takes a bare name for all of its tags.
    const name = `cpd-floor-${fixture.name}`
    const tag = `${name}:first`
    const change = yardstick.edit ?? fixture.config.edit ?? fixture.config.reload
    const root = hasEngine() ? dockerized(fixture) : ''
    const row: (typeof table)[string] = {}
    table[fixture.name] = row

    it(
      'is the base, production dependencies and the app',
      async () => {
        row['cold s'] = Math.round((await built(root, tag)).seconds)
        const base = baseOf(root)
        const layers = await layersAbove(tag, await layerDigests(base))
        const { dependencies, app } = await measure(fixture, yardstick)
        const baseBytes = await bytesOf(base)
        const size = baseBytes + sum(layers)
        const floor = baseBytes + sum(dependencies) + sum(app)
        Object.assign(row, {
          size,
          floor,
          'over %': percent(size / floor - 1),
          'above base': sum(layers),
          'over % of that': percent(sum(layers) / (sum(dependencies) + sum(app)) - 1),
        })

        const entries = layers.flatMap((layer) => layer.entries).filter(({ type }) => type !== 'folder')
        const found = NEVER.flatMap(({ what, path, except }) =>
          entries
            .filter((entry) => path.test(entry.path) && !except?.test(entry.path))
            .map((entry) => `${what}: ${entry.path}`),
        )
        expect(found).toEqual([])
        const allowed = new Set([...packagesOf([...dependencies, ...app], PACKAGE_RE)])
        expect(
          packagesOf(entries, PACKAGE_RE).filter((name) => !allowed.has(name)),
          'packages that are none of production',
        ).toEqual([])
        const paths = entries.map(({ path }) => path)
        expect(paths.length - new Set(paths).size, 'files that a later layer brings again').toBeLessThan(8)
        expect(size).toBeLessThan(floor * 1.02)
        expect(sum(layers), 'of what we put above the base').toBeLessThan(
          (sum(dependencies) + sum(app)) * 1.02 + 8_192,
        )
      },
      15 * MINUTES,
    )

    it(
      'does nothing when nothing changed',
      async () => {
        const again = await built(root, tag)
        row['no-op s'] = Number(again.seconds.toFixed(1))
        expect(again.worked).toEqual([])
      },
      5 * MINUTES,
    )

    it.skipIf(!change)(
      'one line changes one layer, and that is the app’s own code',
      async () => {
        const base = await layerDigests(baseOf(root))
        const before = contentOf(await layersAbove(tag, base)).map((lines) => lines.join('\n'))
        const edited = dockerized(fixture)
        await edit(edited, change as NonNullable<typeof change>)
        const { worked, seconds } = await built(edited, `${name}:edited`)
        // By content: a build without cache, in a run before this one, may have left a twin of a layer with other times.
        const changed = (await layersAbove(`${name}:edited`, base)).filter(
          (layer) => !before.includes(contentOf([layer])[0]?.join('\n') as string),
        )
        Object.assign(row, {
          'edit s': Number(seconds.toFixed(1)),
          'edit layers': changed.length,
          'edit bytes': sum(changed),
          'edit gzip': changed.reduce((all, { gzip }) => all + gzip, 0),
        })
        expect(
          worked.filter((step) => /^\[(?:deps|prod-deps|lock)\b/.test(step)),
          'installed anew',
        ).toEqual([])
        expect(changed.map(({ entries }) => entries.slice(0, 5).map(({ path }) => path))).toHaveLength(1)
        const libraries = changed
          .flatMap(({ entries }) => entries)
          .filter(({ path, type }) => type === 'file' && INSTALLED_RE.test(path))
        expect(sum(libraries), 'dependencies in the layer of the app').toBe(0)
      },
      15 * MINUTES,
    )

    it.skipIf(yardstick.version.length === 0)(
      'a new version number installs nothing anew',
      async () => {
        const released = dockerized(fixture)
        bumpVersion(released, yardstick.version)
        const { worked } = await built(released, `${name}:released`)
        const installs = worked.filter((step) => /^\[(?:deps|prod-deps)\b/.test(step))
        row['bump'] = installs.length === 0
        expect(installs).toEqual([])
      },
      15 * MINUTES,
    )

    it.skipIf(asked === undefined && fixture.name !== 'node-express-ts')(
      'two builds without cache give the same files',
      async () => {
        const base = await layerDigests(baseOf(root))
        await built(root, `${name}:again`, '--no-cache')
        const [first, second] = [
          contentOf(await layersAbove(tag, base), yardstick.varies),
          contentOf(await layersAbove(`${name}:again`, base), yardstick.varies),
        ]
        const different = first.flatMap((layer, index) =>
          layer.filter((line) => !second[index]?.includes(line)),
        )
        row['same files'] = different.length === 0
        expect(different.slice(0, 20)).toEqual([])
        expect(second.map((layer) => layer.length)).toEqual(first.map((layer) => layer.length))
      },
      15 * MINUTES,
    )
  })
})

const percent = (part: number) => Number((part * 100).toFixed(2))
