import type { Project } from '../../project.ts'
import {
  type AppRef,
  filesWith,
  firstMatches,
  importRoot,
  isModule,
  isOf,
  moduleOf,
  qualified,
  type SourceFile,
} from './code.ts'

/** What to look for: `fastapi.FastAPI`; and what may wrap it: `socketio.ASGIApp`. */
export interface AppShape {
  constructors: readonly string[]
  wrappers?: readonly string[]
}

/** No app is made this often. */
const MAX_FOUND = 100

interface Found extends AppRef {
  rank: number
}

/** `app = FastAPI(`, `app: FastAPI = FastAPI(`, `app = application = falcon.App(`. */
const ASSIGNMENT_RE =
  /^([A-Za-z_]\w*)[ \t]*(?::[^=\n]{1,80})?=[ \t]*(?:[A-Za-z_]\w*[ \t]*=[ \t]*){0,3}\(?\s*([A-Za-z_][\w.]*)[ \t]*\(/gm
const FUNCTION_RE = /^(?:async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(([^)]{0,2000})\)[^\n:]{0,200}:/gm

/** File names that hold the app by habit, best first. */
const ENTRY_FILES = [
  'asgi',
  'wsgi',
  'main',
  'app',
  'server',
  'application',
  'api',
  'web',
  'run',
  '__init__',
  'index',
]
const ENTRY_NAMES = [
  'app',
  'application',
  'asgi_app',
  'asgi',
  'wsgi',
  'server',
  'api',
  'celery',
  'celery_app',
]
export const FACTORY_NAMES = [
  'create_app',
  'make_app',
  'get_app',
  'build_app',
  'create_application',
  'get_application',
  'app_factory',
  'factory',
  'init_app',
  'create_api',
]

/**
 * The app object in the code: a module-level name that is assigned the framework's class, or what a factory of the project
 * returns; else a factory that can be called without arguments. Best first.
 */
export function findApps(project: Project, shape: AppShape): AppRef[] {
  const names = [...shape.constructors, ...(shape.wrappers ?? [])].map(
    (name) => name.split('.').at(-1) as string,
  )
  const files = filesWith(project, names)
  const found: Found[] = []
  const factories = files.flatMap((file) => findFactories(file, shape))
  for (const factory of factories) push(project, found, factory.file, factory.name, factory.index, true)
  const factoryNames = [...new Set(factories.map((factory) => factory.name))]
  const more =
    factoryNames.length > 0 ? filesWith(project, factoryNames).filter((file) => !files.includes(file)) : []
  for (const file of [...files, ...more]) {
    for (const match of file.code.matchAll(ASSIGNMENT_RE)) {
      if (file.inString(match.index)) continue
      const name = qualified(file, match[2] as string)
      const wraps = shape.wrappers?.some((wanted) => isOf(name, wanted)) === true
      const made =
        shape.constructors.some((wanted) => isOf(name, wanted)) ||
        factories.some((factory) => calls(file, name, factory))
      if (found.length > MAX_FOUND) break
      if (wraps || made) push(project, found, file, match[1] as string, match.index, false, wraps ? 30 : 0)
    }
  }
  return found.sort((a, b) => b.rank - a.rank || (a.file < b.file ? -1 : 1)).map(({ rank: _, ...app }) => app)
}

interface Factory {
  file: SourceFile
  name: string
  index: number
}

function findFactories(file: SourceFile, shape: AppShape): Factory[] {
  const factories: Factory[] = []
  for (const match of firstMatches(file.code, FUNCTION_RE)) {
    const [header, name = '', parameters = ''] = match
    if (file.inString(match.index) || name.startsWith('_') || header.startsWith('async')) continue
    const required = splitArguments(parameters).some(
      (parameter) => !parameter.includes('=') && !/^[*/]/.test(parameter),
    )
    const body = bodyAfter(file.code, match.index + header.length)
    if (required || !/\breturn\b/.test(body)) continue
    const makes = [...body.matchAll(/\b([A-Za-z_][\w.]*)[ \t]*\(/g)].some((call) =>
      shape.constructors.some((wanted) => isOf(qualified(file, call[1] as string), wanted)),
    )
    if (makes) factories.push({ file, name, index: match.index })
  }
  return factories
}

function calls(file: SourceFile, name: string, factory: Factory): boolean {
  if (name === factory.name) return file === factory.file
  const parts = name.split('.')
  const folder = factory.file.path
    .replace(/(?:\/__init__)?\.py$/, '')
    .split('/')
    .at(-1)
  // `from .factory import create_app`, or re-exported by the package that it is in.
  return (
    parts.at(-1) === factory.name &&
    (parts.at(-2) === folder || factory.file.path.split('/').includes(parts.at(-2) as string))
  )
}

/** The indented lines after a `def`. */
function bodyAfter(code: string, from: number): string {
  const end = /\n(?=[^\s)\]}#])/.exec(code.slice(from, from + 20_000))
  return code.slice(from, end ? from + end.index : from + 20_000)
}

function splitArguments(text: string): string[] {
  return text
    .replace(/\[[^\]]*\]/g, '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
}

function push(
  project: Project,
  found: Found[],
  file: SourceFile,
  attribute: string,
  index: number,
  factory: boolean,
  bonus = 0,
): void {
  const root = importRoot(project, file.path)
  const module = moduleOf(file.path, root)
  if (!isModule(module)) return
  const base = (file.path.split('/').at(-1) as string).replace(/\.py$/, '')
  const place = (list: readonly string[], name: string) => (list.includes(name) ? 12 - list.indexOf(name) : 0)
  const rank =
    (factory ? 0 : 20) +
    bonus +
    place(ENTRY_FILES, base) +
    place(factory ? FACTORY_NAMES : ENTRY_NAMES, attribute) -
    3 * (file.path.split('/').length - 1)
  found.push({ module, attribute, factory, root, file: file.path, line: file.line(index), rank })
}
