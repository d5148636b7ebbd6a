import coerce from 'semver/functions/coerce.js'
import satisfies from 'semver/functions/satisfies.js'
import { type Answers, chosen, sourceOf } from '../../answers.ts'
import { scanVariables } from '../../env/scan.ts'
import { CliError, EXIT } from '../../errors.ts'
import { type Fact, Facts, fact, type Warning } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { parseShell, shellLine } from '../../shell.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import type { Evidence, Inspection, Language } from '../types.ts'
import { configValue, holds, type Subject } from './conditions.ts'
import { FRAMEWORK_ALIASES, FRAMEWORKS, type FrameworkRow, STOPPING_PACKAGES } from './frameworks.ts'
import { findHealthPath } from './health.ts'
import { findListening, JS_EXTENSIONS, type Listening } from './listen.ts'
import { dependencySource, type Manifest, readManifest } from './manifest.ts'
import { MIGRATION_SCRIPTS, MIGRATIONS, SCRIPTED_TOOLS } from './migrations.ts'
import { type NodeFindings, nodeModel } from './model.ts'
import { NATIVE, type NativeRow } from './native.ts'
import { bunTag, PACKAGE_MANAGERS, packageManager } from './package-manager.ts'
import { compilerOutput, entryFile } from './payload.ts'
import { findBuildSecrets } from './registry.ts'
import { type StartCommand, startFromScripts, takeApart } from './start.ts'
import { nodeVersion } from './version.ts'

export const node: Language = {
  id: 'node',
  title: 'Node.js',
  frameworks: FRAMEWORKS,
  packageManagers: PACKAGE_MANAGERS,
  envLibraries: ['zod', 'valibot', 'envalid', 'none'],
  detect,
  inspect,
}

