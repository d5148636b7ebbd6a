import { describe, expect, it } from 'vitest'
import type { Finished, runProgram } from '../../../src/engine/engine.ts'
import { findEngine, gatewayIn } from '../../../src/engine/find.ts'
import { CliError } from '../../../src/errors.ts'

/** What a machine's programs answer: the words after the program, joined; what is not there is not installed. */
type Machine = Record<string, Partial<Finished>>

const CONTEXT = (Host: string, Name = 'default') => ({
  stdout: JSON.stringify([{ Name, Metadata: {}, Endpoints: { docker: { Host, SkipTLSVerify: false } } }]),
})
const VERSION = 'docker version --format {{json .}}'
const INFO = 'docker info --format {{json .}}'

const server = (Version: string, Components = [{ Name: 'Engine' }], Os = 'linux') => ({
  stdout: JSON.stringify({ Client: { Version: '28.2.2' }, Server: { Version, Os, Components } }),
})

const docker: Machine = {
  'docker --version': { stdout: 'Docker version 28.2.2, build e6534b4' },
  [VERSION]: server('28.5.2+dfsg4'),
  [INFO]: {
    stdout: JSON.stringify({
      Name: 'vm',
      OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      SecurityOptions: ['name=seccomp,profile=builtin'],
      MemoryLimit: true,
    }),
  },
  'docker context inspect': CONTEXT('unix:///var/run/docker.sock'),
  'docker buildx version': { stdout: 'github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4' },
  'docker compose version': { stdout: 'Docker Compose version 2.40.3-3' },
}

const podmanInfo = (host = {}, Version = '5.8.6') => ({
  stdout: JSON.stringify({
    host: {
      serviceIsRemote: false,
      security: { rootless: false },
      cgroupControllers: ['cpu', 'memory', 'pids'],
      ...host,
    },
    version: { APIVersion: Version, Version },
  }),
})
const PODMAN = 'podman info --format json'
const podman: Machine = {
  [PODMAN]: podmanInfo(),
  'podman compose version': {
    stdout: 'Docker Compose version v2.40.3',
    stderr: '>>>> Executing external compose provider "/usr/libexec/docker/cli-plugins/docker-compose". <<<<',
  },
  'podman system connection list --format json': { stdout: '[]' },
}

/** The client's answer without a server, as docker prints it, and why. */
const silent = (stderr: string, code = 1): Partial<Finished> => ({
  code,
  stdout: stderr.startsWith('Failed to initialize') ? '' : '{"Client":{"Version":"28.2.2"},"Server":null}',
  stderr,
})

const inDisguise = (machine: Machine): Machine => ({
  'docker --version': { stdout: 'podman version 5.8.6', stderr: 'Emulate Docker CLI using podman.' },
  [VERSION]: { stdout: '{"Client":{"APIVersion":"5.8.6","Version":"5.8.6"}}' },
  ...machine,
})

function find(machine: Machine, env = {}, platform: NodeJS.Platform = 'linux', gateway?: string) {
  const asked: string[] = []
  const run: typeof runProgram = async (program, args) => {
    const words = [program, ...args].join(' ')
    asked.push(words)
    const installed = Object.keys(machine).some((known) => known.startsWith(`${program} `))
    const answer = machine[words] ?? { code: installed ? 1 : 127 }
    const { code = 0, stdout = '', stderr = '' } = answer
    return { code, stdout, stderr, all: `${stdout}\n${stderr}` }
  }
  return findEngine({ env }, { run, platform, gateway: () => gateway }).then(
    ({ info: { dialect, ...info } }) => ({ ...info, dialect: dialect.build[0], asked }),
    (error: unknown) => {
      if (!(error instanceof CliError)) throw error
      return { code: error.code, message: error.message, hint: error.hint }
    },
  )
}

