import { type Instruction, readDockerfile } from '../dockerfile-reader/read.ts'
import { collapse, trim } from '../dockerfile-reader/words.ts'
import { matchLines, numberLines } from './diff.ts'
import { maskPins } from './pins.ts'
import type { Rescue } from './yaml-rescue.ts'

/** An instruction, or a block of comment lines. */
interface Unit {
  /** Upper case; '#': a comment. */
  keyword: string
  /** Empty lines before it. */
  gap: string
  raw: string
  /** What it says, comments within it included: white space that means nothing is no part of that. */
  says: string
  /** The same in two files: it says the same, but for pins. */
  key: string
  /** Likely the same in two files, though it says something else: `ENV PORT`, `RUN npm`. */
  name: string
  /** The FROM above it. */
  from: Unit | null
}

interface File {
  top: string
  units: Unit[]
  tail: string
}

/** A unit of the result, and which one of the user's and of the template's it is. */
interface Slot {
  is: Unit
  u?: Unit
  t?: Unit
}

/** The two sides contradict each other: a person's decision. */
class Contradiction extends Error {}

/** What does not care where in its stage it stands. */
const UNORDERED = new Set(['#', 'EXPOSE', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'STOPSIGNAL'])

/**
 * The user's text with the template's changes put in, instruction by instruction, for changes whose lines touch. Indents are
 * no edit, and a comment that the user took out stays out. null: the sides contradict each other, and the conflict is the
 * user's to decide.
 */
export function rescueDockerfile(base: string, yours: string, template: string): Rescue | null {
  const [b, u, t] = [base, yours, template].map(readUnits)
  if (!b || !u || !t) return null
  try {
    checkStart(b, u, t)
    const slots = mergeUnits(b, u, t)
    checkPlaces(slots)
    const tail = u.tail === b.tail ? t.tail : u.tail
    return write(settle(b.top, u.top, t.top), slots, tail, yours.endsWith('\n'))
  } catch (error) {
    if (!(error instanceof Contradiction)) throw error
    return null
  }
}

function fail(): never {
  throw new Contradiction()
}

/** One value: who changed it, wins. */
function settle(base: string, yours: string, template: string): string {
  if (yours !== base && template !== base && yours !== template) fail()
  return yours === base ? template : yours
}

const withEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

function readUnits(text: string): File | null {
  const file = readDockerfile(withEnd(text))
  // With another escape, quotes are others, too.
  if (file.errors.length > 0 || file.directives.has('escape')) return null
  const units: Unit[] = []
  let from: Unit | null = null
  for (const instruction of file.instructions) {
    const gap = readComments(instruction.leading, units, from)
    const unit: Unit = { ...readUnit(instruction), gap, from }
    units.push(unit)
    if (unit.keyword === 'FROM') from = unit
  }
  return { top: file.top, units, tail: readComments(file.tail, units, from) }
}

/** Adds the blocks of comments; the empty lines after them are left. */
function readComments(text: string, units: Unit[], from: Unit | null): string {
  let gap = ''
  let block: Unit | undefined
  for (const line of text.split('\n').slice(0, -1)) {
    const says = trim(line)
    if (!says) {
      gap += `${line}\n`
      block = undefined
    } else if (block) {
      block.raw += `${line}\n`
      block.says = block.key = `${block.says}\n${says}`
    } else {
      block = { keyword: '#', gap, raw: `${line}\n`, says, key: says, name: '#', from }
      units.push(block)
      gap = ''
    }
  }
  return gap
}

function readUnit(instruction: Instruction): Omit<Unit, 'gap' | 'from'> {
  const { keyword, raw, text, heredocs } = instruction
  const own = heredocs.length > 0 ? '' : raw
  const notes = linesOf(own).filter((line) => line.startsWith('#'))
  const says = [collapse(text), ...notes, ...heredocs.map((doc) => doc.text)].join('\n')
  return {
    keyword,
    raw,
    says,
    key: maskPins(says, 'dockerfile'),
    name: `${keyword} ${nameOf(instruction)}`,
  }
}

const linesOf = (raw: string): string[] => raw.split('\n').map(collapse)

function nameOf({ keyword, args, pairs }: Instruction): string {
  if (pairs[0]) return pairs[0][0]
  const words = args.split(/\s+/)
  if (keyword === 'COPY' || keyword === 'ADD') return words.at(-1) as string
  return keyword === 'RUN' ? (words.find((word) => !/^\w+=/.test(word)) ?? '') : ''
}

/** For each unit of the base the one of a side that it is or became, or none. */
function pair(base: readonly Unit[], side: readonly Unit[]): (Unit | undefined)[] {
  const [from, to] = numberLines(
    base.map(({ key }) => key),
    side.map(({ key }) => key),
  ) as [number[], number[]]
  const match = matchLines(from, to)
  const pairs = [...match].map((at) => side[at])
  let [start, next] = [0, 0]
  for (let at = 0; at <= base.length; at++) {
    const end = at < base.length ? (match[at] as number) : side.length
    if (end < 0) continue
    const [before, after] = [base.slice(start, at), side.slice(next, end)]
    const [left, right] = numberLines(
      before.map(({ name }) => name),
      after.map(({ name }) => name),
    ) as [number[], number[]]
    for (const [index, found] of matchLines(left, right).entries()) pairs[start + index] = after[found]
    start = at + 1
    next = end + 1
  }
  return pairs
}

