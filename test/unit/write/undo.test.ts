import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { applyChanges } from '../../../src/write/commit.ts'
import { undoLast } from '../../../src/write/undo.ts'
import { project, removeScratch, scratchFolder, type Tree, treeOf, writeAt } from './trees.ts'

afterEach(removeScratch)

/** Writes version after version of two files; gives the trees in between. */
function history(root: string, count: number): Tree[] {
  const trees = [treeOf(root)]
  for (let version = 1; version <= count; version++) {
    const change = (path: string) => ({
      path,
      before: version === 1 ? null : Buffer.from(`${path} ${version - 1}`),
      after: `${path} ${version}`,
    })
    applyChanges(root, [change('.prod-docker/lock.json'), change('deep/Dockerfile')])
    trees.push(treeOf(root))
  }
  return trees
}

describe('undo', () => {
  it('goes back write by write, to a tree without a trace', () => {
    const root = scratchFolder()
    const trees = history(root, 3)
    for (const tree of trees.slice(0, -1).reverse()) {
      expect(undoLast(root)?.files.length).toBeGreaterThan(0)
      expect(treeOf(root)).toEqual(tree)
    }
    expect(undoLast(root)).toBeNull()
    expect(readdirSync(root)).toEqual([])
  })

  it('keeps five writes', () => {
    const root = scratchFolder()
    const trees = history(root, 8)
    expect(readdirSync(join(root, '.prod-docker/backup')).sort()).toEqual(['4', '5', '6', '7', '8'])
    for (let back = 1; back <= 5; back++) undoLast(root)
    expect(treeOf(root)).toEqual(trees[3])
    expect(undoLast(root)).toBeNull()
  })

  it('refuses as a whole where a file changed since, and says where the old text is', () => {
    const root = scratchFolder()
    history(root, 2)
    writeFileSync(join(root, 'deep/Dockerfile'), 'EDITED')
    const before = treeOf(root)
    expect(() => undoLast(root)).toThrow(
      expect.objectContaining({
        code: 5,
        message: 'deep/Dockerfile changed since the last write: nothing was taken back.',
        hint: expect.stringContaining('.prod-docker/backup/2'),
      }),
    )
    expect(treeOf(root)).toEqual(before)
  })

  it('brings back permissions, deleted files and binary ones', () => {
    const { root, changes } = project()
    const before = treeOf(root)
    applyChanges(root, changes)
    expect(undoLast(root, { preview: true })?.files).toContainEqual({
      path: 'gone/for/good',
      action: 'restore',
    })
    undoLast(root)
    expect(treeOf(root)).toEqual(before)
  })

  it('refuses a backup whose text is not what it was', () => {
    const root = scratchFolder()
    history(root, 2)
    const kept = join(root, '.prod-docker/backup/2')
    for (const name of readdirSync(kept).filter((file) => file.startsWith('old')))
      writeFileSync(join(kept, name), 'other')
    const before = treeOf(root)
    expect(() => undoLast(root)).toThrow('is damaged')
    expect(treeOf(root)).toEqual(before)
  })
})

describe('what a write leaves alone', () => {
  it('a link, and a folder, in the place of a file', () => {
    const root = scratchFolder()
    writeAt(root, 'real', 'x')
    symlinkSync('real', join(root, 'Dockerfile'))
    writeAt(root, 'compose.yaml/x', 'x')
    for (const [path, says] of [
      ['Dockerfile', 'is a link'],
      ['compose.yaml', 'is a folder'],
      ['real/x', "Can't write real/x: a file stands where a folder should be"],
    ] as const)
      expect(() => applyChanges(root, [{ path, before: null, after: 'y' }])).toThrow(says)
    expect(readFileSync(join(root, 'real'), 'utf8')).toBe('x')
    expect(readdirSync(root).sort()).toEqual(['Dockerfile', 'compose.yaml', 'real'])
  })

  it.each(['.prod-docker', '.prod-docker/backup'])('%s, where it is a link out of the project', (link) => {
    const root = scratchFolder()
    const outside = scratchFolder()
    mkdirSync(dirname(join(root, link)), { recursive: true })
    symlinkSync(outside, join(root, link))
    expect(() => applyChanges(root, [{ path: 'a', before: null, after: 'y' }])).toThrow(
      'outside of the project',
    )
    expect(readdirSync(outside)).toEqual([])
  })
})