describe('an engine that answers', () => {
  it('is described whole', async () => {
    const { asked, ...info } = (await find(docker)) as { asked: string[] }
    expect(info).toEqual({
      program: 'docker',
      title: 'Docker 28.5.2',
      buildx: '0.29.1',
      compose: '2.40.3',
      rootless: false,
      host: '127.0.0.1',
      remote: false,
      dialect: 'buildx',
      lacks: {},
    })
    expect(asked.some((words) => words.startsWith('podman'))).toBe(false)
  })

  const info = (over: object): Machine => ({
    [INFO]: { stdout: JSON.stringify({ ...JSON.parse(docker[INFO]?.stdout ?? '{}'), ...over }) },
  })
  it.each<[title: string, machine: Machine, host: string]>([
    [
      'Docker 28.5.2 (Docker Desktop)',
      info({ OperatingSystem: 'Docker Desktop', Name: 'docker-desktop' }),
      '127.0.0.1',
    ],
    [
      'Docker 28.5.2 (Colima)',
      {
        ...info({ OperatingSystem: 'Ubuntu 24.04.3 LTS', Name: 'colima' }),
        'docker context inspect': CONTEXT('unix:///Users/me/.colima/default/docker.sock', 'colima'),
      },
      '127.0.0.1',
    ],
    [
      'Docker 28.5.2 (Rancher Desktop)',
      { ...info({ OperatingSystem: 'Alpine Linux v3.22', Name: 'lima-rancher-desktop' }) },
      '127.0.0.1',
    ],
    [
      'Docker 28.5.2 (Rancher Desktop)',
      info({ OperatingSystem: 'Rancher Desktop WSL Distribution' }),
      '127.0.0.1',
    ],
    ['Docker 28.5.2 (OrbStack)', info({ OperatingSystem: 'OrbStack', Name: 'orbstack' }), '127.0.0.1'],
    [
      'Docker 28.5.2 (rootless)',
      info({ SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless', 'name=cgroupns'] }),
      '127.0.0.1',
    ],
    ['Docker 28.5.2 (at docker)', { 'docker context inspect': CONTEXT('tcp://docker:2375') }, 'docker'],
    [
      'Docker 28.5.2 (at build.example.com)',
      { 'docker context inspect': CONTEXT('ssh://me@build.example.com:2222', 'far') },
      'build.example.com',
    ],
    ['Docker 28.5.2 (at fd00::1)', { 'docker context inspect': CONTEXT('tcp://[fd00::1]:2376') }, 'fd00::1'],
    ['Docker 28.5.2', { 'docker context inspect': CONTEXT('tcp://localhost:2375') }, '127.0.0.1'],
    ['Docker 28.5.2', { 'docker context inspect': CONTEXT('npipe:////./pipe/docker_engine') }, '127.0.0.1'],
    ['Docker 28.5.2', { 'docker context inspect': { code: 1 } }, '127.0.0.1'],
    [
      'Podman 5.8.6 (through docker)',
      { [VERSION]: server('5.8.6', [{ Name: 'Podman Engine' }, { Name: 'Conmon' }]) },
      '127.0.0.1',
    ],
  ])('%s', async (title, machine, host) => {
    expect(await find({ ...docker, ...machine })).toMatchObject({
      title,
      host,
      remote: host !== '127.0.0.1',
      rootless: title.includes('rootless'),
    })
  })

  it('is at the gateway for a container that was given its host’s socket', async () => {
    expect(await find(docker, {}, 'linux', '172.17.0.1')).toMatchObject({ host: '172.17.0.1', remote: true })
    const routes =
      'Iface\tDestination\tGateway \tFlags\nlo\t0000007F\t00000000\t0001\neth0\t00000000\t010011AC\t0003\t0\n'
    expect(gatewayIn(routes)).toBe('172.17.0.1')
    expect(gatewayIn('Iface\tDestination\n')).toBeUndefined()
  })

  it.each<[what: string, machine: Machine, lacks: object]>([
    [
      'compose',
      { 'docker compose version': { code: 1, stderr: 'docker: unknown command: docker compose' } },
      {
        compose:
          "Docker Compose is not installed. Install it: the package docker-compose-plugin (Debian and Ubuntu's own: docker-compose-v2).",
      },
    ],
    [
      'new compose',
      { 'docker compose version': { stdout: 'Docker Compose version v2.17.2' } },
      { compose: 'Docker Compose 2.17.2 is too old: the compose files need 2.24 or later.' },
    ],
    [
      'build checks',
      { 'docker buildx version': { stdout: 'github.com/docker/buildx v0.12.1 30feaa1' } },
      { checks: 'Buildx 0.12.1 has no build checks: update it to 0.15 or later.' },
    ],
    [
      'a memory limit',
      info({ MemoryLimit: false }),
      { memory: expect.stringContaining('cannot limit memory') },
    ],
    [
      'nothing: Desktop’s builds',
      { 'docker buildx version': { stdout: 'github.com/docker/buildx v0.29.1-desktop.1 abc' } },
      {},
    ],
    ['nothing: Compose 5', { 'docker compose version': { stdout: 'Docker Compose version v5.3.0' } }, {}],
    [
      'nothing: a build of one’s own',
      { 'docker buildx version': { stdout: 'github.com/docker/buildx v0.0.0+unknown' } },
      {},
    ],
  ])('lacks %s', async (_, machine, lacks) => {
    expect(await find({ ...docker, ...machine })).toMatchObject({ lacks })
    expect(Object.keys(((await find({ ...docker, ...machine })) as { lacks: object }).lacks)).toEqual(
      Object.keys(lacks),
    )
  })
})

describe('Podman', () => {
  it('is taken where there is no docker', async () => {
    expect(await find(podman)).toMatchObject({
      program: 'podman',
      title: 'Podman 5.8.6',
      buildx: null,
      compose: '2.40.3',
      host: '127.0.0.1',
      dialect: 'build',
      lacks: { checks: 'Podman has no build checks: Docker has them.' },
    })
  })

  it('is taken where docker does not answer', async () => {
    const stopped = silent(
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    )
    expect(await find({ ...docker, [VERSION]: stopped, ...podman })).toMatchObject({ program: 'podman' })
  })

  it('is seen behind the word docker', async () => {
    expect(await find(inDisguise(podman))).toMatchObject({ program: 'podman', title: 'Podman 5.8.6' })
    const alone = Object.fromEntries(
      Object.entries(podman).map(([words, it]) => [words.replace(/^podman/, 'docker'), it]),
    )
    expect(await find(inDisguise(alone))).toMatchObject({
      program: 'docker',
      title: 'Podman 5.8.6',
      dialect: 'build',
    })
  })

  const connections = (...known: object[]) => ({
    'podman system connection list --format json': { stdout: JSON.stringify(known) },
  })
  it.each<[title: string, machine: Machine, env: object, host: string]>([
    ['Podman 5.8.6 (rootless)', { [PODMAN]: podmanInfo({ security: { rootless: true } }) }, {}, '127.0.0.1'],
    [
      'Podman 5.8.6',
      {
        [PODMAN]: podmanInfo({ serviceIsRemote: true }),
        ...connections({
          Name: 'podman-machine-default',
          URI: 'ssh://core@127.0.0.1:63733/run/user/1000/podman/podman.sock',
          Default: true,
        }),
      },
      {},
      '127.0.0.1',
    ],
    [
      'Podman 5.8.6 (at box)',
      {
        [PODMAN]: podmanInfo({ serviceIsRemote: true }),
        ...connections(
          { Name: 'a', URI: 'ssh://core@127.0.0.1:1/x', Default: true },
          { Name: 'b', URI: 'ssh://me@box/x', Default: false },
        ),
      },
      { CONTAINER_CONNECTION: 'b' },
      'box',
    ],
    [
      'Podman 5.8.6 (at far)',
      { [PODMAN]: podmanInfo({ serviceIsRemote: true }) },
      { CONTAINER_HOST: 'tcp://far:8080' },
      'far',
    ],
  ])('%s', async (title, machine, env, host) => {
    expect(await find({ ...podman, ...machine }, env)).toMatchObject({
      title,
      host,
      remote: host !== '127.0.0.1',
    })
  })

  it.each<[says: string, machine: Partial<Finished>]>([
    [
      'podman compose has nothing to run: install Docker Compose.',
      {
        code: 125,
        stderr:
          'Error: looking up compose provider failed\n7 errors occurred:\n\t* exec: "docker-compose": executable file not found in $PATH\n\t* exec: "podman-compose": executable file not found in $PATH',
      },
    ],
    [
      'podman compose runs podman-compose here, which does not know all that these files need: install Docker Compose.',
      { stdout: 'podman version 5.4.2\npodman-compose version 1.3.0' },
    ],
    [
      'Docker Compose 2.20.0 is too old: the compose files need 2.24 or later.',
      { stdout: 'Docker Compose version v2.20.0' },
    ],
  ])('lacks compose: %s', async (compose, answer) => {
    expect(await find({ ...podman, 'podman compose version': answer })).toMatchObject({ lacks: { compose } })
  })
})

/** Texts as Docker 28.2, Podman 4.3 and 5.8 print them; those of other systems and versions from their issue trackers. */
const failures: [
  text: string,
  how: { env?: object; endpoint?: string; context?: string; platform?: NodeJS.Platform; code?: number },
  message: string,
  hint: string,
][] = [
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    {},
    'Docker is installed, but its engine does not answer. Is it running?',
    'Start it: sudo systemctl start docker',
  ],
  [
    'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory',
    {},
    'Docker is installed, but its engine does not answer. Is it running?',
    'Start it: sudo systemctl start docker',
  ],
  [
    'Cannot connect to the Docker daemon at unix:///Users/me/.colima/default/docker.sock. Is the docker daemon running?',
    { endpoint: 'unix:///Users/me/.colima/default/docker.sock', context: 'colima', platform: 'darwin' },
    'Docker is installed, but its engine does not answer. Is it running?',
    'Start it: colima start',
  ],
  [
    'Cannot connect to the Docker daemon at unix:///Users/me/.docker/run/docker.sock. Is the docker daemon running?',
    { endpoint: 'unix:///Users/me/.docker/run/docker.sock', context: 'desktop-linux', platform: 'darwin' },
    'Docker is installed, but its engine does not answer. Is it running?',
    'Start Docker Desktop.',
  ],
  [
    'Cannot connect to the Docker daemon at unix:///Users/me/.rd/docker.sock. Is the docker daemon running?',
    { endpoint: 'unix:///Users/me/.rd/docker.sock', context: 'rancher-desktop', platform: 'darwin' },
    'Docker is installed, but its engine does not answer. Is it running?',
    'Start Rancher Desktop.',
  ],
  [
    'error during connect: Get "http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.51/version": open //./pipe/dockerDesktopLinuxEngine: The system cannot find the file specified.',
    { endpoint: 'npipe:////./pipe/dockerDesktopLinuxEngine', context: 'desktop-linux', platform: 'win32' },
    'Docker is installed, but its engine does not answer. Is it running?',
    'Start Docker Desktop.',
  ],
  [
    'Cannot connect to the Docker daemon at unix:///run/user/1000/docker.sock. Is the docker daemon running?',
    { endpoint: 'unix:///run/user/1000/docker.sock', context: 'rootless' },
    'Docker is installed, but its engine does not answer. Is it running?',
    'Start it: systemctl --user start docker',
  ],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied',
    {},
    "You may not use Docker's socket, unix:///var/run/docker.sock.",
    'Join its group (sudo usermod -aG docker "$USER", then log in again), or use rootless Docker or Podman.',
  ],
  [
    'Cannot connect to the Docker daemon at tcp://127.0.0.1:2399. Is the docker daemon running?',
    { env: { DOCKER_HOST: 'tcp://127.0.0.1:2399' }, endpoint: 'tcp://127.0.0.1:2399' },
    'DOCKER_HOST names tcp://127.0.0.1:2399, and nothing answers there.',
    'Start what it names, or go back to the engine here: unset DOCKER_HOST',
  ],
  [
    'Cannot connect to the Docker daemon at unix:///nope.sock. Is the docker daemon running?',
    { env: { DOCKER_HOST: 'unix:///nope.sock' }, endpoint: 'unix:///nope.sock' },
    'DOCKER_HOST names unix:///nope.sock, and nothing answers there.',
    'Start what it names, or go back to the engine here: unset DOCKER_HOST',
  ],
  [
    'Cannot connect to the Docker daemon at tcp://10.0.0.9:2375. Is the docker daemon running?',
    { endpoint: 'tcp://10.0.0.9:2375', context: 'far' },
    'The context "far" names tcp://10.0.0.9:2375, and nothing answers there.',
    'Start what it names, or go back to the engine here: docker context use default',
  ],
  [
    '',
    { endpoint: 'ssh://me@box', context: 'far', code: 124 },
    'The context "far" names ssh://me@box, and nothing answers there.',
    'Start what it names, or go back to the engine here: docker context use default',
  ],
  ['', { code: 124 }, 'Docker did not answer within ten seconds.', 'Start it: sudo systemctl start docker'],
  [
    'error during connect: Get "http://no-such-host.invalid:2375/v1.50/version": dial tcp: lookup no-such-host.invalid on 10.0.0.53:53: no such host',
    {
      env: { DOCKER_HOST: 'tcp://me:secret@no-such-host.invalid:2375' },
      endpoint: 'tcp://me:secret@no-such-host.invalid:2375',
    },
    'DOCKER_HOST names tcp://me@no-such-host.invalid:2375, and no host of the name no-such-host.invalid is known.',
    'Start what it names, or go back to the engine here: unset DOCKER_HOST',
  ],
  [
    'error during connect: Get "http://docker.example.com/v1.50/version": command [ssh -o ConnectTimeout=30 -T -l me -- box docker system dial-stdio] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=me@box: Permission denied (publickey).',
    { env: { DOCKER_HOST: 'ssh://me@box' }, endpoint: 'ssh://me@box' },
    'DOCKER_HOST names ssh://me@box, and ssh did not let us in.',
    'Try it by hand: ssh me@box',
  ],
  [
    'Failed to initialize: unable to resolve docker endpoint: context "nope": context not found: open /home/me/.docker/contexts/meta/ca3704/meta.json: no such file or directory',
    { env: { DOCKER_CONTEXT: 'nope' } },
    'Docker\'s context "nope" does not exist.',
    'Those that do: docker context ls. The engine here: unset DOCKER_CONTEXT',
  ],
  [
    'Failed to initialize: unable to resolve docker endpoint: open /home/me/.docker/ca.pem: no such file or directory',
    {},
    'The connection to Docker is asked to use TLS, and /home/me/.docker/ca.pem is not there.',
    'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem; without TLS: unset DOCKER_TLS_VERIFY',
  ],
  [
    'Failed to initialize: unable to resolve docker endpoint: invalid bind address format: foo://x',
    { env: { DOCKER_HOST: 'foo://x' }, endpoint: 'foo://x' },
    'DOCKER_HOST names no address that Docker knows: foo://x.',
    'Known are unix:///path, tcp://host:port, ssh://user@host and, on Windows, npipe:////./pipe/name.',
  ],
  [
    'Error response from daemon: 404 page not found',
    { env: { DOCKER_HOST: 'tcp://127.0.0.1:5000' }, endpoint: 'tcp://127.0.0.1:5000' },
    'DOCKER_HOST names tcp://127.0.0.1:5000, and what answers is no container engine.',
    'Start what it names, or go back to the engine here: unset DOCKER_HOST',
  ],
  [
    'Error response from daemon: client version 1.12 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version',
    {},
    'The docker program is too old for its engine: it speaks API 1.12, the engine 1.24 and later.',
    'Update the docker program; where DOCKER_API_VERSION is set, unset it.',
  ],
  [
    'Error response from daemon: client version 1.99 is too new. Maximum supported API version is 1.51',
    {},
    'The engine is too old for the docker program: it speaks API 1.51, the program 1.99.',
    'Update the engine; where DOCKER_API_VERSION is set, unset it.',
  ],
  [
    'request returned 500 Internal Server Error for API route and version http://%2F%2F.%2Fpipe%2FdockerDesktopLinuxEngine/v1.51/version, check if the server supports the requested API version',
    { platform: 'win32' },
    'The engine answers, but only with errors: it is starting, or stuck.',
    'Wait a moment and run this again, or restart it.',
  ],
  [
    'panic: something new\nthat nobody knows',
    {},
    'Docker did not answer: that nobody knows',
    'Start it: sudo systemctl start docker',
  ],
]

