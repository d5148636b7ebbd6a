import { ARTEFACTS, renderArtefact } from '../artefacts/index.ts'
import type { ArtefactFile, ArtefactInput } from '../artefacts/types.ts'
import { matchLines, numberLines } from '../merge/diff.ts'
import { type Rendered, rulesNear } from '../render.ts'
import type { Cause } from './types.ts'

/**
 * Tells what is behind each stretch that our new text has otherwise than the base. Today's templates are rendered a second
 * time from what was known at the last write: a change that is there too comes from the templates, the others from the project.
 * Where that can't be (`before` is undefined), it is what the caller takes it for.
 */
export function causesOf(
  file: ArtefactFile,
  base: string,
  before: string | undefined,
  otherwise: Cause['from'],
): Cause[] {
  const ofTemplate = new Set(before === undefined ? [] : hunks(base, before).map(({ key }) => key))
  return hunks(base, file.rendered.text).map(({ key, from, to }) => ({
    from: before === undefined ? otherwise : ofTemplate.has(key) ? 'template' : 'project',
    rules: rulesNear(file.rendered, from, to),
    line: from + 1,
  }))
}

/** The stretches in which two texts differ: where in the newer one, and what marks the same change elsewhere. */
function hunks(old: string, text: string): { key: string; from: number; to: number }[] {
  const [a, b] = [old.split('\n'), text.split('\n')]
  const match = matchLines(...(numberLines(a, b) as [number[], number[]]))
  const found: { key: string; from: number; to: number }[] = []
  let [x, y] = [0, 0]
  for (let at = 0; at <= a.length; at++) {
    const to = at === a.length ? b.length : (match[at] as number)
    if (to < 0) continue
    if (at > x || to > y) found.push({ key: `${x} ${at}\n${b.slice(y, to).join('\n')}`, from: y, to })
    x = at + 1
    y = to + 1
  }
  return found
}

/** Today's templates over what was known at the last write; a file is missing where they ask for more by now. */
export function renderedBefore(input: ArtefactInput): Map<string, Rendered> {
  return new Map(
    ARTEFACTS.filter((artefact) => input.files.includes(artefact.id)).flatMap((artefact) => {
      try {
        return renderArtefact(artefact, input).map((file): [string, Rendered] => [file.id, file.rendered])
      } catch {
        return []
      }
    }),
  )
}
