import type { Project } from '../project.ts'
import { type Lock, type LockEntry, pristine } from '../state/lock.ts'
import { plainText, readTarget } from './targets.ts'

/** At and above: followed. From LIKELY to here: a person decides. */
const SURE = 0.9
const LIKELY = 0.6
const MAX_BYTES = 1 << 20

/** Where a file of ours may have gone: names of its kind only. */
const KINDS: Record<string, RegExp> = {
  dockerfile: /(^|\/)([^/]*Dockerfile[^/]*|[^/]*\.dockerfile|Containerfile)$/i,
  compose: /(^|\/)[^/]*compose[^/]*\.ya?ml$/i,
  ci: /^\.github\/workflows\/[^/]+\.ya?ml$/,
  docs: /(^|\/)[^/]+\.md$/i,
}

export interface Renames {
  /** Where each file of ours is now, by id: the lock's paths, and the renamings just seen. */
  paths: Record<string, string>
  renamed: Record<string, string>
  /** Gone, and something like it stands elsewhere: a person says whether it is the same. */
  doubtful: Record<string, string>
}

/** Follows a file that a person renamed: silence would mean that it never gets an update again. */
export function followRenames(
  project: Project,
  lock: Lock | null,
  adopt: Readonly<Record<string, string>> = {},
): Renames {
  const result: Renames = { paths: {}, renamed: {}, doubtful: {} }
  const entries = Object.entries(lock?.files ?? {})
  const taken = new Set(entries.map(([, entry]) => entry.path))
  for (const [id, entry] of entries) {
    result.paths[id] = entry.path
    const told = adopt[id]
    if (told !== undefined && told !== 'none' && told !== entry.path) {
      result.paths[id] = told
      result.renamed[id] = told
      taken.add(told)
    }
    if (told !== undefined) continue
    const kind = KINDS[id]
    if (!kind || (entry.state !== 'managed' && entry.state !== 'pending')) continue
    if (readTarget(project, entry.path) !== null) continue
    const [best, second] = candidates(project, kind, taken)
      .map((path) => ({ path, likeness: likenessTo(project, path, entry) }))
      .sort((a, b) => b.likeness - a.likeness)
    if (!best || best.likeness < LIKELY) continue
    if (best.likeness >= SURE && (second?.likeness ?? 0) < best.likeness) {
      result.paths[id] = best.path
      result.renamed[id] = best.path
      taken.add(best.path)
    } else result.doubtful[id] = best.path
  }
  return result
}

function candidates(project: Project, kind: RegExp, taken: ReadonlySet<string>): string[] {
  return [...project.files(), ...project.workflows()].filter((path) => kind.test(path) && !taken.has(path))
}

function likenessTo(project: Project, path: string, entry: LockEntry): number {
  try {
    const bytes = readTarget(project, path)
    return bytes && bytes.length <= MAX_BYTES ? likeness(plainText(bytes), pristine(entry)) : 0
  } catch {
    return 0 // a link, or not ours to read
  }
}

/** Share of lines that both texts have, blank ones apart: from 0 to 1. */
export function likeness(a: string, b: string): number {
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const [left, right] = [lines(a), lines(b)]
  if (left.length + right.length === 0) return 1
  const counts = new Map<string, number>()
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1)
  let common = 0
  for (const line of right) {
    const count = counts.get(line) ?? 0
    if (count === 0) continue
    counts.set(line, count - 1)
    common++
  }
  return (2 * common) / (left.length + right.length)
}
