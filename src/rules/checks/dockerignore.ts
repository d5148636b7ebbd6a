import type { Checks } from './types.ts'

function patterns(text: string): { pattern: string; line: number }[] {
  return text.split('\n').flatMap((raw, index) => {
    const pattern = raw.trim()
    return pattern === '' || pattern.startsWith('#') ? [] : [{ pattern, line: index + 1 }]
  })
}

/** Whether a pattern of the list hits one of these names, whichever way people write it. */
function hits(text: string, names: RegExp): boolean {
  return patterns(text).some(
    ({ pattern }) =>
      !pattern.startsWith('!') &&
      (pattern === '*' ||
        pattern === '**' ||
        names.test(pattern.replace(/^(?:\.?\/)?(?:\*\*\/)?/, '').replace(/\/$/, ''))),
  )
}

export const DOCKERIGNORE_CHECKS: Checks = {
  PD030: (text) => [
    ...(hits(text, /^\.env(?:\*|\.\*)?$/) ? [] : [{ message: '.env is sent to each build.' }]),
    ...(hits(text, /^\*\.(?:pem|key)$/)
      ? []
      : [{ message: 'Private keys (*.pem, *.key) are sent to each build.' }]),
  ],
  PD031: (text) => [
    ...(hits(text, /^\.git$/) || patterns(text).some(({ pattern }) => pattern === '!.git')
      ? []
      : [{ message: '.git is sent to each build.' }]),
    ...(hits(text, /^(?:node_modules|\.venv|venv|__pycache__|target|vendor)$/)
      ? []
      : [{ message: 'Installed dependencies are sent to each build.' }]),
  ],
  PD032: (text) => {
    const all = patterns(text)
    const needed =
      /^(?:\*\*\/)?(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|bun\.lockb?|uv\.lock|poetry\.lock|pdm\.lock|Pipfile(?:\.lock)?|pyproject\.toml|requirements[\w-]*\.txt|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|\*\.(?:lock|toml|json|txt))$/
    return all
      .filter(
        ({ pattern, line }) =>
          needed.test(pattern) && !all.some((other) => other.line > line && other.pattern === `!${pattern}`),
      )
      .map(({ pattern, line }) => ({ message: `${pattern} is needed by the build.`, line }))
  },
}
