import { IMAGES } from '../data/versions.ts'
import { composeText } from '../escape.ts'
import type { Warning } from '../facts.ts'
import type { ServiceId, Variable } from '../model.ts'
import { serviceById } from './index.ts'
import type { Ecosystem, Give, Sample, ServiceRow, ServiceUse, Wiring } from './types.ts'
import { devSecret, parseSample } from './values.ts'
import { schemeBase, schemesOf, serviceOf } from './variables.ts'

export interface WiringInput {
  variables: readonly Variable[]
  /** Names the database where the project does not. */
  appName: string
  ecosystem: Ecosystem
  dependencies: ReadonlyMap<string, string>
}

/** The services of an app, each with the variables that tell the app where it is. Ids that are no service are passed over. */
export function wireServices(ids: readonly ServiceId[], input: WiringInput): ServiceUse[] {
  const rows = ids.flatMap((id) => serviceById(id) ?? [])
  const theirs = new Map<ServiceRow, { variable: Variable; give: Give }[]>(rows.map((row) => [row, []]))
  for (const variable of input.variables) {
    const match = serviceOf(variable, rows)
    if (match && !isOther(variable, input.variables))
      theirs.get(match.row)?.push({ variable, give: match.give })
  }
  const taken = new Set<string>()
  return rows.map((row) => {
    const use = wire(row, theirs.get(row) ?? [], input, taken)
    for (const name of Object.keys(use.connection)) taken.add(name)
    return use
  })
}

function wire(
  row: ServiceRow,
  matches: { variable: Variable; give: Give }[],
  input: WiringInput,
  taken: ReadonlySet<string>,
): ServiceUse {
  const schemes = schemesOf(row)
  const ownSample = ({ default: own, example }: Variable): Sample | null =>
    [own, example]
      .map(parseSample)
      .find((sample) => sample && schemes.includes(sample.scheme.split('+')[0] as string)) ?? null
  // `IMPORT_DATABASE_URL` beside DATABASE_URL says less of the app's own.
  const isLonger = (name: string) => matches.some(({ variable }) => name.endsWith(`_${variable.name}`))
  const samples = [...matches]
    .sort((a, b) => Number(isLonger(a.variable.name)) - Number(isLonger(b.variable.name)))
    .flatMap(({ variable }) => ownSample(variable) ?? [])
  const sample = samples[0] ?? null
  const password = matches.some(({ give }) => give === 'password')
  const wiring: Wiring = {
    ecosystem: input.ecosystem,
    dependencies: input.dependencies,
    database:
      databaseName(row, matches, sample) ??
      (input.appName.toLowerCase().replace(/[^a-z0-9]+/g, '_') || 'app'),
    password,
    open: !password && samples.length > 0 && !samples.some(({ login }) => login),
    sample,
  }
  const hasPort = matches.some(({ give }) => give === 'port')
  const connection: Record<string, string> = {}
  const unset: string[] = []
  for (const { variable, give } of matches) {
    const value = tell(
      row,
      isBareHost(variable, matches) ? 'host' : give,
      { ...wiring, sample: ownSample(variable) ?? sample },
      variable,
      hasPort,
    )
    if (value !== null) connection[variable.name] = value
    else if (typeof give === 'object' && 'engine' in give && !variable.default) unset.push(variable.name)
  }
  const assumed = assume(
    row,
    matches.map(({ give }) => give),
    wiring,
    connection,
    taken,
  )
  return {
    id: row.id,
    title: row.title,
    kind: row.kind,
    connection,
    assumed,
    ...(unset.length > 0 && { unset }),
    ...(row.kind === 'database' && { database: wiring.database }),
    container: { image: IMAGES[imageOf(row, wiring)], ...row.container(wiring) },
  }
}

const COPIES = new Set(
  'READ WRITE REPLICA READONLY PRIMARY MAIN MASTER DIRECT POOLED DEFAULT APP SQLALCHEMY'.split(' '),
)

/**
 * `GEO_DATABASE_URL` beside DATABASE_URL, in code that does without, or with another database in its sample: a database of
 * its own, or where to get one.
 */
function isOther({ name, required, default: own, example }: Variable, all: readonly Variable[]): boolean {
  const [, before, plain] = /^(.+)_((?:DB|DATABASE)(?:_CONNECTION)?_UR[LI])$/.exec(name) ?? []
  const main = before === undefined ? undefined : all.find((other) => other.name === plain)
  if (!main || required || COPIES.has(before?.split('_').at(-1) as string)) return false
  const [mine, theirs] = [own || example, main.default || main.example].map((text) => parseSample(text)?.path)
  return mine !== undefined && theirs !== undefined ? mine !== theirs : !(own || example)
}

/** `X_ENDPOINT` beside `X_PORT`: a host, for the port is said apart. */
function isBareHost(
  { name, kind, default: own, example }: Variable,
  matches: { variable: Variable; give: Give }[],
) {
  const prefix = /^(.*)_(?:ENDPOINT|SERVER)$/.exec(name)?.[1]
  return (
    prefix !== undefined &&
    kind !== 'url' &&
    !own &&
    !example &&
    matches.some(({ variable, give }) => give === 'port' && variable.name === `${prefix}_PORT`)
  )
}

