/**
 * Every version, tag and action SHA that is ever written, in one dated file. Templates and rows name a key, never a tag.
 * No digest stands here: a digest is only ever one that a registry gave.
 */
export const DATA_DATE = '2026-11-21'

export interface Runtime {
  /** Versions with an official image that still get fixes, oldest first, with the day on which that ends. */
  supported: Readonly<Record<string, string>>
  /** What a project that says nothing gets. */
  default: string
}

export const RUNTIMES = {
  // https://github.com/nodejs/Release: even lines only; 20 and 25 are gone from the official images.
  node: { supported: { '22': '2027-04-30', '24': '2028-04-30', '26': '2029-04-30' }, default: '24' },
  // https://devguide.python.org/versions: 3.10 ended on 2026-10-31.
  python: {
    supported: { '3.11': '2027-10-31', '3.12': '2028-10-31', '3.13': '2029-10-31', '3.14': '2030-10-31' },
    default: '3.13',
  },
} as const satisfies Record<string, Runtime>

/** The Debian release of every image that has one in its tag. */
export const DEBIAN = { codename: 'trixie', version: '13' } as const

export const IMAGES = {
  // renovate: datasource=docker depName=docker/dockerfile
  frontend: 'docker/dockerfile:1',
  node: (major: string) => `node:${major}-${DEBIAN.codename}-slim`,
  nodeDistroless: (major: string) => `gcr.io/distroless/nodejs${major}-debian${DEBIAN.version}:nonroot`,
  python: (minor: string) => `python:${minor}-slim-${DEBIAN.codename}`,
  // renovate: datasource=docker depName=oven/bun
  bun: (version: string) => `oven/bun:${version}-slim`,
  // renovate: datasource=docker depName=ghcr.io/astral-sh/uv
  uv: (version: string) => `ghcr.io/astral-sh/uv:${version}`,
  // Debian, not Alpine: the variant that this project builds and boots in its own tests.
  // renovate: datasource=docker depName=nginxinc/nginx-unprivileged
  nginx: `nginxinc/nginx-unprivileged:1.30-${DEBIAN.codename}`,
  // renovate: datasource=docker depName=postgres
  postgres: `postgres:18-${DEBIAN.codename}`,
  // renovate: datasource=docker depName=pgvector/pgvector
  pgvector: `pgvector/pgvector:pg18-${DEBIAN.codename}`,
  // renovate: datasource=docker depName=postgis/postgis
  postgis: 'postgis/postgis:18-3.6',
  // renovate: datasource=docker depName=mysql
  mysql: 'mysql:8.4',
  // renovate: datasource=docker depName=mariadb
  mariadb: 'mariadb:11.8',
  // renovate: datasource=docker depName=mongo
  mongodb: 'mongo:8.0',
  // renovate: datasource=docker depName=redis
  redis: `redis:8-${DEBIAN.codename}`,
  // renovate: datasource=docker depName=valkey/valkey
  valkey: `valkey/valkey:9-${DEBIAN.codename}`,
  // renovate: datasource=docker depName=rabbitmq
  rabbitmq: 'rabbitmq:4-management',
  // renovate: datasource=docker depName=apache/kafka
  kafka: 'apache/kafka:4.1.0',
  // renovate: datasource=docker depName=elasticsearch
  elasticsearch: 'elasticsearch:9.5.2',
  // renovate: datasource=docker depName=opensearchproject/opensearch
  opensearch: 'opensearchproject/opensearch:3.3.0',
  // renovate: datasource=docker depName=nats
  nats: 'nats:2-alpine',
  // renovate: datasource=docker depName=memcached
  memcached: `memcached:1.6-${DEBIAN.codename}`,
  // renovate: datasource=docker depName=rustfs/rustfs
  s3: 'rustfs/rustfs:1.0.0-rc.3',
  // renovate: datasource=docker depName=axllent/mailpit
  smtp: 'axllent/mailpit:v1.30',
} as const

/** Package managers and tools installed into a build stage when the project pins none. Newest of the line seen on DATA_DATE. */
/** The npm that a Node.js image carries, where it is not the newest. */
export const NODE_NPM: Readonly<Record<string, string>> = { '22': '10' }

export const TOOLS = {
  npm: '11',
  pnpm: '10',
  yarnBerry: '4',
  bun: '1.4',
  uv: '0.13.8',
  poetry: '2.5.1',
  poetryExport: '1.10.1',
  pdm: '2.29.3',
  pipenv: '2026.10.3',
  gunicorn: '27.0.1',
  uvicorn: '0.54.0',
  waitress: '3.0.2',
  daphne: '4.2.3',
  hypercorn: '0.18.0',
  granian: '2.8.7',
} as const

/** GitHub actions by commit. The comment that goes with a SHA is its exact tag: zizmor compares the two. */
export const ACTIONS = {
  checkout: { uses: 'actions/checkout', sha: '3d3c42e5aac5ba805825da76410c181273ba90b1', tag: 'v7.0.1' },
  setupBuildx: {
    uses: 'docker/setup-buildx-action',
    sha: '37fe631027851001ddb9b187196cc803df7f5f0e',
    tag: 'v4.3.0',
  },
  setupQemu: {
    uses: 'docker/setup-qemu-action',
    sha: '96fe6ef7f33517b61c61be40b68a1882f3264fb8',
    tag: 'v4.2.0',
  },
  login: { uses: 'docker/login-action', sha: 'dbcb813823bdd20940b903addbd779551569679f', tag: 'v4.6.0' },
  metadata: {
    uses: 'docker/metadata-action',
    sha: 'dc802804100637a589fabce1cb79ff13a1411302',
    tag: 'v6.2.0',
  },
  buildPush: {
    uses: 'docker/build-push-action',
    sha: '53b7df96c91f9c12dcc8a07bcb9ccacbed38856a',
    tag: 'v7.3.0',
  },
  trivy: {
    uses: 'aquasecurity/trivy-action',
    sha: 'ed142fd0673e97e23eac54620cfb913e5ce36c25',
    tag: 'v0.36.0',
  },
  grype: { uses: 'anchore/scan-action', sha: 'e1165082ffb1fe366ebaf02d8526e7c4989ea9d2', tag: 'v7.4.0' },
  uploadSarif: {
    uses: 'github/codeql-action/upload-sarif',
    sha: '8aad20d150bbac5944a9f9d289da16a4b0d87c1e',
    tag: 'v4.36.2',
  },
  cosign: {
    uses: 'sigstore/cosign-installer',
    sha: '6f9f17788090df1f26f669e9d70d6ae9567deba6',
    tag: 'v4.1.2',
  },
} as const

/** What the pinned actions download, pinned too. */
export const ACTION_TOOLS = { trivy: 'v0.74.0', cosign: 'v3.1.2' } as const
