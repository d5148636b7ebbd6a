import { type AnswerKey, type Answers, ARTEFACT_IDS } from './answers.ts'
import { CliError, EXIT } from './errors.ts'
import type { ServiceId } from './model.ts'
import { CONFLICT_POLICIES } from './plan/types.ts'
import { shellQuote } from './shell.ts'

/** The one list of flags: parsing, help, README, the schema of saved answers and the "same again" line come from it. */
export interface Flag {
  name: string
  short?: string
  /** Shown after the name; absent: a switch. */
  value?: string
  help: string
  group: 'what is true of the app' | 'what is written' | 'how it runs'
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
    help: 'without a terminal: abort, partial, sidecar, markers, keep',
    group: runs,
  },
  { name: 'restore', value: 'list', help: 'bring back files that you deleted, by id', group: runs },
  {
    name: 'adopt',
    value: 'list',
    help: 'your own files, by id: dockerfile=docker/app, ci=none',
    group: runs,
  },
  { name: 'take', value: 'list', help: 'advice for your own files to apply: PD010,PD016', group: runs },
  { name: 'refuse', value: 'list', help: 'advice that is never to come again', group: runs },
  { name: 'interactive', help: 'ask, although CI or an agent was detected', group: runs },
  { name: 'no-interactive', help: 'never ask', group: runs },
  { name: 'help', short: 'h', help: 'this text', group: runs },
  { name: 'version', short: 'v', help: 'the version', group: runs },
]

/** Of the contract, and not there yet: refused by name, never taken for a folder. */
const LATER_COMMANDS = ['verify', 'audit', 'pin']

export interface Invocation {
  command: 'main' | 'explain' | 'undo'
  directory: string
  words: string[]
  answers: Answers
  yes: boolean
  dryRun: boolean
  diff: boolean
  check: boolean
  json: boolean
  onConflict: (typeof CONFLICT_POLICIES)[number]
  restore: string[]
  /** Paths of a person's own files by id; `none` for one that is no business of ours. */
  adopt: Record<string, string>
  /** Rules whose advice is taken, or refused for good. */
  take: string[]
  refuse: string[]
  interactive: boolean | undefined
  help: boolean
  version: boolean
}

const NO_FILES = ARTEFACT_IDS.map((id) => `no-${id}`)

/** Reads the command line; throws with exit code 2 on anything it does not know. */
export function parseFlags(argv: readonly string[]): Invocation {
  // npm and npx may hand a lone `--` through.
  const { values, positionals } = readWords(argv.filter((word) => word !== '--'))
  const answers: Answers = {}
  for (const flag of FLAGS) {
    const value = values[flag.name]
    if (flag.answer && typeof value === 'string')
      Object.assign(answers, { [flag.answer.key]: readAnswer(flag, value) })
  }
  const without = ARTEFACT_IDS.filter((id) => values[`no-${id}`] === true)
  if (without.length > 0)
    answers.files = (answers.files ?? [...ARTEFACT_IDS]).filter((id) => !without.includes(id))
  const on = (name: string) => values[name] === true
  if (on('interactive') && on('no-interactive'))
    throw new CliError('--interactive and --no-interactive exclude each other.', { code: EXIT.usage })
  const first = positionals[0]
  if (first !== undefined && LATER_COMMANDS.includes(first)) {
    throw new CliError(`"${first}" is not there yet in this version.`, {
      code: EXIT.usage,
      hint: `For a folder of that name, write ./${first}.`,
    })
  }
  const command = first === 'explain' || first === 'undo' ? first : 'main'
  const words = command === 'main' ? positionals : positionals.slice(1)
  if (command !== 'explain' && words.length > 1)
    throw new CliError(`One folder at a time, please: ${words.join(' ')}`, {
      code: EXIT.usage,
      hint: 'Run it once per app.',
    })
  return {
    command,
    directory: command === 'explain' ? '.' : (words[0] ?? '.'),
    words,
    answers,
    yes: on('yes'),
    dryRun: on('dry-run'),
    diff: on('diff'),
    check: on('check'),
    json: on('json'),
    onConflict: policyOf(values['on-conflict']),
    restore: listOf(values['restore']),
    adopt: adoptOf(listOf(values['adopt'])),
    take: rulesOf('take', listOf(values['take'])),
    refuse: rulesOf('refuse', listOf(values['refuse'])),
    interactive: on('interactive') ? true : on('no-interactive') ? false : undefined,
    help: on('help'),
    version: on('version'),
  }
}

