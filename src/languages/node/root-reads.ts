import { dirname, join } from 'node:path/posix'
import { argumentsAt, wholeLiteral } from '../../env/text.ts'
import { gitIgnores, hidden } from '../../ignore.ts'
import type { Project } from '../../project.ts'
import { readJavaScript } from '../../source/javascript.ts'
import { JS_EXTENSIONS } from './listen.ts'
import { isServed } from './writes.ts'

const JOINED_RE = /\b(?:join|resolve)\s*\(/g
const READ_RE =
  /\b(?:static|serveStatic|readFile|readFileSync|readdir|readdirSync|createReadStream)\s*\(\s*(['"`])((?:\.\/)?\w[\w@./-]*)\1/g
const CWD_RE = /\$\{process\.cwd\(\)\}\/([\w@./-]+)/g
const DATA_IMPORT_RE = /\b(?:from|import|require\()\s*(['"`])(\.\.\/[^'"`\n]+\.json)\1/g
const OWN_RE = /^(?:__dirname|import\.meta\.dirname)$/
const CODE_RE = /\.[cm]?[jt]sx?$/
/** What .dockerignore keeps out of every build. */
const KEPT_OUT_RE =
  /(?:^|\/)(?:\.|node_modules(?:\/|$))|\.(?:pem|key|p12|pfx|log)$|^(?:Dockerfile|compose|docker-)/

/**
 * Paths of the project that the code reads: from the root, or from above its own folder, where it is built, since no
 * compiler copies them. Without a folder of output the files run as they are, and code that they look up is a path too.
 */
export function rootReads(
  project: Project,
  folder: string | undefined,
  entry: string | undefined,
  readers?: Iterable<string>,
): string[] {
  const sources = project.sources(JS_EXTENSIONS)
  const found = new Set<string>()
  for (const file of readers ?? sources) {
    const text = isServed(file, entry) ? project.source(file) : null
    if (!text || !/\.\.\/|cwd|join|resolve|static|read/i.test(text)) continue
    const { code, inString } = readJavaScript(text)
    const add = (path: string, needs = 1) => {
      const plain = join(path).replace(/\/$/, '')
      const [top = '', ...below] = plain.split('/')
      if (top === '..' || top === '.' || top === '' || top === folder || below.length + 1 < needs) return
      if (KEPT_OUT_RE.test(plain) || plain === 'package.json') return
      if (!project.has(plain) && !project.hasFolder(plain)) return
      // Code that is compiled lies in the output.
      const own = top === file.split('/')[0]
      const isCode = (source: string) => source.startsWith(`${plain}/`) && (own || /ts$/.test(source))
      if (folder !== undefined && (CODE_RE.test(plain) || sources.some(isCode))) return
      if (gitIgnores(project, plain) || hidden(project.source('.dockerignore') ?? '', [plain]).length > 0)
        return
      found.add(plain)
    }
    /** From the file's own folder: within its tree the build decides what is there. */
    const addOwn = (path: string) => {
      const target = join(dirname(file), path)
      if (folder === undefined || target.split('/')[0] !== file.split('/')[0]) add(target)
    }
    for (const match of code.matchAll(JOINED_RE)) {
      if (inString(match.index)) continue
      const [base = '', ...rest] = argumentsAt(code, match.index + match[0].length)
      const parts: string[] = []
      for (const word of rest) {
        const literal = wholeLiteral(word)
        if (literal?.kind !== 'string') break
        parts.push(literal.value as string)
      }
      const path = parts.join('/')
      if (path === '') continue
      if (OWN_RE.test(base)) addOwn(path)
      // A setting may be the root, where the path is long enough to be no accident.
      else add(path, base === 'process.cwd()' ? 1 : 3)
    }
    for (const match of code.matchAll(READ_RE)) if (!inString(match.index)) add(match[2] as string)
    for (const [, path = ''] of code.matchAll(CWD_RE)) add(path)
    for (const match of code.matchAll(DATA_IMPORT_RE)) addOwn(match[2] as string)
  }
  // Several files of a folder come with it.
  const all = [...found]
  const paths = all.map((path) => {
    const parent = dirname(path)
    const isShared = parent !== '.' && all.filter((other) => dirname(other) === parent).length > 1
    return isShared && !sources.some((source) => source.startsWith(`${parent}/`)) ? parent : path
  })
  return [...new Set(paths)].filter((path) => !paths.some((other) => path.startsWith(`${other}/`))).toSorted()
}
