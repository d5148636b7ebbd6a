import { diff3, trimConflict } from './chunks.ts'
import { matchLines, numberLines } from './diff.ts'
import { joinLines, type Lines, mergeFinal, plainText, type Row, splitLines } from './lines.ts'
import { keptPins, maskPins, type PinChoice, pinValues, settlePins } from './pins.ts'
import type { Chunk, FileKind, Finding, Gate } from './types.ts'

/** Raw texts: `yours` as on disk (BOM, CRLF, no final newline are fine); base and template are ours, with LF. */
export interface MergeInput {
  kind: FileKind
  path: string
  base: string
  yours: string
  template: string
}

/** What guards a kind of file, and what may settle a conflict of text without a person. */
export interface Guards {
  gates?: readonly Gate[]
  rescue?: (
    base: string,
    yours: string,
    template: string,
  ) => { text: string; changed: { path: string; line: number }[] } | null
  union?: (base: string[], yours: string[], template: string[]) => string[] | null
}

/** What a person says to a conflict: keep mine, take the template's, or these lines. */
export type Choice = 'yours' | 'template' | string[]

export interface Merged {
  chunks: Chunk[]
  pins: PinChoice[]
  /** Conflict chunks that nobody has decided. */
  conflicts: number
  /** What the gates say of the text after a person's choices, where nothing is left to take back. */
  findings: Finding[]
  /** The file as it would be written; an undecided conflict has the lines of `side` ('yours'). */
  text(side?: Side): string
  /** What to remember as base: the template's lines, but the old base in undecided conflicts. */
  hybridBase(): string
  /** The merge after a person's choices, by index of the chunk; the gates run again and may open others. Indices stay. */
  choose(choices: Iterable<readonly [chunk: number, choice: Choice]>): Merged
}

export type Side = 'yours' | 'template'

/** A chunk, and whether a person has decided it: then no gate takes it back. */
interface Part {
  chunk: Chunk
  decided?: boolean
}

interface Task extends MergeInput, Guards {
  lines: Record<'base' | Side, Lines>
}

/** Merges as text, then lets the gates of the file's kind take back what is no good. Pure, and the same everywhere. */
export function mergeTexts(input: MergeInput, guards: Guards = {}): Merged {
  const merged = attempt(input, guards)
  return merged.conflicts === 0 || isStable(merged, input, guards) ? merged : attempt(input, guards, true)
}

/** Whether a next run, from what would be written and remembered now, finds the same text and the same conflicts. */
function isStable(merged: Merged, input: MergeInput, guards: Guards): boolean {
  const yours = merged.text()
  const again = attempt({ ...input, base: merged.hybridBase(), yours }, guards)
  return again.text() === yours && openConflicts(again) === openConflicts(merged)
}

function openConflicts({ chunks }: Merged): string {
  return JSON.stringify(chunks.filter(isOpen).map(({ base, yours, template }) => [base, yours, template]))
}

/** One merge. `stay`: nothing is taken but the user's file, every change of the template is a decision, the base stays. */
function attempt(input: MergeInput, guards: Guards, stay = false): Merged {
  const lines = {
    base: splitLines(input.base),
    yours: splitLines(input.yours),
    template: splitLines(input.template),
  }
  const task: Task = { ...input, ...guards, lines }
  const mask = (side: keyof typeof lines) => lines[side].lines.map((line) => maskPins(line, input.kind))
  const chunks = diff3(
    { base: lines.base.lines, yours: lines.yours.lines, template: lines.template.lines },
    { base: mask('base'), yours: mask('yours'), template: mask('template') },
  )
    .flatMap((chunk) => settlePins(chunk, input.kind))
    .flatMap((chunk) => (chunk.kind === 'conflict' ? trimConflict(chunk) : [chunk]))
  const parts: Part[] = chunks.map((chunk) => ({ chunk }))
  if (stay)
    return result(
      task,
      parts.map((part) => (isTaken(part) ? demote(part, 'It stands too close to another conflict.') : part)),
      [],
      true,
    )
  const guarded = guard(
    task,
    parts.map((part) => unite(task, part)),
  )
  return result(task, rescued(task, guarded.parts) ?? guarded.parts, [])
}

