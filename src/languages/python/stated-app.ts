import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { type AppRef, sourceFile } from './code.ts'
import { serverOf } from './servers.ts'

/** Options that name the folder where imports start. */
const FOLDER_OPTIONS = new Set(['--chdir', '--app-dir', '--pythonpath', '--working-dir'])

/** `shop.wsgi:app` in the line of a server, or of `flask --app`: the app that people start. */
export function statedApp(project: Project, argv: Argv): AppRef | null {
  const [program = '', ...rest] = argv
  const words = rest.flatMap((word) => (word.startsWith('--') ? word.split('=') : [word]))
  if (program === 'flask') {
    const name = words[words.findIndex((word) => word === '--app' || word === '-A') + 1]
    return name && words.includes('run') ? reference(project, name, [''], 'app') : null
  }
  if (!serverOf(argv) && program !== 'sanic') return null
  const folders = words.flatMap((word, index) =>
    FOLDER_OPTIONS.has(words[index - 1] ?? '') ? [word.replace(/^\.?\/|\/$/g, '')] : [],
  )
  const roots = [...folders, '', 'src']
  const named = words.filter((word) => word.includes(':'))
  // gunicorn takes a module alone for its `application`.
  for (const word of [...named, ...(program === 'gunicorn' ? words.toReversed() : [])]) {
    const app = reference(project, word, roots, 'application')
    if (app)
      return { ...app, factory: app.factory || words.includes('--factory') || words.includes('--call') }
  }
  return null
}

/** Only what a file of the project can be. */
function reference(
  project: Project,
  word: string,
  roots: readonly string[],
  fallback: string,
): AppRef | null {
  const match = /^([A-Za-z_][\w.]*?)(?:\.py)?(?::([A-Za-z_][\w.]*)(\(\))?)?$/.exec(word)
  if (!match) return null
  const [, module = '', attribute = fallback, call] = match
  for (const root of roots) {
    const path = [...(root ? [root] : []), ...module.split('.')].join('/')
    const file = project.first([`${path}.py`, `${path}/__init__.py`])
    const code = file && sourceFile(project, file)
    if (!code) continue
    const [name = ''] = attribute.split('.')
    const at = new RegExp(`^(?:(?:async[ \\t]+)?def[ \\t]+)?${name}\\b`, 'm').exec(code.code)
    return {
      module,
      attribute,
      factory: call !== undefined,
      root,
      file,
      line: at ? code.line(at.index) : 1,
      ...(!at && !code.imports.has(name) && { guess: true }),
    }
  }
  return null
}
