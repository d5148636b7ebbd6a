import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ServiceId, Variable } from '../../src/model.ts'
import { SERVICES } from '../../src/services/index.ts'
import type { Ecosystem } from '../../src/services/types.ts'
import { serviceWarnings, wireServices } from '../../src/services/wire.ts'
import { HOSTILE, variable } from './sample-app.ts'

interface Options {
  ecosystem?: Ecosystem
  dependencies?: readonly string[]
}

function wire(
  ids: readonly ServiceId[],
  variables: readonly Variable[],
  { ecosystem = 'npm', dependencies = [] }: Options = {},
) {
  return wireServices(ids, {
    variables,
    appName: 'my-shop',
    ecosystem,
    dependencies: new Map(dependencies.map((name) => [name, '*'])),
  })
}

/** What one variable is told, where one service is there. */
function told(
  id: ServiceId,
  name: string,
  more: Partial<Variable> = {},
  options: Options = {},
): string | undefined {
  return wire([id], [variable(name, more)], options)[0]?.connection[name]
}

const PG = 'app:${POSTGRES_PASSWORD:-dev-only}@postgres:5432'

describe('a variable of another spelling', () => {
  it.each<[ServiceId, string, string]>([
    ['postgres', 'DBHOST', 'postgres'],
    ['postgres', 'DBUSER', 'app'],
    ['postgres', 'DBPASS', '${POSTGRES_PASSWORD:-dev-only}'],
    ['postgres', 'DBNAME', 'my_shop'],
    ['postgres', 'DATABASE__HOSTNAME', 'postgres'],
    ['postgres', 'APP_DATABASE__PASSWORD', '${POSTGRES_PASSWORD:-dev-only}'],
    ['redis', 'REDIS_URL_SESSIONS', 'redis://redis:6379'],
  ])('%s: %s', (id, name, value) => {
    expect(told(id, name)).toBe(value)
  })

  it('goes to the service whose port its sample has', () => {
    const at = { default: 'cache.internal:11211' }
    const [redis, memcached] = wire(['redis', 'memcached'], [variable('CACHE_LOCATION', at)])
    expect(memcached?.connection).toEqual({ CACHE_LOCATION: 'memcached:11211' })
    expect(redis?.connection).toEqual({ REDIS_URL: 'redis://redis:6379' })
  })
})

describe('a variable of a service that is asked for', () => {
  it.each<[ServiceId, string, Partial<Variable>, string | undefined]>([
    ['redis', 'REDIS_ENABLED', { default: 'false' }, 'true'],
    ['redis', 'REDIS_ENABLED', { default: 'true' }, undefined],
    ['smtp', 'MAIL_ENABLED', { example: '0' }, '1'],
    ['kafka', 'KAFKA_GLOBAL_ENABLED', { example: 'false' }, undefined],
    // Split at the colon by the code: the form stays.
    ['redis', 'REDIS_ENDPOINT_URL', { default: '127.0.0.1:6379' }, 'redis:6379'],
    ['redis', 'CACHE_PLACE', { example: 'localhost:6379' }, 'redis:6379'],
    ['redis', 'METRICS_PLACE', { example: 'localhost:9100' }, undefined],
  ])('%s: %s %j', (id, name, more, value) => expect(told(id, name, more)).toBe(value))

  it('names the database that the plainer of two samples has, and leaves another one alone', () => {
    const at = (name: string, database: string) =>
      variable(name, { kind: 'url', example: `postgresql://u:p@host/${database}` })
    const [use] = wire(
      ['postgres'],
      [at('CHAT_DATABASE_CONNECTION_URI', 'chat'), at('DATABASE_CONNECTION_URI', 'shop')],
    )
    expect(use?.database).toBe('shop')
    expect(Object.keys(use?.connection ?? {})).toEqual(['DATABASE_CONNECTION_URI'])
  })
})

describe('a variable that is left alone', () => {
  it.each<[ServiceId, string, Partial<Variable>]>([
    ['postgres', 'POSTGRES_ASYNC_PREFIX', { default: 'postgresql+asyncpg://' }],
    ['s3', 'GS_BUCKET_NAME', {}],
    // Any text would switch it on.
    ['smtp', 'EMAIL_USE_TLS', { presence: true }],
    ['s3', 'AWS_STORAGE_BUCKET_NAME', { presence: true }],
  ])('%s: %s', (id, name, more) => {
    expect(told(id, name, more)).toBeUndefined()
  })

  it('but for what the code compares with the name of the server', () => {
    const choices = ['sqlite', 'postgres', 'mysql']
    expect(told('postgres', 'DB', { choices })).toBe('postgres')
    expect(told('redis', 'CACHE', { choices })).toBeUndefined()
  })
})

