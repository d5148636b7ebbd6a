import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { applyPlan } from '../../src/apply.ts'
import type { Plan, PlannedFile } from '../../src/plan.ts'
import { filesBelow, removeTemporaryFolders, temporaryFolder } from '../support/fixtures.ts'

afterAll(removeTemporaryFolders)

const file = (path: string, before: string | null, after: string): PlannedFile => ({
  id: path,
  path,
  action: before === null ? 'create' : 'update',
  reason: '',
  before,
  after,
})
const plan = (...files: PlannedFile[]): Plan => ({ mode: 'create', files, pending: false, changes: true })
const tree = (root: string) => filesBelow(root).map((path) => [path, readFileSync(join(root, path), 'utf8')])

describe('the one writer', () => {
  it('writes all files, and makes their folders', () => {
    const root = temporaryFolder()
    applyPlan(root, plan(file('a', null, '1'), file('deep/er/b', null, '2')))
    expect(tree(root)).toEqual([
      ['a', '1'],
      ['deep/er/b', '2'],
    ])
  })

  it('does not touch a file that changed since the plan, nor any other', () => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'b'), 'theirs')
    expect(() => applyPlan(root, plan(file('a', null, '1'), file('b', 'old', 'new')))).toThrow(
      'b changed while this ran',
    )
    expect(tree(root)).toEqual([['b', 'theirs']])
  })

  it('takes back what it wrote when a later file fails', () => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'a'), 'old')
    writeFileSync(join(root, 'in-the-way'), 'a file')
    const before = tree(root)
    expect(() =>
      applyPlan(
        root,
        plan(file('a', 'old', 'new'), file('fresh/b', null, '2'), file('in-the-way/c', null, '3')),
      ),
    ).toThrow("Can't write here")
    expect(tree(root)).toEqual(before)
  })

  it('takes back a replaced file when the folder of a later one turns up', () => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'a'), 'old')
    const files = [file('a', 'old', 'new'), file('b', null, '2')]
    mkdirSync(join(root, 'b'))
    expect(() => applyPlan(root, plan(...files))).toThrow()
    rmSync(join(root, 'b'), { recursive: true })
    expect(tree(root)).toEqual([['a', 'old']])
  })

  it('never writes through a link that stands where a temporary file would', () => {
    const root = temporaryFolder()
    const outside = temporaryFolder()
    symlinkSync(join(outside, 'x'), join(root, `a.${process.pid}.tmp`))
    expect(() => applyPlan(root, plan(file('a', null, '1')))).toThrow()
    expect(filesBelow(outside)).toEqual([])
  })
})
