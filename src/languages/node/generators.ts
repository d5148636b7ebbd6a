import { withoutLine } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { isPrismaFile, type PrismaSchema, prismaSchema } from '../../services/prisma.ts'
import { prismaProvider } from '../../services/signs.ts'
import type { NodeFindings } from './findings.ts'
import { NO_DATABASE, standIn } from './stand-ins.ts'

/** Code that a tool writes from a schema: made beside the dependencies, so that every later stage has it. */
export interface GeneratorRow {
  package: string
  /** Where it looks where nothing is said. */
  usual: string
  /** Where it is in this project. */
  schema: (project: Project) => PrismaSchema | undefined
  /** What it reads besides. */
  reads: readonly string[]
  command: Argv
  /** A file of its own that names variables: it may ask for them although it connects to nothing. */
  asks: (path: string) => boolean
  /** …and the one that it asks for where no file says. */
  variable: string
  /** In its schema: it writes elsewhere than into node_modules. Else production dependencies are cut down from the full set, and keep what it wrote. */
  elsewhere: RegExp
  /** In its schema: it asks a live database, and there is none while an image is built. */
  live: { sign: RegExp; message: string }
}

/** SQLite's, where nothing of the app is. */
const NO_FILE = 'file:/tmp/build.db'

const GENERATORS: readonly GeneratorRow[] = [
  {
    package: 'prisma',
    usual: 'prisma/schema.prisma',
    schema: prismaSchema,
    reads: ['prisma', 'prisma.config.ts', 'prisma.config.js', 'prisma.config.mjs'],
    command: ['node_modules/.bin/prisma', 'generate'],
    asks: isPrismaFile,
    variable: 'DATABASE_URL',
    elsewhere: /^\s*output\s*=/m,
    live: {
      sign: /^\s*previewFeatures\s*=.*"typedSql"/m,
      message:
        'Prisma’s typedSql is made by "prisma generate --sql", which asks a live database: the build has none. Commit what it makes, and leave --sql out of the build.',
    },
  },
]

interface Generator {
  row: GeneratorRow
  schema: PrismaSchema
  intoModules: boolean
  isLive: boolean
  env: Record<string, string>
}

/** Those that the project has, and those whose schema is nowhere to be seen. */
export function generatorsOf({
  project,
  manifest,
  variables,
}: Pick<NodeFindings, 'project' | 'manifest' | 'variables'>): { ready: Generator[]; lost: GeneratorRow[] } {
  const all = { ...manifest.dependencies, ...manifest.devDependencies }
  const there = GENERATORS.filter((row) => row.package in all)
  const inFile =
    prismaProvider({ project, dependencies: new Map(Object.entries(all)) })?.provider === 'sqlite'
  const ready = there.flatMap((row): Generator[] => {
    const schema = row.schema(project)
    if (!schema) return []
    const text = schema.files.map((path) => project.source(path) ?? '').join('\n')
    const asked = variables.filter(({ sources }) => sources.some((source) => row.asks(withoutLine(source))))
    const named = asked.length > 0 ? asked : variables.filter(({ name }) => name === row.variable)
    return [
      {
        row,
        schema,
        intoModules: !row.elsewhere.test(text),
        isLive: row.live.sign.test(text),
        env: Object.fromEntries(
          named.length > 0
            ? named.map((variable) => [variable.name, inFile ? NO_FILE : standIn(variable)])
            : [[row.variable, inFile ? NO_FILE : NO_DATABASE]],
        ),
      },
    ]
  })
  return { ready, lost: there.filter((row) => !ready.some((entry) => entry.row === row)) }
}

/** What it reads, without what lies in a folder of the list. */
export const generatorReads = ({ row, schema }: Generator): string[] => {
  const all = [...new Set([...row.reads, schema.path])]
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)))
}

/** The command as people write it in scripts. */
export const spoken = ({ command }: GeneratorRow): string =>
  command.join(' ').replace('node_modules/.bin/', '')
