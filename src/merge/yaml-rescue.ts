import { byKey, mergeModels, showPath } from './yaml-merge.ts'
import { lineEnd, readYamlModel, type YamlDoc, type YamlEntry, type YamlNode } from './yaml-model.ts'

export interface Rescue {
  text: string
  /** What the template changed in it, and the lines of `text`, from 0, at which that begins. */
  changed: { path: string; line: number }[]
}

/** `text` stands instead of [start, end) of the user's file. */
interface Splice {
  start: number
  end: number
  text: string
  path: string
}

/** Where a value hangs: the user's entry, the template's, and whether the user's is in brackets. */
interface Place {
  own: YamlEntry
  other: YamlEntry
  inBrackets: boolean
}

/** A change that can't be made in the user's own layout. The list or map around it may still be taken as a whole. */
class CannotSplice extends Error {}

const COMMENT_RE = /^[ \t]*#/

/**
 * The user's text with the template's changes put in, path by path, where they contradict nothing the user did: for
 * texts whose lines can't be merged, because both sides changed neighbours, or the user reformatted or reordered. Every
 * byte outside of these changes stays. null: it can't be done so, and the conflict is the user's to decide.
 */
export function rescueYaml(base: string, yours: string, template: string): Rescue | null {
  const [b, u, t] = [base, yours, template].map(readYamlModel)
  if (!b || !u || !t || 'error' in b || 'error' in u || 'error' in t) return null
  const { merged, conflicts } = mergeModels(b.root, u.root, t.root)
  if (conflicts.length > 0) return null
  let splices: Splice[]
  try {
    const [own, other] = [u.root, t.root].map((value) => ({
      key: '',
      at: value.start,
      after: value.start,
      value,
    }))
    const at: Place = { own: own as YamlEntry, other: other as YamlEntry, inBrackets: false }
    splices = new Splicer(b, u, t).node(u.root, merged, b.root, t.root, [], at)
  } catch (error) {
    if (!(error instanceof CannotSplice)) throw error
    return null
  }
  const result = apply(yours, splices)
  if (!result) return null
  const read = readYamlModel(result.text)
  if ('error' in read || read.root.canon !== merged.canon || hasNewTwin(read.root, u.root, t.root))
    return null
  return result
}

const breaks = (text: string): number => text.split('\n').length - 1

