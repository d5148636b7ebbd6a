import { dialect, hasAny } from './databases.ts'
import type { ServiceRow, Wiring } from './types.ts'
import { devSecret, loginNames, serviceUrl } from './values.ts'

/** Prisma's transactions, and an URL that says so, need a replica set; a set of one does without passwords. */
const isReplicaSet = (wiring: Wiring) =>
  hasAny(wiring, ['prisma', '@prisma/client']) || /(?:^|&)replicaSet=/.test(wiring.sample?.query ?? '')

/** With a password the address ends in `?authSource=admin`, and code may put something at its end: a name for the tests. */
const isOpen = (wiring: Wiring) => wiring.open || isReplicaSet(wiring)

export const mongodb: ServiceRow = {
  id: 'mongodb',
  title: 'MongoDB',
  kind: 'database',
  image: 'mongodb',
  port: 27017,
  drivers: {
    npm: [
      'mongodb',
      'mongoose',
      '@nestjs/mongoose',
      '@mikro-orm/mongodb',
      '@payloadcms/db-mongodb',
      '@fastify/mongodb',
      '@typegoose/typegoose',
      'connect-mongo',
      'agenda',
      'monk',
    ],
    pypi: [
      'pymongo',
      'motor',
      'beanie',
      'mongoengine',
      'odmantic',
      'flask-pymongo',
      'djongo',
      'django-mongodb-backend',
    ],
  },
  schemes: ['mongodb'],
  code: { npm: dialect('mongodb|mongo', '').npm as RegExp },
  variables: loginNames('MONGO|MONGODB|MONGO_DB|MONGOOSE|MONGO_INITDB_ROOT|ATLAS'),
  convention: { MONGODB_URI: 'url' },
  user: 'app',
  secret: 'MONGO_PASSWORD',
  url: (wiring) => {
    const query = (wiring.sample?.query ?? '')
      .split('&')
      .filter((pair) => pair && !/^(?:replicaSet|authSource)=/.test(pair))
    const isSet = isReplicaSet(wiring)
    return serviceUrl({
      scheme: 'mongodb',
      credentials: isOpen(wiring) ? '' : `app:${devSecret('MONGO_PASSWORD')}`,
      address: 'mongodb:27017',
      path: `/${wiring.database}`,
      query: [...query, ...(isSet ? ['replicaSet=rs0'] : isOpen(wiring) ? [] : ['authSource=admin'])].join(
        '&',
      ),
    })
  },
  container: (wiring) =>
    isReplicaSet(wiring)
      ? {
          comment: 'A replica set of one: transactions and change streams need it.',
          command: ['mongod', '--replSet', 'rs0', '--bind_ip_all'],
          volume: '/data/db',
          healthcheck: {
            test: `mongosh --quiet --eval "try { quit(rs.status().myState === 1 ? 0 : 1) } catch { rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] }); quit(1) }"`,
            timeout: 10,
          },
        }
      : {
          ...(isOpen(wiring)
            ? { comment: 'No login, as the project’s own sample has none.' }
            : {
                environment: {
                  MONGO_INITDB_ROOT_USERNAME: 'app',
                  MONGO_INITDB_ROOT_PASSWORD: devSecret('MONGO_PASSWORD'),
                },
              }),
          volume: '/data/db',
          // By host name: during initialisation the server listens on 127.0.0.1 only.
          healthcheck: {
            test: 'mongosh --quiet --host "$$(hostname)" --eval "db.adminCommand({ ping: 1 })"',
            timeout: 10,
          },
        },
  proven: false,
}
