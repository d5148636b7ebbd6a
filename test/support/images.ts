import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { execa } from 'execa'
import { temporaryFolder } from './fixtures.ts'

const MINUTES = 60_000

export const docker = (args: readonly string[], cwd: string, env: Record<string, string> = {}) =>
  execa('docker', args, { cwd, env, all: true, reject: false, timeout: 14 * MINUTES, maxBuffer: 256 << 20 })

/** A step of a build, as BuildKit tells it. */
interface Vertex {
  digest: string
  name: string
  cached?: boolean
  error?: string
}

export interface Build {
  /** Names of the steps that did work: `[deps 1/1] RUN npm ci`. */
  worked: string[]
  seconds: number
}

/** Builds a folder; throws what BuildKit said where that fails. */
export async function build(root: string, tag: string, ...flags: string[]): Promise<Build> {
  const started = performance.now()
  const done = await docker(['build', '--progress=rawjson', '--tag', tag, ...flags, '.'], root)
  const seconds = (performance.now() - started) / 1000
  const vertices = new Map<string, Vertex>()
  let log = ''
  for (const line of done.all.split('\n')) {
    if (!line.startsWith('{')) continue
    const told = JSON.parse(line) as { vertexes?: Vertex[]; logs?: { data: string }[] }
    for (const vertex of told.vertexes ?? [])
      vertices.set(vertex.digest, { ...vertices.get(vertex.digest), ...vertex })
    for (const { data } of told.logs ?? []) log += Buffer.from(data, 'base64')
  }
  if (done.exitCode !== 0)
    throw new Error(`${done.all.split('\n').slice(-3).join('\n')}\n${log.slice(-4000)}`)
  const steps = [...vertices.values()].filter(({ name }) => /^\[[^\]]*\d+\/\d+\] (?!FROM)/.test(name))
  return { worked: steps.filter(({ cached }) => !cached).map(({ name }) => name), seconds }
}

export interface Entry {
  path: string
  type: string
  mode: number
  owner: string
  bytes: number
  link: string
  sha: string
}

export interface Layer {
  digest: string
  /** Sum of its files. */
  bytes: number
  /** As a registry would get it. */
  gzip: number
  entries: Entry[]
}

/** Digests of an image's layers, from the bottom. */
export async function layerDigests(image: string): Promise<string[]> {
  const { stdout } = await docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image], '.')
  return JSON.parse(stdout) as string[]
}

/** Sum of an image's files: what `inspect` tells as its size is another thing in each image store. */
export const bytesOf = async (image: string): Promise<number> => sum(await layersAbove(image, [], true))

/** The layers of an image that another one does not have. */
export async function layersAbove(
  image: string,
  below: readonly string[],
  sizesAlone = false,
): Promise<Layer[]> {
  const wanted = (await layerDigests(image)).map((digest, index) => ({ digest, index }))
  const file = join(temporaryFolder(), 'image.tar')
  const saved = await docker(['image', 'save', '--output', file, image], '.')
  if (saved.exitCode !== 0) throw new Error(saved.all)
  const handle = openSync(file, 'r')
  try {
    const outer = new Map([...tarEntries(handle)].map((entry) => [entry.path, entry]))
    const read = (path: string) => {
      const entry = outer.get(path)
      if (!entry) throw new Error(`${image} was saved without ${path}`)
      const bytes = Buffer.alloc(entry.bytes)
      readSync(handle, bytes, 0, entry.bytes, entry.offset)
      return bytes
    }
    const [manifest] = JSON.parse(read('manifest.json').toString()) as { Layers: string[] }[]
    return wanted
      .filter(({ digest }) => !below.includes(digest))
      .map(({ digest, index }) => {
        const blob = read(manifest?.Layers[index] as string)
        const tar = blob[0] === 0x1f && blob[1] === 0x8b ? gunzipSync(blob) : blob
        const entries = [...tarEntries(tar)].map(({ offset, ...entry }) => ({
          ...entry,
          sha:
            entry.type === 'file' && !sizesAlone
              ? createHash('sha256')
                  .update(tar.subarray(offset, offset + entry.bytes))
                  .digest('hex')
              : '',
        }))
        return { digest, bytes: sum(entries), gzip: sizesAlone ? 0 : gzipSync(tar).length, entries }
      })
  } finally {
    closeSync(handle)
  }
}

export const sum = (entries: readonly { bytes: number }[]): number =>
  entries.reduce((all, { bytes }) => all + bytes, 0)

const TYPES: Record<string, string> = {
  '': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'folder',
}

/** What is in a tar: a file's descriptor, or its bytes. */
function* tarEntries(tar: number | Buffer): Generator<Omit<Entry, 'sha'> & { offset: number }> {
  const total = typeof tar === 'number' ? fstatSync(tar).size : tar.length
  const at = (offset: number, length: number): Buffer => {
    if (typeof tar !== 'number') return tar.subarray(offset, offset + length)
    const bytes = Buffer.alloc(length)
    readSync(tar, bytes, 0, length, offset)
    return bytes
  }
  let next: Record<string, string> = {}
  for (let offset = 0; offset + 512 <= total; ) {
    const head = at(offset, 512)
    if (head[0] === 0) break
    const text = (from: number, length: number) =>
      head.toString('utf8', from, from + length).split('\0')[0] as string
    const number = (from: number, length: number) => Number.parseInt(text(from, length).trim() || '0', 8)
    const size = next['size'] ? Number(next['size']) : number(124, 12)
    const flag = text(156, 1)
    offset += 512
    if (flag === 'x') next = paxRecords(at(offset, size))
    else if (flag === 'L') next = { path: at(offset, size).toString().replace(/\0.*$/s, '') }
    else if (flag !== 'g') {
      const prefix = text(345, 155)
      yield {
        path: (next['path'] ?? (prefix ? `${prefix}/${text(0, 100)}` : text(0, 100))).replace(
          /^\.?\/|\/$/g,
          '',
        ),
        type: TYPES[flag] ?? flag,
        mode: number(100, 8) & 0o7777,
        owner: `${number(108, 8)}:${number(116, 8)}`,
        bytes: TYPES[flag] === 'file' ? size : 0,
        link: next['linkpath'] ?? text(157, 100),
        offset,
      }
      next = {}
    }
    offset += Math.ceil(size / 512) * 512
  }
}

/** `27 path=a/long/name\n`, one after the other, each with its own length. */
function paxRecords(bytes: Buffer): Record<string, string> {
  const records: Record<string, string> = {}
  for (let offset = 0; offset < bytes.length; ) {
    const space = bytes.indexOf(0x20, offset)
    const length = Number(bytes.toString('utf8', offset, space))
    const record = bytes.toString('utf8', space + 1, offset + length - 1)
    records[record.slice(0, record.indexOf('='))] = record.slice(record.indexOf('=') + 1)
    offset += length
  }
  return records
}
