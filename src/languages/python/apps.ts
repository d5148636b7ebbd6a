import type { Project } from '../../project.ts'
import {
  type AppRef,
  bodyAfter,
  filesWith,
  firstMatches,
  importRoot,
  insideParens,
  isModule,
  isOf,
  moduleOf,
  qualified,
  type SourceFile,
  splitArguments,
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
const FUNCTION_RE = /^(async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(/gm
const CLASS_RE = /^class[ \t]+([A-Za-z_]\w*)[ \t]*\(([^()]{1,500})\)[ \t]*:/gm

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
 * The app object in the code: a module-level name that is assigned the framework's class, a class of the project made of
 * it, or what a factory of the project returns; else a factory that can be called without arguments. Best first.
 */
export function findApps(project: Project, shape: AppShape): AppRef[] {
  const names = [...shape.constructors, ...(shape.wrappers ?? [])].map(
    (name) => name.split('.').at(-1) as string,
  )
  const files = filesWith(project, names)
  const found: Found[] = []
  const makers = files.flatMap((file) => findClasses(file, shape))
  addUsers(project, files, makers)
  makers.push(...files.flatMap((file) => findFactories(file, shape, makers)))
  addUsers(project, files, makers)
  for (const maker of makers)
    if (maker.starts) push(project, found, maker.file, maker.name, maker.index, true)
  for (const file of files) {
    // Alembic's env.py makes an app to read its settings, and loads only below Alembic.
    if ([...file.imports.values()].includes('alembic.context')) continue
    for (const match of file.code.matchAll(ASSIGNMENT_RE)) {
      if (file.inString(match.index)) continue
      const name = qualified(file, match[2] as string)
      const wraps = shape.wrappers?.some((wanted) => isOf(name, wanted)) === true
      if (found.length > MAX_FOUND) break
      if (wraps || makes(file, name, shape, makers))
        push(project, found, file, match[1] as string, match.index, false, wraps ? 30 : 0)
    }
  }
  return found.sort((a, b) => b.rank - a.rank || (a.file < b.file ? -1 : 1)).map(({ rank: _, ...app }) => app)
}

/** What gives an app when it is called: a class of the project's own, or a factory. */
interface Maker {
  file: SourceFile
  name: string
  index: number
  /** A server can call it: it makes the app, and needs no arguments. */
  starts: boolean
}

/** Also the files that use what makes an app. */
function addUsers(project: Project, files: SourceFile[], makers: readonly Maker[]): void {
  const names = [...new Set(makers.map(({ name }) => name))]
  if (names.length > 0) files.push(...filesWith(project, names).filter((file) => !files.includes(file)))
}

function makes(file: SourceFile, name: string, shape: AppShape, makers: readonly Maker[]): boolean {
  return (
    shape.constructors.some((wanted) => isOf(name, wanted)) ||
    makers.some((maker) => calls(file, name, maker))
  )
}

function findClasses(file: SourceFile, shape: AppShape): Maker[] {
  return [...firstMatches(file.code, CLASS_RE)]
    .filter(
      ({ index, 2: bases = '' }) =>
        !file.inString(index) &&
        bases.split(',').some((base) => makes(file, qualified(file, base.trim()), shape, [])),
    )
    .map(({ index, 1: name = '' }) => ({ file, name, index, starts: false }))
}

function findFactories(file: SourceFile, shape: AppShape, classes: readonly Maker[]): Maker[] {
  const factories: Maker[] = []
  for (const match of firstMatches(file.code, FUNCTION_RE)) {
    const [start, async, name = ''] = match
    if (file.inString(match.index)) continue
    const open = match.index + start.length
    const parameters = insideParens(file, open - 1)
    const header = /^\)[ \t]*(?:->[ \t]*['"]?([\w.]*)[^\n:]{0,200})?:/.exec(
      file.code.slice(open + parameters.length, open + parameters.length + 300),
    )
    if (!header) continue
    const required = splitArguments(parameters).some(
      (parameter) => !parameter.includes('=') && !/^[*/]/.test(parameter),
    )
    const body = bodyAfter(file.code, open + parameters.length + header[0].length)
    if (!/\breturn\b/.test(body)) continue
    const isMade = (called: string) => makes(file, qualified(file, called), shape, classes)
    const made = [...body.matchAll(/\b([A-Za-z_][\w.]*)[ \t]*\(/g)].some((call) => isMade(call[1] as string))
    if (made || (header[1] && isMade(header[1])))
      factories.push({
        file,
        name,
        index: match.index,
        starts: made && !required && !async && !name.startsWith('_'),
      })
  }
  return factories
}

function calls(file: SourceFile, name: string, factory: Maker): boolean {
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
