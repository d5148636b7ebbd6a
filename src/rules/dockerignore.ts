import { checked } from './checks.ts'
import type { Rule } from './types.ts'

const CONTEXT = 'https://docs.docker.com/build/concepts/context/#dockerignore-files'

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

export const DOCKERIGNORE_RULES: readonly Rule[] = [
  checked(
    {
      id: 'PD030',
      title: 'Secrets never enter the context',
      why: 'COPY . . takes all that was sent. A key that is never sent can be in no layer, not even by mistake.',
      refs: [CONTEXT, 'CIS Docker 4.10'],
      artefact: 'dockerignore',
    },
    (text) => [
      ...(hits(text, /^\.env(?:\*|\.\*)?$/) ? [] : [{ message: '.env is sent to each build.' }]),
      ...(hits(text, /^\*\.(?:pem|key)$/)
        ? []
        : [{ message: 'Private keys (*.pem, *.key) are sent to each build.' }]),
    ],
  ),
  checked(
    {
      id: 'PD031',
      title: 'Dependencies, output and history stay out of the context',
      why: 'What the build makes by itself is only in its way: a node_modules of another system overwrites the right one, and each commit changes .git and with it every layer after COPY.',
      refs: [CONTEXT, 'https://docs.docker.com/build/cache/optimize/#keep-the-context-small'],
      artefact: 'dockerignore',
    },
    (text) => [
      ...(hits(text, /^\.git$/) || patterns(text).some(({ pattern }) => pattern === '!.git')
        ? []
        : [{ message: '.git is sent to each build.' }]),
      ...(hits(text, /^(?:node_modules|\.venv|venv|__pycache__|target|vendor)$/)
        ? []
        : [{ message: 'Installed dependencies are sent to each build.' }]),
    ],
  ),
  checked(
    {
      id: 'PD032',
      title: 'What the build needs is never ignored',
      why: 'A lockfile, or a README that the manifest names, that is missing in the context breaks the build in a way that is hard to see. Such files are taken back in.',
      refs: ['build check CopyIgnoredFile', CONTEXT],
      artefact: 'dockerignore',
    },
    (text) => {
      const all = patterns(text)
      const needed =
        /^(?:\*\*\/)?(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|bun\.lockb?|uv\.lock|poetry\.lock|pdm\.lock|Pipfile(?:\.lock)?|pyproject\.toml|requirements[\w-]*\.txt|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|\*\.(?:lock|toml|json|txt))$/
      return all
        .filter(
          ({ pattern, line }) =>
            needed.test(pattern) &&
            !all.some((other) => other.line > line && other.pattern === `!${pattern}`),
        )
        .map(({ pattern, line }) => ({ message: `${pattern} is needed by the build.`, line }))
    },
  ),
]