/** A conflict that nobody has decided. */
export const isOpen = (chunk: Chunk): boolean => chunk.kind === 'conflict' && !chunk.chosen

/** Whether something of the template's stands in the chunk by our doing, so that it can be taken back. */
const isTaken = ({ chunk, decided }: Part): boolean =>
  !decided && (chunk.kind === 'template' || (chunk.kind === 'conflict' && chunk.chosen !== undefined))

function demote({ chunk: { chosen: _, ...chunk } }: Part, why: string): Part {
  return { chunk: { ...chunk, kind: 'conflict', why } }
}

/** The lines that stand for a chunk; in an open conflict those of a side. */
export function linesOf(chunk: Chunk, side: Side = 'yours'): string[] {
  return (
    chunk.chosen ??
    (chunk.kind === 'conflict' ? chunk[side] : chunk[chunk.kind === 'template' ? 'template' : 'yours'])
  )
}

function unite({ union }: Task, part: Part): Part {
  const { base, yours, template } = part.chunk
  const chosen = isOpen(part.chunk) && union?.(base, yours, template)
  return chosen ? { chunk: { ...part.chunk, chosen } } : part
}

/** The gates' findings on the text as it stands. On the user's own text nothing is ours to find. */
function findingsOf(task: Task, parts: readonly Part[]): Finding[] {
  if (!task.gates?.length) return []
  const { base, yours, template } = task.lines
  const mine = plainText(yours.lines, yours.final)
  const merged = plainOf(task, parts)
  if (merged === mine) return []
  const input = {
    kind: task.kind,
    path: task.path,
    base: plainText(base.lines, base.final),
    yours: mine,
    template: plainText(template.lines, template.final),
    merged,
  }
  return task.gates.flatMap((gate) => gate(input))
}

function plainOf(task: Task, parts: readonly Part[]): string {
  return plainText(
    parts.flatMap(({ chunk }) => linesOf(chunk)),
    finalOf(task),
  )
}

const finalOf = ({ lines: { base, yours, template } }: Task): boolean | null =>
  mergeFinal(base.final, yours.final, template.final)

/** Takes back what the gates complain of, until they are quiet or nothing of the template's is left. */
function guard(task: Task, parts: Part[]): { parts: Part[]; findings: Finding[] } {
  for (;;) {
    const findings = findingsOf(task, parts)
    const [first] = findings
    if (!first || !parts.some(isTaken)) return { parts, findings }
    const named = new Set(findings.flatMap((finding) => blamed(parts, finding)))
    // It shows nowhere that we touched: the one change that it hangs on, else all of them.
    if (named.size === 0) for (const index of culprits(task, parts, findings)) named.add(index)
    parts = parts.map((part, index) =>
      named.has(index)
        ? demote(part, (findings.find((one) => blamed(parts, one).includes(index)) ?? first).message)
        : part,
    )
  }
}

/** The chunks with something of the template's that touch the lines of a finding. */
function blamed(parts: readonly Part[], { lines }: Finding): number[] {
  const touched: number[] = []
  let from = 0
  for (const [index, part] of parts.entries()) {
    const to = from + linesOf(part.chunk).length
    // Where lines were taken out, the lines on both sides touch it.
    if (
      isTaken(part) &&
      lines?.some((line) => (from === to ? line === from - 1 || line === from : line >= from && line < to))
    )
      touched.push(index)
    from = to
  }
  return touched
}

const MAX_TRIALS = 16

function culprits(task: Task, parts: readonly Part[], { length }: readonly Finding[]): number[] {
  const taken = [...parts.keys()].filter((index) => isTaken(parts[index] as Part))
  if (taken.length > MAX_TRIALS) return taken
  const one = taken.find(
    (tried) =>
      findingsOf(
        task,
        parts.map((part, index) => (index === tried ? demote(part, '') : part)),
      ).length < length,
  )
  return one === undefined ? taken : [one]
}

/** What the rescue makes of the conflicts that are left: all of them or none, and only with the gates' consent. */
function rescued(task: Task, parts: Part[]): Part[] | null {
  if (!task.rescue || !parts.some(({ chunk }) => isOpen(chunk))) return null
  const { template } = task.lines
  const saved = task.rescue(
    hybridText(task, parts),
    plainOf(task, parts),
    plainText(template.lines, template.final),
  )
  if (!saved) return null
  const placed = placeLines(parts, splitLines(saved.text).lines)
  return findingsOf(task, placed).length === 0 ? placed : null
}

