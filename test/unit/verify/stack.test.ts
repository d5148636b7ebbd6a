import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ComposeConfig, MEMORY_LIMIT, productionStack } from '../../../src/verify/stack.ts'
import { variable } from '../sample-app.ts'

const labels = { mine: 'cpd-1' }
const session = { id: 'cpd-1', labels, image: (name: string) => `cpd-1/${name}:verify` }
const app = {
  kind: 'server' as const,
  writable: ['/tmp', '/app/cache'],
  processes: [
    { name: 'worker', command: ['node', 'worker.js', '$x'], devCommand: ['node', '--watch', 'worker.js'] },
  ],
  development: {
    command: [],
    action: 'sync' as const,
    workdir: '/app',
    ignore: [],
    rebuild: [],
    env: { NODE_ENV: 'development' },
    port: 5173,
  },
  variables: [],
}
const plan = (config: ComposeConfig, port: number | null = 3000, local = true) =>
  productionStack(config, { app, port, session, local })

const CONFIG: ComposeConfig = {
  name: 'orders',
  services: {
    app: {
      build: { context: '/p', target: 'dev' },
      command: ['vite'],
      container_name: 'orders',
      environment: { NODE_ENV: 'development', PORT: '5173', DATABASE_URL: 'postgres://db' },
      ports: [{ target: 5173, published: '5173' }],
      privileged: true,
      cap_add: ['SYS_ADMIN'],
      user: '0',
      volumes: [{ type: 'bind', source: '/p', target: '/app' }],
      depends_on: { db: { condition: 'service_healthy' } },
    },
    worker: { build: { context: '/p', target: 'dev' }, command: ['node', '--watch', 'worker.js'] },
    migrate: { build: { context: '/p', target: 'migrate' }, environment: { DATABASE_URL: 'postgres://db' } },
    db: {
      image: 'postgres:18',
      container_name: 'orders-db',
      ports: [{ target: 5432, published: '5432' }],
      volumes: [
        { type: 'volume', source: 'data', target: '/var/lib/postgresql' },
        { type: 'bind', source: '/p/init', target: '/docker-entrypoint-initdb.d' },
        { type: 'bind', source: '/p/data', target: '/var/lib/extra' },
      ],
    },
  },
  volumes: { data: { name: 'orders_data', external: true } },
  networks: { default: { name: 'orders_default' } },
}

