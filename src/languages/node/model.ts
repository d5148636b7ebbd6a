import { IMAGES } from '../../data/versions.ts'
import { aptInstall, aptInstallForGood, argLines, checkDirective, envBlock } from '../../dockerfile.ts'
import { nodeEnvFile } from '../../env/node.ts'
import { dockerPaths, jsonArgv, safeName } from '../../escape.ts'
import { withoutLine } from '../../facts.ts'
import type { AppModel } from '../../model.ts'
import { DATA, few } from '../common.ts'
import type { ModelChoices } from '../types.ts'
import { decisionsOf, ignoreLines, stagesOf } from './describe.ts'
import { developmentOf, testOf } from './development.ts'
import { envInput } from './env-input.ts'
import type { NodeFindings } from './findings.ts'
import { buildSteps, installSteps } from './install.ts'
import { fromGit, metadataOf } from './native.ts'
import { bunTag, isPlugAndPlay } from './package-manager.ts'
import { WORKDIR } from './payload.ts'
import { bringsServer, portFlag } from './port.ts'
import { configNeeds, excluding, fallbackPage, payloadOf, siteFolder, startConfig } from './runtime-files.ts'

const UID = '65532'
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

  const loaded = configNeeds(found)
  if (loaded.length > 0)
    found.warnings.push({
      rule: 'PD007',
      message: `The server loads ${few(loaded)} as it starts, by ${startConfig(found)}, which ${loaded.length > 1 ? 'are development dependencies' : 'is a development dependency'}: the image carries all of them. Move ${loaded.length > 1 ? 'them' : 'it'} to dependencies${row.sparesConfig ? `, or ${row.sparesConfig}` : ''}.`,
      file: 'package.json',
    })

  const keepsAll = needsDev.length + loaded.length > 0 || manager.keepsAll === true
  const environment = envInput(found, choices.answers)
  const install = installSteps(found, keepsAll)
  const build = buildSteps(found, name)
  const test = testOf(found)
  const testEnv = test ? found.testEnv : undefined
  const { copies: payload, reads } = payloadOf({ ...found, testEnv }, build.has)
  const plugAndPlay = isPlugAndPlay(project, manager)
  const fallback = fallbackPage(found)
  const below = found.basePath.base?.value ?? ''
  const modules =
    row.kind !== 'static' && row.modules && Object.keys(manifest.dependencies).length + needsDev.length > 0
  const init = row.kind !== 'static' && facts.value('signals') === 'init'
  const development = developmentOf(found, base)
  const portVariable = portVariableOf(found)
  const dataEnv = found.fileDatabase?.env ?? {}
  const dataRules = Object.fromEntries(Object.keys(dataEnv).map((name) => [name, 'PD043']))
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
  const runPackages = [...new Set(native.flatMap((entry) => entry.run ?? []))]
  const buildPackages = [
    ...new Set([
      ...native.flatMap((entry) => entry.build ?? []),
      ...(fromGit(manifest).length > 0 ? ['git', 'ca-certificates'] : []),
    ]),
  ]
  const publicVars = variables.filter((variable) => variable.public)
  const buildVars = build.has
    ? variables.filter((variable) => variable.build === 'argument' && /^[A-Za-z_]\w*$/.test(variable.name))
    : []
  const prunes = install.prune
  const separate = modules && !keepsAll && (install.hasDev || prunes !== undefined)
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
        check: checkDirective([...publicVars, ...buildVars].map((variable) => variable.name)),
        baseImage:
          found.onBun || manager.row.id === 'bun'
            ? IMAGES.bun(bunTag(manager.version.value))
            : IMAGES.node(major),
        baseWhy: found.onBun
          ? `Bun ${major}`
          : manager.row.id === 'bun'
            ? `Bun ${bunTag(manager.version.value)} installs and builds; Node.js ${major} runs the app`
            : `Node.js ${major} (${withoutLine(facts.get('runtimeVersion')?.source ?? '')}) on Debian 13`,
        bunBase: manager.row.id === 'bun',
        data: found.fileDatabase ? DATA : '',
        setup: install.setup !== undefined,
        setupBlock: install.setup ?? '',
        plugAndPlay,
        pastEngines: found.engines.why !== '',
        engineWhy: found.engines.why,
        engineEnv: envBlock(
          found.engines.env,
          Object.fromEntries(Object.keys(found.engines.env).map((key) => [key, 'PD022'])),
        ),
        setupTitle: `${manager.row.title.replace(/ 1$/, '')} ${manager.version.value} (${manager.version.source})`,
        buildAptWhy: native.some((entry) => entry.build && !entry.buildWhy)
          ? 'What native packages compile with'
          : (native.find((entry) => entry.build)?.buildWhy ??
            'Git fetches dependencies that lie in a repository'),
        buildApt: buildPackages.length > 0,
        buildAptBlock: buildPackages.length > 0 ? aptInstall(buildPackages, 'PD080') : '',
        reduces: install.manifest !== '',
        manifestBlock: install.manifest,
        installs: install.installs,
        wholeSource: install.wholeSource,
        installBlock: install.block,
        generates: install.generate !== '',
        generateBlock: install.generate,
        separate,
        prunes: prunes !== undefined,
        productionBlock: prunes ?? install.production,
        hasBuild: build.has,
        buildArgs: publicVars.length > 0,
        buildArgsBlock: argLines(publicVars),
        buildSettings: buildVars.length > 0,
        buildSettingsBlock: argLines(buildVars),
        buildBlock: build.block,
        devEnv: envBlock({ NODE_ENV: 'development', ...development.env }),
        devCommand: jsonArgv(development.command),
        devPort: development.port !== null,
        devPortNumber: development.port ?? 0,
        migrates: found.migration !== undefined,
        migrateCommand: found.migration ? jsonArgv(found.migration.command) : '',
        migrateTitle: found.migration?.title ?? '',
        migrateFrom: found.migration?.built ? 'build' : 'deps',
        migrateCopies: !found.migration?.built,
        migrateEnv: envBlock({ ...dataEnv, ...found.migration?.stage?.env }, dataRules),
        migratePrepare: found.migration?.stage?.prepare?.line ?? '',
        migratePrepareWhy: found.migration?.stage?.prepare?.why ?? '',
        tests: test !== null,
        testCommand: test ? jsonArgv(test.command) : '',
        uid: UID,
        // server
        initStage: init,
        initApt: aptInstall(['tini'], 'PD011'),
        runImage: distroless
          ? IMAGES.nodeDistroless(major)
          : found.onBun
            ? IMAGES.bun(bunTag(manager.version.value))
            : IMAGES.node(major),
        runWhy: distroless
          ? 'no shell, no package manager: nothing to break into, and less to patch'
          : String(facts.get('base')?.source ?? ''),
        distroless,
        slim: !distroless && row.kind !== 'static',
        runApt: runPackages.length > 0 && !distroless,
        runAptBlock: runPackages.length > 0 ? aptInstallForGood(runPackages, 'PD080') : '',
        envBlock: envBlock(runEnv.env, { ...runEnv.rules, ...dataRules }),
        modules,
        modulesFrom,
        undated: excluding(manager.row.dated ?? []),
        copies: payload.join('\n'),
        hasPort: port !== null,
        port: port ?? 0,
        hasProbe: probe !== null,
        probe: probe ? jsonArgv(distroless ? [program as string, ...probe.slice(1)] : probe) : '',
        probeLax: facts.get('healthPath')?.confidence === 'guess',
        entrypoint: init || distroless || found.onBun,
        entrypointArgv: jsonArgv([
          ...(init ? ['/usr/local/bin/tini', '--'] : []),
          ...(distroless ? ['/nodejs/bin/node'] : []),
        ]),
        command: jsonArgv(startArgv),
        startSource: startComment(start?.command.source ?? ''),
        // static
        nginx: IMAGES.nginx,
        site: row.site
          ? dockerPaths([`${WORKDIR}/${siteFolder(found)}`, `/usr/share/nginx/html${below}`])
          : '',
        spa: fallback !== undefined,
        fallback: `${below}/${fallback ?? '404.html'}`,
        based: below !== '',
        place: `${below}/`,
      },
    },
    stages: stagesOf({
      installs: install.installs,
      separate,
      prunes: prunes !== undefined,
      build: build.has,
      migrates: found.migration ? (found.migration.built ? 'build' : 'deps') : undefined,
      tests: test !== null,
      isStatic: row.kind === 'static',
      modulesFrom,
      modules,
    }),
    ignore: ignoreLines({ ...found, testEnv }, reads),
    port,
    healthPath,
    healthcheck:
      development.port === null || row.kind === 'worker'
        ? null
        : nodeProbe(
            manager.row.id === 'bun' ? 'bun' : 'node',
            development.port,
            undefined,
            row.kind === 'static' ? development.base || '/' : (healthPath ?? '/'),
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
    environment: dataEnv,
    imageEnv: Object.keys(runEnv.env),
    publicVars,
    buildVars,
    buildSecrets: found.secrets,
    env: environment.isRun ? nodeEnvFile(environment) : null,
    envExample: environment.envExample,
    writable: ['/tmp', ...(row.writable ?? []), ...metadataOf(manifest).map(({ writable }) => writable)],
    data: found.fileDatabase && DATA,
    user: row.kind === 'static' ? '101:101' : `${UID}:${UID}`,
    decisions: decisionsOf(found, { base, separate, init, probe: probe !== null, plugAndPlay }),
  }
}

