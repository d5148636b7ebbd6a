import { lineCounter } from '../source/lines.ts'
import {
  isEmptyKey,
  type Judgement,
  judgeGet,
  judgeIndex,
  kindAround,
  literalOf,
  option,
  withDefault,
} from './python-judge.ts'
import type { Helper } from './python-names.ts'
import type { Read } from './reads.ts'
import { argumentsAt, expressionEnd } from './text.ts'

const NAME = '[rRuU]?([\'"])([A-Za-z_][\\w.-]*)'
const READ_RE = new RegExp(
  `\\b(?:environ\\s*(\\[)\\s*${NAME}\\2\\s*\\]|(?:environb?\\s*\\.\\s*(?:get|pop)|getenv)\\s*(\\()\\s*(?:key\\s*=\\s*)?${NAME}\\5)`,
  'g',
)
const IN_RE = new RegExp(`${NAME}\\1\\s+(?:not\\s+)?in\\s+(?:os\\.)?environ\\b`, 'g')
/** What the methods of django-environ and environs read, and the name that they take for granted. */
const METHODS: Record<string, { kind?: Read['kind']; name?: string }> = {
  int: { kind: 'number' },
  float: { kind: 'number' },
  decimal: { kind: 'number' },
  bool: { kind: 'boolean' },
  url: { kind: 'url' },
  db: { kind: 'url', name: 'DATABASE_URL' },
  db_url: { kind: 'url', name: 'DATABASE_URL' },
  dj_db_url: { kind: 'url' },
  cache: { kind: 'url', name: 'CACHE_URL' },
  cache_url: { kind: 'url', name: 'CACHE_URL' },
  dj_cache_url: { kind: 'url' },
  channels: { kind: 'url', name: 'CHANNELS_URL' },
  channels_url: { kind: 'url', name: 'CHANNELS_URL' },
  email: { name: 'EMAIL_URL' },
  email_url: { kind: 'url', name: 'EMAIL_URL' },
  dj_email_url: { kind: 'url' },
  search_url: { kind: 'url', name: 'SEARCH_URL' },
}

/** Libraries whose object or function takes a name: `env('X')`, `config('X')`. */
export interface PythonReaders {
  /** django-environ and environs: names of `Env()` objects. */
  env: ReadonlySet<string>
  /** python-decouple and Starlette: names of `config`. */
  config: ReadonlySet<string>
  /** Those of `env` whose second argument is the default: django-environ's is the cast. */
  environs: ReadonlySet<string>
  /** Functions of the project, as this file calls them. */
  helpers: ReadonlyMap<string, Helper>
}

