import { type Fact, fact } from '../../facts.ts'
import { gitIgnores } from '../../ignore.ts'
import type { Project } from '../../project.ts'
import {
  type AppRef,
  entryApp,
  entryFiles,
  filesWith,
  isModule,
  moduleOf,
  type SourceFile,
  sourceFile,
} from './code.ts'
import { codePath } from './paths.ts'

/** A Django project as its own files tell it. */
export interface Django {
  /** `manage.py`, or `backend/manage.py`. */
  manage: string
  /** The folder of manage.py: imports start there. */
  root: string
  /** The settings module for production. */
  settings: Fact<string>
  /** Whether it differs from the default of wsgi.py/asgi.py or manage.py: then the image names it. */
  nameSettings: boolean
  /** Settings beside those of production that development and tests are meant to have, and would not get by themselves. */
  development?: string
  test?: string
  wsgi: AppRef | null
  asgi: AppRef | null
  /** `ASGI_APPLICATION` or Channels: the project wants ASGI. */
  prefersAsgi: boolean
  /** The settings file and what it imports, nearest first. */
  files: SourceFile[]
  /** Collected static files: where, relative to the project, or null where the path can't be read. */
  staticRoot: { path: string | null; source: string } | null
  whitenoise: boolean
  /** Any address is let in: a request by 127.0.0.1 gets a 400 otherwise. */
  allowsAnyHost: boolean
}

const DEVELOPMENT_NAMES = ['dev', 'development', 'develop', 'local']
const DEVELOPMENT = `(?:${DEVELOPMENT_NAMES.join('|')})`
export const DEVELOPMENT_RE = new RegExp(`(?:^|[._])${DEVELOPMENT}$`, 'i')
const TAKES_DEVELOPMENT_RE = new RegExp(
  `^[ \\t]*from[ \\t]+[\\w.]*\\.${DEVELOPMENT}[ \\t]+import[ \\t]+\\*`,
  'm',
)
const SHARED_RE = /(?:^|[._])(?:base|common|defaults?|shared)$/i
const PRODUCTION_NAMES = ['production', 'prod', 'prd', 'deploy', 'docker']
const TEST_NAMES = ['test', 'testing', 'tests']
/** Whatever pytest-django reads it from; the environment goes before all of these. */
const PYTEST_FILES = ['pytest.ini', '.pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg']

export function readDjango(project: Project): Django | null {
  const manage = project
    .files()
    .filter(
      (path) =>
        /(^|\/)manage\.py$/.test(path) &&
        /DJANGO_SETTINGS_MODULE|\bexecute_from_command_line\b/.test(project.source(path) ?? ''),
    )
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0]
  if (!manage) return null
  const root = manage.split('/').slice(0, -1).join('/')
  const byManage = settingsIn(sourceFile(project, manage))
  const wsgi = entry(project, root, 'wsgi', byManage?.module)
  const asgi = entry(project, root, 'asgi', byManage?.module)
  const byEntry =
    settingsIn(wsgi && sourceFile(project, wsgi.file)) ?? settingsIn(asgi && sourceFile(project, asgi.file))
  const settings = productionSettings(project, root, byEntry ?? byManage)
  const files = settingsFiles(project, root, settings.value)
  const code = files.map((file) => file.code).join('\n')
  return {
    manage,
    root,
    settings,
    nameSettings:
      settings.confidence !== 'guess' &&
      ([byManage, byEntry].some((stated) => stated !== undefined && stated.module !== settings.value) ||
        !byManage ||
        (!wsgi && !asgi)),
    ...otherSettings(project, root, settings.value, byManage?.module),
    wsgi,
    asgi,
    prefersAsgi: /^[ \t]*ASGI_APPLICATION[ \t]*=/m.test(code) || /['"]channels['"]/.test(code),
    files,
    staticRoot: findStaticRoot(project, files, root),
    whitenoise: /whitenoise/i.test(code),
    allowsAnyHost: /ALLOWED_HOSTS[ \t]*=[ \t]*\[\s*['"]\*['"]/.test(code),
  }
}

/** `setdefault("DJANGO_SETTINGS_MODULE", f"shop.settings.{stage}")`, with the first value that the file gives such a name. */
function settingsIn(file: SourceFile | null): { module: string; source: string } | undefined {
  const match = file && /DJANGO_SETTINGS_MODULE['"]\s*(?:,|\]\s*=)\s*f?['"]([\w.{}]+)['"]/.exec(file.code)
  const module = match?.[1]?.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = new RegExp(
      `^[ \\t]*${name}[ \\t]*=[ \\t]*(?:os\\.(?:environ\\.get|getenv)\\(['"]\\w+['"],[ \\t]*)?['"](\\w+)['"]\\)?[ \\t]*$`,
      'm',
    ).exec(file?.code ?? '')
    return value?.[1] ?? whole
  })
  return file && match && module && isModule(module)
    ? { module, source: `${file.path}:${file.line(match.index)}` }
    : undefined
}

