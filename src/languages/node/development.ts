import type { Argv, Development } from '../../model.ts'
import type { Project } from '../../project.ts'
import { parseShell, shellLine } from '../../shell.ts'
import { blankComments } from '../../source/javascript.ts'
import { configFiles, configValue } from './conditions.ts'
import { developmentEnvFiles } from './env-files.ts'
import type { NodeFindings } from './findings.ts'
import { FRAMEWORKS, type FrameworkRow } from './frameworks.ts'
import { legacyHash } from './openssl.ts'
import { outputFolder } from './payload.ts'
import { needsEnvFile, onlyCompiles, type Program, programOf, programsOf } from './start.ts'

const DEV_SCRIPTS = ['dev', 'start:dev', 'develop', 'watch', 'dev:server', 'serve']

/** What the `dev` target runs, and how a change of the source reaches it. */
export function developmentOf(found: NodeFindings, _base: string): Development {
  const { manifest, manager, facts, start, onBun } = found
  const reads = ['package.json', ...(manager.lockfile ? [manager.lockfile] : [])]
  const name = devScript(found)
  const row = devRow(found, name)
  const port =
    row.kind === 'worker'
      ? null
      : (devPort(manifest.scripts[name ?? ''] ?? '') ??
        ownPort(found, name) ??
        (runsOwnFile(found, name) ? undefined : (configuredPort(found, row) ?? row.devPort)) ??
        facts.value('port') ??
        null)
  const shared = {
    workdir: '/app',
    ignore: ['node_modules/', '.git/', ...(row.buildCache ? ['.next/'] : [])],
    rebuild: reads,
    env: {
      ...legacyHash(manifest)?.env,
      ...row.devEnv,
      ...Object.fromEntries(Object.entries(row.env ?? {}).filter(([key]) => /^HOST/.test(key))),
      ...(found.listening.hostVariable ? { [found.listening.hostVariable]: '0.0.0.0' } : {}),
    },
    port,
    envFiles: developmentEnvFiles(found.project, row),
    base: found.basePath.development && found.basePath.development + (row.site ? '/' : ''),
  }
  if (name) {
    const { argv, env } = scriptCommand(
      found,
      name,
      deepArgs(manifest.scripts[name] ?? '', row.devArgs ?? []),
    )
    toldOfAddress(found, row, name, argv)
    const action = isStill(found, name) ? 'sync+restart' : 'sync'
    return { ...shared, env: { ...shared.env, ...env }, command: argv, action }
  }
  if (start?.shell !== undefined)
    return { ...shared, command: ['sh', '-c', start.shell], action: 'sync+restart' }
  if (onBun && start)
    return { ...shared, command: ['bun', '--watch', ...start.command.argv.slice(1)], action: 'sync' }
  const build = facts.value('build')
  const argv = start?.command.argv ?? ['node', 'index.js']
  // Nothing watches: build anew and start again at each change.
  if (build)
    return { ...shared, command: ['sh', '-c', `${build} && exec ${shellLine(argv)}`], action: 'sync+restart' }
  return {
    ...shared,
    command: argv[0] === 'node' ? ['node', '--watch', ...argv.slice(1)] : argv,
    action: argv[0] === 'node' ? 'sync' : 'sync+restart',
  }
}

/** The script that starts the server: of the usual name, or whatever watches the source. */
function devScript(found: NodeFindings): string | undefined {
  const { project, manifest, row } = found
  const usual = [...(row.devScripts ?? []), ...DEV_SCRIPTS].filter((name) => manifest.scripts[name])
  if (row.kind === 'static') return usual[0]
  const programs = (name: string) => programsOf(manifest.scripts[name] ?? '', manifest)
  /** What a build has yet to make can't be started, and a bundler serves nobody. */
  const serves = (name: string) => {
    const { programs: all, builds } = programs(name)
    if (all.length > 0 && all.every(onlyCompiles)) return false
    return builds || !all.some((argv) => argv.some((word) => isUnbuilt(project, argv[0], word)))
  }
  const first = usual.find(serves)
  if (first !== undefined && !isStill(found, first)) return first
  const files = first === undefined ? [] : programs(first).programs.flatMap(filesOf)
  const watches = (name: string) => {
    const watching = programs(name).programs.filter((argv) => WATCHER_RE.test(argv.slice(0, 2).join(' ')))
    return (
      watching.length > 0 &&
      (first === undefined || watching.flatMap(filesOf).some((file) => files.includes(file)))
    )
  }
  const watcher = Object.keys(manifest.scripts).find(
    (name) => !ASIDE_RE.test(name) && watches(name) && serves(name),
  )
  return watcher ?? first
}

