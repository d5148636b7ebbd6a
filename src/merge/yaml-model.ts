import { load as readYaml, type Schema, type State } from 'js-yaml'

/** One value of a YAML text and where it stands in it. */
export interface YamlNode {
  kind: 'map' | 'list' | 'scalar' | 'alias' | 'null'
  /** From its `&anchor` or `!tag` on, to the end of what belongs to it; of a value left out: behind its colon. */
  start: number
  end: number
  /** `&anchor !tag`, as written. */
  props: string
  /** In brackets, so in one indentation with what surrounds it. */
  flow: boolean
  /** A scalar's own text, an alias' name. */
  text: string
  /** Of a scalar: bare, and no string to a YAML reader (`3000`, `yes`), so not what `"3000"` is. */
  bare: boolean
  entries: YamlEntry[]
  /** Equal for equal values, whatever their style; the order of a map's keys is no part of it. */
  canon: string
}
export interface YamlEntry {
  /** A map's key; of a list's item what it is known by: see `itemKeys`. */
  key: string
  /** Where the key or the dash begins (in brackets: the item), and where the text behind its colon or dash does. */
  at: number
  after: number
  value: YamlNode
}
export interface YamlDoc {
  text: string
  root: YamlNode
  /** Where its lines end. */
  breaks: number[]
}
export type YamlRead = YamlDoc | { error: string; line: number }

interface Raw {
  open: number
  close: number
  kind: string | null
  hasProps: boolean
  result: unknown
  children: Raw[]
}

/** A tag of any name: nobody knows `!reset` of Compose, and it is no mistake. */
const anyTag = (kind: string) => [
  { kind, tag: '', resolve: () => true, construct: (value: unknown) => value },
]
/**
 * Every scalar stays text. Made by hand in the shape that the parser looks things up in: the bundle has the parser only,
 * without what else builds schemas.
 */
