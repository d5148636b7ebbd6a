import type { Project } from '../project.ts'
import { record } from '../record.ts'

const CONFIGS = ['prisma.config.ts', 'prisma.config.js', 'prisma.config.mjs']
const USUAL = ['prisma/schema.prisma', 'prisma/schema', 'schema.prisma', 'db/schema.prisma']

export interface PrismaSchema {
  /** The file, or the folder of several. */
  path: string
  files: string[]
  /** Migrations lie beside it, as a rule. */
  folder: string
}

/** Where Prisma's schema is: as package.json or its config says, else where it looks by itself. */
export function prismaSchema(project: Project): PrismaSchema | undefined {
  const stated = record(project.json('package.json')?.['prisma'])['schema']
  const config = project.source(project.first(CONFIGS) ?? '') ?? ''
  // A path, or the parts that `path.join` makes one of.
  const parts = /^\s*schema\s*:([^\n]*)/m.exec(config)?.[1]?.match(/(?<=(['"`]))[^'"`,]+(?=\1)/g)
  const path = [
    ...(typeof stated === 'string' ? [stated] : []),
    ...(parts ? [parts.join('/')] : []),
    ...USUAL,
  ]
    .map((path) => path.replace(/^\.\//, '').replace(/\/$/, ''))
    .find((path) => !/^\/|\.\./.test(path) && (project.has(path) || project.hasFolder(path)))
  if (path === undefined) return undefined
  const files = project.sources(['.prisma']).filter((file) => file === path || file.startsWith(`${path}/`))
  return { path, files, folder: project.has(path) ? path.split('/').slice(0, -1).join('/') : path }
}

/** The files that tell Prisma which variable holds an address. */
export const isPrismaFile = (path: string): boolean => path.endsWith('.prisma') || CONFIGS.includes(path)
