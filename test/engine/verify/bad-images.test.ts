import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Step } from '../../../src/verify/types.ts'
import { removeTemporaryFolders } from '../../support/fixtures.ts'
import { hasEngine } from '../../support/referees.ts'
import { ASK, DOCKERFILE, probe, REDIS, SAY, type Sample, SERVER, soundApp } from '../../support/sound-app.ts'
import { proveSteps } from '../../support/verify.ts'

afterAll(removeTemporaryFolders)

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
    const results = await proveSteps(soundApp(), ids)
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
          title: 'A file that never stays as it is',
          needs: [],
          // Before each build and not by a timer: a file that grows while it is sent ends the build. What an
          // earlier run of this test has put there is in the cache, whoever made it: each text is new.
          run: async ({ engine }) => {
            const run = engine.run.bind(engine)
            engine.run = (...call) => {
              writeFileSync(join(root, 'stamp.txt'), randomUUID())
              return run(...call)
            }
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
      says: /\/readyz does not look at redis/,
    },
    {
      step: 'health',
      what: 'live that fails with the database',
      sample: { server: probe(ASK, ASK), compose: REDIS },
      says: /every replica would be restarted/,
    },
    {
      step: 'health',
      what: 'an app that ends without its database',
      sample: {
        server: probe(`down(() => response.end('ok'), () => process.exit(9))`, SAY),
        compose: REDIS,
      },
      says: /the app ended with 9/,
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
    const root = soundApp(sample)
    const results = await proveSteps(root, [step], extra?.(root))
    expect(results.get(step)).toMatchObject({ status: 'fail', evidence: expect.stringMatching(says) })
  })

  it('never calls a thing proven that was not tried', async () => {
    const silent = SERVER.replace("console.log('listening')", '{}').replace(/process\.on\('SIGTERM'.*\n/, '')
    const dockerfile = DOCKERFILE.replace(
      'CMD ["node", "server.js"]',
      'ENTRYPOINT ["/bin/sh", "-c", "node server.js & trap \'kill $!; exit 143\' TERM; wait"]',
    )
    const results = await proveSteps(soundApp({ server: silent, dockerfile }), ['logs', 'drain'])
    expect(results.get('logs')).toMatchObject({ status: 'skipped' })
    expect(results.get('drain')).toMatchObject({ status: 'skipped' })
  })

  it('ready and live that each do their part', async () => {
    const results = await proveSteps(soundApp({ server: probe(ASK, SAY), compose: REDIS }), ['health'])
    expect(results.get('health')).toMatchObject({
      status: 'pass',
      data: { ready: '/readyz', live: '/livez', readyWithout: 503, liveWithout: 200, readyAgain: 200 },
    })
  })
})
