import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Step } from '../../../src/verify/types.ts'
import { removeTemporaryFolders } from '../../support/fixtures.ts'
import { hasEngine } from '../../support/referees.ts'
import { projectOf, proveSteps } from '../../support/verify.ts'

afterAll(removeTemporaryFolders)

/** A server that does everything right; each test makes one thing of it wrong. */
const SERVER = `import { createServer } from 'node:http'
const server = createServer((request, response) => {
  if (request.url === '/healthz') return void response.end('ok')
  request.resume().on('end', () => response.end('done'))
})
server.listen(process.env.PORT || 3000, () => console.log('listening'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`
const DOCKERFILE = `# syntax=docker/dockerfile:1
FROM node:24-trixie-slim AS runtime
WORKDIR /app
COPY . .
USER 65532:65532
EXPOSE 3000
HEALTHCHECK --interval=1s --timeout=3s --start-period=10s --start-interval=1s \\
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "server.js"]
`
const COMPOSE = `services:
  app:
    build: .
    ports: ["3000"]
`
const manifest = {
  name: 'proof',
  version: '1.0.0',
  type: 'module',
  scripts: { start: 'node server.js' },
}

interface Sample {
  server?: string
  dockerfile?: string
  compose?: string
  more?: Record<string, string>
}

function project({
  server = SERVER,
  dockerfile = DOCKERFILE,
  compose = COMPOSE,
  more = {},
}: Sample = {}): string {
  return projectOf({
    'package.json': JSON.stringify(manifest),
    'package-lock.json': JSON.stringify({
      ...manifest,
      lockfileVersion: 3,
      requires: true,
      packages: { '': {} },
    }),
    'server.js': server,
    Dockerfile: dockerfile,
    'compose.yaml': compose,
    '.dockerignore': '.git\n',
    ...more,
  })
}

const REDIS = `${COMPOSE}    depends_on: { redis: { condition: service_healthy } }
  redis:
    image: redis:8-trixie
    healthcheck: { test: ["CMD-SHELL", "redis-cli ping | grep -q PONG"], interval: 1s, start_period: 10s, start_interval: 1s }
`
/** Asks Redis on a connection of its own, as a client without a pool would. */
const probe = (ready: string, live: string) => `import { connect } from 'node:net'
${SERVER.replace(
  "  if (request.url === '/healthz')",
  `  const down = (yes, no) => {
    const socket = connect(6379, 'redis').on('connect', () => { socket.destroy(); yes() }).on('error', no)
  }
  if (request.url === '/readyz') return void (${ready})
  if (request.url === '/livez') return void (${live})
  if (request.url === '/healthz')`,
)}`
const ASK = "down(() => response.end('ok'), () => { response.statusCode = 503; response.end() })"
const SAY = "response.end('ok')"

