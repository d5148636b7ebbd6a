import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readTar, type TarEntry, TarError } from '../../../../src/verify/image/tar.ts'
import { removeTemporaryFolders, temporaryFolder } from '../../../support/fixtures.ts'
import { hasGnuTar, pieces, type TarInput, tar, tarEntry, tarHeader } from '../../../support/tar.ts'

afterAll(removeTemporaryFolders)

type Read = Omit<TarEntry, 'body' | 'pax'> & { content: string }

async function readAll(bytes: Buffer, size?: number): Promise<Read[]> {
  const entries: Read[] = []
  for await (const { body, pax: _, ...entry } of readTar(pieces(bytes, size))) {
    const content: Buffer[] = []
    for await (const piece of body) content.push(piece)
    entries.push({ ...entry, content: Buffer.concat(content).toString('latin1') })
  }
  return entries
}

const long = `${'folder/'.repeat(30)}file.txt`

describe('the tar reader', () => {
  it('reads files, folders, links and devices, with owners and modes', async () => {
    const entries = await readAll(
      tar([
        { name: 'app/', type: 'directory', mode: 0o2755 },
        { name: 'app/su', content: 'x', mode: 0o4755, uid: 5_000_000, gid: 65532 },
        { name: 'app/link', type: 'symlink', target: '../etc' },
        { name: 'app/hard', type: 'hardlink', target: 'app/su' },
        { name: 'app/null', type: 'device' },
      ]),
    )
    expect(entries.map(({ type, mode, bytes }) => `${type} ${mode.toString(8)} ${bytes}`)).toEqual([
      'directory 2755 0',
      'file 4755 1',
      'symlink 644 0',
      'hardlink 644 0',
      'other 644 0',
    ])
    expect(entries[1]).toMatchObject({ uid: 5_000_000, gid: 65532, content: 'x' })
    expect(entries[2]?.target).toBe('../etc')
  })

  it("reads GNU's long names and links, and the prefix of ustar", async () => {
    const named = (flag: string, text: string) =>
      Buffer.concat([
        tarHeader({ name: '././@LongLink', flag, size: text.length + 1 }),
        Buffer.from(text.padEnd(Math.ceil((text.length + 1) / 512) * 512, '\0')),
      ])
    const entries = await readAll(
      Buffer.concat([
        named('K', `/${long}`),
        named('L', long),
        tarHeader({ name: 'short', flag: '2', size: 0, target: 'short' }),
        tarHeader({ name: 'b', flag: '0', size: 0, prefix: 'a' }),
        Buffer.alloc(1024),
      ]),
    )
    expect(entries.map(({ name, target }) => [name, target])).toEqual([
      [long, `/${long}`],
      ['a/b', undefined],
    ])
  })

  it('reads sizes in base 256', async () => {
    const size = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3])
    const entries = await readAll(
      Buffer.concat([tarHeader({ name: 'a', flag: '0', size }), Buffer.from('abc'.padEnd(512, '\0'))]),
    )
    expect(entries[0]).toMatchObject({ bytes: 3, content: 'abc' })
  })

  it('skips what nobody reads of a file', async () => {
    const bytes = tar([
      { name: 'a', content: 'x'.repeat(3000) },
      { name: 'b', content: 'y' },
    ])
    const names: string[] = []
    for await (const { name, body } of readTar(pieces(bytes, 700))) {
      names.push(name)
      for await (const _ of body) break
    }
    expect(names).toEqual(['a', 'b'])
  })

  const whole = tar([{ name: 'a', content: 'x'.repeat(2000) }])
  const broken = Buffer.from(whole)
  broken[0] = 66
  const nines = Buffer.from('999999999999')
  it.each<[string, Buffer, string]>([
    ['is cut off in a file', whole.subarray(0, 1500), 'ends too early'],
    ['is cut off in a header', whole.subarray(0, 200), 'ends too early'],
    ['has a changed header', broken, 'sum is wrong'],
    ['has a size that is no number', tarHeader({ name: 'a', flag: '0', size: nines }), 'number'],
    [
      'has a size beyond all disks',
      tarHeader({ name: 'a', flag: '0', size: Buffer.alloc(12, 255) }),
      'number',
    ],
    [
      'says it holds 8 GiB, and does not',
      tarHeader({ name: 'a', flag: '0', size: 0o77777777777 }),
      'ends too early',
    ],
    ['has a long name of 1 GiB', tarHeader({ name: 'a', flag: 'L', size: 1 << 30 }), 'header of'],
    ['has a pax size that is negative', tarEntry({ name: 'a', pax: { size: '-1' } }), 'number'],
  ])('refuses an archive that %s', async (_what, bytes, message) => {
    const error = await readAll(bytes).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(TarError)
    expect(String(error)).toContain(message)
  })

  it('never hangs, and throws nothing else, on any bytes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(whole.length),
        async (changes, length) => {
          const bytes = Buffer.from(whole.subarray(0, length))
          for (const [at, value] of changes) if (at < length) bytes[at] = value
          await readAll(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(TarError))
        },
      ),
      { numRuns: 300 },
    ))
})

