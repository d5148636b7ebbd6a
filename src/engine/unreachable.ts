/** What is known when no server answered. */
export interface Silence {
  program: 'docker' | 'podman'
  /** What the program said. */
  text: string
  /** Where it looked, without a password: `unix:///var/run/docker.sock`. */
  endpoint: string
  /** Who named that place, and what takes that back; null for the one that is there by itself. */
  named: { by: string; undo: string } | null
  platform: NodeJS.Platform
}

interface Row {
  when: RegExp | ((silence: Silence) => boolean)
  say: (found: RegExpMatchArray, silence: Silence) => string
  help: (silence: Silence) => string
}

/** How an engine is got, in a line. */
export const HOW_TO_GET_ONE: Partial<Record<NodeJS.Platform, string>> & { linux: string } = {
  linux:
    'Install Docker Engine (https://docs.docker.com/engine/install) or Podman 5.6 or later, and run this again.',
  darwin:
    'Install Docker Desktop, Rancher Desktop or Colima (`brew install colima docker docker-buildx docker-compose && colima start`), and run this again.',
  win32: 'Install Docker Desktop, Rancher Desktop or Podman Desktop, and run this again.',
}

/** What starts an engine, by a part of its address; the first that fits. */
const STARTS: [part: RegExp, start: string][] = [
  [/\.colima\b|\/colima\//, 'Start it: colima start'],
  [/\.rd\//, 'Start Rancher Desktop.'],
  [/\.orbstack\b/, 'Start it: orb start'],
  [/\.docker\/(run|desktop)|dockerDesktop/, 'Start Docker Desktop.'],
  [/^unix:.*podman/, 'Start it: systemctl --user start podman.socket'],
  [/podman/, 'Start it: podman machine start'],
  [/^unix:\/\/\/run\/user\//, 'Start it: systemctl --user start docker'],
]

const START_ON: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Start it: sudo systemctl start docker',
  darwin: 'Start Docker Desktop, or what runs Docker here: colima start, Rancher Desktop, orb start.',
  win32: 'Start Docker Desktop, or Rancher Desktop.',
}

const start = ({ endpoint, platform }: Silence) =>
  STARTS.find(([part]) => part.test(endpoint))?.[1] ?? START_ON[platform] ?? 'Start it, and run this again.'

const goBack = ({ named }: Silence) =>
  named ? `Start what it names, or go back to the engine here: ${named.undo}` : 'See: docker context ls'

/** The host of `ssh://me@box:22` and `tcp://box:2375`. */
export const hostOf = (endpoint: string) =>
  /^(?:tcp|ssh|https?):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)/.exec(endpoint)?.[1]?.replace(/^\[|\]$/g, '')

/** "DOCKER_HOST names tcp://box:2375, and …" */
const there = ({ named, endpoint, program }: Silence) =>
  named ? `${named.by} names ${endpoint || 'a place'}, and` : `At ${endpoint || `the address of ${program}`}`

const isFar = (endpoint: string) => /^(tcp|ssh|https?):/.test(endpoint)

/** Why no server answered: what the programs print (Docker 20 to 29, Podman 4 to 5) and what it means. First match wins. */
const ROWS: Row[] = [
  {
    when: /could not be found in this WSL|activate the WSL integration/i,
    say: () => 'Docker Desktop is not switched on for this WSL distribution.',
    help: () => 'Switch it on in Docker Desktop: Settings, Resources, WSL integration.',
  },
  {
    when: /context "([^"]*)"(?:: context not found| does not exist)|connection "([^"]*)" not found/,
    say: (found, { program }) =>
      program === 'docker'
        ? `Docker's context "${found[1]}" does not exist.`
        : `Podman's connection "${found[2]}" does not exist.`,
    help: ({ program, named }) =>
      program === 'podman'
        ? 'Those that do: podman system connection list'
        : `Those that do: docker context ls. The engine here: ${named?.undo ?? 'docker context use default'}`,
  },
  {
    when: /client version ([\d.]+) is too old\. Minimum supported API version is ([\d.]+)/,
    say: (found) =>
      `The docker program is too old for its engine: it speaks API ${found[1]}, the engine ${found[2]} and later.`,
    help: () => 'Update the docker program; where DOCKER_API_VERSION is set, unset it.',
  },
  {
    when: /client version ([\d.]+) is too new\. Maximum supported API version is ([\d.]+)/,
    say: (found) =>
      `The engine is too old for the docker program: it speaks API ${found[2]}, the program ${found[1]}.`,
    help: () => 'Update the engine; where DOCKER_API_VERSION is set, unset it.',
  },
  {
    when: /invalid bind address format|unable to parse docker host|unsupported protocol scheme|no helper for/i,
    say: (_, { named, endpoint }) =>
      `${named?.by ?? 'Docker'} names no address that Docker knows: ${endpoint}.`,
    help: () =>
      'Known are unix:///path, tcp://host:port, ssh://user@host and, on Windows, npipe:////./pipe/name.',
  },
  {
    when: /open (\S+\.pem): no such file/,
    say: (found) => `The connection to Docker is asked to use TLS, and ${found[1]} is not there.`,
    help: () =>
      'DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem; without TLS: unset DOCKER_TLS_VERIFY',
  },
  {
    when: /x509:|tls:|HTTP request to an HTTPS server|HTTP response to HTTPS client|bad certificate/i,
    say: (_, silence) => `${there(silence)} the two could not agree on TLS.`,
    help: () => 'See DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or the keys of the context.',
  },
  {
    when: /no such host|could not resolve hostname|name or service not known|server misbehaving/i,
    say: (_, silence) =>
      `${there(silence)} no host of the name ${hostOf(silence.endpoint) ?? silence.endpoint} is known.`,
    help: goBack,
  },
  {
    when: /permission denied \([^)]*(publickey|password)|host key verification failed/i,
    say: (_, silence) => `${there(silence)} ssh did not let us in.`,
    help: ({ endpoint }) =>
      `Try it by hand: ssh ${endpoint.replace(/^ssh:\/\//, '').split('/')[0] || 'host'}`,
  },
  {
    when: /permission denied|access is denied/i,
    say: (_, { endpoint }) => `You may not use Docker's socket${endpoint ? `, ${endpoint}` : ''}.`,
    help: ({ platform }) =>
      platform === 'win32'
        ? 'Add yourself to the group docker-users, and log in again.'
        : 'Join its group (sudo usermod -aG docker "$USER", then log in again), or use rootless Docker or Podman.',
  },
  {
    when: /newuidmap|newgidmap|subuid|subgid|max_user_namespaces|cannot clone: /,
    say: () => 'Podman cannot run without root here: user namespaces are not set up.',
    help: () =>
      'Install uidmap, give yourself ids (sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$USER"), then: podman system migrate',
  },
  {
    when: /manually paused/i,
    say: () => 'Docker Desktop is paused.',
    help: () => 'Resume it in its menu.',
  },
  {
    when: /(500 Internal Server Error|503 Service Unavailable|502 Bad Gateway)/,
    say: () => 'The engine answers, but only with errors: it is starting, or stuck.',
    help: () => 'Wait a moment and run this again, or restart it.',
  },
  {
    when: /404 page not found|malformed HTTP|invalid character|unexpected (?:EOF|end of JSON)/i,
    say: (_, silence) => `${there(silence)} what answers is no container engine.`,
    help: goBack,
  },
  {
    // Somebody else's address: whether it runs cannot be told from here.
    when: ({ named, endpoint }) => isFar(endpoint) || (named?.undo.startsWith('unset') ?? false),
    say: (_, silence) => `${there(silence)} nothing answers${silence.named ? ' there' : ''}.`,
    help: goBack,
  },
  {
    when: /cannot connect to podman/i,
    say: () => 'Podman is installed, but its machine does not answer. Is it running?',
    help: () => 'Start it: podman machine start (the first time: podman machine init)',
  },
  {
    when: /cannot connect to the docker daemon|failed to connect to the docker api|error during connect|connection refused|cannot find the file/i,
    say: () => 'Docker is installed, but its engine does not answer. Is it running?',
    help: start,
  },
]

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** One sentence of why, one of what to do. */
export function explainSilence(silence: Silence): { message: string; hint: string } {
  for (const { when, say, help } of ROWS) {
    const found =
      typeof when === 'function'
        ? when(silence)
          ? ([''] as RegExpMatchArray)
          : null
        : silence.text.match(when)
    if (found) return { message: say(found, silence), hint: help(silence) }
  }
  const last = silence.text.trim().split('\n').at(-1)?.slice(0, 300)
  const name = capital(silence.program)
  return {
    message: last ? `${name} did not answer: ${last}` : `${name} did not answer within ten seconds.`,
    hint: start(silence),
  }
}
