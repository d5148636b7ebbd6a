import { once } from 'node:events'
import { createGunzip, createGzip } from 'node:zlib'

const BLOCK = 512

/** Files of a tar stream, one after the other; the body of each is read before the next one comes. */
async function* entries(stream) {
  let left = Buffer.alloc(0)
  const chunks = stream[Symbol.asyncIterator]()
  const more = async () => {
    const { done, value } = await chunks.next()
    if (done) return false
    left = left.length > 0 ? Buffer.concat([left, value]) : value
    return true
  }
  async function* body(size) {
    for (let rest = size; rest > 0; ) {
      if (left.length === 0 && !(await more())) throw new Error('the image ends in the middle of a file')
      const part = left.subarray(0, rest)
      left = left.subarray(part.length)
      rest -= part.length
      yield part
    }
  }
  for (;;) {
    while (left.length < BLOCK) if (!(await more())) return
    const header = left.subarray(0, BLOCK)
    left = left.subarray(BLOCK)
    const text = (from, to) => header.toString('utf8', from, to).replace(/\0.*$/s, '')
    const size = Number.parseInt(text(124, 136).trim() || '0', 8)
    if (text(0, 100) === '') continue
    yield { name: text(0, 100), size, body: body(size) }
    for await (const _ of body((BLOCK - (size % BLOCK)) % BLOCK));
  }
}

/** Bytes of a layer as files and as it is pushed: gzip at its default level, which is what engines push. */
async function weigh({ size, body }) {
  let first = true
  let counted = 0
  let packed = false
  let coder
  for await (const part of body) {
    if (first) {
      first = false
      if (part[0] === 0x28 && part[1] === 0xb5) throw new Error('layers in zstd cannot be weighed')
      packed = part[0] === 0x1f && part[1] === 0x8b
      coder = packed ? createGunzip() : createGzip()
      coder.on('data', (out) => {
        counted += out.length
      })
    }
    if (!coder.write(part)) await once(coder, 'drain')
  }
  if (!coder) return { bytes: 0, gzip: 0 }
  coder.end()
  await once(coder, 'end')
  return packed ? { bytes: counted, gzip: size } : { bytes: size, gzip: counted }
}

/**
 * Layers of an image from the bottom, out of `docker image save`: `{ id, bytes, gzip }`. `known` remembers what was
 * weighed, by content: base images are packed once in a bench.
 */
export async function readLayers(stream, known = new Map()) {
  const weighed = new Map()
  let manifest = null
  for await (const entry of entries(stream)) {
    if (entry.name === 'manifest.json') {
      const parts = []
      for await (const part of entry.body) parts.push(part)
      manifest = JSON.parse(Buffer.concat(parts).toString('utf8'))
    } else if (known.has(entry.name)) {
      for await (const _ of entry.body);
    } else if (entry.size > 0) {
      const weight = await weigh(entry)
      weighed.set(entry.name, weight)
      if (entry.name.startsWith('blobs/')) known.set(entry.name, weight)
    }
  }
  if (!manifest) throw new Error('the engine gave no image')
  return manifest[0].Layers.map((id) => ({ id, ...(weighed.get(id) ?? known.get(id)) }))
}

/** Layers of `after` that `before` lacks: what a push sends. */
export function pushed(before, after) {
  const there = new Set(before.map(({ id }) => id))
  return total(after.filter(({ id }) => !there.has(id)))
}

export const total = (layers) => ({
  layers: layers.length,
  bytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
  gzip: layers.reduce((sum, { gzip }) => sum + gzip, 0),
})
