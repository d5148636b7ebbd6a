/** What the engines' programs are told in different words. Where a row is not here, both understand the same. */
export interface Dialect {
  /** A build into the engine's own images, with plain progress; before `--file`, `--tag`, `--label`, `--target`, `--no-cache`, … */
  build: readonly string[]
  /** Official build checks, before the same; where there are none, `lacks.checks` says so. */
  check: readonly string[]
  /** What a build prints for a step that it had already. */
  cached: RegExp
  /** An image as an archive on standard output. */
  save: readonly string[]
  /** Compose, before its own options. */
  compose: readonly string[]
  /** Runs a container's health check now: for an engine whose own timer may be missing (Podman without systemd). */
  checkHealth: readonly string[] | null
}

export const DIALECTS = {
  docker: {
    // --load: a builder of its own keeps what it builds to itself. Provenance holds times, and no two would be alike.
    build: ['buildx', 'build', '--load', '--provenance=false', '--progress', 'plain'],
    check: ['buildx', 'build', '--check', '--progress', 'plain'],
    cached: /^#\d+ CACHED$/,
    save: ['image', 'save'],
    compose: ['compose'],
    checkHealth: null,
  },
  podman: {
    // Without `--format docker` HEALTHCHECK is dropped; without `--jobs 0` stages wait for each other.
    build: ['build', '--format', 'docker', '--layers', '--jobs', '0'],
    check: [],
    cached: /^--> Using cache /,
    save: ['image', 'save', '--format', 'docker-archive'],
    compose: ['compose'],
    checkHealth: ['healthcheck', 'run'],
  },
} as const satisfies Record<string, Dialect>
