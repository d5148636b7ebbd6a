import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loginNames } from '../../src/services/values.ts'

/** The same as patterns: prefix, underscore, ending. */
const ENDINGS = [
  'URL|URI|DSN|CONNECTION|CONNECTION_STRING|CONNECTION_URL|CONNECTION_URI|CONN_STR',
  'HOST|HOSTNAME|SERVER|HOST_NAME|ADDR|ADDRESS',
  'PORT|PORT_NUMBER',
  'USER|USERNAME|USER_NAME|LOGIN',
  'PASS|PASSWORD|PWD|PASSWD|USER_PASSWORD',
  'DB|NAME|DATABASE|DBNAME|DB_NAME|DATABASE_NAME',
  'SSL|TLS|USE_SSL|USE_TLS|SSL_ENABLED|TLS_ENABLED',
  'SSLMODE|SSL_MODE',
]

describe('the variables of a service that is logged into', () => {
  const prefixes = 'POSTGRES|PG|POSTGRES_DB|DB|DB_USER'
  const words = [...new Set(`${prefixes}|${ENDINGS.join('|')}|APP|XPG`.split(/[|_]/))]
  const name = fc
    .tuple(fc.array(fc.constantFrom(...words), { maxLength: 5 }), fc.constantFrom('_', '__', ''))
    .map(([all, between]) => all.join(all.length > 3 ? '_' : between))

  it('have an underscore before their ending', () =>
    expect(loginNames('PG').filter(([row]) => row.test('PGXURL') || row.test('PGURL'))).toEqual([]))

  it('are those that a pattern of prefixes and endings finds', () => {
    const rows = loginNames(prefixes)
    const patterns = ENDINGS.map((endings) => new RegExp(`(?:^|_)(?:${prefixes})_(?:${endings})$`))
    fc.assert(
      fc.property(name, (text) => {
        expect(rows.map(([row]) => row.test(text))).toEqual(patterns.map((pattern) => pattern.test(text)))
      }),
      { numRuns: 5_000 },
    )
  })
})
