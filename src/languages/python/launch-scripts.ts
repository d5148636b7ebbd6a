import { fact } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { shellLine } from '../../shell.ts'
import { filesWith, importRoot } from './code.ts'
import { EMPTY, type Launch, type LaunchInput } from './launch-types.ts'
import { consoleScripts } from './manifests.ts'
import { readSpace, runsItself, servingFiles } from './runs.ts'
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
/** The same names in a package. */
const BELOW_RE = /^(?:src\/)?(?!scripts|tools|bin)[^/]+\/(?:__main__|main|app|bot|server|run)\.py$/
/** Scripts beside the manifest; not those of tools. */
const ROOT_RE = /^(?!setup\.py|manage\.py|conftest\.py|noxfile\.py|fabfile\.py|tasks\.py)[^/]+$/
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
  const named = readSpace(project)?.file
  const file =
    users.find((user) => user.path === named) ??
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
  const { project, row, manifests, app, warnings } = input
  const best = (paths: readonly (string | undefined)[]) =>
    paths
      .filter((path) => path !== undefined)
      .map((path) => ({ path, runs: runsItself(project, path) }))
      .sort((a, b) => b.runs - a.runs || a.path.split('/').length - b.path.split('/').length)[0]
  const scripts = [...consoleScripts(manifests)]
  const below = project.sources(['.py']).filter((path) => BELOW_RE.test(path))
  const serving = servingFiles(project, row).map((file) => file.path)
  const usual = [
    [readSpace(project)?.file],
    // What a package runs by its own name goes before the module that it calls.
    serving
      .map((path) => path.replace(/[^/]+$/, '__main__.py'))
      .filter((path) => path.includes('/') && project.has(path)),
    serving,
    [app?.file],
    SCRIPT_FILES.filter((path) => project.has(path)),
  ].map(best)
  const runs =
    usual.find((file) => file && (file.runs > 0 || file.path.endsWith('__main__.py')))?.path ??
    below.find((path) => path.endsWith('/__main__.py')) ??
    // Programs that are declared say what the package is for.
    (scripts.length === 0 ? below.find((path) => runsItself(project, path) === 2) : undefined)
  const [entry] = scripts
  if (row.id === 'script' && entry && isForTerminal(project)) return null
  if (!runs && entry && scripts.length === 1)
    return {
      ...EMPTY,
      argv: () => [entry[0]],
      fact: fact(shellLine([entry[0]]), `pyproject.toml#project.scripts.${entry[0]}`),
      installsProject: true,
    }
  const guarded = project
    .sources(['.py'])
    .filter((path) => ROOT_RE.test(path) && runsItself(project, path) === 2)
  const idle = usual.find((file) => file !== undefined)?.path
  const file = runs ?? (guarded.length === 1 ? guarded[0] : idle)
  if (!file) return null
  if (file === idle && !runs)
    warnings.push({
      rule: 'PD092',
      message: `${file} defines things and starts nothing: that it is the app is a guess. Pass --start.`,
      file,
    })
  const argv = runFile(project, file)
  return {
    ...EMPTY,
    argv: () => argv,
    fact: fact(shellLine(argv), file, file === idle && !runs ? 'guess' : 'likely'),
    script: file,
    root: importRoot(project, file),
    app,
  }
}

const ARGUMENTS = ['argparse', 'click', 'typer', 'docopt']
/** What goes on by itself: servers, loops, bots, workers. */
const GOES_ON_RE =
  /\bwhile\b|serve|forever|poll|sleep|sched|thread|bot(?!tom|h)|client\(|consum|subscri|listen|daemon|asyncio|worker|queue|watch|signal/i

/** A command that reads its arguments and ends: in a container it has none. */
function isForTerminal(project: Project): boolean {
  const takesArguments = filesWith(project, ARGUMENTS).some(({ imports }) =>
    [...imports.values()].some((name) => ARGUMENTS.includes(name.split('.')[0] as string)),
  )
  return (
    takesArguments &&
    !project
      .sources(['.py'])
      .some((path) => !/(?:^|\/)tests?\//.test(path) && GOES_ON_RE.test(project.source(path) ?? ''))
  )
}
