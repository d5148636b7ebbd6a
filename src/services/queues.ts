import type { ServiceRow, Wiring } from './types.ts'
import { devSecret, loginNames, serviceUrl } from './values.ts'

/** Redis and its drop-in Valkey: the same protocol, the same variables, other names of programs. */
function redisLike(id: 'redis' | 'valkey', title: string, secret: string) {
  return {
    id,
    title,
    kind: 'cache',
    image: id,
    port: 6379,
    variables: [
      ...loginNames(
        'REDIS|VALKEY|REDIS_CACHE|REDIS_QUEUE|REDIS_BROKER|REDIS_SESSION|BULL_REDIS|QUEUE_REDIS|CACHE_REDIS',
      ),
      [
        /(?:^|_)(?:CELERY_)?(?:BROKER|RESULT_BACKEND|BACKEND|CACHE|CHANNEL_LAYER|RQ|HUEY|ARQ|TASKIQ|LIMITER_STORAGE|RATELIMIT_STORAGE|KV|QUEUE)(?:_URL|_URI|_LOCATION)$/,
        'url',
      ],
      [/(?:^|_)CELERY_(?:BROKER|RESULT_BACKEND|BACKEND)$|(?:^|_)REDIS_UR[IL]_[A-Z]/, 'url'],
      [/(?:^|_)(?:REDIS|VALKEY)_(?:DB_INDEX|INDEX|DB_NUMBER)$/, { fallback: '0' }],
    ],
    user: 'default',
    secret,
    container: ({ password }: Wiring) => ({
      ...(password && {
        command: [`${id}-server`, '--requirepass', devSecret(secret)],
        environment: { REDISCLI_AUTH: devSecret(secret) },
      }),
      volume: '/data',
      // `ping` succeeds while the data is still being loaded; only PONG means ready.
      healthcheck: { test: `${id}-cli ping | grep -q PONG`, startPeriod: 10 },
    }),
    proven: true,
  } as const
}

function redisUrl(wiring: Wiring, host: string, secret: string): string {
  const { sample } = wiring
  return serviceUrl({
    scheme: sample?.scheme ?? 'redis',
    // With a name: some clients take an empty one for a user of its own.
    credentials: wiring.password ? `default:${devSecret(secret)}` : '',
    address: `${host}:6379`,
    // The path is the number of the database.
    path: sample?.path ?? '',
    query: sample?.query ?? '',
  })
}

export const redis: ServiceRow = {
  ...redisLike('redis', 'Redis', 'REDIS_PASSWORD'),
  drivers: {
    npm: [
      ...[
        'redis',
        'ioredis',
        'bullmq',
        'bull',
        'bee-queue',
        '@nestjs/bull',
        '@nestjs/bullmq',
        '@fastify/redis',
        '@keyv/redis',
        'connect-redis',
      ],
      ...[
        'rate-limit-redis',
        'cache-manager-ioredis',
        'cache-manager-redis-store',
        '@socket.io/redis-adapter',
        '@adonisjs/redis',
        'node-resque',
        '@redis/client',
      ],
    ],
    pypi: [
      ...[
        'redis',
        'aioredis',
        'django-redis',
        'channels-redis',
        'arq',
        'rq',
        'django-rq',
        'rq-scheduler',
        'celery[redis]',
        'kombu[redis]',
        'dramatiq[redis]',
        'flask-redis',
      ],
      ...[
        'fastapi-cache2[redis]',
        'taskiq-redis',
        'faststream[redis]',
        'redis-om',
        'walrus',
        'fastapi-limiter',
        'coredis',
        'limits[redis]',
        'slowapi[redis]',
      ],
    ],
  },
  schemes: ['redis', 'rediss'],
  convention: { REDIS_URL: 'url' },
  url: (wiring) => redisUrl(wiring, 'redis', 'REDIS_PASSWORD'),
}

export const valkey: ServiceRow = {
  ...redisLike('valkey', 'Valkey', 'VALKEY_PASSWORD'),
  drivers: {
    npm: ['iovalkey', '@valkey/valkey-glide', '@keyv/valkey'],
    pypi: ['valkey', 'valkey-glide', 'django-valkey', 'litestar[valkey]'],
  },
  schemes: ['valkey', 'valkeys'],
  standsFor: 'redis',
  convention: { VALKEY_URL: 'url' },
  url: (wiring) => redisUrl(wiring, 'valkey', 'VALKEY_PASSWORD'),
}

