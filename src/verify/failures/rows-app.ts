import { collect, listed, type Row, type Seen, type Values } from './row.ts'

const first = (found: Values) => Object.values(found).find((text) => text !== '') ?? ''
/** How checks of the environment name what is missing: ours, zod's, t3-env's, envalid's, pydantic's. */
const VARIABLE_RES: readonly RegExp[] = [
  /^ {2}([A-Za-z_]\w*) (?:is missing|must be |can't be read|and \w+ are both)/,
  /^\s*"?path"?: \[ ?['"]([A-Z]\w+)['"] ?\]/,
  /^\s+([A-Z]\w+): (?:undefined|\[)/,
]
const variables = (seen: Seen, from: RegExp): string[] => {
  const start = seen.lines.findLastIndex((line) => from.test(line))
  const after = seen.lines.slice(start, start + 80)
  for (const pattern of VARIABLE_RES) {
    const names = collect(after, pattern)
    if (names.length > 0) return names
  }
  return []
}
const namedBy = (from: RegExp) => (_: Values, seen: Seen) => {
  const names = variables(seen, from)
  return names.length > 0 ? settle(names, seen) : null
}
/** A build has no secrets: what it reads is a public setting, or should be read when the app starts. */
function settle(names: readonly string[], { context }: Seen): Values {
  const [one = ''] = names
  const many = names.length > 1
  return {
    names: listed(names),
    verb: many ? 'are' : 'is',
    fix:
      context.phase === 'build'
        ? `Read ${many ? 'them' : 'it'} where the app starts, not where the build imports the code. If the build must have ${many ? 'values' : 'one'}, give dummies to that command alone: RUN ${one}=build-only <command>`
        : `Give ${many ? 'them' : 'it'} a value: in .env for compose.yaml, as a secret or in the environment of the app in production.`,
  }
}
const VARIABLES_MISSING = '{names} {verb} missing from the environment'

const CHECKED = /The environment is incomplete:/
/** t3-env, envalid. */
const LIBRARY = /Missing environment variables:|Invalid environment variables:/i
const PYDANTIC = /validation errors? for \w+/
const ZOD = /ZodError/

/** What the code itself needs: variables, files, modules, databases, places to write. */
export const APP_ROWS: readonly Row[] = [
  { id: 'env-check', line: CHECKED, values: namedBy(CHECKED), title: VARIABLES_MISSING, fix: '{fix}' },
  { id: 'env-library', line: LIBRARY, values: namedBy(LIBRARY), title: VARIABLES_MISSING, fix: '{fix}' },
  {
    id: 'env-static',
    phases: ['build'],
    line: /"(?<name>[A-Za-z_]\w*)" is not exported by ".*virtual:env\/static\/(?<kind>public|private)"/,
    title: '{name} has no value in the build, and SvelteKit writes it into the code ($env/static/{kind})',
    fix: 'Give it one where the image is built: set {name}, and pass "docker build --build-arg {name}" (a private one as the build secret that DOCKER.md names). $env/dynamic/{kind} reads it when the app starts.',
  },
  {
    id: 'env-zod',
    line: ZOD,
    // A schema of the environment names variables; one of a request does not.
    values: (_, seen) => {
      const names = collect(seen.lines, /^\s+"([A-Z][A-Z0-9_]+)"$/)
      return names.length > 0 ? settle(names, seen) : null
    },
    title: VARIABLES_MISSING,
    fix: '{fix}',
  },
  {
    id: 'env-pydantic',
    line: PYDANTIC,
    also: /type=missing/,
    values: (_, seen) => {
      const start = seen.lines.findLastIndex((line) => PYDANTIC.test(line))
      const names = collect(seen.lines.slice(start, start + 60), /^([A-Za-z_]\w*)$/)
      return names.length > 0
        ? settle(
            names.map((name) => name.toUpperCase()),
            seen,
          )
        : null
    },
    title: VARIABLES_MISSING,
    fix: '{fix}',
  },
  {
    id: 'env-thrown',
    line: /(?:[Mm]issing|[Rr]equired)(?: required)? (?:environment|env)(?:ironment)? ?(?:variables?|vars?)?:? ['"`]?(?<name>[A-Z][A-Z0-9_]{2,})|(?<set>[A-Z][A-Z0-9_]{2,})['"`]? (?:is|was|env(?:ironment)? var(?:iable)? is) (?:not set|not defined|missing|required|undefined)|KeyError: '(?<key>[A-Z][A-Z0-9_]{2,})'|The (?<django>SECRET_KEY) setting must not be empty|Set the (?<environ>[A-Z][A-Z0-9_]+) environment variable|(?<decouple>[A-Z][A-Z0-9_]+) not found\. Declare it as envvar|Environment variable not found: (?<prisma>[A-Z][A-Z0-9_]+)|Cannot resolve environment variable: (?<prisma7>[A-Z][A-Z0-9_]+)|Environment variable "(?<environs>[A-Z][A-Z0-9_]+)" not set/,
    // A check that names all of them says more.
    values: (found, seen) =>
      seen.lines.some((line) => CHECKED.test(line) || LIBRARY.test(line))
        ? null
        : settle([first(found)], seen),
    title: VARIABLES_MISSING,
    fix: '{fix}',
  },
  {
    id: 'heap',
    line: /JavaScript heap out of memory|Reached heap limit|ERR_WORKER_OUT_OF_MEMORY/,
    values: (_, { context }) => ({
      fix:
        context.phase === 'build'
          ? 'Give the build more: ENV NODE_OPTIONS=--max-old-space-size=4096 in the stage that builds, and the engine at least that much memory (Docker Desktop: Settings, Resources; Colima: colima start --memory 8).'
          : 'Give the app’s container more memory: the heap is a share of it.',
    }),
    title: 'Node.js ran out of heap',
    fix: '{fix}',
  },
  {
    id: 'killed',
    line: /^\s*Killed\s*$|\bSIGKILL\b|signal: killed|signal: 9|exit(?:ed with)? (?:code|status):? 137|exited \(137\)|OOMKilled"?[:=] ?true|MemoryError|Cannot allocate memory|ENOMEM|ResourceExhausted: .*memory/,
    values: (_, { context }) => ({
      fix:
        context.phase === 'build'
          ? 'Give the engine more memory (Docker Desktop: Settings, Resources; Colima: colima start --memory 8; Podman: podman machine set --memory 8192), or let the build use less.'
          : 'Give the container more memory, or start fewer workers.',
    }),
    title: 'It ran out of memory: the kernel ended it',
    fix: '{fix}',
  },
  {
    id: 'openssl-legacy',
    line: /ERR_OSSL_EVP_UNSUPPORTED|error:0308010C/,
    title: 'The build tool hashes with MD4, which Node.js 17 and later refuse (webpack 4)',
    fix: 'Update it (webpack 5, react-scripts 5). Until then: ENV NODE_OPTIONS=--openssl-legacy-provider in the stage that builds.',
  },
  {
    id: 'prisma-client',
    line: /@prisma\/client did not initialize yet|Cannot find module '\.prisma\/client/,
    title: 'Prisma’s client was not generated in the image',
    fix: 'Keep the schema in the repository, and run create-prod-docker again: it adds "prisma generate" to the build.',
  },
  {
    id: 'script-missing',
    line: /[Mm]issing script:? "?(?<script>[\w:.-]+)"?|ERR_PNPM_NO_SCRIPT.* (?<pnpm>[\w:.-]+)$|Couldn't find a script named "(?<yarn>[^"]+)"|error Command "(?<classic>[^"]+)" not found|Script not found "(?<bun>[^"]+)"/,
    values: (found, { context }) => ({
      script: first(found),
      flag: context.phase === 'build' ? '--build' : '--start',
      fix: `Add it to "scripts" in package.json, or name the command: create-prod-docker ${context.phase === 'build' ? '--build' : '--start'} "<command>".`,
    }),
    title: 'package.json has no script {script}',
    fix: '{fix}',
  },
  {
    id: 'install-script-tool',
    phases: ['build'],
    line: /^sh: (?:\d+|line \d+): (?<tool>husky|lefthook|simple-git-hooks|patch-package|is-ci|ngcc|nuxt|nuxi|svelte-kit): (?:command )?not found/,
    also: /npm (?:error|ERR!) command sh -c (?!.*(?:run|build))|(?:prepare|postinstall)/,
    title: 'An install script runs {tool}, which a production install leaves out',
    fix: 'Make it harmless there: "prepare": "{tool} || true" in package.json; or, if the app needs it, move {tool} to "dependencies".',
  },
  {
    id: 'shell-missing',
    phases: ['boot', 'compose'],
    line: /exec: "(?<file>(?:\/bin\/)?(?:ba)?sh)": (?:executable file not found|stat \S+: no such file)|stat (?<path>\/bin\/(?:ba)?sh): no such file/,
    title: 'The container starts with a shell, and a distroless image has none',
    fix: 'Run create-prod-docker again with --base slim, or name a start command that needs no shell: --start "<program> <arguments>".',
    flag: ['--base', 'slim'],
  },
  {
    id: 'tool-missing',
    line: /(?:^|\/bin\/)sh: (?:\d+|line \d+): (?<tool>[\w@.-]+): (?:command )?not found|exec: "(?<exec>[\w@.-]+)": executable file not found|spawn (?<spawn>[\w@.-]+) ENOENT/,
    general: true,
    values: (found) => ({ tool: first(found) }),
    title: 'The command {tool} is not in the image',
    fix: 'If a package of the project brings it, add that to its dependencies (to "dependencies" where the app needs it in production), and commit the lockfile. Or name another command: create-prod-docker --build or --start.',
  },
  {
    id: 'script-line-endings',
    line: /sh: \d+: (?<file>\.?\/[\w./-]+): not found|exec (?<exec>\/[\w./-]+): no such file or directory|env: '(?:\w+)\\r'/,
    title:
      'A script is there, and can’t be started: Windows line endings, or a shell in its first line that the image lacks',
    fix: 'Save it with Unix line endings, and keep them: "*.sh text eol=lf" in .gitattributes.',
  },
  {
    id: 'types',
    phases: ['build'],
    line: /^(?:.*\.(?:[cm]?tsx?|vue|svelte)[(:]\d+[,:]\d+\)?(?::| -)|\.?\/?.*) ?error TS\d+: |^Type error: |^Failed to type check/,
    values: (_, { lines }) => ({
      error:
        lines
          .map((line) => /error (TS\d+: .*)$|^Type error: (.*)$/.exec(line))
          .flatMap((match) => match?.[1] ?? match?.[2] ?? [])[0] ?? '',
    }),
    title: 'TypeScript found errors: {error}',
    fix: 'Mend them: they show up outside Docker too, once "node_modules" is installed anew from the lockfile. A file that .dockerignore excludes is not there for the compiler.',
  },
  {
    id: 'import-unresolved',
    phases: ['build'],
    line: /Rollup failed to resolve import "(?<rollup>[^"]+)"|Module not found: (?:Error: )?Can't resolve '(?<webpack>[^']+)'|Could not resolve "(?<esbuild>[^"]+)"|Cannot find module '(?<ts>[^']+)' or its corresponding type/,
    values: (found) => ({ module: first(found) }),
    title: 'The code imports {module}, which the build does not have',
    fix: 'If it is a package: add it to the dependencies and commit the lockfile. If it is a file: look at its upper and lower case, which Linux tells apart, and at .dockerignore.',
  },
  {
    id: 'tests',
    phases: ['build'],
    line: /^(?:=+ .*\d+ failed.* =+|\s*Tests?:? +\d+ failed.*|FAIL +\S+.*|\s*Test Files +\d+ failed.*|npm (?:error|ERR!) Test failed.*|FAILED \(.*failures=.*)$/,
    general: true,
    title: 'A test fails in the image',
    fix: 'Run the tests outside Docker. Where they pass there: look for a service, a file or a variable that only your machine has.',
  },
  {
    id: 'start-file-missing',
    phases: ['boot', 'compose'],
    line: /Cannot find module '(?<file>\/app\/[^']+?)'$|can't open file '(?<python>\/app\/[^']+)': \[Errno 2\]/,
    also: /requireStack: \[\]|can't open file|Cannot find module '\/app\/(?:dist|build|out|lib|server|src|index|main|app)/,
    values: (found) => ({ path: first(found).replace(/^\/app\//, '') }),
    title: 'The start command runs {path}, which the image does not have',
    fix: 'Name the file that the build writes: create-prod-docker --start "<command>"; or let the build write it: --build "<command>".',
  },
  {
    id: 'asgi-module',
    phases: ['boot', 'compose'],
    line: /Could not import module "(?<uvicorn>[\w.]+)"|Could not import '(?<flask>[\w.]+)'|Attribute "(?<attribute>\w+)" not found in module|Failed to find attribute '(?<gunicorn>\w+)' in '\w+'|Unable to (?:load|find) application/,
    values: (found) => ({ what: first(found) }),
    title: 'The server can’t load {what}: the start command names another module or object than the code has',
    fix: 'Name them as the code has them: create-prod-docker --start "<server> <module>:<object>".',
  },
  {
    id: 'start-module-missing',
    phases: ['boot', 'compose'],
    line: /ModuleNotFoundError: No module named '(?<module>[\w.]+)'/,
    // A server imports the app by name: it is a part of the project, not a dependency.
    also: /import_app\b|import_from_string|SETTINGS_MODULE\)/,
    values: (_, { lines }) =>
      lines.some((line) => /^\s+(?:import|from) [\w.]+|apps\/config/.test(line)) ? null : {},
    title: 'The start command names the module {module}, which the image does not have',
    fix: 'Name it as the project has it: create-prod-docker --start "<server> <module>:<object>"; and look that .dockerignore does not exclude it.',
  },
  {
    id: 'python-removed-module',
    line: /No module named '(?<module>distutils|imp|asynchat|asyncore|cgi|telnetlib|crypt)(?:\.[\w.]+)?'/,
    values: ({ module = '' }) => ({ version: /^(?:cgi|telnetlib|crypt)$/.test(module) ? '3.12' : '3.11' }),
    title: 'Python has no {module} since the version after {version}',
    fix: 'Update what imports it, or run create-prod-docker again with --runtime-version {version}.',
    flag: ['--runtime-version', '{version}'],
  },
  {
    id: 'setuptools-missing',
    line: /No module named '(?<module>pkg_resources|setuptools)'/,
    title: 'Something imports {module}, which new releases of Python or setuptools do not bring',
    fix: 'Add "setuptools<81" to the dependencies, write the lock anew, and commit it.',
  },
  {
    id: 'module-missing',
    line: /Cannot find (?:module|package) '(?<node>(?:@[\w.-]+\/)?[\w-][\w.-]*(?:\/[\w./-]+)?)'(?! or its)|ModuleNotFoundError: No module named '(?<python>[\w.]+)'/,
    values: ({ node = '', python = '' }, { context }) => ({
      module: node || python,
      fix: node
        ? 'Move it from "devDependencies" to "dependencies" in package.json (or add it), install, and commit the lockfile: the image has production dependencies alone.'
        : context.phase === 'build'
          ? 'Add its package to the dependencies that the build installs, write the lock anew, and commit it.'
          : 'Add its package to the production dependencies, write the lock anew, and commit it: the image has no development group or extra.',
    }),
    title: 'The app needs {module}, which is not among its production dependencies',
    fix: '{fix}',
  },
  {
    id: 'local-module-missing',
    line: /Cannot find module '(?<file>\.{1,2}\/[^']+|\/app\/[^']+)'/,
    general: true,
    title: 'The code loads {file}, which the image does not have',
    fix: 'If the build makes it, let the build command do so (create-prod-docker --build "<command>"); if it is in the repository, look at .dockerignore, and at upper and lower case, which Linux tells apart.',
  },
  {
    id: 'typescript-start',
    line: /ERR_UNKNOWN_FILE_EXTENSION.*"(?<extension>\.[cm]?tsx?)"|ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX/,
    title: 'The start command runs TypeScript, which Node.js can’t run as it is',
    fix: 'Compile it: create-prod-docker --build "tsc" --start "node dist/<file>.js".',
  },
  {
    id: 'module-kind',
    line: /Cannot use import statement outside a module|require is not defined in ES module scope|ERR_REQUIRE_ESM|exports is not defined in ES module scope/,
    title: 'An ES module is loaded as CommonJS, or the other way round',
    fix: 'Let package.json say what the files are: "type": "module" for import, "commonjs" for require; it is copied into the image beside them.',
  },
  {
    id: 'database-password',
    phases: ['boot', 'compose'],
    line: /password authentication failed for user "?(?<user>[\w-]+)"?|Access denied for user '(?<mysql>[^']+)'@|WRONGPASS|NOAUTH|ACCESS_REFUSED|Authentication failed\.$/,
    title: 'The database does not take the password',
    fix: 'A volume keeps the password that it was first started with: take it away with docker compose down --volumes (its data goes too), or set the old password.',
  },
  {
    id: 'database-missing',
    phases: ['boot', 'compose'],
    line: /database "(?<name>[^"]+)" does not exist|Unknown database '(?<mysql>[^']+)'/,
    values: (found) => ({ database: first(found) }),
    title: 'The database {database} does not exist',
    fix: 'Give DATABASE_URL the name that the database service creates (POSTGRES_DB, MYSQL_DATABASE), or start with an empty volume: docker compose down --volumes (its data goes too).',
  },
  {
    id: 'table-missing',
    phases: ['boot', 'compose'],
    line: /relation "(?<postgres>[^"]+)" does not exist|no such table: (?<sqlite>\S+)|Table '(?<mysql>[^']+)' doesn't exist|The table `(?<prisma>[^`]+)` does not exist/,
    values: (found, { context }) => ({
      table: first(found),
      fix: context.app.migration
        ? 'Run it: docker compose run --rm migrate.'
        : 'Run the project’s migrations before the app starts; the tool knows of none.',
    }),
    title: 'The table {table} is not there: the migration has not run',
    fix: '{fix}',
  },
  {
    id: 'database-host',
    phases: ['boot', 'compose'],
    line: /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?<node>[\w.-]+)|could not translate host name "(?<libpq>[^"]+)"|failed to resolve host '(?<psycopg>[^']+)'|Error -[23] connecting to (?<redis>[\w.-]+):|\[Errno -[23]\] (?:Name or service not known|Temporary failure in name resolution)/,
    values: (found) => ({ host: first(found) || 'A host' }),
    title: '{host} has no address in the app’s network',
    fix: 'Name the service as the compose file does (its key under "services"), or add it: create-prod-docker --services <list>.',
  },
  {
    id: 'database-refused',
    phases: ['boot', 'compose'],
    line: /ECONNREFUSED (?<node>[\w.:[\]-]+)|connection to server at "(?<libpq>[^"]+)".*failed: Connection refused|Error 111 connecting to (?<redis>[\w.:-]+)|Can't connect to (?:local )?(?:MySQL|MariaDB|server).*'(?<mysql>[\w.-]+)'|ServerSelectionTimeoutError: (?<mongo>[\w.:-]+)|Connection refused.*?(?<other>[\w.-]+:\d+)/,
    values: (found) => {
      const host = first(found)
      return {
        host: host || 'A service',
        fix: /^(?:\[?::1|127\.|localhost)/.test(host)
          ? 'In a container, localhost is the container itself: let the variable name the service of the compose file (postgres, redis, …).'
          : 'Let the app wait until it is ready (depends_on with condition: service_healthy), and try to connect more than once.',
      }
    },
    title: 'Nothing answers at {host}',
    fix: '{fix}',
  },
  {
    id: 'sqlite-read-only',
    phases: ['boot', 'compose'],
    line: /unable to open database file|attempt to write a readonly database|SQLITE_(?:CANTOPEN|READONLY)/,
    title: 'SQLite keeps its file beside the code, and that is read-only',
    fix: 'Keep the file on a volume (a path from the environment, in a folder that is mounted), or use a server: --services postgres.',
  },
  {
    id: 'read-only',
    phases: ['boot', 'compose'],
    line: /EROFS: read-only file system, \w+ '(?<node>[^']+)'|Read-only file system: '(?<python>[^']+)'|(?:cannot (?:create|touch)[^']*'(?<shell>[^']+)'|(?<path>\/[\w./-]+)): Read-only file system/,
    values: (found) => ({ path: first(found) }),
    title: 'The app writes to {path}, and its file system is read-only',
    fix: 'Write below /tmp, or give the path a place when it runs: --tmpfs {path} for what may go, a volume for what stays.',
  },
  {
    id: 'port-privileged',
    phases: ['boot', 'compose'],
    line: /listen EACCES: permission denied .*?:(?<node>\d+)|Permission denied.*bind.*:(?<other>\d+)|\[Errno 13\] .*address \('[^']*', (?<python>\d+)\)/,
    values: (found) => ({ number: first(found) }),
    title: 'The app listens on port {number}, which takes a capability that it does not have',
    fix: 'Listen on a port above 1023: create-prod-docker --port 8080.',
    flag: ['--port', '8080'],
  },
  {
    id: 'permission-denied',
    line: /EACCES: permission denied, \w+ '(?<node>[^']+)'|PermissionError: \[Errno 13\] Permission denied: '(?<python>[^']+)'|(?:sh: \d+: |exec: "|exec )?(?<shell>\.{0,2}\/[\w./-]+)"?: (?:cannot execute: )?[Pp]ermission denied/,
    values: (found, { context }) => ({
      path: first(found),
      fix:
        context.phase === 'build'
          ? 'Make it executable in Git: git update-index --chmod=+x <file>.'
          : 'The app runs as user 65532 and owns no file of the image: write below /tmp, or mount a volume there that this user owns.',
    }),
    title: 'Permission denied: {path}',
    fix: '{fix}',
  },
  {
    id: 'port-taken-inside',
    phases: ['boot'],
    line: /listen EADDRINUSE: address already in use .*?:(?<node>\d+)|\[Errno 98\] .*?(?:\('[^']*', (?<python>\d+)\))|Address already in use|Connection in use/,
    title: 'Two processes of the container listen on the same port',
    fix: 'Start one server: look for a second listen() in the code, and for a start command that starts two.',
  },
]