/** Where a file makes or imports such an object; the names are used by other files of the project too. */
export function pythonReaders(code: string): { env: string[]; config: string[] } {
  const env = [...code.matchAll(/^\s*(\w+)\s*(?::[^=\n]+)?=\s*(?:environs?\.)?(?:FileAware)?Env\(/gm)].map(
    (match) => match[1] as string,
  )
  const config = [...code.matchAll(/^\s*(\w+)\s*(?::[^=\n]+)?=\s*(?:decouple\.)?(?:Auto)?Config\(/gm)].map(
    (match) => match[1] as string,
  )
  if (/^\s*from\s+decouple\s+import\s+(?:\(\s*)?(?:[^\n]*\b)?config\b/m.test(code)) {
    config.push(/\bconfig\s+as\s+(\w+)/.exec(code)?.[1] ?? 'config')
  }
  const known = /\b(?:environs?|decouple|starlette\.config)\b/.test(code)
  return known ? { env, config } : { env: [], config: [] }
}

/** All reads of one file, schemas apart. `code` is without comments. */
export function readPythonUses(path: string, code: string, readers: PythonReaders): Read[] {
  const reads: Read[] = []
  const line = lineCounter(code)
  const add = (index: number, name: string, judgement: Judgement | null) => {
    if (!judgement) return
    const asked = judgement.use === 'optional' && judgement.default === undefined && isAsked(code, index)
    const choices = judgement.choices ?? comparedWith(code, index)
    reads.push({
      name,
      source: `${path}:${line(index)}`,
      ...judgement,
      ...(asked && { use: 'tested' }),
      ...(choices && { choices }),
    })
  }
  /** The same for what fails where it is missing: within a function or a condition that may never come. */
  const addFailing = (index: number, name: string, judgement: Judgement | null) => {
    const fails = judgement?.use === 'needed' || judgement?.use === 'guard'
    add(index, name, fails && !runsAtStart(code, index) ? { ...judgement, use: 'plain' } : judgement)
  }
  const modules = osNames(code)
  for (const match of code.matchAll(READ_RE)) {
    const end = match.index + match[0].length
    // `request.environ` is of WSGI.
    const owner = /(?:(\w+)\s*\.\s*)?$/.exec(code.slice(Math.max(0, match.index - 40), match.index))?.[1]
    if (match[0].startsWith('environ') && !modules.has(owner ?? '')) continue
    if (match[4] && !/^\s*[,)]/.test(code.slice(end, end + 200))) continue // the start of a name
    if (match[1]) addFailing(match.index, match[3] as string, judgeIndex(code, match.index, end))
    else {
      const from = match.index + match[0].indexOf('(') + 1
      addFailing(match.index, match[6] as string, judgeGet(code, match.index, from))
    }
  }
  for (const match of code.matchAll(IN_RE)) {
    const guard =
      /\bnot\s+in\b/.test(match[0]) &&
      /^[^\n]*\n\s+(?:raise|sys\.exit|exit)\b/.test(code.slice(match.index, match.index + 300))
    add(match.index, match[2] as string, {
      use: guard ? 'guard' : 'tested',
      ...(guard ? { raises: true } : { presence: true }),
    })
  }
  for (const match of code.matchAll(/\bdj_database_url\.config\(/g)) {
    const options = argumentsAt(code, match.index + match[0].length)
    const name = literalOf(option(options, 'env'))?.value ?? 'DATABASE_URL'
    // It raises nothing, and under a condition there is another database beside it.
    const use = /(?:^|\n)DATABASES\b[^\n]*(?:\n[^\n]*)?$/.test(
      code.slice(Math.max(0, match.index - 300), match.index),
    )
    add(match.index, name, {
      ...withDefault(option(options, 'default'), use ? 'plain' : 'optional'),
      kind: 'url',
    })
  }
  if (readers.env.size > 0) readEnvObjects(code, readers, addFailing)
  if (readers.config.size > 0) readConfigCalls(code, [...readers.config], addFailing)
  if (readers.helpers.size > 0) readHelperCalls(code, readers.helpers, addFailing)
  return reads
}

/** `ENGINE = os.getenv("ENGINE")`, and `if ENGINE == "postgres":` below. */
function comparedWith(code: string, index: number): string[] | undefined {
  const before = code.slice(Math.max(0, index - 80), index)
  const name = /(?:^|\n)[ \t]*(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:os\.)?$/.exec(before)?.[1]
  if (!name || !code.includes(`${name} ==`)) return undefined
  const found = code.matchAll(new RegExp(`(?<![\\w.])${name} ==\\s*(['"])([\\w.]+)\\1`, 'g'))
  return [...found].map((match) => match[2] as string)
}

/** The names by which a file knows the module; empty where it took `environ` out of it. */
function osNames(code: string): ReadonlySet<string> {
  const names = [...code.matchAll(/\bimport\s+os\s+as\s+(\w+)/g)].map((match) => match[1] as string)
  const bare = /\bfrom\s+os\s+import\b[^\n]*(?:\([^)]*)?\benviron\b|\benviron\s*=\s*os\b/.test(code)
  return new Set(['os', ...names, ...(bare ? [''] : [])])
}

const START_RE =
  /^\s*(?:class\s|if\s+__name__\b|(?:async\s+)?def\s+(?:main|create_app|make_app|load_config)\b|with\s)/
const BLOCK_RE = /^\s*(?:(?:async\s+)?def|if|elif|else|try|except|for|while)\b/

/** Whether the line runs as the module is loaded: it stands in no function, no condition and nothing that catches. */
function runsAtStart(code: string, index: number): boolean {
  let end = code.lastIndexOf('\n', index)
  let indent = /^[ \t]*/.exec(code.slice(end + 1, index))?.[0].length ?? 0
  while (indent > 0 && end > 0) {
    const start = code.lastIndexOf('\n', end - 1)
    const line = code.slice(start + 1, end)
    const own = line.search(/\S/)
    if (own >= 0 && own < indent) {
      if (BLOCK_RE.test(line) && !START_RE.test(line)) return false
      // `):` closes the head of a block over several lines: that is above, as far in.
      indent = /^\s*\).*:\s*$/.test(line) ? own + 1 : own
    }
    end = start
  }
  return true
}

/** `if config("X", None):` asks whether it is there. */
const isAsked = (code: string, index: number) =>
  /\b(?:if|elif|and|or|bool\()\s*(?:os\.)?$/.test(code.slice(Math.max(0, index - 20), index))

function readEnvObjects(
  code: string,
  { env, environs }: PythonReaders,
  add: (index: number, name: string, judgement: Judgement) => void,
): void {
  const schemes = new Map<string, Judgement>()
  for (const match of code.matchAll(/\bEnv\(/g)) {
    for (const argument of argumentsAt(code, match.index + match[0].length)) {
      const [, name, type = '', fallback] =
        /^(\w+)\s*=\s*\(\s*(\w+)\s*,\s*([\s\S]*?),?\s*\)$/.exec(argument) ?? []
      if (!name) continue
      const kind = METHODS[type]?.kind
      schemes.set(name, { ...withDefault(fallback, 'guard'), ...(kind && { kind }) })
    }
  }
  const call = new RegExp(`(?<![\\w.])(${[...env].join('|')})(?:\\.(\\w+))?\\(`, 'g')
  for (const match of code.matchAll(call)) {
    const method = match[2]
    const known = method === undefined ? {} : METHODS[method]
    if (
      method &&
      !known &&
      !/^(?:str|list|tuple|dict|json|path|uuid|date|datetime|time|timedelta|log_level|enum|bytes|__call__|get_value)$/.test(
        method,
      )
    )
      continue
    const options = argumentsAt(code, match.index + match[0].length)
    const name = literalOf(options.find((text) => !/^\w+\s*=/.test(text)))?.value ?? known?.name
    if (!name || !/^\w+$/.test(name)) continue
    const positional = options.filter((text) => !/^\w+\s*=(?!=)/.test(text))
    const cast = option(options, 'cast')
    const kind = known?.kind ?? METHODS[cast ?? '']?.kind
    const second = method || environs.has(match[1] as string) ? positional[1] : undefined
    const stated = option(options, 'default') ?? second
    const close = expressionEnd(code, match.index + match[0].length, '')
    const judgement = withDefault(isEmptyKey(code, match.index, close, stated) ? undefined : stated, 'guard')
    const scheme = schemes.get(name)
    add(match.index, name, {
      ...(judgement.default === undefined && scheme ? scheme : judgement),
      ...(kind && { kind }),
    })
  }
}

function readConfigCalls(
  code: string,
  names: string[],
  add: (index: number, name: string, judgement: Judgement) => void,
): void {
  for (const match of code.matchAll(new RegExp(`(?<![\\w.])(?:${names.join('|')})\\(`, 'g'))) {
    const options = argumentsAt(code, match.index + match[0].length)
    const name = literalOf(options[0])?.value
    if (!name || !/^\w+$/.test(name)) continue
    // decouple's second is the default, Starlette's the cast: a type by its name.
    const positional = options.slice(1).filter((text) => !/^\w+\s*=(?!=)/.test(text))
    const type = /^(?!None|True|False)(?:str|int|float|bool|list|[A-Z][a-z]\w*)\b(?!\.)/.test(
      positional[0] ?? '',
    )
      ? positional.shift()
      : undefined
    const kind = METHODS[option(options, 'cast') ?? type ?? '']?.kind
    add(match.index, name, {
      ...withDefault(option(options, 'default') ?? positional[0], 'guard'),
      ...(kind && { kind }),
    })
  }
}

function readHelperCalls(
  code: string,
  helpers: ReadonlyMap<string, Helper>,
  add: (index: number, name: string, judgement: Judgement) => void,
): void {
  for (const match of code.matchAll(/(?<![\w.])((?:\w+\.)?\w+)\(/g)) {
    const helper = helpers.get(match[1] as string)
    if (!helper) continue
    const { name, fallback, fails, kind: type } = helper
    const from = match.index + match[0].length
    const args = argumentsAt(code, from)
    const positional = args.filter((text) => !/^\w+\s*=(?!=)/.test(text))
    const read = literalOf(positional[0] ?? option(args, name))
    if (read?.kind !== 'string' || !/^[A-Za-z_]\w*$/.test(read.value ?? '')) continue
    const stated = fallback && (option(args, fallback.name) ?? positional[fallback.at] ?? fallback.text)
    const before = code.slice(Math.max(0, match.index - 60), match.index)
    const close = expressionEnd(code, from, '')
    const after = code.slice(close + 1, close + 81)
    const kind = METHODS[type ?? '']?.kind ?? kindAround(before, after)
    const isMissing = stated === undefined || (fails === 'guard' && stated === 'None')
    add(match.index, read.value as string, {
      ...(isEmptyKey(code, match.index, close, stated)
        ? { use: 'guard' }
        : isMissing
          ? { use: fails ?? 'optional', ...(fails === 'guard' && { raises: true }) }
          : withDefault(stated, 'optional')),
      ...(kind && { kind }),
    })
  }
}
