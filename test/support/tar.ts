import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'

export interface TarInput {
  name: string
  type?: 'file' | 'directory' | 'symlink' | 'hardlink' | 'device'
  content?: string | Buffer
  mode?: number
  uid?: number
  gid?: number
  target?: string
  /** More pax records. */
  pax?: Record<string, string>
}

const FLAGS = { file: '0', hardlink: '1', symlink: '2', device: '3', directory: '5' }

/** One header block: ustar, with a right sum. */
export function tarHeader(fields: {
  name: string | Buffer
  flag: string
  size: number | Buffer
  mode?: number
  uid?: number
  gid?: number
  target?: string | Buffer
  prefix?: string
}): Buffer {
  const block = Buffer.alloc(512)
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  Buffer.from(fields.name).copy(block, 0, 0, 100)
  octal(fields.mode ?? 0o644, 100, 8)
  octal(fields.uid ?? 0, 108, 8)
  octal(fields.gid ?? 0, 116, 8)
  if (typeof fields.size === 'number') octal(fields.size, 124, 12)
  else fields.size.copy(block, 124, 0, 12)
  octal(0, 136, 12)
  block.write(fields.flag, 156, 'latin1')
  Buffer.from(fields.target ?? '').copy(block, 157, 0, 100)
  block.write('ustar\x0000', 257, 'latin1')
  if (fields.prefix) block.write(fields.prefix, 345)
  block.fill(32, 148, 156)
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return block
}

const padded = (data: Buffer) => Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)])

export function paxHeader(records: Record<string, string>): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const body = Buffer.from(` ${key}=${value}\n`)
    let length = body.length + 1
    while (String(length).length + body.length !== length) length = String(length).length + body.length
    return Buffer.concat([Buffer.from(String(length)), body])
  })
  const data = Buffer.concat(lines)
  return Buffer.concat([tarHeader({ name: 'pax', flag: 'x', size: data.length }), padded(data)])
}

export function tarEntry(input: TarInput): Buffer {
  const { name, type = 'file', mode, uid, gid, target } = input
  const content = Buffer.from(input.content ?? '')
  const records: Record<string, string> = { ...input.pax }
  if (Buffer.byteLength(name) > 100 || /[^ -~]/.test(name)) records['path'] = name
  if (target !== undefined && (Buffer.byteLength(target) > 100 || /[^ -~]/.test(target)))
    records['linkpath'] = target
  for (const [key, value] of [
    ['uid', uid],
    ['gid', gid],
  ] as const)
    if (value !== undefined && value > 0o7777777) records[key] = String(value)
  const small = (value: number | undefined) => (value !== undefined && value > 0o7777777 ? 0 : (value ?? 0))
  return Buffer.concat([
    Object.keys(records).length > 0 ? paxHeader(records) : Buffer.alloc(0),
    tarHeader({
      name,
      flag: FLAGS[type],
      size: type === 'file' ? content.length : 0,
      mode: mode ?? (type === 'directory' ? 0o755 : 0o644),
      uid: small(uid),
      gid: small(gid),
      ...(target === undefined ? {} : { target }),
    }),
    type === 'file' ? padded(content) : Buffer.alloc(0),
  ])
}

export const tar = (inputs: readonly TarInput[]): Buffer =>
  Buffer.concat([...inputs.map(tarEntry), Buffer.alloc(1024)])

/** Pieces of a size that fits nothing, as a pipe gives them. */
export async function* pieces(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** What `docker image save` writes: blobs by their hash, the manifest last. */
export function savedImage(
  layers: readonly { files: readonly TarInput[]; createdBy?: string; pack?: (tar: Buffer) => Buffer }[],
  history: readonly string[] = [],
): { archive: Buffer; diffIds: string[] } {
  const plain = layers.map(({ files }) => tar(files))
  const diffIds = plain.map((bytes) => `sha256:${sha256(bytes)}`)
  const packed = plain.map((bytes, index) => layers[index]?.pack?.(bytes) ?? bytes)
  const config = Buffer.from(
    JSON.stringify({
      config: {},
      history: [
        ...layers.map(({ createdBy = 'COPY . .' }) => ({ created_by: createdBy })),
        ...history.map((line) => ({ created_by: line, empty_layer: true })),
      ],
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  )
  const blob = (bytes: Buffer) => `blobs/sha256/${sha256(bytes)}`
  const manifest = [{ Config: blob(config), RepoTags: null, Layers: packed.map(blob) }]
  return {
    diffIds,
    archive: tar([
      { name: 'blobs/', type: 'directory' },
      ...[...packed, config]
        .map((bytes) => ({ name: blob(bytes), content: bytes }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      { name: 'manifest.json', content: JSON.stringify(manifest) },
      { name: 'oci-layout', content: '{"imageLayoutVersion": "1.0.0"}' },
    ]),
  }
}

/** Whether the system's own tar is GNU's. */
export function hasGnuTar(): boolean {
  try {
    return execFileSync('tar', ['--version'], { encoding: 'utf8' }).includes('GNU')
  } catch {
    return false
  }
}
