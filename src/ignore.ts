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
