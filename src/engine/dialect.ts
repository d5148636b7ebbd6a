/** What the engines' programs are told in different words. Where a row is not here, both understand the same. */
export interface Dialect {
  /** A build into the engine's own images, with plain progress; before `--file`, `--tag`, `--label`, `--target`, `--no-cache`, … */
  build: readonly string[]
  /** Official build checks, before the same; where there are none, `lacks.checks` says so. */
  check: readonly string[]
  /** An image as an archive on standard output. */
  save: readonly string[]
  /** Runs a container's health check now: for an engine whose own timer may be missing (Podman without systemd). */
  checkHealth: readonly string[] | null
}

export const DIALECTS = {
  docker: {
    // --load: a builder of its own keeps what it builds to itself. Provenance holds times, and no two would be alike.
    build: ['buildx', 'build', '--load', '--provenance=false', '--progress', 'plain'],
    check: ['buildx', 'build', '--check', '--progress', 'plain'],
    save: ['image', 'save'],
    checkHealth: null,
  },
  podman: {
    // Without `--format docker` HEALTHCHECK is dropped; without `--jobs 0` stages wait for each other.
    build: ['build', '--format', 'docker', '--layers', '--jobs', '0'],
    check: [],
    save: ['image', 'save', '--format', 'docker-archive'],
    checkHealth: ['healthcheck', 'run'],
  },
} as const satisfies Record<string, Dialect>
