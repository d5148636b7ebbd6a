import { fact } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import { shellLine } from '../../shell.ts'
import { filesWith, importRoot, sourceFile } from './code.ts'
import { EMPTY, type Launch, type LaunchInput } from './launch-types.ts'
import { consoleScripts } from './manifests.ts'
import { runFile } from './workers.ts'

const SCRIPT_FILES = [
  'main.py',
  'app.py',
  'run.py',
  'server.py',
  'worker.py',
  'bot.py',
  'start.py',
  '__main__.py',
  'src/main.py',
  'src/app.py',
  'src/__main__.py',
  'app/main.py',
  'app/__main__.py',
]
const STREAMLIT_FILES = [
  'streamlit_app.py',
  'app.py',
  'main.py',
  'Home.py',
  'home.py',
  'Hello.py',
  'src/streamlit_app.py',
  'src/app.py',
  'src/main.py',
  'app/main.py',
  'app/app.py',
]

export function streamlitLaunch({ project, row }: LaunchInput): Launch | null {
  const users = filesWith(project, ['streamlit']).filter((file) =>
    [...file.imports.values()].some((name) => /^streamlit\b/.test(name)),
  )
  const file =
    STREAMLIT_FILES.map((path) => users.find((user) => user.path === path)).find(
      (user) => user !== undefined,
    ) ??
    users
      .filter((user) => !/(^|\/)pages\//.test(user.path))
      .sort((a, b) => a.path.split('/').length - b.path.split('/').length)[0]
  if (!file) return null
  const argv = (port: number): Argv => [
    'streamlit',
    'run',
    file.path,
    '--server.address',
    '0.0.0.0',
    '--server.port',
    String(port),
    '--server.headless',
    'true',
    '--browser.gatherUsageStats',
    'false',
  ]
  return {
    ...EMPTY,
    argv,
    fact: fact(shellLine(argv(row.port ?? 8501)), file.path, 'likely'),
    script: file.path,
  }
}

/** A file that runs itself: the one that starts the framework's server, else the one that people call main. */
export function scriptLaunch(input: LaunchInput): Launch | null {
  const { project, row, manifests, app } = input
  const serving = row.runs
    ? filesWith(project, ['run_app', '.launch', '.listen']).find((file) =>
        new RegExp(row.runs as RegExp).test(file.code),
      )
    : undefined
  const guarded = (path: string) =>
    /__name__\s*==\s*['"]__main__['"]/.test(sourceFile(project, path)?.code ?? '')
  const scripts = [...consoleScripts(manifests)]
  const file =
    serving?.path ??
    app?.file ??
    SCRIPT_FILES.filter((path) => project.has(path)).sort(
      (a, b) => Number(guarded(b)) - Number(guarded(a)),
    )[0] ??
    project.files().find((path) => /^(?:src\/)?[^/]+\/__main__\.py$/.test(path))
  if (file) {
    const argv = runFile(project, file)
    return {
      ...EMPTY,
      argv: () => argv,
      fact: fact(shellLine(argv), file, 'likely'),
      script: file,
      root: importRoot(project, file),
      app,
    }
  }
  const [entry] = scripts
  if (!entry || scripts.length > 1) return null
  return {
    ...EMPTY,
    argv: () => [entry[0]],
    fact: fact(shellLine([entry[0]]), `pyproject.toml#project.scripts.${entry[0]}`),
    installsProject: true,
  }
}
