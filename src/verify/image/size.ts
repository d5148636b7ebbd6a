import type { LayerReport } from '../types.ts'
import type { ImageContents, ImageLayer } from './contents.ts'
import type { Filesystem } from './filesystem.ts'
import type { Stray } from './packages.ts'
import { kindOf, wasteOf } from './waste.ts'

export interface Measured {
  bytes: number
  /** Null where the base is not known. */
  floor: number | null
  layers: LayerReport[]
  /** Bytes over the floor, by what they are; the largest first. */
  waste: { title: string; bytes: number }[]
}

/** Two percent: timestamps, logs and lists that an install leaves behind. */
export const LIMIT = 1.02

/**
 * The floor is what a container of this image could not do without: the base as it is, the packages that production
 * dependencies reach, the app, and the system packages that were installed on purpose. It is found in the image and in
 * the project's manifests, not in our Dockerfile, so an image made by other means is measured by the same rule. Two
 * things it takes for granted: a system package is wanted (nothing tells from the outside which library an app loads),
 * and a file of the app that no row calls waste is the app's.
 */
export function measure(
  contents: ImageContents,
  filesystem: Filesystem,
  { workdir, strays }: { workdir: string; strays: readonly Stray[] },
): Measured {
  const waste = new Map<string, number>()
  const add = (title: string, bytes: number) => {
    if (bytes > 0) waste.set(title, (waste.get(title) ?? 0) + bytes)
  }
  for (const { file, layer, by } of filesystem.hidden) {
    if (!layer.base)
      add(by ? 'overwritten by a later layer' : 'deleted by a later layer, and still shipped', file.bytes)
    // A new owner or mode is a new copy of the whole file.
    else if (by && !by.layer.base && by.file.type === 'file' && by.file.bytes === file.bytes)
      add('copies of files of the base', file.bytes)
  }
  for (const placed of filesystem.files.values()) {
    const row = wasteOf(placed, workdir)
    if (row) add(`${row.title}s`, placed.file.bytes)
  }
  // Strays alone may be what a package manager adds on its own; beside a development dependency they came with it.
  if (strays.some((stray) => stray.isDevelopment))
    for (const { bytes } of strays) add('development dependencies', bytes)
  const bytes = contents.layers.reduce((sum, layer) => sum + layer.bytes, 0)
  const over = [...waste.values()].reduce((sum, one) => sum + one, 0)
  return {
    bytes,
    floor: contents.base === null ? null : bytes - over,
    layers: contents.layers.map((layer) => ({
      kind: layerKind(layer, workdir),
      bytes: layer.bytes,
      createdBy: layer.createdBy,
    })),
    waste: [...waste].map(([title, of]) => ({ title, bytes: of })).sort((a, b) => b.bytes - a.bytes),
  }
}

/** What most of its bytes are; a layer of folders alone goes by how many. */
function layerKind(layer: ImageLayer, workdir: string): LayerReport['kind'] {
  if (layer.base) return 'base'
  const sums = { app: 0, dependencies: 0, system: 0 }
  for (const { path, bytes } of layer.files) sums[kindOf(path, workdir)] += bytes + 1 / layer.files.length
  const [first] = Object.entries(sums).sort(([, a], [, b]) => b - a)
  return (first?.[0] ?? 'app') as LayerReport['kind']
}
