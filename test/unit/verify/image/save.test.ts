import { createHash } from 'node:crypto'
import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { mergeLayers } from '../../../../src/verify/image/filesystem.ts'
import { ImageReadError, readImage } from '../../../../src/verify/image/save.ts'
import { pieces, savedImage, type TarInput, tar } from '../../../support/tar.ts'

const LAYERS = [
  {
    files: [
      { name: 'etc/', type: 'directory' as const },
      { name: 'etc/passwd', content: 'root:x:0:0' },
      { name: 'app/old/a', content: 'aaa' },
      { name: 'app/old/deep/b', content: 'bb' },
    ],
    createdBy: 'debian',
  },
  {
    files: [
      { name: 'app/.wh.old', content: '' },
      { name: '../../app/../app/new', content: 'new', pax: { 'SCHILY.xattr.security.capability': 'x' } },
      { name: 'app/.wh..wh.aufs', content: '' },
      { name: 'app/hard', type: 'hardlink' as const, target: 'app/new' },
    ],
    createdBy: 'COPY . .',
  },
  { files: [{ name: 'etc/.wh..wh..opq' }, { name: 'etc/hosts', content: 'x' }] },
]

const read = (archive: Buffer, base: string[] | null = null, more = {}) =>
  readImage(pieces(archive, 3000), { base: base && { ref: 'debian', layers: base }, ...more })

describe('the reader of saved images', () => {
  it('puts layers in the order of the manifest, with what made them and what is the base’s', async () => {
    const { archive, diffIds } = savedImage(LAYERS, ['ENV A=b'])
    const contents = await read(archive, diffIds.slice(0, 1))
    expect(
      contents.layers.map(({ createdBy, base, bytes, digest }) => ({ createdBy, base, bytes, digest })),
    ).toEqual([
      { createdBy: 'debian', base: true, bytes: 15, digest: diffIds[0] },
      { createdBy: 'COPY . .', base: false, bytes: 3, digest: diffIds[1] },
      { createdBy: 'COPY . .', base: false, bytes: 1, digest: diffIds[2] },
    ])
    expect(contents.base).toBe('debian')
    expect(contents.history.at(-1)).toBe('ENV A=b')
    expect(contents.layers[1]?.files[0]).toMatchObject({ path: '/app/new', capable: true })
    expect(contents.layers[1]?.files.map(({ path }) => path)).toEqual(['/app/new', '/app/hard'])
    expect(contents.layers.map(({ removed }) => removed)).toEqual([[], ['/app/old'], ['/etc/']])
  })

  it('has no base where the layers are not below', async () => {
    const { archive } = savedImage(LAYERS)
    const contents = await read(archive, ['sha256:0000'])
    expect(contents.base).toBeNull()
    expect(contents.layers.some(({ base }) => base)).toBe(false)
  })

  // Node.js 20 has no zstd.
  const zstd = (zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer }).zstdCompressSync
  const packings = [{ name: 'gzip', pack: zlib.gzipSync as (bytes: Buffer) => Buffer }]
  if (zstd) packings.push({ name: 'zstd', pack: zstd })
  it.each(packings)('reads layers packed with $name like plain ones', async ({ pack }) => {
    const plain = await read(savedImage(LAYERS).archive)
    const packed = await read(savedImage(LAYERS.map((layer) => ({ ...layer, pack }))).archive)
    expect(packed).toEqual(plain)
  })

  it.runIf(!zstd)('says plainly that this Node.js cannot read zstd', async () => {
    const magic = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(600)])
    const { archive } = savedImage([{ files: [], pack: () => magic }])
    await expect(read(archive)).rejects.toThrow(
      /zstd, which Node\.js .* cannot read; run verify with Node\.js 24/,
    )
  })

  it('follows the links by which Podman and older engines name layers, and is not caught in a circle', async () => {
    const layer = tar(LAYERS[0]?.files as TarInput[])
    const name = createHash('sha256').update(layer).digest('hex')
    const config = { rootfs: { diff_ids: [`sha256:${name}`] }, history: [] }
    const archive = (target: string, manifest = 'id/layer.tar') =>
      tar([
        { name: `${name}.tar`, content: layer },
        { name: 'id/layer.tar', type: 'symlink', target },
        { name: 'loop', type: 'symlink', target: 'id/layer.tar' },
        { name: 'config.json', content: JSON.stringify(config) },
        { name: 'manifest.json', content: JSON.stringify([{ Config: 'config.json', Layers: [manifest] }]) },
      ])
    expect((await read(archive(`../${name}.tar`))).layers[0]?.files).toHaveLength(4)
    await expect(read(archive('../loop'))).rejects.toThrow('lacks the layer')
  })

  it('keeps no more of a file than it is asked to, and shows a watcher all of it', async () => {
    const { archive } = savedImage([
      {
        files: [
          { name: 'a', content: 'x'.repeat(9000) },
          { name: 'b', content: 'y' },
        ],
      },
    ])
    let seen = 0
    const contents = await read(archive, null, {
      keep: ({ path }: { path: string }) => (path === '/a' ? 10 : 0),
      watch: () => ({
        see: (piece: Buffer) => {
          seen += piece.length
        },
        found: () => ({ secrets: [{ kind: 'k', start: '' }] }),
      }),
    })
    expect(contents.layers[0]?.files.map(({ head }) => head?.length)).toEqual([10, undefined])
    expect(contents.layers[0]?.files[0]?.secrets).toEqual([{ kind: 'k', start: '' }])
    expect(seen).toBe(9001)
  })

  const { archive } = savedImage(LAYERS)
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['an archive of something else', tar([{ name: 'a', content: 'b' }])],
    ['an archive that was cut off', archive.subarray(0, 4000)],
    ['an archive that was cut off between two files', archive.subarray(0, 512)],
    ['a text', Buffer.from('Error response from daemon: no such image'.repeat(40))],
    [
      'a damaged packed layer',
      savedImage([{ files: [], pack: (bytes) => zlib.gzipSync(bytes).subarray(0, 15) }]).archive,
    ],
    ['a manifest without an image', tar([{ name: 'manifest.json', content: '[]' }])],
  ])('refuses %s in a sentence', async (_what, bytes) => {
    await expect(read(bytes)).rejects.toThrow(ImageReadError)
  })
})

