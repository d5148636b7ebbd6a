import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { CliError } from '../../../src/errors.ts'
import { applyChanges } from '../../../src/write/commit.ts'
import { recover } from '../../../src/write/recover.ts'
import { undoLast } from '../../../src/write/undo.ts'
import { brittleDisk } from './brittle-disk.ts'
import { bury, project, removeScratch, type Tree, treeOf } from './trees.ts'

afterEach(removeScratch)
afterAll(removeScratch)

const old = treeOf(project().root)
const fresh = (() => {
  const { root, changes } = project()
  applyChanges(root, changes)
  return treeOf(root)
})()
const NEVER = Number.POSITIVE_INFINITY

/** How many operations `work` takes that leave a trace. */
function operations(work: (disk: ReturnType<typeof brittleDisk>['disk']) => void): number {
  const { disk, count } = brittleDisk(NEVER, 'dies')
  work(disk)
  return count()
}

/** Dies in the middle of `work`; whatever it does on its way out reaches no disk. True: it was over before. */
function dies(
  at: number,
  how: 'dies' | 'dies halfway',
  work: (disk: ReturnType<typeof brittleDisk>['disk']) => void,
): boolean {
  const { disk, count } = brittleDisk(at, how)
  try {
    work(disk)
  } catch {}
  return count() < at
}

const isOldOrNew = (tree: Tree) => {
  const isFresh = JSON.stringify(tree) === JSON.stringify(fresh)
  if (!isFresh) expect(tree).toEqual(old)
  return isFresh
}

describe('a crash', () => {
  const total = operations((disk) => {
    const { root, changes } = project()
    applyChanges(root, changes, { disk })
  })

  it('is looked at in more than sixty places', () => {
    expect(total).toBeGreaterThan(60)
    expect(old).not.toEqual(fresh)
  })

  it.each(['dies', 'dies halfway'] as const)('at any operation (%s) leaves all old or all new', (how) => {
    let complete = 0
    for (let at = 1; at <= total; at++) {
      const { root, changes } = project()
      expect(dies(at, how, (disk) => applyChanges(root, changes, { disk }))).toBe(false)
      // The lock comes last: it never tells of what is not there, even before anything is taken back.
      if (readFileSync(join(root, '.prod-docker/lock.json'), 'utf8') === '{"new":2}\n')
        expect(readFileSync(join(root, 'a/b/c'), 'utf8')).toBe('new\n')
      recover(root)
      if (isOldOrNew(treeOf(root))) complete++
      expect(recover(root)).toBeNull()
    }
    // Only between the last rename and the backup is the write already whole.
    expect(complete).toBeGreaterThan(0)
    expect(complete).toBeLessThan(5)
  })

  it('at any operation of the recovery too', () => {
    let crashes = 0
    for (let at = 1; at <= total; at += 4) {
      for (let second = 1; ; second++) {
        const { root, changes } = project()
        dies(at, 'dies halfway', (disk) => applyChanges(root, changes, { disk }))
        if (dies(second, second % 2 ? 'dies' : 'dies halfway', (disk) => recover(root, disk))) break
        crashes++
        bury(root)
        recover(root)
        isOldOrNew(treeOf(root))
        removeScratch()
      }
    }
    expect(crashes).toBeGreaterThan(400)
  })

  it('and an edit after it: the edit stays, and nothing else is mixed', () => {
    let refused = 0
    for (const path of ['Dockerfile', 'linked', 'a/b/c', '.prod-docker/lock.json', 'gone/for/good']) {
      for (let at = 1; at <= total; at++) {
        const { root, changes } = project()
        dies(at, 'dies', (disk) => applyChanges(root, changes, { disk }))
        if (!existsSync(join(root, path))) continue
        writeFileSync(join(root, path), 'EDITED')
        let error: unknown
        try {
          recover(root)
        } catch (thrown) {
          error = thrown
        }
        expect(readFileSync(join(root, path), 'utf8')).toBe('EDITED')
        if (error) {
          refused++
          expect(error).toMatchObject({ code: 5, message: expect.stringContaining(path) })
          const { hint } = error as CliError
          for (const kept of hint?.match(/\S+\/old\d+/g) ?? [])
            expect(existsSync(join(root, kept))).toBe(true)
          rmSync(join(root, '.prod-docker/txn'), { recursive: true })
          expect(recover(root)).toBeNull()
        }
        const without = (tree: Tree) => {
          const { [path]: _, ...rest } = tree
          if (path === 'linked') delete rest['other-name']
          // The folder of an edited file that the write made stays, of course.
          for (const folder of ['a/', 'a/b/']) delete rest[folder]
          return rest
        }
        expect([without(old), without(fresh)]).toContainEqual(without(treeOf(root)))
        removeScratch()
      }
    }
    expect(refused).toBeGreaterThan(20)
  })

  it('at any operation of an undo leaves all old or all new, and the undo can be repeated', () => {
    const undoing = operations((disk) => {
      const { root, changes } = project()
      applyChanges(root, changes)
      undoLast(root, { disk })
      expect(treeOf(root)).toEqual(old)
    })
    expect(undoing).toBeGreaterThan(40)
    for (let at = 1; at <= undoing; at++) {
      const { root, changes } = project()
      applyChanges(root, changes)
      expect(dies(at, 'dies', (disk) => undoLast(root, { disk }))).toBe(false)
      recover(root)
      if (isOldOrNew(treeOf(root))) undoLast(root)
      expect(treeOf(root)).toEqual(old)
    }
  })
})

describe('an error of the disk', () => {
  const total = operations((disk) => {
    const { root, changes } = project()
    applyChanges(root, changes, { disk })
  })
  const CODES = ['ENOSPC', 'EACCES', 'EROFS', 'EXDEV', 'EIO', 'EMFILE']

  it.each(CODES)('%s at any operation: one sentence, and the tree as it was', (code) => {
    for (let at = 1; at <= total; at++) {
      const { root, changes } = project()
      const { disk } = brittleDisk(at, { code })
      let error: unknown
      try {
        applyChanges(root, changes, { disk })
      } catch (thrown) {
        error = thrown
      }
      if (!error) {
        // After the end: tidying may fail, and is made up for.
        expect(treeOf(root)).toEqual(fresh)
        continue
      }
      expect(error).toBeInstanceOf(CliError)
      expect(error).toMatchObject({ code: 1 })
      expect((error as Error).message).toMatch(/^(Can't write .*Nothing was changed\.)$/)
      expect(treeOf(root)).toEqual(old)
      expect(recover(root)).toBeNull()
    }
  })

  it.each(CODES)('%s at any operation and ever after: the next run brings the tree back', (code) => {
    for (let at = 1; at <= total; at++) {
      const { root, changes } = project()
      const { disk } = brittleDisk(at, { code, lasting: true })
      try {
        applyChanges(root, changes, { disk })
      } catch (error) {
        expect(error).toMatchObject({ code: 1 })
      }
      recover(root)
      isOldOrNew(treeOf(root))
    }
  })

  it('is told with the file and in words', () => {
    const { root, changes } = project()
    const { disk } = brittleDisk(5, { code: 'ENOSPC' })
    expect(() => applyChanges(root, changes, { disk })).toThrow(
      /^Can't write .*: the disk is full\. Nothing was changed\.$/,
    )
  })
})

it('a write keeps nothing but its backup', () => {
  const { root, changes } = project()
  applyChanges(root, changes)
  expect(readdirSync(join(root, '.prod-docker')).sort()).toEqual(['.gitignore', 'backup', 'lock.json'])
  expect(readdirSync(join(root, '.prod-docker/backup'))).toEqual(['1'])
})
