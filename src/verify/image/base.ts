import { readDockerfile } from '../../dockerfile-reader/read.ts'
import { rootImage } from '../../dockerfile-reader/stages.ts'
import type { Engine } from '../../engine/engine.ts'
import { labelArgs, type Session } from '../session.ts'
import type { Base } from './save.ts'

/** The image at the bottom of the last stage; null where it takes a build argument to know. */
export function baseReference(dockerfile: string): string | null {
  const last = readDockerfile(dockerfile).stages.at(-1)
  const ref = last ? rootImage(last) : ''
  return /^[\w][\w.\-/:@]*$/.test(ref) ? ref : null
}

/** The layers of an image by reference or id, from the bottom; null where the engine does not have it. */
export async function layersOf(
  engine: Engine,
  ref: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<string[] | null> {
  const { code, stdout } = await engine.run(
    ['image', 'inspect', '--format', '{{json .RootFS.Layers}}', ref],
    signal ? { signal } : {},
  )
  if (code !== 0) return null
  try {
    const layers = JSON.parse(stdout) as string[] | null
    return layers ?? []
  } catch {
    return null
  }
}

/** The base of an image, where its layers are really at the bottom of the image's. */
export async function findBase(
  engine: Engine,
  {
    dockerfile,
    layers: all,
    session,
    signal,
  }: { dockerfile: string; layers: readonly string[]; session: Session; signal?: AbortSignal },
): Promise<Base | null> {
  const ref = baseReference(dockerfile)
  if (ref === null) return null
  if (ref === 'scratch') return { ref, layers: [] }
  const options = signal ? { signal } : {}
  const isBelow = (layers: readonly string[] | null) =>
    layers !== null && layers.length > 0 && layers.every((id, index) => all[index] === id)
  const tagged = await layersOf(engine, ref, options)
  if (isBelow(tagged)) return { ref, layers: tagged as string[] }
  // BuildKit keeps the bases of its builds without a tag: an image of nothing but the base shows its layers.
  const name = session.image('base')
  await engine.run(['build', '--tag', name, ...labelArgs(session), '-'], {
    ...options,
    input: `FROM ${ref}\n`,
  })
  const built = await layersOf(engine, name, options)
  return isBelow(built) ? { ref, layers: built as string[] } : null
}