function imageOf(row: ServiceRow, { dependencies, sample }: Wiring) {
  const base = sample?.scheme.split('+')[0] ?? ''
  const isAsked = row.variants?.find(
    (variant) =>
      variant.dependencies.some((name) => dependencies.has(name)) || variant.schemes?.includes(base),
  )
  return isAsked?.image ?? row.image
}

/** The database that the project's samples name, where the name is plain enough to be passed on. */
function databaseName(
  row: ServiceRow,
  matches: { variable: Variable; give: Give }[],
  sample: Sample | null,
): string | null {
  if (row.kind !== 'database') return null
  const names = [
    sample?.path.slice(1),
    ...matches.flatMap(({ variable, give }) =>
      give === 'database' ? [variable.default, variable.example] : [],
    ),
  ]
  return names.find((name) => name && /^[A-Za-z0-9_][\w-]{0,62}$/.test(name)) ?? null
}

/** Where nothing in the code says where the service is, the names that people and libraries use. */
function assume(
  row: ServiceRow,
  given: readonly Give[],
  wiring: Wiring,
  connection: Record<string, string>,
  taken: ReadonlySet<string>,
): string[] {
  const isPlaced = given.some((give) => give === 'url' || give === 'host' || give === 'address')
  if (isPlaced && !row.readByLibrary) return []
  const assumed: string[] = []
  for (const [usual, give] of Object.entries(row.convention)) {
    if (isPlaced && (given.includes(give) || give === 'url')) continue
    const name = taken.has(usual) ? `${row.id.toUpperCase()}_${usual.split('_').pop()}` : usual
    if (name in connection) continue
    const value = tell(row, give, wiring, null, false)
    if (value === null) continue
    connection[name] = value
    if (!row.readByLibrary) assumed.push(name)
  }
  return assumed
}

/** What a variable is told, in the form of its sample: a URL, `host:port`, a host, a list of them. Null: its default is right. */
function tell(
  row: ServiceRow,
  give: Give,
  wiring: Wiring,
  variable: Variable | null,
  hasPort: boolean,
): string | null {
  const text = variable?.default || variable?.example || ''
  if (typeof give === 'object') {
    if ('text' in give) return variable?.presence ? null : composeText(give.text)
    if ('fallback' in give)
      return variable?.default || variable?.presence ? null : composeText(variable?.example ?? give.fallback)
    return engine(give.engine[wiring.ecosystem], wiring, variable)
  }
  const address = `${row.id}:${row.port}`
  switch (give) {
    case 'port':
      return String(row.port)
    case 'user':
      return row.user ?? 'app'
    case 'password':
      return devSecret(row.secret ?? 'DEV_PASSWORD')
    case 'database':
      return row.kind === 'database' ? wiring.database : null
    default: {
      const place =
        give === 'url' || schemeBase(text) || variable?.kind === 'url'
          ? row.url(wiring)
          : give === 'host' || hasPort
            ? row.id
            : address
      const bare = place.includes('://') && isPlace(text) ? (text.includes(':') ? address : row.id) : place
      const formed = /^[\w.-]+:\d+$/.test(text) ? address : bare
      return text.startsWith('[') ? JSON.stringify([formed]) : formed
    }
  }
}

/** `localhost` or `localhost:9000`: a place, but no URL. */
function isPlace(text: string): boolean {
  return /^[A-Za-z][\w.-]*(?::\d+)?$|^\d+\.\d+\.\d+\.\d+(?::\d+)?$/.test(text)
}

function engine(
  names: readonly string[],
  { ecosystem, dependencies }: Wiring,
  variable: Variable | null,
): string | null {
  const sample = variable?.default || variable?.example || ''
  if (names.includes(sample.split('.').pop() as string)) return variable?.default ? null : composeText(sample)
  const isNamed = sample !== '' || variable?.dialect === true
  const isDjango =
    ecosystem === 'pypi' && dependencies.has('django') && (sample === '' || sample.includes('.'))
  // Where nothing shows that the name is an ORM's, the app may have one of its own.
  if (!isNamed && !isDjango) return null
  const [name] = names as [string]
  return isDjango
    ? `django.db.backends.${name}`
    : ecosystem === 'npm' && dependencies.has('knex') && name === 'postgres'
      ? 'pg'
      : name
}

/** One warning per service that the code does not ask for by any variable we know. `compose`: the file of ours that sets it. */
export function serviceWarnings(uses: readonly ServiceUse[], compose: string | undefined): Warning[] {
  const unset = uses.flatMap(({ title, unset = [] }) =>
    unset.map((name) => ({
      rule: 'PD098',
      message: `${name} is not set: by which name the app knows ${title}, its code does not show. Put it into .env.`,
    })),
  )
  const assumed = uses
    .filter(({ assumed }) => assumed.length > 0)
    .map(({ title, assumed }) => {
      const [names, it] = [assumed.join(' and '), assumed.length > 1 ? 'them' : 'it']
      const then = compose
        ? `: ${compose} sets ${names}. Read ${it} in your code, or rename ${it} there.`
        : `. Usual is ${names}: read ${it} in your code.`
      return { rule: 'PD098', message: `No variable was found that tells the app where ${title} is${then}` }
    })
  return [...assumed, ...unset]
}
