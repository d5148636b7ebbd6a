import { mariadb, mysql, postgres } from './databases.ts'
import { mongodb } from './mongodb.ts'
import { kafka, nats, rabbitmq, redis, valkey } from './queues.ts'
import { elasticsearch, memcached, opensearch, s3, smtp } from './stores.ts'
import type { ServiceRow } from './types.ts'

/** Every backing service that can be found or asked for, in the order in which they are told. */
export const SERVICES: readonly ServiceRow[] = [
  ...[postgres, mysql, mariadb, mongodb, redis, valkey, memcached],
  ...[rabbitmq, kafka, nats, elasticsearch, opensearch, s3, smtp],
]

export function serviceById(id: string): ServiceRow | undefined {
  return SERVICES.find((row) => row.id === id)
}
