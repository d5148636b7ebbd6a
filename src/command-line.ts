import { type Answers, ARTEFACT_IDS } from './answers.ts'
import { CliError, EXIT } from './errors.ts'
import { FLAGS, readAnswer } from './flags.ts'
import { CONFLICT_POLICIES } from './plan/types.ts'
import { shellQuote } from './shell.ts'
import { suggestion } from './suggest.ts'

/** Of the contract, and not there yet: refused by name, never taken for a folder. */
const LATER_COMMANDS = ['audit', 'pin']
const COMMANDS = ['verify', 'explain', 'undo'] as const

export interface Invocation {
  command: 'main' | (typeof COMMANDS)[number]
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
  /** Prove it after writing. */
  verify: boolean
  /** Where `verify` writes its page. */
  report: string | undefined
  keep: boolean
  /** Milliseconds that a step of `verify` may take. */
  timeout: number
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
  const command = COMMANDS.find((name) => name === first) ?? 'main'
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
    verify: on('verify'),
    report: typeof values['report'] === 'string' ? values['report'] : undefined,
    keep: on('keep'),
    timeout: timeOf(values['timeout']),
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

const UNITS: Record<string, number> = { '': 1_000, s: 1_000, m: 60_000, h: 3_600_000 }

/** `90s`, `15m`, `1h`; a bare number is seconds. */
function timeOf(value: unknown): number {
  if (value === undefined) return 15 * 60_000
  const [, number, unit = ''] = /^(\d{1,6})([smh]?)$/.exec(String(value)) ?? []
  const time = Number(number) * (UNITS[unit] ?? 0)
  if (time > 0) return time
  throw new CliError(`--timeout ${shellQuote(String(value))}: it is a time, like 90s or 15m.`, {
    code: EXIT.usage,
  })
}

function policyOf(value: unknown): Invocation['onConflict'] {
  const policy = CONFLICT_POLICIES.find((one) => one === (value ?? 'abort'))
  if (policy) return policy
  throw new CliError(`--on-conflict ${shellQuote(String(value))}: not known.`, {
    code: EXIT.usage,
    hint: `Known: ${CONFLICT_POLICIES.join(', ')}.${suggestion(String(value), CONFLICT_POLICIES)}`,
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
