import type { Answers } from '../../answers.ts'
import { IMAGES } from '../../data/versions.ts'
import {
  aptInstall,
  argLines,
  bindMount,
  cacheMount,
  checkDirective,
  envBlock,
  runBlock,
  secretMount,
} from '../../dockerfile.ts'
import { nodeEnvFile } from '../../env/node.ts'
import { dockerPaths, dockerWord, jsonArgv, safeName } from '../../escape.ts'
import type { Facts, Warning } from '../../facts.ts'
import type { AppModel, Argv, BuildSecret, Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { ModelChoices } from '../types.ts'
import { configValue } from './conditions.ts'
import { developmentOf, testOf } from './development.ts'
import { envInput } from './env-input.ts'
import type { FrameworkRow, Payload } from './frameworks.ts'
import { GENERATORS } from './generators.ts'
import type { NodeStart } from './index.ts'
import type { Listening } from './listen.ts'
import type { Manifest } from './manifest.ts'
import type { NativeRow } from './native.ts'
import { bunTag, type PackageManager } from './package-manager.ts'
import { builtPayload, LEFT_OUT, outputFolder } from './payload.ts'

/** All that inspection found, as the model needs it. */
export interface NodeFindings {
  project: Project
  manifest: Manifest
  row: FrameworkRow
  manager: PackageManager
  facts: Facts
  warnings: Warning[]
  variables: Variable[]
  listening: Listening
  start: NodeStart | undefined
  native: readonly NativeRow[]
  migration: { tool: string; title: string; command: string[]; source: string; config: string[] } | undefined
  secrets: BuildSecret[]
  onBun: boolean
  answers: Answers
}

const WORKDIR = '/app'
const UID = '65532'
/** Scripts of the project itself that an install runs. */
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare'] as const
/** …that have no business in an image: git hooks. */
const HOOKS_RE =
  /^(husky|lefthook|simple-git-hooks|is-ci|pre-commit|skip-ci|node \.husky\/\S+|npx (?:husky|lefthook|simple-git-hooks))\b[^&|;]*(\|\| true|\|\| exit 0|\|\| :)?$/
/** …and what those that do need of the source. */
const SCRIPT_READS: readonly { command: RegExp; reads: readonly string[] }[] = [
  { command: /^(npx )?patch-package\b/, reads: ['patches'] },
  { command: /^(npx )?prisma generate\b/, reads: ['prisma', 'prisma.config.ts', 'schema.prisma'] },
  { command: /^(nuxt|nuxi) prepare\b/, reads: ['nuxt.config.ts', 'nuxt.config.js', 'nuxt.config.mjs'] },
  {
    command: /^(svelte-kit sync|(?:npx )?svelte-kit sync)\b/,
    reads: ['svelte.config.js', 'vite.config.ts', 'vite.config.js'],
  },
]

export function nodeModel(found: NodeFindings, choices: ModelChoices): AppModel {
  const { project, manifest, row, facts, manager, start, native, variables } = found
  const name = safeName(manifest.name ?? project.name)
  const base = facts.value('base') ?? 'slim'
  const major = facts.value('runtimeVersion') ?? '24'
  const port = row.kind === 'worker' ? null : (facts.value('port') ?? null)
  const healthPath = facts.value('healthPath') ?? null
  const needsDev = start
    ? start.command.needs.filter(
        (pack) => !(pack in manifest.dependencies) && pack in manifest.devDependencies,
      )
    : []
  for (const pack of needsDev)
    found.warnings.push({
      rule: 'PD007',
      message: `The start command needs ${pack}, which is a development dependency: the image carries all of them. Move ${pack} to dependencies.`,
      file: 'package.json',
    })

  const install = installSteps(found, needsDev.length > 0)
  const build = buildSteps(found, name)
  const payload = payloadOf(found, build.has)
  const modules =
    row.kind !== 'static' && row.modules && Object.keys(manifest.dependencies).length + needsDev.length > 0
  const init = row.kind !== 'static' && facts.value('signals') === 'init'
  const development = developmentOf(found, base)
  const test = testOf(found)
  const portVariable = portVariableOf(found)
  const runEnv = runtimeEnv(found, portVariable, port)
  const probe =
    row.kind === 'server' && port !== null && healthPath !== null
      ? nodeProbe(
          found.onBun ? 'bun' : 'node',
          port,
          portVariable,
          healthPath,
          facts.get('healthPath')?.confidence === 'guess',
        )
      : null
  const runPackages = [
    ...new Set([...native.flatMap((entry) => entry.run ?? []), ...(init && base === 'slim' ? ['tini'] : [])]),
  ]
  const publicNames = variables.filter((variable) => variable.public).map((variable) => variable.name)
  const prunes = install.prune
  const separate = modules && needsDev.length === 0 && (install.hasDev || prunes !== undefined)
  const modulesFrom = separate ? 'prod-deps' : 'deps'
  const distroless = base === 'distroless'
  const program = distroless ? '/nodejs/bin/node' : undefined
  const startArgv = start ? (distroless ? start.command.argv.slice(1) : start.command.argv) : []

  return {
    name,
    language: 'node',
    languageTitle: found.onBun ? `Bun ${major}` : `Node.js ${major}`,
    frameworkTitle: row.title,
    kind: row.kind,
    dockerfile: {
      template: 'node/Dockerfile.ejs',
      data: {
        runtime: row.kind === 'static' ? 'runtime-static.ejs' : 'runtime-server.ejs',
        frontend: IMAGES.frontend,
        check: checkDirective(publicNames),
        baseImage:
          found.onBun || manager.row.id === 'bun'
            ? IMAGES.bun(bunTag(manager.version.value))
            : IMAGES.node(major),
        baseWhy: found.onBun
          ? `Bun ${major}`
          : `Node.js ${major} (${facts.get('runtimeVersion')?.source}) on Debian 13`,
        bunBase: manager.row.id === 'bun',
        setup: install.setup !== undefined,
        setupBlock: install.setup ?? '',
        setupTitle: `${manager.row.title} ${manager.version.value} (${manager.version.source})`,
        buildApt: native.some((entry) => entry.build),
        buildAptBlock: native.some((entry) => entry.build)
          ? aptInstall([...new Set(native.flatMap((entry) => entry.build ?? []))], 'PD080')
          : '',
        installs: install.installs,
        wholeSource: install.wholeSource,
        installBlock: install.block,
        generates: install.generate !== '',
        generateBlock: install.generate,
        separate,
        prunes: prunes !== undefined,
        productionBlock: prunes ?? install.production,
        hasBuild: build.has,
        buildArgs: publicNames.length > 0,
        buildArgsBlock: argLines(publicNames),
        buildBlock: build.block,
        devEnv: envBlock({ NODE_ENV: 'development', ...development.env }),
        devCommand: jsonArgv(development.command),
        devPort: development.port !== null,
        devPortNumber: development.port ?? 0,
        migrates: found.migration !== undefined,
        migrateCommand: found.migration ? jsonArgv(found.migration.command) : '',
        migrateTitle: found.migration?.title ?? '',
        tests: test !== null,
        testCommand: test ? jsonArgv(test.command) : '',
        uid: UID,
        // server
        initStage: init && distroless,
        initApt: aptInstall(['tini'], 'PD011'),
        runImage: distroless
          ? IMAGES.nodeDistroless(major)
          : found.onBun
            ? IMAGES.bun(bunTag(manager.version.value))
            : IMAGES.node(major),
        runWhy: distroless
          ? 'no shell, no package manager: nothing to break into, and less to patch'
          : String(facts.get('base')?.source ?? ''),
        slim: !distroless && row.kind !== 'static',
        runApt: runPackages.length > 0 && !distroless,
        runAptBlock: runPackages.length > 0 ? aptInstall(runPackages, 'PD080') : '',
        envBlock: envBlock(runEnv.env, runEnv.rules),
        modules,
        modulesFrom,
        copies: payload.join('\n'),
        hasPort: port !== null,
        port: port ?? 0,
        hasProbe: probe !== null,
        probe: probe ? jsonArgv(distroless ? [program as string, ...probe.slice(1)] : probe) : '',
        probeLax: facts.get('healthPath')?.confidence === 'guess',
        entrypoint: init || distroless || found.onBun,
        entrypointArgv: jsonArgv([
          ...(init ? [distroless ? '/usr/local/bin/tini' : '/usr/bin/tini', '--'] : []),
          ...(distroless ? ['/nodejs/bin/node'] : []),
        ]),
        command: jsonArgv(startArgv),
        startSource: start?.command.source ?? '',
        // static
        nginx: IMAGES.nginx,
        site: row.site ? dockerPaths([`${WORKDIR}/${siteFolder(found)}`]) : '',
        spa: row.site?.fallback === 'index',
      },
    },
    stages: stagesOf({
      installs: install.installs,
      separate,
      prunes: prunes !== undefined,
      build: build.has,
      migrates: found.migration !== undefined,
      tests: test !== null,
      isStatic: row.kind === 'static',
      modulesFrom,
      modules,
    }),
    ignore: ignoreLines(found),
    port,
    healthPath,
    healthcheck:
      development.port === null || row.kind === 'worker'
        ? null
        : nodeProbe(
            manager.row.id === 'bun' ? 'bun' : 'node',
            development.port,
            undefined,
            row.kind === 'static' ? '/' : (healthPath ?? '/'),
            row.kind === 'static' || facts.get('healthPath')?.confidence === 'guess',
          ),
    development: {
      ...development,
      env: {
        ...development.env,
        ...(portVariable && development.port !== null && row.kind === 'server'
          ? { [portVariable]: String(development.port) }
          : {}),
      },
    },
    migration: found.migration
      ? { tool: found.migration.tool, title: found.migration.title, command: found.migration.command }
      : null,
    test,
    processes: [],
    variables,
    environment: {},
    publicVars: variables.filter((variable) => variable.public),
    buildSecrets: found.secrets,
    env: nodeEnvFile(envInput(found, choices.answers)),
    writable: ['/tmp', ...(row.writable ?? [])],
    user: row.kind === 'static' ? '101:101' : `${UID}:${UID}`,
    decisions: decisionsOf(found, { base, separate, init, probe: probe !== null }),
  }
}

function portVariableOf({ row, listening, start }: NodeFindings): string | undefined {
  if (row.kind !== 'server' || row.portVariable === null) return undefined
  if (listening.variable) return listening.variable
  // A framework's own server reads PORT; code that listens on a number reads nothing.
  return row.start || start?.command.env['PORT'] ? 'PORT' : listening.port ? undefined : 'PORT'
}

function runtimeEnv(
  { row, onBun, start, listening, native }: NodeFindings,
  portVariable: string | undefined,
  port: number | null,
): { env: Record<string, string>; rules: Record<string, string> } {
  const options = start?.command.env['NODE_OPTIONS']
  const env: Record<string, string> = {
    NODE_ENV: 'production',
    ...(onBun
      ? {}
      : { NODE_OPTIONS: [options, '--max-old-space-size-percentage=75'].filter(Boolean).join(' ') }),
    ...row.env,
    ...(listening.hostVariable ? { [listening.hostVariable]: '0.0.0.0' } : {}),
    ...Object.fromEntries(
      Object.entries(start?.command.env ?? {}).filter(([name]) => name !== 'NODE_OPTIONS'),
    ),
    ...Object.assign({}, ...native.map((entry) => entry.env ?? {})),
    ...(portVariable && port !== null ? { [portVariable]: String(port) } : {}),
    ...(start?.shell !== undefined ? { PATH: '/app/node_modules/.bin:$PATH' } : {}),
  }
  const rules: Record<string, string> = {
    NODE_ENV: 'PD018',
    NODE_OPTIONS: 'PD017',
    HOST: 'PD024',
    HOSTNAME: 'PD024',
    ...(listening.hostVariable ? { [listening.hostVariable]: 'PD024' } : {}),
  }
  return { env, rules }
}

/** A request to the app itself, on 127.0.0.1 and without curl: the program that runs the app asks. */
function nodeProbe(
  program: string,
  port: number,
  variable: string | undefined,
  path: string,
  lax: boolean,
): string[] {
  const where = variable
    ? `'http://127.0.0.1:'+(process.env.${variable}||${port})+${quoteJs(path)}`
    : quoteJs(`http://127.0.0.1:${port}${path}`)
  const well = lax ? 'r.status<500' : 'r.ok'
  return [
    program,
    '-e',
    `fetch(${where}${lax ? ",{redirect:'manual'}" : ''}).then(r=>process.exit(${well}?0:1),()=>process.exit(1))`,
  ]
}

function quoteJs(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`
}

interface InstallSteps {
  setup: string | undefined
  installs: boolean
  wholeSource: boolean
  block: string
  /** Code generators, after the install. */
  generate: string
  production: string
  prune: string | undefined
  hasDev: boolean
}

function installSteps(
  { project, manifest, manager, secrets, native, warnings, row }: NodeFindings,
  keepDev: boolean,
): InstallSteps {
  const { row: pm, lockfile } = manager
  const all = { ...manifest.dependencies, ...manifest.devDependencies }
  const installs = Object.keys(all).length > 0 || lockfile !== undefined
  const scripts = LIFECYCLE.flatMap((name) =>
    manifest.scripts[name] && !HOOKS_RE.test(manifest.scripts[name]) ? [manifest.scripts[name]] : [],
  )
  const hooksOnly = LIFECYCLE.some((name) => manifest.scripts[name]) && scripts.length === 0
  const known = scripts.flatMap((line) =>
    line.split('&&').map((part) => SCRIPT_READS.find((entry) => entry.command.test(part.trim()))?.reads),
  )
  const wholeSource =
    known.some((reads) => reads === undefined) ||
    Object.values(all).some((range) => /^(file|link|portal):/.test(range))
  if (wholeSource && scripts.length > 0)
    warnings.push({
      rule: 'PD082',
      message: `package.json runs "${scripts[0]}" at install: the whole source is copied before it, so each edit installs anew. Move it into "build" if it can be.`,
      file: 'package.json',
    })
  const fileSecrets = secrets.flatMap((secret) => (secret.file ? [secret.file] : []))
  const reads = [
    ...new Set([
      'package.json',
      ...(lockfile ? [lockfile] : []),
      ...pm.reads,
      ...known.flatMap((entry) => entry ?? []),
    ]),
  ].filter((path) => (project.has(path) || project.hasFolder(path)) && !fileSecrets.includes(path))
  const mounts = [
    ...(wholeSource ? [] : reads.map((path) => bindMount(path))),
    cacheMount(pm.cache.id, pm.cache.target),
    ...secrets.map((secret) => secretMount(secret, WORKDIR)),
  ]
  const generators = GENERATORS.filter(
    (entry) =>
      entry.package in all && entry.schema.some((path) => project.has(path) || project.hasFolder(path)),
  )
  const env: Record<string, string> = {
    ...Object.assign({}, ...native.map((entry) => entry.buildEnv ?? {})),
    ...(hooksOnly ? { HUSKY: '0' } : {}),
    ...Object.assign({}, ...(known.length > 0 ? generators.map((entry) => entry.env) : [])),
  }
  // Git hooks are of no use in an image, and their tool is no production dependency: production installs skip scripts of the project by pruning.
  const install = lockfile ? pm.install.locked : pm.install.unlocked
  const production = lockfile ? pm.production.locked : pm.production.unlocked
  const pruneInstead =
    !keepDev &&
    row.modules &&
    (scripts.length > 0 || hooksOnly || generators.some((entry) => entry.intoModules(project)))
  const generate = generators.map((entry) => {
    const read = ['package.json', ...entry.reads].filter(
      (path) => project.has(path) || project.hasFolder(path),
    )
    return runBlock({
      mounts: wholeSource ? [] : read.map((path) => bindMount(path)),
      env: entry.env,
      commands: [entry.command],
      rule: 'PD029',
    })
  })
  const setup = pm.setup?.(manager.version.value)
  const yarnBinary = project.first(['.yarnrc.yml']) && /yarnPath/.test(project.source('.yarnrc.yml') ?? '')
  return {
    setup:
      setup && !yarnBinary
        ? [setup.env ? envBlock(setup.env) : '', `RUN ${setup.run.join(' ')} #@PD014`]
            .filter(Boolean)
            .join('\n')
        : undefined,
    installs,
    wholeSource,
    block: runBlock({ mounts, env, commands: [install], rule: 'PD006' }),
    generate: generate.join('\n'),
    production: runBlock({ mounts, env, commands: [production], rule: 'PD007' }),
    prune: pruneInstead ? runBlock({ mounts, env, commands: [pm.prune], rule: 'PD007' }) : undefined,
    hasDev: Object.keys(manifest.devDependencies).length > 0,
  }
}

