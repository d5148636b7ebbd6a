import { IMAGES } from '../../data/versions.ts'
import { aptInstall, aptInstallForGood, checkDirective, envBlock, runBlock } from '../../dockerfile.ts'
import { pythonEnvFile } from '../../env/python.ts'
import { dockerPaths, dockerWord, jsonArgv, safeName } from '../../escape.ts'
import { withoutLine } from '../../facts.ts'
import type { AppModel } from '../../model.ts'
import { DATA, localFiles } from '../common.ts'
import type { ModelChoices } from '../types.ts'
import { filesWith } from './code.ts'
import { decisionsOf, stagesOf } from './describe.ts'
import { developmentOf } from './development.ts'
import { envInput } from './env-input.ts'
import type { PythonFindings } from './findings.ts'
import { listensBy } from './gunicorn-config.ts'
import { OVERLAY, VENV, WORKDIR } from './install-commands.ts'
import { projectName } from './manifests.ts'
import { findNative } from './native.ts'
import { SETUPTOOLS } from './pkg-resources.ts'
import { pythonProbe } from './probe.ts'
import { INTERRUPTED } from './signals.ts'
import { collectStatic, debugSwitch, keyFile } from './static-files.ts'
import { testFiles } from './tests.ts'
import { at, text } from './values.ts'

const UID = '65532'
const USER = `${UID}:${UID}`
/** These look for modules beside themselves only, not in the folder that they are started in. */
const NO_CWD_PROGRAMS = new Set(['dramatiq', 'arq', 'huey_consumer'])
/** Folders that the app does not need in production. */
const LEFT_OUT = ['tests', 'test', 'docs']

/** Code that is no test imports it, or Django's settings name it; and documentation is no package. */
function isNeeded(folder: string, { project, django }: PythonFindings): boolean {
  const imports = filesWith(project, [folder]).some(({ imports: names }) =>
    [...names.values()].some((name) => name.split('.')[0] === folder),
  )
  const named = new RegExp(`(['"])${folder}(?:\\.[\\w.]+)?\\1`)
  return (
    imports ||
    (folder === 'docs' && project.has('docs/__init__.py')) ||
    (django?.files ?? []).some(({ code }) => named.test(code))
  )
}

