import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

async function modelOf(files: Record<string, string>, dependencies: readonly string[], dev: string[] = []) {
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '*']))
  const { warnings, model } = await node.inspect(
    projectOf({
      'package.json': {
        scripts: { start: 'node server.js' },
        dependencies: versions(['express', ...dependencies]),
        devDependencies: versions(dev),
      },
      'server.js': "require('express')().listen(3000)",
      ...files,
    }),
    {},
  )
  const app = model({ services: [], answers: {} })
  return { app, said: warnings.filter(({ rule }) => rule === 'PD058' || rule === 'PD021') }
}
const prisma = (provider: string, url: string) => ({
  'prisma/schema.prisma': `datasource db {\n  provider = "${provider}"\n  url      = ${url}\n}\n`,
  'prisma/migrations/1/migration.sql': 'select 1;',
})
const URL = 'env("DATABASE_URL")'
const drizzle = (url: string) => ({
  'drizzle.config.ts': `export default defineConfig({ dialect: 'sqlite', dbCredentials: { url: ${url} } })`,
})

describe('a database that is a file, and a variable that says where', () => {
  it.each<[string, Record<string, string>, string[], string[], Record<string, string>]>([
    [
      'Prisma with a sample',
      { ...prisma('sqlite', URL), '.env.example': 'DATABASE_URL="file:./dev.db?connection_limit=1"' },
      ['@prisma/client'],
      ['prisma'],
      { DATABASE_URL: 'file:/data/dev.db?connection_limit=1' },
    ],
    [
      'Prisma without one',
      prisma('sqlite', URL),
      ['@prisma/client'],
      ['prisma'],
      { DATABASE_URL: 'file:/data/app.db' },
    ],
    [
      'several variables, the same file once',
      {
        ...prisma('sqlite', URL),
        '.env.example':
          'DATABASE_URL=file:./app.db\nDATABASE_PATH=./prisma/app.db\nCACHE_FILE=other/cache.sqlite',
      },
      ['@prisma/client'],
      ['prisma'],
      {
        CACHE_FILE: '/data/cache.sqlite',
        DATABASE_PATH: '/data/app.db',
        DATABASE_URL: 'file:/data/app.db',
      },
    ],
    [
      'Drizzle, by its config',
      drizzle('process.env.DB_FILE'),
      ['drizzle-orm', 'better-sqlite3'],
      ['drizzle-kit'],
      { DB_FILE: '/data/app.db' },
    ],
    [
      'a driver and a sample',
      { '.env.example': 'DATABASE_URL=file:local.db' },
      ['@libsql/client'],
      [],
      { DATABASE_URL: 'file:/data/local.db' },
    ],
  ])('%s', async (_what, files, dependencies, dev, expected) => {
    const { app, said } = await modelOf(files, dependencies, dev)
    expect(app.environment).toEqual(expected)
    expect(app.data).toBe('/data')
    expect(app.migration === null).toBe(dev.length === 0)
    expect(app.imageEnv).toEqual(expect.arrayContaining(Object.keys(expected)))
    expect(said.map(({ rule }) => rule)).toEqual(['PD058'])
  })

  it.each<[string, Record<string, string>, string[]]>([
    ['another provider', { ...prisma('postgresql', URL), '.env.example': 'CACHE=x.db' }, ['@prisma/client']],
    ['a server beside it', { '.env.example': 'DATABASE_URL=file:dev.db' }, ['better-sqlite3', 'pg']],
    ['a database far away', { '.env.example': 'DATABASE_URL=libsql://my.turso.io' }, ['@libsql/client']],
    ['one in Git', { '.env.example': 'GEO_DB=./geo.db', 'geo.db': '' }, ['better-sqlite3']],
    ['memory', { '.env.example': 'DATABASE_URL=file::memory:' }, ['@libsql/client']],
    ['tests', { '.env.example': 'TEST_DATABASE_URL=file:test.db' }, ['@libsql/client']],
    ['no driver', { '.env.example': 'GEO=./geo.db' }, []],
  ])('not for %s', async (_what, files, dependencies) => {
    const { app, said } = await modelOf(files, dependencies)
    expect({ data: app.data, environment: app.environment, said }).toEqual({
      data: undefined,
      environment: {},
      said: [],
    })
  })

  it('a schema for a file is built with an address of a file', async () => {
    const { app } = await modelOf(prisma('sqlite', URL), ['@prisma/client'], ['prisma'])
    expect(JSON.stringify(app.dockerfile.data)).not.toContain('postgresql://')
  })

  it.each<[string, Record<string, string>, string[], string]>([
    ['Prisma', prisma('sqlite', '"file:./dev.db"'), ['@prisma/client', 'prisma'], './dev.db'],
    ['Drizzle', drizzle("'file:local.db'"), ['drizzle-orm', 'drizzle-kit'], 'local.db'],
    [
      'Knex',
      {
        'knexfile.js': "module.exports = { client: 'sqlite3', connection: { filename: './dev.sqlite3' } }",
      },
      ['knex', 'sqlite3'],
      './dev.sqlite3',
    ],
  ])('a fixed path has no migrations apart, and says so: %s', async (_what, files, dependencies, path) => {
    const { app, said } = await modelOf(files, dependencies)
    expect(app.migration).toBeNull()
    expect(app.data).toBeUndefined()
    expect(said.map(({ rule }) => rule)).toEqual(['PD058', 'PD021'])
    expect(said[0]?.message).toContain(`a file beside the code (${path})`)
  })
})

