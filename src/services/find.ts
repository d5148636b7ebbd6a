import { type Fact, fact } from '../facts.ts'
import type { ServiceId, Variable } from '../model.ts'
import type { Project } from '../project.ts'
import { FILE_DRIVERS } from './databases.ts'
import { SERVICES } from './index.ts'
import { prismaProvider, sourceOfDependency, sourceOfExtra } from './signs.ts'
import type { Ecosystem, ServiceRow, Signs } from './types.ts'
import { isForTests, isPlacing, samplesOf, schemeBase, serviceOf, switchOf } from './variables.ts'

export interface ServiceSearch {
  ecosystem: Ecosystem
  /** Production dependencies, by name. */
  dependencies: ReadonlyMap<string, string>
  project: Project
  variables: readonly Variable[]
}

export interface FoundServices {
  services: Fact<ServiceId[]>
  each: { id: ServiceId; source: string }[]
  /**
   * Databases that a driver alone speaks of, left out beside one that the project's own variables place; and what a switch
   * of the app's leaves off.
   */
  left: { row: ServiceRow; source: string; off?: string }[]
}

/** What a sign is worth: a driver may lie around, a URL or an ORM's setting says what is used. */
const DRIVER = 1
const STATED = 2

interface Sign {
  worth: number
  source: string
}

/**
 * Drivers whose server is a cloud's, reached over HTTP: a URL beside one of these says nothing of a server that could
 * stand next to the app.
 */
const HOSTED_DRIVERS = [
  '@neondatabase/serverless',
  '@vercel/postgres',
  '@planetscale/database',
  '@libsql/client',
  '@xata.io/client',
]

/** The backing services that the project needs, each with the place that says so. */
export function findServices(search: ServiceSearch): FoundServices {
  const found = new Map<ServiceRow, Sign>()
  for (const row of SERVICES) {
    const sign = best([...statedSigns(row, search), ...driverSigns(row, search)])
    if (sign) found.set(row, sign)
  }
  for (const row of SERVICES) {
    if (
      !row.defaultOf ||
      found.has(row) ||
      [...found.keys()].some(({ id }) => row.defaultOf?.unless.includes(id))
    )
      continue
    const [source] = dependencySources(row.defaultOf, search)
    if (source) found.set(row, { worth: DRIVER, source: `${source} (its default broker)` })
  }
  dropDoubles(found, search)
  const off = dropSwitchedOff(found, search)
  const left = dropUnplaced(found, search)
  const each = [...found].map(([row, sign]) => ({ id: row.id, source: sign.source }))
  const sources = each.map(({ source }) => source)
  const isStated = [...found.values()].every(({ worth }) => worth === STATED)
  return {
    services: each.length
      ? fact(
          each.map(({ id }) => id),
          [...new Set(sources)].join(', '),
          isStated ? 'certain' : 'likely',
        )
      : fact([], 'no driver among the dependencies', 'likely'),
    each,
    left: [...left.map(([row, { source }]) => ({ row, source })), ...off],
  }
}

function best(signs: readonly Sign[]): Sign | undefined {
  return signs.reduce<Sign | undefined>(
    (top, sign) => (top && top.worth >= sign.worth ? top : sign),
    undefined,
  )
}

function statedSigns(row: ServiceRow, search: ServiceSearch): Sign[] {
  const signs: Sign[] = []
  // Of signs as good, the first is told: a schema knows best.
  const prisma = search.ecosystem === 'npm' && row.kind === 'database' ? prismaProvider(search) : null
  if (prisma?.service === row.id) signs.push({ worth: STATED, source: prisma.source })
  const hosted =
    row.kind === 'database' &&
    HOSTED_DRIVERS.some((name) => search.dependencies.has(name)) &&
    !driverSigns(row, search).length
  for (const variable of hosted ? [] : search.variables) {
    if (variable.public || isForTests(variable.name)) continue
    if (
      !samplesOf(variable).some((sample) => row.schemes.includes(schemeBase(sample))) &&
      !namesEngine(row, variable, search.ecosystem)
    )
      continue
    signs.push({ worth: STATED, source: variable.sources[0] ?? variable.name })
  }
  const re = row.code?.[search.ecosystem]
  if (re && signs.length === 0) signs.push(...codeSigns(row, re, search))
  return signs
}

/** `DB_TYPE=postgres` in a sample. */
function namesEngine(row: ServiceRow, { name, default: own, example }: Variable, ecosystem: Ecosystem) {
  const sample = (own || example || '').split('.').pop() as string
  if (sample === '') return false
  // To a drop-in the original's name is as good, and says nothing of it.
  return row.variables.some(
    ([test, give]) =>
      typeof give === 'object' &&
      'engine' in give &&
      (row.standsFor ? sample === row.id : give.engine[ecosystem].includes(sample)) &&
      test.test(name),
  )
}