function detect(project: Project): Evidence[] {
  const manifest = readManifest(project)
  if (!manifest) return []
  const evidence: Evidence[] = [{ source: 'package.json', weight: 2 }]
  const subject = { project, manifest, listens: false }
  const row = FRAMEWORKS.find((candidate) => candidate.score >= 40 && holds(candidate.when, subject))
  if (row)
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
  const variables = scanVariables(project, 'node')

  const scripted = startFromScripts(manifest)
  const entry =
    (scripted && 'argv' in scripted ? scripted.entry : undefined) ?? entryFile(project, manifest)?.file
  const fastifyOnly = 'fastify' in manifest.dependencies && !('@nestjs/core' in manifest.dependencies)
  const listening = findListening(project, entry, variables, fastifyOnly)
  const subject: Subject = { project, manifest, listens: listening.port !== undefined }

  const { row, fact: framework, output } = findFramework(subject, answers, warnings)
  facts.set('framework', framework)
  const manager = packageManager(project, manifest, answers)
  facts.set('packageManager', manager.fact)
  facts.set('packageManagerVersion', manager.version)
  warnings.push(...manager.warnings)
  const version = await nodeVersion(project, manifest, answers)
  const start = findStart(project, manifest, row, answers, scripted, warnings)
  const onBun = start?.command.argv[0] === 'bun'
  facts.set(
    'runtimeVersion',
    onBun && answers.runtimeVersion === undefined
      ? fact(bunTag(manager.version.value), manager.version.source, manager.version.confidence)
      : version.fact,
  )
  if (!onBun) warnings.push(...version.warnings)
  if (output) facts.set('output', output)

  const build = chosen(answers, 'build', () =>
    findBuild(manifest, row, manager.row.run('build', []), project),
  )
  facts.set('build', build)
  facts.set(
    'start',
    start && fact(start.shell ?? shellLine(start.command.argv), start.command.source, start.confidence),
  )

  const kind = row.kind
  const port =
    kind === 'server' || kind === 'static'
      ? findPort(row, answers, listening, start?.command, variables, warnings)
      : undefined
  facts.set('port', port)
  const healthPath =
    kind === 'worker'
      ? undefined
      : kind === 'static'
        ? fact('/healthz', 'the nginx configuration of the image', 'certain')
        : chosen(answers, 'healthPath', () => findHealthPath(project, row.id))
  if (kind === 'server')
    facts.set('healthPath', healthPath ?? fact('/', 'no health route in the code', 'guess'))
  else facts.set('healthPath', healthPath)
  if (kind === 'server' && !healthPath) {
    warnings.push({
      rule: 'PD093',
      message:
        'The code has no health route: the check takes any answer below 500 of / for life. Add one (/healthz), or name it with --health-path.',
    })
  }
  if (kind === 'server' && listening.loopback && !listening.hostVariable && row.score < 90) {
    const { file, line, fix } = listening.loopback
    warnings.push({
      rule: 'PD024',
      message: `${file}:${line} listens on localhost only: nothing outside of the container would reach it. In the code: ${fix}.`,
      file,
      line,
    })
  }

  const native = NATIVE.filter((candidate) =>
    candidate.packages.some((name) => fits(candidate, name, manifest)),
  )
  facts.set(
    'nativePackages',
    native.length > 0 ? fact(nativeNames(native, manifest), 'package.json#dependencies') : undefined,
  )
  for (const found of native) if (found.note) warnings.push({ rule: 'PD080', message: found.note })

  const migration = findMigration(project, manifest, start?.command, manager.row.run)
  facts.set('migrations', migration && fact(migration.tool, migration.source))
  const signals = kind === 'server' || kind === 'worker' ? findSignals(project, manifest, row) : undefined
  facts.set('signals', signals ?? fact('init', 'no SIGTERM handler in the code', 'default'))
  const secrets = findBuildSecrets(project, manager.row.id)
  warnings.push(...secrets.warnings)
  if (secrets.secrets.length > 0)
    facts.set(
      'buildSecrets',
      fact(
        secrets.secrets.map((secret) => secret.id),
        secrets.source,
      ),
    )
  const publicVars = variables.filter((variable) => variable.public)
  if (publicVars.length > 0) {
    facts.set(
      'publicVars',
      fact(
        publicVars.map((variable) => variable.name),
        publicVars[0]?.sources[0] ?? 'code',
        'likely',
      ),
    )
    warnings.push({
      rule: 'PD020',
      message: `${publicVars.map((variable) => variable.name).join(', ')}: frozen into the image when it is built, and visible to every visitor. Build one image per value.`,
    })
  }
  if (variables.length > 0)
    facts.set(
      'envVars',
      fact(
        variables.map((variable) => variable.name),
        sourcesOf(variables),
        'likely',
      ),
    )
  if (row.warning) warnings.push(row.warning)
  if (project.truncated)
    warnings.push({
      rule: 'PD090',
      message:
        'This is a large tree: its source folders were read, the rest in part. Check port, health path and variables below.',
    })

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
    migration,
    secrets: secrets.secrets,
    onBun,
    answers,
  }
  facts.set('base', findBase(findings))
  const refusal = start || kind === 'static' ? undefined : notAnApp(manifest)
  return {
    facts,
    warnings,
    dependencies: new Map(Object.entries(manifest.dependencies)),
    variables,
    ...(refusal ? { notAnApp: refusal } : {}),
    model: (choices) => nodeModel(findings, choices),
  }
}

