import type { Ecosystem, Give, NameTest, ServiceRow, Wiring } from './types.ts'
import { devSecret, loginNames, namesOf, serviceUrl } from './values.ts'

/** Names that say "the database" and not which: they go to the first database of the app. */
export const ANY_DATABASE: readonly (readonly [NameTest, Give])[] = [
  ...loginNames('DB|DATABASE|SQL|TYPEORM|SQLALCHEMY_DATABASE|DIRECT|DIRECT_DATABASE|DEFAULT_DATABASE'),
  [namesOf('(?:DB|DATABASE)_(?:READ|WRITE|REPLICA)', 'URL URI'), 'url'],
  [/^DB(?:HOST|SERVER)$/, 'host'],
  [/^DBPORT$/, 'port'],
  [/^DBUSER(?:NAME)?$/, 'user'],
  [/^DBPASS(?:WORD|WD)?$/, 'password'],
  [/^DBNAME$/, 'database'],
]

/** Databases that are a file, in Node.js: beside one, a server is one of several ways to run an app. */
export const FILE_DRIVERS: readonly string[] = [
  'better-sqlite3',
  'sqlite3',
  '@louislam/sqlite3',
  'sqlite',
  'libsql',
  '@libsql/client',
  '@prisma/adapter-libsql',
  '@prisma/adapter-better-sqlite3',
  '@mikro-orm/sqlite',
  '@mikro-orm/better-sqlite',
  '@mikro-orm/libsql',
]

const ENGINE_NAMES = namesOf('DB|DATABASE|SQL|TYPEORM', 'ENGINE TYPE DIALECT CLIENT CONNECTION DRIVER')

export const hasAny = ({ dependencies }: Wiring, names: readonly string[]) =>
  names.some((name) => dependencies.has(name))
const SQLALCHEMY = ['sqlalchemy', 'sqlmodel', 'flask-sqlalchemy', 'advanced-alchemy', 'ormar']

/** `postgresql+asyncpg` where SQLAlchemy picks its driver by the URL and the project has just that one. */
function sqlScheme(wiring: Wiring, scheme: string, drivers: readonly [string, string][]): string {
  if (wiring.ecosystem === 'npm' || !hasAny(wiring, SQLALCHEMY)) return scheme
  const driver = drivers.find(([dependency]) => wiring.dependencies.has(dependency))
  return driver?.[1] ? `${scheme}+${driver[1]}` : scheme
}

/** They ask any host but this one for TLS, which a server in development has not. */
const ASKS_TLS = ['@medusajs/framework']

/** The sample's scheme where it is one of this server's, else the one that the drivers ask for. */
function sqlUrl(
  wiring: Wiring,
  row: { user: string; secret: string; address: string; scheme: string },
): string {
  const url = serviceUrl({
    scheme: wiring.sample?.scheme ?? row.scheme,
    credentials: `${row.user}:${devSecret(row.secret)}`,
    address: row.address,
    path: `/${wiring.database}`,
    query: wiring.sample?.query ?? '',
  })
  return hasAny(wiring, ASKS_TLS) ? `${url}${url.includes('?') ? '&' : '?'}sslmode=disable` : url
}

/** How ORMs name a dialect in code: `type: 'postgres'`, `dialect: "postgresql"`, `client: 'pg'`, Django's ENGINE. */
export const dialect = (npm: string, django: string): Partial<Record<Ecosystem, RegExp>> => ({
  npm: new RegExp(`\\b(?:type|dialect|client|provider|connection)['"]?\\s*[:=]\\s*['"](?:${npm})['"]`),
  pypi: new RegExp(`['"][\\w.]*db\\.backends\\.(?:${django})['"]`),
})