/** ORMs and clients whose presence makes a pattern in code worth a look. */
const SPEAKERS: Readonly<Record<Ecosystem, readonly string[]>> = {
  npm: [
    'typeorm',
    '@nestjs/typeorm',
    'sequelize',
    '@nestjs/sequelize',
    'sequelize-typescript',
    'knex',
    'drizzle-orm',
    '@mikro-orm/core',
    'kysely',
    'objection',
    'bookshelf',
    '@adonisjs/lucid',
    '@keystone-6/core',
    '@strapi/strapi',
  ],
  pypi: ['django', 'boto3', 'aioboto3', 'aiobotocore'],
}
const EXTENSIONS: Readonly<Record<Ecosystem, readonly string[]>> = {
  npm: ['.ts', '.js', '.mts', '.mjs', '.cjs', '.cts'],
  pypi: ['.py'],
}
const COMMENT_RE = /^\s*(?:\/\/|#|\*)/

function codeSigns(
  row: ServiceRow,
  re: RegExp,
  { ecosystem, dependencies, project, variables }: ServiceSearch,
): Sign[] {
  const isMail = row.kind === 'mail'
  if (
    isMail
      ? !variables.some(({ name }) => row.weak?.variables.test(name))
      : !SPEAKERS[ecosystem].some((name) => dependencies.has(name))
  )
    return []
  for (const path of project.sources(EXTENSIONS[ecosystem])) {
    const text = project.source(path)
    const match = text ? re.exec(text) : null
    if (!text || !match) continue
    const start = text.lastIndexOf('\n', match.index) + 1
    if (COMMENT_RE.test(text.slice(start, match.index + 1))) continue
    return [{ worth: STATED, source: `${path}:${text.slice(0, match.index).split('\n').length}` }]
  }
  return []
}

function driverSigns(row: ServiceRow, search: ServiceSearch): Sign[] {
  const signs = dependencySources(row.drivers, search).map((source) => ({ worth: DRIVER, source }))
  if (row.weak) {
    const [library] = dependencySources(row.weak, search)
    const second =
      library && search.variables.find(({ name }) => !isForTests(name) && row.weak?.variables.test(name))
    if (second) signs.push({ worth: DRIVER, source: `${library} with ${second.name}` })
  }
  return signs
}

function dependencySources(signs: Signs, { ecosystem, dependencies, project }: ServiceSearch): string[] {
  return signs[ecosystem].flatMap((sign) => {
    const [name, extra] = sign.replace(']', '').split('[') as [string, string?]
    if (!dependencies.has(name)) return []
    return (extra ? sourceOfExtra(project, name, extra) : sourceOfDependency(project, ecosystem, name)) ?? []
  })
}

/** Of relatives, and of several databases of which only some are stated, those with the better sign stay. */
function dropDoubles(found: Map<ServiceRow, Sign>, search: ServiceSearch): void {
  for (const [row, sign] of [...found]) {
    const other = [...found].find(([{ id }]) => id === row.standsFor)
    if (!other) continue
    // A client of the drop-in is no accident where the original's URL is as good for both.
    found.delete(row.kind === 'database' && other[1].worth > sign.worth ? row : other[0])
  }
  const isSql = ({ id }: ServiceRow) => id === 'postgres' || id === 'mysql' || id === 'mariadb'
  const named = [...found.keys()].filter(isSql)
  // Settings name each server that they know of: what they speak to is what is installed.
  if (search.ecosystem === 'pypi' && named.length > 1)
    for (const row of named) {
      const original = SERVICES.find(({ id }) => id === row.standsFor)
      if (![row, original].some((one) => one && driverSigns(one, search).length > 0)) found.delete(row)
    }
  const sql = [...found].filter(([row]) => isSql(row))
  if (sql.some(([, { worth }]) => worth === STATED)) {
    for (const [row, { worth }] of sql) if (worth !== STATED) found.delete(row)
  }
}

/**
 * `REDIS_ENABLED=false` and nothing else that places the service: the app runs without it, and whoever wants it asks for it;
 * then its switch is on.
 */
function dropSwitchedOff(found: Map<ServiceRow, Sign>, { variables }: ServiceSearch) {
  const rows = [...found.keys()]
  const switches = variables.flatMap((variable) => {
    const match = switchOf(variable, rows)
    return match ? [{ ...match, name: variable.name, value: variable.example || variable.default }] : []
  })
  return rows.flatMap((row) => {
    const own = switches.filter((one) => one.row === row)
    const [first] = own
    if (!first || !own.every(({ value }) => /^(?:false|0|no|off)$/i.test(value ?? ''))) return []
    const isUsed = variables.some((variable) => {
      const match = serviceOf(variable, rows)
      const isOurs = match?.row === row && isPlacing(match.give)
      return (
        isOurs && (variable.required || !own.some(({ prefix }) => variable.name.startsWith(`${prefix}_`)))
      )
    })
    if (isUsed) return []
    found.delete(row)
    return [{ row, source: first.name, off: first.name }]
  })
}

/** A driver is often there for one of several databases that an app can do with: what it is told of is what it uses. */
function dropUnplaced(
  found: Map<ServiceRow, Sign>,
  { ecosystem, dependencies, project, variables }: ServiceSearch,
) {
  const databases = [...found].filter(([{ kind }]) => kind === 'database')
  const hasFile = ecosystem === 'npm' && FILE_DRIVERS.some((name) => dependencies.has(name))
  if (databases.length + Number(hasFile) < 2) return []
  const rows = databases.map(([row]) => row)
  const placed = new Set(
    variables.flatMap((variable) => {
      const match = serviceOf(variable, rows)
      return match && isPlacing(match.give) ? [match.row] : []
    }),
  )
  const isWritten = ({ schemes }: ServiceRow) =>
    project
      .sources(EXTENSIONS[ecosystem])
      .some((path) => schemes.some((scheme) => project.source(path)?.includes(`${scheme}://`)))
  const left = databases.filter(
    ([row, { worth }]) =>
      (placed.size > 0 || hasFile) && worth !== STATED && !placed.has(row) && !isWritten(row),
  )
  for (const [row] of left) found.delete(row)
  return left
}
