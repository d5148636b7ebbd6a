import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { prismaProvider } from '../../services/signs.ts'
import type { NodeFindings } from './findings.ts'

/** Code that a tool writes from a schema: made beside the dependencies, so that every later stage has it. */
export interface GeneratorRow {
  package: string
  /** One of these must be there. */
  schema: readonly string[]
  /** What it reads besides. */
  reads: readonly string[]
  command: Argv
  /** It may ask for a variable although it connects to nothing; what is built may look at its form. */
  env: Record<string, string>
  /** …and where the schema is for a file. */
  fileEnv: Record<string, string>
  /** Whether it writes into node_modules: then production dependencies are cut down from the full set, and keep it. */
  intoModules: (project: Project) => boolean
}

const GENERATORS: readonly GeneratorRow[] = [
  {
    package: 'prisma',
    schema: ['prisma/schema.prisma', 'prisma/schema', 'schema.prisma', 'db/schema.prisma'],
    reads: ['prisma', 'prisma.config.ts', 'prisma.config.js', 'schema.prisma', 'db/schema.prisma'],
    command: ['node_modules/.bin/prisma', 'generate'],
    env: { DATABASE_URL: 'postgresql://build:build@127.0.0.1:5432/build' },
    fileEnv: { DATABASE_URL: 'file:/tmp/build.db' },
    intoModules: (project) =>
      !/^\s*output\s*=/m.test(
        ['prisma/schema.prisma', 'schema.prisma', 'db/schema.prisma']
          .map((path) => project.source(path) ?? '')
          .join('\n'),
      ),
  },
]

/** Those that the project has, and those whose schema is nowhere to be seen. */
export function generatorsOf({ project, manifest }: Pick<NodeFindings, 'project' | 'manifest'>): {
  ready: GeneratorRow[]
  lost: GeneratorRow[]
} {
  const all = { ...manifest.dependencies, ...manifest.devDependencies }
  const inFile =
    prismaProvider({ project, dependencies: new Map(Object.entries(all)) })?.provider === 'sqlite'
  const there = GENERATORS.filter((row) => row.package in all).map((row) => ({
    ...row,
    ...(inFile && { env: row.fileEnv }),
  }))
  const isReady = (row: GeneratorRow) =>
    row.schema.some((path) => project.has(path) || project.hasFolder(path))
  return { ready: there.filter(isReady), lost: there.filter((row) => !isReady(row)) }
}

/** The command as people write it in scripts. */
export const spoken = ({ command }: GeneratorRow): string =>
  command.join(' ').replace('node_modules/.bin/', '')
