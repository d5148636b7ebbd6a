import type { ServiceRow } from './types.ts'
import { devSecret, loginNames, namesOf } from './values.ts'

const MAIL = 'SMTP|EMAIL|MAIL|MAILER'

export const memcached: ServiceRow = {
  id: 'memcached',
  title: 'Memcached',
  kind: 'cache',
  image: 'memcached',
  port: 11211,
  drivers: {
    npm: ['memjs', 'memcached', 'memcache-client', '@keyv/memcache', 'memcache'],
    pypi: [
      'pymemcache',
      'pylibmc',
      'python-memcached',
      'aiomcache',
      'django-pylibmc',
      'fastapi-cache2[memcache]',
    ],
  },
  schemes: ['memcached', 'memcache', 'pymemcache', 'pylibmc'],
  code: { pypi: /['"]django\.core\.cache\.backends\.memcached\.\w+['"]/ },
  variables: [
    [/(?:^|_)(?:MEMCACHED?|MEMCACHIER)_(?:SERVERS?|LOCATION|URLS?|HOSTS|ADDRESS|ENDPOINT)$/, 'address'],
    [/(?:^|_)MEMCACHED?_HOST$/, 'host'],
    [/(?:^|_)MEMCACHED?_PORT$/, 'port'],
    [/(?:^|_)CACHE_(?:URL|LOCATION)$/, 'address'],
  ],
  convention: { MEMCACHED_SERVERS: 'address' },
  url: ({ sample }) => (sample ? `${sample.scheme}://memcached:11211` : 'memcached:11211'),
  container: () => ({
    // Debian's image has neither nc nor curl: bash opens the connection.
    healthcheck: {
      test: [
        'bash',
        '-c',
        "exec 3<>/dev/tcp/127.0.0.1/11211; printf 'version\\r\\n' >&3; read -r -t 2 line <&3; [[ $$line == VERSION* ]]",
      ],
      startPeriod: 10,
    },
  }),
  proven: true,
}

const searchHealth = {
  test: ['curl', '-fsS', 'http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=3s'],
  interval: 30,
  timeout: 10,
  startPeriod: 120,
} as const

export const elasticsearch: ServiceRow = {
  id: 'elasticsearch',
  title: 'Elasticsearch',
  kind: 'search',
  image: 'elasticsearch',
  port: 9200,
  drivers: {
    npm: ['@elastic/elasticsearch', '@nestjs/elasticsearch', 'elasticsearch'],
    pypi: [
      'elasticsearch',
      'elasticsearch-dsl',
      'django-elasticsearch-dsl',
      'elasticsearch-async',
      'async-elasticsearch',
    ],
  },
  schemes: ['elasticsearch'],
  variables: [
    ...loginNames('ELASTICSEARCH|ELASTIC|ES|ELASTIC_SEARCH').filter(([, give]) => give !== 'database'),
    [/(?:^|_)(?:ELASTICSEARCH|ELASTIC|ES)_(?:NODES?|HOSTS|URLS|ENDPOINT|SERVERS)$/, 'url'],
  ],
  convention: { ELASTICSEARCH_URL: 'url' },
  user: 'elastic',
  secret: 'ELASTIC_PASSWORD',
  url: () => 'http://elasticsearch:9200',
  container: () => ({
    comment: 'Development only: one node, without TLS and logins.',
    environment: {
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: '-Xms512m -Xmx512m',
    },
    volume: '/usr/share/elasticsearch/data',
    healthcheck: searchHealth,
  }),
  proven: false,
}

export const opensearch: ServiceRow = {
  id: 'opensearch',
  title: 'OpenSearch',
  kind: 'search',
  image: 'opensearch',
  port: 9200,
  drivers: {
    npm: ['@opensearch-project/opensearch'],
    pypi: ['opensearch-py', 'opensearch-dsl', 'django-opensearch-dsl'],
  },
  schemes: ['opensearch'],
  variables: [
    ...loginNames('OPENSEARCH|OPEN_SEARCH|OS').filter(([, give]) => give !== 'database'),
    [/(?:^|_)OPENSEARCH_(?:NODES?|HOSTS|URLS|ENDPOINT|SERVERS)$/, 'url'],
  ],
  convention: { OPENSEARCH_URL: 'url' },
  user: 'admin',
  secret: 'OPENSEARCH_PASSWORD',
  url: () => 'http://opensearch:9200',
  container: () => ({
    comment: 'Development only: one node, without TLS and logins.',
    environment: {
      'discovery.type': 'single-node',
      DISABLE_SECURITY_PLUGIN: 'true',
      DISABLE_INSTALL_DEMO_CONFIG: 'true',
      OPENSEARCH_JAVA_OPTS: '-Xms512m -Xmx512m',
    },
    volume: '/usr/share/opensearch/data',
    healthcheck: searchHealth,
  }),
  proven: false,
}

export const s3: ServiceRow = {
  id: 's3',
  title: 'S3-compatible storage (RustFS)',
  kind: 'storage',
  image: 's3',
  port: 9000,
  drivers: { npm: ['minio', 'nestjs-minio-client'], pypi: ['minio', 'miniopy-async'] },
  weak: {
    npm: [
      '@aws-sdk/client-s3',
      'aws-sdk',
      '@aws-sdk/lib-storage',
      'multer-s3',
      '@payloadcms/storage-s3',
      'flydrive',
      '@adonisjs/drive',
      's3-lite-client',
    ],
    pypi: [
      'boto3',
      'aioboto3',
      'aiobotocore',
      'django-storages',
      's3fs',
      'fsspec',
      'smart-open',
      'obstore',
      'types-aiobotocore',
    ],
    variables:
      /^(?!(?:.*_)?(?:GS|GCS|GCP|GOOGLE|AZURE|FIREBASE)_)(?:(?:.*_)?(?:S3|MINIO|R2|SPACES)_|.*_S3$|(?:.*_)?(?:AWS_STORAGE_BUCKET_NAME|BUCKET|BUCKET_NAME|AWS_BUCKET|AWS_ENDPOINT_URL|AWS_ENDPOINT)(?:_S3)?$)/,
  },
  schemes: [],
  code: { pypi: /\b(?:client|resource|create_client)\(\s*(?:service_name\s*=\s*)?['"]s3['"]/ },
  variables: [
    [
      /(?:^|_)(?:S3|MINIO|R2|SPACES|AWS|AWS_S3|OBJECT_STORAGE|STORAGE)_(?:ENDPOINT|ENDPOINT_URL|ENDPOINT_URL_S3|URL|URI|HOST|SERVER|BASE_URL)$/,
      'url',
    ],
    [/(?:^|_)(?:S3|MINIO)_PORT$/, 'port'],
    [
      /^ACCESS_KEY_ID$|(?:^|_)(?:S3|MINIO|R2|SPACES|AWS|AWS_S3)_(?:ACCESS_KEY|ACCESS_KEY_ID|KEY|KEY_ID|ROOT_USER|USER)$/,
      'user',
    ],
    [
      /^SECRET_ACCESS_KEY$|(?:^|_)(?:S3|MINIO|R2|SPACES|AWS|AWS_S3)_(?:SECRET|SECRET_KEY|SECRET_ACCESS_KEY|ROOT_PASSWORD|PASSWORD)$/,
      'password',
    ],
    [/(?:^|_)(?:S3|MINIO|AWS|AWS_S3|AWS_DEFAULT)_(?:REGION|REGION_NAME)$/, { fallback: 'us-east-1' }],
    [/(?:^|_)(?:S3|AWS_S3)_(?:FORCE_PATH_STYLE|USE_PATH_STYLE)$/, { text: 'true' }],
    [/(?:^|_)(?:S3|MINIO)_(?:USE_SSL|SSL|SECURE|TLS)$/, { text: 'false' }],
    [
      /^(?!(?:.*_)?(?:GS|GCS|GCP|GOOGLE|AZURE|FIREBASE)_)(?:.*_)?(?:AWS_STORAGE_BUCKET_NAME|(?:S3|MINIO|R2|AWS|AWS_S3)_BUCKET(?:_NAME)?|BUCKET_NAME)$/,
      { fallback: 'app' },
    ],
  ],
  convention: {
    AWS_ENDPOINT_URL: 'url',
    AWS_ACCESS_KEY_ID: 'user',
    AWS_SECRET_ACCESS_KEY: 'password',
    AWS_REGION: { fallback: 'us-east-1' },
  },
  readByLibrary: true,
  user: 'dev-only',
  secret: 'S3_SECRET_KEY',
  url: () => 'http://s3:9000',
  container: () => ({
    environment: {
      RUSTFS_ACCESS_KEY: 'dev-only',
      RUSTFS_SECRET_KEY: devSecret('S3_SECRET_KEY'),
      RUSTFS_CONSOLE_ENABLE: 'true',
    },
    command: ['/data'],
    page: { variable: 'S3_UI_PORT', port: 9001, what: 'the buckets; make the first one there' },
    volume: '/data',
    healthcheck: { test: ['curl', '-fsS', 'http://127.0.0.1:9000/health'] },
  }),
  proven: false,
}

export const smtp: ServiceRow = {
  id: 'smtp',
  title: 'SMTP (Mailpit)',
  kind: 'mail',
  image: 'smtp',
  port: 1025,
  drivers: { npm: [], pypi: [] },
  weak: {
    npm: [
      'nodemailer',
      '@nestjs-modules/mailer',
      'emailjs',
      'email-templates',
      '@adonisjs/mail',
      '@payloadcms/email-nodemailer',
      'nodemailer-smtp-transport',
      'smtp-client',
    ],
    pypi: [
      'django',
      'aiosmtplib',
      'fastapi-mail',
      'flask-mail',
      'flask-mailman',
      'emails',
      'yagmail',
      'redmail',
      'django-environ',
      'mailer',
    ],
    variables: /(?:^|_)(?:SMTP|EMAIL|MAIL|MAILER)_(?:HOST|SERVER|URL|DSN)$/,
  },
  schemes: ['smtp', 'smtps', 'submission'],
  code: { pypi: /\bsmtplib\.SMTP\(/ },
  variables: [
    [namesOf(MAIL, 'URL DSN URI'), 'url'],
    [namesOf(MAIL, 'HOST HOSTNAME SERVER'), 'host'],
    [namesOf(MAIL, 'PORT'), 'port'],
    [namesOf(MAIL, 'HOST_USER USER USERNAME LOGIN'), 'user'],
    [namesOf(MAIL, 'HOST_PASSWORD PASS PASSWORD PWD'), 'password'],
    [
      namesOf(MAIL, 'SECURE USE_TLS USE_SSL TLS SSL STARTTLS SSL_TLS REQUIRE_TLS VALIDATE_CERTS'),
      { text: 'false' },
    ],
  ],
  convention: { SMTP_HOST: 'host', SMTP_PORT: 'port' },
  user: 'app',
  secret: 'SMTP_PASSWORD',
  url: ({ sample }) => `${sample?.scheme === 'submission' ? 'submission' : 'smtp'}://smtp:1025`,
  container: () => ({
    comment: 'Takes every mail and delivers none.',
    environment: { MP_SMTP_AUTH_ACCEPT_ANY: '1', MP_SMTP_AUTH_ALLOW_INSECURE: '1' },
    page: { variable: 'SMTP_UI_PORT', port: 8025, what: 'the mail that the app sent' },
    healthcheck: { test: ['/mailpit', 'readyz'], startPeriod: 10 },
  }),
  proven: false,
}