it('is reached from the folder that the code joins its variable to', async () => {
  const config = (join: string) => ({
    'config/database.ts': `import path from 'path'
export default ({ env }) => ({ connection: { client: 'sqlite', connection: { filename: ${join} } } })`,
    '.env.example': 'DATABASE_FILENAME=.tmp/data.db',
  })
  const joined = await modelOf(
    config("path.join(__dirname, '..', '..', env('DATABASE_FILENAME', '.tmp/data.db'))"),
    ['better-sqlite3', 'knex'],
  )
  expect(joined.app.environment).toEqual({ DATABASE_FILENAME: '../../../data/data.db' })
  expect(joined.said).toHaveLength(1)
  const whole = await modelOf(config("env('DATABASE_FILENAME', '.tmp/data.db')"), ['better-sqlite3'])
  expect(whole.app.environment).toEqual({ DATABASE_FILENAME: '/data/data.db' })
})

it('is fixed where settings place it: no migrate step, which could not write it', async () => {
  const { app, said } = await modelOf(
    {
      'knexfile.ts': "import { app } from './src/app'\nmodule.exports = app.get('sqlite')",
      'config/default.json': '{\n"sqlite": { "client": "sqlite3", "connection": "chat.sqlite" }\n}',
    },
    ['knex', 'sqlite3', 'config'],
  )
  expect(app.migration).toBe(null)
  expect(said.map(({ rule, file, line }) => [rule, file, line])).toEqual([
    ['PD058', 'config/default.json', 2],
    ['PD021', 'config/default.json', undefined],
  ])
})

describe('a folder of data that a variable places', () => {
  it.each<[string, Record<string, string>, string[], Record<string, string>]>([
    [
      'by its name',
      {
        'src/config.js':
          'let dir = __dirname\nif (process.env.SHOP_DATA_DIR) dir = process.env.SHOP_DATA_DIR',
      },
      [],
      { SHOP_DATA_DIR: '/data' },
    ],
    [
      'with the slash that the code counts on',
      { 'src/config.js': "exports.dir = process.env.USER_DATA_DIR || './userData/'" },
      [],
      { USER_DATA_DIR: '/data/' },
    ],
    [
      'as the database lies in it',
      {
        'src/db.js':
          "new DataSource({ type: 'sqlite', database: process.env.CONFIG_DIRECTORY ? `${process.env.CONFIG_DIRECTORY}/db.sqlite3` : 'config/db.sqlite3' })",
      },
      ['typeorm', 'sqlite3'],
      { CONFIG_DIRECTORY: '/data' },
    ],
    ['never what is read', { 'src/db.js': 'read(process.env.CONFIG_DIRECTORY)' }, [], {}],
    [
      'never what Git has',
      { 'src/a.js': "read(process.env.DATA_DIR || './data')", 'data/cities.csv': 'a,b' },
      [],
      {},
    ],
    ['never a profile', { 'src/a.js': 'start(process.env.CHROMIUM_DATA_DIR)' }, [], {}],
    ['never an absolute one of its own', { 'src/a.js': "mkdir(process.env.DATA_DIR || '/srv/x')" }, [], {}],
    ['never a file', { 'src/a.js': "write(process.env.DATA_PATH || './data.json')" }, [], {}],
  ])('%s', async (_what, files, dependencies, expected) => {
    const { app, said } = await modelOf(files, dependencies)
    expect(app.environment).toEqual(expected)
    if (Object.keys(expected).length > 0)
      expect(said).toEqual([
        expect.objectContaining({ message: expect.stringContaining('/data. Mount a vol') }),
      ])
  })
})
