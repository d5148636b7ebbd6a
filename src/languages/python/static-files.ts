import { runBlock } from '../../dockerfile.ts'
import { oneLine } from '../../escape.ts'
import type { Warning } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { shellLine } from '../../shell.ts'
import type { SourceFile } from './code.ts'
import { DEVELOPMENT_RE, type Django, dummyValue, UNSAID } from './django.ts'
import { hasDriver } from './writes.ts'

/** Settings that stop by themselves, under a condition of their own. */
const STOP_RE = /^(?:if|elif|else)\b[^\n]*:\s*\n[ \t]+(?:raise|sys\.exit|exit)\b/m

/** The environment that settings want before they load: values that pass, in one RUN, and in no layer. */
export function buildEnvironment(django: Django, variables: readonly Variable[]): Record<string, string> {
  const paths = new Set(django.files.map((file) => file.path))
  const stops = django.files.some((file) => STOP_RE.test(file.code))
  const read = variables.filter(
    ({ name, required, settings, default: own, sources }) =>
      (required || settings || (stops && own === undefined && /(?:^|_)(?:DB|DATABASE)_URL$/.test(name))) &&
      sources.some(
        (source) =>
          paths.has(source.split(':')[0] as string) ||
          /(?:^|\/)(?:settings|config|conf|env)[^/]*\.py:/.test(source),
      ),
  )
  return {
    ...(django.nameSettings ? { DJANGO_SETTINGS_MODULE: django.settings.value } : {}),
    ...Object.fromEntries(read.map(({ name, kind }) => [name, dummyValue(name, kind)])),
  }
}

export function collectStatic(
  django: Django,
  variables: readonly Variable[],
  command: readonly string[] | string,
): string {
  return runBlock({ env: buildEnvironment(django, variables), commands: [command], rule: 'PD055' })
}

