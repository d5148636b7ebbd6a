import { hash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { CliError, EXIT } from '../errors.ts'
import type { Project } from '../project.ts'
import { isRecord } from '../record.ts'
import { STATE } from './folder.ts'

/** The committed memory of a run: what was written, byte for byte. Later runs merge against it. */
export const LOCK_PATH = `${STATE}/lock.json`
const LOCK_SCHEMA = 1
/** More than any text that is rendered: a blob that inflates to more is none of ours. */
const MAX_PRISTINE = 4 << 20

/**
 * `managed`: ours, edited or not. `pending`: conflicts are open, the base is mixed (ours in clean places, the older one in
 * open ones). `deleted`: taken away by a person. `kept`: edited, and no longer written by us. `advisory`: a person's own
 * file, too unlike ours to merge; it gets advice.
 */
export const FILE_STATES = ['managed', 'pending', 'deleted', 'kept', 'advisory'] as const
export type FileState = (typeof FILE_STATES)[number]

export interface LockEntry {
  /** Where the file is: a person's renaming is followed. */
  path: string
  /** Where we would have put it, once a person renamed it. */
  from?: string
  state: FileState
  sha256: string
  /** The pristine text as last rendered: the base of a later merge, deflated, base64. */
  z: string
  /** Pending: hashes of the two renderings of which the base is a mix, older first. */
  pristine?: readonly string[]
  /** Once a person's own: what it says of the app counts as a hint, and was never written by us. */
  adopted?: true
  /** Advice that was refused for good, by rule. */
  refused?: readonly string[]
}

export interface Lock {
  generator: string
  files: Record<string, LockEntry>
  /** What the files were last rendered from, deflated: tells a change of the project from one of the templates. */
  input?: string
}

export const hashOf = (data: string | Uint8Array): string => hash('sha256', data)
export const pack = (text: string): string => deflateRawSync(text, { level: 9 }).toString('base64')
const unpacked = new Map<string, string>()
export function unpack(blob: string): string {
  const known = unpacked.get(blob)
  if (known !== undefined) return known
  const text = inflateRawSync(Buffer.from(blob, 'base64'), { maxOutputLength: MAX_PRISTINE }).toString('utf8')
  unpacked.set(blob, text)
  return text
}

/** Unchanged text keeps its old blob to the letter: another zlib may deflate it otherwise. */
export function entryFor(
  path: string,
  text: string,
  old: LockEntry | undefined,
  state: FileState = 'managed',
): LockEntry {
  const sha256 = hashOf(text)
  return { path, state, sha256, z: old?.sha256 === sha256 ? old.z : pack(text) }
}

export const pristine = (entry: LockEntry): string => unpack(entry.z)

/** One line a file, keys sorted, no time: small diffs, and the same bytes on every machine. */
export function lockText({ generator, files, input }: Lock): string {
  const lines = Object.keys(files)
    .sort()
    .map((id) => {
      const { path, from, state, sha256, z, pristine: mixed, adopted, refused } = files[id] as LockEntry
      const value = {
        path,
        ...(from && { from }),
        state,
        sha256,
        ...(mixed && { pristine: mixed }),
        ...(adopted && { adopted }),
        ...(refused && { refused }),
        z,
      }
      return `    ${JSON.stringify(id)}: ${JSON.stringify(value)}`
    })
  const head = [
    `"schema": ${LOCK_SCHEMA}`,
    `"generator": ${JSON.stringify(generator)}`,
    `"files": {${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}}`,
    ...(input === undefined ? [] : [`"input": ${JSON.stringify(input)}`]),
  ]
  return `{\n${head.map((line) => `  ${line}`).join(',\n')}\n}\n`
}

/** Reads what an earlier run left; null where there was none. Refuses (exit 5) what it can't trust. */
export function readLock(project: Project, version: string): Lock | null {
  const text = project.text(LOCK_PATH)
  if (text === null) return null
  if (/^(<{7}|={7}|>{7}|\|{7})( |$)/m.test(text))
    throw refuse('holds conflict markers of git', 'Keep either side whole: both are safe. Then run again.')
  let lock: { schema?: unknown; generator?: unknown; files?: unknown; input?: unknown }
  try {
    lock = JSON.parse(text)
  } catch {
    throw damaged('is damaged')
  }
  if (!isRecord(lock)) throw damaged('is damaged')
  if (typeof lock.schema === 'number' && lock.schema > LOCK_SCHEMA)
    throw refuse('was written by a newer version', 'Run npx create-prod-docker@latest.')
  if (lock.schema !== LOCK_SCHEMA || typeof lock.generator !== 'string' || !isRecord(lock.files))
    throw damaged('is damaged')
  if (isNewer(lock.generator, version))
    throw refuse(
      `was written by version ${lock.generator.slice(0, 40)}; this is ${version}`,
      'Run npx create-prod-docker@latest.',
    )
  const files: Record<string, LockEntry> = Object.create(null)
  const paths = new Set<string>()
  for (const [id, value] of Object.entries(lock.files)) {
    const entry = readEntry(value)
    const key = entry?.path.normalize('NFC').toLowerCase()
    if (!entry || key === undefined || paths.has(key)) throw damaged(`has a damaged entry "${id}"`)
    paths.add(key)
    files[id] = entry
  }
  return {
    generator: lock.generator,
    files,
    ...(typeof lock.input === 'string' && { input: lock.input }),
  }
}

function readEntry(value: unknown): LockEntry | undefined {
  if (!isRecord(value)) return undefined
  const { path, from, state, sha256, z, pristine: mixed, adopted, refused } = value as unknown as LockEntry
  const strings = (list: unknown) =>
    list === undefined || (Array.isArray(list) && list.every((item) => typeof item === 'string'))
  const sound =
    typeof path === 'string' &&
    isInside(path) &&
    (from === undefined || (typeof from === 'string' && isInside(from))) &&
    FILE_STATES.includes(state) &&
    typeof z === 'string' &&
    strings(mixed) &&
    (adopted === undefined || adopted === true) &&
    strings(refused) &&
    hashMatches(z, sha256)
  return sound
    ? {
        path,
        ...(from && { from }),
        state,
        sha256,
        z,
        ...(mixed && { pristine: mixed }),
        ...(adopted && { adopted }),
        ...(refused && { refused }),
      }
    : undefined
}

/** A path in a lock is input: relative, forward slashes, no way up, not into the tool's own or git's folder. */
export function isInside(path: string): boolean {
  return (
    path !== '' &&
    path.length < 1_000 &&
    !/^[A-Za-z]:|[^ -[\]-~\u00a0-\uffff]/.test(path) &&
    !/^\.(git|prod-docker)(\/|$)/i.test(path) &&
    !path.split('/').some((part) => part === '' || part === '.' || part === '..' || /[. ]$/.test(part))
  )
}

function hashMatches(z: string, sha256: unknown): boolean {
  try {
    return hashOf(unpack(z)) === sha256
  } catch {
    return false
  }
}

function isNewer(a: string, b: string): boolean {
  const parts = (version: string) => version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0)
  const [left, right] = [parts(a), parts(b)]
  for (let at = 0; at < 3; at++) if (left[at] !== right[at]) return (left[at] ?? 0) > (right[at] ?? 0)
  return false
}

const damaged = (what: string) =>
  refuse(what, `Take it back from git (git checkout -- ${LOCK_PATH}), or delete it to start anew.`)

function refuse(what: string, hint: string): CliError {
  return new CliError(`${LOCK_PATH} ${what}. Nothing was written.`, { code: EXIT.refused, hint })
}
