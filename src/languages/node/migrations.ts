import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { prismaSchema } from '../../services/prisma.ts'
import { parseShell } from '../../shell.ts'
import { procfile } from '../common.ts'
import { dependencySource, type Manifest } from './manifest.ts'
import { outputFolder } from './payload.ts'
import { plainCommand, type StartCommand } from './start.ts'

/** Tools that bring a database up to the code. The command runs in the `migrate` target, never in CMD. */
export interface MigrationRow {
  tool: string
  title: string
  /** The package whose command it is. */
  package: string
  command: Argv
  /** One of these shows that the project has migrations at all. */
  /** Without one of these the command knows no database. */
  config?: readonly string[]
  evidence: readonly { files?: readonly string[]; folders?: readonly string[] }[]
  /** The folder that a setting says they are in, or beside. */
  folder?: (project: Project) => string | undefined
  stage?: MigrationStage
}

/** What the command needs of its stage, which belongs to root but for /tmp. */
interface MigrationStage {
  env?: Record<string, string>
  /** Run as root before, and why. */
  prepare?: { line: string; why: string }
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
    folder: (project) => prismaSchema(project)?.folder,
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
    config: ['.sequelizerc', 'config/config.json', 'config/config.js'],
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
  {
    tool: 'dbmate',
    title: 'dbmate',
    package: 'dbmate',
    // Else it writes a schema beside the code, by a program of the database's.
    command: bin('dbmate', '--no-dump-schema', 'up'),
    evidence: [{ folders: ['db/migrations'] }],
  },
  {
    tool: 'medusa',
    title: 'Medusa',
    package: '@medusajs/cli',
    // Else it asks before it takes a link away.
    command: bin('medusa', 'db:migrate', '--execute-safe-links'),
    evidence: [{ files: ['medusa-config.ts', 'medusa-config.js'] }],
    stage: {
      env: { XDG_CONFIG_HOME: '/tmp/.config' },
      prepare: {
        line: 'for module in node_modules/@medusajs/*/dist; do mkdir -p "$module/migrations"; done',
        why: 'Medusa makes this folder for each module that comes without one, and only root could',
      },
    },
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
/** What tools call it, whatever the script is called. */
const UP = new Set(
  'migration:run migrations:run migration:up migrate:latest migrate:up db:migrate'.split(' '),
)
const NOT_PRODUCTION_RE = /(?:^|[:._-])(?:dev|development|test|tests|e2e|local|ci|undo|down)(?:$|[:._-])/

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

export interface FoundMigration {
  tool: string
  title: string
  command: string[]
  source: string
  /** It runs what the build made: `dist/data-source.js`. */
  built: boolean
  stage?: MigrationStage
}

/** How the project brings its database up to the code: by a tool's own command, by a script, or by what `start` ran first. */
export function findMigration(
  project: Project,
  manifest: Manifest,
  start: StartCommand | undefined,
  run: (script: string, args: readonly string[]) => string[],
): FoundMigration | undefined {
  const row = MIGRATIONS.find(
    (candidate) =>
      dependencySource(manifest, candidate.package) &&
      (project.hasFolder(`${candidate.folder?.(project)}/migrations`) ||
        candidate.evidence.every(
          ({ files, folders }) =>
            (files === undefined || project.first(files) !== undefined) &&
            (folders === undefined || folders.some((name) => project.hasFolder(name))),
        )),
  )
  if (row) {
    const source = dependencySource(manifest, row.package) as string
    const { tool, title, command, stage } = row
    return { tool, title, command: [...command], source, built: false, ...(stage && { stage }) }
  }
  const tool = SCRIPTED_TOOLS.find((candidate) => dependencySource(manifest, candidate.package))
  const script =
    MIGRATION_SCRIPTS.find((name) => manifest.scripts[name]) ??
    Object.keys(manifest.scripts).find(
      (name) => !NOT_PRODUCTION_RE.test(name) && only(manifest.scripts[name])?.some((word) => UP.has(word)),
    )
  const scripted =
    tool && script ? { words: run(script, []), source: `package.json#scripts.${script}` } : undefined
  const before = start?.before[0] && { words: start.before[0], source: start.source }
  const { words, source } = released(project) ?? scripted ?? before ?? {}
  if (!words || !source) return undefined
  const plain = plainCommand(words, manifest) ?? words
  return {
    tool: tool?.tool ?? 'script',
    title: tool?.title ?? 'Database',
    command: plain,
    source,
    built: plain.some((word) => outputFolder(project, word.replace(/^\.\//, '')) !== undefined),
  }
}

/** The words of a line that is one command. */
function only(line: string | undefined): string[] | undefined {
  const commands = parseShell(line ?? '')
  return commands?.length === 1 ? commands[0]?.argv : undefined
}

/** What a Procfile runs before each release. */
function released(project: Project): { words: string[]; source: string } | undefined {
  const release = procfile(project).find(({ name, line }) => name === 'release' && /\bmigrat/.test(line))
  const words = only(release?.line)
  return release && words && { words, source: release.source }
}

/** The config that a tool's command lacks, whoever runs it: by itself, or in a script. */
export function lackingConfig(
  project: Project,
  { command, tool }: FoundMigration,
): readonly string[] | undefined {
  const words = command.join(' ')
  return MIGRATIONS.find(
    ({ command: usual, config, tool: own }) =>
      config &&
      (tool === own || words.includes(own)) &&
      words.includes(usual.at(-1) as string) &&
      !/ --?(?:c|config|options-path|url)\b/.test(words) &&
      project.first(config) === undefined,
  )?.config
}