describe('the stack that is proven', () => {
  it('has the production image in the app’s place, with nothing of development and no right left', () => {
    const { document, app: name } = plan(CONFIG)
    expect(name).toBe('app')
    expect(document.services?.['app']).toEqual({
      depends_on: { db: { condition: 'service_healthy' } },
      labels,
      restart: 'no',
      networks: undefined,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: ['/tmp:mode=1777,size=64m', '/app/cache:mode=1777,size=64m'],
      mem_limit: String(MEMORY_LIMIT),
      pids_limit: 200,
      image: 'cpd-1/app:verify',
      environment: { DATABASE_URL: 'postgres://db', PORT: '3000' },
      ports: [{ target: 3000, protocol: 'tcp', host_ip: '127.0.0.1' }],
    })
  })

  it('takes the samples of what the app ends without, where nobody has said it, and names them', () => {
    const required = { required: true, example: 'a$b' }
    const variables = [
      variable('LOG_LEVEL', required),
      variable('HOST', { ...required, example: 'localhost' }),
      variable('DATABASE_URL', required),
      variable('TOKEN', { ...required, secret: true }),
      variable('VITE_SITE', { ...required, public: true }),
      variable('OPTIONAL', { example: 'x' }),
      variable('DEFAULTED', { ...required, default: 'y' }),
      variable('UNKNOWN', { required: true }),
    ]
    const { document, samples } = productionStack(CONFIG, {
      app: { ...app, variables },
      port: 3000,
      session,
      local: true,
    })
    expect(samples).toEqual(['LOG_LEVEL', 'HOST', 'DATABASE_URL'])
    expect(document.services?.['app']?.['environment']).toEqual({
      LOG_LEVEL: 'a$$b',
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgres://db',
      PORT: '3000',
    })
    expect(document.services?.['migrate']?.['environment']).toMatchObject({ LOG_LEVEL: 'a$$b' })
    expect(document.services?.['db']).not.toHaveProperty('environment')
  })

  it('keeps the volume of the app’s own data, and has that in memory where there is none', () => {
    const volume = { type: 'volume', source: 'app-data', target: '/data' }
    const bind = { type: 'bind', source: '/p', target: '/app' }
    const stack = (volumes: object[]) =>
      productionStack(
        { services: { app: { build: {}, volumes } } },
        { app: { ...app, data: '/data' }, port: 3000, session, local: true },
      ).document.services?.['app']
    expect(stack([bind, volume])?.['volumes']).toEqual([volume])
    expect(stack([bind, volume])?.['tmpfs']).toHaveLength(2)
    expect(stack([bind])?.['volumes']).toBeUndefined()
    expect(stack([bind])?.['tmpfs']).toContain('/data:mode=1777,size=64m')
  })

  it('runs other processes from the same image, as production does', () => {
    expect(plan(CONFIG).document.services?.['worker']).toMatchObject({
      image: 'cpd-1/app:verify',
      command: ['node', 'worker.js', '$$x'],
      healthcheck: { disable: true },
      read_only: true,
    })
  })

  it('builds what has a target of its own, and restricts it alike', () => {
    const { document, builds } = plan(CONFIG)
    expect(builds).toEqual([{ service: 'migrate', image: 'cpd-1/migrate:verify', target: 'migrate' }])
    expect(document.services?.['migrate']).toMatchObject({
      image: 'cpd-1/migrate:verify',
      read_only: true,
      mem_limit: String(2 * MEMORY_LIMIT),
    })
    expect(document.services?.['migrate']).not.toHaveProperty('build')
  })

  it('takes no port, no name, no network and no data of the person’s own', () => {
    const { document } = plan(CONFIG)
    const db = document.services?.['db'] as Record<string, unknown>
    expect(db).not.toHaveProperty('ports')
    expect(db).not.toHaveProperty('container_name')
    expect(db['volumes']).toEqual([
      { type: 'volume', source: 'data', target: '/var/lib/postgresql' },
      { type: 'bind', source: '/p/init', target: '/docker-entrypoint-initdb.d', read_only: true },
      { type: 'volume', target: '/var/lib/extra' },
    ])
    expect(document.volumes).toEqual({ data: { labels } })
    expect(document.networks).toEqual({ default: { labels } })
    expect(document).not.toHaveProperty('name')
  })

  it('publishes on every address where the engine is elsewhere', () => {
    const ports = (local: boolean) => plan(CONFIG, 3000, local).document.services?.['app']?.['ports']
    expect(ports(false)).toEqual([{ target: 3000, protocol: 'tcp' }])
    expect(plan(CONFIG, null).document.services?.['app']).not.toHaveProperty('ports')
  })

  it('finds the app in a file of a person’s own', () => {
    const services = {
      helper: { build: {} },
      web: { build: {}, ports: [{ target: 80 }] },
      db: { image: 'postgres', ports: [{}] },
    }
    expect(plan({ services }).app).toBe('web')
    expect(plan({ services: { one: { build: {} } } }).app).toBe('one')
    const alone = plan({ services: { db: { image: 'postgres' } } })
    expect(alone.document.services?.['app']).toMatchObject({ image: 'cpd-1/app:verify', read_only: true })
    expect(alone.services).toEqual(['db'])
  })

  it('never leaves a container with rights, a host port or a writable mount, whatever the file says', () => {
    const service = fc.dictionary(
      fc.constantFrom(
        'build',
        'image',
        'ports',
        'privileged',
        'cap_add',
        'volumes',
        'pid',
        'container_name',
        'command',
      ),
      fc.constantFrom<unknown>(
        {},
        true,
        'x',
        [{ type: 'bind', source: '/', target: '/host' }],
        [{ target: 1, published: '1' }],
      ),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('app', 'worker', 'db', 'other'), service), (services) => {
        const config = Object.fromEntries(
          Object.entries(services).map(([name, one]) => [
            name,
            {
              ...one,
              ...(one['volumes'] !== undefined && !Array.isArray(one['volumes']) && { volumes: [] }),
            },
          ]),
        ) as Record<string, Record<string, unknown>>
        const { document, app: name } = plan({ services: config })
        for (const [service, one] of Object.entries(document.services ?? {})) {
          for (const port of (one['ports'] ?? []) as object[]) expect(port).not.toHaveProperty('published')
          for (const volume of (one['volumes'] ?? []) as { type?: string; read_only?: boolean }[])
            expect(volume.type !== 'bind' || volume.read_only).toBe(true)
          if (service === name) {
            expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
            for (const key of ['privileged', 'cap_add', 'pid', 'volumes']) expect(one).not.toHaveProperty(key)
          }
        }
      }),
    )
  })
})