describe('a URL variable', () => {
  it.each([
    // Scheme, database and query are the project's; host, port and login are not.
    [
      'postgres',
      'DATABASE_URL',
      'postgresql+asyncpg://u:p@localhost:5432/shop',
      `postgresql+asyncpg://${PG}/shop`,
    ],
    [
      'postgres',
      'DATABASE_URL',
      'postgres://localhost/shop?schema=public&connection_limit=5',
      `postgres://${PG}/shop?schema=public&connection_limit=5`,
    ],
    [
      'postgres',
      'DATABASE_URL',
      'postgresql://u:p@h/shop?sslmode=require&schema=public',
      `postgresql://${PG}/shop?schema=public`,
    ],
    [
      'postgres',
      'DATABASE_URL',
      'postgresql://u:p%40@h:6543/shop?host=/cloudsql/x',
      `postgresql://${PG}/shop`,
    ],
    [
      'postgres',
      'DATABASE_URL',
      'postgresql://${DB_USER}:${DB_PASS}@${DB_HOST}/${DB_NAME}',
      `postgresql://${PG}/my_shop`,
    ],
    ['postgres', 'DATABASE_URL', 'sqlite:///./app.db', `postgresql://${PG}/my_shop`],
    ['postgres', 'SHOP_STORAGE_DSN', 'postgres://localhost:5432/shop', `postgres://${PG}/shop`],
    ['postgres', 'DATABASE_URL', '', `postgresql://${PG}/my_shop`],
    ['postgres', 'POSTGRES_URL', '', `postgresql://${PG}/my_shop`],
    ['postgres', 'DB_URL', '', `postgresql://${PG}/my_shop`],
    ['postgres', 'APP_DATABASE_URI', '', `postgresql://${PG}/my_shop`],
    ['postgres', 'SQLALCHEMY_DATABASE_URI', '', `postgresql://${PG}/my_shop`],
    ['postgres', 'DIRECT_URL', '', `postgresql://${PG}/my_shop`],
    [
      'mysql',
      'DATABASE_URL',
      'mysql://root:root@127.0.0.1:3306/shop',
      'mysql://app:${MYSQL_PASSWORD:-dev-only}@mysql:3306/shop',
    ],
    [
      'mariadb',
      'DATABASE_URL',
      'mysql://root:root@127.0.0.1:3306/shop',
      'mysql://app:${MARIADB_PASSWORD:-dev-only}@mariadb:3306/shop',
    ],
    [
      'mongodb',
      'MONGODB_URI',
      'mongodb+srv://u:p@cluster0.mongodb.net/shop?retryWrites=true',
      'mongodb://app:${MONGO_PASSWORD:-dev-only}@mongodb:27017/shop?retryWrites=true&authSource=admin',
    ],
    [
      'mongodb',
      'MONGO_URL',
      'mongodb://localhost:27017/shop?replicaSet=rs0',
      'mongodb://mongodb:27017/shop?replicaSet=rs0',
    ],
    ['redis', 'REDIS_URL', 'rediss://:secret@localhost:6379/1', 'redis://redis:6379/1'],
    ['redis', 'CELERY_BROKER_URL', 'redis://localhost:6379/0', 'redis://redis:6379/0'],
    ['redis', 'CELERY_RESULT_BACKEND', '', 'redis://redis:6379'],
    ['redis', 'CACHE_URL', 'redis://localhost/2', 'redis://redis:6379/2'],
    ['valkey', 'REDIS_URL', 'redis://localhost:6379', 'redis://valkey:6379'],
    [
      'rabbitmq',
      'AMQP_URL',
      'amqps://guest:guest@localhost:5671//',
      'amqp://app:${RABBITMQ_PASSWORD:-dev-only}@rabbitmq:5672//',
    ],
    ['rabbitmq', 'CELERY_BROKER_URL', '', 'amqp://app:${RABBITMQ_PASSWORD:-dev-only}@rabbitmq:5672'],
    ['nats', 'NATS_URL', 'nats://localhost:4222', 'nats://nats:4222'],
    ['nats', 'NATS_SERVERS', 'localhost:4222', 'nats:4222'],
    ['elasticsearch', 'ELASTICSEARCH_NODE', 'http://localhost:9200', 'http://elasticsearch:9200'],
    ['elasticsearch', 'ELASTICSEARCH_HOST', 'localhost', 'elasticsearch'],
    ['elasticsearch', 'ELASTICSEARCH_HOSTS', '["http://localhost:9200"]', '["http://elasticsearch:9200"]'],
    ['opensearch', 'OPENSEARCH_URL', '', 'http://opensearch:9200'],
    ['kafka', 'KAFKA_BROKERS', 'localhost:9092,localhost:9093', 'kafka:9092'],
    ['kafka', 'KAFKA_BROKERS', '["localhost:9092"]', '["kafka:9092"]'],
    ['kafka', 'KAFKA_BOOTSTRAP_SERVERS', '', 'kafka:9092'],
    ['memcached', 'MEMCACHED_SERVERS', '127.0.0.1:11211', 'memcached:11211'],
    ['s3', 'AWS_ENDPOINT_URL', 'http://localhost:9000', 'http://s3:9000'],
    ['s3', 'MINIO_ENDPOINT', 'localhost:9000', 's3:9000'],
    ['s3', 'MINIO_ENDPOINT', 'localhost', 's3'],
    ['smtp', 'SMTP_URL', 'smtps://user:pass@smtp.gmail.com:465', 'smtp://smtp:1025'],
  ] as const)('of %s: %s = "%s"', (id, name, sample, value) => {
    expect(told(id, name, sample ? { example: sample } : {})).toBe(value)
    if (sample) expect(told(id, name, { default: sample, required: true })).toBe(value)
  })

  it('takes the driver of the project’s own, where nothing says otherwise', () => {
    const python = (id: ServiceId, dependencies: string[]) =>
      told(id, 'DATABASE_URL', {}, { ecosystem: 'pypi', dependencies })?.split(':')[0]
    expect(python('postgres', ['sqlalchemy', 'asyncpg'])).toBe('postgresql+asyncpg')
    expect(python('postgres', ['sqlmodel', 'psycopg'])).toBe('postgresql+psycopg')
    expect(python('postgres', ['sqlalchemy', 'psycopg2-binary'])).toBe('postgresql')
    expect(python('postgres', ['asyncpg'])).toBe('postgresql')
    expect(python('mysql', ['sqlalchemy', 'pymysql'])).toBe('mysql+pymysql')
    expect(python('mysql', ['sqlalchemy', 'mysqlclient'])).toBe('mysql')
    expect(python('mariadb', ['sqlalchemy', 'mariadb'])).toBe('mariadb+mariadbconnector')
  })
})

