import { readDockerfile } from '../dockerfile-reader/read.ts'

/** What a Dockerfile takes from the context by name, and a .dockerignore would keep from it. */
export function hiddenBy(ignore: string, dockerfile: string): string[] {
  return hidden(ignore, namedIn(dockerfile))
}

/** The paths that a .dockerignore keeps out: the last line that fits decides. */
export function hidden(ignore: string, paths: readonly string[]): string[] {
  const patterns = ignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      keeps: line.startsWith('!'),
      re: toRegExp(line.replace(/^!/, '').replace(/^\/+|\/+$/g, '')),
    }))
  return [...new Set(paths)].filter((path) => {
    const parts = path.split('/')
    const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
    const last = patterns.findLast(({ re }) => above.some((one) => re.test(one)))
    return last !== undefined && !last.keeps
  })
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

function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (wild) =>
      wild === '**/' ? '(?:.*/)?' : wild === '**' ? '.*' : wild === '*' ? '[^/]*' : '[^/]',
    )
  try {
    return new RegExp(`^${source}$`)
  } catch {
    return /^$/ // half a class of characters
  }
}
