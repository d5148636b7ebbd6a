import type { Instruction } from './read.ts'

export interface Stage {
  /** Lower case; null: it has no name. */
  name: string | null
  /** The image or the stage that it starts from, with the defaults of global arguments put in. */
  base: string
  from: Instruction
  instructions: Instruction[]
  /** The stage that it starts from, where that is one. */
  parent: Stage | null
}

/** The stages of a file, and what stands before the first. */
export function readStages(instructions: readonly Instruction[]): { head: Instruction[]; stages: Stage[] } {
  const head: Instruction[] = []
  const stages: Stage[] = []
  const byName = new Map<string, Stage>()
  const values = new Map<string, string>()
  for (const instruction of instructions) {
    const current = stages.at(-1)
    if (instruction.keyword === 'FROM') {
      const stage = readStage(instruction, values, byName)
      stages.push(stage)
      if (stage.name) byName.set(stage.name, stage)
    } else if (current) current.instructions.push(instruction)
    else {
      head.push(instruction)
      if (instruction.keyword === 'ARG')
        for (const [name, value] of instruction.pairs) values.set(name, expand(value, values))
    }
  }
  return { head, stages }
}

function readStage(
  from: Instruction,
  values: ReadonlyMap<string, string>,
  byName: ReadonlyMap<string, Stage>,
): Stage {
  const [image = '', as, name] = from.args.split(/\s+/)
  const base = expand(image.replace(/^(["'])(.*)\1$/, '$2'), values)
  return {
    name: as?.toLowerCase() === 'as' && name ? name.toLowerCase() : null,
    base,
    from,
    instructions: [],
    parent: byName.get(base.toLowerCase()) ?? null,
  }
}

const MAX_VALUE = 4096

/** `$NAME`, `${NAME}`, `${NAME:-default}`; a name without a value stays as it is written. */
function expand(text: string, values: ReadonlyMap<string, string>): string {
  if (text.length > MAX_VALUE) return text
  const expanded = text.replace(
    /\$(?:\{(\w+)(?::?-([^${}]*))?\}|(\w+))/g,
    (all, braced?: string, fallback?: string, bare?: string) =>
      values.get(braced ?? bare ?? '') || fallback || all,
  )
  // Values of values could grow without an end.
  return expanded.length > MAX_VALUE ? text : expanded
}

/** The stage and those that it starts from, itself first. */
export function lineage(stage: Stage): Stage[] {
  const all = [stage]
  for (let one = stage.parent; one; one = one.parent) all.push(one)
  return all
}

/** The image at the bottom of a stage. */
export function rootImage(stage: Stage): string {
  return (lineage(stage).at(-1) as Stage).base
}
