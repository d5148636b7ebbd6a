import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import type { ImageContents, ImageFile, ImageLayer } from './contents.ts'
import { readTar, type TarEntry, TarError } from './tar.ts'

/** What an image stands on. */
export interface Base {
  ref: string
  /** Diff ids of its layers, from the bottom. */
  layers: readonly string[]
}

/** Looks into the content of a file as it goes by. */
export interface Watch {
  see(piece: Buffer): void
  found(): Pick<ImageFile, 'secrets' | 'md5'>
}

export interface ReadOptions {
  /** Null: not known. */
  base: Base | null
  /** How many bytes from a file's start to keep. */
  keep?: (file: ImageFile) => number
  watch?: (file: ImageFile) => Watch | null
}

/** The archive of an image that cannot be read; the message ends the sentence "The image could not be read: …". */
export class ImageReadError extends Error {}

type Layer = Pick<ImageLayer, 'bytes' | 'files' | 'removed'>

const MAX_JSON = 8 << 20

/** Reads what `image save` writes (Docker, its containerd store, Podman) in one pass; layers are never held whole. */
export async function readImage(
  archive: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<ImageContents> {
  const documents = new Map<string, string>()
  const layers = new Map<string, Layer>()
  const links = new Map<string, string>()
  try {
    for await (const entry of readTar(archive)) {
      const name = absolute(entry.name)
      if (entry.type === 'symlink')
        links.set(name, absolute(`${name}/../${entry.target}`)) // older engines name a layer twice
      else if (entry.type === 'hardlink') links.set(name, absolute(entry.target ?? ''))
      else if (entry.type === 'file') await readBlob(name, entry, { documents, layers, options })
    }
  } catch (error) {
    if (error instanceof TarError) throw new ImageReadError(`its archive ${error.message}.`)
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_'))
      throw new ImageReadError('a packed layer of it is damaged.')
    throw error
  }
  return assemble({ documents, layers, links, base: options.base })
}

async function readBlob(
  name: string,
  { body, bytes }: TarEntry,
  {
    documents,
    layers,
    options,
  }: { documents: Map<string, string>; layers: Map<string, Layer>; options: ReadOptions },
): Promise<void> {
  const { first, all } = await peek(body)
  const kind = sniff(first)
  if (kind === 'json') {
    if (bytes > MAX_JSON) return
    const pieces: Buffer[] = []
    for await (const piece of all) pieces.push(piece)
    documents.set(name, Buffer.concat(pieces).toString('utf8'))
  } else if (kind) {
    // A plain layer's file name is its diff id: those of the base are listed, not searched.
    const isBase = options.base?.layers.includes(
      `sha256:${name
        .split('/')
        .at(-1)
        ?.replace(/\.tar$/, '')}`,
    )
    layers.set(
      name,
      await readLayer(unpacked(all, kind), isBase ? { ...options, watch: () => null } : options),
    )
  }
}

/** The first bytes, and the whole with them. */
async function peek(body: AsyncIterable<Buffer>): Promise<{ first: Buffer; all: AsyncIterable<Buffer> }> {
  let first: Buffer = Buffer.alloc(0)
  for await (const piece of body) {
    first = Buffer.concat([first, piece])
    if (first.length >= 512) break
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield first
    yield* body
  }
  return { first, all: all() }
}

type Packing = 'tar' | 'gzip' | 'zstd'

function sniff(first: Buffer): Packing | 'json' | null {
  if (first[0] === 0x7b || first[0] === 0x5b) return 'json'
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip'
  if (first.length >= 4 && first.readUInt32LE() === 0xfd2fb528) return 'zstd'
  if (first.toString('latin1', 257, 262) === 'ustar') return 'tar'
  // An empty layer is an empty archive.
  return first.length >= 512 && first.subarray(0, 512).every((byte) => byte === 0) ? 'tar' : null
}

function unpacked(body: AsyncIterable<Buffer>, kind: Packing): AsyncIterable<Buffer> {
  if (kind === 'tar') return body
  const zstd = (zlib as { createZstdDecompress?: () => zlib.Gunzip }).createZstdDecompress
  if (kind === 'zstd' && !zstd)
    throw new ImageReadError(
      `its layers are packed with zstd, which Node.js ${process.versions.node} cannot read; run verify with Node.js 24 or newer.`,
    )
  const unpack = kind === 'zstd' && zstd ? zstd() : zlib.createGunzip()
  const source = Readable.from(body, { objectMode: false })
  source.on('error', (error) => unpack.destroy(error))
  unpack.on('error', () => source.destroy())
  return source.pipe(unpack)
}

const WHITEOUT = '.wh.'

async function readLayer(
  source: AsyncIterable<Uint8Array>,
  { keep, watch }: Pick<ReadOptions, 'keep' | 'watch'>,
): Promise<Layer> {
  const layer: Layer = { bytes: 0, files: [], removed: [] }
  for await (const entry of readTar(source)) {
    const path = absolute(entry.name)
    const at = path.lastIndexOf('/') + 1
    const name = path.slice(at)
    if (name.startsWith(WHITEOUT)) {
      // `.wh..wh..opq` takes away all that lower layers have in the folder; other names of that form are the engine's.
      if (name === '.wh..wh..opq') layer.removed.push(path.slice(0, at))
      else if (!name.startsWith('.wh..wh.'))
        layer.removed.push(path.slice(0, at) + name.slice(WHITEOUT.length))
      continue
    }
    const { type, mode, uid, gid, target } = entry
    const file: ImageFile = { path, type, bytes: type === 'file' ? entry.bytes : 0, mode, uid, gid }
    if (target !== undefined) file.target = type === 'hardlink' ? absolute(target) : target
    if (entry.pax.has('SCHILY.xattr.security.capability')) file.capable = true
    if (type === 'file' && file.bytes > 0) await lookInto(file, entry.body, keep?.(file) ?? 0, watch?.(file))
    layer.bytes += file.bytes
    layer.files.push(file)
  }
  return layer
}

async function lookInto(
  file: ImageFile,
  body: AsyncIterable<Buffer>,
  most: number,
  watch: Watch | null | undefined,
): Promise<void> {
  const head: Buffer[] = []
  let kept = 0
  if (most > 0 || watch)
    for await (const piece of body) {
      if (kept < most) {
        head.push(Buffer.from(piece.subarray(0, most - kept)))
        kept += piece.length
      }
      watch?.see(piece)
    }
  if (most > 0) file.head = Buffer.concat(head)
  Object.assign(file, watch?.found())
}

/** A path that cannot leave the root, whatever the archive says. */
function absolute(name: string): string {
  const parts: string[] = []
  for (const part of name.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  return `/${parts.join('/')}`
}

interface Config {
  rootfs?: { diff_ids?: string[] }
  history?: { created_by?: string; empty_layer?: boolean }[]
}

function assemble({
  documents,
  layers,
  links,
  base,
}: {
  documents: ReadonlyMap<string, string>
  layers: ReadonlyMap<string, Layer>
  links: ReadonlyMap<string, string>
  base: Base | null
}): ImageContents {
  const read = <T>(name: string): T => {
    try {
      return JSON.parse(documents.get(name) ?? '') as T
    } catch {
      throw new ImageReadError(`its archive has no ${name.slice(1)}; it may have been cut off.`)
    }
  }
  const manifest = read<{ Config: string; Layers: string[] | null }[]>('/manifest.json')[0]
  const config = read<Config>(absolute(manifest?.Config ?? ''))
  const diffIds = config.rootfs?.diff_ids ?? []
  const history = config.history ?? []
  const made = history.filter((line) => !line.empty_layer)
  const isOurs = base?.layers.every((id, index) => diffIds[index] === id) ?? false
  return {
    layers: (manifest?.Layers ?? []).map((layerName, index) => {
      let name = absolute(layerName)
      for (let hops = 0; !layers.has(name) && links.has(name) && hops < 40; hops++)
        name = links.get(name) as string
      const layer = layers.get(name)
      if (!layer) throw new ImageReadError(`its archive lacks the layer ${name.slice(1)}.`)
      return {
        ...layer,
        digest: diffIds[index] ?? '',
        createdBy: made.length === diffIds.length ? (made[index]?.created_by ?? '') : '',
        base: isOurs && index < (base?.layers.length ?? 0),
      }
    }),
    history: history.map((line) => line.created_by ?? ''),
    base: isOurs ? (base?.ref ?? null) : null,
  }
}
