import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Change } from '../../../src/write/commit.ts'

export type Tree = Record<string, string>

/** Every file with its bytes and permissions, and every folder; without backups, and the state's own folder if empty. */
export function treeOf(root: string, under = ''): Tree {
  const tree: Tree = {}
  for (const name of readdirSync(join(root, under)).sort()) {
    const path = `${under}${name}`
    if (path === '.prod-docker/backup') continue
    const stat = lstatSync(join(root, path))
    if (stat.isDirectory())
      Object.assign(tree, path === '.prod-docker' ? {} : { [`${path}/`]: '' }, treeOf(root, `${path}/`))
    else tree[path] = `${(stat.mode & 0o777).toString(8)} ${readFileSync(join(root, path), 'base64')}`
  }
  return tree
}

/** Thousands of small trees are made and dropped here: in memory, where the system has such a place. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const made: string[] = []

export function scratchFolder(): string {
  const folder = mkdtempSync(join(SCRATCH, 'cpd-'))
  made.push(folder)
  return folder
}

export function removeScratch(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A project before its second run, with every kind of file that a write can meet. */
export function project(): { root: string; changes: Change[] } {
  const root = scratchFolder()
  const changes: Change[] = []
  const put = (path: string, before: string | Buffer | null, after: string | Buffer | null, mode = 0o644) => {
    const bytes = before === null ? null : Buffer.from(before)
    changes.push({ path, before: bytes, after })
    if (bytes) writeAt(root, path, bytes, mode)
  }
  put('.prod-docker/lock.json', '{"old":1}\n', '{"new":2}\n')
  put('Dockerfile', 'FROM old\n', 'FROM new\nRUN more\n')
  put('compose.yaml', 'a: 1\r\nb: 2\r\n', 'a: 1\r\nb: 3\r\n')
  put('deploy/run.sh', '#!/bin/sh\nold\n', '#!/bin/sh\nnew\n', 0o755)
  put('read-only', 'never touch\n', 'touched\n', 0o444)
  put('binary', Buffer.from([0, 255, 254, 10, 128]), Buffer.from([1, 255, 0]))
  put('gone/for/good', 'bye\n', null)
  put('.github/workflows/docker.yml', null, 'on: push\n')
  put('a/b/c', null, 'new\n')
  put('linked', `shared ${'old '.repeat(40)}`, `shared ${'new '.repeat(20)}`)
  linkSync(join(root, 'linked'), join(root, 'other-name'))
  writeAt(root, 'src/app.ts', Buffer.from('mine\n'), 0o600)
  return { root, changes }
}

export function writeAt(root: string, path: string, bytes: Buffer | string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), bytes)
  chmodSync(join(root, path), mode)
}

/** What the system does for a process that died: its number is nobody's. Here it was our own, and we live. */
export function bury(root: string): void {
  rmSync(join(root, '.prod-docker/run.lock'), { force: true })
}
