import { maskPins } from '../pins.ts'
import type { Finding, Gate } from '../types.ts'
import { gateOf, linesOf, type Model, modelOf, nameOf } from './dockerfile/model.ts'
import { places } from './dockerfile/places.ts'
import { references } from './dockerfile/references.ts'
import { safety } from './dockerfile/safety.ts'
import { values } from './dockerfile/values.ts'

/** V1: what BuildKit can read on both sides it can read when merged. */
const validity: Gate = ({ yours, template, merged }) => {
  if (modelOf(template).file.errors.length > 0) return []
  const known = new Set(modelOf(yours).file.errors.map(({ message }) => message))
  return modelOf(merged)
    .file.errors.filter(({ message }) => !known.has(message))
    .map(({ message, line }) => ({
      gate: 'V1',
      message: `The file could not be built any more. ${message}`,
      lines: [line - 1],
    }))
}

/** V3: every instruction is yours or the template's, none is half of each. */
const provenance = gateOf(({ yours, template, merged }) => {
  const isKnown = [yours, template].map((side) => {
    const raws = new Set(side.entries.map(({ raw }) => maskedLines(raw)))
    return ({ key, raw }: Model['entries'][number]) => side.byKey.has(key) || raws.has(maskedLines(raw))
  })
  return merged.entries
    .filter((entry) => !isKnown.some((knows) => knows(entry)))
    .map(
      (entry): Finding => ({
        gate: 'V3',
        message: `${nameOf(entry)} would be half yours, half the template’s.`,
        lines: linesOf(entry),
      }),
    )
})

/** Pins are merged on their own, line by line: an instruction with another one is still the same. */
function maskedLines(raw: string): string {
  const lines = raw.replace(/\n$/, '').split('\n')
  return lines.map((line) => maskPins(line, 'dockerfile')).join('\n')
}

/** What guards a merged Dockerfile. */
export const DOCKERFILE_GATES: readonly Gate[] = [validity, provenance, references, values, places, safety]
