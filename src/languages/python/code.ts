import type { Project } from '../../project.ts'
import { lineOf, readPython } from '../../source/python.ts'

/** A source file as detection reads it: comments and docstrings are blank, every index still fits. */
export interface SourceFile {
  path: string
  code: string
  /** Local name → what it is: `FastAPI` → `fastapi.FastAPI`; relative imports are made absolute. */
  imports: ReadonlyMap<string, string>
  line(index: number): number
  inString(index: number): boolean
}

/** More Python than this is not one app's own code. */
const MAX_FILES = 1_500
const MAX_MATCHES = 300
const cache = new WeakMap<Project, Map<string, SourceFile | null>>()

/** The project's source files whose text holds one of the words: only these are worth a scan. */
export function filesWith(project: Project, words: readonly string[]): SourceFile[] {
  return project
    .sources(['.py'])
    .slice(0, MAX_FILES)
    .filter((path) => {
      const text = project.source(path)
      return text !== null && words.some((word) => text.includes(word))
    })
    .map((path) => sourceFile(project, path))
    .filter((file) => file !== null)
}

export function sourceFile(project: Project, path: string): SourceFile | null {
  let files = cache.get(project)
  if (!files) {
    files = new Map()
    cache.set(project, files)
  }
  let file = files.get(path)
  if (file === undefined) {
    const text = project.source(path)
    if (text === null) file = null
    else {
      const { code, inString } = readPython(text)
      file = { path, code, imports: importsOf(code, path), line: (index) => lineOf(code, index), inString }
    }
    files.set(path, file)
  }
  return file
}

const FROM_RE = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]{0,2000}\)|[^\n;]{1,500})/gm
const IMPORT_RE = /^[ \t]*import[ \t]+([^\n;]{1,500})/gm

function importsOf(code: string, path: string): Map<string, string> {
  const imports = new Map<string, string>()
  for (const match of code.matchAll(FROM_RE)) {
    const base = joinModule(relativeBase(path, (match[1] as string).length), match[2] as string)
    for (const [name, alias] of importedNames(match[3] as string)) imports.set(alias, joinModule(base, name))
    // Under no name of its own, and imported all the same.
    if (/^\s*\*/.test(match[3] as string)) imports.set(`${base}.*`, base)
  }
  for (const match of code.matchAll(IMPORT_RE)) {
    for (const [name, alias] of importedNames(match[1] as string)) {
      if (alias !== name) imports.set(alias, name)
      else {
        imports.set(name.split('.')[0] as string, name.split('.')[0] as string)
        imports.set(name, name)
      }
    }
  }
  return imports
}

function importedNames(list: string): [string, string][] {
  return list
    .replace(/[()\\\n]/g, ' ')
    .split(',')
    .flatMap((part) => {
      const match = /^\s*([\w.]+)(?:\s+as\s+(\w+))?\s*$/.exec(part)
      return match ? [[match[1] as string, match[2] ?? (match[1] as string)] as [string, string]] : []
    })
}

/** `.` is the file's own package, `..` the one above; no dots: absolute. */
function relativeBase(path: string, dots: number): string {
  return dots === 0 ? '' : path.split('/').slice(0, -dots).join('.')
}

export function joinModule(...parts: string[]): string {
  return parts.filter(Boolean).join('.')
}

/** What a dotted expression names: `fa.FastAPI` with `import fastapi as fa` is `fastapi.FastAPI`. */
export function qualified(file: SourceFile, expression: string): string {
  const [first = '', ...rest] = expression.split('.')
  return joinModule(file.imports.get(first) ?? first, ...rest)
}

/** Whether a qualified name is this class of this package, wherever in the package it was imported from. */
export function isOf(name: string, wanted: string): boolean {
  const parts = name.split('.')
  const target = wanted.split('.')
  const ends = parts.length > 1 && parts[0] === target[0] && parts.at(-1) === target.at(-1)
  return ends && target.slice(1, -1).every((part) => parts.includes(part))
}

/** The text between the parenthesis at `open` and its partner, at most 4,000 characters of it. */
export function insideParens(file: SourceFile, open: number): string {
  let depth = 0
  for (let i = open; i < Math.min(file.code.length, open + 4_000); i++) {
    const char = file.code[i] as string
    if (!'()[]{}'.includes(char) || file.inString(i)) continue
    depth += '([{'.includes(char) ? 1 : -1
    if (depth === 0) return file.code.slice(open + 1, i)
  }
  return file.code.slice(open + 1, open + 4_000)
}

/** The indented lines after a `def`. */
export function bodyAfter(code: string, from: number): string {
  const end = /\n(?=[^\s)\]}#])/.exec(code.slice(from, from + 20_000))
  return code.slice(from, end ? from + end.index : from + 20_000)
}

/** `a`, `b=1`, `*rest`: the parts between the commas that belong to no inner brackets. */
export function splitArguments(text: string): string[] {
  let flat = text
  for (let left = ''; left !== flat; ) {
    left = flat
    flat = flat.replace(/\[[^[\]]*\]|\([^()]*\)|\{[^{}]*\}/g, '')
  }
  return flat
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}

export interface AppRef {
  /** `app.main`. */
  module: string
  attribute: string
  /** The attribute is a function that makes the app. */
  factory: boolean
  /** The folder that must be on the path for the module to be found: '' is the project's root. */
  root: string
  file: string
  line: number
  /** Nothing in the code says so. */
  guess?: true
}