function buildSteps(
  { facts, row, manifest, project }: NodeFindings,
  name: string,
): { has: boolean; block: string } {
  const line = facts.value('build')
  const mounts = row.buildCache ? [cacheMount(`${name}-${row.id}`, `${WORKDIR}/${row.buildCache}`)] : []
  const generated = GENERATORS.filter(
    (entry) =>
      (entry.package in manifest.dependencies || entry.package in manifest.devDependencies) &&
      entry.schema.some((path) => project.has(path)),
  )
  const env: Record<string, string> = {
    ...row.buildEnv,
    ...Object.assign({}, ...generated.map((entry) => entry.env)),
  }
  return {
    has: line !== undefined,
    block: line === undefined ? '' : runBlock({ mounts, env, commands: [line], rule: 'PD003' }),
  }
}

/** COPY lines of the runtime stage, what changes least first. */
function payloadOf(found: NodeFindings, hasBuild: boolean): string[] {
  const { project, row, start } = found
  if (row.kind === 'static') return []
  const from = hasBuild ? 'build' : undefined
  const listed: Payload[] | undefined = row.payload
    ? row.payload.filter((entry) => isThere(project, entry.from, hasBuild))
    : undefined
  const folder = hasBuild ? outputFolder(project, start?.command.entry) : undefined
  const parts = listed ?? (folder ? builtPayload(project, folder) : undefined)
  if (parts && from) return parts.map((part) => copyLine(part, from))
  const excludes = LEFT_OUT.map((pattern) => ` --exclude=${pattern}`).join('')
  return [`COPY --link${excludes}${from ? ` --from=${from} ${WORKDIR}/ ./` : ' . ./'} #@PD008`]
}

