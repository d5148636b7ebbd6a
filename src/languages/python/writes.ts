import { argumentsAt, expressionEnd } from '../../env/text.ts'
import type { Warning } from '../../facts.ts'
import { committedFolder } from '../../ignore.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import {
  DATA,
  few,
  isBesideCode,
  type LostFiles,
  lostFiles,
  placedDatabase,
  placedFolder,
} from '../common.ts'
import { FACTORY_NAMES } from './apps.ts'
import { filesWith, firstMatches, qualified, type SourceFile } from './code.ts'
import type { Django } from './django.ts'
import { codePath, isDataFolder } from './paths.ts'
import type { Reach } from './reach.ts'

/** Drivers of databases with a server: beside one, SQLite is what a laptop falls back to. */
export const DRIVERS = [
  'psycopg',
  'psycopg2',
  'psycopg2-binary',
  'asyncpg',
  'pymysql',
  'mysqlclient',
  'aiomysql',
  'asyncmy',
]
export const hasDriver = (has: (name: string) => boolean): boolean => DRIVERS.some(has)

/** Three slashes, or Tortoise's two: a path below the app. Four: an absolute one. None after them: memory. */
const SQLITE_RE = /(['"])sqlite(?:\+\w+)?:\/\/(?:\/(?!\/|:memory:)|(?=[\w{.]))([^'"\n?]*)/g
/** Tortoise's, with its settings apart. */
const FILE_PATH_RE = /(['"])file_path\1\s*:\s*/g
const CONNECT_RE = /\b((?:\w+\.)?connect)\s*\(/g
const DATABASE_RE = /^(?:[\w.-]+\/)*[\w-]+\.\w+$/
const LOG_RE = /\b((?:\w+\.)*(?:Rotating|TimedRotating|Watched)?FileHandler)\(\s*(?:filename\s*=\s*)?/g
const LOG_FILE_RE = /['"]filename['"]\s*:\s*/g
const UPLOADS_RE = /\bUPLOAD_FOLDER(?:['"]\])?\s*=\s*(['"])([^'"\n]+)\1/g
const FOLDER_RE = /\bos\.(?:makedirs|mkdir)\s*\(|\.mkdir\s*\(/g
/** The variable that a literal is the default of: `os.environ.get('DATABASE_URL', `. */
const DEFAULT_OF_RE =
  /(?:environ\.get|getenv|env(?:\.\w+)?|config)\(\s*(['"])(\w+)\1\s*,\s*(?:default\s*=\s*)?$|(?:environ(?:\.get)?|getenv)\s*[[(]\s*(['"])(\w+)\3[^\n]{0,80}?\bor\s*\\?\s*$/
/** Functions that run before the app serves. */
const AT_START = new Set([
  ...FACTORY_NAMES,
  'main',
  'lifespan',
  'startup',
  'on_startup',
  'ready',
  'setup_hook',
])

export interface Writes {
  warnings: Warning[]
  /** Folders that the app makes before it serves: without them it does not start. */
  folders: string[]
  /** Variables that keep it from doing so. */
  guards: string[]
  /** What the SQLite files are called that lie beside the code. */
  databases: string[]
  /** The database that the app works on, where it is such a file. */
  database?: { file: string; env?: Record<string, string> }
  /** Variables that put what the app keeps into the image's folder for data. */
  env: Record<string, string>
}

interface Looked {
  project: Project
  reach: Reach
  django: Django | null
  variables: readonly Variable[]
  has(name: string): boolean
}

/** What the app writes beside its code, which is read-only in production, and gone with the container. */
export function writesBesideCode(looked: Looked): Writes {
  const { project, reach, django, has } = looked
  const found = new Map<LostFiles, Warning>()
  const guards = new Set<string>()
  const env: Record<string, string> = {}
  const databases = new Set<string>()
  let database: Writes['database']
  const say = (
    what: LostFiles,
    file: SourceFile,
    index: number,
    path: string,
    variable?: string,
    url?: string,
  ) => {
    const place = placeOf(file, index, looked.variables)
    // One that lies in git is data that the app comes with.
    const isLocal = !project.has(path) || project.source('.gitignore') === null
    if (what === 'database' && isLocal && DATABASE_RE.test(path))
      databases.add(`**/${path.split('/').at(-1)}*`)
    if (what === 'database' && !database) {
      database = { file: file.path, ...(variable && url && { env: { [variable]: url } }) }
      if (database.env)
        found.set(what, placedDatabase([variable as string], `${file.path}:${file.line(index)}`))
    }
    if (place.guard) guards.add(place.guard)
    else if (!found.has(what) && (place.starts || what !== 'log'))
      found.set(what, lostFiles(what, file.path, file.line(index), path, variable))
  }
  const settings = django?.files ?? []
  const files = filesWith(project, ['sqlite', 'FileHandler', 'UPLOAD_FOLDER', 'mkdir', 'makedirs']).filter(
    ({ path }) => (django ? settings.some((file) => file.path === path) || path.endsWith('/apps.py') : true),
  )
  const made: { file: SourceFile; index: number; path: string; variable?: string }[] = []
  for (const file of files) {
    const { code } = file
    if (!django) {
      for (const match of code.matchAll(SQLITE_RE)) {
        const variable = DEFAULT_OF_RE.exec(code.slice(Math.max(0, match.index - 120), match.index))
        const name = variable?.[2] ?? variable?.[4]
        if (name && hasDriver(has)) continue
        // What is put together lies there only where that is said.
        const rest = code.slice(match.index, code.indexOf('\n', match.index) + 1 || undefined)
        const text = match[2] as string
        const plain = text.includes('{') ? '' : text
        if (!plain && !/__file__|base_?dir|getcwd/i.test(rest)) continue
        const joined = /['"/]([\w.-]+)['"][^'"]*$/.exec(rest.slice(match[0].length - text.length))?.[1]
        const path = plain || joined || 'its path is put together'
        const url = name && `${match[0].slice(1, match[0].indexOf(':'))}:///${DATA}/${path.split('/').at(-1)}`
        say('database', file, match.index, path, name, DATABASE_RE.test(path) ? url : undefined)
      }
      for (const match of firstMatches(code, CONNECT_RE)) {
        if (
          file.inString(match.index) ||
          !/^(?:aio)?sqlite3?\.connect$/.test(qualified(file, match[1] as string))
        )
          continue
        const path = pathAfter(file, match, settings)
        if (path) say('database', file, match.index, path.path, path.variable)
      }
      if (code.includes('tortoise.backends.sqlite'))
        for (const match of firstMatches(code, FILE_PATH_RE)) {
          const path = pathAfter(file, match, settings)
          if (path) say('database', file, match.index, path.path, path.variable)
        }
      for (const match of code.matchAll(UPLOADS_RE))
        if (isBesideCode(match[2] as string)) say('uploads', file, match.index, match[2] as string)
    }
    for (const match of firstMatches(code, LOG_RE)) {
      const name = qualified(file, match[1] as string)
      if (file.inString(match.index) || !name.startsWith('logging.')) continue
      const path = pathAfter(file, match, settings)
      if (path) say('log', file, match.index, path.path, path.variable)
    }
    if (settings.includes(file))
      for (const match of firstMatches(code, LOG_FILE_RE)) {
        // In Django's LOGGING: a queue in a file has such a key too.
        const statement = code
          .slice(0, match.index)
          .split(/\n(?=[A-Za-z_@])/)
          .pop() as string
        if (!/LOGGING|handlers/i.test(statement)) continue
        const path = pathAfter(file, match, settings)
        // A queue may have a database there.
        if (path && !/\.(?:db|sqlite3?)$/.test(path.path))
          say('log', file, match.index, path.path, path.variable)
      }
    for (const match of firstMatches(code, FOLDER_RE)) {
      if (file.inString(match.index)) continue
      const paths = match[0].startsWith('.')
        ? eachOf(ownerBefore(code, match.index), code, match.index).map((one) =>
            codePath(one, file, settings),
          )
        : [pathAfter(file, match, settings)]
      const place = placeOf(file, match.index, looked.variables)
      for (const path of paths) {
        if (!path || path.path === '' || !place.starts || committedFolder(project, path.path)) continue
        if (reach()?.has(file.path) === false) break
        if (place.guard) guards.add(place.guard)
        else if (path.variable && isDataFolder(path.variable)) {
          env[path.variable] = DATA
          found.set('folder', placedFolder([path.variable], `${file.path}:${file.line(match.index)}`))
        } else made.push({ file, index: match.index, ...path })
      }
    }
  }
  // What lies in that folder has its place with it.
  const log = found.get('log')
  if (log && Object.keys(env).some((name) => log.message.includes(`unless ${name} says`))) found.delete('log')
  const folders = [...new Set(made.map(({ path }) => path))]
  const [first] = made
  if (first)
    found.set(
      'folder',
      lostFiles('folder', first.file.path, first.file.line(first.index), few(folders), first.variable),
    )
  return {
    warnings: [...found.values()],
    folders,
    guards: [...guards],
    databases: [...databases],
    ...(database && { database }),
    env: { ...env, ...database?.env },
  }
}

const pathAfter = (file: SourceFile, match: RegExpExecArray, settings: readonly SourceFile[]) => {
  const [first = ''] = argumentsAt(file.code, match.index + match[0].length)
  const path = codePath(first.replace(/^(?:filename|name|database)\s*=\s*/, ''), file, settings)
  return path?.path ? path : null
}

/** What a method is called on: `(BASE_DIR / "logs")`, `Path("logs")`, `LOG_DIR`. */
function ownerBefore(code: string, dot: number): string {
  const start = code.lastIndexOf('\n', dot) + 1
  const line = code.slice(start, dot)
  for (const { index } of line.matchAll(/(?<![\w.)\]])[A-Za-z_(]/g)) {
    const text = line.slice(index)
    if (expressionEnd(text, 0, ',;= ') === text.length || /^\(.*\)$/.test(text)) return text
  }
  return ''
}

/** What a name stands for in turn: `for folder in (DATA_DIR, LOG_DIR):`. */
function eachOf(name: string, code: string, index: number): string[] {
  if (!/^[A-Za-z_]\w*$/.test(name)) return [name]
  const before = code.slice(Math.max(0, index - 1_000), index)
  const loop = [...before.matchAll(new RegExp(`\\bfor[ \\t]+${name}[ \\t]+in[ \\t]*[[(]`, 'g'))].at(-1)
  return loop ? argumentsAt(before, loop.index + loop[0].length).map((one) => one.trim()) : [name]
}

/** Whether a line runs before the app serves, and the variable that would keep it from that. */
function placeOf(
  file: SourceFile,
  index: number,
  variables: readonly Variable[],
): { starts: boolean; guard?: string } {
  const lines = file.code.slice(0, index).split('\n')
  const indentOf = (line: string) => line.length - line.trimStart().length
  let indent = indentOf(lines.pop() as string)
  let guard: string | undefined
  let wanted = ''
  for (const line of lines.reverse()) {
    // The end of a signature over several lines stands where its `def` does.
    if (/^\s*(?:[)\]}]|$)/.test(line)) continue
    const depth = indentOf(line)
    const text = line.trim()
    if (wanted && depth === indent && text.startsWith('if ')) {
      guard ??= truthOf(text.slice(3), variables)
      wanted = ''
    }
    if (depth >= indent) continue
    indent = depth
    if (/^else\s*:/.test(text)) wanted = 'if'
    const not = /^if\s+not\s+(.+)/.exec(text)?.[1]
    if (not) guard ??= truthOf(not, variables)
    // A switch of the app's own may be off.
    else if (/^if\s+(?:[\w.]+\s*:|.*__name__)/.test(text)) return { starts: false }
    const name = /^(?:async\s+)?def\s+(\w+)/.exec(text)?.[1]
    if (name) return { starts: AT_START.has(name), ...(guard && { guard }) }
  }
  return { starts: true, ...(guard && { guard }) }
}

/** The variable whose being set is the whole condition: `app.config['LOG_TO_STDOUT']:`. */
function truthOf(condition: string, variables: readonly Variable[]): string | undefined {
  const name = /^[\w.]*?(?:\[['"]|\(['"]|\b)([A-Z][A-Z\d_]+)['"]?[\])]?\s*:$/.exec(condition.trim())?.[1]
  return variables.find((variable) => variable.name === name)?.name
}