describe('the final filesystem', () => {
  it('has whiteouts applied, and remembers what lies below', async () => {
    const { files, hidden } = mergeLayers((await read(savedImage(LAYERS).archive)).layers)
    expect([...files.keys()].sort()).toEqual(['/app/hard', '/app/new', '/etc', '/etc/hosts'].sort())
    expect(hidden.map(({ file, by }) => [file.path, by]).sort()).toEqual([
      ['/app/old/a', null],
      ['/app/old/deep/b', null],
      ['/etc/passwd', null],
    ])
  })

  it('lets a file take the place of a folder, and a folder that of a file; a folder over a folder adds', async () => {
    const { archive } = savedImage([
      {
        files: [
          { name: 'a/x', content: '1' },
          { name: 'b', content: '22' },
          { name: 'c/', type: 'directory' },
          { name: 'c/x', content: '3' },
        ],
      },
      {
        files: [
          { name: 'a', content: '4' },
          { name: 'b/', type: 'directory' },
          { name: 'b/y', content: '5' },
          { name: 'c/', type: 'directory' },
        ],
      },
    ])
    const { files, hidden } = mergeLayers((await read(archive)).layers)
    expect([...files.keys()].sort()).toEqual(['/a', '/b', '/b/y', '/c', '/c/x'])
    expect(
      hidden.filter(({ file }) => file.type === 'file').map(({ file, by }) => [file.path, by?.file.path]),
    ).toEqual([
      ['/a/x', '/a'],
      ['/b', '/b'],
    ])
  })

  it('survives names that nest deeper than the stack', async () => {
    const deep = Array.from({ length: 20_000 }, () => 'a').join('/')
    const { archive } = savedImage([
      { files: [{ name: deep, content: 'x' }] },
      { files: [{ name: '.wh.a' }] },
    ])
    const { files, hidden } = mergeLayers((await read(archive)).layers)
    expect([files.size, hidden.length]).toEqual([0, 1])
  })
})
