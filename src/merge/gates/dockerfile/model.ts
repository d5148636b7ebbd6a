import { type Dockerfile, type Instruction, readDockerfile } from '../../../dockerfile-reader/read.ts'
import type { Stage } from '../../../dockerfile-reader/stages.ts'
import { collapse } from '../../../dockerfile-reader/words.ts'
import { maskPins } from '../../pins.ts'
import type { Finding, Gate } from '../../types.ts'

/** An instruction in its place. */
export interface Entry extends Instruction {
  /** What makes two instructions the same one: its logical line, blanks aside, and heredocs, pins masked. */
  key: string
  part: Part
}

/** A stage, or what stands before the first one. */
export interface Part {
  /** null: before the first FROM. */
  stage: Stage | null
  parent: Part | null
  index: number
  /** FROM, then the rest. */
  entries: Entry[]
  /** How often each key stands here. */
  counts: Map<string, number>
}

/** A Dockerfile as the gates look at it. */
export interface Model {
  file: Dockerfile
  parts: Part[]
  entries: Entry[]
  byKey: Map<string, Entry[]>
}

export interface Sides {
  base: Model
  yours: Model
  template: Model
  merged: Model
}

const MAX_REMEMBERED = 8
const remembered = new Map<string, Model>()

/** A text as the gates look at it, read once: a merge asks the gates about the same sides many times. */
export function modelOf(text: string): Model {
  const known = remembered.get(text)
  if (known) return known
  const model = readModel(text)
  if (remembered.size === MAX_REMEMBERED) remembered.delete(remembered.keys().next().value as string)
  remembered.set(text, model)
  return model
}

function readModel(text: string): Model {
  const file = readDockerfile(text)
  const parts: Part[] = []
  const byStage = new Map<Stage, Part>()
  const byKey = new Map<string, Entry[]>()
  for (const stage of [null, ...file.stages]) {
    const parent = (stage?.parent && byStage.get(stage.parent)) ?? null
    const part: Part = { stage, parent, index: parts.length, entries: [], counts: new Map() }
    parts.push(part)
    if (stage) byStage.set(stage, part)
    for (const instruction of stage ? [stage.from, ...stage.instructions] : file.head) {
      const key = [
        maskPins(collapse(instruction.text), 'dockerfile'),
        ...instruction.heredocs.map((doc) => doc.text),
      ].join('\n')
      const entry: Entry = Object.assign(instruction, { key, part })
      part.entries.push(entry)
      part.counts.set(key, (part.counts.get(key) ?? 0) + 1)
      byKey.get(key)?.push(entry) ?? byKey.set(key, [entry])
    }
  }
  return { file, parts, entries: parts.flatMap(({ entries }) => entries), byKey }
}

/** A gate that has something to say only where both sides are right for themselves, and the merge can be read. */
export function gateOf(find: (sides: Sides) => Finding[]): Gate {
  return (input) => {
    const { base, yours, template, merged } = input
    // A side as a whole is as right as it was.
    if (merged === yours || merged === template) return []
    const sides = {
      base: modelOf(base),
      yours: modelOf(yours),
      template: modelOf(template),
      merged: modelOf(merged),
    }
    const { length } = [sides.yours, sides.template, sides.merged].flatMap(({ file }) => file.errors)
    return length === 0 ? find(sides) : []
  }
}

/** The part of `to` that is the same as each part of `from`: by name, by what it starts from, else by its place. */
export function pair(from: Model, to: Model): Map<Part, Part> {
  const pairs = new Map<Part, Part>()
  const free = new Set(to.parts)
  const match = (sign: (part: Part) => string | null): void => {
    const bySign = new Map<string, Part[]>()
    for (const part of free) {
      const text = sign(part)
      if (text !== null) bySign.get(text)?.push(part) ?? bySign.set(text, [part])
    }
    for (const part of from.parts) {
      if (pairs.has(part)) continue
      const found = bySign.get(sign(part) ?? '\0')?.shift()
      if (!found) continue
      pairs.set(part, found)
      free.delete(found)
    }
  }
  match(({ stage }) => (stage ? stage.name && `name ${stage.name}` : ''))
  match(({ stage }) => (stage ? maskPins(`FROM ${stage.from.args.split(/\s+/)[0]}`, 'dockerfile') : null))
  const rest = from.parts.filter((part) => !pairs.has(part))
  if (rest.length === free.size)
    for (const [at, part] of [...free].entries()) pairs.set(rest[at] as Part, part)
  return pairs
}

/** Lines of a file, from 0. */
export function linesOf(...entries: readonly Instruction[]): number[] {
  return entries.flatMap(({ line, endLine }) =>
    Array.from({ length: endLine - line + 1 }, (_, index) => line - 1 + index),
  )
}

const MAX_NAME = 48

/** An instruction in a sentence. */
export function nameOf({ text }: Instruction): string {
  const line = text.trim().replace(/\s+/g, ' ').replaceAll('`', "'")
  return `\`${line.length > MAX_NAME ? `${line.slice(0, MAX_NAME)}…` : line}\``
}

/** A stage in a sentence. */
export function placeOf({ stage }: Part): string {
  if (!stage) return 'the lines before the first FROM'
  return stage.name ? `the stage \`${stage.name}\`` : `the stage from \`${stage.base}\``
}
