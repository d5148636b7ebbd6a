import { composeText } from '../escape.ts'
import type { Give, NameTest, Sample } from './types.ts'

/**
 * The password of a development service. It is no secret and says so; a variable overrules it in the app and in the
 * service at once, so that the two can't disagree.
 */
export function devSecret(variable: string): string {
  return `\${${variable}:-dev-only}`
}

/** `postgresql+asyncpg://u:p@localhost:5432/shop?x=1` taken apart; null where it is no URL. */
export function parseSample(text: string | undefined): Sample | null {
  const match = /^\s*([a-z][a-z0-9+.-]*):\/\/(\S*@)?[^/?#\s]*(\/[^?#\s]*)?(?:\?([^#\s]*))?/i.exec(text ?? '')
  if (!match) return null
  const [, scheme = '', login, path = '', query = ''] = match
  return { scheme: scheme.toLowerCase(), path, query, login: login !== undefined }
}

/** Parameters that ask for TLS or for another host: the service of a compose file has neither. */
const ELSEWHERE_RE = /^(?:ssl\w*|tls\w*|channel_binding|host|socket|unix_sock\w*|ssl-mode|sslaccept)$/i
/** Schemes over TLS, by the plain one. */
const PLAIN_SCHEMES: Readonly<Record<string, string>> = {
  rediss: 'redis',
  valkeys: 'valkey',
  amqps: 'amqp',
  smtps: 'smtp',
  'mongodb+srv': 'mongodb',
}

export interface UrlOptions {
  scheme: string
  /** `user:password`, `:password`, or nothing. */
  credentials?: string
  address: string
  path?: string
  query?: string
}

/** A URL as compose text: what comes from the project is escaped, `${…}` in credentials is not. */
export function serviceUrl({ scheme, credentials, address, path = '', query = '' }: UrlOptions): string {
  const login = credentials ? `${credentials}@` : ''
  const kept = query.split('&').filter((pair) => /^[\w.-]+=[\w.,:/+%-]*$/.test(pair))
  const local = kept.filter((pair) => !ELSEWHERE_RE.test(pair.split('=')[0] as string)).join('&')
  const safePath = /^[\w./%-]*$/.test(path) ? path : ''
  return `${PLAIN_SCHEMES[scheme] ?? scheme}://${login}${address}${composeText(safePath)}${local ? `?${local}` : ''}`
}

/** What a name can end in, below the prefix of its service, with what it then wants. */
const LOGIN_ENDINGS: readonly [endings: string, give: Give][] = [
  ['URL URI DSN CONNECTION CONNECTION_STRING CONNECTION_URL CONNECTION_URI CONN_STR', 'url'],
  ['HOST HOSTNAME SERVER HOST_NAME ADDR ADDRESS', 'host'],
  ['PORT PORT_NUMBER', 'port'],
  ['USER USERNAME USER_NAME LOGIN', 'user'],
  ['PASS PASSWORD PWD PASSWD USER_PASSWORD', 'password'],
  ['DB NAME DATABASE DBNAME DB_NAME DATABASE_NAME', 'database'],
  ['SSL TLS USE_SSL USE_TLS SSL_ENABLED TLS_ENABLED', { text: 'false' }],
  ['SSLMODE SSL_MODE', { text: 'disable' }],
]

/** The variables of a service that is logged into, by the prefixes that people give them (a pattern's source). */
export function loginNames(prefixes: string): [NameTest, Give][] {
  return LOGIN_ENDINGS.map(([endings, give]) => [namesOf(prefixes, endings), give])
}

/**
 * Names of a prefix (a pattern's source) and one of some endings, separated by spaces. The ending is compared first: to
 * compile a pattern takes longer than all of the rest, and most names never need one.
 */
export function namesOf(prefixes: string, endings: string): NameTest {
  let prefix: RegExp | undefined
  return {
    test: (name) =>
      endings.split(' ').some((end) => {
        if (!name.endsWith(`_${end}`)) return false
        prefix ??= new RegExp(`(?:^|_)(?:${prefixes})$`)
        return prefix.test(name.slice(0, -end.length - 1))
      }),
  }
}
