import { sliceChunk } from './chunks.ts'
import type { Chunk, FileKind } from './types.ts'

/** A version that bots and people move: an image's tag and digest, an action's ref, a version variable. */
interface Pin {
  /** What is pinned, and so which pins are the same: "node image", "actions/checkout action", "PNPM_VERSION". */
  what: string
  /** Where the value stands in its line. */
  start: number
  end: number
  value: string
}

const MASK = '\0'
/** No pin is in a line of such length, and no pattern should have to look. */
const MAX_LINE = 1000

const SYNTAX_RE = /^#[ \t]*syntax[ \t]*=[ \t]*(\S+)/di
const FROM_RE = /^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)/di
const COPY_FROM_RE = /[ \t,=]from=([^\s,]*[:@][^\s,]*)|--from=(\S*[:@]\S*)/dgi
const VARIABLE_RE = /(?<![\w$-])([A-Z][A-Z0-9_]*_VERSION)=("?)([\w.+-]+)\2(?![^\s])/dgi
const IMAGE_RE = /^[ \t]*(?:-[ \t]+)?image:[ \t]+["']?([^\s"'#]+)/d
const USES_RE =
  /^[ \t]*(?:-[ \t]+)?uses:[ \t]+["']?([^\s"'#@]+)(@[^\s"'#]+(?:[ \t]+#[ \t]*v?\d[\w.-]*(?=[ \t]*$))?)/d

/** The pins of a line, in order. */
function findPins(line: string, kind: FileKind): Pin[] {
  if (line.length > MAX_LINE || !/[:@=]/.test(line) || line.includes(MASK)) return []
  if (kind === 'dockerfile') return dockerfilePins(line)
  return kind === 'text' || kind === 'dockerignore' ? [] : yamlPins(line)
}

function dockerfilePins(line: string): Pin[] {
  const pins: Pin[] = []
  const one = SYNTAX_RE.exec(line) ?? FROM_RE.exec(line)
  if (one) pins.push(...imagePin(line, one.indices?.[1]))
  if (line.includes('from=') && !one)
    for (const found of line.matchAll(COPY_FROM_RE))
      pins.push(...imagePin(line, found.indices?.[1] ?? found.indices?.[2]))
  if (line.includes('_VERSION='))
    for (const found of line.matchAll(VARIABLE_RE)) {
      const [start, end] = found.indices?.[3] ?? [0, 0]
      pins.push({ what: found[1] as string, start, end, value: found[3] as string })
    }
  return pins
}

function yamlPins(line: string): Pin[] {
  const image = IMAGE_RE.exec(line)
  if (image) return imagePin(line, image.indices?.[1])
  const uses = USES_RE.exec(line)
  if (!uses || /^(?:docker:|\.)/.test(uses[1] as string)) return []
  const [start, end] = uses.indices?.[2] ?? [0, 0]
  return [{ what: `${uses[1]} action`, start, end, value: uses[2] as string }]
}

/** Tag and digest of an image reference. One with a variable in it is text; so is one without either. */
function imagePin(line: string, range: [number, number] | undefined): Pin[] {
  if (!range) return []
  const reference = line.slice(...range)
  if (reference.includes('$')) return []
  const digest = reference.indexOf('@')
  const named = digest < 0 ? reference : reference.slice(0, digest)
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const name = colon < 0 ? named : named.slice(0, colon)
  if (name === '' || name.length === reference.length) return []
  return [
    {
      what: `${name} image`,
      start: range[0] + name.length,
      end: range[1],
      value: reference.slice(name.length),
    },
  ]
}

/** The line as the merge compares it: every pin's value is one and the same token. */
export function maskPins(line: string, kind: FileKind): string {
  return withPins(line, findPins(line, kind), () => MASK)
}

/** Puts another value at each of a line's pins. */
function withPins(line: string, pins: readonly Pin[], value: (pin: Pin, index: number) => string): string {
  let text = ''
  let at = 0
  for (const [index, pin] of pins.entries()) {
    text += line.slice(at, pin.start) + value(pin, index)
    at = pin.end
  }
  return text + line.slice(at)
}

/** Whether two values are of other majors: of two that say one. A commit's hash says none, its comment does. */
function isOtherMajor(a: string, b: string): boolean {
  const [left, right] = [majorOf(a), majorOf(b)]
  return left !== undefined && right !== undefined && left !== right
}

function majorOf(value: string): string | undefined {
  const comment = /#[ \t]*v?(\d+)/.exec(value)
  if (comment) return comment[1]
  return /^[:@]?v?(\d+)(?![\da-f]{6})/.exec(value.replace(/@[\w+.-]+:.*$/, ''))?.[1]
}

/** Merges the pins of a chunk whose kind was found on masked lines: the chunks that it falls into. */
export function settlePins(chunk: Chunk, kind: FileKind): Chunk[] {
  if (kind === 'text' || kind === 'dockerignore') return [chunk]
  if (chunk.kind === 'same' || chunk.kind === 'both') return settleLines(chunk, kind)
  if (chunk.kind === 'conflict') return [chunk]
  return [chunk.kind === 'yours' ? carryBumps(chunk, 'template', kind) : carryBumps(chunk, 'yours', kind)]
}

/** One pin as a value. Both changed it: the user's stays, but another major is a decision (null). */
function settleValue(bases: readonly string[], yours: string, template: string): string | null {
  if (yours === template || (bases.includes(yours) && !bases.includes(template))) return template
  if (bases.includes(template) && !bases.includes(yours)) return yours
  return isOtherMajor(yours, template) ? null : yours
}

/** Lines that are alike in yours and template but for their pins: every line for itself. */
function settleLines(chunk: Chunk, kind: FileKind): Chunk[] {
  const out: Chunk[] = []
  const inBase = chunk.kind === 'both' ? pinValues(chunk.base, kind) : undefined
  // Lines of the base that both sides wrote anew go with the first one.
  const rows = Math.max(chunk.yours.length, 1)
  for (let row = 0; row < rows; row++) {
    const from = { base: inBase && row > 0 ? chunk.base.length : row, yours: row, template: row }
    const to = { base: inBase ? chunk.base.length : row + 1, yours: row + 1, template: row + 1 }
    const one = settleLine(sliceChunk(chunk, from, to), inBase, kind)
    const last = out.at(-1)
    if (last?.kind === one.kind && !last.chosen && !one.chosen) {
      last.base.push(...one.base)
      last.yours.push(...one.yours)
      last.template.push(...one.template)
    } else out.push(one)
  }
  return out
}

function settleLine(one: Chunk, inBase: Values | undefined, kind: FileKind): Chunk {
  const yours = one.yours[0] ?? ''
  const template = one.template[0] ?? ''
  if (yours === template) return { ...one, kind: inBase || one.base[0] !== yours ? 'both' : 'same' }
  const base = findPins(one.base[0] ?? '', kind)
  const ours = findPins(template, kind)
  const pins = findPins(yours, kind)
  const values = pins.map(({ what, value }, at) =>
    settleValue(
      inBase ? (inBase.get(what) ?? []) : [base[at]?.value as string],
      value,
      ours[at]?.value as string,
    ),
  )
  if (values.includes(null)) return { ...one, kind: 'conflict' }
  const line = withPins(yours, pins, (_, at) => values[at] as string)
  if (line === yours) return { ...one, kind: 'yours' }
  return { ...one, kind: 'template', ...(line === template ? {} : { chosen: [line] }) }
}

export type Values = Map<string, string[]>

/** The values of each pin in some lines. */
export function pinValues(lines: readonly string[], kind: FileKind): Values {
  const values: Values = new Map()
  for (const line of lines)
    for (const { what, value } of findPins(line, kind)) values.set(what, [...(values.get(what) ?? []), value])
  return values
}

/**
 * A stretch that one side rewrote, where the other moved pins: the moves go into the rewritten lines. What can't be placed
 * without a doubt is a conflict, unless the user took out all that the template moved.
 */
function carryBumps(chunk: Chunk, from: 'yours' | 'template', kind: FileKind): Chunk {
  const isMoved = (bump: { from: string; to: string }) => bump.from !== bump.to
  if (chunk[from].every((line, index) => line === chunk.base[index])) return chunk
  const bumps = new Map<string, { from: string; to: string }[]>()
  for (const [index, line] of chunk.base.entries()) {
    const pins = findPins(chunk[from][index] as string, kind)
    for (const [at, { what, value }] of findPins(line, kind).entries())
      bumps.set(what, [...(bumps.get(what) ?? []), { from: value, to: pins[at]?.value as string }])
  }
  const target = from === 'yours' ? chunk.template : chunk.yours
  const placed = new Set<string>()
  let doubt = false
  const lines = target.map((line) =>
    withPins(line, findPins(line, kind), ({ what, value }) => {
      const all = bumps.get(what) ?? []
      let to = value
      const here = all.filter((bump) => bump.from === value)
      if (here.length > 0) {
        to = (here[0] as { to: string }).to
        if (here.some((bump) => bump.to !== to)) doubt = true
      } else if (all.some(isMoved)) {
        // Both moved it: the user's stays. Which one it is must be clear.
        if (from === 'yours') to = (all[0] as { to: string }).to
        if (all.some((bump) => isOtherMajor(value, bump.to) || (from === 'yours' && bump.to !== to)))
          doubt = true
      }
      placed.add(`${what} ${to}`)
      return to
    }),
  )
  if (from === 'yours')
    for (const [what, all] of bumps)
      if (all.some((bump) => isMoved(bump) && !placed.has(`${what} ${bump.to}`))) doubt = true
  if (doubt) return { ...chunk, kind: 'conflict' }
  const carried = lines.some((line, index) => line !== target[index])
  return carried ? { ...chunk, kind: 'template', chosen: lines } : chunk
}

/** A pin where the user's value stays though ours is another: told, not a conflict. */
export interface PinChoice {
  /** "node image", "actions/checkout action", "PNPM_VERSION". */
  what: string
  /** In the merged text, from 0. */
  line: number
  base: string
  yours: string
  template: string
  /** The first numbers of yours and template differ. */
  major: boolean
}

/**
 * Pins in a chunk's merged lines whose value is nowhere in the template, though it pins the same; lines are counted within
 * the chunk. By the whole file, since a person may have moved the line.
 */
export function keptPins(
  chunk: Chunk,
  lines: readonly string[],
  whole: Record<'base' | 'template', Values>,
  kind: FileKind,
): PinChoice[] {
  const kept: PinChoice[] = []
  if (chunk.kind === 'same' || chunk.kind === 'both') return kept
  const here = { base: pinValues(chunk.base, kind), template: pinValues(chunk.template, kind) }
  for (const [line, text] of lines.entries())
    for (const { what, value } of findPins(text, kind)) {
      const ours = whole.template.get(what)
      if (!ours || ours.includes(value)) continue
      const of = (side: 'base' | 'template') => here[side].get(what)?.[0] ?? whole[side].get(what)?.[0] ?? ''
      const template = of('template')
      kept.push({
        what,
        line,
        base: pinText(of('base')),
        yours: pinText(value),
        template: pinText(template),
        major: isOtherMajor(value, template),
      })
    }
  return kept
}

/** A value as people write it, without what joins it to the name. */
const pinText = (value: string): string => value.replace(/^[:@]/, '')
