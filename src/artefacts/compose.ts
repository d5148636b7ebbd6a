import { composeText } from '../escape.ts'
import type { AppModel, Argv, Process } from '../model.ts'
import { unmark } from '../render.ts'
import type { ServiceUse } from '../services/types.ts'
import { alias, note, writeYaml, type Yaml, type YamlMap } from '../yaml.ts'
import { appEnvironment, environment, escaped } from './compose-environment.ts'
import { backingService, volumeName } from './compose-services.ts'
import { dockerfilePath } from './paths.ts'
import type { Artefact, ArtefactInput } from './types.ts'

/** `compose.yaml`: the whole system on a developer's machine, with reload on change. Production has a file of its own. */
export const composeArtefact: Artefact = {
  id: 'compose',
  title: 'the whole system on your machine',
  needs: ['dockerfile'],
  group: 'compose',
  facts: ['framework', 'port', 'basePath', 'healthPath', 'services', 'migrations', 'envVars'],
  render: (input) => [
    {
      id: 'compose',
      path: 'compose.yaml',
      kind: 'compose',
      rendered: unmark(`${HEADER}\n${writeYaml(composeFile(input))}\n`),
    },
  ],
}

const HEADER = '# Development: docker compose up --build --watch'

function composeFile(input: ArtefactInput): YamlMap {
  const { app, services } = input
  const shared = environment(app, services)
  const users = 1 + (app.migration ? 1 : 0) + (app.test ? 1 : 0) + app.processes.length
  const isShared = users > 1 && Object.keys(shared).length > 0
  const env: EnvOf = (own) => {
    const all = isShared ? { '<<': alias('environment'), ...own } : { ...shared, ...own }
    return Object.keys(all).length > 0 ? note(all, { rule: 'PD047' }) : undefined
  }
  const volumes = [
    ...(app.data ? [APP_DATA] : []),
    ...services.filter(({ container }) => container.volume).map(volumeName),
  ]
  const secrets = secretsOf(app)
  return {
    name: app.name,
    ...(isShared && {
      'x-environment': note(shared, {
        gap: true,
        anchor: 'environment',
        comment: 'What every container of this app is told.',
        rule: 'PD047',
      }),
    }),
    services: note(
      {
        app: appService(input, env),
        ...Object.fromEntries(
          app.processes.map((process) => [
            processName(process, services),
            note(processService(input, process, env), { gap: true }),
          ]),
        ),
        ...(app.migration && {
          migrate: note(migrateService(input, env), {
            gap: true,
            comment: 'Runs once, before the app starts.',
            rule: 'PD048',
          }),
        }),
        ...(app.test && {
          test: note(testService(input, env), {
            gap: true,
            comment: 'docker compose run --rm --build test',
          }),
        }),
        ...Object.fromEntries(services.map((use) => [use.id, note(backingService(use), { gap: true })])),
      },
      { gap: true },
    ),
    ...(volumes.length > 0 && {
      volumes: note(Object.fromEntries(volumes.map((name) => [name, {}])), {
        gap: true,
        comment: 'Kept by `docker compose down`, dropped by `docker compose down --volumes`.',
      }),
    }),
    ...(secrets.length > 0 && {
      secrets: note(
        Object.fromEntries(
          secrets.map(({ id, env: from, file }) => [
            id,
            from ? { environment: from } : { file: composeText(file ?? `./${id}`) },
          ]),
        ),
        { gap: true, comment: 'For the build only: mounted while it runs, in no layer.', rule: 'PD019' },
      ),
    }),
  }
}

const APP_DATA = 'app-data'

/** The app's own files, for each container that works on them. */
const ownData = ({ data }: AppModel): Yaml | undefined =>
  data ? note([`${APP_DATA}:${data}`], { rule: 'PD043' }) : undefined

type EnvOf = (own: Record<string, Yaml>) => Yaml | undefined

const command = (argv: Argv) => argv.map(composeText)

/** What the build alone needs, the targets here do not: but for migrations that run in its stage. */
function secretsOf({ buildSecrets, stages }: AppModel, target = 'migrate') {
  const builds = stages.some(({ name, from }) => name === target && from.includes('build'))
  return buildSecrets.filter(({ step }) => !step || builds)
}

