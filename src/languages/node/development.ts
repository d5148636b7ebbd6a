import type { Argv, Development } from '../../model.ts'
import { parseShell, shellLine } from '../../shell.ts'
import { blankComments } from '../../source/javascript.ts'
import { configFiles, configValue } from './conditions.ts'
import { developmentEnvFiles } from './env-files.ts'
import type { NodeFindings } from './findings.ts'
import { legacyHash } from './openssl.ts'
import { needsEnvFile, type Program, programOf } from './start.ts'

const DEV_SCRIPTS = ['dev', 'start:dev', 'develop', 'watch', 'dev:server', 'serve']

/** What the `dev` target runs, and how a change of the source reaches it. */
export function developmentOf(found: NodeFindings, _base: string): Development {
  const { manifest, manager, row, facts, start, onBun } = found
  const reads = ['package.json', ...(manager.lockfile ? [manager.lockfile] : [])]
  const name = [...(row.devScripts ?? []), ...DEV_SCRIPTS].find((script) => manifest.scripts[script])
  const port =
    row.kind === 'worker'
      ? null
      : (devPort(manifest.scripts[name ?? ''] ?? '') ??
        ownPort(found, name) ??
        configuredPort(found) ??
        row.devPort ??
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
  if (onBun && start)
    return { ...shared, command: ['bun', '--watch', ...start.command.argv.slice(1)], action: 'sync' }
  if (start?.shell !== undefined)
    return { ...shared, command: ['sh', '-c', start.shell], action: 'sync+restart' }
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

/** Arguments only where the script's last command is the server that takes them. */
function deepArgs(line: string, args: readonly string[]): readonly string[] {
  const commands = parseShell(line)
  const last = commands?.at(-1)?.argv ?? []
  return args.length > 0 &&
    /^(vite|nuxt|nuxi|astro|ng|remix|react-router|svelte-kit|vinxi|docusaurus)$/.test(last[0] ?? '') &&
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

/** `server.port` of vite.config. */
function configuredPort({ project, row }: NodeFindings): number | undefined {
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