const ENTRY_RE =
  /^(?:(?:async[ \t]+)?def[ \t]+(application|app)[ \t]*\(|(application|app)[ \t]*(?::[^=\n]{1,80})?=(?!=))/m

/** What a file that is there for servers calls the app: `application = …`, `def application(`, `from shop import app`. */
export function entryApp(project: Project, path: string, root = importRoot(project, path)): AppRef | null {
  const file = sourceFile(project, path)
  const match = file && ENTRY_RE.exec(file.code)
  const attribute =
    match?.[1] ?? match?.[2] ?? ['application', 'app'].find((name) => file?.imports.get(name)?.includes('.'))
  const module = moduleOf(path, root)
  return file && attribute && isModule(module)
    ? {
        module,
        attribute,
        factory:
          match?.[1] !== undefined &&
          !match[0].startsWith('async') &&
          isFactory(file, match.index + match[0].length),
        root,
        file: path,
        line: match ? file.line(match.index) : 1,
      }
    : null
}

/** A `def app(` that a request's arguments do not fit makes the app: it takes none, and hands none on. */
function isFactory(file: SourceFile, open: number): boolean {
  const parameters = insideParens(file, open - 1)
  const needed = splitArguments(parameters).filter((part) => !/=|^\*(?!\w)|^\//.test(part))
  const [first = ''] = needed
  if (needed.length === 0) return true
  return (
    /^\*\w/.test(first) && !bodyAfter(file.code, open + parameters.length).includes(`(${first.split(':')[0]}`)
  )
}

/** `wsgi.py` and `wsgi/__init__.py`, the nearest first. */
export function entryFiles(project: Project, name: 'wsgi' | 'asgi', prefix = ''): string[] {
  const ends = [`/${name}.py`, `/${name}/__init__.py`]
  return project
    .sources(['.py'])
    .filter((path) => path.startsWith(prefix) && ends.some((end) => `/${path}`.endsWith(end)))
    .sort((a, b) => a.length - b.length)
}

/**
 * Where imports start from, for a file: up past every folder with an `__init__.py`; further where the file imports
 * relatively, or where other files import its folder by name.
 */
export function importRoot(project: Project, path: string): string {
  let known = roots.get(project)
  if (!known) {
    known = new Map()
    roots.set(project, known)
  }
  const root = known.get(path) ?? findImportRoot(project, path)
  known.set(path, root)
  return root
}

const roots = new WeakMap<Project, Map<string, string>>()

function findImportRoot(project: Project, path: string): string {
  const folders = path.split('/').slice(0, -1)
  let depth = folders.length
  while (depth > 0 && project.has([...folders.slice(0, depth), '__init__.py'].join('/'))) depth--
  if (depth === folders.length && depth > 0) {
    const text = project.source(path) ?? ''
    const dots = Math.max(
      0,
      ...[...text.matchAll(/^[ \t]*from[ \t]+(\.{1,9})/gm)]
        .slice(0, MAX_MATCHES)
        .map((match) => (match[1] as string).length),
    )
    depth -= Math.min(depth, dots)
  }
  // A folder without __init__.py is a package too, if the code says so.
  while (depth > 0 && importsByName(project, folders.slice(0, depth))) depth--
  // A package by its files, and its code imports what lies beside it: it runs as a script, where it is.
  for (let below = depth + 1; below <= folders.length; below++)
    if (importsFrom(project, path, folders.slice(0, below))) return folders.slice(0, below).join('/')
  return folders.slice(0, depth).join('/')
}

/** `import config` and `config.token`, where the folder's config.py has a `token`, and the folder has no name for anyone. */
function importsFrom(project: Project, path: string, folders: string[]): boolean {
  const file = sourceFile(project, path)
  const text = file?.code ?? ''
  if (/^[ \t]*from[ \t]+\./m.test(text) || importsByName(project, folders)) return false
  return [...(file?.imports ?? [])].some(([local, name]) => {
    const [module = '', member] = name.split('.')
    const beside = `${folders.join('/')}/${module}.py`
    if (beside === path || !project.has(beside) || project.has(`${module}.py`)) return false
    const other = sourceFile(project, beside)
    // A file may have the name of the package that it is about.
    if (!other || [...other.imports.values()].some((own) => own.split('.')[0] === module)) return false
    const used = member ?? new RegExp(`\\b${local}\\.(\\w+)`).exec(text)?.[1]
    return (
      used !== undefined &&
      new RegExp(`^(?:(?:async[ \\t]+)?def[ \\t]+|class[ \\t]+)?${used}\\b`, 'm').test(other.code)
    )
  })
}

function importsByName(project: Project, folders: string[]): boolean {
  const name = folders.at(-1) as string
  const prefix = `${folders.join('/')}/`
  if (!/^[A-Za-z_]\w*$/.test(name) || name === 'src') return false
  const pattern = new RegExp(`^[ \\t]*(?:from|import)[ \\t]+${name}(?:\\.|[ \\t]+import\\b)`, 'm')
  const siblings = project
    .sources(['.py'])
    .filter((path) => path.startsWith(prefix) || !path.includes('/'))
    .slice(0, 200)
  return (
    siblings.some((path) => pattern.test(project.source(path) ?? '')) && !project.has(`${prefix}${name}.py`)
  )
}

/** `src/app/main.py` under the root `src` is `app.main`; a package's `__init__.py` is the package. */
export function moduleOf(path: string, root: string): string {
  const relative = root ? path.slice(root.length + 1) : path
  return relative
    .replace(/\.py$/, '')
    .replace(/(^|\/)__init__$/, '')
    .replaceAll('/', '.')
}

/** Whether a path can be named as a module at all: `my-app/main.py` can't. */
export function isModule(name: string): boolean {
  return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name)
}

/** A generated or hostile file may hold the same call a hundred thousand times: the first few say what there is to say. */
export function* firstMatches(code: string, pattern: RegExp): Generator<RegExpExecArray> {
  let count = 0
  for (const match of code.matchAll(pattern)) {
    if (++count > MAX_MATCHES) return
    yield match
  }
}
