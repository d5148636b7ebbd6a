import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { applyChanges, type Change } from '../../../src/write/commit.ts'
import { recover } from '../../../src/write/recover.ts'
import { undoLast } from '../../../src/write/undo.ts'
import { brittleDisk } from './brittle-disk.ts'
import { bury, removeScratch, scratchFolder, treeOf, writeAt } from './trees.ts'

afterEach(removeScratch)

const NAMES = ['Dockerfile', 'a', 'deep/b', 'deep/er/c', '.github/workflows/x.yml', 'd e', 'ü']
const bytes = fc.oneof(
  fc.string({ maxLength: 60 }).map((text) => Buffer.from(text)),
  fc
    .array(fc.constantFrom('one', 'two', ''), { maxLength: 6 })
    .map((lines) => Buffer.from(lines.join('\r\n'))),
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
)
const maybe = fc.option(bytes, { nil: null })
interface File extends Change {
  after: Buffer | null
  kept: number
}
const files = fc
  .tuple(
    fc.uniqueArray(
      fc.record({
        path: fc.constantFrom(...NAMES),
        before: maybe,
        after: maybe,
        kept: fc.constantFrom(0o644, 0o755, 0o444, 0o600),
      }),
      { selector: ({ path }) => path, minLength: 1, maxLength: 6 },
    ),
    maybe,
    bytes,
  )
  .map(([list, before, after]): File[] => [
    ...list,
    { path: '.prod-docker/lock.json', before, after, kept: 0o644 },
  ])

function disk(list: readonly File[]): string {
  const root = scratchFolder()
  for (const { path, before, kept } of list) if (before) writeAt(root, path, before, kept)
  return root
}

const treeAfter = (list: readonly File[]) => {
  const root = disk(list)
  applyChanges(root, list)
  return treeOf(root)
}

