import type { Project } from '../../project.ts'
import { bodyAfter, filesWith, firstMatches, type SourceFile, sourceFile } from './code.ts'
import type { FrameworkRow } from './frameworks.ts'

const GUARD_RE = /^if[ \t]*\(?[ \t]*__name__[ \t]*==[ \t]*['"]__main__['"]/m
/** A statement that does something when the file is run; what is indented below a `def` or `class` is none. */
const STATEMENT_RE = /^(?:(?:while|for|with)\b|(?:try:[ \t]*\n[ \t]+)?(?:await[ \t]+)?([A-Za-z_][\w.]*)\()/gm
/** Calls that only prepare. */
const PREPARES = new Set([
  'basicConfig',
  'load_dotenv',
  'append',
  'insert',
  'extend',
  'update',
  'setdefault',
  'setLevel',
  'addHandler',
  'filterwarnings',
  'simplefilter',
  'patch_all',
  'set_event_loop_policy',
  'super',
])

/** Whether `python file.py` does more than define: 2 with a `__main__` guard, 1 with a call at its top level, 0. */
export function runsItself(project: Project, path: string): number {
  const file = sourceFile(project, path)
  if (!file) return 0
  if (GUARD_RE.test(file.code)) return 2
  for (const match of firstMatches(file.code, STATEMENT_RE))
    if (!file.inString(match.index) && !PREPARES.has(match[1]?.split('.').at(-1) as string)) return 1
  return 0
}

/** The files that import a framework and start its server: `web.run_app(app)`, `demo.launch()`. */
export function servingFiles(project: Project, { runs, packages }: FrameworkRow): SourceFile[] {
  if (!runs) return []
  return filesWith(project, packages).filter(
    (file) =>
      [...file.imports.values()].some((name) => packages.includes(name.split('.')[0] as string)) &&
      [...firstMatches(file.code, runs)].some(({ index }) => !file.inString(index)),
  )
}

/** The function that gives the app most of its parts and then starts a server itself: without it the app is empty. */
export function fillsAndServes(
  project: Project,
): { file: SourceFile; name: string; index: number } | undefined {
  const [found, next] = filesWith(project, ['.register_blueprint('])
    .map((file) => ({ file, parts: [...firstMatches(file.code, /^.*\.register_blueprint\(/gm)] }))
    .sort((a, b) => b.parts.length - a.parts.length)
  if (!found || found.parts.length === next?.parts.length) return undefined
  const { file, parts } = found
  for (const { index, 1: name = '' } of firstMatches(file.code, /^def[ \t]+(\w+)\(\)/gm)) {
    const body = bodyAfter(file.code, index)
    const isWhole = parts.every((part) => part.index > index && part.index < index + body.length)
    if (isWhole && /\.(?:start|serve_forever)\(\)/.test(body) && !/\breturn\b/.test(body))
      return { file, name, index }
  }
  return undefined
}

/** What a README for Hugging Face Spaces says: the platform installs the SDK, and no requirements list it. */
export function readSpace(project: Project): { sdk: string; version?: string; file?: string } | null {
  const head = /^---\r?\n([\s\S]{1,4000}?)\n---/.exec(project.text('README.md') ?? '')?.[1]
  const value = (key: string) =>
    new RegExp(`^${key}:[ \\t]*['"]?([\\w./-]+)['"]?[ \\t]*\\r?$`, 'm').exec(head ?? '')?.[1]
  const sdk = value('sdk')
  if (!sdk) return null
  const version = value('sdk_version')
  const file = value('app_file') ?? 'app.py'
  return {
    sdk,
    ...(version && /^\d[\w.]*$/.test(version) && { version }),
    ...(project.has(file) && { file }),
  }
}