describe('split variables', () => {
  const values = (id: ServiceId, names: readonly (string | Variable)[], options?: Options) =>
    wire(
      [id],
      names.map((one) => (typeof one === 'string' ? variable(one) : one)),
      options,
    )[0]?.connection

  it.each(['DB', 'DATABASE', 'POSTGRES', 'APP_DB'])('%s_HOST and the like', (prefix) => {
    expect(
      values('postgres', [
        `${prefix}_HOST`,
        `${prefix}_PORT`,
        `${prefix}_USER`,
        `${prefix}_PASSWORD`,
        variable(`${prefix}_NAME`, { default: 'store' }),
      ]),
    ).toEqual({
      [`${prefix}_HOST`]: 'postgres',
      [`${prefix}_PORT`]: '5432',
      [`${prefix}_USER`]: 'app',
      [`${prefix}_PASSWORD`]: '${POSTGRES_PASSWORD:-dev-only}',
      [`${prefix}_NAME`]: 'store',
    })
  })

  it('of libpq, MySQL, Redis and mail', () => {
    expect(
      values('postgres', ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE', 'PGSSLMODE']),
    ).toEqual({
      PGHOST: 'postgres',
      PGPORT: '5432',
      PGUSER: 'app',
      PGPASSWORD: '${POSTGRES_PASSWORD:-dev-only}',
      PGDATABASE: 'my_shop',
      PGSSLMODE: 'disable',
    })
    expect(values('mysql', ['MYSQL_HOST', 'MYSQL_ROOT_PASSWORD', 'MYSQL_DATABASE'])).toEqual({
      MYSQL_HOST: 'mysql',
      MYSQL_ROOT_PASSWORD: '${MYSQL_PASSWORD:-dev-only}',
      MYSQL_DATABASE: 'my_shop',
    })
    expect(
      values('redis', [
        'REDIS_HOST',
        'REDIS_PORT',
        variable('REDIS_TLS', { default: 'true' }),
        variable('REDIS_DB', { default: '3' }),
      ]),
    ).toEqual({ REDIS_HOST: 'redis', REDIS_PORT: '6379', REDIS_TLS: 'false' })
    expect(
      values('smtp', [
        'EMAIL_HOST',
        'EMAIL_PORT',
        'EMAIL_HOST_USER',
        'EMAIL_HOST_PASSWORD',
        variable('EMAIL_USE_TLS', { default: 'true' }),
      ]),
    ).toEqual({
      EMAIL_HOST: 'smtp',
      EMAIL_PORT: '1025',
      EMAIL_HOST_USER: 'app',
      EMAIL_HOST_PASSWORD: '${SMTP_PASSWORD:-dev-only}',
      EMAIL_USE_TLS: 'false',
    })
    expect(values('smtp', ['MAIL_SERVER', 'MAIL_STARTTLS', 'MAIL_SSL_TLS'])).toEqual({
      MAIL_SERVER: 'smtp',
      MAIL_STARTTLS: 'false',
      MAIL_SSL_TLS: 'false',
    })
  })

  it('of S3, with what its libraries read by themselves', () => {
    expect(
      values('s3', [
        'S3_ENDPOINT',
        variable('S3_BUCKET', { required: true }),
        variable('S3_REGION', { default: 'eu-central-1' }),
      ]),
    ).toEqual({
      S3_ENDPOINT: 'http://s3:9000',
      S3_BUCKET: 'app',
      AWS_ACCESS_KEY_ID: 'dev-only',
      AWS_SECRET_ACCESS_KEY: '${S3_SECRET_KEY:-dev-only}',
      AWS_REGION: 'us-east-1',
    })
  })

  it('with a place in the form of its sample', () => {
    expect(told('redis', 'REDIS_HOST', { default: 'redis://localhost:6379' })).toBe('redis://redis:6379')
    expect(told('redis', 'REDIS_HOST', { default: 'localhost:6379' })).toBe('redis:6379')
    expect(values('s3', ['MINIO_ENDPOINT', 'MINIO_PORT'])).toMatchObject({ MINIO_PORT: '9000' })
  })

  it('that name the server of an ORM', () => {
    expect(
      told(
        'postgres',
        'SQL_ENGINE',
        { default: 'django.db.backends.sqlite3' },
        { ecosystem: 'pypi', dependencies: ['django'] },
      ),
    ).toBe('django.db.backends.postgresql')
    expect(
      told(
        'postgres',
        'DB_ENGINE',
        { default: 'django.db.backends.postgresql' },
        { ecosystem: 'pypi', dependencies: ['django'] },
      ),
    ).toBeUndefined()
    expect(told('postgres', 'DB_TYPE', { default: 'sqlite' })).toBe('postgres')
    expect(told('postgres', 'DB_DIALECT', { example: 'postgres' })).toBe('postgres')
    const dialect = { dialect: true } as const
    expect(told('mysql', 'DB_CONNECTION', dialect)).toBe('mysql')
    expect(told('postgres', 'DB_CLIENT', dialect, { dependencies: ['knex'] })).toBe('pg')
  })

  it('leave the name of a server alone that may be the app’s own', () => {
    expect(told('mysql', 'SHOP_DB_TYPE')).toBeUndefined()
    const warnings = serviceWarnings(
      wire(['mysql'], [variable('SHOP_DB_TYPE'), variable('DB_HOST')]),
      'c.yaml',
    )
    expect(warnings.map(({ message }) => message)).toEqual([
      'SHOP_DB_TYPE is not set: by which name the app knows MySQL, its code does not show. Put it into .env.',
    ])
  })

  it('of S3, as a host where the port stands apart, and with bare names', () => {
    expect(values('s3', ['SHOP_MINIO_ENDPOINT', 'SHOP_MINIO_PORT', 'SHOP_S3_ENDPOINT'])).toMatchObject({
      SHOP_MINIO_ENDPOINT: 's3',
      SHOP_MINIO_PORT: '9000',
      SHOP_S3_ENDPOINT: 'http://s3:9000',
    })
    expect(values('s3', ['S3_ENDPOINT', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'])).toEqual({
      S3_ENDPOINT: 'http://s3:9000',
      ACCESS_KEY_ID: 'dev-only',
      SECRET_ACCESS_KEY: '${S3_SECRET_KEY:-dev-only}',
      AWS_REGION: 'us-east-1',
    })
  })

  it('not of another database, beside the app’s own', () => {
    const names = ['DATABASE_URL', 'GEO_DATABASE_URL', 'REPLICA_DATABASE_URL']
    const needed = variable('EVENTS_DATABASE_URL', { required: true })
    expect(Object.keys(values('postgres', [...names, needed]) ?? {})).toEqual([
      'DATABASE_URL',
      'REPLICA_DATABASE_URL',
      'EVENTS_DATABASE_URL',
    ])
    expect(values('postgres', ['SHOP_DATABASE_URL'])).toHaveProperty('SHOP_DATABASE_URL')
  })
})

describe('wiring', () => {
  it('asks for no login to MongoDB where the project’s own samples have none', () => {
    const example = 'mongodb://127.0.0.1:27017/board'
    const [open] = wire(['mongodb'], [variable('MONGODB_URL', { example })])
    expect(open?.connection['MONGODB_URL']).toBe('mongodb://mongodb:27017/board')
    expect(open?.container.environment).toBeUndefined()
    for (const more of [
      variable('MONGO_PASSWORD'),
      variable('MONGO_URI', { example: 'mongodb://a:b@c/board' }),
    ]) {
      const [closed] = wire(['mongodb'], [variable('MONGODB_URL', { example }), more])
      expect(closed?.connection['MONGODB_URL']).toMatch(/app:.*authSource=admin$/)
      expect(closed?.container.environment).toHaveProperty('MONGO_INITDB_ROOT_USERNAME')
    }
  })

  it('gives each service its own, and the first database what just says "the database"', () => {
    const uses = wire(
      ['postgres', 'mongodb', 'redis', 'rabbitmq'],
      [
        variable('DATABASE_URL'),
        variable('MONGODB_URI'),
        variable('REDIS_URL'),
        variable('CELERY_BROKER_URL'),
        variable('CELERY_RESULT_BACKEND'),
      ],
    )
    expect(uses.map(({ id, connection }) => [id, Object.keys(connection)])).toEqual([
      ['postgres', ['DATABASE_URL']],
      ['mongodb', ['MONGODB_URI']],
      ['redis', ['REDIS_URL', 'CELERY_RESULT_BACKEND']],
      ['rabbitmq', ['CELERY_BROKER_URL']],
    ])
    const [pg, mongo] = wire(
      ['postgres', 'mongodb'],
      [variable('DATABASE_URL', { example: 'mongodb://localhost/shop' }), variable('DB_HOST')],
    )
    expect(mongo?.connection).toMatchObject({ DATABASE_URL: expect.stringMatching(/^mongodb:/) as string })
    expect(pg?.connection).toEqual({ DB_HOST: 'postgres' })
  })

  it('leaves alone what is for tests, for visitors, or for a service that is not here', () => {
    const [use] = wire(
      ['postgres'],
      [
        variable('TEST_DATABASE_URL'),
        variable('SHADOW_DATABASE_URL'),
        variable('VITE_DB_URL', { public: true }),
        variable('EVENTS_URL', { default: 'amqp://localhost' }),
      ],
    )
    expect(Object.keys(use?.connection ?? {})).toEqual(['DATABASE_URL'])
  })

  it('sets the usual name where nothing is read, and says so', () => {
    const uses = wire(['postgres', 'mysql', 'redis', 's3'], [variable('REDIS_URL')])
    expect(uses.map(({ assumed }) => assumed)).toEqual([['DATABASE_URL'], ['MYSQL_URL'], [], []])
    const warnings = serviceWarnings(uses, 'compose.yml')
    expect(warnings.map(({ rule }) => rule)).toEqual(['PD098', 'PD098'])
    expect(warnings[0]?.message).toContain('where PostgreSQL is: compose.yml sets DATABASE_URL.')
    const [none] = serviceWarnings(uses, undefined)
    expect(none?.message).toContain('where PostgreSQL is. Usual is DATABASE_URL: read it in your code.')
  })

  it('asks for a password in Redis exactly where the app has one', () => {
    const [open] = wire(['redis'], [variable('REDIS_URL')])
    expect(open?.connection['REDIS_URL']).toBe('redis://redis:6379')
    expect(open?.container.command).toBeUndefined()
    const [closed] = wire(['redis'], [variable('REDIS_URL'), variable('REDIS_PASSWORD', { secret: true })])
    expect(closed?.connection).toEqual({
      REDIS_URL: 'redis://default:${REDIS_PASSWORD:-dev-only}@redis:6379',
      REDIS_PASSWORD: '${REDIS_PASSWORD:-dev-only}',
    })
    expect(closed?.container).toMatchObject({
      command: ['redis-server', '--requirepass', '${REDIS_PASSWORD:-dev-only}'],
      environment: { REDISCLI_AUTH: '${REDIS_PASSWORD:-dev-only}' },
    })
  })

  it('has one password per service, in the app and in the service', () => {
    for (const use of wire(
      SERVICES.map(({ id }) => id),
      [variable('DB_PASSWORD'), variable('REDIS_PASSWORD'), variable('SMTP_PASSWORD')],
    )) {
      const secrets = (values: Record<string, string> = {}) =>
        new Set(Object.values(values).flatMap((value) => value.match(/\$\{\w+:-[^}]*\}/g) ?? []))
      const inApp = secrets(use.connection)
      const inService = secrets({
        ...use.container.environment,
        command: use.container.command?.join(' ') ?? '',
      })
      expect(
        [...inApp].filter((secret) => !inService.has(secret) && use.id !== 'smtp'),
        use.id,
      ).toEqual([])
    }
  })

  it('creates the database that the app is told of', () => {
    const uses = wire(
      ['postgres', 'mysql', 'mariadb'],
      [
        variable('DATABASE_URL', { example: 'postgres://localhost/store' }),
        variable('MYSQL_DATABASE', { default: 'stock' }),
      ],
    )
    expect(
      uses.map(({ database, container }) => [
        database,
        container.environment?.['POSTGRES_DB'] ??
          container.environment?.['MYSQL_DATABASE'] ??
          container.environment?.['MARIADB_DATABASE'],
      ]),
    ).toEqual([
      ['store', 'store'],
      ['stock', 'stock'],
      ['my_shop', 'my_shop'],
    ])
  })

  it('takes an image with the extension that a dependency needs', () => {
    const image = (dependencies: string[], example?: string) =>
      wire(['postgres'], [variable('DATABASE_URL', example ? { example } : {})], {
        ecosystem: 'pypi',
        dependencies,
      })[0]?.container.image
    expect(image([])).toBe('postgres:18-trixie')
    expect(image(['pgvector'])).toMatch(/^pgvector\//)
    expect(image([], 'postgis://localhost/gis')).toMatch(/^postgis\//)
  })

  it('passes nothing of the project on that Compose would read', () => {
    const text = fc.oneof(
      fc.constant(HOSTILE),
      fc.string(),
      fc.string().map((part) => `postgres://u:${part}@h/${part}?${part}=${part}`),
      fc.string().map((part) => `redis://h/${part}`),
    )
    fc.assert(
      fc.property(text, text, (sample, example) => {
        const names = [
          'DATABASE_URL',
          'DB_NAME',
          'DB_TYPE',
          'REDIS_URL',
          'S3_BUCKET',
          'KAFKA_BROKERS',
          'SMTP_HOST',
          'RABBITMQ_VHOST',
        ]
        const uses = wire(
          ['postgres', 'redis', 's3', 'kafka', 'smtp', 'rabbitmq'],
          names.map((name) => variable(name, { default: sample, example, required: true })),
        )
        for (const { connection, container } of uses) {
          for (const value of [...Object.values(connection), ...Object.values(container.environment ?? {})]) {
            expect(value.replaceAll(/\$\{[A-Z0-9_]+:-dev-only\}/g, '').replaceAll('$$', '')).not.toContain(
              '$',
            )
          }
        }
      }),
    )
  })
})