/** The output of the build is not there yet; what stands beside it must be in the project. */
function isThere(project: Project, path: string, hasBuild: boolean): boolean {
  if (path.includes('*'))
    return ['ts', 'mts', 'js', 'mjs', 'cjs'].some((extension) => project.has(path.replace('*', extension)))
  if (/^(\.next|\.output|build|dist)(\/|$)/.test(path)) return hasBuild
  return project.has(path) || project.hasFolder(path)
}

function copyLine({ from, to }: Payload, stage: string): string {
  const target = to === '.' ? './' : from.includes('*') ? './' : `./${to}`
  const source = from.includes('*') ? `${WORKDIR}/${from}` : dockerPaths([`${WORKDIR}/${from}`])
  return `COPY --link --from=${stage} ${source}${to === '.' ? '/' : ''} ${dockerWord(target)} #@PD008`
}

function siteFolder({ project, manifest, row }: NodeFindings): string {
  const site = row.site as NonNullable<FrameworkRow['site']>
  const setting = site.setting && configValue(project, site.setting)
  const found =
    site.find?.(project, manifest)?.value ??
    (typeof setting?.value === 'string' ? setting.value : undefined) ??
    site.folder
  return found.replace(/^\.\//, '').replace(/\/$/, '')
}

function ignoreLines({ row, project, start }: NodeFindings): string[] {
  const output = outputFolder(project, start?.command.entry)
  const folders = new Set([
    'node_modules',
    '.next',
    '.nuxt',
    '.output',
    '.svelte-kit',
    '.astro',
    '.angular',
    '.turbo',
    '.cache',
    '.vite',
    'coverage',
    ...(output ? [output] : []),
    ...(row.site ? ['dist'] : []),
  ])
  return [
    ...[...folders].map((folder) => `**/${folder}`),
    '*.tsbuildinfo',
    'npm-debug.log*',
    'yarn-error.log',
    '.yarn/cache',
    '.yarn/unplugged',
    '.yarn/install-state.gz',
    '.pnpm-store',
  ]
}

function stagesOf(is: {
  installs: boolean
  separate: boolean
  prunes: boolean
  build: boolean
  migrates: boolean
  tests: boolean
  isStatic: boolean
  modulesFrom: string
  modules: boolean
}): AppModel['stages'] {
  return [
    { name: 'base', from: [], what: 'Node.js and the package manager' },
    { name: 'deps', from: ['base'], what: 'all dependencies' },
    { name: 'dev', from: ['deps'], what: 'development server' },
    ...(is.tests ? [{ name: 'test', from: ['deps'], what: 'the tests' }] : []),
    ...(is.build ? [{ name: 'build', from: ['deps'], what: 'compiles the app' }] : []),
    ...(is.separate
      ? [{ name: 'prod-deps', from: [is.prunes ? 'deps' : 'base'], what: 'production dependencies' }]
      : []),
    ...(is.migrates ? [{ name: 'migrate', from: ['deps'], what: 'database migrations' }] : []),
    {
      name: 'runtime',
      from: [...(is.build ? ['build'] : []), ...(is.modules ? [is.modulesFrom] : [])],
      what: is.isStatic ? 'nginx with the built site' : 'what runs in production',
    },
  ]
}

function decisionsOf(
  { facts, row, start }: NodeFindings,
  is: { base: string; separate: boolean; init: boolean; probe: boolean },
): AppModel['decisions'] {
  const runs = start ? (start.shell ?? start.command.argv.join(' ')) : ''
  return [
    ...(row.kind === 'static'
      ? [
          {
            title: 'Served by unprivileged nginx',
            why: 'The build gives plain files: Node.js is not in the image at all.',
            rule: 'PD025',
          },
        ]
      : [
          is.base === 'distroless'
            ? {
                title: 'Distroless image',
                why: 'No shell and no package manager in production: less to patch, nothing to break into.',
                rule: 'PD013',
              }
            : {
                title: 'Debian slim image',
                why: `Distroless does not fit here: ${facts.get('base')?.source}.`,
                rule: 'PD013',
              },
          {
            title: `Starts ${runs}`,
            why: 'The program itself is process 1: signals reach it, and no package manager runs beside it.',
            rule: 'PD010',
          },
        ]),
    ...(is.separate
      ? [
          {
            title: 'Production dependencies apart',
            why: 'They are installed beside the build, not cut down after it: no development tool is in the image.',
            rule: 'PD007',
          },
        ]
      : []),
    ...(is.init
      ? [
          {
            title: 'tini as process 1',
            why: 'The code has no SIGTERM handler; as process 1, Node.js would ignore the signal and be killed after ten seconds.',
            rule: 'PD011',
          },
        ]
      : []),
    ...(is.probe
      ? [
          {
            title: `Health check on ${facts.value('healthPath')}`,
            why: `${facts.get('healthPath')?.source}; asked by the runtime itself, since there is no curl.`,
            rule: 'PD012',
          },
        ]
      : []),
    {
      title: 'Numeric, unprivileged user',
      why: 'Kubernetes can verify a number, not a name; the code belongs to root and cannot change itself.',
      rule: 'PD009',
    },
  ]
}

export type { Argv }
