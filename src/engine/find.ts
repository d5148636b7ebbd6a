import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { CliError, EXIT } from '../errors.ts'
import type { Io } from '../io.ts'
import { DIALECTS } from './dialect.ts'
import { Engine, type EngineInfo, type Finished, runProgram } from './engine.ts'
import { explainSilence, HOW_TO_GET_ONE, hostOf } from './unreachable.ts'

interface Options {
  signal?: AbortSignal
  /** For tests: what runs programs, and where. */
  run?: typeof runProgram
  platform?: NodeJS.Platform
  gateway?: typeof gatewayToEngine
}

type Ask = (program: string, ...args: string[]) => Promise<Finished>
type Found = { info: EngineInfo } | { problem: CliError | null }

/** What the generated files need; older ones are told apart here, not by an error in the middle. */
const NEEDS = {
  /** HEALTHCHECK --start-interval, API 1.44. */
  docker: '25.0',
  /** COPY --link came with Buildah 1.41. */
  podman: '5.6',
  /** `docker build --check`. */
  buildx: '0.15',
  /** `env_file.required`; `develop.watch` is 2.22, `start_interval` 2.20.2. */
  compose: '2.24',
}

/** A dead ssh context must not hang. */
const PATIENCE = 10_000

/**
 * The engine that this person's `docker` reaches, whichever that is, else Podman. Contexts, DOCKER_CONTEXT and DOCKER_HOST are
 * docker's own business: it is asked.
 */
export async function findEngine({ env }: Pick<Io, 'env'>, options: Options = {}): Promise<Engine> {
  const { signal, run = runProgram, platform = process.platform, gateway = gatewayToEngine } = options
  const ask: Ask = (program, ...args) =>
    run(program, args, { env, timeout: PATIENCE, ...(signal ? { signal } : {}) })
  const docker = await askDocker(ask, env, platform, gateway)
  if ('info' in docker) return new Engine(docker.info, env)
  const podman = await askPodman('podman', ask, env, platform)
  if ('info' in podman) return new Engine(podman.info, env)
  throw (
    docker.problem ??
    podman.problem ??
    failure('No container engine was found.', HOW_TO_GET_ONE[platform] ?? HOW_TO_GET_ONE.linux)
  )
}

const failure = (message: string, hint: string) => new CliError(message, { code: EXIT.usage, hint })

