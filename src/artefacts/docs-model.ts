import { basename } from 'node:path/posix'
import type { ArtefactId } from '../answers.ts'
import { markdownCode, markdownText, oneLine } from '../escape.ts'
import { withoutLine } from '../facts.ts'
import type { AppModel, Variable } from '../model.ts'
import type { ServiceUse } from '../services/types.ts'
import { shellLine } from '../shell.ts'
import { devKeys } from './compose-environment.ts'
import { markdownTable } from './markdown.ts'
import { composeCommand, dockerfilePath } from './paths.ts'
import type { ArtefactInput } from './types.ts'

/** All that `DOCKER.md.ejs` prints. */
export function docsModel({ app, services, files, paths }: ArtefactInput): Record<string, unknown> {
  const hasCompose = files.includes('compose')
  const port = app.development.port ?? app.port
  const url = port === null ? '' : `http://127.0.0.1:${port}${app.development.base ?? ''}`
  const keys = hasCompose ? devKeys(app, services) : []
  const required = app.variables.filter(
    (variable) =>
      variable.required && !variable.public && !isTold(variable, services) && !keys.includes(variable.name),
  )
  return {
    name: app.name,
    what: `${markdownText(app.frameworkTitle)} on ${markdownText(app.languageTitle)}`,
    hasCompose,
    hasEnvExample: files.includes('env') && app.variables.length > 0,
    hasTests: app.test !== null,
    hasMigration: app.migration !== null,
    hasServices: services.length > 0,
    upWhat: url === '' ? 'start everything' : `start everything: ${url}`,
    migrationTitle: app.migration ? markdownText(app.migration.title) : '',
    needsValues: required.length > 0,
    requiredNames: required.map(({ name }) => markdownCode(name)).join(', '),
    buildCommand: buildCommand(app, paths),
    compose: composeCommand(paths),
    runCommand: runCommand(app),
    servicesTable: servicesTable(services),
    variablesTable: variablesTable(app, services),
    publicNames: app.publicVars.map(({ name }) => markdownCode(name)).join(', '),
    decisions: app.decisions
      .map(({ title, why, rule }) => `- **${markdownText(title)}** (${rule}): ${markdownText(why)}`)
      .join('\n'),
    filesTable: filesTable(files, app, paths),
    assumed: services
      .flatMap(({ assumed }) => assumed)
      .map(markdownCode)
      .join(', '),
  }
}

function isTold({ name }: Variable, services: readonly ServiceUse[]): boolean {
  return services.some(({ connection }) => name in connection)
}

function buildCommand(app: AppModel, paths: ArtefactInput['paths']): string {
  const file = dockerfilePath(paths)
  const args = [...app.publicVars, ...(app.buildVars ?? [])].map(({ name }) => ['--build-arg', name])
  const secrets = app.buildSecrets.map(({ id, env, file }) => [
    '--secret',
    env ? `id=${id},env=${env}` : `id=${id},src=${file ?? id}`,
  ])
  return lines(
    ['docker', 'build'],
    [...(file ? [['--file', file]] : []), ...args, ...secrets, ['--tag', app.name, '.']],
  )
}

/** The run that proves what production needs: nothing can be written, no right is left, and the app still serves. */
function runCommand(app: AppModel): string {
  const needsEnv = app.variables.some(
    ({ required, public: isPublic, build }) => required && !isPublic && !build,
  )
  return lines(
    ['docker', 'run', '--rm', '--init'],
    [
      [
        '--read-only',
        '--tmpfs',
        '/tmp',
        ...app.writable.filter((path) => path !== '/tmp').flatMap((path) => ['--tmpfs', path]),
      ],
      ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ['--user', app.user, '--memory', '512m', '--pids-limit', '200'],
      ...(needsEnv ? [['--env-file', '.env']] : []),
      ...(app.port === null ? [] : [['--publish', `127.0.0.1:${app.port}:${app.port}`]]),
      [app.name],
    ],
  )
}

function lines(head: readonly string[], rest: readonly (readonly string[])[]): string {
  return [head, ...rest]
    .map((words, index) => (index ? '  ' : '') + shellLine(words.map(oneLine)))
    .join(' \\\n')
}

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

function variablesTable(app: AppModel, services: readonly ServiceUse[]): string {
  const rows = app.variables.map((variable) => {
    const { name, required, default: own, secret, sources } = variable
    const value =
      own !== undefined && own !== '' && !secret
        ? markdownCode(own.length > 60 ? `${own.slice(0, 57)}...` : own)
        : ''
    const notes = [
      secret && 'secret',
      variable.public ? 'public, at build time' : variable.build && 'at build time',
      isTold(variable, services) && 'set by compose',
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

function filesTable(files: ArtefactInput['files'], app: AppModel, paths: ArtefactInput['paths']): string {
  const rows: Partial<Record<string, [string, string]>> = {
    dockerfile: ['Dockerfile', 'how the image is built'],
    dockerignore: ['.dockerignore', 'what never enters a build'],
    compose: ['compose.yaml', 'the whole system on your machine'],
    ci: ['.github/workflows/docker.yml', 'check, build, test, scan, publish'],
    env: app.env
      ? [app.env.path, 'checks the environment when the app starts']
      : ['.env.example', 'the variables, with samples'],
    docs: ['DOCKER.md', 'this page'],
  }
  return markdownTable(
    ['File', 'What is in it'],
    files.flatMap((id) => {
      const row = rows[id]
      return row ? [[markdownCode(whereIs(id, paths, row[0])), row[1]]] : []
    }),
  )
}

/** Where people have it. A check of another name than ours is that of a project that was another: it goes, or is let go. */
function whereIs(id: ArtefactId, paths: ArtefactInput['paths'], ours: string): string {
  const path = paths[id] ?? ours
  return id === 'env' && basename(path) !== basename(ours) ? ours : path
}
