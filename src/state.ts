import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Answers } from './answers.ts'
import { CliError, EXIT } from './errors.ts'
import { jsonArgv } from './escape.ts'
import { FLAGS, readAnswer } from './flags.ts'
import type { Project } from './project.ts'

/** The committed memory of a run: what was written, byte for byte, and what people answered. */
export const LOCK_PATH = '.prod-docker/lock.json'
export const ANSWERS_PATH = '.prod-docker/answers.json'
export const SCHEMA_PATH = '.prod-docker/answers.schema.json'
const LOCK_SCHEMA = 1

export interface LockEntry {
  path: string
  state: 'managed' | 'deleted'
  sha256: string
  /** The pristine text as last rendered: the base of a later merge, deflated, base64. */
  z: string
}

export interface State {
  generator: string
  files: Record<string, LockEntry>
  answers: Answers
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Unchanged text keeps its old blob to the letter: another zlib may deflate it otherwise. */
export function entryFor(path: string, text: string, old: LockEntry | undefined): LockEntry {
  const sha256 = hashOf(text)
  return {
    path,
    state: 'managed',
    sha256,
    z: old?.sha256 === sha256 ? old.z : deflateRawSync(text, { level: 9 }).toString('base64'),
  }
}

export function pristine(entry: LockEntry): string {
  return inflateRawSync(Buffer.from(entry.z, 'base64')).toString('utf8')
}

/** One line a file, keys sorted, no time: small diffs, and the same bytes on every machine. */
export function lockText(state: Omit<State, 'answers'>): string {
  const lines = Object.keys(state.files)
    .sort()
    .map((id) => {
      const { path, state: status, sha256, z } = state.files[id] as LockEntry
      return `    ${JSON.stringify(id)}: ${JSON.stringify({ path, state: status, sha256, z })}`
    })
  return `{\n  "schema": ${LOCK_SCHEMA},\n  "generator": ${JSON.stringify(state.generator)},\n  "files": {${lines.length > 0 ? `\n${lines.join(',\n')}\n  ` : ''}}\n}\n`
}

export function answersText(answers: Answers): string {
  const sorted = Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = [['$schema', './answers.schema.json'], ...sorted].map(
    ([key, value]) =>
      `  ${JSON.stringify(key)}: ${Array.isArray(value) ? jsonArgv(value) : JSON.stringify(value)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

/** Reads what an earlier run left; null where there was none. Refuses (exit 5) what it can't trust. */
export function readState(project: Project, version: string): State | null {
  const text = project.text(LOCK_PATH)
  if (text === null) {
    const answers = readAnswers(project)
    return Object.keys(answers).length > 0 ? { generator: version, files: {}, answers } : null
  }
  if (/^(<{7}|={7}|>{7})( |$)/m.test(text))
    throw refuse('holds conflict markers of git', 'Keep either side whole: both are safe. Then run again.')
  let lock: { schema?: unknown; generator?: unknown; files?: unknown }
  try {
    lock = JSON.parse(text)
  } catch {
    throw refuse(
      'is damaged',
      'Take it back from git (git checkout -- .prod-docker/lock.json), or delete it to start anew.',
    )
  }
  if (typeof lock.schema !== 'number' || lock.schema > LOCK_SCHEMA)
    throw refuse('was written by a newer version', 'Run npx create-prod-docker@latest.')
  if (typeof lock.generator !== 'string' || !isRecord(lock.files))
    throw refuse('is damaged', 'Take it back from git, or delete it to start anew.')
  if (isNewer(lock.generator, version))
    throw refuse(
      `was written by version ${lock.generator}; this is ${version}`,
      'Run npx create-prod-docker@latest.',
    )
  const files: Record<string, LockEntry> = {}
  const paths = new Set<string>()
  for (const [id, value] of Object.entries(lock.files)) {
    const entry = value as LockEntry
    const sound =
      isRecord(value) &&
      typeof entry.path === 'string' &&
      typeof entry.sha256 === 'string' &&
      typeof entry.z === 'string' &&
      (entry.state === 'managed' || entry.state === 'deleted')
    if (!sound || !isInside(entry.path) || paths.has(entry.path.toLowerCase()) || !matchesHash(entry))
      throw refuse(`has a damaged entry "${id}"`, 'Take it back from git, or delete it to start anew.')
    paths.add(entry.path.toLowerCase())
    files[id] = { path: entry.path, state: entry.state, sha256: entry.sha256, z: entry.z }
  }
  return { generator: lock.generator, files, answers: readAnswers(project) }
}

function readAnswers(project: Project): Answers {
  const saved = project.json(ANSWERS_PATH)
  const answers: Answers = {}
  for (const [key, value] of Object.entries(saved ?? {})) {
    if (key === '$schema') continue
    const flag = FLAGS.find((candidate) => candidate.answer?.key === key)
    if (!flag)
      throw new CliError(`${ANSWERS_PATH} has an unknown key "${key}".`, {
        code: EXIT.usage,
        hint: `Known: ${FLAGS.flatMap((candidate) => candidate.answer?.key ?? []).join(', ')}.`,
      })
    const text = Array.isArray(value) ? (value.length > 0 ? value.join(',') : 'none') : String(value)
    Object.assign(answers, { [key]: readAnswer(flag, text) })
  }
  return answers
}

/** The JSON schema of the answers, from the table of flags. */
export function answersSchema(): string {
  const properties: Record<string, unknown> = { $schema: { type: 'string' } }
  for (const { help, answer } of FLAGS) {
    if (!answer) continue
    const { kind, choices } = answer
    properties[answer.key] =
      kind === 'port'
        ? { description: help, type: 'integer', minimum: 1, maximum: 65_535 }
        : kind === 'list'
          ? { description: help, type: 'array', items: { enum: choices }, uniqueItems: true }
          : kind === 'choice'
            ? { description: help, enum: choices }
            : { description: help, type: 'string', ...(kind === 'path' ? { pattern: '^/' } : {}) }
  }
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Answers to create-prod-docker', description: 'What detection should not decide. A flag overrules an answer, an answer overrules detection.', type: 'object', properties, additionalProperties: false }, null, 2)}\n`
}

/** A path in a lock is input: relative, forward slashes, no way up. */
function isInside(path: string): boolean {
  return (
    path !== '' &&
    !path.startsWith('/') &&
    !/^[A-Za-z]:|\\|\0/.test(path) &&
    !path.split('/').some((part) => part === '' || part === '.' || part === '..')
  )
}

function matchesHash(entry: LockEntry): boolean {
  try {
    return hashOf(pristine(entry)) === entry.sha256
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

function refuse(what: string, hint: string): CliError {
  return new CliError(`${LOCK_PATH} ${what}. Nothing was written.`, { code: EXIT.refused, hint })
}
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
