import { type Answers, chosen, sourceOf } from '../../answers.ts'
import { NODE_NPM } from '../../data/versions.ts'
import { nodeReader } from '../../env/node-reader.ts'
import { scanVariables } from '../../env/scan.ts'
import { CliError, EXIT } from '../../errors.ts'
import { oneLine } from '../../escape.ts'
import { type Fact, Facts, fact, type Warning, withoutLine } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { parseShell, shellLine } from '../../shell.ts'
import {
  few,
  NO_HEALTH_ROUTE,
  namesOf,
  noStepOfItsOwn,
  READ_IN_PART,
  setBuildSecrets,
  setVariables,
  sshWarnings,
} from '../common.ts'
import { keptOut } from '../own-config.ts'
import type { Evidence, Inspection, Language } from '../types.ts'
import { findBasePath } from './base-path.ts'
import { projectsBeside } from './beside.ts'
import { findBuild } from './build.ts'
import { findFramework } from './choose.ts'
import { findStart, type NodeStart } from './commands.ts'
import { holds, type Subject } from './conditions.ts'
import { engineChecks } from './engine-checks.ts'
import { demandedEnvFiles, testEnvFile, withEnvFiles } from './env-files.ts'
import { findDataFolder, findFileDatabase, hasServer, isFolderName } from './file-database.ts'
import type { NodeFindings } from './findings.ts'
import { FRAMEWORKS } from './frameworks.ts'
import { findHealthPath } from './health.ts'
import { withLibraryVariables } from './library-variables.ts'
import { isWithin } from './lines.ts'
import { findListening, listensAside } from './listen.ts'
import { type Manifest, readManifest } from './manifest.ts'
import { findMigration, lackingConfig } from './migrations.ts'
import { nodeModel } from './model.ts'
import { fromGit, isCompiled, metadataOf, NATIVE, type NativeRow } from './native.ts'
import { checkStandalone, membersApart, notAnApp, workspaceMembers } from './not-an-app.ts'
import { nodeOwnConfigs } from './own-config.ts'
import { bunTag, PACKAGE_MANAGERS, packageManager } from './package-manager.ts'
import { entryFile, ownFile } from './payload.ts'
import { builtByPnpm } from './pnpm-builds.ts'
import { checkAddress, findPort, portByName } from './port.ts'
import { checkProcesses } from './processes.ts'
import { addBuildSecrets, findBuildSecrets } from './registry.ts'
import { findSignals } from './signals.ts'
import { startFromScripts } from './start.ts'
import { nodeVersion } from './version.ts'
import { writesBesideCode } from './writes.ts'

export const node: Language = {
  id: 'node',
  title: 'Node.js',
  ecosystem: 'npm',
  frameworks: FRAMEWORKS,
  packageManagers: PACKAGE_MANAGERS,
  envLibraries: ['zod', 'valibot', 'envalid', 'none'],
  detect,
  inspect,
}

function detect(project: Project): Evidence[] {
  const manifest = readManifest(project)
  if (!manifest) return []
  const { scripts, dependencies, main, bin, workspaces } = manifest
  const build =
    ['build:prod', 'build:production', 'build'].find((name) => scripts[name]) ??
    Object.keys(scripts).find((name) => /^build[:_-]/.test(name))
  // Nothing runs with it: beside an app in another language these are its tools.
  const isTools =
    Object.keys(dependencies).length === 0 &&
    !scripts['start'] &&
    !main &&
    !bin &&
    !workspaces &&
    !project.first(['index.html', 'index.js', 'server.js'])
  const evidence: Evidence[] = [
    {
      source: 'package.json',
      weight: isTools ? -1 : 2,
      ...(build && {
        aside: oneLine(
          `If its "${build}" script makes files for the app, run it before docker build, in CI too: the image does not.`,
        ),
      }),
    },
  ]
  const subject = { project, manifest, listens: false }
  const row = FRAMEWORKS.find((candidate) => candidate.score >= 40 && holds(candidate.when, subject))
  if (row && (!row.page || project.first(row.page)))
    evidence.push({ source: holds(row.when, subject) as string, weight: row.kind === 'static' ? 2 : 3 })
  if (manifest.scripts['start']) evidence.push({ source: 'package.json#scripts.start', weight: 1 })
  return evidence
}

