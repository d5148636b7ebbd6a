import { projectOf } from './fixtures.ts'

/** A server that does everything right; each test makes one thing of it wrong. */
export const SERVER = `import { createServer } from 'node:http'
const server = createServer((request, response) => {
  if (request.url === '/healthz') return void response.end('ok')
  request.resume().on('end', () => response.end('done'))
})
server.listen(process.env.PORT || 3000, () => console.log('listening'))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`
export const DOCKERFILE = `# syntax=docker/dockerfile:1
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
  name: 'sound',
  version: '1.0.0',
  type: 'module',
  scripts: { start: 'node server.js' },
}

export interface Sample {
  server?: string
  dockerfile?: string
  compose?: string
  more?: Record<string, string>
}

export function soundApp({
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

export const REDIS = `${COMPOSE}    depends_on: { redis: { condition: service_healthy } }
  redis:
    image: redis:8-trixie
    healthcheck: { test: ["CMD-SHELL", "redis-cli ping | grep -q PONG"], interval: 1s, start_period: 10s, start_interval: 1s }
`
/** Asks Redis on a connection of its own, as a client without a pool would. */
export const probe = (ready: string, live: string) => `import { connect } from 'node:net'
${SERVER.replace(
  "  if (request.url === '/healthz')",
  `  const down = (yes, no) => {
    const socket = connect(6379, 'redis').on('connect', () => { socket.destroy(); yes() }).on('error', no)
  }
  if (request.url === '/readyz') return void (${ready})
  if (request.url === '/livez') return void (${live})
  if (request.url === '/healthz')`,
)}`
export const ASK = "down(() => response.end('ok'), () => { response.statusCode = 503; response.end() })"
export const SAY = "response.end('ok')"

/** One that passes every step; `slow`: its build takes a minute. */
export function goodProject({ redis = false, slow = false } = {}): string {
  return soundApp({
    ...(redis && { server: probe(ASK, SAY), compose: REDIS }),
    ...(slow && { dockerfile: DOCKERFILE.replace('USER ', 'RUN sleep 60\nUSER ') }),
  })
}
