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
 * found too. Returns what could not be removed.
 */
export async function cleanUp(engine: Engine, { id }: Pick<Session, 'id'>): Promise<string[]> {
  const options = { detached: true, timeout: 120_000 }
  const ids = async (args: string[]) =>
    (await engine.run(args, options)).stdout.split('\n').filter((line) => line.trim() !== '')
  const filters = [`label=${LABEL}=${id}`, `label=com.docker.compose.project=${id}`]
  const kinds = [
    {
      list: ['container', 'ls', '--all', '--quiet', '--no-trunc'],
      remove: ['container', 'rm', '--force', '--volumes'],
    },
    { list: ['network', 'ls', '--quiet', '--no-trunc'], remove: ['network', 'rm'] },
    { list: ['volume', 'ls', '--quiet'], remove: ['volume', 'rm', '--force'] },
  ]
  const left: string[] = []
  for (const { list, remove } of kinds) {
    const found = new Set<string>()
    for (const filter of filters) for (const one of await ids([...list, '--filter', filter])) found.add(one)
    if (found.size === 0) continue
    const removed = await engine.run([...remove, ...found], options)
    if (removed.code !== 0) left.push(removed.stderr)
  }
  const images = await ids(['image', 'ls', '--quiet', '--no-trunc', '--filter', `label=${LABEL}=${id}`])
  const named = await ids([
    'image',
    'ls',
    '--format',
    '{{.Repository}}:{{.Tag}}',
    '--filter',
    `reference=${id}/*`,
  ])
  const gone = [...new Set([...named, ...images])]
  if (gone.length > 0) {
    const removed = await engine.run(['image', 'rm', '--force', ...gone], options)
    if (removed.code !== 0 && !/no such image|not known/i.test(removed.stderr)) left.push(removed.stderr)
  }
  return left
}
