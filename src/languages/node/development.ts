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
    return { ...shared, env: { ...shared.env, ...env }, command: argv, action: 'sync' }
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
function devScript({ project, manifest, row }: NodeFindings): string | undefined {
  const usual = [...(row.devScripts ?? []), ...DEV_SCRIPTS].filter((name) => manifest.scripts[name])
  if (row.kind === 'static') return usual[0]
  /** What a build has yet to make can't be started, and a bundler serves nobody. */
  const serves = (name: string) => {
    const { programs, builds } = programsOf(manifest.scripts[name] ?? '', manifest)
    if (programs.length > 0 && programs.every(onlyCompiles)) return false
    return builds || !programs.some((argv) => argv.some((word) => isUnbuilt(project, argv[0], word)))
  }
  const watches = (name: string) =>
    programsOf(manifest.scripts[name] ?? '', manifest).programs.some((argv) =>
      WATCHER_RE.test(argv.slice(0, 2).join(' ')),
    )
  return (
    usual.find(serves) ??
    Object.keys(manifest.scripts).find((name) => !ASIDE_RE.test(name) && watches(name) && serves(name))
  )
}

const WATCHER_RE = /^(?:nodemon|ts-node-dev|tsnd|tsx watch|(?:node|bun|tsx) --(?:watch|hot))(?:\b|$)/
/** Scripts that are not about the app itself. */
const ASIDE_RE = /test|lint|type|debug|inspect|prod|docs|story|e2e|seed|worker/i

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
  return args.length > 0 && SERVER_RE.test(last.join(' ')) && !last.includes('--host') ? args : []
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
  const program = commands?.at(-1)?.argv.filter((word) => word !== 'cross-env' && !/^\w+=/.test(word))[0]
  if (!line || !program || /--watch(?!=false)|no test specified/.test(line)) return null
  if (!RUNNER_RE.test(program)) return null
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
