import { readDockerfile } from '../dockerfile-reader/read.ts'
import { hidden } from '../ignore.ts'

/** What a Dockerfile takes from the context by name, and a .dockerignore would keep from it. */
export function hiddenBy(ignore: string, dockerfile: string): string[] {
  return hidden(ignore, namedIn(dockerfile))
}

/** Sources of COPY and ADD, and of bind mounts: without wildcards, which take what is there. */
function namedIn(text: string): string[] {
  return readDockerfile(text)
    .instructions.flatMap(({ keyword, flags, json, args }) => {
      const isCopy = keyword === 'COPY' || keyword === 'ADD'
      const mounts = flags
        .filter(({ name, value }) => name === 'mount' && /type=bind/.test(value) && !/from=/.test(value))
        .flatMap(({ value }) => /(?:source|src)=([^,]+)/.exec(value)?.[1] ?? [])
      return isCopy && !flags.some(({ name }) => name === 'from')
        ? (json ?? args.split(/\s+/)).slice(0, -1)
        : mounts
    })
    .map((path) => path.replace(/^(?:\.?\/)+|\/+$/g, ''))
    .filter((path) => path !== '' && path !== '.' && !/[*?[$]|:\/\/|^<</.test(path))
}
