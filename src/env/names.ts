import type { Variable } from '../model.ts'

/**
 * What a name alone says. Nothing here is certain: it only decides where code, schemas and samples say nothing, and it errs
 * on the side that does no harm (a value that is kept secret without need, a check that is not made).
 */

/** Set by the runtime, the shell, the platform or a tool, never by the person who deploys. `PORT` and `HOST` are theirs. */
const RUNTIME_NAMES = new Set(
  `NODE_ENV NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_NO_WARNINGS NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED
   NODE_APP_INSTANCE NODE_UNIQUE_ID READABLE_STREAM PATH PATHEXT HOME USER USERNAME LOGNAME SHELL PWD OLDPWD INIT_CWD HOSTNAME COMPUTERNAME TZ LANG
   LANGUAGE TERM TERM_PROGRAM COLORTERM FORCE_COLOR NO_COLOR CLICOLOR COLUMNS LINES EDITOR VISUAL TMP TEMP TMPDIR APPDATA
   LOCALAPPDATA USERPROFILE PROGRAMFILES PROGRAMDATA WINDIR SYSTEMROOT OS OSTYPE CI GITHUB_ACTIONS GITHUB_SHA GITHUB_REF
   GITHUB_REF_NAME GITHUB_HEAD_REF GITHUB_WORKSPACE GITLAB_CI CIRCLECI TRAVIS BUILDKITE VERCEL NETLIFY DYNO RENDER
   NEXT_RUNTIME NEXT_PHASE NEXT_DEPLOYMENT_ID NEXT_TELEMETRY_DISABLED NEXT_MANUAL_SIG_HANDLE TURBOPACK ANALYZE
   NUXT_TELEMETRY_DISABLED SKIP_ENV_VALIDATION HMR PYTHONPATH PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONHASHSEED
   PYTHONIOENCODING PYTHONWARNINGS PYTHONHOME VIRTUAL_ENV DJANGO_SETTINGS_MODULE FLASK_APP RUN_MAIN SERVER_SOFTWARE
   SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY LD_LIBRARY_PATH DISPLAY`.split(
    /\s+/,
  ),
)
/** Whole families of such names; the tools among them are names of their own, too. */
const RUNTIME_FAMILIES =
  `LC XDG NPM NEXT_PUBLIC_VERCEL VERCEL CF_PAGES AWS_LAMBDA __NEXT NITRO KUBERNETES GITHUB_RUN JEST PYTEST WERKZEUG FLASK_RUN`.split(
    ' ',
  )
const TOOL_FAMILIES = ['VITEST', 'PLAYWRIGHT', 'CYPRESS', 'STORYBOOK', 'COVERAGE']

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
  const upper = name.toUpperCase()
  if (RUNTIME_NAMES.has(upper) || TOOL_FAMILIES.includes(upper)) return true
  const isOf = (family: string) => upper.startsWith(`${family}_`)
  return upper !== 'NPM_TOKEN' && (RUNTIME_FAMILIES.some(isOf) || TOOL_FAMILIES.some(isOf))
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
  `KEY KEYS APIKEY SECRET SECRETS TOKEN TOKENS PASSWORD PASSWD PASS PASSPHRASE PWD PW CREDENTIAL CREDENTIALS PRIVATE SALT PEPPER
   AUTH SKEY`.split(/\s+/),
)
/** `TOKEN_TTL`, `PASSWORD_MIN_LENGTH`, `SECRET_NAME`, `TOKEN_URL`: about a secret, not one. */
const ABOUT_SECRET_WORDS = new Set(
  `EXPIRE EXPIRES EXPIRATION EXPIRY EXPIRED IN TTL LENGTH ROUNDS ALGORITHM ALG MINUTES DAYS HOURS SECONDS MINS SECS MS AGE
   NAME HEADER PREFIX SUFFIX PATH FILE DIR URL URI ENDPOINT LIFETIME DURATION LIMIT COUNT SIZE ENABLED DISABLED ISSUER AUDIENCE
   VERSION TYPE MODE PROVIDER PROVIDERS CORS ORIGIN ORIGINS MESSAGE TIME SAMESITE DOMAIN HOST PORT REGION COOKIE FIELD POLICY SCOPE SCOPES METHOD`.split(
    /\s+/,
  ),
)
const DATABASE_WORDS = new Set(
  `DATABASE DB POSTGRES POSTGRESQL PG MYSQL MARIADB MONGO MONGODB AMQP RABBITMQ CLICKHOUSE SQLALCHEMY NEON`.split(
    ' ',
  ),
)
const ADDRESS_WORDS = ['URL', 'URI', 'DSN', 'STRING']