describe('no engine that answers: a sentence and what to do, exit 2', () => {
  it.each(failures)(
    '%s',
    async (text, {
      env = {},
      endpoint = 'unix:///var/run/docker.sock',
      context,
      platform = 'linux',
      code,
    }, message, hint) => {
      const machine = {
        ...docker,
        [VERSION]: silent(text, code),
        'docker context inspect': CONTEXT(endpoint, context),
      }
      expect(await find(machine, env, platform)).toEqual({ code: 2, message, hint })
    },
  )

  it.each<[platform: NodeJS.Platform, hint: RegExp]>([
    ['linux', /^Install Docker Engine .* or Podman 5\.6 or later/],
    ['darwin', /Colima \(`brew install colima docker docker-buildx docker-compose && colima start`\)/],
    ['win32', /^Install Docker Desktop, Rancher Desktop or Podman Desktop/],
    ['freebsd', /^Install Docker Engine/],
  ])('nothing is installed on %s', async (platform, hint) => {
    expect(await find({}, {}, platform)).toEqual({
      code: 2,
      message: 'No container engine was found.',
      hint: expect.stringMatching(hint),
    })
  })

  it.each<[message: string, machine: Machine, hint: RegExp]>([
    [
      'Docker is here, but not its builder: the plugin buildx is missing, and without it there is no BuildKit.',
      { ...docker, 'docker buildx version': { code: 1, stderr: 'docker: unknown command: docker buildx' } },
      /docker-buildx-plugin/,
    ],
    [
      'Docker 24.0.9 is too old: the files need 25.0 or later.',
      { ...docker, [VERSION]: server('24.0.9') },
      /Update it/,
    ],
    [
      'Docker runs Windows containers, and these are for Linux.',
      { ...docker, [VERSION]: server('28.5.2', [], 'windows') },
      /Switch to Linux containers/,
    ],
    [
      'Here, docker is nerdctl, which verify cannot drive.',
      { ...docker, 'docker --version': { stdout: 'nerdctl version 2.1.2' } },
      /dockerd \(moby\)/,
    ],
    [
      'Docker Desktop is not switched on for this WSL distribution.',
      {
        'docker --version': {
          code: 1,
          stdout: "The command 'docker' could not be found in this WSL 2 distro.",
        },
        [VERSION]: {
          code: 1,
          stdout:
            "\nThe command 'docker' could not be found in this WSL 2 distro.\nWe recommend to activate the WSL integration in Docker Desktop settings.\n",
        },
      },
      /WSL integration/,
    ],
    [
      'Podman 5.4.2 is too old: it cannot build these Dockerfiles (COPY --link), which takes 5.6.',
      { ...podman, [PODMAN]: podmanInfo({}, '5.4.2') },
      /Update it/,
    ],
    [
      'Podman is installed, but its machine does not answer. Is it running?',
      {
        ...podman,
        [PODMAN]: {
          code: 125,
          stdout: 'OS: darwin/arm64\nprovider: applehv\nversion: 5.0.3\n',
          stderr:
            'Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`, or try `podman machine init` and `podman machine start` to manage a new Linux VM\nError: unable to connect to Podman socket: failed to connect: dial tcp 127.0.0.1:63733: connect: connection refused',
        },
      },
      /podman machine start/,
    ],
    [
      'Podman cannot run without root here: user namespaces are not set up.',
      {
        ...podman,
        [PODMAN]: {
          code: 125,
          stderr:
            'Error: command required for rootless mode with multiple IDs: exec: "newuidmap": executable file not found in $PATH',
        },
      },
      /uidmap/,
    ],
  ])('%s', async (message, machine, hint) => {
    expect(await find(machine)).toEqual({ code: 2, message, hint: expect.stringMatching(hint) })
  })

  it('says which of Podman’s connections is not there, or does not answer', async () => {
    const dead = {
      code: 125,
      stderr:
        'Cannot connect to Podman. Please verify your connection to the Linux system\nError: unable to connect to Podman socket: dial tcp 127.0.0.1:1: connect: connection refused',
    }
    expect(await find({ ...podman, [PODMAN]: dead }, { CONTAINER_HOST: 'tcp://127.0.0.1:1' })).toMatchObject({
      message: 'CONTAINER_HOST names tcp://127.0.0.1:1, and nothing answers there.',
    })
    const unknown = { code: 125, stderr: 'Error: read cli flags: connection "nope" not found' }
    expect(await find({ ...podman, [PODMAN]: unknown }, { CONTAINER_CONNECTION: 'nope' })).toMatchObject({
      message: 'Podman\'s connection "nope" does not exist.',
      hint: 'Those that do: podman system connection list',
    })
  })
})

it('stops where it is told to', async () => {
  const reason = new Error('Ctrl-C')
  const run: typeof runProgram = async (_program, _args, { signal } = {}) => {
    signal?.throwIfAborted()
    throw new Error('never')
  }
  await expect(findEngine({ env: {} }, { run, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