/** Puts the lines of a rescued text into the chunks that they belong to. */
function placeLines(parts: readonly Part[], lines: readonly string[]): Part[] {
  const out = parts.map((): string[] => [])
  const owner = parts.flatMap(({ chunk }, index) => linesOf(chunk).map(() => index))
  const [from, to] = numberLines(
    parts.flatMap(({ chunk }) => linesOf(chunk)),
    lines,
  ) as [number[], number[]]
  const match = matchLines(from, to)
  let next = 0
  const flush = (first: number, last: number, end: number): void => {
    if (next === end) return
    let at = first
    for (let index = first; index <= last; index++)
      if (isOpen((parts[index] as Part).chunk)) {
        at = index
        break
      }
    out[at]?.push(...lines.slice(next, end))
    next = end
  }
  let before = 0
  for (const [index, target] of match.entries()) {
    if (target < 0) continue
    flush(before, owner[index] as number, target)
    before = owner[index] as number
    out[before]?.push(lines[next++] as string)
  }
  flush(before, parts.length - 1, lines.length)
  return parts.map((part, index) => {
    const chosen = out[index] as string[]
    const now = linesOf(part.chunk)
    if (!isOpen(part.chunk) && chosen.length === now.length && chosen.every((line, at) => line === now[at]))
      return part
    const kind = part.chunk.kind === 'conflict' ? 'conflict' : 'template'
    return { ...part, chunk: { ...part.chunk, kind, chosen } }
  })
}

function hybridText({ lines: { base, template } }: Task, parts: readonly Part[]): string {
  return plainText(
    parts.flatMap(({ chunk }) => (isOpen(chunk) ? chunk.base : chunk.template)),
    template.final ?? base.final,
  )
}

function result(task: Task, parts: readonly Part[], findings: Finding[], stay = false): Merged {
  const { yours } = task.lines
  const chunks = parts.map(({ chunk }) => chunk)
  const conflicts = chunks.filter(isOpen).length
  return {
    chunks,
    get pins() {
      return pinsOf(task, parts)
    },
    conflicts,
    findings,
    text: (side = 'yours') =>
      joinLines(
        chunks.flatMap((chunk) => rowsOf(chunk, yours, side)),
        yours,
        finalOf(task),
      ),
    hybridBase: () => (stay && conflicts > 0 ? task.base : hybridText(task, parts)),
    choose(choices) {
      const now = [...parts]
      for (const [index, choice] of choices) {
        const { chunk } = now[index] as Part
        const chosen = Array.isArray(choice) ? choice : chunk[choice]
        now[index] = { chunk: { ...chunk, chosen }, decided: true }
      }
      const guarded = guard(task, now)
      return result(task, guarded.parts, guarded.findings, stay)
    },
  }
}

/** A chunk's lines with their endings: a line of the user's keeps its own. */
function rowsOf(chunk: Chunk, { eols, eol }: Lines, side: Side): Row[] {
  const lines = linesOf(chunk, side)
  const own = eols.slice(chunk.at.yours, chunk.at.yours + chunk.yours.length)
  const isMine = lines === chunk.yours || chunk.kind === 'same' || chunk.kind === 'both'
  const isMixed = !isMine && own.some((one) => one !== eol)
  let next = 0
  return lines.map((line, index): Row => {
    if (!isMixed) return [line, isMine ? (own[index] ?? '') : '']
    const at = chunk.yours.indexOf(line, next)
    if (at < 0) return [line, '']
    next = at + 1
    return [line, own[at] ?? '']
  })
}

function pinsOf({ kind, lines }: Task, parts: readonly Part[]): PinChoice[] {
  const pins: PinChoice[] = []
  const whole = { base: pinValues(lines.base.lines, kind), template: pinValues(lines.template.lines, kind) }
  let from = 0
  for (const { chunk, decided } of parts) {
    const merged = linesOf(chunk)
    if (!decided && !isOpen(chunk))
      for (const kept of keptPins(chunk, merged, whole, kind)) pins.push({ ...kept, line: from + kept.line })
    from += merged.length
  }
  return pins
}
