import { lineOf } from './lines.ts'

type Table = Record<string, unknown>

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\x1b' },
  ...{ '"': '"', '\\': '\\' },
}
const ESCAPE_RE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|[ \t]*\n\s*|([\s\S]))/g
const STRING_RES = [
  /"""\n?((?:[^\\"]|\\[\s\S]|"(?!""))*"{0,2})"""/y,
  /'''\n?((?:[^']|'(?!''))*'{0,2})'''/y,
  /"((?:[^"\\\n]|\\.)*)"/y,
  /'([^'\n]*)'/y,
]
const INTEGER = '(?:0|[1-9](?:_?\\d)*)'
const NUMBER_RE = new RegExp(`^[+-]?${INTEGER}(?:\\.\\d(?:_?\\d)*)?(?:e[+-]?\\d(?:_?\\d)*)?$`, 'i')
const BASED_RE = /^0(?:x[\da-f](?:_?[\da-f])*|o[0-7](?:_?[0-7])*|b[01](?:_?[01])*)$/i
const DATE_RE =
  /^(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/i

/**
 * TOML as plain data; dates stay texts. Throws where it is none, with the line. It is read with `\n` endings (see `Project`), and
 * checked against a reference by a test.
 */
export function readToml(text: string): Table {
  let at = 0
  /** Tables that must not be opened once more, and those that nothing can be added to. */
  const opened = new Set<unknown>()
  const closed = new Set<unknown>()
  const lists = new Set<unknown>()

  const fail = (what: string): never => {
    throw new Error(`line ${lineOf(text, at)}: ${what}`)
  }
  const take = (re: RegExp): RegExpExecArray | null => {
    re.lastIndex = at
    const match = re.exec(text)
    if (match) at = re.lastIndex
    return match
  }
  const took = (word: string): boolean => {
    const found = text.startsWith(word, at)
    if (found) at += word.length
    return found
  }
  const spaces = () => take(/[ \t]*/y)
  const blanks = () => take(/(?:[ \t\n]|#.*)*/y)

  const string = (): string | undefined => {
    for (const re of STRING_RES) {
      // A text of one line must not take the first quotes of a longer one for its own.
      const match = re.source.length > 20 || !/"""|'''/y.test(text.slice(at, at + 3)) ? take(re) : null
      if (match) return re.source.startsWith('"') ? unescaped(match[1] as string) : match[1]
    }
    return undefined
  }
  const unescaped = (raw: string): string =>
    raw.replace(ESCAPE_RE, (_all, x?: string, u?: string, long?: string, letter?: string) => {
      const code = x ?? u ?? long
      if (code) return String.fromCodePoint(Number.parseInt(code, 16))
      return letter === undefined ? '' : (ESCAPES[letter] ?? fail(`no escape: \\${letter}`))
    })

  const key = (): string[] => {
    const parts: string[] = []
    do {
      spaces()
      parts.push(take(/[\w-]+/y)?.[0] ?? string() ?? fail('a key is missing'))
      spaces()
    } while (took('.'))
    return parts
  }

  const items = (end: string, one: () => void) => {
    at++
    for (blanks(); !took(end); blanks()) {
      one()
      blanks()
      if (!took(',') && text[at] !== end) fail(`a comma or ${end} is missing`)
    }
  }
  const value = (): unknown => {
    if (text[at] === '[') {
      const list: unknown[] = []
      items(']', () => list.push(value()))
      return list
    }
    if (text[at] === '{') {
      const table = newTable()
      items('}', () => assign(table))
      closed.add(table)
      return table
    }
    const found = string()
    if (found !== undefined) return found
    const word = take(/\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*|[^\s,\]}#]+/y)?.[0] ?? ''
    if (word === 'true' || word === 'false') return word === 'true'
    if (NUMBER_RE.test(word) || BASED_RE.test(word)) return Number(word.replaceAll('_', ''))
    const special = /^([+-]?)(inf|nan)$/.exec(word)
    if (special) return special[2] === 'nan' ? Number.NaN : Number(`${special[1]}Infinity`)
    return DATE_RE.test(word) ? word : fail(`no value: ${word}`)
  }

  /** The table below a key, made where there is none; of a list of tables the last one. */
  const below = (table: Table, name: string): Table => {
    if (!(name in table)) table[name] = newTable()
    const found = lists.has(table[name]) ? (table[name] as Table[]).at(-1) : table[name]
    if (found === null || typeof found !== 'object' || Array.isArray(found) || closed.has(found))
      return fail(`${name} is no table, or a closed one`)
    return found as Table
  }
  const assign = (start: Table) => {
    const path = key()
    const last = path.pop() as string
    let table = start
    for (const name of path) {
      table = below(table, name)
      opened.add(table)
    }
    if (last in table) fail(`${last} is there twice`)
    if (!took('=')) fail('= is missing')
    spaces()
    table[last] = value()
  }
  const header = (root: Table): Table => {
    const many = took('[')
    const path = key()
    if (!took(many ? ']]' : ']')) fail('] is missing')
    const last = path.pop() as string
    const parent = path.reduce(below, root)
    if (!many) {
      const table = below(parent, last)
      if (opened.has(table) || lists.has(parent[last])) fail(`[${last}] is there twice`)
      opened.add(table)
      return table
    }
    if (!(last in parent)) {
      parent[last] = []
      lists.add(parent[last])
    }
    if (!lists.has(parent[last])) fail(`${last} is no list of tables`)
    const table = newTable()
    ;(parent[last] as Table[]).push(table)
    return table
  }

  const root = newTable()
  let table = root
  for (blanks(); at < text.length; blanks()) {
    if (took('[')) table = header(root)
    else assign(table)
    take(/[ \t]*(?:#.*)?/y)
    if (at < text.length && text[at] !== '\n') fail('a line should end here')
  }
  return root
}

/** Without a prototype: any word is a key like others. */
const newTable = (): Table => Object.create(null)