function mergeUnits(b: File, u: File, t: File): Slot[] {
  const [inYours, inTemplate] = [pair(b.units, u.units), pair(b.units, t.units)]
  const slots: Slot[] = []
  const nextOf = (side: readonly Unit[], pairs: readonly (Unit | undefined)[]) => {
    const paired = new Set(pairs)
    let at = 0
    return {
      /** What was not in the base, up to what was. */
      added: () => {
        const start = at
        while (at < side.length && !paired.has(side[at])) at++
        return side.slice(start, at)
      },
      skip: () => at++,
    }
  }
  const [mine, theirs] = [nextOf(u.units, inYours), nextOf(t.units, inTemplate)]
  /** What each side added since a unit that stands on both: where one side's is, to the other's, nobody knows. */
  const added = { own: new Set<string>(), other: new Set<string>(), isFree: { own: true, other: true } }
  const note = (side: 'own' | 'other', across: 'own' | 'other', units: readonly Unit[]): void => {
    for (const { keyword, says } of units) {
      if (added[across].has(says)) fail()
      added[side].add(says)
      added.isFree[side] &&= UNORDERED.has(keyword)
    }
  }
  const add = (): void => {
    const [yours, ours] = [mine.added(), theirs.added()]
    if (yours.length > 0 && yours.map(({ raw }) => raw).join('') === ours.map(({ raw }) => raw).join('')) {
      for (const [i, is] of yours.entries()) slots.push({ is, u: is, t: ours[i] as Unit })
      return
    }
    note('own', 'other', yours)
    note('other', 'own', ours)
    if (!added.isFree.own && !added.isFree.other) fail()
    const [a, z] = [yours.map((is): Slot => ({ is, u: is })), ours.map((is): Slot => ({ is, t: is }))]
    // A comment belongs to what comes next.
    slots.push(...(yours.at(-1)?.keyword === '#' ? [...z, ...a] : [...a, ...z]))
  }
  for (const [index, was] of b.units.entries()) {
    const [yours, ours] = [inYours[index], inTemplate[index]]
    add()
    if (yours) mine.skip()
    if (ours) theirs.skip()
    if (yours && ours) {
      Object.assign(added, { own: new Set(), other: new Set(), isFree: { own: true, other: true } })
      const gap = yours.gap === was.gap ? ours.gap : yours.gap
      slots.push({ is: { ...yours, ...choose(was, yours, ours), gap }, u: yours, t: ours })
    } else if (yours && !isSame(was, yours)) fail()
    else if (ours && ours.says !== was.says && was.keyword !== '#') fail()
  }
  add()
  return slots
}

/** Nothing but white space is another. */
const isSame = (a: Unit, b: Unit): boolean =>
  a.says === b.says && linesOf(a.raw).join('\n') === linesOf(b.raw).join('\n')

function choose(was: Unit, yours: Unit, ours: Unit): { raw: string; says: string } {
  if (yours.raw === was.raw) return ours
  if (ours.says === was.says || ours.says === yours.says) return yours
  return isSame(was, yours) ? { raw: dress(was, yours, ours), says: ours.says } : fail()
}

/** The template's lines with the user's indents. */
function dress(was: Unit, yours: Unit, ours: Unit): string {
  const [from, to] = numberLines(linesOf(was.raw), linesOf(ours.raw)) as [number[], number[]]
  const lines = ours.raw.split('\n')
  const own = yours.raw.split('\n')
  const match = [...matchLines(from, to), lines.length]
  let [start, next] = [0, 0]
  for (const [at, found] of match.entries()) {
    if (found < 0) continue
    // As many lines as there were are likely those, changed.
    if (at - start === found - next)
      for (let i = 0; start + i < at; i++) {
        const indent = /^\s*/.exec(own[start + i] as string)?.[0] as string
        lines[next + i] = indent + (lines[next + i] as string).trimStart()
      }
    if (at < own.length) lines[found] = own[at] as string
    start = at + 1
    next = found + 1
  }
  return lines.join('\n')
}

/** What starts in the end is made of two lines: each side's change counts on the other one of its own. */
function checkStart(b: File, u: File, t: File): void {
  const said = ({ units }: File, keyword: string) =>
    units.flatMap((unit) => (unit.keyword === keyword ? unit.says : [])).join('\n')
  const isChanged = (side: File, keyword: string) => said(side, keyword) !== said(b, keyword)
  for (const [one, other] of [
    [u, t],
    [t, u],
  ] as const)
    if (isChanged(one, 'CMD') && isChanged(other, 'ENTRYPOINT')) fail()
}

/** Each side's instructions stand in the stage that they stand in there. */
function checkPlaces(slots: readonly Slot[]): void {
  let stage: Slot | undefined
  for (const slot of slots) {
    const { is, u, t } = slot
    if (is.keyword === '#') continue
    if (is.keyword === 'FROM') {
      stage = slot
      continue
    }
    const isMine = u && (u.from ?? undefined) === stage?.u
    const isOurs = t && (t.from ?? undefined) === stage?.t
    if (u && is.says === u.says ? !isMine : !isOurs) fail()
  }
}

function write(top: string, slots: readonly Slot[], tail: string, hasEnd: boolean): Rescue {
  const changed: Rescue['changed'] = []
  let text = top
  let line = top.split('\n').length - 1
  for (const { is, u } of slots) {
    line += is.gap.split('\n').length - 1
    if (is.raw !== u?.raw) changed.push({ path: is.name.trim(), line })
    line += is.raw.split('\n').length - 1
    text += is.gap + is.raw
  }
  text += tail
  const read = readUnits(text)
  const said = (units: readonly Unit[]) => units.flatMap(({ keyword, says }) => (keyword === '#' ? [] : says))
  if (!read || said(read.units).join('\0') !== said(slots.map(({ is }) => is)).join('\0')) fail()
  return { text: hasEnd ? text : text.replace(/\n$/, ''), changed }
}
