import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { IMAGES } from '../../src/data/versions.ts'
import type { Variable } from '../../src/model.ts'
import { Project } from '../../src/project.ts'
import { findServices } from '../../src/services/find.ts'
import { SERVICES } from '../../src/services/index.ts'
import type { Ecosystem } from '../../src/services/types.ts'
import { variable } from './sample-app.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function project(files: Record<string, string>): Project {
  const root = mkdtempSync(join(tmpdir(), 'cpd-services-'))
  folders.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return new Project({ root })
}

function find(
  ecosystem: Ecosystem,
  names: readonly string[],
  { files = {}, variables = [] }: { files?: Record<string, string>; variables?: Variable[] } = {},
) {
  const manifest: Record<string, string> =
    ecosystem === 'npm'
      ? {
          'package.json': JSON.stringify({
            dependencies: Object.fromEntries(names.map((name) => [name, '*'])),
          }),
        }
      : { 'requirements.txt': `# app\n${names.join('\n')}\n` }
  const dependencies = new Map(names.map((name) => [name.replace(/\[.*/, ''), '*']))
  const { services, each } = findServices({
    ecosystem,
    dependencies,
    project: project({ ...manifest, ...files }),
    variables,
  })
  return { ids: services.value, source: services.source, confidence: services.confidence, each }
}

describe('a service is found', () => {
  const drivers = SERVICES.flatMap((row) =>
    (['npm', 'pypi'] as const).flatMap((ecosystem) =>
      row.drivers[ecosystem].map((name) => [name, ecosystem, row.id] as const),
    ),
  )
  it.each(drivers)('by its driver %s (%s)', (name, ecosystem, id) => {
    const { ids, source } = find(ecosystem, [name])
    expect(ids).toEqual([id])
    expect(source).toBe(ecosystem === 'npm' ? `package.json#dependencies.${name}` : 'requirements.txt:2')
  })

  it.each([
    ['provider = "postgresql"', ['postgres']],
    ['provider = "mysql"', ['mysql']],
    ['provider = "mongodb"', ['mongodb']],
    ['provider = "sqlite"', []],
    ['provider = "sqlserver"', []],
  ])('by Prisma’s schema: %s', (provider, ids) => {
    const schema = `generator client {\n  provider = "prisma-client"\n}\n\ndatasource db {\n  // provider = "cockroachdb"\n  ${provider}\n  url = env("DATABASE_URL")\n}\n`
    const found = find('npm', ['@prisma/client'], { files: { 'prisma/schema.prisma': schema } })
    expect(found.ids).toEqual(ids)
    if (ids.length > 0)
      expect(found).toMatchObject({ source: 'prisma/schema.prisma:7', confidence: 'certain' })
  })

  it('by Prisma’s schema where package.json says that it is', () => {
    const files = {
      'package.json': '{"dependencies":{"@prisma/client":"6"},"prisma":{"schema":"./db/main.prisma"}}',
      'db/main.prisma': 'datasource db {\n  provider = "mysql"\n}',
    }
    expect(find('npm', ['@prisma/client'], { files }).ids).toEqual(['mysql'])
  })

  it.each([
    [
      'npm',
      ['typeorm'],
      'src/data-source.ts',
      "export default new DataSource({\n  type: 'postgres',\n})",
      'postgres',
      'src/data-source.ts:2',
    ],
    [
      'npm',
      ['sequelize'],
      'config/config.js',
      "module.exports = { dialect: 'mariadb' }",
      'mariadb',
      'config/config.js:1',
    ],
    [
      'npm',
      ['drizzle-orm'],
      'drizzle.config.ts',
      'export default defineConfig({ dialect: "mysql" })',
      'mysql',
      'drizzle.config.ts:1',
    ],
    ['npm', ['knex'], 'knexfile.js', "module.exports = {\n  client: 'pg'\n}", 'postgres', 'knexfile.js:2'],
    [
      'pypi',
      ['django'],
      'shop/settings.py',
      "DATABASES = {\n  'default': {\n    'ENGINE': 'django.db.backends.postgresql',",
      'postgres',
      'shop/settings.py:3',
    ],
    [
      'pypi',
      ['django'],
      'shop/settings.py',
      'ENGINE = "django.contrib.gis.db.backends.postgis"',
      'postgres',
      'shop/settings.py:1',
    ],
    [
      'pypi',
      ['django'],
      'shop/settings.py',
      'ENGINE = "django.db.backends.mysql"',
      'mysql',
      'shop/settings.py:1',
    ],
    [
      'pypi',
      ['django'],
      'shop/settings.py',
      'B = "django.core.cache.backends.memcached.PyMemcacheCache"',
      'memcached',
      'shop/settings.py:1',
    ],
    ['pypi', ['boto3'], 'app/files.py', 'client = boto3.client("s3")', 's3', 'app/files.py:1'],
  ] as const)('by an ORM’s setting (%s, %s, %s)', (ecosystem, names, path, text, id, source) => {
    expect(find(ecosystem, names, { files: { [path]: text } })).toMatchObject({
      ids: [id],
      source,
      confidence: 'certain',
    })
    expect(
      find(ecosystem, names, {
        files: { [path]: text.replaceAll(/^/gm, ecosystem === 'npm' ? '// ' : '# ') },
      }).ids,
    ).toEqual([])
    expect(find(ecosystem, names, { files: { [`tests/${path}`]: text } }).ids).toEqual([])
    expect(find(ecosystem, [], { files: { [path]: text } }).ids).toEqual([])
  })

  it.each([
    ['postgresql+asyncpg://u:p@localhost:5432/shop', 'postgres'],
    ['postgres://localhost/shop', 'postgres'],
    ['mysql+pymysql://root@localhost/shop', 'mysql'],
    ['mariadb://localhost/shop', 'mariadb'],
    ['mongodb+srv://u:p@cluster.example/shop', 'mongodb'],
    ['rediss://localhost', 'redis'],
    ['valkey://localhost', 'valkey'],
    ['pyamqp://guest@localhost//', 'rabbitmq'],
    ['nats://localhost:4222', 'nats'],
    ['smtp://localhost', 'smtp'],
    ['sqlite:///./app.db', null],
    ['https://example.com', null],
    ['localhost:5432', null],
  ])('by the scheme of a variable’s sample: %s', (sample, id) => {
    const ids = id ? [id] : []
    expect(
      find('pypi', [], { variables: [variable('SHOP_DSN', { default: sample, sources: ['app/db.py:3'] })] }),
    ).toMatchObject({ ids, ...(id && { source: 'app/db.py:3' }) })
    expect(find('npm', [], { variables: [variable('SHOP_DSN', { example: sample })] }).ids).toEqual(ids)
    expect(find('npm', [], { variables: [variable('TEST_DSN', { example: sample })] }).ids).toEqual([])
    expect(
      find('npm', [], { variables: [variable('VITE_DSN', { example: sample, public: true })] }).ids,
    ).toEqual([])
  })

  it('where its driver is installed, of the servers that settings choose from', () => {
    const files = {
      'shop/settings.py': '"django.db.backends.postgresql"\n"django.db.backends.mysql"\n',
    }
    expect(find('pypi', ['django', 'psycopg'], { files }).ids).toEqual(['postgres'])
    expect(find('pypi', ['django', 'psycopg', 'mysqlclient'], { files }).ids).toEqual(['postgres', 'mysql'])
    expect(find('pypi', ['django'], { files }).ids).toEqual([])
    const prefixes = ['postgresql+asyncpg://', 'mysql+aiomysql://'].map((sample, index) =>
      variable(`PREFIX_${index}`, { default: sample }),
    )
    expect(find('pypi', [], { variables: prefixes }).ids).toEqual([])
  })

  it('as the broker that Celery is told of, beside Redis', () => {
    const names = ['celery', 'redis']
    expect(find('pypi', names, { variables: [variable('RABBITMQ_HOST')] }).ids).toEqual(['redis', 'rabbitmq'])
    expect(find('pypi', names).ids).toEqual(['redis'])
  })

  it.each(['GS_BUCKET_NAME', 'DJANGO_GCP_STORAGE_BUCKET_NAME', 'AZURE_S3_BUCKET'])(
    'and %s is no variable of S3',
    (name) => {
      expect(find('pypi', ['django-storages'], { variables: [variable(name)] }).ids).toEqual([])
    },
  )

  it('by the extra of another package, wherever it is written', () => {
    expect(find('pypi', ['celery[redis]'])).toMatchObject({ ids: ['redis'], source: 'requirements.txt:2' })
    const poetry = {
      'pyproject.toml': '[tool.poetry.dependencies]\ncelery = { version = "^5", extras = ["redis"] }\n',
    }
    expect(find('pypi', ['celery'], { files: poetry })).toMatchObject({
      ids: ['redis'],
      source: 'pyproject.toml:2',
    })
    const project = { 'pyproject.toml': '[project]\ndependencies = [\n  "faststream[kafka,cli]>=0.5",\n]\n' }
    expect(find('pypi', ['faststream'], { files: project })).toMatchObject({
      ids: ['kafka'],
      source: 'pyproject.toml:3',
    })
    expect(find('pypi', ['faststream']).ids).toEqual([])
  })

  it('as the default broker of Celery, when nothing names another', () => {
    expect(find('pypi', ['celery'])).toMatchObject({
      ids: ['rabbitmq'],
      source: 'requirements.txt:2 (its default broker)',
    })
    expect(find('pypi', ['celery', 'redis']).ids).toEqual(['redis'])
    expect(
      find('pypi', ['celery'], {
        variables: [variable('CELERY_BROKER_URL', { default: 'redis://localhost:6379/0' })],
      }).ids,
    ).toEqual(['redis'])
  })

  it('of a weak sign only together with a second one', () => {
    for (const [ecosystem, name, second, id] of [
      ['npm', 'nodemailer', 'SMTP_HOST', 'smtp'],
      ['npm', 'nodemailer', 'MAIL_HOST', 'smtp'],
      ['pypi', 'django', 'EMAIL_HOST', 'smtp'],
      ['pypi', 'fastapi-mail', 'MAIL_SERVER', 'smtp'],
      ['npm', '@aws-sdk/client-s3', 'S3_ENDPOINT', 's3'],
      ['npm', '@aws-sdk/client-s3', 'AWS_S3_BUCKET', 's3'],
      ['pypi', 'boto3', 'AWS_STORAGE_BUCKET_NAME', 's3'],
    ] as const) {
      expect(find(ecosystem, [name]).ids, name).toEqual([])
      expect(find(ecosystem, [], { variables: [variable(second)] }).ids, second).toEqual([])
      expect(
        find(ecosystem, [name], { variables: [variable('AWS_REGION'), variable('EMAIL_FROM')] }).ids,
        name,
      ).toEqual([])
      const found = find(ecosystem, [name], { variables: [variable(second)] })
      expect(found.ids, name).toEqual([id])
      expect(found.source).toContain(` with ${second}`)
    }
  })
})

describe('no service is made up', () => {
  it.each([
    [
      'npm',
      [
        '@prisma/client',
        'prisma',
        'typeorm',
        'sequelize',
        'knex',
        'drizzle-orm',
        'kysely',
        '@mikro-orm/core',
        'better-sqlite3',
        'sqlite3',
      ],
    ],
    [
      'pypi',
      [
        'sqlalchemy',
        'sqlmodel',
        'django',
        'alembic',
        'peewee',
        'tortoise-orm',
        'flask-sqlalchemy',
        'boto3',
        'aiosqlite',
      ],
    ],
  ] as const)('of ORMs alone (%s)', (ecosystem, names) => {
    expect(find(ecosystem, names)).toMatchObject({ ids: [], each: [] })
  })

  it('of a cloud’s HTTP driver, whatever its URL looks like', () => {
    const url = variable('DATABASE_URL', { example: 'postgresql://u:p@ep-x.neon.tech/shop' })
    expect(find('npm', ['@neondatabase/serverless', 'drizzle-orm'], { variables: [url] }).ids).toEqual([])
    expect(find('npm', ['@neondatabase/serverless', 'pg'], { variables: [url] }).ids).toEqual(['postgres'])
  })

  it('beside the one that the project states', () => {
    const postgres = variable('DATABASE_URL', { example: 'postgres://localhost/shop' })
    expect(find('npm', ['pg', 'mysql2', 'typeorm'], { variables: [postgres] }).ids).toEqual(['postgres'])
    expect(find('npm', ['pg', 'mysql2']).ids).toEqual(['postgres', 'mysql'])
  })

  it('of a database that nothing places, beside one that variables do', () => {
    const drivers = ['pg', 'mysql2', 'mongoose', 'ioredis']
    const found = (variables: Variable[], code = '') =>
      find('npm', drivers, { variables, files: { 'src/db.js': code } }).ids
    expect(found([variable('DB_HOST')])).toEqual(['postgres', 'redis'])
    expect(found([variable('MYSQL_HOST'), variable('MONGODB_URI')])).toEqual(['mysql', 'mongodb', 'redis'])
    expect(found([])).toEqual(['postgres', 'mysql', 'mongodb', 'redis'])
    const written = "mongoose.connect('mongodb://mongodb/shop')\n"
    expect(found([variable('DB_HOST')], written)).toEqual(['postgres', 'mongodb', 'redis'])
    const stated = variable('DB_CONNECTION', { example: 'mysql' })
    expect(found([variable('DB_HOST'), stated])).toEqual(['mysql', 'redis'])
  })

  it('of a server that nothing places, beside a database that is a file', () => {
    expect(find('npm', ['mysql2', 'knex', 'better-sqlite3']).ids).toEqual([])
    expect(find('npm', ['mysql2', 'better-sqlite3'], { variables: [variable('DB_HOST')] }).ids).toEqual([
      'mysql',
    ])
  })

  it('by what says most of all that says as much', () => {
    const url = variable('DATABASE_URL', { example: 'postgres://localhost/shop' })
    const files = { 'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n' }
    expect(find('npm', ['@prisma/client'], { files, variables: [url] }).source).toBe('prisma/schema.prisma:2')
  })

  it('that a switch of the app leaves off', () => {
    const off = variable('REDIS_ENABLED', { kind: 'boolean', default: 'false' })
    const url = variable('REDIS_URL', { example: 'redis://localhost:6379' })
    const found = (...variables: Variable[]) => find('npm', ['ioredis'], { variables }).ids
    expect(found(off, url)).toEqual([])
    expect(found({ ...off, example: 'true' }, url)).toEqual(['redis'])
    expect(found(off, url, variable('QUEUE_REDIS_URL'))).toEqual(['redis'])
    expect(found(off, { ...url, required: true })).toEqual(['redis'])
    expect(found(variable('REDIS_TLS_ENABLED', { default: 'false' }), url)).toEqual(['redis'])
    expect(found(variable('CHAT_ENABLED', { default: 'false' }), url)).toEqual(['redis'])
  })

  it('beside its drop-in', () => {
    expect(
      find('npm', ['iovalkey', 'ioredis'], {
        variables: [variable('REDIS_URL', { example: 'redis://localhost' })],
      }).ids,
    ).toEqual(['valkey'])
    expect(find('npm', ['mysql2', 'mariadb']).ids).toEqual(['mariadb'])
    expect(
      find('npm', ['mariadb'], {
        variables: [variable('DATABASE_URL', { example: 'mysql://localhost/shop' })],
      }).ids,
    ).toEqual(['mysql'])
  })
})

describe('the table', () => {
  it('names images that are there, pinned, and no dead ones', () => {
    for (const { id, image, variants = [] } of SERVICES) {
      for (const key of [image, ...variants.map((variant) => variant.image)]) {
        expect(IMAGES[key], id).toMatch(/^[\w./-]+:v?\w*\d[\w.-]*$/)
        expect(IMAGES[key], id).not.toMatch(/latest|bitnami|minio|localstack|mailhog/)
      }
    }
  })

  it('has each id and each driver once', () => {
    expect(new Set(SERVICES.map(({ id }) => id)).size).toBe(SERVICES.length)
    for (const ecosystem of ['npm', 'pypi'] as const) {
      const names = SERVICES.flatMap((row) => row.drivers[ecosystem])
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
      if (ecosystem === 'pypi')
        for (const name of names) expect(name).toMatch(/^[a-z0-9-]+(?:\[[a-z0-9-]+\])?$/)
    }
  })
})