async function askDocker(
  ask: Ask,
  env: Io['env'],
  platform: NodeJS.Platform,
  gateway: typeof gatewayToEngine,
): Promise<Found> {
  const [name, version, details, context, buildx, compose] = await Promise.all([
    ask('docker', '--version'),
    ask('docker', 'version', '--format', '{{json .}}'),
    ask('docker', 'info', '--format', '{{json .}}'),
    ask('docker', 'context', 'inspect'),
    ask('docker', 'buildx', 'version'),
    ask('docker', 'compose', 'version'),
  ])
  if (name.code === 127) return { problem: null }
  // A program of another name behind the word `docker`: podman-docker, nerdctl's alias.
  if (/^podman\b/im.test(name.stdout)) {
    const podman = await askPodman('podman', ask, env, platform)
    return 'info' in podman || podman.problem ? podman : askPodman('docker', ask, env, platform)
  }
  if (/^nerdctl\b/im.test(name.stdout))
    return {
      problem: failure(
        'Here, docker is nerdctl, which verify cannot drive.',
        'In Rancher Desktop choose the engine dockerd (moby); elsewhere install Docker or Podman.',
      ),
    }

  const { Server: server } = read<DockerVersion>(version.stdout)
  const about = read<DockerInfo>(details.stdout)
  const [{ Name: contextName, Endpoints } = {} as DockerContext] = read<DockerContext[]>(context.stdout, [])
  const endpoint = withoutPassword(Endpoints?.docker?.Host ?? env['DOCKER_HOST'] ?? '')
  if (!server?.Version || version.code !== 0) {
    const text = `${version.stderr}\n${version.stdout.startsWith('{') ? '' : version.stdout}`
    const named = env['DOCKER_HOST']
      ? { by: 'DOCKER_HOST', undo: 'unset DOCKER_HOST' }
      : env['DOCKER_CONTEXT']
        ? { by: `The context "${env['DOCKER_CONTEXT']}"`, undo: 'unset DOCKER_CONTEXT' }
        : contextName && contextName !== 'default'
          ? { by: `The context "${contextName}"`, undo: 'docker context use default' }
          : null
    const { message, hint } = explainSilence({ program: 'docker', text, endpoint, named, platform })
    return { problem: failure(message, hint) }
  }
  if (server.Os === 'windows')
    return {
      problem: failure(
        'Docker runs Windows containers, and these are for Linux.',
        'In the menu of Docker Desktop: Switch to Linux containers.',
      ),
    }
  const isPodman = server.Components?.some(({ Name }) => Name === 'Podman Engine') ?? false
  const needed = isPodman ? NEEDS.podman : NEEDS.docker
  const title = `${isPodman ? 'Podman' : 'Docker'} ${plain(server.Version)}`
  if (isOlder(server.Version, needed))
    return {
      problem: failure(
        `${title} is too old: the files need ${needed} or later.`,
        'Update it, and run this again.',
      ),
    }
  const buildxVersion = buildx.code === 0 ? versionIn(buildx.stdout) : null
  if (!buildxVersion)
    return {
      problem: failure(
        'Docker is here, but not its builder: the plugin buildx is missing, and without it there is no BuildKit.',
        PLUGIN('buildx', platform),
      ),
    }

  const outside = /^(tcp|ssh|https?):/.test(endpoint) ? hostOf(endpoint) : gateway(about.Name)
  const local = !outside || /^(localhost|127\.[\d.]+|::1)$/.test(outside)
  const rootless = about.SecurityOptions?.some((one) => /\bname=rootless\b/.test(one)) ?? false
  const composeVersion = compose.code === 0 ? versionIn(compose.stdout) : null
  const lacks: EngineInfo['lacks'] = {}
  if (isOlder(buildxVersion, NEEDS.buildx))
    lacks.checks = `Buildx ${plain(buildxVersion)} has no build checks: update it to ${NEEDS.buildx} or later.`
  if (!composeVersion) lacks.compose = `Docker Compose is not installed. ${PLUGIN('compose', platform)}`
  else if (isOlder(composeVersion, NEEDS.compose)) lacks.compose = oldCompose(composeVersion)
  if (about.MemoryLimit === false) lacks.memory = NO_MEMORY_LIMIT
  const kind = [
    isPodman ? 'through docker' : flavour(about, endpoint),
    rootless ? 'rootless' : '',
    local ? '' : `at ${outside}`,
  ].filter(Boolean)
  return {
    info: {
      program: 'docker',
      title: kind.length > 0 ? `${title} (${kind.join(', ')})` : title,
      buildx: plain(buildxVersion),
      compose: composeVersion && plain(composeVersion),
      rootless,
      host: local ? '127.0.0.1' : outside,
      remote: !local,
      dialect: DIALECTS.docker,
      lacks,
    },
  }
}

async function askPodman(
  program: 'docker' | 'podman',
  ask: Ask,
  env: Io['env'],
  platform: NodeJS.Platform,
): Promise<Found> {
  const [details, compose, connections] = await Promise.all([
    ask(program, 'info', '--format', 'json'),
    ask(program, 'compose', 'version'),
    ask(program, 'system', 'connection', 'list', '--format', 'json'),
  ])
  if (details.code === 127) return { problem: null }
  const { host, version } = read<PodmanInfo>(details.stdout)
  const known = read<PodmanConnection[]>(connections.stdout, [])
  const wanted = env['CONTAINER_CONNECTION']
  const endpoint = withoutPassword(
    env['CONTAINER_HOST'] ??
      known.find(({ Name, Default }) => (wanted ? Name === wanted : Default))?.URI ??
      '',
  )
  if (details.code !== 0 || !host || !version) {
    const by = env['CONTAINER_HOST'] ? 'CONTAINER_HOST' : wanted ? 'CONTAINER_CONNECTION' : null
    const named = by && { by, undo: `unset ${by}` }
    const { message, hint } = explainSilence({
      program: 'podman',
      text: details.stderr,
      endpoint,
      named,
      platform,
    })
    return { problem: failure(message, hint) }
  }
  const title = `Podman ${plain(version.Version)}`
  if (isOlder(version.Version, NEEDS.podman))
    return {
      problem: failure(
        `${title} is too old: it cannot build these Dockerfiles (COPY --link), which takes ${NEEDS.podman}.`,
        'Update it, or install Docker.',
      ),
    }
  const outside = host.serviceIsRemote ? hostOf(endpoint) : undefined
  const local = !outside || /^(localhost|127\.[\d.]+|::1)$/.test(outside)
  const rootless = host.security?.rootless ?? false
  const lacks: EngineInfo['lacks'] = { checks: 'Podman has no build checks: Docker has them.' }
  const composeVersion = /Docker Compose version (\S+)/.exec(compose.stdout)?.[1] ?? null
  if (!composeVersion)
    lacks.compose = /^podman-compose version/m.test(compose.stdout)
      ? 'podman compose runs podman-compose here, which does not know all that these files need: install Docker Compose.'
      : 'podman compose has nothing to run: install Docker Compose.'
  else if (isOlder(composeVersion, NEEDS.compose)) lacks.compose = oldCompose(composeVersion)
  if (host.cgroupControllers && !host.cgroupControllers.includes('memory')) lacks.memory = NO_MEMORY_LIMIT
  const kind = [rootless ? 'rootless' : '', local ? '' : `at ${outside}`].filter(Boolean)
  return {
    info: {
      program,
      title: kind.length > 0 ? `${title} (${kind.join(', ')})` : title,
      buildx: null,
      compose: composeVersion && plain(composeVersion),
      rootless,
      host: local ? '127.0.0.1' : outside,
      remote: !local,
      dialect: DIALECTS.podman,
      lacks,
    },
  }
}