export const rabbitmq: ServiceRow = {
  id: 'rabbitmq',
  title: 'RabbitMQ',
  kind: 'queue',
  image: 'rabbitmq',
  port: 5672,
  drivers: {
    npm: [
      'amqplib',
      'amqp-connection-manager',
      '@golevelup/nestjs-rabbitmq',
      'rabbitmq-client',
      '@cloudamqp/amqp-client',
      'rascal',
    ],
    pypi: [
      'pika',
      'aio-pika',
      'aiormq',
      'amqp',
      'dramatiq[rabbitmq]',
      'faststream[rabbit]',
      'taskiq-aio-pika',
      'nameko',
      'celery[librabbitmq]',
    ],
  },
  weak: {
    npm: [],
    pypi: ['celery', 'kombu', 'flask-celeryext', 'dramatiq'],
    variables: /^(?:RABBITMQ|AMQP|CLOUDAMQP)_(?:HOST|URL|URI)$/,
  },
  // Celery's own default, when no URL names another broker and no client of one is installed.
  defaultOf: {
    npm: [],
    pypi: ['celery', 'flask-celeryext', 'django-celery-beat'],
    unless: ['redis', 'valkey', 'kafka'],
  },
  schemes: ['amqp', 'amqps', 'pyamqp'],
  variables: [
    ...loginNames('RABBITMQ|RABBIT|AMQP|RABBIT_MQ|CLOUDAMQP|RABBITMQ_DEFAULT'),
    [/(?:^|_)(?:CELERY_BROKER|BROKER|MESSAGE_BROKER|MQ)(?:_URL|_URI)?$/, 'url'],
    [/(?:^|_)(?:RABBITMQ|RABBIT|AMQP)_(?:VHOST|VIRTUAL_HOST|DEFAULT_VHOST)$/, { fallback: '/' }],
  ],
  convention: { RABBITMQ_URL: 'url' },
  user: 'app',
  secret: 'RABBITMQ_PASSWORD',
  url: ({ sample }) =>
    serviceUrl({
      scheme: sample?.scheme ?? 'amqp',
      credentials: `app:${devSecret('RABBITMQ_PASSWORD')}`,
      address: 'rabbitmq:5672',
      // The path is the virtual host: `/` and `//` both mean the default one, and clients differ in which they take.
      path: sample && /^\/{0,2}$/.test(sample.path) ? sample.path : '',
      query: sample?.query ?? '',
    }),
  container: () => ({
    comment: 'The data folder is named after the host.',
    hostname: 'rabbitmq',
    environment: { RABBITMQ_DEFAULT_USER: 'app', RABBITMQ_DEFAULT_PASS: devSecret('RABBITMQ_PASSWORD') },
    page: { variable: 'RABBITMQ_UI_PORT', port: 15672, what: 'queues and exchanges' },
    volume: '/var/lib/rabbitmq',
    // Fully booted, and its listeners take connections.
    healthcheck: {
      test: 'rabbitmq-diagnostics -q check_running && rabbitmq-diagnostics -q check_port_connectivity',
      interval: 30,
      timeout: 15,
      startPeriod: 60,
    },
  }),
  proven: true,
}

export const kafka: ServiceRow = {
  id: 'kafka',
  title: 'Kafka',
  kind: 'queue',
  image: 'kafka',
  port: 9092,
  drivers: {
    npm: [
      'kafkajs',
      'node-rdkafka',
      '@confluentinc/kafka-javascript',
      '@platformatic/kafka',
      'kafka-node',
      'no-kafka',
    ],
    pypi: [
      'kafka-python',
      'kafka-python-ng',
      'confluent-kafka',
      'aiokafka',
      'faststream[kafka]',
      'faststream[confluent]',
      'faust-streaming',
      'quixstreams',
    ],
  },
  schemes: ['kafka'],
  variables: [
    [
      /(?:^|_)KAFKA_(?:\w+_)?(?:BROKERS?|BOOTSTRAP_SERVERS?|BOOTSTRAP|SERVERS?|HOSTS|BROKER_LIST|BROKERS_LIST|BROKER_URLS?|URLS?)$/,
      'address',
    ],
    [/(?:^|_)(?:BOOTSTRAP_SERVERS?|BROKER_LIST)$/, 'address'],
    [/(?:^|_)KAFKA_(?:BROKER_)?HOST$/, 'host'],
    [/(?:^|_)KAFKA_(?:BROKER_)?PORT$/, 'port'],
    [/(?:^|_)KAFKA_SECURITY_PROTOCOL$/, { text: 'PLAINTEXT' }],
    [/(?:^|_)KAFKA_(?:SSL|USE_SSL|SASL|SSL_ENABLED|SASL_ENABLED)$/, { text: 'false' }],
  ],
  convention: { KAFKA_BROKERS: 'address' },
  url: () => 'kafka:9092',
  container: () => ({
    comment: 'One node that is broker and controller at once (KRaft); every internal topic has one replica.',
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    },
    volume: '/var/lib/kafka/data',
    healthcheck: {
      test: ['/opt/kafka/bin/kafka-broker-api-versions.sh', '--bootstrap-server', 'localhost:9092'],
      interval: 30,
      timeout: 15,
      startPeriod: 60,
    },
  }),
  proven: false,
}

export const nats: ServiceRow = {
  id: 'nats',
  title: 'NATS',
  kind: 'queue',
  image: 'nats',
  port: 4222,
  drivers: {
    npm: ['nats', '@nats-io/transport-node', '@nats-io/nats-core', '@nats-io/jetstream'],
    pypi: ['nats-py', 'faststream[nats]', 'taskiq-nats', 'asyncio-nats-client'],
  },
  schemes: ['nats'],
  variables: [...loginNames('NATS').slice(0, 3), [/(?:^|_)NATS_(?:SERVERS?|URLS)$/, 'url']],
  convention: { NATS_URL: 'url' },
  url: ({ sample }) => serviceUrl({ scheme: sample?.scheme ?? 'nats', address: 'nats:4222' }),
  container: () => ({
    command: ['nats-server', '--jetstream', '--store_dir', '/data', '--http_port', '8222'],
    volume: '/data',
    healthcheck: { test: ['wget', '-q', '-O-', 'http://127.0.0.1:8222/healthz'], startPeriod: 10 },
  }),
  proven: false,
}
