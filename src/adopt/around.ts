import type { Hints } from '../answers.ts'
import { FOUND_BY_COMPOSE } from '../artefacts/paths.ts'
import type { ArtefactInput } from '../artefacts/types.ts'
import type { Renames } from '../plan/renames.ts'
import { plainText, readTarget } from '../plan/targets.ts'
import type { Project } from '../project.ts'
import { type Lock, type LockEntry, pristine } from '../state/lock.ts'
import type { Adopt, Found } from './find.ts'

/** What the files that people keep mean for those that we write. */
export interface Around {
  /** Where each file is, by id. */
  paths: Record<string, string>
  /** What they say of the app: below answers and manifests, above defaults. */
  hints: Hints
  /** What our other files name and theirs don't have (see {@link ArtefactInput}). */
  lacks: string[]
  /** Told to be no business of ours. */
  none: ReadonlySet<string>
  /** What was made of the project's name, and stays when that changes: volumes go by it, and people's edits of it. */
  written: { name?: string; cron?: string }
}

const TARGETS = ['dev', 'test', 'migrate']
const OURS: Readonly<Record<string, string>> = { dockerfile: 'Dockerfile' }
/** Services of ours that are run by name. */
const STEPS = ['test', 'migrate']

export async function lookAround(
  project: Project,
  lock: Lock | null,
  renames: Renames,
  found: Found,
  adopt: Adopt,
): Promise<Around> {
  const paths = { ...renames.paths, ...found.paths }
  // Another Dockerfile's builds have the common .dockerignore too: what is ours to say is said of one.
  if (found.dockerfiles > 1 && found.paths['dockerfile'] && !paths['dockerignore'])
    paths['dockerignore'] = `${found.paths['dockerfile']}.dockerignore`
  const none = new Set(Object.keys(adopt).filter((id) => adopt[id] === 'none' && !lock?.files[id]))
  const around: Around = { paths, hints: {}, lacks: [], none, written: writtenIn(lock) }
  const theirs = (id: string) => {
    const entry = lock?.files[id]
    // Left alone where ours would stand, it is still the one that our other files meet.
    const path = none.has(id) ? OURS[id] : paths[id]
    if (path === undefined) return undefined
    const bytes = readTarget(project, path)
    if (!bytes) return undefined
    const text = plainText(bytes)
    const adopted = isAdopted(entry) && !none.has(id)
    // As we wrote it: nothing in it is another's, and it need not be read.
    const isOurs = !adopted && entry !== undefined && text === pristine(entry)
    return { path, entry, text, isOurs, isAdopted: adopted }
  }
  const leavesCompose = none.has('compose') && project.first(FOUND_BY_COMPOSE) !== undefined
  const [dockerfile, compose] = [theirs('dockerfile'), theirs('compose')]
  if (dockerfile && !dockerfile.isOurs) {
    const { stagesIn } = await import('./contents.ts')
    const has = stagesIn(dockerfile.text)
    const named = baseOf(dockerfile.entry, stagesIn) ?? TARGETS
    around.lacks.push(...TARGETS.filter((target) => named.includes(target) && !has.includes(target)))
  }
  if (compose && !compose.isOurs) {
    const { composeHas } = await import('./contents.ts')
    const has = composeHas(compose.text)
    const named = compose.isAdopted
      ? STEPS
      : (baseOf(compose.entry, (text) => composeHas(text)?.services ?? []) ?? [])
    const missing = STEPS.filter((step) => named.includes(step) && !has?.services.includes(step))
    if (has)
      around.lacks.push(
        ...missing.map((step) => `compose ${step}`),
        ...(has.watches ? [] : ['compose watch']),
        ...(has.builds ? [] : ['compose app']),
      )
    // What a person's own sets is theirs to know.
    if (compose.isAdopted) around.lacks.push('compose variables')
  } else if (!compose && (around.lacks.includes('dev') || leavesCompose)) around.lacks.push('compose')
  if (none.has('ci') || (paths['ci'] !== undefined && isAdopted(lock?.files['ci']))) around.lacks.push('ci')
  if (dockerfile?.isAdopted || compose?.isAdopted) {
    const { composeHints, dockerfileHints } = await import('./facts.ts')
    around.hints = {
      ...(compose?.isAdopted && composeHints(compose.text, compose.path)),
      ...(dockerfile?.isAdopted && dockerfileHints(dockerfile.text, dockerfile.path)),
    }
  }
  return around
}

/** Read off our own texts as we wrote them: they have one form. */
function writtenIn(lock: Lock | null): Around['written'] {
  const find = (id: string, re: RegExp) => {
    const entry = lock?.files[id]
    return entry && re.exec(pristine(entry))?.[1]
  }
  const name = find('compose', /^name: "?([a-z][a-z0-9-]*)"?$/m)
  const cron = find('ci', /^ +- cron: "([\d *]+)"$/m)
  return { ...(name && { name }), ...(cron && { cron }) }
}

/** Written by a person, and not by us with a person's edits in it. */
const isAdopted = (entry: LockEntry | undefined) =>
  !entry || entry.state === 'advisory' || entry.adopted === true

/** What is named in the text that we last wrote; undefined where there is none that the file on disk came from. */
function baseOf(entry: LockEntry | undefined, names: (text: string) => string[]): string[] | undefined {
  return entry && entry.state !== 'advisory' ? names(pristine(entry)) : undefined
}

/** A person's own file that is gone by now, or told to be no business of ours, is not remembered: what we would write may come. */
export function withoutGone(project: Project, lock: Lock | null, adopt: Adopt = {}): Lock | null {
  const gone = Object.entries(lock?.files ?? {}).filter(
    ([id, entry]) =>
      (adopt[id] === 'none' && isAdopted(entry)) ||
      (entry.state === 'advisory' && readTarget(project, entry.path) === null),
  )
  if (!lock || gone.length === 0) return lock
  const files = { ...lock.files }
  for (const [id] of gone) delete files[id]
  return { ...lock, files }
}