function build({ app, paths }: ArtefactInput, target: string): Yaml {
  const dockerfile = dockerfilePath(paths)
  const secrets = secretsOf(app, target)
  return {
    context: '.',
    ...(dockerfile !== undefined && { dockerfile }),
    target,
    ...(secrets.length > 0 && { secrets: secrets.map(({ id }) => id) }),
  }
}

function appService(input: ArtefactInput, env: EnvOf): YamlMap {
  const { app, services } = input
  const { development } = app
  const port = development.port ?? app.port
  return {
    build: build(input, 'dev'),
    init: true,
    ports:
      port === null
        ? undefined
        : note([`127.0.0.1:\${PORT:-${port}}:${port}`], {
            rule: 'PD040',
            comment: 'On this machine only; PORT in .env moves it.',
          }),
    environment: env(appEnvironment(app)),
    env_file: note(envFiles(app), { comment: 'Your own values, where you have some.' }),
    volumes: ownData(app),
    depends_on: dependsOn(services, app.migration !== null),
    healthcheck: healthcheck(app.healthcheck),
    develop: { watch: watch(app, development.action) },
  }
}

/** A process may be called like a service (`redis`), or like one of ours. */
function processName({ name }: Process, services: readonly ServiceUse[]): string {
  return ['app', 'migrate', 'test', ...services.map(({ id }) => id)].includes(name) ? `${name}-process` : name
}

function processService(input: ArtefactInput, process: Process, env: EnvOf): YamlMap {
  const { app, services } = input
  return {
    build: build(input, 'dev'),
    command: command(process.devCommand),
    init: true,
    environment: env(escaped(app.development.env)),
    env_file: envFiles(app),
    volumes: ownData(app),
    depends_on: dependsOn(services, app.migration !== null),
    healthcheck: healthcheck(process.healthcheck ?? null),
    develop: { watch: watch(app, 'sync+restart') },
  }
}

function migrateService(input: ArtefactInput, env: EnvOf): YamlMap {
  const { app, services } = input
  return {
    build: build(input, 'migrate'),
    environment: env(escaped(app.migration?.env ?? {})),
    env_file: envFiles(app),
    volumes: ownData(app),
    depends_on: dependsOn(
      services.filter(({ kind }) => kind === 'database'),
      false,
    ),
  }
}

function testService(input: ArtefactInput, env: EnvOf): YamlMap {
  const { services } = input
  return {
    profiles: ['test'],
    build: build(input, 'test'),
    // No .env: the tests see here what they see in the pipeline.
    environment: env({}),
    depends_on: dependsOn(services, false),
  }
}

/** A later one overrules an earlier one. */
const envFiles = ({ development }: AppModel): Yaml =>
  ['.env', ...(development.envFiles ?? [])].map((path) => ({ path, required: false }))

function dependsOn(services: readonly ServiceUse[], migrates: boolean): Yaml | undefined {
  if (services.length === 0 && !migrates) return undefined
  return note(
    {
      ...Object.fromEntries(services.map(({ id }) => [id, { condition: 'service_healthy' }])),
      ...(migrates && { migrate: { condition: 'service_completed_successfully' } }),
    },
    { rule: 'PD042' },
  )
}

function healthcheck(probe: Argv | null): Yaml | undefined {
  if (!probe) return undefined
  return note(
    {
      test: ['CMD', ...command(probe)],
      interval: '30s',
      timeout: '10s',
      retries: 3,
      start_period: '120s',
      start_interval: '1s',
    },
    { rule: 'PD041' },
  )
}

function watch(app: AppModel, action: 'sync' | 'sync+restart'): Yaml {
  const { workdir, ignore, rebuild } = app.development
  return [
    {
      action: note(action, { rule: 'PD044' }),
      path: '.',
      target: workdir,
      ...(ignore.length > 0 && {
        ignore: note(ignore.map(composeText), { comment: 'The container has its own.' }),
      }),
    },
    ...rebuild.map((path) => ({ action: 'rebuild', path: composeText(path) })),
  ]
}