const name = fc
  .array(fc.stringMatching(/^[a-zé日 ._-]{1,60}$/), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.map((part) => (/^\.*$/.test(part) ? 'x' : part)).join('/'))
const id = fc.oneof(fc.nat(70_000), fc.nat(0x7fff_ffff))
const input: fc.Arbitrary<TarInput> = fc.oneof(
  fc.record({
    name,
    type: fc.constant('file' as const),
    content: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    mode: fc.nat(0o7777),
    uid: id,
    gid: id,
  }),
  fc.record({ name: name.map((text) => `${text}/`), type: fc.constant('directory' as const), uid: id }),
  fc.record({
    name,
    type: fc.constantFrom('symlink' as const, 'hardlink' as const),
    target: name,
  }),
)

describe('what is written is read', () => {
  it('from our own writer, in pieces of any size', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(input, { maxLength: 8 }),
        fc.integer({ min: 1, max: 3000 }),
        async (inputs, size) => {
          const entries = await readAll(tar(inputs), size)
          expect(entries).toEqual(
            inputs.map(({ name, type = 'file', content = '', mode, uid = 0, gid = 0, target }) => ({
              name,
              type,
              bytes: type === 'file' ? Buffer.from(content).length : 0,
              mode: mode ?? (type === 'directory' ? 0o755 : 0o644),
              uid,
              gid,
              content: Buffer.from(content).toString('latin1'),
              ...(target === undefined ? {} : { target }),
            })),
          )
        },
      ),
      { numRuns: 200 },
    ))

  it.skipIf(!hasGnuTar()).each(['pax', 'gnu', 'ustar'])(
    "from the system's own tar, format %s",
    async (format) => {
      const folder = temporaryFolder()
      const paths = ['a.txt', 'deep/b.bin', ...(format === 'ustar' ? [] : [`${long}`, 'ünï/日本.txt'])]
      for (const [index, path] of paths.entries()) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), Buffer.alloc(index * 777, 65 + index))
      }
      symlinkSync('../a.txt', join(folder, 'deep/link'))
      linkSync(join(folder, 'a.txt'), join(folder, 'z-hard'))
      execFileSync(
        'tar',
        [`--format=${format}`, '--sort=name', '-cf', 'out.tar', ...paths, 'deep/link', 'z-hard'],
        { cwd: folder },
      )
      const entries = await readAll(readFileSync(join(folder, 'out.tar')), 10_240)
      expect(entries.map(({ name, type, bytes, target }) => ({ name, type, bytes, target }))).toEqual([
        ...paths.map((path, index) => ({ name: path, type: 'file', bytes: index * 777, target: undefined })),
        { name: 'deep/link', type: 'symlink', bytes: 0, target: '../a.txt' },
        { name: 'z-hard', type: 'hardlink', bytes: 0, target: 'a.txt' },
      ])
      for (const [index, { content }] of entries.slice(0, paths.length).entries())
        expect(content).toBe(String.fromCharCode(65 + index).repeat(index * 777))
    },
  )
})