function apply(yours: string, splices: Splice[]): Rescue | null {
  const sorted = splices
    .map((splice, i) => ({ ...splice, i }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.i - b.i)
  const changed: Rescue['changed'] = []
  let [text, at, line] = ['', 0, 0]
  for (const splice of sorted) {
    if (splice.start < at) return null
    const before = yours.slice(at, splice.start)
    const lead = /^\s*/.exec(splice.text)?.[0] as string
    line += breaks(before)
    changed.push({ path: splice.path, line: line + breaks(lead) })
    line += breaks(splice.text)
    text += before + splice.text
    at = splice.end
  }
  return { text: text + yours.slice(at), changed }
}

/** An anchor that is defined twice, and was not, would give its aliases another meaning. */
function hasNewTwin(result: YamlNode, ...sides: YamlNode[]): boolean {
  const twins = (root: YamlNode) => {
    const [seen, twice] = [new Set<string>(), new Set<string>()]
    const visit = ({ props, entries }: YamlNode) => {
      for (const anchor of props.match(/&\S+/g) ?? []) (seen.has(anchor) ? twice : seen).add(anchor)
      for (const { value } of entries) visit(value)
    }
    visit(root)
    return twice
  }
  const known = sides.map(twins)
  return [...twins(result)].some((anchor) => known.every((side) => !side.has(anchor)))
}

const lineStart = (text: string, at: number): number => (at > 0 ? text.lastIndexOf('\n', at - 1) + 1 : 0)
const column = (text: string, at: number): number => at - lineStart(text, at)
const comments = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => /(?:^|\s)#.*$/.exec(line)?.[0].trim())
    .filter((line) => line !== undefined)

/** Whether the entry is the first thing of its line, so that comments above it and whole lines are its own. */
const leadsLine = (text: string, at: number): boolean => text.slice(lineStart(text, at), at).trim() === ''

/** Where the comment lines directly above begin. */
function commentStart(text: string, at: number): number {
  let start = lineStart(text, at)
  while (start > 0) {
    const above = lineStart(text, start - 1)
    if (!COMMENT_RE.test(text.slice(above, start - 1))) break
    start = above
  }
  return start
}

/** One line that brackets take as it is: quoted, in brackets itself, or without what ends a word there. */
const isBracketSafe = (text: string): boolean =>
  !text.includes('\n') && (/^["'[{]/.test(text) || !/[,[\]{}#]|: .*: /.test(text))

/** Where the blank lines directly above the start of a line begin. */
function blankStart(text: string, from: number): number {
  let start = from
  while (start > 0) {
    const above = lineStart(text, start - 1)
    if (text.slice(above, start).trim() !== '') break
    start = above
  }
  return start
}

function isAfterBlank(text: string, at: number): boolean {
  const start = commentStart(text, at)
  return blankStart(text, start) < start
}

/** Lines below the first moved to another column; what hangs further left than it can, stays at the edge. */
const shift = (text: string, from: number, to: number): string =>
  text.replace(
    /\n([ ]*)(?=[^\n ])/g,
    (_all, pad: string) => `\n${' '.repeat(Math.max(0, pad.length - from + to))}`,
  )

class Splicer {
  readonly b: string
  readonly u: string
  readonly t: string
  constructor(b: YamlDoc, u: YamlDoc, t: YamlDoc) {
    ;[this.b, this.u, this.t] = [b.text, u.text, t.text]
  }

  /** Makes `u` into `merged`; what `merged` has anew is the template's. */
  node(
    u: YamlNode,
    merged: YamlNode,
    b: YamlNode | undefined,
    t: YamlNode | undefined,
    path: readonly string[],
    at: Place,
  ): Splice[] {
    try {
      const isContainer = merged.kind === 'map' || merged.kind === 'list'
      if (u.kind === merged.kind && u.props === merged.props && isContainer)
        return this.entries(u, merged, b, t, path)
      if (u.canon === merged.canon) return []
      throw new CannotSplice()
    } catch (error) {
      if (!(error instanceof CannotSplice) || merged !== t || u.canon !== b?.canon) throw error
      return [this.set(u, merged, b, at, path)]
    }
  }

  entries(
    u: YamlNode,
    merged: YamlNode,
    b: YamlNode | undefined,
    t: YamlNode | undefined,
    path: readonly string[],
  ) {
    const splices: Splice[] = []
    const [inMerged, inBase, inTemplate, inYours] = [merged, b, t, u].map((node) =>
      byKey(node?.entries ?? []),
    )
    const kept = u.entries.filter(({ key }) => inMerged?.has(key))
    if (u.kind === 'list') {
      const stays = merged.entries.filter(({ key }) => inYours?.has(key))
      if (stays.some(({ key }, i) => key !== kept[i]?.key)) throw new CannotSplice()
    }
    if (kept.length === 0 && u.entries.length > 0) throw new CannotSplice()
    for (const [i, entry] of u.entries.entries()) {
      const { key } = entry
      const [to, was, other] = [inMerged?.get(key), inBase?.get(key), inTemplate?.get(key)]
      if (!to) splices.push(this.drop(u, i, was, [...path, key]))
      else if (other) {
        const at = { own: entry, other, inBrackets: u.flow }
        const inner = this.node(entry.value, to.value, was?.value, other.value, [...path, key], at)
        const notes = was && !u.flow ? this.comments(entry, was, other, [...path, key]) : []
        const isCovered = (note: Splice) =>
          inner.some(({ start, end }) => start <= note.start && note.start < end)
        splices.push(...inner, ...notes.filter((note) => !isCovered(note)))
      }
    }
    let before: YamlEntry | undefined
    for (const entry of merged.entries) {
      const own = inYours?.get(entry.key)
      if (!own) splices.push(this.add(u, entry, before, t as YamlNode, [...path, entry.key]))
      else before = own
    }
    return splices
  }

  /** Another value for a key that stays. */
  set(
    u: YamlNode,
    to: YamlNode,
    b: YamlNode,
    { own, other, inBrackets }: Place,
    path: readonly string[],
  ): Splice {
    const isShort = (node: YamlNode) => node.flow || (node.kind !== 'map' && node.kind !== 'list')
    const [from, at] = [column(this.u, own.at), column(this.t, other.at)]
    const isInline = [this.u.slice(own.after, u.start), this.t.slice(other.after, to.start)].every(
      (gap) => gap.trim() === '' && !gap.includes('\n'),
    )
    let [start, end, text] = [u.start, u.end, this.t.slice(to.start, to.end)]
    if (isInline && isShort(u) && isShort(to)) {
      if (start === own.after && start === end && text) text = ` ${text}`
    } else {
      ;[start, end] = [own.after, isShort(u) ? u.end : lineEnd(this.u, u.end)]
      text = this.t.slice(other.after, isShort(to) ? to.end : lineEnd(this.t, to.end))
    }
    if (inBrackets && !isBracketSafe(text)) throw new CannotSplice()
    const baseEnd = isShort(b) ? b.end : lineEnd(this.b, b.end)
    this.own(this.u.slice(start, end), this.b.slice(b.start, baseEnd), this.b, b)
    return { start, end, text: shift(text, at, from), path: showPath(path) }
  }

  /** Nothing that the user wrote into a comment goes. */
  own(gone: string, base: string, text: string, node: YamlNode): void {
    const known = comments(`${text.slice(lineStart(text, node.start), node.start)}${base}`)
    if (comments(gone).some((line) => !known.includes(line))) throw new CannotSplice()
  }

  drop(u: YamlNode, i: number, was: YamlEntry | undefined, path: readonly string[]): Splice {
    const entry = u.entries[i] as YamlEntry
    const next = u.entries[i + 1]
    let [start, end] = [entry.at, next?.at ?? entry.value.end]
    if (u.flow) {
      if (!next) start = u.entries[i - 1]?.value.end ?? start
    } else if (leadsLine(this.u, entry.at)) {
      start = commentStart(this.u, entry.at)
      end = lineEnd(this.u, entry.value.end)
      // With the line break in front: the one behind is where the next line is put.
      if (i > 0) start = blankStart(this.u, start)
      if (start === 0) end++
      else start--
    } else if (!next) throw new CannotSplice()
    const known = was ? this.b.slice(commentStart(this.b, was.at), lineEnd(this.b, was.value.end)) : ''
    if (comments(this.u.slice(start, end)).some((line) => !comments(known).includes(line)))
      throw new CannotSplice()
    return { start, end, text: '', path: showPath(path) }
  }

  /** The template's own lines, behind the neighbour they stand behind there, in the user's column. */
  add(
    u: YamlNode,
    entry: YamlEntry,
    before: YamlEntry | undefined,
    t: YamlNode,
    path: readonly string[],
  ): Splice {
    const shown = showPath(path)
    const first = u.entries[0]
    if (!first) throw new CannotSplice()
    if (u.flow) {
      const text = this.t.slice(u.kind === 'list' ? entry.value.start : entry.at, entry.value.end)
      if (!isBracketSafe(text)) throw new CannotSplice()
      if (before) return { start: before.value.end, end: before.value.end, text: `, ${text}`, path: shown }
      return { start: first.at, end: first.at, text: `${text}, `, path: shown }
    }
    const [from, to] = [column(this.t, entry.at), column(this.u, first.at)]
    const pad = ' '.repeat(to)
    const isLine = !t.flow && leadsLine(this.t, entry.at)
    const dash = t.flow && u.kind === 'list' ? '- ' : ''
    const end = t.flow ? entry.value.end : lineEnd(this.t, entry.value.end)
    const start = isLine ? commentStart(this.t, entry.at) : entry.at
    const own = `${dash}${shift(this.t.slice(start, end), from, to).trimStart()}`
    if (!before && !leadsLine(this.u, first.at)) {
      if (own.startsWith('#')) throw new CannotSplice()
      return { start: first.at, end: first.at, text: `${own}\n${pad}`, path: shown }
    }
    // The blank line above; of what comes first, the one below.
    const nextAt = before ? entry.at : (t.entries[t.entries.indexOf(entry) + 1]?.at ?? -1)
    const isApart = isLine && nextAt >= 0 && t.entries[0]?.at !== nextAt && isAfterBlank(this.t, nextAt)
    const gap = isApart ? '\n' : ''
    if (!before) {
      const at = commentStart(this.u, first.at)
      if (at === 0) return { start: at, end: at, text: `${pad}${own}\n${gap}`, path: shown }
      return { start: at - 1, end: at - 1, text: `\n${pad}${own}${gap}`, path: shown }
    }
    const at = lineEnd(this.u, before.value.end)
    return { start: at, end: at, text: `\n${gap}${pad}${own}`, path: shown }
  }

  /** Comments above an entry, and behind it on its line: the template's new ones, where the user left them alone. */
  comments(own: YamlEntry, was: YamlEntry, other: YamlEntry, path: readonly string[]): Splice[] {
    const shown = showPath(path)
    const splices: Splice[] = []
    const above = (text: string, entry: YamlEntry) =>
      leadsLine(text, entry.at) ? text.slice(commentStart(text, entry.at), lineStart(text, entry.at)) : ''
    const plain = (text: string) => comments(text).join('\n')
    const [u1, b1, t1] = [above(this.u, own), above(this.b, was), above(this.t, other)]
    if (leadsLine(this.u, own.at) && plain(u1) === plain(b1) && plain(b1) !== plain(t1)) {
      const pad = ' '.repeat(column(this.u, own.at))
      const text = comments(t1).map((line) => `${pad}${line}\n`)
      const end = lineStart(this.u, own.at)
      splices.push({ start: end - u1.length, end, text: text.join(''), path: shown })
    }
    const behind = (text: string, { after, value }: YamlEntry) => {
      const at = text.slice(after, value.start).includes('\n') ? after : value.end
      if ((value.kind === 'map' || value.kind === 'list') && !value.flow && at !== after) return undefined
      return { at, note: /^[ \t]+#.*/.exec(text.slice(at, lineEnd(text, at)))?.[0] ?? '' }
    }
    const [u2, b2, t2] = [behind(this.u, own), behind(this.b, was), behind(this.t, other)]
    if (u2 && b2 && t2 && u2.note.trim() === b2.note.trim() && b2.note.trim() !== t2.note.trim()) {
      splices.push({ start: u2.at, end: u2.at + u2.note.length, text: t2.note, path: shown })
    }
    return splices
  }
}