const PLUGIN = (name: 'buildx' | 'compose', platform: NodeJS.Platform) =>
  platform === 'linux'
    ? `Install it: the package docker-${name}-plugin (Debian and Ubuntu's own: docker-${name}${name === 'compose' ? '-v2' : ''}).`
    : platform === 'darwin'
      ? `Install it: brew install docker-${name}, and do what it prints at the end.`
      : 'It comes with Docker Desktop and Rancher Desktop.'

const oldCompose = (version: string) =>
  `Docker Compose ${plain(version)} is too old: the compose files need ${NEEDS.compose} or later.`
const NO_MEMORY_LIMIT =
  'This engine cannot limit memory: without root that takes cgroups v2, with the memory controller delegated.'

/** Whose engine it is, by what they call their machines. */
const FLAVOURS: [title: string, of: RegExp][] = [
  ['Docker Desktop', /^Docker Desktop$|dockerDesktop|\.docker\/(run|desktop)\//m],
  ['Colima', /^colima(-|$)|\/\.?colima\//m],
  ['Rancher Desktop', /rancher-desktop|Rancher Desktop|\/\.rd\//],
  ['OrbStack', /OrbStack|\/\.orbstack\//i],
]

const flavour = ({ OperatingSystem = '', Name = '' }: DockerInfo, endpoint: string) =>
  FLAVOURS.find(([, of]) => of.test(`${OperatingSystem}\n${Name}\n${endpoint}`))?.[0] ?? ''

/**
 * In a container that was given its host's socket (a CI job, a dev container), ports answer at the host's address. The engine's
 * name is the host's; where it is ours too (an engine in this container, or the host's network), nothing is between.
 */
function gatewayToEngine(engine: string | undefined): string | undefined {
  if (!engine || engine === hostname() || !existsSync('/.dockerenv')) return undefined
  try {
    return gatewayIn(readFileSync('/proc/net/route', 'utf8'))
  } catch {
    return undefined
  }
}

/** Of the kernel's table of routes: addresses are hexadecimal, the last byte first. */
export function gatewayIn(routes: string): string | undefined {
  const hex = /^\S+\s+00000000\s+([0-9A-F]{8})\s/m.exec(routes)?.[1]
  return hex
    ?.match(/../g)
    ?.reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')
}

function read<T extends object>(json: string, otherwise: T = {} as T): T {
  try {
    return (JSON.parse(json) as T | null) ?? otherwise
  } catch {
    return otherwise
  }
}

const withoutPassword = (endpoint: string) => endpoint.replace(/^(\w+:\/\/[^@/:]*):[^@/]*@/, '$1@')
const versionIn = (text: string) => /\bv?(\d+\.\d+[\w.+-]*)/.exec(text)?.[1] ?? null
/** 28.5.2 of `v28.5.2+dfsg4-1`. */
const plain = (version: string) => /\d+(\.\d+)*/.exec(version)?.[0] ?? version

/** A version without numbers, or 0.0.0, is a build of somebody's own: taken as new. */
function isOlder(version: string, than: string): boolean {
  const [have, need] = [plain(version), than].map((one) => one.split('.').map(Number)) as [number[], number[]]
  if (have.some(Number.isNaN) || have.every((part) => part === 0)) return false
  const [major = 0, minor = 0] = have
  const [wantedMajor = 0, wantedMinor = 0] = need
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}

interface DockerVersion {
  Server?: { Version?: string; Os?: string; Components?: { Name: string }[] } | null
}
interface DockerInfo {
  Name?: string
  OperatingSystem?: string
  SecurityOptions?: string[] | null
  MemoryLimit?: boolean
}
interface DockerContext {
  Name?: string
  Endpoints?: { docker?: { Host?: string } }
}
interface PodmanInfo {
  host?: { serviceIsRemote?: boolean; security?: { rootless?: boolean }; cgroupControllers?: string[] | null }
  version?: { Version: string }
}
interface PodmanConnection {
  Name: string
  URI: string
  Default: boolean
}
