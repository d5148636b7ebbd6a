/** A file as one layer brings it. */
export interface ImageFile {
  /** Absolute, with `/`, as it is in the container. */
  path: string
  type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other'
  bytes: number
  /** Permission bits with setuid, setgid and sticky. */
  mode: number
  uid: number
  gid: number
  /** Of a link. */
  target?: string
  /** The start of a file that the reader was asked to keep. */
  head?: Buffer
}

export interface ImageLayer {
  digest: string
  /** From the image's history. */
  createdBy: string
  /** Of the base image: brought by others. */
  base: boolean
  /** Sum of its files. */
  bytes: number
  files: ImageFile[]
  /** Paths that it takes away from layers below. */
  removed: string[]
}

/** An image, layer by layer, from the bottom. */
export interface ImageContents {
  layers: ImageLayer[]
}