const SCHEMA = {
  compiledImplicit: [],
  compiledTypeMap: {
    ...{ scalar: {}, sequence: {}, mapping: {}, fallback: {} },
    multi: {
      scalar: anyTag('scalar'),
      sequence: anyTag('sequence'),
      mapping: anyTag('mapping'),
      fallback: anyTag('fallback'),
    },
  },
} as unknown as Schema
const TRIVIA_RE = /(?:[ \t\n]+(?:#[^\n]*)?)*/y
const FIRST_TRIVIA_RE = /(?:#[^\n]*\n|[ \t\n]+)*/y
const PROP_RE = /[&!][^\s,[\]{}]*/y
const NULL_RE = /^(?:~|null|Null|NULL)?$/
const BARE_RE =
  /^(?:true|false|yes|no|on|off|y|n|[-+]?(?:0[xo][\da-f_]+|[\d_]+(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.\d[\d_]*(?:e[-+]?\d+)?|\.inf|[\d_]+(?::[0-5]?\d)+(?:\.\d*)?)|\.nan|\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?)$/i
/** What an item of a list is known by, the most telling first. */
const IDENTITY = ['id', 'name', 'uses', 'target', 'path', 'source', 'cron']

/** What a word of a list sets: a variable, a port or folder of the container. Two that set the same contradict. */
const VARIABLE_RE = /^([A-Za-z_][\w.-]*)(?:=|$)/
const WORD_RE = new Map([
  ...['environment', 'args', 'labels'].map((list): [string, RegExp] => [list, VARIABLE_RE]),
  ['ports', /:([^:}]+)$/],
  ['volumes', /^[^:]+:([^:]+)/],
])

const cache = new Map<string, YamlRead>()

/** Never throws: what can't be read, or is too unusual to be followed place by place, is an error as data. */
export function readYamlModel(text: string): YamlRead {
  const read = cache.get(text) ?? parse(text)
  // The least lately used goes: a merge asks for the same three texts again and again.
  cache.delete(text)
  cache.set(text, read)
  if (cache.size > 8) cache.delete(cache.keys().next().value as string)
  return read
}

/** The line, from 0, that holds this place of a text. */
export function lineAt({ breaks }: YamlDoc, offset: number): number {
  let [low, high] = [0, breaks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((breaks[middle] as number) < offset) low = middle + 1
    else high = middle
  }
  return low
}

class Unusual extends Error {}

function parse(text: string): YamlRead {
  const stack: Raw[] = []
  const roots: Raw[] = []
  const listener = (event: string, state: State) => {
    if (event === 'open') {
      const raw = { open: state.position, close: 0, kind: null, hasProps: false, result: null, children: [] }
      ;(stack.at(-1)?.children ?? roots).push(raw)
      stack.push(raw)
      return
    }
    const { tag, anchor } = state as State & { tag: string | null; anchor: string | null }
    const hasProps = anchor !== null || (tag !== null && tag !== '?')
    Object.assign(stack.pop() as Raw, {
      ...{ close: state.position, kind: state.kind, result: state.result, hasProps },
    })
  }
  try {
    if (/\r|^\ufeff|^%/m.test(text)) throw new Unusual('line endings, a mark or a directive')
    readYaml(text, { schema: SCHEMA, listener })
    const root = roots[0] ? build(text, roots[0], 0) : leaf('null', 0, 0, '')
    return { text, root, breaks: [...text.matchAll(/\n/g)].map(({ index }) => index) }
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number } }
    return {
      error: reason ?? (error instanceof Unusual ? error.message : 'can’t be read'),
      line: mark?.line ?? 0,
    }
  }
}

function skip(text: string, from: number): number {
  const trivia = from === 0 ? FIRST_TRIVIA_RE : TRIVIA_RE
  trivia.lastIndex = from
  trivia.test(text)
  return Math.max(from, trivia.lastIndex)
}

function leaf(kind: YamlNode['kind'], start: number, end: number, text: string, props = ''): YamlNode {
  return { kind, start, end, props, flow: false, text, bare: false, entries: [], canon: `${props}${kind}` }
}

/** The parser says what a node is and where its reading began and ended; the exact ends are read off the text. */
function build(text: string, raw: Raw, emptyAt: number, name = ''): YamlNode {
  const start = skip(text, raw.open)
  const isAlias = raw.kind === null && text[start] === '*' && start < raw.close
  if (raw.kind === null && !isAlias && !raw.hasProps) return leaf('null', emptyAt, emptyAt, '')
  let content = start
  let end = start
  const props: string[] = []
  while (raw.hasProps && /[&!]/.test(text[content] ?? '') && (raw.kind === null || content < raw.close)) {
    PROP_RE.lastIndex = content
    const prop = PROP_RE.exec(text)?.[0] as string
    // An anchor in front of a map's first key, on its line, is that key's.
    const isKeys = raw.kind === 'mapping' && raw.children[0]?.hasProps && raw.children[0].open === content
    if (isKeys) throw new Unusual('a key with an anchor or a tag')
    props.push(prop)
    end = content + prop.length
    content = skip(text, end)
    if (raw.kind === null && content >= raw.close) break
  }
  const node = leaf('null', start, end, '', props.join(' '))
  if (raw.kind === null && !isAlias) return node
  if (isAlias) {
    node.kind = 'alias'
    node.text = /^\*[^\s,[\]{}]*/.exec(text.slice(start, raw.close))?.[0] as string
    node.end = start + node.text.length
    node.canon = node.text
    return node
  }
  node.end = content + text.slice(content, raw.close).trimEnd().length
  if (raw.kind === 'scalar') return scalar(text, node, content, String(raw.result))
  node.flow = /[[{]/.test(text[content] as string)
  node.kind = raw.kind === 'mapping' ? 'map' : 'list'
  node.entries = node.flow ? flowEntries(text, raw, content) : blockEntries(text, raw, node, content)
  if (node.kind === 'list') itemKeys(node.entries, name)
  if (!node.flow) node.end = node.entries.at(-1)?.value.end ?? node.end
  const parts = node.entries.map(({ key, value }) =>
    node.kind === 'map' ? `${JSON.stringify(key)}:${value.canon}` : value.canon,
  )
  const inner = node.kind === 'map' ? `{${parts.sort().join()}}` : `[${parts.join()}]`
  node.canon = `${node.props}${inner}`
  return node
}

function scalar(text: string, node: YamlNode, content: number, value: string): YamlNode {
  const isPlain = !/["'|>]/.test(text[content] as string)
  // Spaces at the end of a block's last line are its own.
  if (/[|>]/.test(text[content] as string)) node.end = lineEnd(text, node.end)
  if (isPlain && !node.props && NULL_RE.test(value)) return { ...node, text: value }
  const bare = isPlain && BARE_RE.test(value)
  return {
    ...{ ...node, kind: 'scalar', text: value, bare },
    canon: `${node.props}${bare ? '=' : ''}${JSON.stringify(value)}`,
  }
}

export function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

function keyOf(text: string, raw: Raw): { key: string; at: number; end: number } {
  const at = skip(text, raw.open)
  if (raw.kind !== 'scalar' || raw.hasProps) throw new Unusual('a key that is no plain text')
  return { key: String(raw.result), at, end: at + text.slice(at, raw.close).trimEnd().length }
}

function blockEntries(text: string, raw: Raw, node: YamlNode, content: number): YamlEntry[] {
  const entries: YamlEntry[] = []
  let at = content
  if (node.kind === 'list') {
    for (const child of raw.children) {
      if (text[at] !== '-') throw new Unusual('a list that is written unusually')
      const value = build(text, child, at + 1)
      entries.push({ key: '', at, after: at + 1, value })
      at = skip(text, value.end)
    }
    if (entries.length !== (raw.result as unknown[]).length) throw new Unusual('an item without a value')
    return entries
  }
  const children = raw.children.length % 2 ? raw.children.slice(0, -1) : raw.children
  for (let i = 0; i < children.length; i += 2) {
    const key = keyOf(text, children[i] as Raw)
    const after = text.indexOf(':', key.end) + 1
    if (key.at !== at || text.slice(key.end, after).trim() !== ':')
      throw new Unusual('a key after a question mark')
    const value = build(text, children[i + 1] as Raw, after, key.key)
    entries.push({ key: key.key, at, after, value })
    at = skip(text, value.end)
  }
  if (entries.length !== Object.keys(raw.result as object).length) throw new Unusual('an entry without a key')
  return entries
}

function flowEntries(text: string, raw: Raw, content: number): YamlEntry[] {
  const { children } = raw
  // The parser tried it as a key first, and read it then.
  const tried = children[0] && skip(text, children[0].open) === content ? children[0] : undefined
  if (tried) return flowEntries(text, tried, content)
  const entries: YamlEntry[] = []
  for (let i = 0; i < children.length; i++) {
    const child = children[i] as Raw
    if (raw.kind !== 'mapping') {
      const value = build(text, child, child.open)
      if (text[skip(text, value.end)] === ':') throw new Unusual('a pair in a list')
      entries.push({ key: '', at: value.start, after: value.start, value })
      continue
    }
    const key = keyOf(text, child)
    const colon = skip(text, key.end)
    const hasValue = text[colon] === ':'
    const after = hasValue ? colon + 1 : key.end
    const value = hasValue
      ? build(text, children[++i] as Raw, after, key.key)
      : leaf('null', after, after, '')
    entries.push({ key: key.key, at: key.at, after, value })
  }
  const size = Array.isArray(raw.result) ? raw.result.length : Object.keys(raw.result as object).length
  if (entries.length !== size) throw new Unusual('brackets that are written unusually')
  return entries
}

/** Items that are known by something keep their identity where they move or change; the second of a kind gets a number. */
function itemKeys(entries: YamlEntry[], list: string): void {
  const seen = new Map<string, number>()
  for (const entry of entries) {
    const { value } = entry
    let key = value.canon
    if (value.kind === 'scalar') key = WORD_RE.get(list)?.exec(value.text)?.[1] ?? value.text
    for (const id of value.kind === 'map' ? IDENTITY : []) {
      const found = value.entries.find((field) => field.key === id)?.value
      if (found?.kind !== 'scalar') continue
      key = id === 'uses' ? (found.text.split('@')[0] as string) : found.text
      break
    }
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    entry.key = count === 1 ? key : `${key}\0${count}`
  }
}
