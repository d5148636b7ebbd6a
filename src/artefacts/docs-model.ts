import { basename } from 'node:path/posix'
import type { ArtefactId } from '../answers.ts'
import { markdownCode, markdownText, oneLine } from '../escape.ts'
import { withoutLine } from '../facts.ts'
import type { AppModel, Variable } from '../model.ts'
import type { ServiceUse } from '../services/types.ts'
import { buildWords, commandLine, upWords } from './commands.ts'
import { ownValues, samplePath, tellsApp } from './compose-environment.ts'
import { markdownTable } from './markdown.ts'
import { composeWords } from './paths.ts'
import type { ArtefactInput } from './types.ts'

/** All that `DOCKER.md.ejs` prints. */
export function docsModel(input: ArtefactInput): Record<string, unknown> {
  const { app, services, files, paths, lacks = [] } = input
  const hasCompose = files.includes('compose')
  // A compose file of a person's own may be there for a database alone.
  const hasSystem = hasCompose && !lacks.includes('compose app')
  const port = app.development.port ?? app.port
  const url = port === null ? '' : `http://127.0.0.1:${port}${app.development.base ?? ''}`
  const places = services.map(({ connection }) => connection)
  const told = tellsApp(input) ? [app.environment, ...places] : []
  const required = ownValues(input)
  const sample = samplePath(input)
  const production = productionNames(app, services)
  return {
    name: app.name,
    what: `${markdownText(app.frameworkTitle)} on ${markdownText(app.languageTitle)}`,
    hasCompose,
    hasSystem,
    sample: sample === undefined ? '' : markdownCode(sample),
    hasTests: app.test !== null,
    hasMigration: app.migration !== null && !lacks.includes('compose migrate'),
    hasServices: services.length > 0,
    upWhat: upWhat(hasSystem, url, paths),
    upCommand: commandLine(upWords(input)),
    migrationTitle: app.migration ? markdownText(app.migration.title) : '',
    needsValues: required.length > 0,
    requiredNames: required.map(({ name }) => markdownCode(name)).join(', '),
    buildCommand: lines(buildWords(input)),
    compose: commandLine(composeWords(paths)),
    runCommand: runCommand(app, production),
    needsEnv: production.length > 0,
    servicesTable: servicesTable(services),
    variablesTable: variablesTable(app, told),
    checks: files.includes('env') && app.env !== null,
    checkPath: app.env ? markdownCode(whereIs('env', paths, app.env.path)) : '',
    checksSecrets: app.variables.some(({ secret }) => secret),
    checkUsage: markdownCode(app.env?.usage ?? ''),
    publicNames: app.publicVars.map(({ name }) => markdownCode(name)).join(', '),
    decisions: app.decisions
      .map(({ title, why, rule }) => `- **${markdownText(title)}** (${rule}): ${markdownText(why)}`)
      .join('\n'),
    filesTable: filesTable(input, hasSystem),
    assumed: services
      .flatMap(({ assumed }) => assumed)
      .map(markdownCode)
      .join(', '),
  }
}

const isTold = ({ name }: Variable, told: readonly Readonly<Record<string, string>>[]): boolean =>
  told.some((names) => name in names)

function upWhat(
  hasSystem: boolean,
  url: string,
  { compose = 'compose.yaml' }: ArtefactInput['paths'],
): string {
  if (!hasSystem) return `start what ${oneLine(compose)} has`
  return url === '' ? 'start everything' : `start everything: ${url}`
}

/** What production has to be told: all that the app can't start without, and where its services are. */
function productionNames({ variables, imageEnv = [] }: AppModel, services: readonly ServiceUse[]): string[] {
  const told = services.flatMap(({ connection }) => Object.keys(connection))
  const needed = variables.filter(
    ({ name, public: isPublic, build, required }) => !isPublic && !build && (required || told.includes(name)),
  )
  const names = [...needed.map(({ name }) => name), ...told]
  return [...new Set(names)].filter((name) => /^[A-Za-z_]\w*$/.test(name) && !imageEnv.includes(name))
}

/** The run that proves what production needs: nothing can be written, no right is left, and the app still serves. */
function runCommand(app: AppModel, names: readonly string[]): string {
  return lines([
    ['docker', 'run', '--rm', '--init'],
    [
      '--read-only',
      '--tmpfs',
      '/tmp',
      ...app.writable.filter((path) => path !== '/tmp').flatMap((path) => ['--tmpfs', path]),
    ],
    ...(app.data ? [['--volume', `${app.name}-data:${app.data}`]] : []),
    ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ['--user', app.user, '--memory', '512m', '--pids-limit', '200'],
    ...names.map((name) => ['--env', name]),
    ...(app.port === null ? [] : [['--publish', `127.0.0.1:${app.port}:${app.port}`]]),
    [app.name],
  ])
}

const lines = (groups: readonly (readonly string[])[]) => groups.map(commandLine).join(' \\\n  ')

function servicesTable(services: readonly ServiceUse[]): string {
  return markdownTable(
    ['Service', 'Image', 'The app reads'],
    services.map(({ title, container, connection }) => [
      markdownText(title),
      markdownCode(container.image),
      Object.keys(connection).map(markdownCode).join(', '),
    ]),
  )
}

function variablesTable(app: AppModel, told: Parameters<typeof isTold>[1]): string {
  const rows = app.variables.map((variable) => {
    const { name, required, default: own, secret, sources } = variable
    const value =
      own !== undefined && own !== '' && !secret
        ? markdownCode(own.length > 60 ? `${own.slice(0, 57)}...` : own)
        : ''
    const notes = [
      secret && 'secret',
      variable.public ? 'public, at build time' : variable.build && 'at build time',
      isTold(variable, told) && 'set by compose',
    ]
      .filter(Boolean)
      .join(', ')
    return [
      markdownCode(name),
      required ? 'yes' : '',
      value,
      notes,
      [...new Set(sources.map(withoutLine))].slice(0, 2).map(markdownCode).join(', '),
    ]
  })
  return rows.length ? markdownTable(['Variable', 'Required', 'Default', 'Note', 'Read in'], rows) : ''
}

function filesTable(input: ArtefactInput, hasSystem: boolean): string {
  const { files, app, paths, lacks = [] } = input
  const rows: Partial<Record<string, [string, string]>> = {
    dockerfile: ['Dockerfile', 'how the image is built'],
    dockerignore: ['.dockerignore', 'what never enters a build'],
    compose: ['compose.yaml', hasSystem ? 'the whole system on your machine' : 'what runs beside the app'],
    ci: [
      '.github/workflows/docker.yml',
      lacks.includes('ci') ? 'your own pipeline' : 'check, build, test, scan, publish',
    ],
    ...(app.env && { env: [app.env.path, 'checks the environment, once the app imports it'] }),
    docs: ['DOCKER.md', 'this page'],
  }
  const sample = app.envExample === undefined ? samplePath(input) : undefined
  return markdownTable(
    ['File', 'What is in it'],
    files.flatMap((id) => {
      const row = rows[id]
      return [
        ...(row ? [[markdownCode(whereIs(id, paths, row[0])), row[1]]] : []),
        ...(id === 'env' && sample ? [[markdownCode(sample), 'the variables, with samples']] : []),
      ]
    }),
  )
}

/** Where people have it. A check of another name than ours is that of a project that was another: it goes, or is let go. */
function whereIs(id: ArtefactId, paths: ArtefactInput['paths'], ours: string): string {
  const path = paths[id] ?? ours
  return id === 'env' && basename(path) !== basename(ours) ? ours : path
}