export function pythonModel(found: PythonFindings, choices: ModelChoices): AppModel {
  const { facts, row, launch, django, plan, native, migration, manager, project } = found
  const name = safeName(projectName(found.manifests) ?? project.name)
  const version = facts.value('runtimeVersion') ?? '3.13'
  const port = row.kind === 'server' ? (facts.value('port') ?? 8000) : null
  const healthPath = port === null ? null : (facts.value('healthPath') ?? '/')
  const isGuess = facts.get('healthPath')?.confidence === 'guess'
  const lax = isGuess || django !== null
  const variable =
    launch.server || row.interface === 'streamlit' || row.interface === 'sanic'
      ? port !== null && listensBy(launch.config, port)
        ? launch.config?.variable
        : undefined
      : found.listening.portVariable
  const probe =
    port === null ? null : pythonProbe({ port, variable, path: healthPath ?? '/', fails: lax ? 500 : 400 })
  const context = { port: port ?? 8000, has: found.has, config: launch.config }
  const staticPath = django?.staticRoot?.path ?? null
  const development = developmentOf({
    row,
    launch,
    django,
    port,
    context,
    rebuild: plan.reads,
    staticRoot: staticPath,
    dependencies: found.dependencies,
    before: found.migratesAtStart,
  })
  const buildCommand = facts.value('build')
  const builds = buildCommand !== undefined || found.installsProject || plan.workspace !== null
  const run = runEnvironment(found, port)
  const key = django && keyFile(django)
  const excluded = [
    ...(key ? [`**/${key.name}`] : []),
    ...LEFT_OUT.filter((folder) => project.hasFolder(folder) && !isNeeded(folder, found)),
    ...testFiles(project),
    ...(manager.lock ? [manager.lock] : []),
  ]
  const wholeFromBuild = buildCommand !== undefined && staticPath === null
  const dataEnv = Object.keys(found.writes.env).length > 0 ? found.writes.env : undefined
  const venvStage = plan.workspace ? 'build' : 'deps'
  const base = {
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...pythonPath(found),
    PATH: `${VENV}/bin:$PATH`,
  }
  const command = launch.argv(port ?? 8000)
  const environment = envInput(found, choices.answers)

  const left = plan.leaves.map((file) => ` --exclude=${file}`).join('')
  return {
    name,
    language: 'python',
    languageTitle: `Python ${version}`,
    frameworkTitle: row.title,
    kind: row.kind,
    dockerfile: {
      template: 'python/Dockerfile.ejs',
      data: {
        frontend: IMAGES.frontend,
        check: checkDirective([]),
        baseImage: IMAGES.python(version),
        baseWhy: `Python ${version} (${withoutLine(facts.get('runtimeVersion')?.source ?? '')}) on Debian 13`,
        baseEnv: envBlock(base, {
          PYTHONUNBUFFERED: 'PD051',
          PYTHONDONTWRITEBYTECODE: 'PD051',
          PATH: 'PD050',
        }),
        data: dataEnv ? DATA : '',
        runApt: (native?.run.length ?? 0) > 0,
        runAptBlock: native && native.run.length > 0 ? aptInstallForGood(native.run, 'PD080') : '',
        runAptWhat: native?.whatRun ?? '',
        buildApt: (native?.build.length ?? 0) > 0,
        buildAptBlock: native && native.build.length > 0 ? aptInstall(native.build, 'PD080') : '',
        buildAptWhat: native?.whatBuild ?? '',
        locks: plan.lock !== null,
        lockTitle: `${manager.title} ${manager.version?.value} (${withoutLine(manager.version?.source ?? '')}) writes what its lock pins as a list for pip, and goes no further`,
        lockBlock: plan.lock ?? '',
        reduces: plan.manifest !== null,
        manifestBlock: plan.manifest ?? '',
        setupTitle:
          manager.id === 'uv'
            ? `uv ${manager.version?.value} (${manager.version?.source})`
            : 'The runtime image takes this venv over as it is; pip stays outside of it, and bytecode goes by content, not by time',
        setupBlock: plan.setup,
        wholeSource: plan.wholeSource !== null,
        wholeSourceWhy: plan.wholeSource ?? '',
        installs: manager.fact.source !== 'default',
        installBlock: plan.production,
        addsServer: launch.adds !== null,
        addsServerWhat: launch.adds?.split('==')[0] ?? '',
        addsServerBlock: launch.adds ? plan.add(launch.adds) : '',
        addsSetuptools: found.addsSetuptools,
        addsSetuptoolsBlock: plan.add(SETUPTOOLS, 'PD081'),
        devSetup: Object.keys(development.env).length > 0 || plan.development !== null,
        devSetupBlock: [envBlock(development.env), developmentApt(found), plan.development ?? '']
          .filter(Boolean)
          .join('\n'),
        stopWhy:
          INTERRUPTED[command[0] ?? ''] ??
          'Process 1 ignores SIGTERM unless the program handles it; Python turns SIGINT into KeyboardInterrupt by itself',
        stopsOnInterrupt: facts.value('signals') === 'SIGINT',
        devProject: found.installsProject || plan.workspaceDevelopment !== null,
        devProjectBlock: plan.workspaceDevelopment ?? plan.projectDevelopment,
        devPort: port !== null,
        devCommand: jsonArgv(development.command),
        tests: found.test !== null,
        testEnv: django?.test !== undefined,
        testEnvBlock: envBlock(django?.test ? { DJANGO_SETTINGS_MODULE: django.test } : {}),
        testCommand: found.test ? jsonArgv(found.test.command) : '',
        builds,
        workspace: plan.workspace !== null,
        workspaceBlock: plan.workspace ?? '',
        installsProject: found.installsProject,
        projectBlock: plan.project,
        hasBuild: buildCommand !== undefined,
        isCollect: django?.staticRoot != null,
        buildBlock:
          buildCommand === undefined
            ? ''
            : django
              ? collectStatic(django, found.variables, buildCommand)
              : runBlock({ commands: [buildCommand], rule: 'PD003' }),
        release: migration === null ? 'runtime' : 'release',
        migrates: migration !== null,
        migrateTitle: migration?.title ?? '',
        migrateFolder: migration?.folder ? `WORKDIR ${dockerWord(`${WORKDIR}/${migration.folder}`)}` : '',
        migrateCommand: migration ? jsonArgv(migration.command) : '',
        uid: UID,
        venvCopy: `COPY --link${left} --from=${venvStage} ${VENV} ${VENV}`,
        overlayCopy: `COPY --link${left} --from=build ${OVERLAY} ${VENV}`,
        appCopy: `COPY --link${wholeFromBuild ? ' --from=build' : ''} --chmod=u=rwX,go=rX${excluded.map((pattern) => ` --exclude=${pattern}`).join('')} ${wholeFromBuild ? `${WORKDIR}/ ./` : '. ./'} #@PD008${excluded.length > 0 ? ',PD087' : ''}`,
        collected: buildCommand !== undefined && staticPath !== null,
        collectedCopy:
          staticPath === null
            ? ''
            : `COPY --link --from=build ${dockerPaths([`${WORKDIR}/${staticPath}`, `./${staticPath}`])}`,
        runEnv: Object.keys(run.env).length > 0,
        runEnvBlock: envBlock(run.env, run.rules),
        hasPort: port !== null,
        port: port ?? 0,
        isLax: lax,
        laxWhy: isGuess
          ? 'No health route was found: any answer below 500 counts as life'
          : 'Django answers 400 to a host that ALLOWED_HOSTS lacks: below 500 it is alive',
        probe: probe ? jsonArgv(probe) : '',
        startSource: withoutLine(launch.fact.source),
        serverRule: launch.server ? 'PD053' : 'PD010',
        command: jsonArgv(command),
      },
    },
    stages: stagesOf({
      locks: plan.lock !== null,
      tests: found.test !== null,
      builds,
      migrates: migration !== null,
      venvStage,
    }),
    ignore: ignoreLines(found, staticPath),
    port,
    healthPath,
    healthcheck:
      port === null || !probe
        ? null
        : pythonProbe({ port, variable: undefined, path: healthPath ?? '/', fails: lax ? 500 : 400 }),
    development,
    migration: migration && { tool: migration.tool, title: migration.title, command: migration.command },
    test: found.test,
    processes: found.processes,
    variables: found.variables,
    environment: dataEnv ?? {},
    imageEnv: Object.keys(run.env),
    publicVars: [],
    buildSecrets: found.secrets,
    env: pythonEnvFile(environment),
    envExample: environment.envExample,
    writable: ['/tmp', ...found.writes.folders.map((folder) => `${WORKDIR}/${folder}`)],
    data: dataEnv && DATA,
    user: USER,
    decisions: decisionsOf(found, { probe: probe !== null, command }),
  }
}

