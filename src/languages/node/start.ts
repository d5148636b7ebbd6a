import { join } from 'node:path/posix'
import { parseShell, type SimpleCommand } from '../../shell.ts'
import { packageOf } from './imports.ts'
import { isWithin, type Lines } from './lines.ts'
import type { Manifest } from './manifest.ts'
import { PM2_RE, pm2Env, pm2Line } from './pm2.ts'

/** A start command in exec form: what the image runs, without a package manager or a shell between it and signals. */
export interface StartCommand {
  argv: string[]
  env: Record<string, string>
  source: string
  /** Packages that it loads by name: they must be production dependencies. */
  needs: string[]
  /** The file that it runs, where it is one: `dist/server.js`. */
  entry?: string
  /** The package whose own server it is: code of the project does not listen. */
  server?: string
  /** What that server listens on, where nothing says. */
  port?: number
  /** Database steps that the script ran first: they become the migrate step. */
  before: string[][]
  /** Scripts that make files for the app before it starts: they become part of the build. */
  prepare?: string[][]
  /** A script that npm would run before it, and the image does not. */
  lost?: string
}

/** `dev`: it is a development server, of no use in production. `shell`: it can't be taken apart. */
export type Taken = StartCommand | { kind: 'dev' | 'static' | 'shell'; source: string }

/** What a binary of a package is, called by its file: node itself becomes PID 1, and no `env` or shell is needed. */
interface BinRow {
  package: string
  /** Its file; by version where it has moved, newest first. */
  file?: string | readonly (Lines & { file: string })[]
  /** What its server needs to be reached from outside of the container. */
  env?: Record<string, string>
  port?: number
  /** Words that make it a development server. */
  dev?: readonly string[]
  /** Always a development server or a watcher. */
  devOnly?: true
  /** Serves files: nginx does that better. */
  static?: readonly string[] | true
  /** Node flags instead of the file, before the rest of the words. */
  loader?: readonly string[]
  /** Watches, by flags of its own, and may run something other than Node.js. */
  watcher?: true
  /** What it starts is not among its words. */
  entry?: string
}

const BINS: Record<string, BinRow> = {
  next: { package: 'next', file: 'node_modules/next/dist/bin/next', dev: ['dev'] },
  'remix-serve': { package: '@remix-run/serve', file: 'node_modules/@remix-run/serve/dist/cli.js' },
  'react-router-serve': {
    package: '@react-router/serve',
    file: [
      { since: 8, file: 'node_modules/@react-router/serve/bin.cjs' },
      { file: 'node_modules/@react-router/serve/bin.js' },
    ],
  },
  'react-router': { package: '@react-router/dev', devOnly: true },
  remix: { package: '@remix-run/dev', devOnly: true },
  // It listens on all addresses only where it sees Docker's own mark, which other engines do not set.
  fastify: {
    package: 'fastify-cli',
    file: 'node_modules/fastify-cli/cli.js',
    // Half a second is what it gives a request in flight by default; then it ends with an error.
    env: { FASTIFY_ADDRESS: '0.0.0.0', FASTIFY_CLOSE_GRACE_DELAY: '8000' },
    port: 3000,
  },
  srvx: { package: 'srvx', file: 'node_modules/srvx/bin/srvx.mjs' },
  strapi: {
    package: '@strapi/strapi',
    file: 'node_modules/@strapi/strapi/bin/strapi.js',
    port: 1337,
    dev: ['dev', 'develop'],
  },
  medusa: {
    package: '@medusajs/cli',
    file: 'node_modules/@medusajs/cli/cli.js',
    port: 9000,
    dev: ['develop'],
  },
  nest: { package: '@nestjs/cli', entry: 'dist/main.js' },
  tsx: { package: 'tsx', loader: ['--import', 'tsx'], dev: ['watch'] },
  'ts-node': { package: 'ts-node', loader: ['--require', 'ts-node/register'] },
  nodemon: { package: 'nodemon', loader: [], watcher: true },
  'ts-node-dev': { package: 'ts-node-dev', devOnly: true },
  tsnd: { package: 'ts-node-dev', devOnly: true },
  'react-scripts': { package: 'react-scripts', devOnly: true },
  'webpack-dev-server': { package: 'webpack-dev-server', devOnly: true },
  ng: { package: '@angular/cli', devOnly: true },
  nuxt: { package: 'nuxt', dev: ['dev'], static: ['start', 'preview'] },
  nuxi: { package: 'nuxi', dev: ['dev'], static: ['start', 'preview'] },
  astro: { package: 'astro', dev: ['dev'], static: ['preview'] },
  vite: { package: 'vite', devOnly: true },
  nx: { package: 'nx', devOnly: true },
  expo: { package: 'expo', devOnly: true },
  electron: { package: 'electron', devOnly: true },
  'react-native': { package: 'react-native', devOnly: true },
  gatsby: { package: 'gatsby', dev: ['develop'], static: ['serve'] },
  serve: { package: 'serve', static: true },
  'http-server': { package: 'http-server', static: true },
}

