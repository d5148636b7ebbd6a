import { type AnswerKey, type Answers, ARTEFACT_IDS } from './answers.ts'
import { CliError, EXIT } from './errors.ts'
import type { ServiceId } from './model.ts'
import { shellQuote } from './shell.ts'
import { suggestion } from './suggest.ts'

/** The one list of flags: parsing, help, README, the schema of saved answers and the "same again" line come from it. */
export interface Flag {
  name: string
  short?: string
  /** Shown after the name; absent: a switch. */
  value?: string
  help: string
  group: 'what is true of the app' | 'what is written' | 'how it runs' | 'how it is proven'
  /** The answer that it gives, with how its text is read. */
  answer?: { key: AnswerKey; kind: 'text' | 'port' | 'path' | 'choice' | 'list'; choices?: readonly string[] }
}

export const SERVICE_IDS: readonly ServiceId[] = [
  'postgres',
  'mysql',
  'mariadb',
  'mongodb',
  'redis',
  'valkey',
  'rabbitmq',
  'kafka',
  'elasticsearch',
  'opensearch',
  'nats',
  'memcached',
  's3',
  'smtp',
]

const app = 'what is true of the app'
const written = 'what is written'
const runs = 'how it runs'
const proof = 'how it is proven'

export const FLAGS: readonly Flag[] = [
  {
    name: 'language',
    value: 'id',
    help: 'node, python',
    group: app,
    answer: { key: 'language', kind: 'choice', choices: ['node', 'python'] },
  },
  {
    name: 'framework',
    value: 'id',
    help: 'next, express, fastapi, django, …',
    group: app,
    answer: { key: 'framework', kind: 'text' },
  },
  {
    name: 'package-manager',
    value: 'id',
    help: 'npm, pnpm, yarn, bun, pip, uv, poetry, pdm, …',
    group: app,
    answer: { key: 'packageManager', kind: 'text' },
  },
  {
    name: 'runtime-version',
    value: 'v',
    help: 'line of Node.js or Python: 24, 3.13',
    group: app,
    answer: { key: 'runtimeVersion', kind: 'text' },
  },
  {
    name: 'port',
    value: 'n',
    help: 'port that the app listens on',
    group: app,
    answer: { key: 'port', kind: 'port' },
  },
  {
    name: 'health-path',
    value: 'path',
    help: 'a path that answers 2xx when the app is well',
    group: app,
    answer: { key: 'healthPath', kind: 'path' },
  },
  {
    name: 'build',
    value: 'command',
    help: 'command that builds the app',
    group: app,
    answer: { key: 'build', kind: 'text' },
  },
  {
    name: 'start',
    value: 'command',
    help: 'command that starts it in production',
    group: app,
    answer: { key: 'start', kind: 'text' },
  },
  {
    name: 'services',
    value: 'list',
    help: 'postgres,redis,… or none',
    group: app,
    answer: { key: 'services', kind: 'list', choices: SERVICE_IDS },
  },
  {
    name: 'base',
    value: 'image',
    help: 'slim or distroless: the final image',
    group: written,
    answer: { key: 'base', kind: 'choice', choices: ['slim', 'distroless'] },
  },
  {
    name: 'files',
    value: 'list',
    help: 'dockerfile,dockerignore,compose,ci,env,docs',
    group: written,
    answer: { key: 'files', kind: 'list', choices: ARTEFACT_IDS },
  },
  {
    name: 'ci',
    value: 'name',
    help: 'github or none',
    group: written,
    answer: { key: 'ci', kind: 'choice', choices: ['github', 'none'] },
  },
  {
    name: 'scanner',
    value: 'name',
    help: 'trivy or grype',
    group: written,
    answer: { key: 'scanner', kind: 'choice', choices: ['trivy', 'grype'] },
  },
  {
    name: 'env-lib',
    value: 'name',
    help: 'zod, valibot, envalid, pydantic-settings, none, …',
    group: written,
    answer: { key: 'envLib', kind: 'text' },
  },
  { name: 'yes', short: 'y', help: 'no questions; never overwrites an edit', group: runs },
  { name: 'dry-run', help: 'show the plan, write nothing', group: runs },
  { name: 'diff', help: 'show the full diff, write nothing', group: runs },
  { name: 'check', help: 'for CI: exit 4 where a run would change something', group: runs },
  { name: 'json', help: 'one JSON document on stdout', group: runs },
  {
    name: 'on-conflict',
    value: 'policy',
    help: 'abort, partial, sidecar, markers or keep',
    group: runs,
  },
  { name: 'restore', value: 'list', help: 'bring back files that you deleted, by id', group: runs },
  {
    name: 'adopt',
    value: 'list',
    help: 'your own files by id: dockerfile=docker/app, ci=none',
    group: runs,
  },
  { name: 'take', value: 'list', help: 'advice for your own files to apply: PD010,PD016', group: runs },
  { name: 'refuse', value: 'list', help: 'advice that is never to come again', group: runs },
  { name: 'verify', help: 'prove what was written (see verify --help)', group: runs },
  { name: 'interactive', help: 'ask, although CI or an agent is there', group: runs },
  { name: 'no-interactive', help: 'never ask', group: runs },
  { name: 'help', short: 'h', help: 'this text', group: runs },
  { name: 'version', short: 'v', help: 'the version', group: runs },
  { name: 'report', value: 'file', help: 'an HTML page of what was seen', group: proof },
  { name: 'timeout', value: 'time', help: 'the longest that a step may take: 90s, 15m', group: proof },
  { name: 'keep', help: 'leave containers and images behind', group: proof },
]

/** The value of a flag, or of the same key in the saved answers, checked. */
export function readAnswer(flag: Flag, text: string): unknown {
  const { kind, choices } = flag.answer as NonNullable<Flag['answer']>
  const bad = (why: string, hint?: string) =>
    new CliError(`--${flag.name} ${shellQuote(text)}: ${why}`, {
      code: EXIT.usage,
      ...(hint ? { hint } : {}),
    })
  if (kind === 'port') {
    if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65_535)
      throw bad('a port is a number from 1 to 65535.')
    return Number(text)
  }
  if (/\p{Cc}/u.test(text)) throw bad('control characters are not allowed.')
  if (kind === 'path') {
    if (!text.startsWith('/') || /[\s#]/.test(text)) throw bad('a path starts with "/" and has no spaces.')
    return text
  }
  if (kind === 'list') {
    const items = text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
    if (items.length === 1 && items[0] === 'none') return []
    const unknown = items.find((item) => !choices?.includes(item))
    if (unknown !== undefined)
      throw bad(
        `"${unknown}" is not known.`,
        `Known: ${choices?.join(', ')}.${suggestion(unknown, choices ?? [])}`,
      )
    return [...new Set(items)]
  }
  if (kind === 'choice' && !choices?.includes(text))
    throw bad('not known.', `Known: ${choices?.join(', ')}.${suggestion(text, choices ?? [])}`)
  if (text.trim() === '') throw bad('it is empty.')
  return text
}

/** The flags that give these answers again, quoted for a shell. */
export function answersToFlags(answers: Answers): string[] {
  return FLAGS.flatMap((flag) => {
    const value = flag.answer && answers[flag.answer.key]
    if (value === undefined) return []
    const text = Array.isArray(value) ? (value.length > 0 ? value.join(',') : 'none') : String(value)
    return [`--${flag.name}`, shellQuote(text)]
  })
}
