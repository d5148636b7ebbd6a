import { createGzip } from 'node:zlib'
import { readTar } from './tar.ts'

/**
 * Bytes that a push would send for the layers that another image does not have, packed as registries keep them. From the
 * archive of `image save`: a layer is named by its diff id, or is packed already.
 */
export async function packedBytes(
  archive: AsyncIterable<Uint8Array>,
  has: ReadonlySet<string>,
): Promise<{ bytes: number; packed: number }> {
  const blobs = new Map<string, { bytes: number; packed: number }>()
  let manifest: { Layers: string[] } | undefined
  let layers: string[] = []
  for await (const entry of readTar(archive)) {
    const name = entry.name.replace(/^\.\//, '')
    if (entry.type !== 'file') continue
    if (name === 'manifest.json') {
      ;[manifest] = JSON.parse(await textOf(entry.body)) as [{ Layers: string[] }]
      layers = manifest?.Layers ?? []
    } else if (!has.has(diffIdOf(name))) blobs.set(name, await measure(entry.body, entry.bytes))
  }
  const sent = layers.flatMap((name) => blobs.get(name) ?? [])
  return {
    bytes: sent.reduce((sum, one) => sum + one.bytes, 0),
    packed: sent.reduce((sum, one) => sum + one.packed, 0),
  }
}

const diffIdOf = (name: string) =>
  `sha256:${name
    .replace(/\/layer\.tar$|\.tar$/, '')
    .split('/')
    .at(-1)}`

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

const GZIP = 0x1f8b

async function measure(
  body: AsyncIterable<Buffer>,
  bytes: number,
): Promise<{ bytes: number; packed: number }> {
  let gzip: ReturnType<typeof createGzip> | undefined
  let packed = 0
  let done: Promise<unknown> | undefined
  for await (const piece of body) {
    if (!gzip) {
      if (piece.length > 1 && piece.readUInt16BE() === GZIP) return { bytes, packed: bytes }
      gzip = createGzip()
      gzip.on('data', (part: Buffer) => {
        packed += part.length
      })
      done = new Promise((end, fail) => gzip?.on('end', end).on('error', fail))
    }
    if (!gzip.write(piece)) await new Promise((drained) => gzip?.once('drain', drained))
  }
  gzip?.end()
  await done
  return { bytes, packed }
}