/** Commands before the app's own in one script: a migration is moved, a build has happened. */
const MIGRATION_RE =
  /^(prisma|drizzle-kit|knex|sequelize|sequelize-cli|typeorm|typeorm-ts-node-commonjs|typeorm-ts-node-esm|node-pg-migrate|mikro-orm|db-migrate)$/
const BUILD_RE = /^(tsc|tsup|esbuild|swc|vite|rollup|webpack|rimraf|rm|mkdir|tsc-alias)$/
/** …and what makes files out of files: it needs nothing but the source, so the build can run it. */
const ASSETS_RE =
  /^(sass|node-sass|lessc|postcss|tailwindcss|gulp|grunt|copyfiles|cpx|cpx2|cpy|ncp|cp|shx|svgo)$/
export const MANAGER_RE = /^(npm|pnpm|yarn|bun)$/
const SCRIPT_NAMES = [
  'start:prod',
  'start:production',
  'start',
  'production',
  'prod',
  'serve',
  'server',
  'start:server',
]

/** The start script, most explicit first, taken apart; undefined where no script starts anything. */
export function startFromScripts(manifest: Manifest): Taken | undefined {
  let weak: Taken | undefined
  for (const name of SCRIPT_NAMES) {
    const line = manifest.scripts[name]
    if (!line) continue
    const taken = withHook(line, name, manifest)
    // A compiler that is loaded for development gives way to compiled code.
    if (weak && 'argv' in weak) {
      if ('argv' in taken && /^(dist|build|out|lib)\//.test(taken.entry ?? '')) return taken
    } else if ('argv' in taken && !loadsCompiler(taken, manifest)) return taken
    else if (!weak || 'argv' in taken) weak = taken
  }
  return weak
}

const loadsCompiler = ({ needs }: StartCommand, { dependencies }: Manifest) =>
  needs.some(
    (name) =>
      !(name in dependencies) && Object.values(BINS).some((row) => row.loader && row.package === name),
  )

/** With the script that npm runs before it. */
function withHook(line: string, name: string, manifest: Manifest): Taken {
  const source = `package.json#scripts.${name}`
  const hook = `pre${name}`
  const before = manifest.scripts[hook]
  const both = before ? takeApart(`${before} && ${line}`, source, manifest) : undefined
  if (both && 'argv' in both) return both
  const taken = takeApart(line, source, manifest)
  if (!before || !('argv' in taken)) return taken
  return makesFiles({ name: hook, line: before })
    ? { ...taken, prepare: [[hook], ...(taken.prepare ?? [])] }
    : { ...taken, lost: hook }
}

/** Takes a command line apart: env prefixes, wrappers, nested scripts, binaries of packages. */
export function takeApart(line: string, source: string, manifest: Manifest, depth = 0): Taken {
  const commands = parseShell(line)
  const last = commands?.at(-1)
  if (!commands || !last || depth > 5) return { kind: 'shell', source }
  const before: string[][] = []
  const prepare: string[][] = []
  let folder = ''
  for (const command of commands.slice(0, -1)) {
    const plain = unwrap(command)
    const [program = '', word = ''] = plain?.argv ?? []
    if (command.joiner !== '&&' && command.joiner !== ';') return { kind: 'shell', source }
    if (program === 'echo') continue
    if (program === 'cd' && command.joiner === '&&' && /^\w[\w./-]*$/.test(word) && !word.includes('..'))
      folder = join(folder, word)
    // Steps of a folder of their own.
    else if (folder !== '') return { kind: 'shell', source }
    else if (plain && MIGRATION_RE.test(program)) before.push(plain.argv)
    else if (plain && MANAGER_RE.test(program)) {
      const nested = nestedScript(plain.argv, manifest)
      if (nested && /migrat|db:|prisma/.test(nested.name)) before.push(plain.argv)
      else if (nested && nested.name !== 'build' && makesFiles(nested)) prepare.push(plain.argv)
      else if (!nested || !/^build$|clean|prestart/.test(nested.name)) return { kind: 'shell', source }
    } else if (!BUILD_RE.test(program)) return { kind: 'shell', source }
  }
  const app = unwrap(last)
  if (!app || app.argv.length === 0) return { kind: 'shell', source }
  const [program = '', ...words] = app.argv
  const rest = folder === '' ? words : below(folder, program, words)
  if (!rest) return { kind: 'shell', source }
  if (MANAGER_RE.test(program) && folder === '') {
    const nested = nestedScript(app.argv, manifest)
    if (nested) {
      const inner = takeApart(nested.line, source, manifest, depth + 1)
      if (!('argv' in inner)) return inner
      return {
        ...inner,
        argv: [...inner.argv, ...nested.args],
        env: { ...inner.env, ...app.env },
        before: [...before, ...inner.before],
        prepare: [...prepare, ...(inner.prepare ?? [])],
      }
    }
    if (program !== 'bun') return { kind: 'shell', source }
  }
  const found = { source, env: app.env, before, ...(prepare.length > 0 && { prepare }) }
  if (PM2_RE.test(program)) {
    const line = pm2Line(rest, manifest.pm2)
    const inner = line === undefined ? undefined : takeApart(line, source, manifest, depth + 1)
    return inner && 'argv' in inner
      ? { ...inner, ...found, env: { ...inner.env, ...app.env } }
      : { kind: 'shell', source }
  }
  if (program === 'node' || program === 'nodejs') {
    const run = nodeCommand(rest, manifest)
    return run.entry ? { ...found, ...run } : { kind: 'shell', source }
  }
  if (program === 'bun') return { ...found, ...bunCommand(rest) }
  const row = BINS[program]
  if (!row) return { kind: 'shell', source }
  if (row.devOnly || row.dev?.includes(rest[0] ?? '')) return { kind: 'dev', source }
  if (row.static === true || row.static?.includes(rest[0] ?? '')) return { kind: 'static', source }
  if (row.entry) return { ...found, argv: ['node', row.entry], needs: [], entry: row.entry }
  if (row.loader) {
    const run = nodeCommand([...row.loader, ...rest.filter((word) => word !== 'start')], manifest)
    const plain =
      !row.watcher ||
      (/^(?:--inspect\S* )*[^-]/.test(rest.join(' ')) && !/\.[cm]?tsx?$/.test(run.entry ?? ''))
    return run.entry && plain ? { ...found, ...run } : { kind: 'dev', source }
  }
  return {
    ...found,
    argv: ['node', fileOf(row, manifest), ...rest],
    env: { ...row.env, ...app.env },
    needs: [row.package],
    server: row.package,
    ...(row.port === undefined ? {} : { port: row.port }),
  }
}

/** The words of a program whose file lies in that folder, seen from above it; undefined where there is more to it than a file. */
function below(folder: string, program: string, words: readonly string[]): string[] | undefined {
  const at = words.findIndex((word, index) => !word.startsWith('-') && !(index === 0 && word === 'run'))
  const file = words[at]
  const plain = /^(?:node|bun)$/.test(program) && file && /\.[cm]?[jt]sx?$/.test(file)
  return plain && !words.some((word, index) => index !== at && /[./]/.test(word))
    ? words.with(at, join(folder, file))
    : undefined
}

/** Whether a script does nothing but make files out of files, as far as its name or its programs say. */
export function makesFiles({ name, line }: { name: string; line: string }): boolean {
  const commands = parseShell(line)
  return (
    /build|compile|generate/.test(name) ||
    (commands !== null &&
      commands.length > 0 &&
      commands.every((command) => {
        const program = unwrap(command)?.argv[0] ?? ''
        return command.joiner !== '&' && (ASSETS_RE.test(program) || BUILD_RE.test(program))
      }))
  )
}

function fileOf({ file, package: name }: BinRow, manifest: Manifest): string {
  if (typeof file === 'string') return file
  const asked = manifest.dependencies[name] ?? manifest.devDependencies[name]
  const found = file?.find((lines) => isWithin(asked, lines))
  return found?.file ?? `node_modules/${name}`
}

/** `cross-env A=b x`, `dotenv -e .env -- x`, `npx x`, `exec x`: the command within, with its environment. */
function unwrap(command: SimpleCommand): { argv: string[]; env: Record<string, string> } | undefined {
  let { argv } = command
  const env = { ...command.env }
  for (let round = 0; round < 5; round++) {
    const [program, ...rest] = argv
    if (program === 'cross-env' || program === 'cross-env-shell' || program === 'env') {
      let at = 0
      for (; at < rest.length; at++) {
        const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(rest[at] as string)
        if (!pair) break
        env[pair[1] as string] = pair[2] as string
      }
      argv = rest.slice(at)
    } else if (program === 'dotenv' || program === 'dotenvx' || program === 'env-cmd') {
      // A .env file has no place in an image: its variables come from the environment.
      const end = rest.indexOf('--')
      if (end >= 0) argv = rest.slice(end + 1)
      else
        argv = rest.filter(
          (word, at) =>
            !/^(-[efo]|--env-file)/.test(word) &&
            !/^(-[efo]|--env-file)$/.test(rest[at - 1] ?? '') &&
            word !== 'run',
        )
    } else if (program === 'npx' || program === 'bunx' || program === 'exec')
      argv = rest.filter((word) => word !== '--yes' && word !== '-y')
    else if ((program === 'pnpm' || program === 'yarn') && rest[0] === 'exec') argv = rest.slice(1)
    else break
  }
  return argv.length > 0 ? { argv, env } : undefined
}

/** `npm run x -- args`, `npm start`, `yarn x`: the script that it names. */
function nestedScript(
  argv: readonly string[],
  manifest: Manifest,
): { name: string; line: string; args: string[] } | undefined {
  const words = argv.slice(1).filter((word) => !/^(-s|--silent|--if-present)$/.test(word))
  if (words[0] === 'run' || words[0] === 'run-script') words.shift()
  const name = words.shift()
  const line = name === undefined ? undefined : manifest.scripts[name]
  if (name === undefined || line === undefined) return undefined
  return { name, line, args: words[0] === '--' ? words.slice(1) : words }
}

/** The environment of programs in a line that a shell must run, or in scripts that it runs. */
export function shellEnv(line: string, manifest: Manifest, depth = 0): Record<string, string> {
  const commands = parseShell(line)
  if (!commands) return /\bpm2\b/.test(line) ? pm2Env(line.split(/\s+/), manifest.pm2) : {}
  return Object.assign(
    {},
    ...commands.map((command) => {
      const [program = '', ...rest] = unwrap(command)?.argv ?? []
      if (PM2_RE.test(program)) return pm2Env(rest, manifest.pm2)
      const nested =
        MANAGER_RE.test(program) && depth < 5 ? nestedScript([program, ...rest], manifest) : undefined
      return nested && shellEnv([nested.line, ...nested.args].join(' '), manifest, depth + 1)
    }),
  )
}

/** The programs that a line comes to, by the scripts and the lines that it hands on: `concurrently "a" "b"`. */
export function programsOf(
  line: string,
  manifest: Manifest,
  found = { programs: [] as string[][], builds: false },
  depth = 0,
): { programs: string[][]; builds: boolean } {
  for (const command of depth < 5 ? (parseShell(line) ?? []) : []) {
    const argv = unwrap(command)?.argv ?? []
    const nested = MANAGER_RE.test(argv[0] ?? '') ? nestedScript(argv, manifest) : undefined
    found.builds ||= compiles(argv) || /build|compile/.test(nested?.name ?? '')
    if (!nested) found.programs.push(argv)
    const lines = nested ? [[nested.line, ...nested.args].join(' ')] : argv.filter((word) => /\s/.test(word))
    for (const inner of lines) programsOf(inner, manifest, found, depth + 1)
  }
  return found
}

/** A compiler or a bundler, whatever else it does. */
const compiles = ([program = '', command]: readonly string[]) =>
  command === 'build' || (program !== 'vite' && (BUILD_RE.test(program) || ASSETS_RE.test(program)))

/** …without a server, or a command of its own for what it made. */
export const onlyCompiles = (argv: readonly string[]) =>
  compiles(argv) && !argv.some((word) => /^(?:--)?serve$|^--on-?success/i.test(word))

/** The one program behind a script, and the env files that it would have read: no image has one. */
export interface Program {
  argv: string[]
  env: Record<string, string>
  envFiles: string[]
}

/** A package manager's script as the one program that it runs, by its file: no manager between, no cache of its own to write. */
export function programOf(words: readonly string[], manifest: Manifest, depth = 0): Program | undefined {
  const nested = MANAGER_RE.test(words[0] ?? '') ? nestedScript(words, manifest) : undefined
  const commands = nested ? parseShell(nested.line) : undefined
  const only = nested
    ? commands?.length === 1 && commands[0]
      ? unwrap(commands[0])
      : undefined
    : { argv: [...words], env: {} }
  const hooked = nested && [`pre${nested.name}`, `post${nested.name}`].some((name) => manifest.scripts[name])
  if (!only || hooked || depth > 5) return undefined
  const { argv, envFiles } = withoutEnvFiles([...only.argv, ...(nested?.args ?? [])])
  const program = argv[0] ?? ''
  if (MANAGER_RE.test(program) && (program !== 'bun' || nestedScript(argv, manifest))) {
    const inner = programOf(argv, manifest, depth + 1)
    return (
      inner && { ...inner, env: { ...inner.env, ...only.env }, envFiles: [...envFiles, ...inner.envFiles] }
    )
  }
  const named = /^(node|bun|sh|bash|make|rm|cp|mv|mkdir|echo|\.{0,2}\/.*)$/.test(program)
  return {
    argv: named ? argv : [`node_modules/.bin/${program}`, ...argv.slice(1)],
    env: only.env,
    envFiles,
  }
}

/** The words of that program, where it needs no environment of its own. */
export function plainCommand(words: readonly string[], manifest: Manifest): string[] | undefined {
  const program = programOf(words, manifest)
  return program && Object.keys(program.env).length === 0 ? program.argv : undefined
}

/** `--env-file=.env`, `--env-file .env`: Node.js ends where the file is not there. */
function withoutEnvFiles(words: readonly string[]): { argv: string[]; envFiles: string[] } {
  const argv: string[] = []
  const envFiles: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (word === '--env-file') envFiles.push(words[++at] ?? '')
    else if (word.startsWith('--env-file=')) envFiles.push(word.slice('--env-file='.length))
    else argv.push(word)
  }
  return { argv, envFiles }
}

