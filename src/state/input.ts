import type { ArtefactInput } from '../artefacts/types.ts'
import { type FactEntry, Facts } from '../facts.ts'
import type { Variable } from '../model.ts'
import { pack, unpack } from './lock.ts'

type Input = Omit<ArtefactInput, 'paths' | 'cron'>
type Saved = Omit<Input, 'facts'> & { facts: FactEntry[] }

/** What the files are rendered from, for the lock. Samples of secrets stay out: they are nobody's to keep. */
export function packInput({ app, services, answers, facts, files, named }: ArtefactInput): string {
  const saved: Saved = { app, services, answers, files, facts: facts.entries(), ...(named && { named }) }
  return pack(
    JSON.stringify(saved, (key, value) =>
      value === undefined ? UNDEFINED : VARIABLES.has(key) && Array.isArray(value) ? value.map(bare) : value,
    ),
  )
}

const VARIABLES = new Set(['variables', 'publicVars', 'buildVars'])
/** JSON has no word for it, and a template tells a name without a value from a name that is not there. */
const UNDEFINED = '\0'

function revived(value: unknown): unknown {
  if (value === UNDEFINED) return undefined
  if (typeof value !== 'object' || value === null) return value
  for (const [key, one] of Object.entries(value)) (value as Record<string, unknown>)[key] = revived(one)
  return value
}

function bare(variable: Variable): Variable {
  const { default: _default, example: _example, ...rest } = variable
  return variable.secret ? rest : variable
}

let last: { blob: string; input: Input | undefined } | undefined

/**
 * The input of the last write; undefined where it can't be read: then a cause is told less exactly, and nothing else changes.
 * A run that writes asks twice, one that has nothing to write never does.
 */
export function unpackInput(blob: string | undefined): Input | undefined {
  if (blob === undefined) return undefined
  if (last?.blob !== blob) last = { blob, input: readInput(blob) }
  return last.input
}

function readInput(blob: string): Input | undefined {
  try {
    const saved = revived(JSON.parse(unpack(blob))) as Saved
    const facts = new Facts()
    for (const { key, ...fact } of saved.facts) facts.set(key, fact as never)
    return { ...saved, facts }
  } catch {
    return undefined
  }
}
