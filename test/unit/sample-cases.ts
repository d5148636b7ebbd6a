import type { ArtefactInput } from '../../src/artefacts/types.ts'
import { SERVICES } from '../../src/services/index.ts'
import { HOSTILE, sampleApp, sampleInput, variable } from './sample-app.ts'

const { development } = sampleApp()
const migration = {
  tool: 'prisma',
  title: 'Prisma',
  command: ['npx', 'prisma', 'migrate', 'deploy'],
  env: { PRISMA_HIDE_UPDATE_MESSAGE: '1' },
}
const worker = {
  name: 'worker',
  command: ['node', 'dist/worker.js'],
  devCommand: ['node', '--watch', 'src/worker.js'],
  healthcheck: ['node', 'dist/ping.js'],
}
const test = { command: ['npm', 'test'] }
const buildSecrets = [
  { id: 'npm_token', env: 'NPM_TOKEN' },
  { id: 'npmrc', file: '.npmrc' },
]
const url = variable('VITE_API_URL', { public: true, default: 'https://api.example.com' })
const hostile = variable('VITE_X', { public: true, default: HOSTILE })

/** Apps that differ in all that a file may depend on. */
export const SAMPLES: Record<string, ArtefactInput> = {
  'a plain server': sampleInput(),
  'a worker without a port': sampleInput({
    app: {
      kind: 'worker',
      port: null,
      healthPath: null,
      healthcheck: null,
      development: { ...development, port: null, action: 'sync+restart', ignore: [], rebuild: [], env: {} },
    },
  }),
  'a static site': sampleInput({
    app: {
      kind: 'static',
      port: 8080,
      development: { ...development, port: 5173 },
      publicVars: [url, variable('VITE_KEY', { public: true })],
      variables: [url],
    },
    answers: { scanner: 'grype' },
  }),
  'build secrets and tests': sampleInput({ app: { buildSecrets, test } }),
  'build secrets, tests and a service': sampleInput({
    app: { buildSecrets, test },
    services: ['postgres'],
    answers: { scanner: 'grype' },
  }),
  'without a compose file': sampleInput({
    app: { test },
    services: ['postgres'],
    files: ['dockerfile', 'ci', 'docs'],
  }),
  'every service and every step': sampleInput({
    services: SERVICES.map(({ id }) => id),
    app: {
      migration,
      test,
      processes: [worker, { ...worker, name: 'redis' }],
      environment: { TZ: 'UTC' },
      variables: [
        variable('DATABASE_URL', {
          required: true,
          kind: 'url',
          example: 'postgres://u:p@localhost:5432/store?sslmode=require&schema=public',
        }),
        variable('REDIS_PASSWORD', { secret: true }),
        variable('JWT_SECRET', { required: true, secret: true }),
        variable('STRIPE_SECRET_KEY', { required: true, secret: true }),
        variable('LOG_LEVEL', { default: 'info' }),
      ],
    },
  }),
  'a replica set': sampleInput({ services: ['mongodb'], dependencies: ['@prisma/client'] }),
  'hostile text': sampleInput({
    services: ['postgres', 'redis'],
    app: {
      frameworkTitle: HOSTILE,
      languageTitle: HOSTILE,
      stages: [{ name: HOSTILE, from: [HOSTILE], what: HOSTILE }],
      healthcheck: ['node', HOSTILE],
      environment: { X: HOSTILE },
      ignore: [HOSTILE],
      writable: ['/tmp', HOSTILE],
      development: { ...development, ignore: [HOSTILE], rebuild: [HOSTILE], env: { NODE_ENV: HOSTILE } },
      variables: [
        variable('DATABASE_URL', { example: `postgres://u:p@localhost/${HOSTILE}?a=${HOSTILE}` }),
        variable('X', { default: HOSTILE, sources: [HOSTILE] }),
        hostile,
      ],
      publicVars: [hostile],
      decisions: [{ title: HOSTILE, why: HOSTILE, rule: 'PD001' }],
      buildSecrets: [{ id: 'x', file: HOSTILE }],
      migration: { ...migration, title: HOSTILE, env: { Y: HOSTILE } },
      processes: [{ ...worker, devCommand: ['sh', '-c', HOSTILE] }],
      test: { command: ['sh', '-c', HOSTILE] },
    },
  }),
}