describe.skipIf(!hasEngine())('a proof that can fail', { timeout: 10 * 60_000 }, () => {
  it('passes an image that does everything right', async () => {
    const ids = [
      'checks',
      'compose',
      'rebuild',
      'runtime',
      'health',
      'memory',
      'logs',
      'stop',
      'drain',
      'edit',
    ]
    const results = await proveSteps(project(), ids)
    for (const id of [...ids, 'build', 'boot']) expect(results.get(id), id).toMatchObject({ status: 'pass' })
  })

  const bad: {
    step: string
    what: string
    sample: Sample
    says: RegExp
    extra?: (root: string) => Record<string, Step>
  }[] = [
    {
      step: 'checks',
      what: 'a warning of the official checks',
      sample: { dockerfile: DOCKERFILE.replace(' AS runtime', ' as runtime') },
      says: /1 warning/,
    },
    {
      step: 'compose',
      what: 'a compose file that is none',
      sample: { compose: 'services: 5\n' },
      says: /not valid/,
    },
    {
      step: 'build',
      what: 'an instruction that fails',
      sample: { dockerfile: DOCKERFILE.replace('USER ', 'RUN exit 3\nUSER ') },
      says: /./,
    },
    {
      step: 'rebuild',
      what: 'an instruction that runs again',
      sample: {},
      says: /1 of \d instructions ran again/,
      extra: (root) => ({
        build: {
          id: 'touch',
          title: 'A file that changes with every build',
          needs: [],
          run: async () => {
            appendFileSync(join(root, 'stamp.txt'), `${Date.now()}`)
            return { status: 'pass', evidence: '' }
          },
        },
      }),
    },
    {
      step: 'boot',
      what: 'an app that writes beside its code',
      sample: {
        server: `import { writeFileSync } from 'node:fs'\nwriteFileSync('/app/state.json', '{}')\n${SERVER}`,
      },
      says: /ended with 1/,
    },
    {
      step: 'boot',
      what: 'a health check that never passes',
      sample: { dockerfile: DOCKERFILE.replace('/healthz', '/nowhere').replace('r.ok', 'r.status===418') },
      says: /Not healthy/,
    },
    {
      step: 'boot',
      what: 'a server that listens for itself only',
      sample: { server: SERVER.replace('|| 3000,', "|| 3000, '127.0.0.1',") },
      says: /never answered from outside/,
    },
    {
      step: 'runtime',
      what: 'root',
      sample: { dockerfile: DOCKERFILE.replace('USER 65532:65532\n', '') },
      says: /root/,
    },
    {
      step: 'runtime',
      what: 'a user by name',
      sample: { dockerfile: DOCKERFILE.replace('65532:65532', 'node') },
      says: /USER node is a name/,
    },
    {
      step: 'health',
      what: 'an endpoint that fails',
      sample: {
        server: SERVER.replace("return void response.end('ok')", 'return void response.writeHead(500).end()'),
        dockerfile: DOCKERFILE.replace(/HEALTHCHECK[\s\S]*?\n(?=CMD \["node", "server)/, ''),
      },
      says: /answers 500/,
    },
    {
      step: 'health',
      what: 'ready without a look at the database',
      sample: { server: probe(SAY, SAY), compose: REDIS },
      says: /stays well without redis/,
    },
    {
      step: 'health',
      what: 'live that fails with the database',
      sample: { server: probe(ASK, ASK), compose: REDIS },
      says: /every replica would be restarted/,
    },
    {
      step: 'memory',
      what: 'a heap of the host’s size',
      sample: {
        dockerfile: DOCKERFILE.replace('WORKDIR', 'ENV NODE_OPTIONS=--max-old-space-size=8192\nWORKDIR'),
      },
      says: /killed before it collects/,
    },
    {
      step: 'stop',
      what: 'SIGTERM that nobody hears',
      sample: { server: SERVER.replace(/process\.on\('SIGTERM'.*\n/, "process.on('SIGTERM', () => {})\n") },
      says: /Still running 10 s after SIGTERM/,
    },
    {
      step: 'stop',
      what: 'an end with an error',
      sample: { server: SERVER.replace('process.exit(0)', 'process.exit(7)') },
      says: /Ended with 7/,
    },
    {
      step: 'drain',
      what: 'a handler that cuts requests off',
      sample: { server: SERVER.replace('server.close(() => process.exit(0))', 'process.exit(0)') },
      says: /cut off/,
    },
    {
      step: 'edit',
      what: 'dependencies behind the source',
      sample: { dockerfile: DOCKERFILE.replace('USER ', 'RUN npm ci\nUSER ') },
      says: /installs the dependencies again/,
    },
  ]

  it.each(bad)('$step: names $what', async ({ step, sample, says, extra }) => {
    const root = project(sample)
    const results = await proveSteps(root, [step], extra?.(root))
    expect(results.get(step)).toMatchObject({ status: 'fail', evidence: expect.stringMatching(says) })
  })

  it('never calls a thing proven that was not tried', async () => {
    const silent = SERVER.replace("console.log('listening')", '{}').replace(/process\.on\('SIGTERM'.*\n/, '')
    const dockerfile = DOCKERFILE.replace(
      'CMD ["node", "server.js"]',
      'ENTRYPOINT ["/bin/sh", "-c", "node server.js & trap \'kill $!; exit 143\' TERM; wait"]',
    )
    const results = await proveSteps(project({ server: silent, dockerfile }), ['logs', 'drain'])
    expect(results.get('logs')).toMatchObject({ status: 'skipped' })
    expect(results.get('drain')).toMatchObject({ status: 'skipped' })
  })

  it('ready and live that each do their part', async () => {
    const results = await proveSteps(project({ server: probe(ASK, SAY), compose: REDIS }), ['health'])
    expect(results.get('health')).toMatchObject({
      status: 'pass',
      data: { ready: '/readyz', live: '/livez', readyWithout: 503, liveWithout: 200, readyAgain: 200 },
    })
  })
})
