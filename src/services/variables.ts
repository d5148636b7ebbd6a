import type { Variable } from '../model.ts'
import { ANY_DATABASE } from './databases.ts'
import { SERVICES } from './index.ts'
import type { Give, ServiceRow } from './types.ts'
import { parseSample } from './values.ts'

/** Variables of other environments: they are not the app's own connection. */
export function isForTests(name: string): boolean {
  return /(?:^|_)(?:TEST|TESTING|SHADOW|E2E|STAGING|PROD|PRODUCTION)(?:_|$)/.test(name)
}

/** `postgresql` of `postgresql+asyncpg://…`; empty where the text is no URL. */
export function schemeBase(text: string | undefined): string {
  return parseSample(text)?.scheme.split('+')[0] ?? ''
}

/** The schemes that a service answers to: its own, and those of the service that it stands for. */
export function schemesOf(row: ServiceRow): string[] {
  const original = SERVICES.find(({ id }) => id === row.standsFor)
  return [...row.schemes, ...(original?.schemes ?? [])]
}

/** Values that show the form; `postgresql+asyncpg://` alone is the beginning of one. */
export const samplesOf = (variable: Variable): (string | undefined)[] =>
  [variable.default, variable.example].filter((sample) => !sample?.endsWith('://'))

/** The names that a database has in an ORM's settings. */
const engineNames = ({ variables }: ServiceRow): readonly string[] =>
  variables.flatMap(([, give]) => (typeof give === 'object' && 'engine' in give ? give.engine.pypi : []))

/** Brokers come before caches: `CELERY_BROKER_URL` is RabbitMQ's where there is one. First is who has the sample's port. */
const inOrder = (rows: readonly ServiceRow[], port: number) =>
  [...rows].sort(
    (a, b) =>
      Number(b.port === port) - Number(a.port === port) ||
      Number(b.kind === 'queue') - Number(a.kind === 'queue'),
  )

/** Whether it tells where a service is. */
export const isPlacing = (give: Give): boolean => give === 'url' || give === 'host' || give === 'address'

const SWITCH_RE = /^(.+)_ENABLED$|^ENABLE_(.+)$/

/** `REDIS_ENABLED`: whether the app uses that service at all. */
export function switchOf(
  { name, public: isPublic }: Variable,
  rows: readonly ServiceRow[],
): { row: ServiceRow; prefix: string } | null {
  const [, before, after] = SWITCH_RE.exec(name.toUpperCase()) ?? []
  const prefix = before ?? after
  if (!prefix || isPublic) return null
  const row = rows.find(
    ({ variables }) =>
      !variables.some(([re]) => re.test(name.toUpperCase())) &&
      variables.some(([re, give]) => isPlacing(give) && re.test(`${prefix}_HOST`)),
  )
  return row ? { row, prefix } : null
}

/** `127.0.0.1:6379`: the port says whose address it is. */
const LOCAL_RE = /^(?:localhost|127\.0\.0\.1):(\d+)$/

/** Which of the services a variable speaks of, and what it wants to be told. Its sample's scheme says more than its name. */
export function serviceOf(
  variable: Variable,
  rows: readonly ServiceRow[],
): { row: ServiceRow; give: Give } | null {
  if (variable.public || isForTests(variable.name)) return null
  const samples = samplesOf(variable)
  if (samples.length < 2) return null
  for (const row of rows) {
    const names = engineNames(row)
    const choice = variable.choices?.find((text) => names.includes(text.split('.').pop() as string))
    if (choice) return { row, give: { text: choice } }
  }
  const bases = samples.map(schemeBase)
  for (const base of bases.filter(Boolean)) {
    const row = rows.find((candidate) => schemesOf(candidate).includes(base))
    if (row) return { row, give: 'url' }
    // It names a service that is not here: a person runs it elsewhere.
    if (SERVICES.some((candidate) => candidate.schemes.includes(base))) return null
  }
  // `DATABASE__HOST` of nested settings.
  const name = variable.name.toUpperCase().replace('__', '_')
  const port = samples.map((sample) => /^[\w.-]+:(\d+)$/.exec(sample ?? '')?.[1]).find(Boolean)
  for (const row of inOrder(rows, Number(port))) {
    const match = row.variables.find(([re]) => re.test(name))
    if (match) return { row, give: match[1] }
  }
  const on = switchOf(variable, rows)
  if (on && /^(?:true|1|yes|on)$/i.test(variable.default ?? '')) return null
  if (on) return { row: on.row, give: { text: samples.includes('0') ? '1' : 'true' } }
  const database = rows.find(({ kind }) => kind === 'database')
  const match = database && ANY_DATABASE.find(([re]) => re.test(name))
  if (match) return { row: database, give: match[1] }
  const local = samples.map((sample) => LOCAL_RE.exec(sample ?? '')?.[1]).find(Boolean)
  const row = rows.find((candidate) => String(candidate.port) === local)
  return row ? { row, give: 'address' } : null
}
