import { oneLine, yamlQuoted, yamlString } from './escape.ts'

/**
 * Writes YAML from plain data: block style, two spaces, short lists of words in one line, comments above a key, all as
 * prettier leaves it. Reading is the `yaml` library's; writing is this, because what is written must carry comments and
 * rule marks, must never change by a library's release, and must cost no load time.
 */
export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlMap | Noted | Alias
export interface YamlMap {
  readonly [key: string]: Yaml | undefined
}

export interface Notes {
  /** Above the line; one line of comment per line of text. */
  comment?: string
  /** `PD040`, or several with commas: a mark that `unmark` takes off. */
  rule?: string
  /** A blank line before it. */
  gap?: boolean
  /** `&name`: what an `alias` elsewhere repeats. */
  anchor?: string
}

const NOTE = Symbol('note')
interface Noted {
  readonly [NOTE]: Notes
  readonly value: Yaml
}

const ALIAS = Symbol('alias')
interface Alias {
  readonly [ALIAS]: string
}

/** A value with a comment above it, the rule behind it, or a blank line before it. */
export function note(value: Yaml, notes: Notes): Yaml {
  return { [NOTE]: notes, value }
}

/** `*name`. Under the key `<<` its entries are merged in. */
export function alias(name: string): Yaml {
  return { [ALIAS]: name }
}

const isNoted = (value: Yaml | undefined): value is Noted =>
  typeof value === 'object' && value !== null && NOTE in value
const isAlias = (value: Yaml): value is Alias => typeof value === 'object' && value !== null && ALIAS in value
const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value)
const WIDTH = 80

/** Entries that are undefined are left out. The text ends without a line break. */
export function writeYaml(value: YamlMap): string {
  return mapLines(value, 0).join('\n')
}

function mapLines(map: YamlMap, indent: number): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (value === undefined) return []
    return entryLines(`${key === '<<' && isAlias(value) ? key : yamlString(key)}:`, value, indent)
  })
}

/** A value under all its notes; the outer note's comment stands above the inner one's. */
function unwrap(value: Yaml): { value: Yaml; notes: Required<Notes> } {
  const notes = { comment: '', rule: '', gap: false, anchor: '' }
  let inner = value
  while (isNoted(inner)) {
    const { comment, rule, gap, anchor } = inner[NOTE]
    notes.comment = [notes.comment, comment].filter(Boolean).join('\n')
    notes.rule = [notes.rule, rule].filter(Boolean).join(',')
    notes.gap ||= gap ?? false
    notes.anchor ||= anchor ?? ''
    inner = inner.value
  }
  return { value: inner, notes }
}

function before({ comment, gap }: Required<Notes>, pad: string): string[] {
  return [
    ...(gap ? [''] : []),
    ...comment
      .split('\n')
      .filter(Boolean)
      .map((line) => `${pad}# ${oneLine(line)}`),
  ]
}

/** One `key:` or `-` with its value. */
function entryLines(head: string, noted: Yaml, indent: number): string[] {
  const pad = ' '.repeat(indent)
  const { value, notes } = unwrap(noted)
  const mark = notes.rule ? ` #@${notes.rule}` : ''
  const start = `${pad}${head}${notes.anchor ? ` &${notes.anchor}` : ''}`
  const above = before(notes, pad)
  if (isAlias(value)) return [...above, `${start} *${value[ALIAS]}${mark}`]
  if (typeof value !== 'object' || value === null) return [...above, `${start} ${scalar(value)}${mark}`]
  if (isList(value)) {
    if (value.length === 0) return [...above, `${start} []${mark}`]
    const flow = flowList(value, start.length + 1)
    if (flow) return [...above, `${start} ${flow}${mark}`]
    return [...above, `${start}${mark}`, ...value.flatMap((item) => itemLines(item, indent + 2))]
  }
  const map = value as YamlMap
  if (Object.values(map).every((entry) => entry === undefined)) return [...above, `${start} {}${mark}`]
  return [...above, `${start}${mark}`, ...mapLines(map, indent + 2)]
}

/** `- key: value` and `- - item`: what is below starts on the dash's own line, its comments go above the dash. */
function itemLines(item: Yaml, indent: number): string[] {
  const pad = ' '.repeat(indent)
  const { value, notes } = unwrap(item)
  const isBlock =
    typeof value === 'object' &&
    value !== null &&
    !isAlias(value) &&
    Object.values(value).some((entry) => entry !== undefined)
  if (!isBlock || (isList(value) && flowList(value, indent + 2))) return entryLines('-', item, indent)
  const lines = isList(value)
    ? value.flatMap((entry) => itemLines(entry, indent + 2))
    : mapLines(value as YamlMap, indent + 2)
  const first = lines.findIndex((line) => line !== '' && !line.trimStart().startsWith('#'))
  const above = lines
    .slice(0, first)
    .filter(Boolean)
    .map((line) => `${pad}${line.trimStart()}`)
  const mark = notes.rule ? ` #@${notes.rule}` : ''
  return [
    ...before(notes, pad),
    ...above,
    `${pad}- ${(lines[first] as string).slice(indent + 2)}${mark}`,
    ...lines.slice(first + 1),
  ]
}

/** Lists of scalars that fit stay in one line, as people write commands; words are quoted, so that no `,` or `[` ends one. */
function flowList(items: readonly Yaml[], column: number): string | undefined {
  if (!items.every((item) => typeof item !== 'object' || item === null)) return undefined
  const text = `[${items.map((item) => (typeof item === 'string' ? yamlQuoted(item) : String(item))).join(', ')}]`
  return column + text.length <= WIDTH ? text : undefined
}

function scalar(value: string | number | boolean | null): string {
  return typeof value === 'string' ? yamlString(value) : String(value)
}
