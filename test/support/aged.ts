import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, LOCK_PATH, pack, unpack } from '../../src/state/lock.ts'

/**
 * Makes a written project one of an older release: what the lock remembers of a file is changed, and the file with it, so
 * that today's text is the newer one.
 */
export function age(root: string, id: string, change: (text: string) => string): void {
  const path = join(root, LOCK_PATH)
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  const entry = lock.files[id]
  const old = change(unpack(entry.z))
  if (old === unpack(entry.z)) throw new Error(`nothing is older in ${id}`)
  lock.files[id] = { ...entry, sha256: hashOf(old), z: pack(old) }
  writeFileSync(path, JSON.stringify({ ...lock, generator: '0.0.1' }))
  writeFileSync(join(root, entry.path), old)
}
