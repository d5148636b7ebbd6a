import type { Filesystem } from './filesystem.ts'
import type { Stray } from './packages.ts'
import { type Waste, wasteOf } from './waste.ts'

export interface Unneeded {
  row: Waste
  paths: string[]
  bytes: number
}

export interface Lean {
  /** What must not be there, by its row. */
  unneeded: Unneeded[]
  /** Development dependencies. */
  development: Stray[]
  /** Packages that production does not reach and the manifests do not name: said, not failed. */
  others: Stray[]
}

/** What a container of the image does not need, in its final filesystem. */
export function findUnneeded(
  filesystem: Filesystem,
  { workdir, strays }: { workdir: string; strays: readonly Stray[] },
): Lean {
  const byRow = new Map<string, Unneeded>()
  for (const placed of filesystem.files.values()) {
    const row = wasteOf(placed, workdir)
    // Empty files and links weigh nothing; a link to a program of the base is no program.
    if (!row?.isWrong || placed.file.bytes === 0) continue
    const one = byRow.get(row.id) ?? { row, paths: [], bytes: 0 }
    one.paths.push(placed.file.path)
    one.bytes += placed.file.bytes
    byRow.set(row.id, one)
  }
  return {
    unneeded: [...byRow.values()].sort((a, b) => b.bytes - a.bytes),
    development: strays.filter((stray) => stray.isDevelopment),
    others: strays.filter((stray) => !stray.isDevelopment),
  }
}
