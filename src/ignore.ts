import type { Project } from './project.ts'

/** Whether Git leaves it out, as far as the root's .gitignore tells: it exists on this machine alone. */
export function gitIgnores(project: Project, path: string): boolean {
  // A name without a slash counts in every folder.
  const lines = (project.source('.gitignore') ?? '').replace(
    /^(!?)(?!#)([^/\n]+?)\/?$/gm,
    (_all, not: string, name: string) => `${not}**/${name}`,
  )
  return hidden(lines, [path]).length > 0
}

/** Whether a clone of the project has the folder, and what is in it. */
export const committedFolder = (project: Project, name: string): boolean =>
  project.hasFolder(name) && !gitIgnores(project, `${name}/any`)

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

/** A path that is a line as it is: no pattern, and no comment. */
export const isPlainLine = (path: string): boolean => /^[\w./-]+$/.test(path)
