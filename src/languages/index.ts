import type { Language } from './types.ts'

/**
 * The registry. `signs` and `endings` are looked at before a language's code is loaded: a run pays for the languages that it
 * meets. Order does not decide; evidence does.
 */
export const LANGUAGES: readonly {
  id: string
  signs: readonly string[]
  endings: readonly string[]
  load: () => Promise<Language>
}[] = [
  {
    id: 'node',
    signs: ['package.json'],
    endings: [],
    load: async () => (await import('./node/index.ts')).node,
  },
  {
    id: 'python',
    signs: [
      'pyproject.toml',
      'requirements.txt',
      'Pipfile',
      'setup.py',
      'setup.cfg',
      'manage.py',
      'uv.lock',
      'poetry.lock',
      'pdm.lock',
      'requirements',
    ],
    endings: ['.py', 'requirements.txt', 'requirements.in'],
    load: async () => (await import('./python/index.ts')).python,
  },
]
