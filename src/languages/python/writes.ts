import type { Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { isBesideCode, type LostFiles, lostFiles } from '../common.ts'
import { filesWith, qualified } from './code.ts'

/** Drivers of databases with a server: beside one, SQLite is what a laptop falls back to. */
const DRIVERS = [
  'psycopg',
  'psycopg2',
  'psycopg2-binary',
  'asyncpg',
  'pymysql',
  'mysqlclient',
  'aiomysql',
  'asyncmy',
]

/** Three slashes: a path below the app. Four: an absolute one. None after them: memory. */
const SQLITE_RE = /(['"])sqlite(?:\+\w+)?:\/\/\/(?!\/|:memory:)([^'"\n?]*)/g
const LOG_RE =
  /\b((?:\w+\.)*(?:Rotating|TimedRotating|Watched)?FileHandler)\(\s*(?:filename\s*=\s*)?(['"])([^'"\n]+)\2/g
const UPLOADS_RE = /\bUPLOAD_FOLDER(?:['"]\])?\s*=\s*(['"])([^'"\n]+)\1/g
/** The variable that a literal is the default of: `os.environ.get('DATABASE_URL', `. */
const DEFAULT_OF_RE =
  /(?:environ\.get|getenv|env(?:\.\w+)?|config)\(\s*(['"])(\w+)\1\s*,\s*(?:default\s*=\s*)?$|environ\[(['"])(\w+)\3\]\s+or\s+$/

/** What the app writes beside its code, which is read-only in production, and gone with the container. */
export function writesBesideCode(project: Project, has: (name: string) => boolean): Warning[] {
  const found = new Map<LostFiles, Warning>()
  const say = (what: LostFiles, ...rest: [string, number, string, string?]) => {
    if (!found.has(what)) found.set(what, lostFiles(what, ...rest))
  }
  for (const file of filesWith(project, ['sqlite', 'FileHandler', 'UPLOAD_FOLDER'])) {
    const { code, path } = file
    for (const match of code.matchAll(SQLITE_RE)) {
      const variable = DEFAULT_OF_RE.exec(code.slice(Math.max(0, match.index - 120), match.index))
      const name = variable?.[2] ?? variable?.[4]
      if (name && DRIVERS.some(has)) continue
      // What is put together lies there only where that is said.
      const rest = code.slice(match.index, code.indexOf('\n', match.index) + 1 || undefined)
      const text = match[2] as string
      const plain = text.includes('{') ? '' : text
      if (!plain && !/__file__|base_?dir|getcwd/i.test(rest)) continue
      const joined = /['"/]([\w.-]+)['"][^'"]*$/.exec(rest.slice(match[0].length - text.length))?.[1]
      say('database', path, file.line(match.index), plain || joined || 'its path is put together', name)
    }
    for (const match of code.matchAll(LOG_RE)) {
      const name = qualified(file, match[1] as string)
      if (file.inString(match.index) || !name.startsWith('logging.') || !isBesideCode(match[3] as string))
        continue
      say('log', path, file.line(match.index), match[3] as string)
    }
    for (const match of code.matchAll(UPLOADS_RE))
      if (isBesideCode(match[2] as string)) say('uploads', path, file.line(match.index), match[2] as string)
  }
  return [...found.values()]
}