/** `config/wsgi.py` beside the settings, what these name, the nearest of that name, any file that calls Django for one. */
function entry(
  project: Project,
  root: string,
  name: 'wsgi' | 'asgi',
  settings: string | undefined,
): AppRef | null {
  const prefix = root ? `${root}/` : ''
  const files = settings ? settingsFiles(project, root, settings) : []
  const setting = new RegExp(
    `^[ \\t]*${name.toUpperCase()}_APPLICATION[ \\t]*=[ \\t]*(['"])([\\w.]+)\\.\\w+\\1`,
    'm',
  )
  const named = files
    .flatMap((file) => setting.exec(file.code)?.[2] ?? [])
    .map((module) => module.replaceAll('.', '/'))
  const pathsOf = (module: string) => [`${prefix}${module}.py`, `${prefix}${module}/__init__.py`]
  // Channels names a router there, which nothing has set Django up for.
  const paths = [
    ...(settings ? pathsOf(`${settings.split('.')[0]}/${name}`) : []),
    ...named
      .flatMap(pathsOf)
      .filter(
        (path) =>
          name === 'wsgi' ||
          /\bget_\w+_application\(|\bsetup\(/.test(
            (project.has(path) && sourceFile(project, path)?.code) || '',
          ),
      ),
  ]
  const calling = () =>
    filesWith(project, [`get_${name}_application`])
      .filter(
        (file) =>
          file.path.startsWith(prefix) &&
          new RegExp(`^app\\w*[^\\n=]*=[^\\n]*get_${name}_application\\(`, 'm').test(file.code),
      )
      .map((file) => file.path)
  for (const find of [() => paths, () => entryFiles(project, name, prefix), calling])
    for (const path of find()) {
      const app = project.has(path) ? entryApp(project, path, root) : null
      if (app) return app
    }
  return null
}

/** Settings for development, or such that others build on, are never meant for production, where there are settings that are. */
function productionSettings(
  project: Project,
  root: string,
  stated: { module: string; source: string } | undefined,
): Fact<string> {
  if (!stated) return namedSettings(project, root ? `${root}/` : '')
  const { module } = stated
  const path = `${root ? `${root}/` : ''}${module.replaceAll('.', '/')}`
  // A package `settings/` whose __init__ chooses by itself is left alone, unless it takes those for development.
  const init =
    project.has(`${path}.py`) || !project.hasFolder(path)
      ? null
      : (project.source(`${path}/__init__.py`) ?? '')
  const isPart = init === null && SHARED_RE.test(module)
  const isAside =
    init === null
      ? DEVELOPMENT_RE.test(module)
      : !/import|environ/.test(init) || (!/environ|getenv/.test(init) && TAKES_DEVELOPMENT_RE.test(init))
  const found = isAside || isPart ? besideSettings(project, root, module, PRODUCTION_NAMES) : undefined
  const own = isPart && settingsFiles(project, root, module)[0]
  return found && (!own || found.files.includes(own))
    ? fact(found.module, found.files[0]?.path ?? stated.source, 'likely')
    : fact(module, stated.source)
}

/** Settings of one of these names beside a module, or in its package. */
function besideSettings(
  project: Project,
  root: string,
  module: string,
  names: readonly string[],
): { module: string; files: SourceFile[] } | undefined {
  const isFile = project.has(`${root ? `${root}/` : ''}${module.replaceAll('.', '/')}.py`)
  const parent = isFile ? module.split('.').slice(0, -1) : [module]
  for (const name of names) {
    const found = [...parent, name].join('.')
    const files = settingsFiles(project, root, found)
    if (found !== module && files[0]?.path.endsWith(`/${name}.py`)) return { module: found, files }
  }
  return undefined
}

/** Where production has settings of its own: those beside them. Such that a clone lacks, or that build on nothing, are none. */
function otherSettings(
  project: Project,
  root: string,
  settings: string,
  byManage: string | undefined,
): Pick<Django, 'development' | 'test'> {
  if (!PRODUCTION_NAMES.includes(settings.split('.').at(-1) as string)) return {}
  const find = (names: readonly string[]) => {
    const { module, files = [] } = besideSettings(project, root, settings, names) ?? {}
    const [first] = files
    const isWhole = files.length > 1 || first?.code.includes('INSTALLED_APPS')
    return module && first && isWhole && !gitIgnores(project, first.path) ? module : undefined
  }
  const development = DEVELOPMENT_RE.test(byManage ?? '') ? undefined : find(DEVELOPMENT_NAMES)
  const stated = PYTEST_FILES.map(
    (path) =>
      project.has(path) &&
      /^[ \t]*DJANGO_SETTINGS_MODULE[ \t]*=[ \t]*["']?([\w.]+)/m.exec(project.source(path) ?? '')?.[1],
  ).find(Boolean)
  // Development's would go before what pytest.ini says.
  const test = stated ? development && stated : find(TEST_NAMES)
  return {
    ...(development && isModule(development) && { development }),
    ...(test && isModule(test) && { test }),
  }
}

export const UNSAID = 'no file says DJANGO_SETTINGS_MODULE'

/** `shop/settings/production.py`, `shop/settings.py`: by their names, where nothing but the environment tells. */
function namedSettings(project: Project, prefix: string): Fact<string> {
  const names = [...PRODUCTION_NAMES.map((name) => `settings/${name}`), 'settings/base', 'settings']
  for (const name of names) {
    const ends = [`${name}.py`, `${name}/__init__.py`].map((end) => `/${end}`)
    const found = project
      .sources(['.py'])
      .filter(
        (path) =>
          path.startsWith(prefix) &&
          path.slice(prefix.length).split('/').length < 4 &&
          ends.some((end) => `/${path}`.endsWith(end)) &&
          /^(?:INSTALLED_APPS|from[ \t].*import[ \t]+\*)/m.test(project.source(path) ?? ''),
      )
    const [path] = found
    if (path && found.length === 1) return fact(moduleOf(path, prefix.slice(0, -1)), UNSAID, 'likely')
  }
  return fact('settings', UNSAID, 'guess')
}

function settingsFiles(project: Project, root: string, settings: string): SourceFile[] {
  const prefix = root ? `${root}/` : ''
  const files: SourceFile[] = []
  const open = (module: string): void => {
    const path = `${prefix}${module.replaceAll('.', '/')}`
    const found = project.first([`${path}.py`, `${path}/__init__.py`])
    const file = found ? sourceFile(project, found) : null
    if (!file || files.includes(file) || files.length > 20) return
    files.push(file)
    for (const match of file.code.matchAll(/^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\*/gm)) {
      const dots = (match[1] as string).length
      const base =
        dots === 0
          ? []
          : moduleOf(file.path, root)
              .split('.')
              .slice(0, file.path.endsWith('__init__.py') ? (dots > 1 ? 1 - dots : undefined) : -dots)
      open([...base, match[2] as string].filter(Boolean).join('.'))
    }
  }
  open(settings)
  return files
}

/** Where settings say it; null where that can't be read, is no folder, or leaves the project. */
function findStaticRoot(project: Project, files: SourceFile[], root: string): Django['staticRoot'] {
  if (!files.some((file) => /django\.contrib\.staticfiles/.test(file.code))) return null
  // `from config.env import BASE_DIR`.
  const modules = files.flatMap(({ imports }) =>
    [...imports].flatMap(([name, what]) =>
      /^[A-Z][A-Z\d_]*$/.test(name) && what.endsWith(`.${name}`) ? what.slice(0, -name.length - 1) : [],
    ),
  )
  const more = [...new Set(modules)].flatMap((module) => {
    const path = `${root ? `${root}/` : ''}${module.replaceAll('.', '/')}`
    const found = project.first([`${path}.py`, `${path}/__init__.py`])
    return (found && sourceFile(project, found)) || []
  })
  for (const file of files) {
    const match = /^[ \t]*STATIC_ROOT[ \t]*(?::[^=\n]*)?=/m.exec(file.code)
    if (!match) continue
    const path = codePath('STATIC_ROOT', file, [...files, ...more])?.path
    return {
      path: path && !project.has(path) ? path : null,
      source: `${file.path}:${file.line(match.index)}`,
    }
  }
  return null
}

/** What Django or logging looks up while settings load. */
const DUMMIES: readonly [RegExp, string][] = [
  [/(?:^|_)(?:DB|DATABASE|SQL)(?:_\w+)?_ENGINE$/, 'django.db.backends.sqlite3'],
  [/(?:^|_)LOG(?:GING)?_?LEVEL$/, 'INFO'],
  [/(?:^|_)(?:TIME_?ZONE|TZ)$/, 'UTC'],
  [/(?:^|_)LANGUAGE(?:_CODE)?$/, 'en-us'],
]

/** A value that passes where settings read a variable at build time; never one that works in production. */
export function dummyValue(name: string, kind: string): string {
  if (/DATABASE_URL|DB_URL|POSTGRES_URL/.test(name)) return 'sqlite:////tmp/build.sqlite3'
  if (/REDIS|CELERY|BROKER|CACHE/.test(name) && (kind === 'url' || /URL|BROKER/.test(name)))
    return 'redis://127.0.0.1:6379/0'
  const known = DUMMIES.find(([re]) => re.test(name))
  if (known) return known[1]
  if (/DSN$/.test(name)) return 'https://public@build.invalid/1'
  if (kind === 'url') return 'https://build.invalid/'
  if (kind === 'number') return '1'
  if (kind === 'boolean') return '0'
  return 'build-only'
}
