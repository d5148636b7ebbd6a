import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Verification } from '../types.ts'
import { findBase } from './base.ts'
import type { ImageContents } from './contents.ts'
import { recordBytes } from './distribution.ts'
import { runtimeUser, USER_FILES } from './files.ts'
import { type Filesystem, mergeLayers } from './filesystem.ts'
import { manifestBytes, type Stray, strays } from './packages.ts'
import { readImage } from './save.ts'
import { masked, watchForSecrets } from './secrets.ts'
import { type Measured, measure } from './size.ts'
import { readWanted } from './wanted.ts'

/** An image, read and laid out: what all steps over its content share. */
export interface Look {
  image: NonNullable<Verification['image']>
  workdir: string
  contents: ImageContents
  filesystem: Filesystem
  strays: Stray[]
  measured: Measured
}

const looks = new WeakMap<Verification, Promise<Look>>()

/** Reads the image once for all steps, and fills `contents` and `report`. */
export function lookInside(verification: Verification): Promise<Look> {
  let look = looks.get(verification)
  if (!look) {
    look = readOnce(verification)
    looks.set(verification, look)
    // A step that was stopped half-way leaves nothing behind for the next one.
    look.catch(() => looks.delete(verification))
  }
  return look
}

async function readOnce(verification: Verification): Promise<Look> {
  const { engine, session, signal, image, project } = verification
  if (!image) throw new Error('There is no image: build comes first.')
  const workdir = image.config.workdir || '/'
  verification.progress('finding the base image')
  const base = await findBase(engine, {
    dockerfile: readFileSync(join(project.root, verification.dockerfile), 'utf8'),
    layers: image.layers,
    session,
    signal,
  })
  verification.progress('reading the layers')
  const contents = await readImage(engine.stream([...engine.info.dialect.save, image.ref], { signal }), {
    base,
    keep: (file) => (USER_FILES.includes(file.path) ? 1 << 20 : manifestBytes(file) || recordBytes(file)),
    watch: watchForSecrets(workdir),
  })
  signal.throwIfAborted()
  const filesystem = mergeLayers(contents.layers)
  const found = strays(filesystem, await readWanted(verification.project))
  const measured = measure(contents, filesystem, { workdir, strays: found })
  verification.contents = contents
  Object.assign(verification.report, {
    id: image.id,
    base: contents.base,
    user: image.config.user,
    bytes: measured.bytes,
    floor: measured.floor,
    layers: measured.layers.map((layer) => ({ ...layer, createdBy: masked(layer.createdBy) })),
  })
  return { image, workdir, contents, filesystem, strays: found, measured }
}

/** The user that the image's containers run as. */
export const userOf = ({ image, filesystem }: Look) => runtimeUser(image.config.user, filesystem)
