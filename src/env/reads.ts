import type { Variable } from '../model.ts'
import {
  isEssential,
  isOptionalByConvention,
  isPublicName,
  isSecret,
  isShellName,
  kindByName,
  looksLikeUrl,
} from './names.ts'

/**
 * How one place treats a variable:
 * `schema`: declared, with all that there is to know. `guard`: the app stops without it. `needed`: the code fails without it.
 * `plain`: handed on, who knows what for. `tested`: the code asks whether it is there. `optional`: may be absent.
 * `example`: named in a file for people.
 */
export type Use = 'schema' | 'guard' | 'needed' | 'plain' | 'tested' | 'optional' | 'example'

export interface Read {
  name: string
  /** `src/db.ts:4`. */
  source: string
  use: Use
  /** A literal default; its absence with `use: 'schema'` and `required: false` means optional. */
  default?: string
  kind?: Variable['kind']
  /** Of a schema: whether it must be there. */
  required?: boolean
  /** …and the text of its field. */
  form?: string
  /** Read while the image is built, and never after: `frozen` puts the value into the server's code. */
  build?: 'config' | 'frozen'
  /** The value in `.env.example`. */
  example?: string
  /** The code asks for it by itself and stops: a default elsewhere does not help. */
  raises?: true
  /** As the variable's. */
  choices?: string[]
  presence?: true
  settings?: true
  /** Handed to an ORM as the name of its dialect. */
  dialect?: true
  /** Public, and asked for by the server as it runs: nothing is frozen. */
  live?: true
}

/**
 * One variable per name. A schema has the last word. Else it is required where the code stops without it, or fails
 * without it and nowhere asks whether it is there; a default anywhere makes it optional everywhere. One that is handed on
 * is required by its name alone: most of these are for parts of an app that run without it.
 */
export function mergeReads(reads: readonly Read[], isPublic = isPublicName): Variable[] {
  const byName = new Map<string, Read[]>()
  for (const read of reads) {
    const list = byName.get(read.name)
    if (list) list.push(read)
    else byName.set(read.name, [read])
  }
  const addresses = [...byName.keys()].flatMap((name) => /^(.+_)(?:URL|URI|DSN)$/.exec(name)?.[1] ?? [])
  return [...byName]
    .map(([name, list]) => toVariable(name, list, addresses, isPublic(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const PART_RE = /_(?:HOST|HOSTNAME|PORT|NAME|DB|DATABASE|USER|USERNAME|PASS|PASSWORD|SCHEMA)$/

function toVariable(name: string, reads: Read[], addresses: readonly string[], isFrozen: boolean): Variable {
  const schema = reads.find((read) => read.use === 'schema')
  const uses = new Set(reads.map((read) => read.use))
  const stated = reads.find((read) => read.default !== undefined)?.default
  const fallback = schema?.default ?? (schema?.required ? undefined : stated)
  const example = reads.find((read) => read.example)?.example
  const kind = kindOf(name, reads, schema, fallback, example)
  const required = schema
    ? schema.required === true
    : fallback === undefined &&
      isShellName(name) &&
      (uses.has('guard') ||
        (!uses.has('tested') &&
          !isOptionalByConvention(name) &&
          // `DATABASE_HOST` beside `DATABASE_URL`: one or the other.
          !addresses.some((address) => name.startsWith(address) && PART_RE.test(name)) &&
          (uses.has('needed') || (uses.has('plain') && (isFrozen || isEssential(name))))))
  const code = reads.filter((read) => read.use !== 'example')
  const secret = !isFrozen && isSecret(name, kind, [fallback, example])
  const isPublic = isFrozen && !(code.length > 0 && code.every((read) => read.live))
  const choices = reads.flatMap((read) => read.choices ?? [])
  const build = !isPublic && code.length > 0 && code.every((read) => read.build)
  return {
    name,
    kind,
    required,
    ...(fallback !== undefined && { default: fallback }),
    ...(example && { example }),
    secret,
    public: isPublic,
    ...(build && { build: secret || code.some((read) => read.build === 'frozen') ? 'secret' : 'argument' }),
    ...(choices.length > 0 && { choices }),
    ...(reads.some((read) => read.presence) && { presence: true }),
    ...(reads.some((read) => read.settings) && { settings: true }),
    ...(code.some((read) => read.dialect) && { dialect: true }),
    sources: [...new Set(reads.map((read) => read.source))],
  }
}

/** Stated kinds first; the name only where no known value says otherwise. */
function kindOf(
  name: string,
  reads: Read[],
  schema: Read | undefined,
  fallback: string | undefined,
  example: string | undefined,
): Variable['kind'] {
  const stated = schema?.kind ?? reads.find((read) => read.kind && read.kind !== 'string')?.kind
  const values = [fallback, example].filter((value): value is string => Boolean(value))
  const kind = stated ?? kindByName(name) ?? (values.length > 0 && values.every(isHttpUrl) ? 'url' : 'string')
  return values.every((value) => fits(kind, value)) ? kind : (schema?.kind ?? 'string')
}

const isHttpUrl = (value: string) => /^https?:\/\/\S+$/.test(value)

export function fits(kind: Variable['kind'], value: string): boolean {
  if (kind === 'number') return value.trim() !== '' && Number.isFinite(Number(value))
  if (kind === 'boolean') return /^(?:true|false|1|0|yes|no|on|off)$/i.test(value)
  return kind === 'string' || looksLikeUrl(value)
}
