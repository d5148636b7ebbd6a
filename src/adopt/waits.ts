import type { Artefact, ArtefactFile } from '../artefacts/types.ts'
import { plainText } from '../plan/targets.ts'
import type { Draft, Outcome } from '../plan/types.ts'
import { hiddenBy } from './ignored.ts'

/** What is not created beside a Dockerfile of a person's own: it would name what that one lacks, or hide what it takes. */
export async function waitsFor(
  file: ArtefactFile,
  artefact: Artefact | undefined,
  drafts: readonly Draft[],
): Promise<Outcome | undefined> {
  const dockerfile = drafts.find(({ id }) => id === 'dockerfile')
  if (!dockerfile || dockerfile.before === null) return undefined
  const { outcome, path, before, entry } = dockerfile
  const needs = artefact?.needs.includes('dockerfile')
  if (outcome.kind === 'skip')
    return needs && !entry ? skip(`goes with ${path}, which is left alone`) : undefined
  // A page about our stages would tell of what is not there.
  if (file.id === 'docs') return outcome.kind === 'advise' ? { kind: 'forget' } : undefined
  const yours = plainText(before)
  if (file.kind === 'dockerignore') {
    const hidden = hiddenBy(file.rendered.text, yours)
    return hidden.length > 0
      ? skip(`would hide ${hidden.slice(0, 3).join(', ')}, which your ${path} copies; --no-dockerignore`)
      : undefined
  }
  if (!needs) return undefined
  const { stagesIn, targetsIn } = await import('./contents.ts')
  const has = stagesIn(yours)
  const missing = targetsIn(file.rendered.text).filter((target) => !has.includes(target))
  const [stages, them] = missing.length > 1 ? ['stages', 'them'] : ['stage', 'it']
  return missing.length > 0
    ? skip(
        `needs the ${stages} ${missing.join(' and ')} in your ${path}: add ${them}, or pass --no-${artefact?.id}`,
      )
    : undefined
}

const skip = (reason: string): Outcome => ({ kind: 'skip', reason })
