import { dirname, join } from 'node:path/posix'
import { argumentsAt, expressionEnd, wholeLiteral } from '../../env/text.ts'
import type { Warning } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { prismaProvider } from '../../services/signs.ts'
import { lineOf, readJavaScript } from '../../source/javascript.ts'
import { isBesideCode, type LostFiles, lostFiles } from '../common.ts'
import { FILE_RE, hasServer } from './file-database.ts'
import { JS_EXTENSIONS } from './listen.ts'
import type { Manifest } from './manifest.ts'

interface Writer {
  /** One of these is a dependency, and the file that writes holds one of the words. */
  packages: readonly string[]
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
    before: /\b(?:database|storage|filename|dbName|url)['"]?\s*:\s*/g,
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
]

export interface Lost {
  what: LostFiles
  warning: Warning
}

/** What the app writes beside its code, which is read-only in production, and gone with the container. */
export function writesBesideCode(
  project: Project,
  { dependencies }: Manifest,
  variables: readonly Variable[],
): Lost[] {
  const wanted = WRITERS.filter(
    ({ packages, only }) =>
      packages.some((name) => name in dependencies) && !(only && hasServer(dependencies)),
  )
  const schema = prismaProvider({ project, dependencies: new Map(Object.entries(dependencies)) })?.path
  const text = (schema && project.source(schema)) ?? ''
  const fixed = /^\s*url\s*=\s*"file:(?!\/)([^"]+)"/m.exec(text)
  if (schema && fixed) {
    const line = lineOf(text, fixed.index + fixed[0].length)
    return [{ what: 'database', warning: lostFiles('database', schema, line, fixed[1] as string) }]
  }
  if (wanted.length === 0) return []
  const files = project.sources(JS_EXTENSIONS)
  return wanted.flatMap(({ words, before, what, only }): Lost[] => {
    for (const file of files) {
      const text = project.source(file)
      if (!text || !words.some((word) => text.includes(word))) continue
      const { code, inString } = readJavaScript(text)
      for (const match of code.matchAll(before)) {
        const start = match.index + match[0].length
        const [path, options = ''] = argumentsAt(code, start)
        if (!path || inString(match.index) || /\breadonly\s*:\s*true\b/i.test(options)) continue
        const found = pathOf(path, { file, code, variables })
        if (!found || !(only?.test(found.path) ?? true)) continue
        const line = lineOf(code, match.index)
        return [{ what, warning: lostFiles(what, file, line, found.path, found.variable) }]
      }
    }
    return []
  })
}

interface Where {
  file: string
  code: string
  variables: readonly Variable[]
}

/** A path below the code: a literal, one that is joined to the code's own folder, or the default of a variable. */
function pathOf(
  expression: string,
  where: Where,
  depth = 0,
): { path: string; variable?: string } | undefined {
  const { code, variables, file } = where
  const literal = wholeLiteral(expression)
  if (literal) {
    const path = literal.value?.replace(/^file:(?!\/)/, '') ?? ''
    return isBesideCode(path) ? { path } : undefined
  }
  const names: string[] = expression.match(/[A-Za-z_$][\w$]*/g) ?? []
  const variable = variables.find(({ name }) => names.includes(name))
  if (variable)
    return isBesideCode(variable.default ?? '')
      ? { path: variable.default as string, variable: variable.name }
      : undefined
  if (/\b(?:__dirname|dirname|process\.cwd)\b/.test(expression)) {
    const parts = [...expression.matchAll(/(['"`])([^'"`$]*)\1/g)].map((match) => match[2] as string)
    const path = parts.join('/')
    return path
      ? { path: join(expression.includes('cwd') ? '' : dirname(file), path).replace(/^\//, '') }
      : undefined
  }
  const [only = ''] = names
  const constant =
    names.length === 1 &&
    depth < 2 &&
    new RegExp(`\\bconst\\s+${only.replaceAll('$', '\\$')}\\s*(?::[^=\\n]+)?=\\s*`).exec(code)
  if (!constant) return undefined
  const start = constant.index + constant[0].length
  return pathOf(code.slice(start, expressionEnd(code, start, ',;\n')).trim(), where, depth + 1)
}
