import { randomBytes } from 'node:crypto'
import type { Engine } from '../engine/engine.ts'

/** The label of everything that a run makes; its value is the run's own name. */
export const LABEL = 'create-prod-docker'

/** The names of one run, which no other run has, and what takes them all away again. */
export interface Session {
  /** `cpd-3f9a1c2e`: compose project, prefix of containers, networks and volumes. */
  id: string
  /** Reference of an image of this run: `image('edited')`. */
  image(name: string): string
  /** `--label` and its value. */
  labels: readonly string[]
}

export function newSession(): Session {
  const id = `cpd-${randomBytes(4).toString('hex')}`
  return {
    id,
    image: (name) => `${id}/${name}:verify`,
    labels: ['--label', `${LABEL}=${id}`],
  }
}

/**
 * Takes away what this run made. Found by label and name, not by memory: what a step started and could not finish is
 * found too, and looked for again until nothing is. Returns what could not be removed.
 */
export async function cleanUp(engine: Engine, { id }: Pick<Session, 'id'>): Promise<string[]> {
  // Its own group of processes: a second Ctrl-C must not reach it.
  const options = { detached: true, timeout: 120_000 }
  const listed = async (args: string[]): Promise<string[]> => {
    const { code, stdout, all } = await engine.run(args, options)
    if (code !== 0) throw new Error(all || `${args.slice(0, 2).join(' ')} ended with ${code}`)
    return stdout.split('\n').filter((line) => line.trim() !== '')
  }
  const mine = [`label=${LABEL}=${id}`, `label=com.docker.compose.project=${id}`]
  const kinds = [
    {
      list: ['container', 'ls', '--all', '--quiet', '--no-trunc'],
      filters: mine,
      remove: ['container', 'rm', '--force', '--volumes'],
    },
    { list: ['network', 'ls', '--quiet', '--no-trunc'], filters: mine, remove: ['network', 'rm'] },
    { list: ['volume', 'ls', '--quiet'], filters: mine, remove: ['volume', 'rm', '--force'] },
    {
      list: ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'],
      filters: [`reference=${id}/*`, `reference=*/${id}/*`],
      remove: ['image', 'rm', '--force'],
    },
    {
      list: ['image', 'ls', '--quiet', '--no-trunc'],
      filters: mine.slice(0, 1),
      remove: ['image', 'rm', '--force'],
    },
  ]
  const look = async ({ list, filters }: (typeof kinds)[number]) => {
    const found = await Promise.all(filters.map((filter) => listed([...list, '--filter', filter])))
    return [...new Set(found.flat())]
  }
  let left: string[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      left = []
      let found = 0
      for (const kind of kinds) {
        const ids = await look(kind)
        found += ids.length
        if (ids.length === 0) continue
        const removed = await engine.run([...kind.remove, ...ids], options)
        if (removed.code !== 0) left.push(removed.stderr || `${kind.list[0]} ${ids.join(' ')}`)
      }
      if (found === 0) return []
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  return left
}

/** What an engine was still making when it was stopped appears a moment later. */
const ROUNDS = 4