describe('laws of a write', () => {
  it('what is asked for stands there, with its permissions, and undo brings back what stood there', () => {
    fc.assert(
      fc.property(files, (list) => {
        const root = disk(list)
        const before = treeOf(root)
        applyChanges(root, list)
        const tree = treeOf(root)
        for (const { path, before: old, after, kept } of list) {
          const mode = old ? kept.toString(8) : (tree[path]?.split(' ')[0] ?? '')
          expect(tree[path]).toBe(after === null ? undefined : `${mode} ${after.toString('base64')}`)
        }
        undoLast(root)
        expect(treeOf(root)).toEqual(before)
      }),
      { numRuns: 150 },
    )
  })

  it('P5: with nothing to change, nothing is written', () => {
    fc.assert(
      fc.property(files, (list) => {
        const root = disk(list)
        const { disk: watched, count } = brittleDisk(0, 'dies')
        applyChanges(
          root,
          list.map((file) => ({ ...file, after: file.before })),
          { disk: watched },
        )
        expect(count()).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  it('P10: a crash anywhere, and one more in the recovery, leave all old or all new', () => {
    fc.assert(
      fc.property(
        files,
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('dies' as const, 'dies halfway' as const),
        (list, first, second, how) => {
          const fresh = treeAfter(list)
          const root = disk(list)
          const old = treeOf(root)
          for (const work of [
            () => applyChanges(root, list, { disk: brittleDisk(first, how).disk }),
            () => recover(root, brittleDisk(second, how).disk),
          ])
            try {
              work()
            } catch {}
          bury(root)
          recover(root)
          const tree = treeOf(root)
          if (JSON.stringify(tree) !== JSON.stringify(fresh)) expect(tree).toEqual(old)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('P11: a file that changed since the plan stops the whole; one that changes meanwhile keeps its edit', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.integer({ min: 0, max: 60 }), (list, pick, at) => {
        const wanted = list.filter(({ before, after }) =>
          after === null ? before !== null : !before?.equals(after),
        )
        fc.pre(wanted.length > 0)
        const { path } = wanted[pick % wanted.length] as File
        const root = disk(list)
        const edit = () => writeAt(root, path, 'EDITED', 0o644)
        if (at === 0) {
          edit()
          const before = treeOf(root)
          expect(() => applyChanges(root, list)).toThrow(`${path} changed while this ran`)
          expect(treeOf(root)).toEqual(before)
          return
        }
        let edited = false
        const { disk: shared } = brittleDisk(at, {
          meanwhile: () => {
            edited = true
            edit()
          },
        })
        let error: unknown
        try {
          applyChanges(root, list, { disk: shared })
        } catch (thrown) {
          error = thrown
        }
        if (!edited) return
        // Either the write saw the edit, or it came after the file's own turn, or in the moment between look and rename.
        const now = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null
        if (now === 'EDITED') return
        expect(error, `${path} at ${at}`).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('P17: no path leaves the project', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      '.git',
      '.GIT',
      'C:',
      'out',
      'nowhere',
      '\\',
      'x\0y',
      'Dockerfile',
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const path = parts.join('/')
        const outside = scratchFolder()
        const root = join(scratchFolder(), 'root')
        mkdirSync(join(root, '.git'), { recursive: true })
        symlinkSync(outside, join(root, 'out'))
        symlinkSync(join(outside, 'nowhere'), join(root, 'nowhere'))
        const before = [treeOf(outside), treeOf(join(root, '.git')), treeOf(join(root, '..', 'root', '.git'))]
        let error: unknown
        try {
          applyChanges(root, [{ path, before: null, after: 'x' }])
        } catch (thrown) {
          error = thrown
        }
        expect([
          treeOf(outside),
          treeOf(join(root, '.git')),
          treeOf(join(root, '..', 'root', '.git')),
        ]).toEqual(before)
        const leaves = (name: string, at: number) =>
          at === 0
            ? !['a', 'Dockerfile'].includes(name)
            : !['a', 'Dockerfile', 'out', 'nowhere'].includes(name)
        if (parts.some(leaves)) expect(error).toMatchObject({ code: 5 })
        else expect(error).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })

  it.each(['txn/prepared.json', 'backup/1/old0', 'run.lock', 'TXN/x'])(
    'P17: nothing is written to %s',
    (name) => {
      const root = scratchFolder()
      expect(() => applyChanges(root, [{ path: `.prod-docker/${name}`, before: null, after: 'x' }])).toThrow(
        'no path for a file of yours',
      )
      expect(treeOf(root)).toEqual({})
    },
  )

  it('P17: names that only differ by case are refused together', () => {
    const root = scratchFolder()
    const change = (path: string) => ({ path, before: null, after: 'x' })
    expect(() => applyChanges(root, [change('Dockerfile'), change('dockerfile')])).toThrow('written twice')
    expect(treeOf(root)).toEqual({})
  })
})

describe('a journal that did not come from here', () => {
  it.each(['prepared.json', 'staging.json'])('is not believed: %s', (name) => {
    const root = scratchFolder()
    const journal = {
      schema: 1,
      id: 'ab',
      folder: '1',
      undoes: null,
      targets: [{ path: 'victim', pre: 'a'.repeat(64), post: null, mode: 0o755, linked: false }],
      folders: [],
      drops: [],
    }
    writeAt(root, `.prod-docker/txn/${name}`, JSON.stringify(journal))
    writeAt(root, '.prod-docker/txn/old0', 'evil')
    const before = treeOf(root)
    expect(() => recover(root)).toThrow('was not written here')
    expect(treeOf(root)).toEqual(before)
    writeFileSync(join(root, `.prod-docker/txn/${name}`), '{"schema":1')
    expect(() => recover(root)).toThrow('is damaged')
    expect(existsSync(join(root, 'victim'))).toBe(false)
  })

  it('nor is a backup: undo passes it over', () => {
    const root = scratchFolder()
    writeAt(root, '.prod-docker/backup/3/prepared.json', '{}')
    expect(undoLast(root)).toBeNull()
  })
})
