import { argumentsAt } from '../../env/text.ts'
import type { Warning } from '../../facts.ts'
import { withoutLine } from '../../facts.ts'
import { committedFolder, gitIgnores } from '../../ignore.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { FILE_DRIVERS, mariadb, mysql, postgres } from '../../services/databases.ts'
import { prismaProvider } from '../../services/signs.ts'
import { isForTests } from '../../services/variables.ts'
import { blankComments } from '../../source/javascript.ts'
import { DATA, isBesideCode, placedDatabase, placedFolder } from '../common.ts'
import { configFiles, configValue } from './conditions.ts'
import type { Manifest } from './manifest.ts'

export interface FileDatabase {
  /** The variables that say where it lies, and where that is in the image. */
  env: Record<string, string>
  /** What it is called on a laptop. */
  files: string[]
  /** It is a folder, with whatever the app keeps. */
  folder?: true
  warning: Warning
}

/** Of databases with a server: beside one, SQLite is what a laptop falls back to. */
export const hasServer = (names: Readonly<Record<string, string>>) =>
  [postgres, mysql, mariadb].some(({ drivers }) => drivers.npm.some((name) => name in names))

/** `file:./dev.db?mode=rwc`, `sqlite:dev.db`, `./data/dev.sqlite`; never memory. */
const SAMPLE_RE = /^((?:file|sqlite):(?:\/\/)?)?([^:?#\s]+?)(\?[\w=&.-]*)?$/
export const FILE_RE = /\.(?:db3?|sqlite3?)$/

/** A database that is a file, whose place a variable says: its own folder of the image, which a volume keeps. */
export function findFileDatabase(
  project: Project,
  { dependencies, devDependencies }: Manifest,
  variables: readonly Variable[],
): FileDatabase | undefined {
  const all = { ...dependencies, ...devDependencies }
  const prisma = prismaProvider({ project, dependencies: new Map(Object.entries(all)) })
  const drizzle =
    'drizzle-orm' in all ? configValue(project, { files: configFiles('drizzle'), key: 'dialect' }) : undefined
  if (prisma ? prisma.provider !== 'sqlite' : hasServer(dependencies)) return undefined
  if (!prisma && drizzle?.value !== 'sqlite' && !FILE_DRIVERS.some((name) => name in dependencies))
    return undefined
  const config = prisma?.path ?? (drizzle?.value === 'sqlite' ? drizzle.source.split(':')[0] : undefined)
  const env: Record<string, string> = {}
  const files = new Set<string>()
  const plain = variables.filter(({ name, public: isPublic }) => !isPublic && !isForTests(name))
  for (const { name, default: own, example, sources } of plain) {
    const [, scheme = '', path = '', query = ''] = SAMPLE_RE.exec(example || own || '') ?? []
    const file = path.split('/').at(-1) as string
    if (!(scheme || FILE_RE.test(path)) || !/^[\w.-]+$/.test(file) || query.includes('memory')) continue
    // One that is in Git comes with the code, and is read.
    const here = path.replace(/^(?:\.\/)+/, '')
    if (project.has(here) && !gitIgnores(project, here)) continue
    env[name] = `${scheme}${upFrom(project, name, sources)}${DATA}/${file}${query}`
    if (FILE_RE.test(file)) files.add(file)
  }
  // Without a sample, the variable that the ORM's own config reads.
  const read =
    Object.keys(env).length === 0
      ? plain.find(
          ({ name, default: own, example, sources }) =>
            !(own || example) &&
            /DB|DATABASE|SQLITE/.test(name) &&
            !/TOKEN|KEY/.test(name) &&
            sources.some((source) => source.split(':')[0] === config),
        )
      : undefined
  if (read) env[read.name] = `${prisma || '@libsql/client' in dependencies ? 'file:' : ''}${DATA}/app.db`
  const placed = plain.filter(({ name }) => name in env)
  // A place in the image is no secret; and where it is a plain path, no URL.
  for (const variable of placed)
    Object.assign(variable, {
      secret: false,
      ...(/^[./]/.test(env[variable.name] as string) && { kind: 'string' }),
    })
  const [first] = placed
  if (!first) return undefined
  return { env, files: [...files], warning: placedDatabase(Object.keys(env), first.sources[0] ?? '') }
}

/** Not a browser's profile, which is new each time. */
const DATA_FOLDER_RE = /^(?!CHROM|BROWSER|PUPPETEER)(?:\w+_)?DATA_(?:DIR|DIRECTORY|PATH|FOLDER)$/
export const isFolderName = (name: string): boolean => /(?:^|_)(?:DIR|DIRECTORY|FOLDER)$/.test(name)

/** A folder that the app keeps its data in, and a variable that says where: by its name, or by what the code writes there. */
export function findDataFolder(
  project: Project,
  variables: readonly Variable[],
  written?: string,
): FileDatabase | undefined {
  const variable = variables.find(({ name, default: own, example, public: isPublic, sources }) => {
    const path = (own || example || '').replace(/^\.\/|\/$/g, '')
    return (
      (name === written || DATA_FOLDER_RE.test(name)) &&
      !isPublic &&
      !isForTests(name) &&
      /\.[cm]?[jt]s:/.test(sources.join()) &&
      !/\.\w+$/.test(path) &&
      (path === DATA || isBesideCode(path || name)) &&
      // What is in Git is read.
      !(path && committedFolder(project, path))
    )
  })
  if (!variable) return undefined
  const { name, default: own, example, sources } = variable
  const end = (own || example)?.endsWith('/') ? '/' : ''
  return {
    env: { [name]: `${upFrom(project, name, sources)}${DATA}${end}` },
    files: [],
    folder: true,
    warning: placedFolder([name], sources[0] ?? ''),
  }
}

/** The way to the root from a folder that the code joins the variable to: joined, an absolute path is one below it. Compiled code may lie a folder deeper. */
function upFrom(project: Project, name: string, sources: readonly string[]): string {
  const path = sources.map(withoutLine).find((file) => {
    const code = blankComments(/\.[cm]?[jt]s$/.test(file) ? (project.source(file) ?? '') : '')
    return [...code.matchAll(/\bjoin\s*\(/g)].some(({ 0: call, index }) =>
      argumentsAt(code, index + call.length)
        .slice(1)
        .some((part) => part.match(/\w+/g)?.includes(name)),
    )
  })
  return path ? ['..', ...path.split('/').map(() => '..')].join('/') : ''
}
