import type { YamlDoc, YamlEntry, YamlNode } from '../yaml-model.ts'

/** Something that holds in a file. */
export interface Fact {
  /** Equal in two files where the same holds. */
  id: string
  /** Where in the text it shows. */
  at: number
  /** The finding, where it holds in the merged file only. */
  says: string
}
/** What a variable is in the end, and the path of the line that makes it so. */
export interface Variable {
  id: string
  at: number
  value: string
  path: string
}

/** A file as its reader takes it: aliases followed, `<<` merged in. */
export interface View {
  root: YamlNode
  /** Entries of a map, those of its `<<` below its own; none for anything else. */
  fields(node: YamlNode | undefined): Map<string, YamlEntry>
  /** Items of a list, or a single value as a list of one. */
  items(node: YamlNode | undefined): YamlEntry[]
  /** What stands at these keys. */
  get(node: YamlNode | undefined, ...keys: string[]): YamlNode | undefined
  pathOf(node: YamlNode): string
  byPath: Map<string, YamlNode>
}

const views = new WeakMap<YamlDoc, View>()

export function view(doc: YamlDoc): View {
  const known = views.get(doc)
  if (known) return known
  const anchors = new Map<string, YamlNode>()
  const paths = new Map<YamlNode, string>()
  const byPath = new Map<string, YamlNode>()
  const visit = (node: YamlNode, path: string) => {
    const anchor = /&(\S+)/.exec(node.props)?.[1]
    if (anchor) anchors.set(`*${anchor}`, node)
    paths.set(node, path)
    byPath.set(path, node)
    for (const { key, value } of node.entries) visit(value, `${path}\0${key}`)
  }
  visit(doc.root, '')

  const follow = (node: YamlNode | undefined): YamlNode | undefined =>
    node?.kind === 'alias' ? anchors.get(node.text) : node
  const merged = new Map<YamlNode, Map<string, YamlEntry>>()
  const fields = (node: YamlNode | undefined): Map<string, YamlEntry> => {
    const map = follow(node)
    if (map?.kind !== 'map') return new Map()
    const known = merged.get(map)
    if (known) return known
    const found = new Map<string, YamlEntry>()
    // Before it is filled: a map may merge itself in.
    merged.set(map, found)
    const from = map.entries.find(({ key }) => key === '<<')?.value
    // The first of a list of maps wins over the next, and the map's own entries over all of them.
    const sources = from?.kind === 'list' ? from.entries.map(({ value }) => value).reverse() : [from]
    for (const source of sources) for (const [key, entry] of fields(source)) found.set(key, entry)
    for (const entry of map.entries) if (entry.key !== '<<') found.set(entry.key, entry)
    return found
  }
  const made: View = {
    root: doc.root,
    fields,
    byPath,
    items(node) {
      const list = follow(node)
      if (list?.kind === 'list')
        return list.entries.map((entry) => ({ ...entry, value: follow(entry.value) ?? entry.value }))
      return list?.kind === 'scalar'
        ? [{ key: list.text, at: list.start, after: list.start, value: list }]
        : []
    },
    get: (node, ...keys) => follow(keys.reduce((at, key) => fields(at).get(key)?.value, node)),
    pathOf: (node) => paths.get(node) ?? '',
  }
  views.set(doc, made)
  return made
}

/** Variables of a map, or of a list of `NAME=value`. Words of a list without a value come from outside. */
export function variables(file: View, node: YamlNode | undefined, of: string): Variable[] {
  const found: Variable[] = []
  const add = (name: string, value: string, at: number, place: YamlNode) =>
    found.push({ id: `\`${name}\` of ${of}`, value, at, path: file.pathOf(place) })
  for (const [name, { at, value }] of file.fields(node)) add(name, file.get(value)?.text ?? '', at, value)
  for (const { at, value } of file.items(node)) {
    const [name = '', ...rest] = value.text.split('=')
    add(name, rest.length > 0 ? rest.join('=') : '', at, value)
  }
  return found
}
