import { dirname, join } from 'node:path/posix'
import { argumentsAt, expressionEnd, wholeLiteral } from '../../env/text.ts'
import type { Warning } from '../../facts.ts'
import { committedFolder } from '../../ignore.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import { prismaProvider } from '../../services/signs.ts'
import { isForTests } from '../../services/variables.ts'
import { lineOf, readJavaScript } from '../../source/javascript.ts'
import { isBesideCode, type LostFiles, lostFiles } from '../common.ts'
import { FILE_RE, hasServer } from './file-database.ts'
import { JS_EXTENSIONS } from './listen.ts'
import type { Manifest } from './manifest.ts'

interface Writer {
  /** One of these is a dependency, and the file that writes holds one of the words. Without it: Node.js itself writes. */
  packages?: readonly string[]
  words: readonly string[]
  /** What stands right before the path. */
  before: RegExp
  what: LostFiles
  /** A path is one of these alone. */
  only?: RegExp
}

const WRITERS: readonly Writer[] = [
  {
    packages: ['better-sqlite3', 'sqlite3'],
    words: ['better-sqlite3', 'sqlite3'],
    before: /\bnew\s+(?:\w+\.)?(?:Database|[sS]qlite3?|SQLite)\s*\(/g,
    what: 'database',
  },
  {
    packages: ['typeorm', 'sequelize', 'knex', 'drizzle-orm', '@mikro-orm/core', '@libsql/client'],
    words: ['sqlite', 'libsql', 'turso'],
    before: /\b(?:database|storage|filename|dbName|url|connection)['"]?\s*:\s*/g,
    what: 'database',
    only: FILE_RE,
  },
  {
    packages: ['multer', '@nestjs/platform-express'],
    words: ['multer', 'FileInterceptor'],
    before:
      /\bdest(?:ination)?\s*:\s*(?:(?:\([^()]*\)|\w+)\s*=>\s*\{?|function\s*\w*\([^()]*\)\s*\{)?\s*(?:return\s+)?(?:\w+\(\s*null\s*,)?/g,
    what: 'uploads',
  },
  {
    packages: ['@nestjs/graphql'],
    words: ['autoSchemaFile'],
    before: /\bautoSchemaFile\s*:\s*(?:\{\s*path\s*:\s*)?/g,
    what: 'schema',
  },
  {
    packages: ['winston', 'winston-daily-rotate-file'],
    words: ['.File(', 'DailyRotateFile'],
    before: /\b(?:file|dir)name\s*:\s*/g,
    what: 'log',
  },
  {
    packages: ['pino'],
    words: ['pino/file'],
    before: /\bdestination\s*:\s*/g,
    what: 'log',
  },
  {
    words: ["fs'", 'fs"', 'fs/promises', 'fs-extra', 'mkdirp'],
    before:
      /\b(?:mkdirp|(?:mkdir|ensureDir|outputFile|outputJson|writeFile|writeJson|appendFile|createWriteStream)(?:Sync)?)\s*\(/g,
    what: 'files',
  },
]

/** Folders whose code is no part of the app that runs. */
const TOOLS = new Set(
  'scripts script tools tooling bin cli tasks build hack codegen generators seed seeds seeders migrations prisma'.split(
    ' ',
  ),
)
/** Code of the server, as far as its path tells: no tool, no config, and at the root only what is started. */
export function isServed(path: string, entry: string | undefined): boolean {
  const folders = path.split('/')
  const name = folders.pop() as string
  return (
    path === entry ||
    (folders.length > 0 && !folders.some((one) => TOOLS.has(one)) && !name.includes('.config.'))
  )
}

export interface Lost {
  what: LostFiles
  warning: Warning
  /** What may say otherwise. */
  variable?: string | undefined
}

/** What the app writes beside its code, which is read-only in production, and gone with the container. */
export function writesBesideCode(
  project: Project,
  { dependencies }: Manifest,
  variables: readonly Variable[],
  entry: string | undefined,
  placed: Readonly<Record<string, string>> = {},
): Lost[] {
  const wanted = WRITERS.filter(
    ({ packages, only }) =>
      (packages?.some((name) => name in dependencies) ?? true) && !(only && hasServer(dependencies)),
  )
  const schema = prismaProvider({ project, dependencies: new Map(Object.entries(dependencies)) })?.path
  const text = (schema && project.source(schema)) ?? ''
  const fixed = /^\s*url\s*=\s*"file:(?!\/)([^"]+)"/m.exec(text)
  if (schema && fixed) {
    const line = lineOf(text, fixed.index + fixed[0].length)
    return [{ what: 'database', warning: lostFiles('database', schema, line, fixed[1] as string) }]
  }
  const settled = hasServer(dependencies) ? undefined : settledDatabase(project)
  if (settled) return [{ what: 'database', warning: lostFiles('database', CONFIG, ...settled) }]
  const files = project.sources(JS_EXTENSIONS)
  const seen = wanted.flatMap(({ packages, words, before, what: usual, only }): Lost[] => {
    for (const file of files) {
      const text = packages || isServed(file, entry) ? project.source(file) : null
      if (!text || !words.some((word) => text.includes(word))) continue
      const { code, inString } = readJavaScript(text)
      for (const match of code.matchAll(before)) {
        const start = match.index + match[0].length
        const [path, options = ''] = argumentsAt(code, start)
        if (!path || inString(match.index) || /\breadonly\s*:\s*true\b/i.test(options)) continue
        // What is written on a laptop alone.
        if (usual === 'files' && LAPTOP_RE.test(code.slice(Math.max(0, match.index - 200), match.index)))
          continue
        const found = pathOf(path, { file, code, variables, placed })
        // The folder itself is there: a default of some library's, as a rule.
        if (!found || (found.path === '.' && !found.variable) || !(only?.test(found.path) ?? true)) continue
        const line = lineOf(code, match.index)
        const what = usual === 'files' && /\.log$|(?:^|\/)logs?(?:\/|$)/.test(found.path) ? 'log' : usual
        return [
          {
            what,
            warning: lostFiles(what, file, line, found.path, found.variable),
            variable: found.variable,
          },
        ]
      }
    }
    return []
  })
  return seen.some(({ what }) => what === 'uploads' || what === 'files')
    ? seen
    : [...seen, ...keptFolders(project, variables, placed)]
}

/** node-config's. */
const CONFIG = 'config/default.json'

/** The line and the path of a SQLite file that settings place: `{ "client": "sqlite3", "connection": "app.sqlite" }`. */
function settledDatabase(project: Project): [number, string] | undefined {
  const visit = (value: unknown): string | undefined => {
    const { client, dialect, type, connection, ...rest } = record(value)
    const places = [connection, ...Object.values(record(connection)), ...Object.values(rest)]
    const path = /sqlite/.test(`${client} ${dialect} ${type}`)
      ? places.find((place) => typeof place === 'string' && FILE_RE.test(place) && isBesideCode(place))
      : undefined
    return (path as string | undefined) ?? Object.values(rest).map(visit).find(Boolean)
  }
  const path = visit(project.lenientJson(CONFIG))
  const text = project.source(CONFIG) ?? ''
  return path === undefined ? undefined : [lineOf(text, text.indexOf(JSON.stringify(path))), path]
}

/** `UPLOAD_DIR`, `FILE_STORAGE_LOCAL_ROOT_DIR`: folders that are written to. */
const FOLDER_RE =
  /(?:^|_)(?:DATA|UPLOADS?|STORAGE|MEDIA|ATTACHMENTS?)_(?:\w+_)?(?:DIR|DIRECTORY|PATH|ROOT|FOLDER|BASE)$/

/** Folders that the project says it fills: by a variable with a sample, or kept in Git without what is in them. */
function keptFolders(
  project: Project,
  variables: readonly Variable[],
  placed: Readonly<Record<string, string>>,
): Lost[] {
  const lost = (file: string, line: number, path: string, variable?: string): Lost => ({
    what: 'files',
    warning: lostFiles('files', file, line, path, variable),
  })
  for (const { name, default: own, example, sources, public: isPublic } of variables) {
    const path = (own || example || '').replace(/\/$/, '')
    if (path === '' || isPublic || name in placed || isForTests(name) || !FOLDER_RE.test(name)) continue
    if (!/^(?:(?:\.{0,2}\/)?[\w.-]+)(?:\/[\w-]+)*$/.test(path) || path.startsWith('/tmp')) continue
    if (committedFolder(project, path.replace(/^\.\//, ''))) continue
    const [file = '', line] = (sources[0] ?? '').split(':')
    return [lost(file, Number(line), path, name)]
  }
  const lines = (project.source('.gitignore') ?? '').split('\n').map((line) => line.trim().replace(/^\//, ''))
  const index = lines.findIndex((line, at) => {
    const [, folder] = /^([\w./-]+)\/\*+$/.exec(line) ?? []
    return (
      folder !== undefined &&
      !/(?:^|\/)(?:te?mp|cache|logs?|test\w*|coverage|build|dist|public)$/.test(folder) &&
      lines.some((keep, place) => place > at && new RegExp(`^!/?${folder}/\\.(?:git|keep)`).test(keep))
    )
  })
  return index < 0 ? [] : [lost('.gitignore', index + 1, (lines[index] as string).replace(/\/\*+$/, ''))]
}

interface Where {
  file: string
  code: string
  variables: readonly Variable[]
  /** Variables that the image sets to a place that is kept. */
  placed: Readonly<Record<string, string>>
}

/** `c` of `a || b ?? c`, and of `a ? b : c`. */
function lastChoice(expression: string): string | undefined {
  let found: string | undefined
  for (let rest = expression; ; rest = found) {
    const end = expressionEnd(rest, 0, '|?:')
    if (!'|?:'.includes(rest[end] ?? '-')) return found?.trim()
    found = rest.slice(end + 1).replace(/^[|?]/, '')
  }
}

const LAPTOP_RE = /NODE_ENV|\bis_?(?:dev|prod)|development/i

/** A path below the code: a literal, one that is joined to the code's own folder, or the default of a variable. */
function pathOf(
  expression: string,
  where: Where,
  depth = 0,
): { path: string; variable?: string } | undefined {
  const { code, variables, file, placed } = where
  const literal = wholeLiteral(expression)
  if (literal) {
    const path = (literal.kind === 'string' ? literal.value : undefined)?.replace(/^file:(?!\/)/, '') ?? ''
    return isBesideCode(path) ? { path } : undefined
  }
  if (depth > 3 || /tmpdir|homedir|prod|NODE_ENV/i.test(expression)) return undefined
  const names: string[] = expression.match(/[A-Za-z_$][\w$]*/g) ?? []
  // Joined to a folder an absolute path is one below it; asked for first, it is the one that is taken.
  const asked = /^(?:process\.)?env\.(\w+)\s*(?:\?|\|\|)/.exec(expression)?.[1] ?? ''
  const joins = /\bjoin\(/.test(expression) && !(asked in placed)
  if (names.some((name) => name in placed && (!joins || placed[name]?.startsWith('..')))) return undefined
  const variable = variables.find(({ name }) => names.includes(name) && !(name in placed))
  const last = lastChoice(expression)
  if (variable?.default || (variable && !last))
    return isBesideCode(variable.default ?? '')
      ? { path: variable.default as string, variable: variable.name }
      : undefined
  if (last) {
    const found = pathOf(last, where, depth + 1)
    return found && { ...found, ...(variable && { variable: variable.name }) }
  }
  const own = /\b__dirname\b|\bimport\.meta\b|(?<!\.)\bdirname\b(?!\s*\()/.test(expression)
  const joined = /^(?:path\.)?(?:join|resolve)\(\s*['"`](?!\/)|^`[\w.]/.test(expression)
  if (own || joined || expression.includes('process.cwd')) {
    const fixed = expression.replace(/\$\{[^{}]*\}/g, '')
    const parts = [...fixed.matchAll(/(['"`])([^'"`$]*)\1/g)].map((match) => match[2] as string)
    const path = join(own ? dirname(file) : '', parts.join('/')).replace(/^\//, '')
    return parts.some((part) => /\w/.test(part)) && isBesideCode(path) ? { path } : undefined
  }
  if (!/^[A-Za-z_$][\w$.]*$/.test(expression)) return undefined
  const set = new RegExp(
    `(?<![\\w$.])${expression.replace(/[.$]/g, '\\$&')}\\s*(?::[^=\\n]+)?=(?![=>])\\s*`,
  ).exec(code)
  if (!set) return undefined
  // A line that begins with an operator goes on with the one before.
  const rest = code
    .slice(set.index + set[0].length)
    .slice(0, 600)
    .replace(/\n\s*(?=[?:|])/g, ' ')
  return pathOf(rest.slice(0, expressionEnd(rest, 0, ',;\n')).trim(), where, depth + 1)
}