const WATCHER_RE = /^(?:nodemon|ts-node-dev|tsnd|tsx watch|(?:node|bun|tsx) --(?:watch|hot))(?:\b|$)/
/** Scripts that are not about the app itself. */
const ASIDE_RE = /test|lint|type|debug|inspect|prod|docs|story|e2e|seed|worker/i
/** What runs a file once, and what only looks at what that prints. */
const RUNS_RE = /^(?:node|nodejs|tsx|ts-node|bun)$/
const PRINTS_RE = /^(?:pino-\w+|bunyan|tee|echo)$/

const filesOf = (argv: readonly string[]) =>
  argv.slice(1).flatMap((word) => (/^[^-].*\.[cm]?[jt]sx?$/.test(word) ? [word.replace(/^\.\//, '')] : []))

/** Nothing in it sees a change: a file is run as it is, and no framework's own server with what it reloads. */
function isStill({ manifest, row }: NodeFindings, name: string): boolean {
  if (
    row.payload ||
    row.site ||
    ['vite', 'webpack'].some((pack) => pack in manifest.devDependencies || pack in manifest.dependencies)
  )
    return false
  const { programs } = programsOf(manifest.scripts[name] ?? '', manifest)
  const own = programs.filter((argv) => !PRINTS_RE.test(argv[0] ?? '') && !onlyCompiles(argv))
  return (
    own.length > 0 &&
    own.every(
      (argv) =>
        RUNS_RE.test(argv[0] ?? '') &&
        filesOf(argv).length > 0 &&
        !argv.some((word) => /^(?:--)?(?:watch|hot)/.test(word)),
    )
  )
}

/** A server that another program starts can't be handed the address. */
function toldOfAddress(
  { project, manifest, warnings }: NodeFindings,
  row: FrameworkRow,
  name: string,
  argv: readonly string[],
): void {
  if (!row.devArgs?.includes('--host') || argv.includes('--host')) return
  const files = (row.devPortSetting ?? row.base?.settings?.[0])?.files ?? []
  if (configValue(project, { files, key: 'server.host' })) return
  const { programs } = programsOf(manifest.scripts[name] ?? '', manifest)
  const server = programs.find(
    (words) => SERVER_RE.test(words.join(' ')) && !words.some((word) => word.startsWith('--host')),
  )
  if (server)
    warnings.push({
      rule: 'PD083',
      message: `package.json#scripts.${name} starts "${server.join(' ')}" behind another program: it listens on localhost alone, where nothing outside of the container reaches it. Add --host 0.0.0.0 to it.`,
      file: 'package.json',
    })
}

function isUnbuilt(project: Project, program: string | undefined, word: string): boolean {
  const file = word.replace(/^\.\//, '')
  return (
    /^(?:node|nodejs|nodemon)$/.test(program ?? '') &&
    !file.startsWith('-') &&
    outputFolder(project, file) !== undefined &&
    !project.has(file)
  )
}

/** The framework whose development server the script is: Vite stands beside a server of one's own. */
function devRow({ manifest, row }: NodeFindings, name: string | undefined): FrameworkRow {
  const line =
    parseShell(manifest.scripts[name ?? ''] ?? '')
      ?.at(-1)
      ?.argv.join(' ') ?? ''
  const other = SERVER_RE.test(line) && FRAMEWORKS.find(({ id }) => id === line.split(' ')[0])
  return row.devArgs === undefined && other ? { ...row, ...devParts(other) } : row
}

const devParts = ({ devArgs, devPort, devPortSetting }: FrameworkRow) => ({
  ...(devArgs && { devArgs }),
  ...(devPort && { devPort }),
  ...(devPortSetting && { devPortSetting }),
})

/** A script by its name; by its program where that asks for an env file: none is in the image, and Compose hands over what is in .env. */
function scriptCommand(
  { manifest, manager, warnings, testEnv }: NodeFindings,
  name: string,
  args: readonly string[],
): Pick<Program, 'argv' | 'env'> & { lost?: true } {
  const run = { argv: manager.row.run(name, args), env: {} }
  if (!needsEnvFile(manifest.scripts[name] ?? '', manifest)) return run
  const program = programOf(run.argv, manifest)
  const files = program?.envFiles.map((file) => file.replace(/^\.\//, '')) ?? []
  const others = files.filter((file) => file !== '.env')
  // Committed for the tests: it is there.
  if (name === 'test' && files.length > 0 && files.every((file) => file === testEnv)) return run
  const source = `package.json#scripts.${name}`
  const taken = program !== undefined && files.length > 0
  if (!taken || others.length > 0)
    warnings.push({
      rule: 'PD030',
      message: taken
        ? `${source} reads ${others.join(', ')}, and no env file is in the image: in the container, what is in .env counts. Put its variables there.`
        : `${source} reads an env file, and none is in the image: ${name === 'test' ? 'so no test target is written' : 'the command would end with "not found"'}. Write --env-file-if-exists there, or take the flag out: compose.yaml hands over what is in .env.`,
      file: 'package.json',
    })
  return taken ? program : { ...run, lost: true }
}

/** Commands that take the address among their words. */
const SERVER_RE =
  /^(?:vite(?! (?:build|preview|optimize)\b)|(?:nuxt|nuxi|astro|react-router|svelte-kit|vinxi|vitepress) dev|gatsby develop|ng (?:serve|s)|remix vite:dev|docusaurus start)(?: |$)/

/** Arguments only where the script's last command is the server that takes them. */
function deepArgs(line: string, args: readonly string[]): readonly string[] {
  const commands = parseShell(line)
  const last = commands?.at(-1)?.argv ?? []
  return args.length > 0 &&
    SERVER_RE.test(last.join(' ').replace(/^cross-env (?:\w+=\S* )*/, '')) &&
    !last.includes('--host')
    ? args
    : []
}

/** The port of the code that listens, where the script runs that file, and no framework's own server. */
function ownPort(
  { manifest, manager, listening }: NodeFindings,
  name: string | undefined,
): number | undefined {
  const program = name === undefined ? undefined : programOf(manager.row.run(name, []), manifest)
  const runs = program?.argv.some((word) => word.replace(/^\.\//, '') === listening.call?.file)
  return runs ? listening.port?.value : undefined
}

/** A server of the project's own around the framework's: that one's port is nothing to it. */
function runsOwnFile({ project, manifest, row }: NodeFindings, name: string | undefined): boolean {
  return (
    row.kind === 'server' &&
    programsOf(manifest.scripts[name ?? ''] ?? '', manifest).programs.some(
      ([program = '', ...words]) =>
        /^(?:node|nodemon|tsx|bun)$/.test(program) &&
        words.some(
          (word) => /\.[cm]?[jt]s$/.test(word) && project.files().includes(word.replace(/^\.\//, '')),
        ),
    )
  )
}

/** `server.port` of vite.config. */
function configuredPort({ project }: NodeFindings, row: FrameworkRow): number | undefined {
  const value = row.devPortSetting && configValue(project, row.devPortSetting)?.value
  return typeof value === 'string' && /^\d{2,5}$/.test(value) ? Number(value) : undefined
}

function devPort(line: string): number | undefined {
  const flag = /(?:--port[= ]|-p )(\d{2,5})\b/.exec(line)?.[1]
  return flag ? Number(flag) : undefined
}

/** The config by which Vitest starts a browser. */
function inBrowser({ project }: NodeFindings): string | undefined {
  const file = project.first([...configFiles('vitest'), ...configFiles('vite')])
  const code = file ? blankComments(project.source(file) ?? '') : ''
  const isOne =
    /['"]@vitest\/browser[\w-]*['"]/.test(code) || /\bbrowser\s*:\s*\{[^{}]*\benabled\s*:\s*true\b/.test(code)
  return isOne ? file : undefined
}

/** Runners that need nothing but Node.js. A browser, a watch mode, or npm's own placeholder is none. */
const RUNNER_RE = /^(vitest|jest|mocha|tap|ava|uvu|c8|nyc|tape|node|tsx|bun|jasmine|nest)$/

export function testOf(found: NodeFindings): { command: Argv } | null {
  const line = found.manifest.scripts['test']
  const commands = line ? parseShell(line) : null
  const [program, ...words] =
    commands?.at(-1)?.argv.filter((word) => word !== 'cross-env' && !/^\w+=/.test(word)) ?? []
  if (!line || !program || /--watch(?!=false)|no test specified/.test(line)) return null
  if (!RUNNER_RE.test(program) || words[0] === 'watch') return null
  const isAlone = commands?.length === 1 && !found.manifest.scripts['pretest']
  // To others a name is a pattern.
  const missing =
    isAlone &&
    /^(?:node|tsx|tape|mocha)$/.test(program) &&
    words.find((word) => /^[\w./-]+\.[cm]?[jt]sx?$/.test(word) && !found.project.has(word))
  if (missing) {
    found.warnings.push({
      rule: 'PD084',
      message: `package.json#scripts.test runs ${missing}, which is not in the project: no test target is written.`,
      file: 'package.json',
    })
    return null
  }
  const config = program === 'vitest' && !line.includes('--project') ? inBrowser(found) : undefined
  if (config !== undefined) {
    found.warnings.push({
      rule: 'PD084',
      message: `${config} runs tests in a browser, and the image for tests has none: no test target is written. Where "test" runs those of Node.js alone (vitest --project <name>), it is.`,
      file: config,
    })
    return null
  }
  const { argv, env, lost } = scriptCommand(found, 'test', [])
  if (lost) return null
  const pairs = Object.entries(env).map(([key, value]) => `${key}=${value}`)
  return { command: pairs.length > 0 ? ['env', ...pairs, ...argv] : argv }
}