const WRITES_KEY_RE =
  /\b(\w*SECRET\w*)\.(?:write_text|write_bytes|open\([^\n)]*['"][wx])|\bopen\(\s*(\w*SECRET\w*)\s*,[^\n)]*['"][wx]/i

/** The file that settings keep a secret key in, made where there is none: by collectstatic in the build, too. */
export function keyFile(django: Django): { name: string; file: string } | undefined {
  for (const { code, path } of django.files) {
    const match = WRITES_KEY_RE.exec(code)
    const variable = match?.[1] ?? match?.[2]
    const name =
      variable &&
      new RegExp(
        `^[ \\t]*${variable}[ \\t]*=(?![^\\n]*(?:env|get)\\b)[^\\n]*['"/]([\\w.-]+)['"]\\)*[ \\t]*$`,
        'm',
      ).exec(code)?.[1]
    if (name) return { name, file: path }
  }
  return undefined
}

/** The storage of uploads, where no condition stands before it. A package that is installed says nothing yet. */
const OBJECT_STORAGE_RE =
  /^DEFAULT_FILE_STORAGE\s*=(?!.*FileSystemStorage)|^STORAGES\b.*=[\s\S]{0,200}?(['"])default\1\s*:\s*\{\s*(['"])BACKEND\2\s*:(?!\s*['"]django\.core\.files)/m
/** Settings that take a server's address, or another engine, from somewhere else. */
const SERVER_RE =
  /dj_database_url|DATABASE_URL|\benv\.(?:db|dj_db)|backends\.(?:postgresql|mysql|oracle)|(['"])ENGINE\1\s*:\s*(?!['"]|\s)/

/** The settings file whose database is SQLite; where a driver of a server is there too, and may be meant, that is one for laptops. */
export function fileDatabase(django: Django, has: (name: string) => boolean): SourceFile | undefined {
  const file = django.files.find(({ code }) => /^[ \t]*DATABASES\b/m.test(code))
  const isFile = file && /^[ \t]*DATABASES\b[\s\S]{0,400}?django\.db\.backends\.sqlite3/m.test(file.code)
  return isFile && !(hasDriver(has) && SERVER_RE.test(file.code)) ? file : undefined
}

/** DEBUG that is on: fixed, or where a variable is not set, with the value that turns it off as the settings read it. */
export function debugSwitch(
  django: Django,
): { file: string; isFixed: boolean; name?: string; off?: string } | undefined {
  // The nearest file has the last word, and in it the last line.
  const from = django.files.find((file) => /^DEBUG\b/m.test(file.code))
  const text = [...(from?.code ?? '').matchAll(/^DEBUG\s*(?::[^=\n]*)?=\s*([^\n]*)/gm)].at(-1)?.[1] ?? ''
  if (!from) return undefined
  if (/^True\b/.test(text)) return { file: from.path, isFixed: true }
  const name =
    /\(\s*(['"])([A-Z][A-Z\d_]*)\1\s*,\s*(?:cast\s*=\s*\w+\s*,\s*)?(?:default\s*=\s*)?(['"]?)(?:true|1|yes|on)\3\s*[,)]/i.exec(
      text,
    )?.[2]
  if (!name) return undefined
  const not = /(?:!=|\bnot in)\s*[[({]?\s*(['"])(\w+)\1/.exec(text)?.[2]
  const off = /\bint\b/.test(text)
    ? '0'
    : (not ??
      (/\.bool\(|cast\s*=\s*(?:bool|strtobool)\b|\bstrtobool\(|^env\(|==|\sin\s/.test(text)
        ? 'False'
        : /^(?:bool\()?(?:os\.)?(?:environ\.get|getenv)\([^()]*\)\)?\s*$/.test(text)
          ? ''
          : undefined))
  return { file: from.path, isFixed: false, name, ...(off !== undefined && { off }) }
}

/** What settings say that a container with a read-only root will not do. */
export function djangoWarnings(django: Django, has: (name: string) => boolean): Warning[] {
  const warnings: Warning[] = []
  const [first] = django.files
  const code = django.files.map((file) => file.code).join('\n')
  const { value, source, confidence } = django.settings
  if (source === UNSAID)
    warnings.push({
      rule: 'PD092',
      message: `${django.manage} does not say which settings are meant: ${confidence === 'guess' ? '' : `the image says ${value}. If others are, `}set DJANGO_SETTINGS_MODULE in the image or on the platform.`,
      file: django.manage,
    })
  if (django.staticRoot && !django.whitenoise) {
    warnings.push({
      rule: 'PD055',
      message:
        'Nothing serves the collected static files: add WhiteNoise to MIDDLEWARE, or let a web server or a CDN serve STATIC_ROOT.',
      file: django.staticRoot.source.split(':')[0] as string,
    })
  }
  if (
    !django.staticRoot &&
    first &&
    /django\.contrib\.staticfiles/.test(code) &&
    /django\.contrib\.admin/.test(code)
  ) {
    warnings.push({
      rule: 'PD055',
      message:
        'STATIC_ROOT is not set: in production the admin and every page come without CSS. Set STATIC_ROOT and add WhiteNoise.',
      file: first.path,
    })
  }
  const offline = django.files.find((file) => /^COMPRESS_OFFLINE\s*=\s*True\b/m.test(file.code))
  if (offline && django.staticRoot) {
    const run = (...words: string[]) => shellLine(['python', django.manage, ...words])
    warnings.push({
      rule: 'PD055',
      message: `COMPRESS_OFFLINE is on, and nothing compresses while the image is built: pages with such blocks fail. Pass --build ${JSON.stringify(`${run('collectstatic', '--noinput')} && ${run('compress', '--force')}`)}.`,
      file: offline.path,
    })
  }
  if (/^[ \t]*MEDIA_ROOT\s*=/m.test(code) && !OBJECT_STORAGE_RE.test(code) && first) {
    warnings.push({
      rule: 'PD058',
      message:
        'Uploads go to MEDIA_ROOT: the root is read-only in production, and a container loses its files. Mount a volume there, or use object storage.',
      file: first.path,
    })
  }
  const key = keyFile(django)
  if (key) {
    warnings.push({
      rule: 'PD058',
      message: `The settings write a secret key to ${key.name} where there is none: the root is read-only in production, and each container would have a key of its own. It is left out of the image: give the app its key by a variable or its configuration.`,
      file: key.file,
    })
  }
  const database = fileDatabase(django, has)
  if (database) {
    warnings.push({
      rule: 'PD058',
      message:
        'The database is SQLite, a file beside the code: the root is read-only in production, and replicas share nothing. Use PostgreSQL, or a volume and one replica.',
      file: database.path,
    })
  }
  if (DEVELOPMENT_RE.test(django.settings.value))
    warnings.push({
      rule: 'PD058',
      message: `The settings are ${django.settings.value}, which are meant for development, and none for production lie beside them: set DJANGO_SETTINGS_MODULE in the image or on the platform.`,
      file: django.settings.source.split(':')[0] as string,
    })
  const debug = debugSwitch(django)
  if (debug?.isFixed)
    warnings.push({
      rule: 'PD058',
      message:
        'DEBUG = True is fixed in the settings: anybody who meets an error sees the code and the settings. Read it from the environment.',
      file: debug.file,
    })
  else if (debug)
    warnings.push({
      rule: 'PD058',
      message: `DEBUG is on unless ${debug.name} says otherwise, and then anybody who meets an error sees the code and the settings: ${debug.off === undefined ? 'turn it off in production' : 'the image turns it off'}. Make off the default.`,
      file: debug.file,
    })
  return warnings
}

/** Translations as people write them, without what programs read: that is made by hand, and often ignored by Git. */
export function catalogWarnings(
  project: Project,
  django: Django | null,
  has: (name: string) => boolean,
): Warning[] {
  if (!django && !['babel', 'flask-babel', 'fastapi-babel'].some(has)) return []
  const [first, ...more] = project
    .files()
    .filter((path) => /\/LC_MESSAGES\/[^/]+\.po$/.test(path) && !project.has(path.replace(/po$/, 'mo')))
  if (!first) return []
  const folder = first.split('/').slice(0, -3).join('/')
  const command = django ? `python ${django.manage} compilemessages` : `pybabel compile -d ${folder || '.'}`
  return [
    {
      rule: 'PD058',
      message: oneLine(
        `${first}${more.length > 0 ? ` and ${more.length} more` : ''} ${more.length > 0 ? 'have' : 'has'} no .mo beside ${more.length > 0 ? 'them' : 'it'}: the image speaks one language. Run "${command}" before each build, or commit what it writes.`,
      ),
      file: first,
    },
  ]
}
