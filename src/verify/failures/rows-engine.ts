import type { Row, Values } from './row.ts'

const first = (found: Values) => Object.values(found).find((text) => text !== '') ?? ''
/** Below the root of a project, as a message names it. */
const base = (path: string) => path.split(/[\\/]/).at(-1) ?? path

/** The engine, the Dockerfile and the compose files themselves. */
export const ENGINE_ROWS: readonly Row[] = [
  {
    id: 'socket-denied',
    line: /permission denied while trying to connect to the (?:Docker daemon socket|docker API)|dial unix \S+: connect: permission denied/i,
    title: 'This user may not talk to the engine',
    fix: 'Join its group: sudo usermod -aG docker "$USER", then log in anew. Or run the engine rootless: dockerd-rootless-setuptool.sh install.',
  },
  {
    id: 'engine-down',
    line: /Cannot connect to the Docker daemon|failed to connect to the docker API|Is the docker daemon running|Cannot connect to Podman|error during connect:/,
    title: 'The engine does not run, or listens elsewhere',
    fix: 'Start it (Docker Desktop, "colima start", "podman machine start", "sudo systemctl start docker"), and look at "docker context ls" and DOCKER_HOST.',
  },
  {
    id: 'buildx-missing',
    line: /BuildKit is enabled but the buildx component is missing|'buildx' is not a docker command|unknown command: docker buildx|buildx: (?:command )?not found/,
    title: 'The Docker program has no buildx',
    fix: 'Install it: package docker-buildx-plugin (Docker’s own repository) or docker-buildx (Debian, Ubuntu, Homebrew).',
  },
  {
    id: 'compose-missing',
    line: /'compose' is not a docker command|unknown (?:command: docker compose|shorthand flag: 'p' in -p)|unknown docker command: "compose/,
    title: 'The Docker program has no compose',
    fix: 'Install it: package docker-compose-plugin (Docker’s own repository) or docker-compose (Debian, Homebrew).',
  },
  {
    id: 'legacy-builder',
    line: /(?:the --\w+ option|--mount) requires BuildKit|BuildKit is currently disabled/,
    title: 'The image is built without BuildKit',
    fix: 'Take DOCKER_BUILDKIT=0 out of the environment, and install buildx where it is missing (package docker-buildx-plugin).',
  },
  {
    id: 'frontend-missing',
    phases: ['build', 'compose'],
    line: /(?:failed to resolve source metadata for|failed to copy:.*|resolve image config for.*) ?(?:docker-image:\/\/)?docker\.io\/(?<image>docker\/dockerfile:[\w.-]+)/,
    title: 'The first line of the Dockerfile names {image}, which the engine can’t fetch',
    fix: 'Let the engine reach Docker Hub (or its mirror), and log in where it asks: docker login. Where it never can, take the "# syntax" line away, if the engine’s BuildKit is 0.20 or later.',
  },
  {
    id: 'frontend-closed',
    phases: ['build', 'compose'],
    line: /frontend grpc server closed unexpectedly|error reading from server: EOF|closing transport due to: connection error|rpc error: code = Unavailable/,
    title: 'The builder ended in the middle of the build',
    fix: 'Run it again. If it stays: the engine is short of memory, or was restarted; look at its log.',
  },
  {
    id: 'engine-network',
    line: /failed to create endpoint .* on network|all predefined address pools have been fully subnetted|could not find an available, non-overlapping IPv4 address pool|iptables.*(?:No chain|failed)/,
    title: 'The engine can’t give the container a network',
    fix: 'Remove networks that nobody uses: docker network prune. If it stays: restart the engine.',
  },
  {
    id: 'old-buildkit',
    phases: ['build', 'compose'],
    line: /dockerfile parse error.*unknown flag: (?<flag>--[\w-]+)|[Uu]nknown flag: (?<other>--(?:link|exclude|chmod|parents|checksum|mount|network|security))\b/,
    values: (found) => ({ option: first(found) }),
    title: 'The builder does not know {option}',
    fix: 'Keep "# syntax=docker/dockerfile:1" as the first line of the Dockerfile, which brings one that does; or mend a misspelt flag.',
  },
  {
    id: 'symbolic-mode',
    phases: ['build', 'compose'],
    line: /Error parsing chmod (?<mode>\S+)|parsing chmod "(?<other>[^"]+)"/,
    values: (found) => ({ mode: first(found) }),
    title: 'This Podman reads no modes of letters: --chmod={mode}',
    fix: 'Update Podman: its builder reads them since the autumn of 2026. Until then, build with Docker, or write --chmod=755 in the Dockerfile: the edit is kept.',
  },
  {
    id: 'dockerfile-missing',
    phases: ['build', 'compose'],
    line: /failed to read dockerfile: open (?<file>\S+): no such file|unable to (?:prepare|evaluate).*Dockerfile/,
    title: 'There is no {file}',
    fix: 'Write it: npx create-prod-docker.',
  },
  {
    id: 'dockerfile-syntax',
    phases: ['build', 'compose'],
    line: /dockerfile parse error on line (?<at>\d+): (?<error>(?!unknown flag).+)/,
    title: 'The Dockerfile can’t be read at line {at}: {error}',
    fix: 'Mend that line; "docker build --check ." says whether it is right.',
  },
  {
    id: 'build-check',
    phases: ['build', 'compose'],
    line: /lint violation found for rules: (?<rules>.+)/,
    title: 'A build check fails: {rules}',
    fix: 'Mend the lines that "docker build --check ." names: the Dockerfile says "# check=error=true".',
  },
  {
    id: 'stage-missing',
    phases: ['build', 'compose'],
    line: /target stage "(?<stage>[^"]+)" could not be found/,
    title: 'The Dockerfile has no stage {stage}',
    fix: 'Name a stage that it has, or run create-prod-docker again: it writes the stages that the compose files name.',
  },
  {
    id: 'copy-missing',
    phases: ['build', 'compose'],
    line: /failed to (?:compute cache key|calculate checksum of ref)(?!.*(?:no space|rpc error)).*"(?<path>\/[^"]*)": not found|COPY failed: .*?(?:stat )?(?<classic>[\w./-]+): (?:no such file|file does not exist)|(?:copier: stat: |checking on sources under .*: )"?(?<podman>[^":]+)"?: no such file/,
    values: (found, { failed }) => {
      const path = first(found)
      const from = /--from=(\S+)/.exec(failed.instruction ?? '')?.[1]
      const local = path.replace(/^\//, '')
      return {
        path: from ? path : local,
        where: from ? `Stage "${from}"` : 'The build context',
        fix: from
          ? 'The build writes somewhere else, or nothing. Name the command that writes it: create-prod-docker --build "<command>"; or the folder, in the COPY line.'
          : /(?:lock|\.lockb)$|lock\.(?:json|yaml)$/.test(local)
            ? `Install once, so that ${local} is written, and commit it; .dockerignore must not exclude it. If it is gone for good, run create-prod-docker again.`
            : `Commit ${local}, or take the line out. If it is there: a line of .dockerignore excludes it, and "!${local}" below that line brings it back.`,
      }
    },
    title: '{where} has no {path}',
    fix: '{fix}',
  },
  {
    id: 'rate-limit',
    line: /toomanyrequests|You have reached your (?:unauthenticated )?pull rate limit|429 Too Many Requests/,
    title: 'The registry has had too many pulls from this address',
    fix: 'Log in, which raises the limit: docker login; or wait an hour.',
  },
  {
    id: 'platform-mismatch',
    line: /no match for platform in manifest|no matching manifest for (?<platform>[\w/]+)|does not (?:match|provide) the (?:specified|detected|host) platform/,
    title: 'The base image does not exist for this processor',
    fix: 'Build for one that it has: docker build --platform linux/amd64 .; or take another base.',
  },
  {
    id: 'exec-format',
    line: /exec format error/,
    title: 'A program is for another processor than the container’s',
    fix: 'Build and run for the same one (--platform linux/amd64 or linux/arm64), and keep node_modules and .venv of your machine out by .dockerignore. A script needs "#!/bin/sh" as its first line.',
  },
  {
    id: 'image-denied',
    line: /(?:failed to resolve source metadata for (?:docker\.io\/(?:library\/)?)?(?<image>[\w./:-]+): )?pull access denied(?: for (?<other>[\w./:-]+))?|failed to (?:authorize|fetch (?:anonymous|oauth) token)|unauthorized: authentication required|denied: requested access to the resource is denied/,
    values: (found) => ({ image: first(found) || 'an image' }),
    title: 'The registry does not give out {image}: it is private, or does not exist',
    fix: 'Log in (docker login <registry>), or mend the name.',
  },
  {
    id: 'registry-unreachable',
    line: /(?:Get|Head|Post) "https:\/\/(?<host>[\w.:-]+)\/(?:v2|token)\b.*(?:dial tcp|i\/o timeout|no such host|TLS handshake|connection refused|context deadline|Client\.Timeout)/,
    title: 'The engine can’t reach the registry {host}',
    fix: 'Try again. If it stays: the engine’s own network, DNS, proxy or mirror is not set up ("docker info" shows the last two).',
  },
  {
    id: 'image-missing',
    line: /(?:failed to resolve source metadata for |ERROR: (?:failed to build: )?failed to solve: )(?:docker\.io\/(?:library\/)?)?(?<image>[\w./-]+(?::[\w.-]+)?)(?:: .*)?: not found$|manifest for (?<manifest>\S+) not found|manifest unknown|(?<short>[\w./-]+:[\w.-]+): (?:manifest unknown|not found: manifest)/,
    values: (found) => {
      const image = first(found)
      const runtime = /^(?:node|python):/.test(image)
      return {
        image: image || 'an image',
        fix: runtime
          ? 'Run create-prod-docker again with a --runtime-version that has an image; "docker buildx imagetools inspect <image>" asks for one.'
          : 'Mend the name or the tag in FROM; "docker buildx imagetools inspect <image>" asks whether it exists.',
      }
    },
    title: 'There is no image {image}',
    fix: '{fix}',
  },
  {
    id: 'disk-full',
    line: /\bENOSPC\b|[Nn]o space left on device|Disk quota exceeded|not enough free space|You don't have enough free space/,
    title: 'The engine’s disk is full',
    fix: 'See what takes it: docker system df. Free the build cache: docker builder prune; images that nothing uses: docker image prune. Or give the engine a larger disk.',
  },
  {
    id: 'port-taken',
    phases: ['boot', 'compose'],
    line: /Bind for \S*?:(?<docker>\d+) failed: port is already allocated|failed to bind host port for \S*?:(?<host>\d+):\S+: address already in use|(?:listen|bind) \S* ?\S*?:(?<listen>\d+): (?:bind: )?address already in use|Ports are not available: .*:(?<desktop>\d+)|rootlessport .*?:(?<podman>\d+)/,
    values: (found) => ({ number: first(found) }),
    title: 'Port {number} of this machine is taken',
    fix: 'Find who has it (docker ps --filter publish={number}; lsof -i :{number}) and stop it, or publish another port in the compose file.',
  },
  {
    id: 'compose-variable',
    phases: ['compose', 'boot'],
    line: /required variable (?<name>\w+) is missing a value(?:: (?<hint>.+))?/,
    title: 'The compose file needs the variable {name}',
    fix: 'Set it in .env beside the compose file: {name}=<value>.',
  },
  {
    id: 'compose-file-missing',
    phases: ['compose', 'boot'],
    line: /bind source path does not exist: (?<bind>\S+)|env file (?<env>\S+) not found|invalid mount config.*?(?<mount>\/\S+)/,
    values: (found) => {
      const file = base(first(found))
      return {
        file,
        fix: /^\.env/.test(file)
          ? `Make it from the sample: cp .env.example ${file}, and fill it in.`
          : `Make the file ${file} where the compose file names it; a secret's holds the value alone.`,
      }
    },
    title: 'The compose file names {file}, which is not there',
    fix: '{fix}',
  },
  {
    id: 'compose-invalid',
    phases: ['compose', 'boot'],
    line: /(?:validating \S*?(?<file>[\w.-]+\.ya?ml): )(?<error>.+)|yaml: (?<yaml>.+)|service "(?<service>[^"]+)" (?:refers to undefined|depends on undefined|has neither)/,
    values: (found) => ({ error: found['error'] || found['yaml'] || `service ${found['service']}` }),
    title: 'The compose file is not valid: {error}',
    fix: 'Mend it; "docker compose config" says whether it is right.',
  },
  {
    id: 'postgres-password',
    phases: ['compose', 'boot'],
    line: /Database is uninitialized and superuser password is not specified/,
    title: 'PostgreSQL has no password to start with',
    fix: 'Set POSTGRES_PASSWORD, or POSTGRES_PASSWORD_FILE with the path of a secret, for its service.',
  },
  {
    id: 'database-version',
    phases: ['compose', 'boot'],
    line: /initialized by PostgreSQL version (?<had>\d+), which is not compatible with this version (?<has>[\d.]+)|database files are incompatible with server|there appears to be PostgreSQL data in/,
    title: 'The volume was written by another major version of the database',
    fix: 'Keep the version that wrote it, or dump and restore: pg_dumpall from the old one, then psql into the new one with an empty volume.',
  },
  {
    id: 'migration-failed',
    phases: ['compose', 'boot'],
    line: /service "(?<service>[^"]+)" didn't complete successfully: exit (?<code>\d+)/,
    general: true,
    title: '{service} ended with code {code}, and what waits for it did not start',
    fix: 'Read what it said: docker compose logs {service}.',
  },
  {
    id: 'service-unhealthy',
    phases: ['compose', 'boot'],
    line: /container (?<container>\S+) (?:is unhealthy|has no healthcheck configured|exited \(\d+\))/,
    general: true,
    values: ({ container = '' }) => ({
      service: /^(?:cpd-[0-9a-f]{8}-)?(.+)-\d+$/.exec(container)?.[1] ?? container,
    }),
    title: '{service} did not become healthy',
    fix: 'Read what it said: docker compose logs {service}. The check is under "healthcheck" in the compose file.',
  },
]