/** Whether a line, or a script that it runs, names an env file that must be there. */
export function needsEnvFile(line: string, manifest: Manifest, depth = 0): boolean {
  if (/--env-file[= ]/.test(line)) return true
  return (parseShell(line) ?? []).some(({ argv }) => {
    const nested = MANAGER_RE.test(argv[0] ?? '') && depth < 5 ? nestedScript(argv, manifest) : undefined
    return nested !== undefined && needsEnvFile(nested.line, manifest, depth + 1)
  })
}

const VALUE_FLAG_RE =
  /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--title|--max-old-space-size)$/
const PRELOAD_RE = /^(-r|--require|--import|--loader|--experimental-loader)$/
/** Of use on a laptop only. */
const DROPPED_FLAG_RE =
  /^--(env-file(-if-exists)?(=.*)?|watch(-path)?(=.*)?|inspect(-brk|-port)?(=.*)?|openssl-legacy-provider)$/

function nodeCommand(
  words: readonly string[],
  manifest: Manifest,
): { argv: string[]; needs: string[]; entry?: string } {
  const kept: string[] = []
  const needs: string[] = []
  let at = 0
  for (; at < words.length; at++) {
    const word = words[at] as string
    if (!word.startsWith('-')) break
    if (DROPPED_FLAG_RE.test(word)) {
      if (/^--env-file(-if-exists)?$/.test(word)) at++
      continue
    }
    kept.push(word)
    const [flag = '', inline] = word.split(/=(.*)/s)
    if (VALUE_FLAG_RE.test(flag) && inline === undefined && words[at + 1] !== undefined)
      kept.push(words[++at] as string)
    if (PRELOAD_RE.test(flag)) {
      const name = packageOf(inline ?? (words[at] as string))
      if (name) needs.push(name)
    }
  }
  let entry = words[at]
  if (entry === '.' || entry === './') entry = manifest.main ?? 'index.js'
  const file = entry?.replace(/^\.\//, '')
  return {
    argv: ['node', ...kept, ...(file ? [file] : []), ...words.slice(at + 1)],
    needs,
    ...(file ? { entry: file } : {}),
  }
}

function bunCommand(words: readonly string[]): { argv: string[]; needs: string[]; entry?: string } {
  const rest = words.filter((word) => !/^(run|--hot|--watch|--bun|-b)$/.test(word))
  const entry = rest.find((word) => !word.startsWith('-'))?.replace(/^\.\//, '')
  return {
    argv: ['bun', ...rest.map((word) => word.replace(/^\.\//, ''))],
    needs: [],
    ...(entry ? { entry } : {}),
  }
}