/** What the development dependencies are built with and load, beside what production's do. */
function developmentApt({ plan, native, dependencies: { development } }: PythonFindings): string {
  if (plan.development === null) return ''
  const fetched = [...development].filter(([, { url }]) => url)
  const needs = findNative(new Map(fetched), [], development.keys())
  const names = [...(needs?.build ?? []), ...(needs?.run ?? [])].filter(
    (name) => !native?.build.includes(name) && !native?.run.includes(name),
  )
  return names.length > 0 ? aptInstall([...new Set(names)].sort(), 'PD080') : ''
}

/** Where imports start from, when that is not the working directory. An installed project is found in the venv. */
function pythonPath({
  launch,
  installsProject,
  processes,
  launch: { app },
}: PythonFindings): Record<string, string> {
  const root = app?.root ?? launch.root
  if (root === '') {
    // A console script has its own folder on the path, not the one that it is started in.
    const commands = [launch.argv(0), ...processes.map(({ command }) => command)]
    const needsCwd = commands.some(([program = '']) => NO_CWD_PROGRAMS.has(program))
    return needsCwd ? { PYTHONPATH: WORKDIR } : {}
  }
  return installsProject && root === 'src' ? {} : { PYTHONPATH: `${WORKDIR}/${root}` }
}

function runEnvironment(
  { row, launch, django, listening, migration, writes }: PythonFindings,
  port: number | null,
): { env: Record<string, string>; rules: Record<string, string> } {
  const argv = launch.argv(port ?? 8000)
  const debug = django ? debugSwitch(django) : undefined
  const workers =
    launch.server?.id === 'gunicorn' &&
    launch.kind === 'wsgi' &&
    !argv.some((word) => /^(?:-w|--workers)/.test(word))
  const env: Record<string, string> = {
    ...(django?.nameSettings ? { DJANGO_SETTINGS_MODULE: django.settings.value } : {}),
    ...(debug?.name && debug.off !== undefined ? { [debug.name]: debug.off } : {}),
    ...row.env,
    ...launch.env,
    ...migration?.env,
    // Without these it makes a folder beside its code, and does not start.
    ...Object.fromEntries(writes.guards.map((name) => [name, '1'])),
    ...writes.env,
    ...(workers ? { WEB_CONCURRENCY: '2' } : {}),
    // It has no default in that file: without it the server would not start.
    ...(launch.config?.variable && !launch.config.port ? { [launch.config.variable]: String(port) } : {}),
    ...(row.id === 'gradio' ? { GRADIO_SERVER_PORT: String(port) } : {}),
    ...(!launch.server && row.interface === 'script' && listening.portVariable && port !== null
      ? { [listening.portVariable]: String(port) }
      : {}),
  }
  return { env, rules: { WEB_CONCURRENCY: 'PD053', GRADIO_SERVER_NAME: 'PD024' } }
}

function ignoreLines(
  { manifests, installsProject, plan, project, writes, kept }: PythonFindings,
  staticPath: string | null,
): string[] {
  const readme =
    at(manifests.pyproject, 'project')['readme'] ?? at(manifests.pyproject, 'tool', 'poetry')['readme']
  const file = typeof readme === 'string' ? readme : text(at({ readme }, 'readme')['file'])
  const needsReadme =
    (installsProject || plan.workspace !== null || plan.wholeSource !== null) &&
    file !== undefined &&
    project.has(file)
  return [
    ...['.venv', 'venv', 'env', '__pypackages__', '.pdm-python'].filter(
      (path) => path !== 'env' || project.has('env/pyvenv.cfg'),
    ),
    // Tools for its pages, installed on somebody's disk.
    ...(project.files().some((path) => /(?:^|\/)package\.json$/.test(path)) ? ['**/node_modules'] : []),
    '**/__pycache__',
    '**/*.py[cod]',
    '**/*.egg-info',
    '.pytest_cache',
    '.mypy_cache',
    '.ruff_cache',
    '.tox',
    '.nox',
    '.coverage',
    'htmlcov',
    '.ipynb_checkpoints',
    '*.sqlite3',
    'celerybeat-schedule*',
    ...writes.databases,
    ...localFiles(project),
    ...kept,
    ...(staticPath ? [staticPath] : []),
    ...(needsReadme ? [`!${file}`] : []),
  ]
}
