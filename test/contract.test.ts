import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FRAMEWORKS } from '../src/languages/node/frameworks.ts'
import { PACKAGE_MANAGERS } from '../src/languages/node/package-manager.ts'
import { python } from '../src/languages/python/index.ts'
import { render } from '../src/render.ts'
import { RULES } from '../src/rules/index.ts'
import { SERVICES } from '../src/services/index.ts'
import { goodFixtures } from './support/fixtures.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const below = (folder: string, ending: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => ({ path: join(folder, path), text: readFileSync(join(ROOT, folder, path), 'utf8') }))
const templates = below('templates', '.ejs')
const code = below('src', '.ts')
const ids = new Set(RULES.map((rule) => rule.id as string))

describe('rules', () => {
  it.each([...templates, ...code])('$path names only rules that exist', ({ text }) => {
    const named = [...text.matchAll(/\bPD\d{3}\b/g)].map((match) => match[0])
    expect(named.filter((id) => !ids.has(id))).toEqual([])
  })

  it('each is named by a template, a warning or a decision', () => {
    const used = [...templates, ...code.filter(({ path }) => !path.startsWith(join('src', 'rules')))]
      .map(({ text }) => text)
      .join('\n')
    expect([...ids].filter((id) => !used.includes(id))).toEqual([])
  })
})

describe('templates', () => {
  it.each(templates)('$path is short and decides nothing', ({ text }) => {
    expect(text.split('\n').length).toBeLessThanOrEqual(175)
    const logic = [...text.matchAll(/<%_? (.*?) _?%>/g)].map((match) => match[1] as string)
    expect(logic.filter((line) => /&&|\|\||===|\?|\bfunction\b/.test(line))).toEqual([])
  })

  it('a name that is missing throws, and so does a value that is null', () => {
    expect(() => render('shared/env-example.ejs', {})).toThrow()
    expect(() => render('node/Dockerfile.ejs', { frontend: null })).toThrow()
  })
})

describe('every row has a fixture', () => {
  const facts = goodFixtures()
    .map(({ expected }) =>
      existsSync(join(expected, 'facts.txt')) ? readFileSync(join(expected, 'facts.txt'), 'utf8') : '',
    )
    .join('\n')
  const values = (key: string) =>
    new Set(
      [...facts.matchAll(new RegExp(`^${key} = (.*)$`, 'gm'))].flatMap(
        (match) => [JSON.parse(match[1] as string)].flat() as string[],
      ),
    )

  it('frameworks', () => {
    const rows = [...new Set([...FRAMEWORKS, ...python.frameworks].map((row) => row.id))]
    expect(rows.filter((id) => !values('framework').has(id))).toEqual([])
  })
  it('package managers', () => {
    expect(
      [...PACKAGE_MANAGERS, ...python.packageManagers].filter((id) => !values('packageManager').has(id)),
    ).toEqual([])
  })
  it('services', () =>
    expect(SERVICES.map((row) => row.id).filter((id) => !values('services').has(id))).toEqual([]))
})