function findFramework(
  subject: Subject,
  answers: Answers,
  warnings: Warning[],
): { row: FrameworkRow; fact: Fact<string>; output?: Fact<string> } {
  const wanted =
    answers.framework === undefined ? undefined : (FRAMEWORK_ALIASES[answers.framework] ?? answers.framework)
  if (wanted !== undefined && !FRAMEWORKS.some((row) => row.id === wanted)) {
    throw new CliError(`There is no framework "${answers.framework}" for Node.js.`, {
      code: EXIT.usage,
      hint: `Known: ${[...new Set(FRAMEWORKS.map((row) => row.id))].join(', ')}.`,
    })
  }
  const rows = FRAMEWORKS.filter((row) => (wanted === undefined ? true : row.id === wanted)).toSorted(
    (a, b) => b.score - a.score,
  )
  const base = rows.find((row) => holds(row.when, subject)) ?? (rows[0] as FrameworkRow)
  const shown = holds(base.when, subject) ?? 'package.json'
  const framework =
    wanted === undefined
      ? fact(
          base.id,
          base.score > 1 ? shown : 'no framework in package.json',
          base.score > 1 ? 'certain' : 'default',
        )
      : fact(base.id, sourceOf(answers, 'framework'))
  const decided = base.decidedBy && configValue(subject.project, base.decidedBy)
  if (decided?.unclear)
    warnings.push({
      rule: 'PD097',
      message: `${decided.source} computes ${base.decidedBy?.key}: it was not run, so ${base.title}'s default is taken. Write it as a plain value if it is another.`,
    })
  for (const variant of base.variants ?? []) {
    const source = holds(variant.when, subject)
    if (!source) continue
    const { when: _when, ...set } = variant
    const { warning: _warning, ...rest } = base
    return { row: { ...rest, ...set }, fact: framework, output: fact(variant.output, source) }
  }
  return {
    row: base,
    fact: framework,
    ...(base.output
      ? {
          output: fact(
            base.output,
            decided?.unclear ? `${decided.source} (not read)` : `default for ${base.title}`,
            decided?.unclear ? 'guess' : 'default',
          ),
        }
      : {}),
  }
}

export interface NodeStart {
  command: StartCommand
  confidence: Fact<string>['confidence']
  /** The line that a shell must run, where it can't be taken apart. */
  shell?: string
}

