import { rootImage } from '../../../dockerfile-reader/stages.ts'
import type { Finding } from '../../types.ts'
import { type Entry, gateOf, linesOf, type Model, placeOf, type Sides } from './model.ts'

/** V6: the merge is no less safe than the user's file, nor than the template where the user has no other wish. */
export const safety = gateOf((sides) => [...rootUser(sides), ...lostDigests(sides), ...newSecrets(sides)])

function rootUser({ base, yours, template, merged }: Sides): Finding[] {
  if (!isRoot(merged)) return []
  const user = finalUser(merged)
  const found = (message: string): Finding[] => [
    { gate: 'V6', message, ...(user ? { lines: linesOf(user) } : {}) },
  ]
  if (!isRoot(yours)) return found('The image would run as root, and yours does not.')
  const key = finalUser(template)?.key
  const has = (side: Model) => key !== undefined && side.parts.at(-1)?.counts.has(key)
  // Held back, the template's USER is a conflict; taken, it has to count.
  return !isRoot(template) && finalUser(base)?.key === finalUser(yours)?.key && has(merged) && !has(yours)
    ? found('The image would run as root, and the template’s does not.')
    : []
}

function finalUser({ parts }: Model): Entry | undefined {
  for (let part = parts.at(-1) ?? null; part; part = part.parent) {
    const found = part.entries.findLast(({ keyword }) => keyword === 'USER')
    if (found) return found
  }
  return undefined
}

function isRoot(model: Model): boolean {
  const user = finalUser(model)
  if (user) return /^["']?(?:0+|root)?["']?(?::|$)/.test(user.args)
  const last = model.file.stages.at(-1)
  return !last || !/nonroot|unprivileged/.test(rootImage(last))
}

/** An image that one side pins to a digest is not taken without it, unless the user has it so. */
function lostDigests({ yours, template, merged }: Sides): Finding[] {
  const mine = images(yours)
  const pinned = new Set(
    [...mine, ...images(template)].filter(([ref]) => ref.includes('@')).map(([ref]) => nameIn(ref)),
  )
  return [...images(merged)].flatMap(([ref, entries]): Finding[] =>
    ref.includes('@') || mine.has(ref) || !pinned.has(nameIn(ref))
      ? []
      : [{ gate: 'V6', message: `\`${ref}\` would lose its digest.`, lines: linesOf(...entries) }],
  )
}

/** Images by reference, with the instructions that name them. */
function images({ entries }: Model): Map<string, Entry[]> {
  const all = new Map<string, Entry[]>()
  for (const entry of entries) {
    const { stage } = entry.part
    const refs =
      entry.keyword === 'FROM'
        ? stage && !stage.parent
          ? [stage.base]
          : []
        : entry.flags.flatMap(({ name, value }) =>
            name === 'from' ? [value] : (/(?:^|,)from=([^,]*)/.exec(value)?.[1] ?? []),
          )
    for (const ref of refs) all.get(ref)?.push(entry) ?? all.set(ref, [entry])
  }
  return all
}

function nameIn(ref: string): string {
  const named = ref.split('@')[0] as string
  return named.replace(/:[^/:]*$/, '')
}

const SECRET_RE = /TOKEN|SECRET|PASSWORD|KEY/i

function newSecrets({ yours, template, merged }: Sides): Finding[] {
  const known = new Set([...secrets(yours), ...secrets(template)].map(([name]) => name))
  return secrets(merged)
    .filter(([name]) => !known.has(name))
    .map(([name, entry]) => ({
      gate: 'V6',
      message: `\`${name}\` would stay readable in ${placeOf(entry.part)}: neither side has it.`,
      lines: linesOf(entry),
    }))
}

function secrets({ entries }: Model): [string, Entry][] {
  return entries
    .filter(({ keyword }) => keyword === 'ARG' || keyword === 'ENV')
    .flatMap((entry) => entry.pairs.map(([name]): [string, Entry] => [name, entry]))
    .filter(([name]) => SECRET_RE.test(name))
}
