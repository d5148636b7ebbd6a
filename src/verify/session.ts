import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Engine } from '../engine/engine.ts'

/** The label of everything that a run makes; its value is the run's own name. */
export const LABEL = 'create-prod-docker'
/** Beside it: the process that made it, so that a later run knows what nobody will take away any more. */
export const OWNER = `${LABEL}.owner`

/** The names of one run, which no other run has, and what takes them all away again. */
export interface Session {
  /** `cpd-3f9a1c2e`: compose project, prefix of containers, networks and volumes. */
  id: string
  /** Reference of an image of this run: `image('edited')`. */
  image(name: string): string
  labels: Readonly<Record<string, string>>
}

/** What is kept has no owner: no later run takes it away. */
export function newSession({ keep = false } = {}): Session {
  const id = `cpd-${randomBytes(4).toString('hex')}`
  return {
    id,
    image: (name) => `${id}/${name}:verify`,
    labels: { [LABEL]: id, ...(!keep && { [OWNER]: `${process.pid}@${hostname()}` }) },
  }
}

/** The labels as arguments of a command. */
export const labelArgs = ({ labels }: Pick<Session, 'labels'>): string[] =>
  Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`])

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

/** Takes away what runs on this machine left that were killed before they could. What it cannot tell of, stays. */
export async function sweep(engine: Engine): Promise<string[]> {
  const options = { timeout: 30_000 }
  const filter = ['--filter', `label=${OWNER}`]
  const labels = `{{.Label "${LABEL}"}} {{.Label "${OWNER}"}}`
  const kinds = [
    ['container', 'ls', '--all'],
    ['network', 'ls'],
    ['volume', 'ls'],
  ]
  const lists = await Promise.all([
    ...kinds.map((kind) => engine.run([...kind, ...filter, '--format', labels], options)),
    engine.run(['image', 'ls', '--quiet', '--no-trunc', ...filter], options).then(async ({ stdout }) => {
      const ids = [...new Set(stdout.split('\n').filter(Boolean))]
      const each = `{{index .Config.Labels "${LABEL}"}} {{index .Config.Labels "${OWNER}"}}`
      return ids.length > 0
        ? engine.run(['image', 'inspect', '--format', each, ...ids], options)
        : { stdout: '' }
    }),
  ])
  const left = new Set<string>()
  for (const line of lists.flatMap(({ stdout }) => stdout.split('\n'))) {
    const [, id, pid = '', host] = /^(cpd-[0-9a-f]{8}) (\d+)@(.+)$/.exec(line.trim()) ?? []
    if (id && host === hostname() && !isAlive(Number(pid))) left.add(id)
  }
  for (const id of left) await cleanUp(engine, { id })
  return [...left]
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