export const postgres: ServiceRow = {
  id: 'postgres',
  title: 'PostgreSQL',
  kind: 'database',
  image: 'postgres',
  variants: [
    { dependencies: ['pgvector', 'langchain-postgres'], image: 'pgvector' },
    { dependencies: ['geoalchemy2'], schemes: ['postgis'], image: 'postgis' },
  ],
  port: 5432,
  drivers: {
    npm: [
      ...[
        'pg',
        'postgres',
        'pg-promise',
        'pg-native',
        'pg-boss',
        'graphile-worker',
        'slonik',
        'postgraphile',
        '@prisma/adapter-pg',
        '@medusajs/framework',
      ],
      ...[
        '@fastify/postgres',
        '@mikro-orm/postgresql',
        '@payloadcms/db-postgres',
        'connect-pg-simple',
        '@databases/pg',
      ],
      ...['@sequelize/postgres', '@langchain/langgraph-checkpoint-postgres'],
    ],
    pypi: [
      ...[
        'psycopg',
        'psycopg2',
        'psycopg2-binary',
        'psycopg-binary',
        'psycopg-pool',
        'asyncpg',
        'aiopg',
        'pg8000',
        'psycopg2cffi',
      ],
      ...[
        'databases[postgresql]',
        'databases[asyncpg]',
        'tortoise-orm[asyncpg]',
        'tortoise-orm[psycopg]',
        'piccolo[postgres]',
      ],
      ...[
        'sqlalchemy[asyncpg]',
        'sqlalchemy[postgresql]',
        'sqlalchemy[postgresql-psycopg2binary]',
        'procrastinate',
      ],
    ],
  },
  schemes: ['postgresql', 'postgres', 'postgis', 'asyncpg', 'psycopg', 'pgsql'],
  code: dialect('postgres|postgresql|pg', 'postgresql|postgresql_psycopg2|postgis'),
  variables: [
    ...loginNames('POSTGRES|POSTGRESQL|PG|PSQL|POSTGRES_DB|PGSQL'),
    [/^PGHOST$/, 'host'],
    [/^PGPORT$/, 'port'],
    [/^PGUSER$/, 'user'],
    [/^PGPASSWORD$/, 'password'],
    [/^PGDATABASE$/, 'database'],
    [/^PGSSLMODE$/, { text: 'disable' }],
    [
      ENGINE_NAMES,
      {
        engine: {
          npm: ['postgres', 'pg', 'postgresql', 'pgsql'],
          pypi: ['postgresql', 'postgresql_psycopg2', 'postgis', 'postgres'],
        },
      },
    ],
  ],
  convention: { DATABASE_URL: 'url' },
  user: 'app',
  secret: 'POSTGRES_PASSWORD',
  url: (wiring) =>
    sqlUrl(wiring, {
      user: 'app',
      secret: 'POSTGRES_PASSWORD',
      address: 'postgres:5432',
      // psycopg2 is what `postgresql://` means to SQLAlchemy, so its name is not needed.
      scheme: sqlScheme(wiring, 'postgresql', [
        ['asyncpg', 'asyncpg'],
        ['psycopg', 'psycopg'],
        ['psycopg2', ''],
        ['psycopg2-binary', ''],
        ['pg8000', 'pg8000'],
      ]),
    }),
  container: ({ database }) => ({
    environment: {
      POSTGRES_USER: 'app',
      POSTGRES_PASSWORD: devSecret('POSTGRES_PASSWORD'),
      POSTGRES_DB: database,
    },
    // From 18 on the image keeps its data in a folder by version below this one, and refuses the old path.
    volume: '/var/lib/postgresql',
    // Over TCP: the socket answers during initialisation already.
    healthcheck: { test: 'pg_isready -h 127.0.0.1 -U "$$POSTGRES_USER" -d "$$POSTGRES_DB"' },
  }),
  proven: true,
}

