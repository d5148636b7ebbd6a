import { basename } from 'node:path/posix'
import type { Taking } from '../adopt/outcome.ts'
import { FILE_IDS } from '../answers.ts'
import { FOUND_BY_COMPOSE } from '../artefacts/paths.ts'
import type { Artefact, ArtefactFile } from '../artefacts/types.ts'
import { CliError, EXIT } from '../errors.ts'
import type { Report } from '../inspect.ts'
import type { Project } from '../project.ts'
import { unpackInput } from '../state/input.ts'
import { type Lock, type LockEntry, pristine } from '../state/lock.ts'
import { decide } from './decide.ts'
import type { Renames } from './renames.ts'
import { readTarget } from './targets.ts'
import type { Draft, Outcome } from './types.ts'

/** A compose.yaml beside a file of another name that Compose finds would shadow it in silence. */
const twinsOf = (path: string) =>
  path === FOUND_BY_COMPOSE[0] ? FOUND_BY_COMPOSE.filter((name) => name !== path) : []

export interface DraftInput {
  project: Project
  report: Report
  lock: Lock | null
  version: string
  renames: Renames
  restore: readonly string[]
  /** Files that are no business of ours (`--adopt id=none`). */
  none?: ReadonlySet<string>
  taking?: Taking
}

/** Compares what was rendered with the disk and with what was rendered last, file by file. Pure but for reading. */
export async function makeDrafts({
  project,
  report,
  lock,
  version,
  renames,
  restore,
  none = new Set(),
  taking = { take: [], refuse: [] },
}: DraftInput): Promise<Draft[]> {
  const drafts: Draft[] = []
  const known = new Set<string>()
  for (const { artefact, files } of report.artefacts)
    for (const file of files) {
      known.add(file.id)
      const entry = lock?.files[file.id]
      const moved = entry && hasMoved(entry, file)
      if (moved) drafts.push(await draft(file.id, artefact, null, entry, entry.path))
      drafts.push(
        await draft(
          file.id,
          artefact,
          file,
          moved ? undefined : entry,
          (!moved && renames.paths[file.id]) || file.path,
        ),
      )
    }
  for (const [id, entry] of Object.entries(lock?.files ?? {}))
    if (!known.has(id)) drafts.push(await draft(id, undefined, null, entry, entry.path))
  const unknown = restore.find((id) => !known.has(id))
  if (unknown !== undefined)
    throw new CliError(`--restore ${unknown}: no file of this run has that id.`, {
      code: EXIT.usage,
      hint: `Known: ${[...known].join(', ')}.`,
    })
  await addCauses(drafts, report, lock, version)
  return drafts

  async function draft(
    id: string,
    artefact: Artefact | undefined,
    file: ArtefactFile | null,
    entry: LockEntry | undefined,
    path: string,
  ): Promise<Draft> {
    const before = readTarget(project, path)
    const one = {
      id,
      path,
      ...(renames.renamed[id] === path && { renamedFrom: entry?.path as string }),
      artefact,
      file,
      entry,
      before,
      causes: [],
    }
    return { ...one, ...(await outcomeOf(one)) }
  }

  async function outcomeOf(
    one: Omit<Draft, 'outcome'>,
  ): Promise<{ path?: string; before?: Buffer | null; outcome: Outcome }> {
    const { id, file, entry, artefact, path, before } = one
    const doubtful = renames.doubtful[id]
    if (file && doubtful !== undefined && !restore.includes(id))
      return {
        outcome: {
          kind: 'skip',
          reason: `gone; is ${doubtful} the same file? --adopt ${id}=${doubtful}, or --no-${artefact?.id}`,
        },
      }
    if (file && !entry && before === null && drafts.some(isTheirs)) {
      const { waitsFor } = await import('../adopt/waits.ts')
      const waits = await waitsFor(file, artefact, drafts)
      if (waits) return { outcome: waits }
    }
    const twin = file && !entry && before === null ? project.first(twinsOf(path)) : undefined
    if (twin !== undefined)
      return {
        path: twin,
        before: readTarget(project, twin),
        outcome: { kind: 'skip', reason: 'yours; Compose would no longer read it beside ours' },
      }
    if (!FILE_IDS.includes(id)) return { outcome: { kind: 'silent' } }
    const outcome = await decide({ file, entry, before, restore: restore.includes(id) })
    if (outcome !== 'foreign' || !file) return { outcome: outcome as Outcome }
    if (none.has(id))
      return { outcome: { kind: 'skip', reason: `yours; --adopt ${id}=none leaves it alone` } }
    const { foreignOutcome } = await import('../adopt/outcome.ts')
    const dockerfile = renames.paths['dockerfile'] ?? 'Dockerfile'
    return {
      outcome: await foreignOutcome({ project, file, entry, before: before as Buffer, dockerfile, taking }),
    }
  }
}

/** Written by a person, or edited by one: it may lack what our other files name. */
const isTheirs = ({ id, outcome: { kind } }: Draft) =>
  id === 'dockerfile' && (kind === 'adopt' || kind === 'advise' || kind === 'edited' || kind === 'skip')

/** Another kind of file by now (env.ts became env.js, GitHub's workflow GitLab's): the old one is let go. */
function hasMoved(entry: LockEntry, file: ArtefactFile): boolean {
  return basename(entry.from ?? entry.path) !== basename(file.path)
}

/** Says of each file with something new whether the templates or the project brought it. */
async function addCauses(
  drafts: readonly Draft[],
  { input }: Report,
  lock: Lock | null,
  version: string,
): Promise<void> {
  const news = drafts.filter(({ file, entry }) => file && entry && pristine(entry) !== file.rendered.text)
  if (news.length === 0) return
  const { causesOf, renderedBefore } = await import('./causes.ts')
  const old = unpackInput(lock?.input)
  const before = old ? renderedBefore({ ...input, ...old }) : undefined
  const otherwise = lock?.generator === version ? 'project' : 'template'
  for (const draft of news) {
    const { file, entry } = draft as { file: ArtefactFile; entry: LockEntry }
    draft.causes = causesOf(file, pristine(entry), before?.get(file.id)?.text, otherwise)
  }
}
