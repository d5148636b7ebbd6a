import type { AppModel, Variable } from '../model.ts'
import type { Session } from './session.ts'

/** The compose stack of one run, with the production image in the app's place. */
export interface Stack {
  /** Of the service that is the app. */
  app: string
  /** What it stands on, directly or not: started with it. */
  services: string[]
  /** Id of the app's container. */
  container: string
  /** `http://127.0.0.1:49153`; null for an app without a port. */
  url: string | null
}

type Json = Record<string, unknown>
export interface ComposeConfig extends Json {
  services?: Record<string, Json>
  volumes?: Record<string, Json | null>
  networks?: Record<string, Json | null>
}

export interface StackPlan {
  document: ComposeConfig
  app: string
  services: string[]
  /** Images that services besides the app are built to: a target of the Dockerfile, or a build of their own. */
  builds: { service: string; image: string; target: string | undefined }[]
  /** Variables that only a person has a value of: their sample stands in. */
  samples: string[]
}

/** What production asks of a container of ours: nothing may be written, no right is left. */
export function restricted(writable: readonly string[], memory = MEMORY_LIMIT): Json {
  return {
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    tmpfs: [...new Set(['/tmp', ...writable])].map((path) => `${path}:mode=1777,size=64m`),
    mem_limit: `${memory}`,
    pids_limit: 200,
  }
}

export const MEMORY_LIMIT = 512 << 20
/** What runs once beside the app, with all its tools: Medusa's migrations take 0.9 GB. */
const JOB_MEMORY_LIMIT = 1 << 30

/** What the app keeps lies on the stack's own volume; where no compose file has one, in memory. */
function onData(volumes: unknown, { data, writable }: Pick<AppModel, 'writable' | 'data'>): Json {
  const kept = ((volumes ?? []) as Json[]).filter(
    ({ type, target }) => type === 'volume' && data !== undefined && target === data,
  )
  return kept.length > 0 || data === undefined
    ? { ...restricted(writable), ...(kept.length > 0 && { volumes: kept }) }
    : restricted([...writable, data])
}

/** Keys of a service that are for development, or would reach what is not this run's own. */
const DROPPED = [
  'build',
  'cap_add',
  'command',
  'container_name',
  'deploy',
  'develop',
  'devices',
  'entrypoint',
  'env_file',
  'healthcheck',
  'init',
  'pid',
  'ports',
  'privileged',
  'profiles',
  'pull_policy',
  'user',
  'volumes',
  'working_dir',
]
/** Where servers keep their data: a folder of the person's that is mounted there must not be written by a proof. */
const DATA_RE = /^\/(var\/lib|data|bitnami|usr\/share\/(elasticsearch|opensearch)\/data)(\/|$)/

/**
 * The stack of `compose.yaml` (as `docker compose config` prints it, values put in) made into one of its own: the image
 * that goes to production instead of the development build, under production's restrictions; other ports, volumes and
 * networks than the person's own stack has, so that both run side by side and none touches the other's data.
 */