/** A comma list, given once or more often. */
function listOf(value: unknown): string[] {
  return [value ?? []]
    .flat()
    .flatMap((text) => String(text).split(','))
    .map((item) => item.trim())
    .filter(Boolean)
}

function adoptOf(items: readonly string[]): Record<string, string> {
  const adopt: Record<string, string> = Object.create(null)
  for (const item of items) {
    const [, id = '', path = ''] = /^([\w-]+)=(.+)$/.exec(item) ?? []
    if (id === '' || id in adopt)
      throw new CliError(
        `--adopt ${shellQuote(item)}: ${id === '' ? 'it is id=path' : `${id} is there twice`}.`,
        {
          code: EXIT.usage,
          hint: '--adopt dockerfile=docker/app.Dockerfile, or --adopt dockerfile=none',
        },
      )
    adopt[id] = path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
  }
  return adopt
}

function rulesOf(flag: string, items: readonly string[]): string[] {
  const bad = items.find((item) => !/^PD\d{3}$/i.test(item))
  if (bad !== undefined)
    throw new CliError(`--${flag} ${shellQuote(bad)}: a rule is PD and three digits.`, {
      code: EXIT.usage,
      hint: 'explain lists them all.',
    })
  return items.map((item) => item.toUpperCase())
}

function policyOf(value: unknown): Invocation['onConflict'] {
  const policy = CONFLICT_POLICIES.find((one) => one === (value ?? 'abort'))
  if (policy) return policy
  throw new CliError(`--on-conflict ${shellQuote(String(value))}: not known.`, {
    code: EXIT.usage,
    hint: `Known: ${CONFLICT_POLICIES.join(', ')}.${suggestion(String(value), CONFLICT_POLICIES)}`,
  })
}

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

/** Flags and other words apart; by hand, since `parseArgs` of Node.js costs more than reading them does. */
function readWords(args: readonly string[]): {
  values: Record<string, string | true>
  positionals: string[]
} {
  const values: Record<string, string | true> = {}
  const positionals: string[] = []
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, long, value, letters = ''] = /^--([^=]+)(?:=(.*))?$|^-([^-].*)$/s.exec(word) ?? []
    if (long === undefined && !letters) positionals.push(word)
    else if (long !== undefined) {
      const [given, before] = [valueFor(long, value, rest), values[long]]
      // Given twice, a list grows; all else is said anew.
      values[long] = LISTS.includes(long) && typeof before === 'string' ? `${before},${given}` : given
    } else
      for (const letter of letters) {
        const name = FLAGS.find(({ short }) => short === letter)?.name
        if (!name) throw unknownFlag(`-${letter}`)
        values[name] = true
      }
  }
  return { values, positionals }
}

const LISTS = ['adopt', 'restore', 'take', 'refuse']

/** What stands behind the equals sign, or the next word. */
function valueFor(name: string, value: string | undefined, rest: string[]): string | true {
  const usage = (message: string, hint: string) => new CliError(message, { code: EXIT.usage, hint })
  const flag = FLAGS.find((candidate) => candidate.name === name)
  if (!flag && !NO_FILES.includes(name)) throw unknownFlag(`--${name}`)
  if (!flag?.value) {
    if (value !== undefined) throw usage(`--${name} takes no value.`, 'See --help.')
    return true
  }
  if (value !== undefined) return value
  const next = rest.shift()
  if (next === undefined) throw usage(`--${name} needs a value: <${flag.value}>.`, 'See --help.')
  if (next.length > 1 && next.startsWith('-'))
    throw usage(`--${name} needs a value, and ${next} follows.`, `If it is the value: --${name}=${next}`)
  return next
}

function unknownFlag(name: string): CliError {
  const known = [...FLAGS.map((flag) => flag.name), ...NO_FILES]
  return new CliError(`There is no flag ${name}.`, {
    code: EXIT.usage,
    hint: `${suggestion(name.replace(/^-+/, ''), known, '--').trim()} See --help.`.trim(),
  })
}

function suggestion(word: string, known: readonly string[], prefix = ''): string {
  const best = known
    .map((name) => ({ name, distance: distance(word, name) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return best && best.distance <= Math.max(2, Math.floor(best.name.length / 3))
    ? ` Did you mean ${prefix}${best.name}?`
    : ''
}

/** Levenshtein's distance, for a handful of short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row.at(-1) as number
}