/** A name that a shell, Compose and Kubernetes can set. */
export const isShellName = (name: string): boolean => /^[A-Za-z_][\w.-]*$/.test(name)

/** Keys that an app signs with, where the name leaves no doubt. */
const SIGNING_RE =
  /^(?:(?:DJANGO|FLASK|APP|AUTH)_)?SECRET(?:_KEY(?:_BASE)?)?$|^(?:APP_KEYS?|(?:ACCESS_|REFRESH_)?TOKEN_SECRET)$|(?:^|_)(?:JWT|SESSION|COOKIE|NEXTAUTH|BETTER_AUTH)_(?:(?:ACCESS|REFRESH|TOKEN|PRIVATE|PUBLIC)_)*(?:SECRET|KEY|SECRET_KEY)S?$/

/** Without these few an app starts and serves nobody: where its data is, and what it signs with. */
export function isEssential(name: string): boolean {
  const words = name.split('_')
  return SIGNING_RE.test(name) || (isDatabaseAddress(words) && !words.some((word) => SECOND_WORDS.has(word)))
}
const SECOND_WORDS = new Set('TEST TESTING SHADOW E2E READ READONLY ONLY REPLICA'.split(' '))

/** `DATABASE_URL`, `READ_DB_POOL_URI`, `MONGODB_URI_TEST`, `MYSQLURL`: its value holds a login, as a rule. */
function isDatabaseAddress(words: readonly string[]): boolean {
  const database = words.findIndex((word) => DATABASE_WORDS.has(word))
  if (database >= 0 && words.some((word, index) => index > database && ADDRESS_WORDS.includes(word)))
    return true
  const [only = ''] = words
  return words.length === 1 && ADDRESS_WORDS.includes(only.slice(-3)) && DATABASE_WORDS.has(only.slice(0, -3))
}

/**
 * Whether the value must not be seen: by the words of the name, or because a sample shows a password in a URL. Numbers and
 * switches are never secret, whatever they are called.
 */
export function isSecret(
  name: string,
  kind: Variable['kind'],
  samples: readonly (string | undefined)[],
): boolean {
  if (kind === 'number' || kind === 'boolean') return false
  if (samples.some((sample) => sample !== undefined && /^[\w+.-]+:\/\/[^\s/@:]*:[^\s/@]+@/.test(sample)))
    return true
  const upper = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase()
  const words = upper.split(/[^A-Z\d]+/)
  if (isDatabaseAddress(words)) return true
  if (words.some((word) => /^(?:PUBLIC|PUBLISHABLE|ANON|SITE)$/.test(word))) return false
  return (
    words.some((word) => SECRET_WORDS.has(word)) &&
    !ABOUT_SECRET_WORDS.has(words.at(-1) ?? '') &&
    !upper.endsWith('PREFIX_KEY')
  )
}

/** A form that values of this name always have; `undefined` where the name alone does not say. */
export function kindByName(name: string): Variable['kind'] | undefined {
  if (/(?:^|_)PORT$/.test(name)) return 'number'
  const url = /(?:^|_)(?:URL|URI|DSN)$/.test(name)
  // These may be paths: `/auth/callback`, `/static/`.
  const path =
    /(?:^|_)(?:BASE|PUBLIC|CALLBACK|REDIRECT|PATH|ASSET|ASSETS|STATIC|MEDIA|LOGIN|LOGOUT|ADMIN|ROOT|PREFIX)_/.test(
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
