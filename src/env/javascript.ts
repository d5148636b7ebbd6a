import { readJavaScript } from '../source/javascript.ts'
import { lineCounter } from '../source/lines.ts'
import { isClientArgument } from './javascript-clients.ts'
import { isSecret, META_ENV_BUILTINS } from './names.ts'
import type { Read, Use } from './reads.ts'
import { argumentsAt, expressionEnd, literalAt, wholeLiteral } from './text.ts'

/** What a place says besides the name; null where it writes the variable instead of reading it. */
type Judgement = Pick<Read, 'use' | 'default' | 'kind' | 'build' | 'live'> | null

const QUOTED = (group: number) => `(['"\`])((?:(?!\\${group})[^\\\\\\n])+)\\${group}`
const ENV = 'process\\??\\.env|import\\.meta\\.env|Bun\\.env'
/** Every way to name one variable, in one pass: member, index, `Deno.env.get`, and the object itself. */
const READ_RE = new RegExp(
  `\\b(?:(${ENV})\\s*!?(?:\\s*\\??\\.([A-Za-z_$][\\w$]*)|\\s*(?:\\?\\.)?\\[\\s*${QUOTED(3)}\\s*\\])|Deno\\.env\\.get\\(\\s*${QUOTED(5)}\\s*\\))`,
  'g',
)
const OBJECT_RE = new RegExp(`\\b(?:${ENV}|Deno\\.env\\.toObject\\(\\))(?![\\w$])(?!\\s*!?\\s*\\??[.[])`, 'g')
const CONFIG_SERVICE_RE =
  /\b\w*[cC]onfig(?:Service)?\s*\??\.\s*(get|getOrThrow)\s*(?:<[^()]*?>)?\(\s*(['"`])([A-Z][A-Z\d_]*)\2/g
const ENV_GET_RE = /\b[eE]nv\.get\(\s*(['"`])([A-Z][A-Z\d_]*)\1/g
const ENV_CALL_RE = /\benv\(\s*(['"])([A-Z][A-Z\d_]*)\1/g
const IMPORT_RE =
  /\bimport\s*(?:type\s+)?\{([^}]*)\}\s*from\s*['"](\$env\/(?:static|dynamic)\/\w+|astro:env\/\w+|(?:node:)?process)['"]/g

/** The option of an ORM that names its database. */
const DIALECT_RE = /\b(?:type|dialect|client)['"]?\s*:\s*(?:this\.)?$/

/** A function of the project that takes a name and reads it: `requireEnv('X')`. */
export interface Helper {
  name: string
  /** It stops the app where the variable is not there. */
  guard: boolean
}

/**
 * All reads of one file, and the helpers that it declares. `text` holds `env` or a sign of Nest's ConfigService, which is the
 * project's own class where Nest's package is not there (`nest`).
 */
export function readJavaScriptUses(
  path: string,
  text: string,
  nest = true,
): { reads: Read[]; helpers: Helper[]; code: string } {
  const { code, inString } = readJavaScript(text)
  const reads: Read[] = []
  const line = lineCounter(code)
  const add = (index: number, name: string, judgement: Judgement) => {
    if (!judgement || inString(index)) return
    const dialect = DIALECT_RE.test(code.slice(Math.max(0, index - NEAR), index)) && {
      dialect: true as const,
    }
    reads.push({ name, source: `${path}:${line(index)}`, ...judgement, ...dialect })
  }

  for (const match of code.matchAll(READ_RE)) {
    const name = (match[2] ?? match[4] ?? match[6]) as string
    if (match[1] === 'import.meta.env' && META_ENV_BUILTINS.has(name)) continue
    const end = match.index + match[0].length
    if (/^\s*\(/.test(code.slice(end, end + 8))) continue // a method of the object
    add(match.index, name, judge(code, match.index, end))
  }

  const aliases = new Map<string, number>()
  const live = new Set<string>()
  for (const match of code.matchAll(OBJECT_RE)) {
    if (inString(match.index)) continue
    const before = code.slice(Math.max(0, match.index - 2000), match.index)
    if (/\}\s*(?::\s*[\w.]+(?:<[^<>{}]*>)?\s*)?=\s*$/.test(before)) {
      for (const read of destructured(code, match.index - before.length, before))
        add(read.index, read.name, read)
    } else {
      const alias = /([A-Za-z_$][\w$]*)\s*(?::\s*[\w.]+(?:<[^<>]*>)?\s*)?=\s*$/.exec(before)?.[1]
      if (alias) aliases.set(alias, match.index)
      const tested = /(['"`])([A-Z][A-Z\d_]*)\1\s+in\s+$/.exec(before)
      if (tested) add(match.index, tested[2] as string, { use: 'tested' })
    }
  }
  if (/\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/.test(code)) aliases.set('env', 0)
  for (const match of code.matchAll(IMPORT_RE)) {
    const [, names = '', from = ''] = match
    const imported = names.split(',').map((part) => part.trim().split(/\s+as\s+/))
    if (from.endsWith('process') || from.startsWith('$env/dynamic')) {
      const env = imported.find(([name]) => name === 'env')
      if (env) aliases.set(env[1] ?? 'env', match.index)
      if (env && from === '$env/dynamic/public') live.add(env[1] ?? 'env')
    } else {
      const frozen = from === '$env/static/private' && ({ build: 'frozen' } as const)
      for (const [name = ''] of imported)
        if (/^[A-Z]/.test(name)) add(match.index, name, { use: 'needed', ...frozen })
    }
  }
  for (const [alias, index] of aliases)
    readAlias(code, alias, index, (at, name, judgement) =>
      add(at, name, judgement && { ...judgement, ...(live.has(alias) && { live: true }) }),
    )

  if (nest && text.includes('ConfigService')) {
    for (const match of code.matchAll(CONFIG_SERVICE_RE)) {
      const [, second] = argumentsAt(code, code.indexOf('(', match.index + match[0].lastIndexOf('.')) + 1)
      const throws = match[1] === 'getOrThrow'
      const end = match.index + match[0].length
      add(match.index, match[3] as string, withDefault(second, throws ? 'guard' : afterCall(code, end)))
    }
  }
  if (/['"](?:#start\/env|@ioc:Adonis\/Core\/Env|env-var)['"]/.test(text)) {
    for (const match of code.matchAll(ENV_GET_RE)) {
      const from = match.index + match[0].indexOf('(') + 1
      const end = expressionEnd(code, from, '')
      const chain = code.slice(end, expressionEnd(code, end + 1))
      const [, second] = argumentsAt(code, from)
      add(
        match.index,
        match[2] as string,
        withDefault(chainDefault(chain) ?? second, chain.includes('.required(') ? 'guard' : 'optional'),
      )
    }
  }
  if (/['"]prisma\/config['"]/.test(text)) {
    for (const match of code.matchAll(ENV_CALL_RE)) add(match.index, match[2] as string, { use: 'needed' })
  }
  return { reads, helpers: helpersOf(code), code }
}

/** Calls of the project's own helpers: `requireEnv('X')`, `getEnv('X', 'default')`. */
export function readHelperCalls(path: string, code: string, helpers: readonly Helper[]): Read[] {
  if (helpers.length === 0) return []
  const guards = new Map(helpers.map((helper) => [helper.name, helper.guard]))
  const pattern = new RegExp(
    `\\b(${[...guards.keys()].join('|')})\\s*(?:<[^()]*?>)?\\(\\s*(['"\`])([A-Z][A-Z\\d_]*)\\2`,
    'g',
  )
  const line = lineCounter(code)
  return [...code.matchAll(pattern)].flatMap((match) => {
    const [, second] = argumentsAt(code, match.index + match[0].lastIndexOf('(') + 1)
    const judgement = withDefault(second, guards.get(match[1] as string) ? 'guard' : 'optional')
    return [{ name: match[3] as string, source: `${path}:${line(match.index)}`, ...judgement }]
  })
}

const ENV_HELPER_RE = /(?<![\w$.])env(?:\.(\w+))?\(\s*(['"`])([A-Z][A-Z\d_]*)\2/g
const HELPER_KINDS: Readonly<Record<string, NonNullable<Read['kind']>>> = {
  int: 'number',
  float: 'number',
  bool: 'boolean',
}

/** A config that is handed the reader, as Strapi's: `({ env }) => ({ port: env.int('PORT', 1337) })`. */
export function readHandedCalls(path: string, code: string): Read[] {
  if (!/\(\s*\{[^{}]*\benv\b[^{}]*\}/.test(code)) return []
  const line = lineCounter(code)
  return [...code.matchAll(ENV_HELPER_RE)].map(({ 0: call, 1: form = '', 3: name = '', index }) => {
    const [, second] = argumentsAt(code, index + call.indexOf('(') + 1)
    const kind = HELPER_KINDS[form]
    // A database has settings for each of its clients; without its keys the server does not start.
    const without = !/(?:^|\/)database\./.test(path) && isSecret(name, 'string', []) ? 'needed' : 'tested'
    return {
      name,
      source: `${path}:${line(index)}`,
      live: true as const,
      ...withDefault(second, without),
      ...(kind && { kind }),
    }
  })
}

function readAlias(
  code: string,
  alias: string,
  from: number,
  add: (index: number, name: string, judgement: Judgement) => void,
): void {
  const name = alias.replaceAll('$', '\\$')
  const pattern = new RegExp(
    `(?<![\\w$.])${name}\\s*(?:\\??\\.([A-Z][A-Z\\d_]*)\\b|\\[\\s*(['"])([A-Z][A-Z\\d_]*)\\2\\s*\\])`,
    'g',
  )
  pattern.lastIndex = from
  for (let match = pattern.exec(code); match; match = pattern.exec(code)) {
    add(match.index, (match[1] ?? match[3]) as string, judge(code, match.index, pattern.lastIndex))
  }
}

/** The names in `{ A, B = 'x', C: c }` that stands at the end of `before`. */
function destructured(
  code: string,
  offset: number,
  before: string,
): ({ index: number; name: string } & NonNullable<Judgement>)[] {
  let depth = 0
  let open = before.lastIndexOf('}')
  for (; open >= 0; open--) {
    if (before[open] === '}') depth++
    else if (before[open] === '{' && --depth === 0) break
  }
  if (open < 0) return []
  const found: ({ index: number; name: string } & NonNullable<Judgement>)[] = []
  let at = offset + open + 1
  const close = offset + before.lastIndexOf('}')
  while (at < close) {
    const end = Math.min(expressionEnd(code, at), close)
    const match =
      /^(\s*)(?:['"]([^'"]+)['"]|([A-Za-z_$][\w$]*))\s*(?::\s*([\w$]+))?\s*(?:=(?!>)([\s\S]*))?$/.exec(
        code.slice(at, end),
      )
    const name = match?.[2] ?? match?.[3]
    if (match && name) {
      const local = localUse(code, close, match[4] ?? name)
      const judgement = match[5] === undefined ? local : withDefault(match[5], 'tested')
      // One before a quote: the quote itself would count as text.
      found.push({ index: at + (match[1]?.length ?? 0) - (match[2] ? 1 : 0), name, ...judgement })
    }
    at = end + 1
  }
  return found
}

function withDefault(text: string | undefined, without: Use): NonNullable<Judgement> {
  const literal = text === undefined ? null : wholeLiteral(text)
  // `{ infer: true }` is an option of Nest's, not a default.
  if (text === undefined || text.startsWith('{')) return { use: without }
  if (!literal?.value) return { use: 'tested' }
  return { use: 'optional', default: literal.value, ...(literal.kind === 'number' && { kind: 'number' }) }
}

const chainDefault = (chain: string) => /\.default\(\s*([^()]*)\)/.exec(chain)?.[1]

function afterCall(code: string, end: number): Use {
  const close = expressionEnd(code, end, '')
  return /^\)\s*(?:\?\?|\|\||\?|&&|[!=]==?)/.test(code.slice(close, close + 12)) ? 'tested' : 'plain'
}

const WINDOW = 320
/** What stands right before: patterns that end here must not search the whole window. */
const NEAR = 40
/** A call that keeps the value, or turns it into a number; or a bare bracket. */
const WRAPPER_RE = /(?:\b((?:Number\.)?parse(?:Int|Float)|Number|String|new URL)|(?<![\w$)\]>]))\(\s*$/
const STOPS_APP_RE = /\b(?:throw|process\.exit|panic|abort)\b/

/** How the code around `code.slice(start, end)` treats the value. */
function judge(code: string, start: number, end: number): Judgement {
  let before = code.slice(Math.max(0, start - WINDOW), start)
  let after = code.slice(end, end + WINDOW)
  let kind: Read['kind']
  /** Neither `String` nor `Number` makes something of it where it is absent. */
  let whole = true
  if (/\bdelete\s*$/.test(before)) return null
  if (/^\s*(?:=(?![=>])|\+=)/.test(after)) return null
  const asserted = /^\s*!(?!=)/.exec(after)
  if (asserted) after = after.slice(asserted[0].length)
  for (let round = 0; round < 4; round++) {
    const near = before.slice(-NEAR)
    const negated = /(?<!!)!\s*$/.test(near)
    const compared = /^\s*[!=]==?\s*/.exec(after)
    const member = whole && /^\s*[.[]/.test(after)
    if ((negated && !member) || /^\s*===?\s*(?:undefined|null|(['"])\1)/.test(after)) {
      return { use: stopsWithout(before, after) ? 'guard' : 'tested' }
    }
    if (compared) {
      const literal = literalAt(after, compared[0].length)
      const boolean = /^(?:true|false|1|0|yes|no|on|off)$/i.test(literal?.value ?? '')
      return { use: 'tested', ...(boolean && { kind: 'boolean' }) }
    }
    const other = /^\s*(?:\?\?|\|\|)=?/.exec(after)
    if (other) {
      if (/\b(?:(?:Number\.)?parse(?:Int|Float)|Number)\(\s*$/.test(near)) kind = 'number'
      return alternative(after, other[0].length, kind)
    }
    if (
      /^\s*(?:\?(?!\?)|&&)/.test(after) ||
      /!!\s*$|\btypeof\s+$|\b(?:Boolean|is[A-Z]\w*)\(\s*$|\.includes\(\s*$|(?:&&|\|\||\?\?)\s*$/.test(near)
    ) {
      return { use: 'tested', ...(kind && { kind }) }
    }
    if (/(?:[=(:,?&|[]|\breturn)\s*\+$/.test(near)) kind = 'number'
    const close = /^\s*(?:as\s+[\w.|'"\s-]+?)?\s*(?:,\s*10\s*)?,?\s*\)/.exec(after)
    const call = close && WRAPPER_RE.exec(near)
    if (!call || /\b(?:if|while)\s*$/.test(near.slice(0, call.index))) break
    if (call[1] === 'new URL') kind = 'url'
    else if (call[1]) whole = false
    if (call[1] && !/U|S/.test(call[1])) kind = 'number'
    before = before.slice(0, before.length - near.length + call.index)
    after = after.slice(close[0].length)
  }
  if (/\b(?:assert|invariant)(?:\.\w+)?\(\s*$/.test(before)) return { use: 'guard', ...(kind && { kind }) }
  const stated = { ...(kind && { kind }) }
  if (whole && /^\s*[.[]/.test(after)) return { use: 'needed', ...stated }
  if (inCondition(before)) return { use: 'tested', ...stated }
  if (asserted || kind === 'url' || isClientArgument(code, start)) return { use: 'needed', ...stated }
  const local = /\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*(?::[^=;{}]+)?=\s*\+?$/.exec(before)?.[1]
  const judged =
    local && /^\s*(?:[;,)]|as\b|\n|$)/.test(after) ? localUse(code, end, local) : { use: 'plain' as const }
  return { ...judged, ...(kind && { kind }) }
}

/** What stands after `??` or `||`: a literal is the default; anything else shows that the variable may be absent. */
function alternative(after: string, from: number, kind: Read['kind']): Judgement {
  const literal = literalAt(after, from)
  const rest = literal ? after.slice(literal.end) : ''
  const whole = literal && /^[^\S\n]*(?:\n\s*(?![\s\-+*/%.?])|[),;}\]|&:]|as\b|$)/.test(rest)
  if (!whole) {
    const stops =
      /^\s*(?:\(\s*\(\)\s*=>\s*\{?\s*)?(?:throw|fail|raise|panic|die|abort|missing|required)/i.test(
        after.slice(from),
      )
    return { use: stops ? 'guard' : 'tested', ...(kind && { kind }) }
  }
  const stated = kind ?? (literal.kind === 'number' || literal.kind === 'boolean' ? literal.kind : undefined)
  return {
    use: 'tested',
    ...(literal.value && { default: literal.value }),
    ...(stated && literal.value && { kind: stated }),
  }
}

/** Whether the text ends within the condition of an `if` or `while`. */
function inCondition(before: string): boolean {
  return /\b(?:if|while)\s*\((?:[^(){};]|\([^(){};]*\))*(?:\((?:[^(){};]|\([^(){};]*\))*)?$/.test(before)
}

/** Whether the app stops where this alone is missing: not where another name would do as well. */
function stopsWithout(before: string, after: string): boolean {
  const block = blockAfter(after)
  if (!inCondition(before) || !STOPS_APP_RE.test(block)) return false
  const condition = before.slice(before.lastIndexOf('if')) + block
  return !/!(?!=)[^&|!]*&&\s*!/.test(condition)
}

/** The statement that a condition guards: to the end of its block. */
function blockAfter(after: string): string {
  const end = after.indexOf('}')
  return end < 0 ? after : after.slice(0, end)
}

/** The same for a variable that was first given a name of its own: `const dsn = process.env.DSN; if (dsn) …`. */
function localUse(code: string, from: number, local: string): NonNullable<Judgement> {
  const tail = code.slice(from, from + 800)
  const name = local.replaceAll('$', '\\$')
  // `!A.startsWith(…)` asks about the text in A, and fails where there is none.
  const bare = `${name}\\b(?!\\s*[.[])`
  const guard = new RegExp(`\\bif\\s*\\((?:[^(){};]*[^\\w.$])?!\\s*${bare}[^{;]*`).exec(tail)
  if (guard && STOPS_APP_RE.test(blockAfter(tail.slice(guard.index)))) return { use: 'guard' }
  const tested = new RegExp(
    `\\bif\\s*\\((?:[^(){};]*[^\\w.$])?${bare}|(?<![\\w.$])${name}\\s*(?:\\?(?!\\.\\w+\\()|&&|\\|\\|)|(?:&&|\\|\\|)\\s*${bare}`,
  )
  return { use: guard || tested.test(tail) ? 'tested' : 'plain' }
}

/** Not one that only stops where a value and its file are both there. */
function stopsOnAbsence(body: string): boolean {
  return [...body.matchAll(new RegExp(STOPS_APP_RE, 'g'))].some(({ index }) => {
    const condition = /\bif\b(?!.*\bif\b).*$/s.exec(body.slice(0, index))?.[0]
    return condition === undefined || /!|===?\s*(?:undefined|null|['"])/.test(condition)
  })
}

const HELPER_RE =
  /(?:\bfunction\s+([A-Za-z_$][\w$]*)\s*(?:<[^()]*>)?|\b(?:const|let)\s+([A-Za-z_$][\w$]*)\s*=\s*)\(\s*([A-Za-z_$][\w$]*)\b/g

function helpersOf(code: string): Helper[] {
  if (!/\benv\s*!?\[\s*[A-Za-z_$]/.test(code)) return []
  return [...code.matchAll(HELPER_RE)].flatMap((match) => {
    const [, declared, assigned, parameter = ''] = match
    const body = code.slice(match.index, match.index + 700)
    const next = body.slice(1).search(/\n(?:export\s+)?(?:async\s+)?(?:function|const|class)\s/)
    const own = next < 0 ? body : body.slice(0, next + 1)
    const read = new RegExp(`\\benv\\s*!?\\[\\s*${parameter.replaceAll('$', '\\$')}\\s*\\]`).test(own)
    const name = (declared ?? assigned) as string
    return read && /^\w+$/.test(name) ? [{ name, guard: stopsOnAbsence(own) }] : []
  })
}
