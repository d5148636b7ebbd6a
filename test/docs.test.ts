import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
// @ts-expect-error: a plain script
import { screens, toSvg } from '../scripts/record.js'
import { helpText, verifyHelp } from '../src/help.ts'
import { FRAMEWORKS } from '../src/languages/node/frameworks.ts'
import { python } from '../src/languages/python/index.ts'
import { SERVICES } from '../src/services/index.ts'
import { run } from './support/referees.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const version = (JSON.parse(read('package.json')) as { version: string }).version

describe('what we tell is true', () => {
  it('README shows the present --help', () => expect(read('README.md')).toContain(helpText(version)))

  it('README shows the present verify --help', async () =>
    expect(read('README.md')).toContain(await verifyHelp(version)))

  it('README names every framework and service', () => {
    const text = read('README.md').toLowerCase()
    const titles = [...FRAMEWORKS, ...python.frameworks]
      .filter((row) => !['worker', 'node', 'script'].includes(row.id))
      .map((row) => row.title)
    expect(
      [...titles, ...SERVICES.map((row) => row.title)].filter(
        (title) => !text.includes(title.toLowerCase().replace(/ \(.*\)$/, '')),
      ),
    ).toEqual([])
  })

  it('every library in the bundle is named with its licence', () => {
    const files = readdirSync(new URL('../src', import.meta.url), { recursive: true, encoding: 'utf8' })
    // Templates are compiled by the build, and checks of rules are not published.
    const published = files.filter((path) => path.endsWith('.ts') && !/checks|template-body/.test(path))
    const imported = published.flatMap((path) =>
      [...read(`src/${path}`).matchAll(/(?:from |import\()'((?:@[\w-]+\/)?[a-z][\w-]*)[^']*'/g)].map(
        (match) => match[1] ?? '',
      ),
    )
    const libraries = [...new Set(imported)].filter((name) => name !== 'node')
    expect(libraries.length).toBeGreaterThan(2)
    expect(libraries.filter((name) => !read('THIRD-PARTY.md').includes(name))).toEqual([])
  })

  it('CHANGELOG has an entry for this version', () =>
    expect(read('CHANGELOG.md')).toContain(`## ${version}\n`))

  it('README says the exit codes that the code has', () => {
    const codes = [...read('src/errors.ts').matchAll(/^ {2}\w+: (\d+),$/gm)].map((match) => match[1])
    expect(codes.length).toBe(8)
    for (const code of codes) expect(read('README.md')).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
  })

  it.skipIf(!run('script', ['--version']).output.includes('util-linux'))(
    'the recording shows the present output',
    async () => {
      expect(toSvg(await screens())).toBe(read('docs/recording.svg'))
    },
  )
})
