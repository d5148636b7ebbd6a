import type { Argv } from '../../model.ts'

/** Tools that bring a database up to the code. The command runs in the `migrate` target, never in CMD. */
export interface MigrationRow {
  tool: string
  title: string
  /** The package whose command it is. */
  package: string
  command: Argv
  /** One of these shows that the project has migrations at all. */
  evidence: readonly { files?: readonly string[]; folders?: readonly string[] }[]
}

const bin = (name: string, ...words: string[]): Argv => [`node_modules/.bin/${name}`, ...words]

export const MIGRATIONS: readonly MigrationRow[] = [
  {
    tool: 'prisma',
    title: 'Prisma',
    package: 'prisma',
    command: bin('prisma', 'migrate', 'deploy'),
    evidence: [
      {
        folders: ['prisma/migrations', 'db/migrations', 'migrations'],
        files: ['prisma/schema.prisma', 'schema.prisma', 'prisma.config.ts'],
      },
    ],
  },
  {
    tool: 'drizzle',
    title: 'Drizzle',
    package: 'drizzle-kit',
    command: bin('drizzle-kit', 'migrate'),
    evidence: [
      { files: ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs', 'drizzle.config.json'] },
    ],
  },
  {
    tool: 'knex',
    title: 'Knex',
    package: 'knex',
    command: bin('knex', 'migrate:latest'),
    evidence: [{ files: ['knexfile.js', 'knexfile.cjs', 'knexfile.mjs', 'knexfile.ts'] }],
  },
  {
    tool: 'sequelize',
    title: 'Sequelize',
    package: 'sequelize-cli',
    command: bin('sequelize-cli', 'db:migrate'),
    evidence: [{ files: ['.sequelizerc'], folders: ['migrations', 'db/migrations'] }],
  },
  {
    tool: 'mikro-orm',
    title: 'MikroORM',
    package: '@mikro-orm/cli',
    command: bin('mikro-orm', 'migration:up'),
    evidence: [{ folders: ['migrations', 'src/migrations'] }],
  },
  {
    tool: 'node-pg-migrate',
    title: 'node-pg-migrate',
    package: 'node-pg-migrate',
    command: bin('node-pg-migrate', 'up'),
    evidence: [{ folders: ['migrations'] }],
  },
]

/** Scripts by which projects run migrations themselves: needed where the tool wants arguments of its own (TypeORM's data source). */
export const MIGRATION_SCRIPTS = [
  'migrate:deploy',
  'db:migrate:deploy',
  'migration:run',
  'migrate:prod',
  'db:migrate',
  'migrate',
  'migrate:latest',
  'migrations:run',
  'typeorm:migrate',
  'db:deploy',
]
export const SCRIPTED_TOOLS: readonly { tool: string; title: string; package: string }[] = [
  { tool: 'typeorm', title: 'TypeORM', package: 'typeorm' },
  { tool: 'umzug', title: 'Umzug', package: 'umzug' },
  { tool: 'drizzle', title: 'Drizzle', package: 'drizzle-orm' },
  { tool: 'knex', title: 'Knex', package: 'knex' },
  { tool: 'sequelize', title: 'Sequelize', package: 'sequelize' },
  { tool: 'migrate-mongo', title: 'migrate-mongo', package: 'migrate-mongo' },
  { tool: 'adonisjs', title: 'AdonisJS Lucid', package: '@adonisjs/lucid' },
  { tool: 'kysely', title: 'Kysely', package: 'kysely' },
]