/** `From package.json#scripts.start`, or `The default for Next.js`. */
const startComment = (source: string): string =>
  source.startsWith('default ') ? `The ${source}` : `From ${source}`

function portVariableOf({ row, listening, start }: NodeFindings): string | undefined {
  if (row.kind !== 'server' || row.portVariable === null) return undefined
  if (start && portFlag(start.command.argv) !== undefined) return undefined
  if (listening.variable && !bringsServer(row, start?.command)) return listening.variable
  // A framework's own server reads PORT; code that listens on a number reads nothing.
  const isRead = bringsServer(row, start?.command) || start?.command.env['PORT'] || !listening.port
  return isRead ? 'PORT' : undefined
}

function runtimeEnv(
  { row, onBun, start, listening, native, fileDatabase }: NodeFindings,
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
    ...fileDatabase?.env,
    ...(listening.hostVariable ? { [listening.hostVariable]: '0.0.0.0' } : {}),
    ...Object.fromEntries(
      Object.entries(start?.command.env ?? {}).filter(([name]) => name !== 'NODE_OPTIONS'),
    ),
    ...Object.assign({}, ...native.map((entry) => entry.env ?? {})),
    ...(portVariable && port !== null ? { [portVariable]: String(port) } : {}),
    // What a program starts in turn, it looks for as in a script.
    ...(start?.shell !== undefined || start?.command.argv[0]?.startsWith('node_modules/.bin/')
      ? { PATH: '/app/node_modules/.bin:$PATH' }
      : {}),
  }
  const rules: Record<string, string> = {
    NODE_ENV: 'PD018',
    NODE_OPTIONS: 'PD017',
    HOST: 'PD024',
    HOSTNAME: 'PD024',
    FASTIFY_CLOSE_GRACE_DELAY: 'PD011',
    PM2_HOME: 'PD008',
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
