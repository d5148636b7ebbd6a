import { isShellName } from '../env/names.ts'
import { composeText } from '../escape.ts'
import type { AppModel, Variable } from '../model.ts'
import type { ServiceUse } from '../services/types.ts'
import { note, type Yaml } from '../yaml.ts'
import type { ArtefactInput } from './types.ts'

/** Secrets that an app makes for itself (a key for cookies or tokens): any long text will do in development. */
const OWN_SECRET_RE =
  /(?<![^_])(?:SECRET(?:_KEY(?:_BASE)?)?|SESSION_PASSWORD|(?:APP|JWT|SESSION|COOKIE|ENCRYPTION|SIGNING)_KEYS?|SALT|PEPPER)$/
const THIRD_PARTY_RE =
  /(?:^|_)(?:AWS|S3|STRIPE|GITHUB|GOOGLE|FACEBOOK|TWITTER|CLIENT|OAUTH\d?|AUTH0|CLERK|TWILIO|SLACK|OPENAI|API|WEBHOOK|MINIO|AZURE|GCP|PAYPAL|DISCORD)_(?!.*_(?:SALT|PEPPER)$)/

/** Long enough for what checks a key's length, and plainly not one. */
const DEV_KEY = 'dev-only-not-a-secret-dev-only-not-a-secret'

/** Keys that only have to be there: without them the app does not start, and no person has to fetch them anywhere. */
export function devKeys(app: AppModel, services: readonly ServiceUse[]): string[] {
  const told = new Set([
    ...Object.keys(app.environment),
    ...services.flatMap(({ connection }) => Object.keys(connection)),
  ])
  return app.variables
    .filter((variable) => isOwnSecret(variable) && !told.has(variable.name))
    .map(({ name }) => name)
}

function isOwnSecret({ name, required, secret, public: isPublic, default: own }: Variable): boolean {
  return required && secret && !isPublic && !own && OWN_SECRET_RE.test(name) && !THIRD_PARTY_RE.test(name)
}

/** The app's own address as people see it, and what else does on any developer's machine. */
function devValues({ variables, development, port, kind }: AppModel): [string, string][] {
  const published = development.port ?? port
  return variables.flatMap(({ name, example, default: own, development: value }): [string, string][] => {
    const [, host, sampled, path = ''] = OWN_URL_RE.exec(example ?? '') ?? []
    const isOwn = kind === 'server' && !own && Number(sampled) === published
    const said = value?.replace('{port}', `\${PORT:-${published}}`)
    const text = isOwn ? `${host}\${PORT:-${published}}${path}` : said
    return text && published !== null && isShellName(name) ? [[name, `\${${name}:-${text}}`]] : []
  })
}
/** In a sample: with the port of the app, nothing but the app is there. */
const OWN_URL_RE = /^(http:\/\/(?:localhost|127\.0\.0\.1):)(\d+)(\/[\w./-]*)?$/

/** What every container is told: the language's own, where the services are, and the keys above. */
export function environment(app: AppModel, services: readonly ServiceUse[]): Record<string, Yaml> {
  return {
    ...Object.fromEntries(devValues(app)),
    ...escaped(app.environment),
    ...Object.fromEntries(services.flatMap(({ connection }) => Object.entries(connection))),
    ...Object.fromEntries(
      devKeys(app, services).map((name) => [name, note(`\${${name}:-${DEV_KEY}}`, { rule: 'PD045' })]),
    ),
  }
}

/** Whether a compose file of this run tells the app all that: what a person's own says is theirs to know. */
export const tellsApp = ({ files, lacks = [] }: Pick<ArtefactInput, 'files' | 'lacks'>): boolean =>
  files.includes('compose') && !lacks.includes('compose variables')

/** Values as Compose text. */
export function escaped(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, composeText(value)]))
}

/** What the app's own container is told besides. The port is fixed inside: a PORT of .env moves only what people see. */
export function appEnvironment({ development, port, kind }: AppModel): Record<string, string> {
  const inside = development.port ?? port
  return {
    ...escaped(development.env),
    ...(inside !== null && kind === 'server' && { PORT: String(inside) }),
  }
}

/** What development needs, and only a person has: nothing that is written says it. */
export function ownValues(input: Pick<ArtefactInput, 'app' | 'services' | 'files' | 'lacks'>): Variable[] {
  const { app, services } = input
  const told = new Set(
    tellsApp(input) ? Object.keys({ ...environment(app, services), ...appEnvironment(app) }) : [],
  )
  return app.variables.filter(
    ({ name, required, public: isPublic }) => required && !isPublic && !told.has(name),
  )
}

/** Where the variables stand with samples: the project's own file, or the one that is written. */
export function samplePath({ app, files, paths }: ArtefactInput): string | undefined {
  const isWritten = files.includes('env') && app.variables.some(({ name }) => /^[A-Za-z_]\w*$/.test(name))
  return app.envExample ?? (isWritten ? (paths['env-example'] ?? '.env.example') : undefined)
}
