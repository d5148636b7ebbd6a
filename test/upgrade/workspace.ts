import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { LOCK_PATH } from '../../src/state/lock.ts'
import { ANSWERS_PATH } from '../../src/state/saved-answers.ts'
import { copyOf, type Fixture, filesBelow } from '../support/fixtures.ts'
import type { Released } from './releases.ts'

/** A copy of a fixture's project that is used over and over. */
export class Workspace {
  readonly root: string
  readonly #project: Map<string, Buffer>

  constructor(fixture: Fixture) {
    this.root = copyOf(fixture)
    this.#project = new Map(filesBelow(this.root).map((path) => [path, readFileSync(join(this.root, path))]))
  }

  /** The project with these files of a release, and nothing else. */
  reset(files: ReadonlyMap<string, string>, { lock, answers }: Released): void {
    const wanted = new Map<string, string | Buffer>([...this.#project, ...files, [LOCK_PATH, lock]])
    if (answers) wanted.set(ANSWERS_PATH, answers)
    for (const path of filesBelow(this.root)) if (!wanted.has(path)) rmSync(join(this.root, path))
    for (const [path, content] of wanted) {
      const now = this.read(path)
      if (now !== undefined && Buffer.from(content).equals(now)) continue
      mkdirSync(dirname(join(this.root, path)), { recursive: true })
      writeFileSync(join(this.root, path), content)
    }
  }

  read(path: string): Buffer | undefined {
    return bytesOf(this.root, path)
  }

  text(path: string): string | undefined {
    return textOf(this.root, path)
  }

  stamp(): string {
    return stampOf(this.root)
  }
}

function bytesOf(root: string, path: string): Buffer | undefined {
  try {
    return readFileSync(join(root, path))
  } catch {
    return undefined
  }
}

export const textOf = (root: string, path: string): string | undefined =>
  bytesOf(root, path)?.toString('utf8')

/** Every file with the time of its last write. */
export function stampOf(root: string): string {
  return filesBelow(root)
    .map((path) => `${path} ${statSync(join(root, path)).mtimeMs}`)
    .join('\n')
}

export const plain = (text: string): string => text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')

/** What the merge may not lose, nor bring back, line by line: each line with how often it stands there. */
export function countLines(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of plain(text)
    .split('\n')
    .map((one) => one.trimEnd()))
    if (line) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

/** Where each mark stands: the stage of a Dockerfile, the path of a YAML value (places in lists apart). */
export function placesOf(marks: readonly string[], id: string, text: string): string[] {
  const found: string[] = []
  const note = (content: string, place: string) => {
    for (const mark of marks) if (content.includes(mark)) found.push(`${mark} in ${place}`)
  }
  if (id === 'dockerfile') {
    let stage = 'the head'
    let above: string[] = []
    for (const line of plain(text).split('\n')) {
      above.push(line)
      // Comments belong to what they stand above.
      if (/^\s*(#|$)/.test(line)) continue
      stage = /^FROM .*?(\S+)\s*$/i.exec(line)?.[1] ?? stage
      for (const one of above) note(one, stage)
      above = []
    }
    for (const one of above) note(one, stage)
  } else if (id === 'compose' || id === 'ci') {
    const walk = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null) note(String(value), path)
      else
        for (const [key, inner] of Object.entries(value)) {
          const here = Array.isArray(value) ? `${path}.*` : `${path}.${key}`
          note(Array.isArray(value) ? '' : key, here)
          walk(inner, here)
        }
    }
    walk(parse(text, { merge: true }), '')
  }
  return [...new Set(found)].sort()
}
