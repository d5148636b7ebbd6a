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
  /** Of a link; of a hard link, absolute. */
  target?: string
  /** Carries file capabilities: more rights than its user has, like setuid. */
  capable?: true
  /** The start of a file that the reader was asked to keep. */
  head?: Buffer
  /** What looks like a secret in the content of a file that the reader was asked to look into. */
  secrets?: Hint[]
  /** Of such a file of the system: whether it is as the distribution published it. */
  md5?: string
}

/** What gives a secret away, and never the secret: its kind, and how it starts. */
export interface Hint {
  kind: string
  start: string
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
  /** Paths that it takes away from layers below; with `/` at the end, all that is below the path. */
  removed: string[]
}

/** An image, layer by layer, from the bottom. */
export interface ImageContents {
  layers: ImageLayer[]
  /** Every line of the history, those without a layer too (ENV, ARG). */
  history: string[]
  /** What the image stands on; null: not known, and then no layer counts as the base's. */
  base: string | null
}