async function inspect(project: Project, answers: Answers): Promise<Inspection> {
  const manifest = readManifest(project)
  if (!manifest)
    throw new CliError('There is no package.json in this folder.', {
      code: EXIT.usage,
      hint: 'Run this in the folder of your app.',
    })
  const facts = new Facts()
  const warnings: Warning[] = []
  project.passOver(projectsBeside(project, manifest))
  const scanned = scanVariables(project, nodeReader)

  const scripted = startFromScripts(manifest)
  const entry =
    (scripted && 'argv' in scripted ? scripted.entry : undefined) ?? entryFile(project, manifest)?.file
  let listening = findListening(project, entry, scanned)
  const aside = () => listensAside(project, entry)
  const subject: Subject = { project, manifest, listens: listening.call !== undefined, aside }

  const { row, fact: framework, output } = findFramework(subject, answers, warnings)
  const unused = row.when.aside && aside()
  if (unused)
    warnings.push({
      rule: 'PD094',
      message: `${unused}: the image is that of a bot, without a port. If it is needed, pass --framework and --port.`,
    })
  const variables = withLibraryVariables(
    withEnvFiles(scanned, project, manifest, row, warnings),
    project,
    manifest,
    row,
    warnings,
  )
  facts.set('framework', framework)
  const native = NATIVE.filter((candidate) =>
    candidate.packages.some((name) => fits(candidate, name, manifest)),
  )
  const usual = packageManager(project, manifest, answers)
  checkStandalone(project, manifest, usual.lockfile)
  facts.set('packageManager', usual.fact)
  warnings.push(...usual.warnings)
  // pnpm would fail on it in the build: better here, with the file's name.
  const workspace = usual.row.id === 'pnpm' ? await project.yaml('pnpm-workspace.yaml') : null
  const compiled = nativeNames(native.filter(isCompiled), manifest)
  const manager = builtByPnpm(usual, manifest, workspace, project, compiled, warnings)
  facts.set('packageManagerVersion', manager.version)
  const version = await nodeVersion(project, manifest, answers, native)
  const start = findStart(project, manifest, row, answers, scripted, warnings)
  const onBun = start !== undefined && asksBun(start)
  facts.set(
    'runtimeVersion',
    onBun && answers.runtimeVersion === undefined
      ? fact(bunTag(manager.version.value), manager.version.source, manager.version.confidence)
      : version.fact,
  )
  const engines = onBun
    ? { env: {}, why: '', warnings: [] }
    : await engineChecks(project, manifest, manager, version.fact.value)
  if (!onBun) warnings.push(...version.warnings, ...engines.warnings)
  const npm = NODE_NPM[version.fact.value]
  if (manager.row.id === 'npm' && npm) facts.set('packageManagerVersion', { ...manager.version, value: npm })
  if (output) facts.set('output', output)

  const build = chosen(answers, 'build', () => findBuild(manifest, row, manager, project, start, warnings))
  facts.set('build', build)
  facts.set(
    'start',
    start && fact(start.shell ?? shellLine(start.command.argv), start.command.source, start.confidence),
  )

  const kind = row.kind
  if (kind === 'server' && !listening.port && !listening.variable)
    listening = { ...listening, ...portByName(variables, manifest.name ?? project.name) }
  const port =
    kind === 'server' || kind === 'static'
      ? findPort(row, answers, listening, start?.command, variables, warnings)
      : undefined
  facts.set('port', port)
  const basePath = findBasePath(project, manifest, row, warnings)
  const base = basePath.base?.value ?? ''
  facts.set('basePath', basePath.base)
  const healthPath =
    kind === 'worker'
      ? undefined
      : kind === 'static'
        ? fact('/healthz', 'the nginx configuration of the image', 'certain')
        : chosen(answers, 'healthPath', () =>
            row.health
              ? fact(row.health, `default for ${row.title}`, 'default')
              : findHealthPath(project, row.id, base),
          )
  if (kind === 'server')
    facts.set('healthPath', healthPath ?? fact(base || '/', 'no health route in the code', 'guess'))
  else facts.set('healthPath', healthPath)
  if (kind === 'server' && !healthPath) warnings.push(NO_HEALTH_ROUTE)
  checkProcesses(project, start?.command, warnings)
  checkAddress(project, row, listening, start?.command, warnings)

  facts.set(
    'nativePackages',
    native.length > 0 ? fact(nativeNames(native, manifest), 'package.json#dependencies') : undefined,
  )
  let fileDatabase =
    kind === 'static'
      ? undefined
      : (findFileDatabase(project, manifest, variables) ?? findDataFolder(project, variables))
  const writes = () =>
    kind === 'static' ? [] : writesBesideCode(project, manifest, variables, entry, fileDatabase?.env)
  let lost = writes()
  const written = lost.find(({ what, variable }) => what === 'database' && isFolderName(variable ?? ''))
  if (!fileDatabase && written) {
    fileDatabase = findDataFolder(project, variables, written.variable)
    lost = writes()
  }
  if (fileDatabase) warnings.push(fileDatabase.warning)
  warnings.push(...lost.map(({ warning }) => warning))
  if (kind !== 'static') warnings.push(...demandedEnvFiles(project))
  for (const found of native) if (found.note) warnings.push({ rule: 'PD080', message: found.note })
  for (const { note } of metadataOf(manifest)) warnings.push({ rule: 'PD058', message: note })

  warnings.push(...sshWarnings(fromGit(manifest), 'package.json'))

  const found = findMigration(project, manifest, start?.command, manager.row.run)
  // In a container of its own it would make a file that the app never sees.
  const unshared =
    found &&
    !fileDatabase &&
    !hasServer(manifest.dependencies) &&
    lost.find(({ what }) => what === 'database')
  if (unshared) warnings.push(noStepOfItsOwn(`${found.title} migrations`, unshared.warning.file))
  const lacking = found && lackingConfig(project, found)
  if (found && lacking)
    warnings.push({
      rule: 'PD021',
      message: `${found.title} migrations get no step of their own: the project has none of ${few(lacking)}, and "${found.command.join(' ')}" would know no database. Commit one that reads the environment, and run this again.`,
      file: 'package.json',
    })
  const own = nodeOwnConfigs(project)
  if (kind !== 'static') warnings.push(...own.map(({ warning }) => warning))
  const migration = unshared || lacking ? undefined : found
  facts.set('migrations', migration && fact(migration.tool, migration.source))
  const signals = kind === 'server' || kind === 'worker' ? findSignals(project, manifest, row) : undefined
  facts.set(
    'signals',
    kind === 'static' ? undefined : (signals ?? fact('init', 'no SIGTERM handler in the code', 'default')),
  )
  const secrets = findBuildSecrets(project, manager.row.id)
  if (build) addBuildSecrets(variables, secrets)
  warnings.push(...secrets.warnings)
  setBuildSecrets(facts, secrets)
  const publicVars = variables.filter((variable) => variable.public)
  if (publicVars.length > 0) {
    facts.set('publicVars', fact(namesOf(publicVars), publicVars[0]?.sources[0] ?? 'code', 'likely'))
    const files = new Set(
      publicVars.flatMap(({ built, sources }) =>
        built === undefined ? [] : sources.slice(-1).map(withoutLine),
      ),
    )
    const defaults = files.size > 0 ? `Defaults come from ${[...files].join(' and ')}. ` : ''
    warnings.push({
      rule: 'PD020',
      message: `${namesOf(publicVars).join(', ')}: frozen into the image when it is built, and visible to every visitor. ${defaults}Build one image per value.`,
    })
  }
  setVariables(facts, variables)
  const ownServer = scripted && 'argv' in scripted && ownFile(project, scripted.entry)
  const said = ownServer && row.ownServer !== undefined ? row.ownServer : row.warning
  if (said) warnings.push(said)
  if (project.truncated) warnings.push(READ_IN_PART)

  const members = workspaceMembers(project, manifest, workspace)
  const apart = members.length > 0 ? membersApart(project, manifest, manager.row.id, members) : []
  const findings: NodeFindings = {
    project,
    manifest,
    row,
    manager,
    facts,
    warnings,
    variables,
    listening,
    start,
    native,
    fileDatabase,
    kept: keptOut(own),
    migration,
    basePath,
    secrets: secrets.secrets,
    apart: apart ?? [],
    testEnv: testEnvFile(project),
    engines,
    onBun,
    answers,
  }
  facts.set('base', findBase(findings))
  const refusal =
    answers.start === undefined
      ? notAnApp(
          project,
          manifest,
          row,
          scripted,
          start !== undefined || kind === 'static',
          apart ? [] : members,
        )
      : undefined
  return {
    facts,
    warnings,
    dependencies: new Map(Object.entries(manifest.dependencies)),
    variables,
    ...(refusal ? { notAnApp: refusal } : {}),
    model: (choices) => nodeModel(findings, choices),
  }
}

