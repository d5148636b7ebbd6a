import type { YamlEntry, YamlNode } from './yaml-model.ts'

export interface MergedModel {
  /** Made of nodes of yours and the template, so each still knows its text; yours stands where they disagree. */
  merged: YamlNode
  /** Paths at which both sides changed something differently. */
  conflicts: string[]
}

/** Lists whose order and number are their meaning: one value, not a set. */
const WHOLE = new Set(['command', 'entrypoint', 'test', 'shell', 'run'])

/** Path by path: maps by key, lists by what an item is known by, the rest as a whole. */
export function mergeModels(base: YamlNode, yours: YamlNode, template: YamlNode): MergedModel {
  const conflicts: string[] = []
  const merged = mergeNode(base, yours, template, [], conflicts)
  return { merged, conflicts }
}

/** Items that nothing short tells apart are shown as dots. */
export const showPath = (path: readonly string[]): string =>
  path.map((key) => (/^[{[]|.{40}/s.test(key) ? '…' : key.replace('\0', '#'))).join('.') || 'the whole file'

function mergeNode(
  base: YamlNode | undefined,
  yours: YamlNode,
  template: YamlNode,
  path: readonly string[],
  conflicts: string[],
): YamlNode {
  if (yours.canon === template.canon || base?.canon === template.canon) return yours
  if (base?.canon === yours.canon) return template
  const { kind, props } = yours
  const isAlike =
    kind === template.kind &&
    props === template.props &&
    (!base || (kind === base.kind && props === base.props))
  if (isAlike && kind === 'map') {
    const entries = mergeEntries(base?.entries ?? [], yours.entries, template.entries, path, conflicts)
    return container(yours, entries)
  }
  if (isAlike && kind === 'list' && !isWhole(path, [yours, template, ...(base ? [base] : [])])) {
    const entries = mergeEntries(base?.entries ?? [], yours.entries, template.entries, path, conflicts)
    const ordered = order(base?.entries ?? [], yours.entries, template.entries, entries)
    if (ordered) return container(yours, ordered)
  }
  conflicts.push(showPath(path))
  return yours
}

/** A list that is a sentence has no items with an identity; nor has one that says the same twice, and not as before. */
export function isWhole(path: readonly string[], lists: YamlNode[]): boolean {
  const repeated = lists.map(({ entries }) => entries.filter(({ key }) => key.includes('\0')))
  const isChanged = new Set(repeated.map((entries) => entries.map(({ key }) => key).join())).size > 1
  const hasWords = repeated.flat().some(({ value }) => value.kind !== 'map')
  return isChanged || hasWords || WHOLE.has(path.at(-1) ?? '')
}

function container(like: YamlNode, entries: YamlEntry[]): YamlNode {
  const parts = entries.map(({ key, value }) =>
    like.kind === 'map' ? `${JSON.stringify(key)}:${value.canon}` : value.canon,
  )
  const inner = like.kind === 'map' ? `{${parts.sort().join()}}` : `[${parts.join()}]`
  return { ...like, entries, canon: `${like.props}${inner}` }
}

export const byKey = (entries: readonly YamlEntry[]): Map<string, YamlEntry> =>
  new Map(entries.map((entry) => [entry.key, entry]))

/** Yours in your order without what the template dropped; what the template added, behind what it stands behind there. */
function mergeEntries(
  base: YamlEntry[],
  yours: YamlEntry[],
  template: YamlEntry[],
  path: readonly string[],
  conflicts: string[],
): YamlEntry[] {
  const [inBase, inYours, inTemplate] = [byKey(base), byKey(yours), byKey(template)]
  const result: YamlEntry[] = []
  for (const entry of yours) {
    const { key, value } = entry
    const [was, other] = [inBase.get(key), inTemplate.get(key)]
    if (other) {
      const merged = mergeNode(was?.value, value, other.value, [...path, key], conflicts)
      result.push(merged === value ? entry : merged === other.value ? other : { ...entry, value: merged })
    } else if (!was) result.push(entry)
    else if (was.value.canon !== value.canon) {
      conflicts.push(showPath([...path, key]))
      result.push(entry)
    }
  }
  const kept = new Set(result.map(({ key }) => key))
  const added = new Map<string | undefined, YamlEntry[]>()
  let before: string | undefined
  for (const entry of template) {
    const { key, value } = entry
    const was = inBase.get(key)
    if (kept.has(key)) before = key
    else if (!was && !inYours.has(key)) {
      const group = added.get(before) ?? []
      added.set(before, group)
      group.push(entry)
    } else if (was && !inYours.has(key) && was.value.canon !== value.canon)
      conflicts.push(showPath([...path, key]))
  }
  return [
    ...(added.get(undefined) ?? []),
    ...result.flatMap((entry) => [entry, ...(added.get(entry.key) ?? [])]),
  ]
}

const keys = (entries: YamlEntry[], only: Map<string, unknown>): string =>
  JSON.stringify(entries.map(({ key }) => key).filter((key) => only.has(key)))

/** The merged items in the order of the side that changed it; undefined where both did, or where it can't be told. */
function order(
  base: YamlEntry[],
  yours: YamlEntry[],
  template: YamlEntry[],
  merged: YamlEntry[],
): YamlEntry[] | undefined {
  const [inBase, inYours, inTemplate] = [byKey(base), byKey(yours), byKey(template)]
  const common = new Map([...inYours].filter(([key]) => inTemplate.has(key)))
  const old = new Map([...common].filter(([key]) => inBase.has(key)))
  const isSame = keys(yours, common) === keys(template, common)
  // What stood here, both replaced by something of their own.
  const isReplaced = base.some(({ key }) => !inYours.has(key) && !inTemplate.has(key))
  if (
    isReplaced &&
    [inYours, inTemplate].every((side) =>
      [...side.keys()].some((key) => !inBase.has(key) && !common.has(key)),
    )
  )
    return undefined
  // Steps that both sides put in: which comes first is nobody's but a person's to say.
  if (stepsBeside(merged, inYours, inTemplate)) return undefined
  if (isSame || keys(template, old) === keys(base, old)) return merged
  if (keys(yours, old) !== keys(base, old)) return undefined
  const [inMerged, result] = [byKey(merged), [] as YamlEntry[]]
  for (const { key } of template) if (inMerged.has(key)) result.push(inMerged.get(key) as YamlEntry)
  let before = 0
  for (const { key } of yours) {
    const at = result.findIndex((entry) => entry.key === key)
    if (at !== -1) before = at + 1
    else if (inMerged.has(key)) result.splice(before++, 0, inMerged.get(key) as YamlEntry)
  }
  return result
}

function stepsBeside(
  merged: YamlEntry[],
  inYours: Map<string, unknown>,
  inTemplate: Map<string, unknown>,
): boolean {
  let [yours, template] = [false, false]
  return merged.some(({ key, value }) => {
    const [isYours, isTemplate] = [inYours.has(key), inTemplate.has(key)]
    if (isYours && isTemplate) [yours, template] = [false, false]
    else if (value.kind === 'map') [yours, template] = [yours || isYours, template || isTemplate]
    return yours && template
  })
}
