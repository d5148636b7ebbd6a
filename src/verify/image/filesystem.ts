import type { ImageFile, ImageLayer } from './contents.ts'

/** A file of one layer. */
export interface Placed {
  file: ImageFile
  layer: ImageLayer
}

export interface Hidden extends Placed {
  /** What a later layer puts in its place; null: it takes it away. */
  by: Placed | null
}

/** What a container sees, and what its image carries without showing it. */
export interface Filesystem {
  files: ReadonlyMap<string, Placed>
  hidden: readonly Hidden[]
}

interface Node {
  placed: Placed | null
  children: Map<string, Node>
}

/** Lays the layers over each other, as the engine does. */
export function mergeLayers(layers: readonly ImageLayer[]): Filesystem {
  const root: Node = { placed: null, children: new Map() }
  const hidden: Hidden[] = []
  const hide = (node: Node, by: Placed | null): void => {
    // A loop of its own: hostile archives nest deeper than the stack.
    const open = [node]
    for (let one = open.pop(); one; one = open.pop()) {
      if (one.placed) hidden.push({ ...one.placed, by })
      open.push(...one.children.values())
    }
  }
  for (const layer of layers) {
    for (const path of layer.removed) remove(root, path, hide)
    // Within a layer a path may come twice: the later one counts, and both ship.
    for (const file of layer.files) put(root, { file, layer }, hide)
  }
  const files = new Map<string, Placed>()
  const open: Node[] = [root]
  for (let one = open.pop(); one; one = open.pop()) {
    if (one.placed) files.set(one.placed.file.path, one.placed)
    open.push(...one.children.values())
  }
  return { files, hidden }
}

type Hide = (node: Node, by: Placed | null) => void

const partsOf = (path: string) => path.split('/').filter(Boolean)

function remove(root: Node, path: string, hide: Hide): void {
  const parts = partsOf(path)
  const last = path.endsWith('/') ? undefined : parts.pop()
  let node: Node | undefined = root
  for (const part of parts) node = node?.children.get(part)
  if (!node) return
  const gone = last === undefined ? [...node.children.keys()] : [last]
  for (const name of gone) {
    const child = node.children.get(name)
    if (child) hide(child, null)
    node.children.delete(name)
  }
}

function put(root: Node, placed: Placed, hide: Hide): void {
  let node = root
  for (const part of partsOf(placed.file.path)) {
    let child = node.children.get(part)
    if (!child) {
      child = { placed: null, children: new Map() }
      node.children.set(part, child)
    }
    node = child
  }
  const before = node.placed
  if (placed.file.type === 'directory') {
    // A folder over a folder adds to it.
    if (before && before.file.type !== 'directory') hide({ placed: before, children: new Map() }, placed)
  } else {
    hide(node, placed)
    node.children.clear()
  }
  node.placed = placed
}
