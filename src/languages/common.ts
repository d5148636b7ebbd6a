import { oneLine } from '../escape.ts'
import { type Facts, fact, type Warning } from '../facts.ts'
import type { Variable } from '../model.ts'
import type { Project } from '../project.ts'

/** What every language says in the same words. */
export const NO_HEALTH_ROUTE: Warning = {
  rule: 'PD093',
  message:
    'The code has no health route: the check takes any answer below 500 of / for life. Add one (/healthz), or name it with --health-path.',
}
export const READ_IN_PART: Warning = {
  rule: 'PD090',
  message:
    'This is a large tree: its source folders were read, the rest in part. Check port, health path and variables below.',
}

export const NOT_YET = 'Apps in a monorepo are not supported yet.'

/** The first of them by name, and how many more there are. */
export const few = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`

/** What is fetched from Git, by name: over ssh a build has no key for it. */
export function sshWarnings(addresses: readonly (readonly [string, string])[], file: string): Warning[] {
  const names = addresses
    .filter(([, address]) => /^(?:git\+)?(?:ssh:|[\w.-]+@[\w.-]+:)/.test(address))
    .map(([name]) => name)
  if (names.length === 0) return []
  return [
    {
      rule: 'PD089',
      message: `${few(names)} ${names.length > 1 ? 'come' : 'comes'} from Git over ssh, and a build has no key: where the repository is private, the install fails. Hand one over with --mount=type=ssh and "docker build --ssh default", as "explain PD089" shows.`,
      file,
    },
  ]
}

export function setBuildSecrets(
  facts: Facts,
  { secrets, source }: { secrets: readonly { id: string }[]; source: string },
): void {
  if (secrets.length > 0)
    facts.set(
      'buildSecrets',
      fact(
        secrets.map(({ id }) => id),
        source,
      ),
    )
}

export const namesOf = (variables: readonly Variable[]): string[] => variables.map(({ name }) => name)

export function setVariables(facts: Facts, variables: readonly Variable[]): void {
  if (variables.length === 0) return
  const sources = variables.flatMap((variable) => variable.sources)
  const files = [...new Set(sources.map((source) => source.split(':')[0] as string))]
  facts.set('envVars', fact(namesOf(variables), few(files), 'likely'))
}

/** Files that an app writes where its code lies. */
export type LostFiles = 'database' | 'uploads' | 'log' | 'folder' | 'files' | 'schema'

const LOST: Record<LostFiles, { says: (path: string) => string; instead: string }> = {
  database: {
    says: (path) => `The database is SQLite, a file beside the code (${path})`,
    instead: 'and replicas share nothing. Use PostgreSQL, or a volume and one replica',
  },
  uploads: {
    says: (path) => `Uploads go to ${path}, beside the code`,
    instead: 'and a container loses its files. Mount a volume there, or use object storage',
  },
  log: {
    says: (path) => `The log goes to ${path}, beside the code`,
    instead: 'and the app does not start. Log to the standard output',
  },
  folder: {
    says: (path) => `The app makes ${path} beside its code`,
    instead:
      'and the app does not start. Mount a volume there that user 65532 may write to; the run in DOCKER.md has a tmpfs, which keeps nothing',
  },
  files: {
    says: (path) => `The app writes to ${path}`,
    instead: 'and a container loses its files. Mount a volume there, or use object storage',
  },
  schema: {
    says: (path) => `The GraphQL schema is written to ${path} at start`,
    instead: 'and the app would not start. Set autoSchemaFile to true there: memory is enough',
  },
}

export function lostFiles(
  what: LostFiles,
  file: string,
  line: number,
  path: string,
  variable?: string,
): Warning {
  const { says, instead } = LOST[what]
  const unless = variable ? `, unless ${variable} says otherwise` : ''
  return {
    rule: 'PD058',
    message: `${says(oneLine(path))}${unless}: the root is read-only in production, ${instead}.`,
    file,
    line,
  }
}

/** Where an image of ours has what must outlive a container. */
export const DATA = '/data'

/** A SQLite file whose place variables say: that is a folder of the image, which a volume keeps. */
export const placedDatabase = (names: readonly string[], source: string): Warning =>
  placed('The database is SQLite, a file', names, source)

/** What an app keeps in a folder that it makes at start, the same way. */
export const placedFolder = (names: readonly string[], source: string): Warning =>
  placed('The app keeps its files in a folder', names, source)

function placed(what: string, names: readonly string[], source: string): Warning {
  const [file = '', line] = source.split(':')
  return {
    rule: 'PD058',
    message: `${what}: ${names.join(', ')} in the image and in compose.yaml ${names.length > 1 ? 'point' : 'points'} into ${DATA}. Mount a volume there in production too, and run one replica: replicas share nothing.`,
    file,
    ...(line && { line: Number(line) }),
  }
}

/** Migrations of a SQLite file whose path is fixed. */
export const noStepOfItsOwn = (title: string, file: string | undefined, instead = ''): Warning => ({
  rule: 'PD021',
  message: `${title} get no step of their own: in its container they would make a database file that the app never sees${instead}. Read the path from a variable (DATABASE_URL), and run this again.`,
  ...(file && { file }),
})

/** A path that is relative to the folder that the app runs in, and a file at all. */
export const isBesideCode = (path: string): boolean =>
  path !== '' && !/^(?:[/~\\:]|[A-Za-z]:|\w+:)/.test(path)

/** The lines of a Procfile: a process, and what runs it. */
export function procfile(project: Project): { name: string; line: string; source: string }[] {
  return (project.text('Procfile') ?? '').split('\n').flatMap((text, index) => {
    const match = /^([A-Za-z][\w-]*)\s*:\s*(.+)$/.exec(text.trim())
    return match
      ? [{ name: match[1] as string, line: (match[2] as string).trim(), source: `Procfile:${index + 1}` }]
      : []
  })
}

/** Databases, secrets, uploads and settings of one machine, by the names that .gitignore has for them. */
const LOCAL_RE =
  /^(?:instance|data|uploads?|media|user_?data|local_settings\.py|settings_local\.py|.*secret.*|.+\.(?:db|sqlite3?|rdb))$/

/** What git does not have, and an image must not: as `.dockerignore` says it, with what is taken back in. */
export function localFiles(project: Project): string[] {
  const lines = (project.source('.gitignore') ?? '')
    .split('\n')
    .map((line) => line.trim().replace(/\/$/, ''))
    .filter((line) => /^!?[\w.*/-]+$/.test(line) && !/thumbs\.db$/i.test(line))
  const local = lines.filter((line) => !line.startsWith('!') && isLocal(line))
  const back = lines.filter(
    (line) =>
      line.startsWith('!') && local.some((path) => line.slice(1).startsWith(path.replace(/\*+$/, ''))),
  )
  return [...local, ...back].map(fromRoot)
}

function isLocal(line: string): boolean {
  const [, path = ''] = /^(.*?)(?:\/\*{1,2})?$/.exec(line) ?? []
  return LOCAL_RE.test(path.slice(path.lastIndexOf('/') + 1).toLowerCase())
}

/** A name alone is meant in every folder; a path counts from the root. */
function fromRoot(line: string): string {
  const [, not = '', path = ''] = /^(!?)(.*)$/.exec(line) as RegExpExecArray
  return `${not}${path.includes('/') ? path.replace(/^\//, '') : `**/${path}`}`
}