export function productionStack(
  config: ComposeConfig,
  options: {
    app: Pick<AppModel, 'processes' | 'development' | 'writable' | 'data' | 'kind' | 'variables'>
    port: number | null
    session: Session
    /** Ports are published for this host only. */
    local: boolean
  },
): StackPlan {
  const { app, port, session } = options
  const samples: Record<string, string> = {}
  /** What a container of ours is told, and what it can't do without. */
  const complete = (environment: Json): Json => {
    const lacking = samplesFor(app.variables, environment)
    Object.assign(samples, lacking)
    return { ...lacking, ...environment }
  }
  const { labels } = session
  const name = appServiceOf(config.services ?? {})
  // A compose file of services alone: the app joins them.
  const all = { ...config.services, [name]: config.services?.[name] ?? {} }
  const builds: StackPlan['builds'] = []
  const services: Record<string, Json> = {}
  for (const service of Object.keys(all)) {
    const theirs = all[service] as Json
    const process = app.processes.find((one) => isServiceOf(service, one.name))
    const build = theirs['build'] as Json | undefined
    const common = { labels, restart: 'no', networks: theirs['networks'] }
    if (service === name || (process && build)) {
      services[service] = {
        ...without(theirs, DROPPED),
        ...common,
        ...onData(theirs['volumes'], app),
        image: session.image('app'),
        environment: complete(
          productionEnvironment(theirs['environment'], app, service === name ? port : null),
        ),
        ...(process && { command: escapeAll(process.command) }),
        ...(process &&
          (process.healthcheck
            ? { healthcheck: { test: ['CMD', ...escapeAll(process.healthcheck)], interval: '2s' } }
            : { healthcheck: { disable: true } })),
        ...(service === name &&
          port !== null && {
            ports: [{ target: port, protocol: 'tcp', ...(options.local && { host_ip: '127.0.0.1' }) }],
          }),
      }
    } else if (build) {
      const image = session.image(service)
      const target = typeof build['target'] === 'string' ? build['target'] : undefined
      builds.push({ service, image, target })
      services[service] = {
        ...without(theirs, ['build', 'container_name', 'develop', 'env_file', 'init', 'ports', 'profiles']),
        ...common,
        ...restricted(app.writable, JOB_MEMORY_LIMIT),
        environment: complete((theirs['environment'] ?? {}) as Json),
        image,
        volumes: safeVolumes(theirs['volumes']),
      }
    } else {
      services[service] = {
        ...without(theirs, ['container_name', 'ports']),
        ...common,
        volumes: safeVolumes(theirs['volumes']),
      }
    }
  }
  return {
    app: name,
    services: Object.keys(all).filter((service) => service !== name),
    builds,
    samples: Object.keys(samples),
    document: {
      ...without(config, ['name']),
      services,
      volumes: ownNames(config.volumes, labels),
      networks: ownNames({ default: null, ...config.networks }, labels),
    },
  }
}

/** Ours is called `app`; in a person's own file it is the one that is built and answers on a port. */
export function appServiceOf(services: Record<string, Json>): string {
  const names = Object.keys(services)
  const built = names.filter((name) => services[name]?.['build'])
  return (
    names.find((name) => name === 'app') ??
    built.find((name) => Array.isArray(services[name]?.['ports'])) ??
    built[0] ??
    'app'
  )
}

/** A process that is called like a service of ours has another name in the compose file. */
export const isServiceOf = (service: string, process: string): boolean =>
  service === process || service === `${process}-process`

/** The stack of an app without a compose file: itself alone. */
export const LONE_APP: ComposeConfig = { services: { app: { build: { context: '.' } } } }

function without(map: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))
}

/** What development adds is taken back; the port is the production one. */
function productionEnvironment(
  environment: unknown,
  app: Pick<AppModel, 'development' | 'kind'>,
  port: number | null,
): Json {
  const kept = Object.entries((environment ?? {}) as Record<string, string>).filter(
    ([key, value]) => key !== 'PORT' && app.development.env[key] !== value,
  )
  return {
    ...Object.fromEntries(kept),
    ...(port !== null && app.kind === 'server' && { PORT: String(port) }),
  }
}

/** The project's samples of what the app ends without, and nobody has said yet; a secret's is no value. */
function samplesFor(variables: readonly Variable[], environment: Json): Record<string, string> {
  return Object.fromEntries(
    variables
      .filter(
        ({ name, required, secret, public: isPublic, default: own, example }) =>
          required && !secret && !isPublic && !own && example && (environment[name] ?? '') === '',
      )
      // A container that listens for itself alone is of no use to anyone.
      .map(({ name, example = '' }) => [
        name,
        escaped(
          /^(?:localhost|127\.0\.0\.1)$/.test(example) && /HOST(?:NAME)?$/.test(name) ? '0.0.0.0' : example,
        ),
      ]),
  )
}

/** Files that a service reads stay, and stay as they are; a person's data stays out of reach. */
function safeVolumes(volumes: unknown): Json[] {
  return ((volumes ?? []) as Json[]).map((volume) => {
    if (volume['type'] !== 'bind') return volume
    const target = String(volume['target'])
    return DATA_RE.test(target) ? { type: 'volume', target } : { ...volume, read_only: true }
  })
}

/** Compose puts the project's name before a volume's or network's key, unless it has a name of its own or is another's. */
function ownNames(map: ComposeConfig['volumes'], labels: Json): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(map ?? {}).map(([key, value]) => [
      key,
      { ...without(value ?? {}, ['name', 'external', 'driver_opts', 'ipam']), labels },
    ]),
  )
}

/** Compose reads `$` in a document; what goes in as text comes out as text. */
const escaped = (text: string) => text.replaceAll('$', '$$$$')
const escapeAll = (argv: readonly string[]) => argv.map(escaped)