export const mysql: ServiceRow = {
  id: 'mysql',
  title: 'MySQL',
  kind: 'database',
  image: 'mysql',
  port: 3306,
  drivers: {
    npm: [
      'mysql2',
      'mysql',
      'promise-mysql',
      '@prisma/adapter-mariadb',
      '@fastify/mysql',
      '@mikro-orm/mysql',
      '@sequelize/mysql',
      'express-mysql-session',
    ],
    pypi: [
      'mysqlclient',
      'pymysql',
      'aiomysql',
      'asyncmy',
      'mysql-connector-python',
      'flask-mysqldb',
      'databases[mysql]',
      'tortoise-orm[asyncmy]',
    ],
  },
  schemes: ['mysql', 'mysql2', 'mysqlgis', 'asyncmy'],
  code: dialect('mysql|mysql2', 'mysql'),
  variables: [
    ...loginNames('MYSQL|MYSQL_DB|MYSQLDB'),
    [/^MYSQL_ROOT_PASSWORD$/, 'password'],
    [ENGINE_NAMES, { engine: { npm: ['mysql', 'mysql2'], pypi: ['mysql'] } }],
  ],
  convention: { DATABASE_URL: 'url' },
  user: 'app',
  secret: 'MYSQL_PASSWORD',
  url: (wiring) =>
    sqlUrl(wiring, {
      user: 'app',
      secret: 'MYSQL_PASSWORD',
      address: 'mysql:3306',
      scheme: sqlScheme(wiring, 'mysql', [
        ['aiomysql', 'aiomysql'],
        ['asyncmy', 'asyncmy'],
        ['mysqlclient', ''],
        ['pymysql', 'pymysql'],
        ['mysql-connector-python', 'mysqlconnector'],
      ]),
    }),
  container: ({ database }) => ({
    environment: {
      MYSQL_USER: 'app',
      MYSQL_PASSWORD: devSecret('MYSQL_PASSWORD'),
      MYSQL_DATABASE: database,
      MYSQL_ROOT_PASSWORD: devSecret('MYSQL_PASSWORD'),
    },
    volume: '/var/lib/mysql',
    // A query over TCP: the ping succeeds when the login fails, and the socket answers during initialisation.
    healthcheck: {
      test: 'MYSQL_PWD="$$MYSQL_PASSWORD" mysql -h 127.0.0.1 -u "$$MYSQL_USER" -e "SELECT 1" "$$MYSQL_DATABASE"',
      startPeriod: 60,
    },
  }),
  proven: false,
}

export const mariadb: ServiceRow = {
  id: 'mariadb',
  title: 'MariaDB',
  kind: 'database',
  image: 'mariadb',
  port: 3306,
  drivers: {
    npm: ['mariadb', '@mikro-orm/mariadb', '@sequelize/mariadb'],
    pypi: ['mariadb'],
  },
  schemes: ['mariadb'],
  code: { npm: dialect('mariadb', '').npm as RegExp },
  standsFor: 'mysql',
  variables: [
    ...loginNames('MARIADB|MARIA|MARIA_DB|MYSQL|MYSQL_DB'),
    [/^(?:MARIADB|MYSQL)_ROOT_PASSWORD$/, 'password'],
    [ENGINE_NAMES, { engine: { npm: ['mariadb', 'mysql', 'mysql2'], pypi: ['mysql', 'mariadb'] } }],
  ],
  convention: { DATABASE_URL: 'url' },
  user: 'app',
  secret: 'MARIADB_PASSWORD',
  url: (wiring) =>
    sqlUrl(wiring, {
      user: 'app',
      secret: 'MARIADB_PASSWORD',
      address: 'mariadb:3306',
      scheme: sqlScheme(wiring, 'mariadb', [
        ['mariadb', 'mariadbconnector'],
        ['aiomysql', 'aiomysql'],
        ['asyncmy', 'asyncmy'],
        ['pymysql', 'pymysql'],
      ]),
    }),
  container: ({ database }) => ({
    environment: {
      MARIADB_USER: 'app',
      MARIADB_PASSWORD: devSecret('MARIADB_PASSWORD'),
      MARIADB_DATABASE: database,
      MARIADB_ROOT_PASSWORD: devSecret('MARIADB_PASSWORD'),
    },
    volume: '/var/lib/mysql',
    // The image's own check: it logs in over TCP as a user that may do nothing else.
    healthcheck: { test: ['healthcheck.sh', '--connect', '--innodb_initialized'], startPeriod: 60 },
  }),
  proven: true,
}
