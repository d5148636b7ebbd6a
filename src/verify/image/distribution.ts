import type { ImageContents, ImageFile } from './contents.ts'

/** Where dpkg says what its packages brought: sums of their files, and of their settings. */
const SUMS_RE = /^\/var\/lib\/dpkg\/(?:info|status\.d)\/[^/]+\.md5sums$/
const STATUS_RE = /^\/var\/lib\/dpkg\/status$/

export const recordBytes = ({ path }: ImageFile): number =>
  SUMS_RE.test(path) || STATUS_RE.test(path) ? 8 << 20 : 0

/** Files as the distribution published them, each as `path` and MD5: everybody has them, and nothing of the app's is in them. */
export function publishedFiles({ layers }: ImageContents): (file: ImageFile) => boolean {
  const known = new Set<string>()
  for (const { path, head } of layers.flatMap(({ files }) => files)) {
    const text = head?.toString('utf8') ?? ''
    if (SUMS_RE.test(path))
      for (const [, md5, name] of text.matchAll(/^([0-9a-f]{32}) +(.+)$/gm)) known.add(`/${name}\0${md5}`)
    else if (STATUS_RE.test(path))
      for (const [, name, md5] of text.matchAll(/^ (\/\S+) ([0-9a-f]{32})$/gm)) known.add(`${name}\0${md5}`)
  }
  return ({ path, md5 }) => md5 !== undefined && known.has(`${path}\0${md5}`)
}
