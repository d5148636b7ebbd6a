import { runBlock } from '../../dockerfile.ts'
import type { Warning } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import { type Django, dummyValue } from './django.ts'

/** The environment that settings want before they load: values that pass, in one RUN, and in no layer. */
export function buildEnvironment(django: Django, variables: readonly Variable[]): Record<string, string> {
  const paths = new Set(django.files.map((file) => file.path))
  const read = variables.filter(
    ({ required, settings, sources }) =>
      (required || settings) &&
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

/** What settings say that a container with a read-only root will not do. */
export function djangoWarnings(django: Django, has: (name: string) => boolean): Warning[] {
  const warnings: Warning[] = []
  const [first] = django.files
  const code = django.files.map((file) => file.code).join('\n')
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
  if (/^[ \t]*MEDIA_ROOT\s*=/m.test(code) && !has('django-storages') && first) {
    warnings.push({
      rule: 'PD058',
      message:
        'Uploads go to MEDIA_ROOT: the root is read-only in production, and a container loses its files. Mount a volume there, or use object storage.',
      file: first.path,
    })
  }
  if (/^[ \t]*DATABASES\b[\s\S]{0,400}?django\.db\.backends\.sqlite3/m.test(code) && first) {
    warnings.push({
      rule: 'PD058',
      message:
        'The database is SQLite, a file beside the code: the root is read-only in production, and replicas share nothing. Use PostgreSQL, or a volume and one replica.',
      file: first.path,
    })
  }
  if (/^[ \t]*DEBUG\s*=\s*True\b/m.test(code) && first) {
    warnings.push({
      rule: 'PD058',
      message:
        'DEBUG = True is fixed in the settings: anybody who meets an error sees the code and the settings. Read it from the environment.',
      file: first.path,
    })
  }
  return warnings
}
