import type { Variable } from '../model.ts'

/**
 * What a name alone says. Nothing here is certain: it only decides where code, schemas and samples say nothing, and it errs
 * on the side that does no harm (a value that is kept secret without need, a check that is not made).
 */

/** Set by the runtime, the shell, the platform or a tool, never by the person who deploys. `PORT` and `HOST` are theirs. */
const RUNTIME_RE = new RegExp(
  `^(?:${[
    'NODE_(?:ENV|OPTIONS|PATH|DEBUG|NO_WARNINGS|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|APP_INSTANCE|UNIQUE_ID)',
    'PATH|HOME|USER|USERNAME|LOGNAME|SHELL|PWD|OLDPWD|INIT_CWD|HOSTNAME|COMPUTERNAME|TZ|LANG|LANGUAGE|LC_[A-Z]+',
    'TERM|TERM_PROGRAM|COLORTERM|FORCE_COLOR|NO_COLOR|CLICOLOR|COLUMNS|LINES|EDITOR|VISUAL|TMP|TEMP|TMPDIR',
    'APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAMFILES|PROGRAMDATA|WINDIR|SYSTEMROOT|OS|XDG_\\w+',
    'CI|GITHUB_(?:ACTIONS|SHA|REF|REF_NAME|HEAD_REF|RUN_\\w+|WORKSPACE)|GITLAB_CI|CIRCLECI|TRAVIS|BUILDKITE',
    'npm_\\w+|NPM_CONFIG_\\w+|(?:NEXT_PUBLIC_)?VERCEL(?:_\\w+)?|NETLIFY|CF_PAGES\\w*|DYNO|RENDER|AWS_LAMBDA_\\w+',
    'NEXT_(?:RUNTIME|PHASE|DEPLOYMENT_ID|TELEMETRY_DISABLED|MANUAL_SIG_HANDLE)|__NEXT\\w*|TURBOPACK|ANALYZE',
    'NITRO_\\w+|NUXT_TELEMETRY_DISABLED|SKIP_ENV_VALIDATION|HMR|KUBERNETES_\\w+',
    'JEST_\\w+|VITEST\\w*|PLAYWRIGHT\\w*|CYPRESS\\w*|STORYBOOK\\w*|PYTEST_\\w+|COVERAGE\\w*',
    'PYTHON[A-Z]+|VIRTUAL_ENV|DJANGO_SETTINGS_MODULE|WERKZEUG_\\w+|FLASK_(?:APP|RUN_\\w+)|RUN_MAIN|SERVER_SOFTWARE',
    'SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|(?:HTTPS?|NO|ALL)_PROXY|LD_LIBRARY_PATH|DISPLAY',
  ].join('|')})$`,
  'i',
)

/** What Vite and Astro themselves put on `import.meta.env`. */
export const META_ENV_BUILTINS = new Set([
  'MODE',
  'DEV',
  'PROD',
  'SSR',
  'BASE_URL',
  'SITE',
  'ASSETS_PREFIX',
  'LEGACY',
])

export function isRuntimeOwned(name: string): boolean {
  return RUNTIME_RE.test(name)
}

/** Names that code can ask for and an environment can hold, without those that every object has. */
export function isVariableName(name: string): boolean {
  return /^[^=\0\s`]{1,120}$/.test(name) && !Object.hasOwn(OBJECT_NAMES, name) && name !== '__proto__'
}
const OBJECT_NAMES = Object.fromEntries(
  Object.getOwnPropertyNames(Object.prototype).map((name) => [name, true]),
)

/** Written into the bundle that browsers load: a build argument, and no secret whatever its name says. */
export function isPublicName(name: string): boolean {
  return /^(?:NEXT_PUBLIC|VITE|NUXT_PUBLIC|PUBLIC|REACT_APP|EXPO_PUBLIC|GATSBY)_./.test(name)
}

const SECRET_WORDS = new Set(
  `KEY APIKEY SECRET SECRETS TOKEN TOKENS PASSWORD PASSWD PASS PASSPHRASE PWD PW CREDENTIAL CREDENTIALS PRIVATE DSN SALT
   PEPPER AUTH`.split(/\s+/),
)
/** `TOKEN_TTL`, `PASSWORD_MIN_LENGTH`, `SECRET_NAME`, `TOKEN_URL`: about a secret, not one. */
const ABOUT_SECRET_WORDS = new Set(
  `EXPIRE EXPIRES EXPIRATION EXPIRY EXPIRED IN TTL LENGTH ROUNDS ALGORITHM ALG MINUTES DAYS HOURS SECONDS MINS SECS MS AGE
   NAME HEADER PREFIX SUFFIX PATH FILE DIR URL URI ENDPOINT LIFETIME DURATION LIMIT COUNT SIZE ENABLED DISABLED ISSUER AUDIENCE
   VERSION TYPE MODE PROVIDER DOMAIN HOST PORT REGION COOKIE FIELD POLICY SCOPE SCOPES METHOD`.split(/\s+/),
)
const DATABASE_WORDS =
  /(?:^|_)(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|MONGO|MONGODB|AMQP|RABBITMQ|CLICKHOUSE|SQLALCHEMY|NEON|SUPABASE_DB)(?:_\w+)?_(?:URL|URI|DSN)(?:_\w+)?$|^(?:DATABASE|MONGO|MONGODB|POSTGRES|POSTGRESQL|MYSQL|AMQP|RABBITMQ|DB)_?(?:URL|URI|DSN)$/

/**
 * Whether the value must not be seen: by the words of the name, or because a sample shows a password in a URL. Numbers and
 * switches are never secret, whatever they are called.
 */
export function isSecret(
  name: string,
  kind: Variable['kind'],
  samples: readonly (string | undefined)[],
): boolean {
  if (isPublicName(name) || kind === 'number' || kind === 'boolean') return false
  if (samples.some((sample) => sample !== undefined && /^[\w+.-]+:\/\/[^\s/@:]*:[^\s/@]+@/.test(sample)))
    return true
  const upper = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase()
  if (DATABASE_WORDS.test(upper)) return true
  const words = upper.split(/[^A-Z\d]+/)
  if (words.includes('PUBLIC') || words.includes('PUBLISHABLE') || words.includes('ANON')) return false
  return words.some((word) => SECRET_WORDS.has(word)) && !ABOUT_SECRET_WORDS.has(words.at(-1) ?? '')
}

/** A form that values of this name always have; `undefined` where the name alone does not say. */
export function kindByName(name: string): Variable['kind'] | undefined {
  if (/(?:^|_)PORT$/.test(name)) return 'number'
  const url = /(?:^|_)(?:URL|URI|DSN)$/.test(name)
  // These may be paths: `/auth/callback`, `/static/`.
  const path =
    /(?:^|_)(?:BASE|PUBLIC|CALLBACK|REDIRECT|PATH|ASSET|ASSETS|STATIC|MEDIA|LOGIN|LOGOUT|ROOT|PREFIX)_/.test(
      name,
    )
  return url && !path ? 'url' : undefined
}

/** An absolute URL or connection string; several hosts are allowed, which `new URL` refuses. */
export function looksLikeUrl(value: string): boolean {
  return /^[a-z][a-z\d+.-]*:\S+$/i.test(value)
}

/** Without these an app runs as well: levels of logging, telemetry, debugging. */
export function isOptionalByConvention(name: string): boolean {
  return /^(?:SENTRY_|OTEL_|DD_|NEW_RELIC_|DATADOG_)|(?:^|_)(?:LOG_?LEVEL|DEBUG|VERBOSE|LOG_FORMAT)$/.test(
    name,
  )
}