/** Bun runs it, or a shell that calls Bun. */
const asksBun = ({ command, shell }: NodeStart): boolean =>
  command.argv[0] === 'bun' ||
  (shell !== undefined &&
    (parseShell(shell)?.flatMap(({ argv }) => argv) ?? shell.split(/[\s;&|()]+/)).includes('bun'))

function findBase({ answers, row, native, start, onBun, warnings, manifest }: NodeFindings): Fact<string> {
  if (row.kind === 'static') return fact('nginx', `a static site needs no Node.js`, 'default')
  const blocker = native.find((candidate) => candidate.run || candidate.needsSlim)
  const reason = onBun
    ? 'Bun has no distroless image that is kept current'
    : blocker
      ? `${blocker.packages.find((name) => fits(blocker, name, manifest))} ${blocker.run ? 'needs system libraries' : 'brings a program of its own'}`
      : start?.shell !== undefined
        ? 'the start command needs a shell'
        : start?.command.argv[0] !== 'node'
          ? 'the start command is a program and no file of Node.js'
          : undefined
  if (answers.base === 'distroless' && reason) {
    warnings.push({
      rule: 'PD013',
      message: `--base distroless does not fit: ${reason}. The slim image is used.`,
    })
    return fact('slim', reason, 'certain')
  }
  if (answers.base !== undefined) return fact(answers.base, sourceOf(answers, 'base'))
  return reason
    ? fact('slim', reason, 'certain')
    : fact('distroless', 'the app needs nothing but Node.js', 'default')
}

function fits(row: NativeRow, name: string, manifest: Manifest): boolean {
  const range = manifest.dependencies[name]
  return range !== undefined && isWithin(range, row)
}

function nativeNames(rows: readonly NativeRow[], manifest: Manifest): string[] {
  return [...new Set(rows.flatMap((row) => row.packages.filter((name) => fits(row, name, manifest))))]
}