function findStart(
  project: Project,
  manifest: Manifest,
  row: FrameworkRow,
  answers: Answers,
  scripted: ReturnType<typeof startFromScripts>,
  warnings: Warning[],
): NodeStart | undefined {
  if (row.kind === 'static') return undefined
  if (answers.start !== undefined) {
    const source = sourceOf(answers, 'start')
    const taken = takeApart(answers.start, source, manifest)
    if ('argv' in taken) return { command: taken, confidence: 'certain' }
    const argv = parseShell(answers.start)
    return {
      command: { argv: argv?.[0]?.argv ?? ['sh'], env: {}, source, needs: [], before: [] },
      confidence: 'certain',
      shell: answers.start,
    }
  }
  const own: NodeStart | undefined = row.start && {
    command: {
      argv: [...row.start],
      env: {},
      source: `default for ${row.title}`,
      needs: [],
      before: [],
      ...(row.start[1] ? { entry: row.start.find((word) => /\.[cm]?js$/.test(word)) ?? '' } : {}),
    },
    confidence: 'default',
  }
  const before = scripted && 'argv' in scripted ? scripted.before : []
  if (own && !row.scriptsFirst) return { ...own, command: { ...own.command, before } }
  if (scripted && 'argv' in scripted) return { command: scripted, confidence: 'certain' }
  if (own) return own
  if (scripted?.kind === 'shell') {
    const name = scripted.source.split('.').at(-1) as string
    warnings.push({
      rule: 'PD092',
      message: `${scripted.source} needs a shell: signals reach the app through it, and it may swallow them. Write it as "node file.js" if it can be.`,
      file: 'package.json',
    })
    return {
      command: {
        argv: ['sh', '-c', manifest.scripts[name] ?? ''],
        env: {},
        source: scripted.source,
        needs: [],
        before: [],
      },
      confidence: 'likely',
      shell: manifest.scripts[name] ?? '',
    }
  }
  const entry = entryFile(project, manifest)
  if (entry && !(manifest.published && !manifest.private && !('listen' in manifest)))
    return {
      command: {
        argv: ['node', entry.file],
        env: {},
        source: entry.source,
        needs: [],
        entry: entry.file,
        before: [],
      },
      confidence: 'likely',
    }
  const source = project.first([
    'src/server.ts',
    'src/index.ts',
    'src/main.ts',
    'src/app.ts',
    'server.ts',
    'index.ts',
    'main.ts',
    'app.ts',
  ])
  if (source && !manifest.published) {
    if (PACKAGE_MANAGERS.includes('bun') && (project.has('bun.lock') || project.has('bun.lockb')))
      return {
        command: { argv: ['bun', source], env: {}, source, needs: [], entry: source, before: [] },
        confidence: 'likely',
      }
    const folder = manifest.scripts['build'] ? compilerOutput(project) : undefined
    const file = folder ? source.replace(/^src\//, `${folder}/`).replace(/\.ts$/, '.js') : source
    warnings.push({
      rule: 'PD092',
      message: `No script starts the app: "node ${file}" is a guess. Add a "start" script, or pass --start.`,
      file: 'package.json',
    })
    return {
      command: { argv: ['node', file], env: {}, source, needs: [], entry: file, before: [] },
      confidence: 'guess',
    }
  }
  return undefined
}

function findBuild(
  manifest: Manifest,
  row: FrameworkRow,
  run: string[],
  project: Project,
): Fact<string> | undefined {
  if (manifest.scripts['build']) return fact(shellLine(run), 'package.json#scripts.build')
  if (row.site || row.payload)
    return fact(
      shellLine(['npm', 'exec', '--', row.id === 'next' ? 'next' : 'vite', 'build']),
      `default for ${row.title}`,
      'guess',
    )
  // A compiler and a place for its output, and nothing that says how to run it.
  if (
    'typescript' in manifest.devDependencies &&
    compilerOutput(project) &&
    Object.values(manifest.scripts).some((line) => line.includes(`${compilerOutput(project)}/`))
  )
    return fact('npm exec -- tsc', 'tsconfig.json', 'likely')
  return undefined
}

function findPort(
  row: FrameworkRow,
  answers: Answers,
  listening: Listening,
  start: StartCommand | undefined,
  variables: readonly Variable[],
  warnings: Warning[],
): Fact<number> {
  const found = chosen(answers, 'port', () => {
    if (row.kind === 'static') return fact(8080, 'unprivileged nginx', 'default')
    const flag = start?.argv.findIndex((word) => /^(-p|--port|--http-port)$/.test(word)) ?? -1
    const inline = start?.argv.find((word) => /^--port=\d+$/.test(word))?.split('=')[1]
    const value = Number(inline ?? (flag >= 0 ? start?.argv[flag + 1] : undefined) ?? start?.env['PORT'])
    if (start && Number.isInteger(value) && value > 0 && value < 65_536) return fact(value, start.source)
    // A framework that brings its own server does not call listen() in the project's code.
    if (listening.port && !(row.start && !row.scriptsFirst && row.score >= 90)) return listening.port
    const variable = variables.find((candidate) => candidate.name === 'PORT')
    const stated = Number(variable?.default ?? variable?.example)
    if (Number.isInteger(stated) && stated > 0 && stated < 65_536)
      return fact(stated, variable?.sources[0] ?? 'PORT', 'likely')
    if (row.start) return fact(row.port ?? 3000, `default for ${row.title}`, 'default')
    return undefined
  })
  if (found) return found
  warnings.push({
    rule: 'PD094',
    message: `The code does not say which port it listens on: ${row.port ?? 3000} is a guess. Check it, or pass --port.`,
  })
  return fact(row.port ?? 3000, `usual for ${row.title}`, 'guess')
}

function findMigration(
  project: Project,
  manifest: Manifest,
  start: StartCommand | undefined,
  run: (script: string, args: readonly string[]) => string[],
): NodeFindings['migration'] {
  const named = (name: string) => dependencySource(manifest, name)
  for (const row of MIGRATIONS) {
    const source = named(row.package)
    const evidence = row.evidence.every((part) => {
      const file = part.files === undefined || project.first(part.files) !== undefined
      const folder = part.folders === undefined || part.folders.some((name) => project.hasFolder(name))
      return file && folder
    })
    if (source && evidence)
      return {
        tool: row.tool,
        title: row.title,
        command: [...row.command],
        source,
        config: row.evidence
          .flatMap((part) => [...(part.files ?? []), ...(part.folders ?? [])])
          .filter((path) => project.has(path) || project.hasFolder(path)),
      }
  }
  const tool = SCRIPTED_TOOLS.find((candidate) => named(candidate.package))
  const script = MIGRATION_SCRIPTS.find((name) => manifest.scripts[name])
  const before = start?.before[0]
  if (tool && script)
    return {
      tool: tool.tool,
      title: tool.title,
      command: run(script, []),
      source: `package.json#scripts.${script}`,
      config: [],
    }
  if (before)
    return {
      tool: tool?.tool ?? 'script',
      title: tool?.title ?? 'Migrations',
      command: /^(npm|pnpm|yarn|bun)$/.test(before[0] ?? '')
        ? before
        : [`node_modules/.bin/${before[0]}`, ...before.slice(1)],
      source: start?.source ?? 'package.json',
      config: [],
    }
  return undefined
}

function findSignals(project: Project, manifest: Manifest, row: FrameworkRow): Fact<string> | undefined {
  if (row.stopsItself) return fact('app', `${row.title} stops on SIGTERM`, 'certain')
  const helper = STOPPING_PACKAGES.find((name) => name in manifest.dependencies)
  if (helper) return fact('app', `package.json#dependencies.${helper}`, 'likely')
  for (const file of project.sources(JS_EXTENSIONS)) {
    const raw = project.source(file)
    if (!raw || !/SIGTERM|enableShutdownHooks/.test(raw)) continue
    const code = blankComments(raw)
    const match = /['"`]SIGTERM['"`]|\.enableShutdownHooks\s*\(/.exec(code)
    if (match) return fact('app', `${file}:${lineOf(code, match.index)}`, 'likely')
  }
  return undefined
}

function findBase({ answers, row, native, start, onBun, warnings }: NodeFindings): Fact<string> {
  if (row.kind === 'static') return fact('nginx', `a static site needs no Node.js`, 'default')
  const blocker = native.find((candidate) => candidate.run || candidate.needsSlim)
  const reason = onBun
    ? 'Bun has no distroless image that is kept current'
    : blocker
      ? `${blocker.packages[0]} needs system libraries`
      : start?.shell !== undefined || start?.command.argv[0] !== 'node'
        ? 'the start command needs a shell'
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

function notAnApp(manifest: Manifest): { message: string; hint: string } {
  const name = manifest.name ? `"${manifest.name}"` : 'This project'
  return manifest.published || manifest.bin
    ? {
        message: `${name} looks like a library: package.json publishes files, and nothing starts a program.`,
        hint: 'If it is an app after all, say how it starts: --start "node server.js".',
      }
    : {
        message: `${name} has no start command: no "start" script, no "main", no server.js or index.js.`,
        hint: 'Say how it starts: --start "node server.js", or add a "start" script to package.json.',
      }
}

function fits(row: NativeRow, name: string, manifest: Manifest): boolean {
  const range = manifest.dependencies[name]
  if (range === undefined) return false
  if (!row.range) return true
  const version = coerce(range)
  return version === null || satisfies(version, row.range)
}

function nativeNames(rows: readonly NativeRow[], manifest: Manifest): string[] {
  return [...new Set(rows.flatMap((row) => row.packages.filter((name) => fits(row, name, manifest))))]
}

function sourcesOf(variables: readonly Variable[]): string {
  const files = [
    ...new Set(
      variables.flatMap((variable) => variable.sources.map((source) => source.split(':')[0] as string)),
    ),
  ]
  return files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ')
}
