import { TOOLS } from '../../data/versions.ts'
import { fact } from '../../facts.ts'
import { shellLine } from '../../shell.ts'
import { bindsItself, PORT_MARK, portIn, rebind } from './command-line.ts'
import { scriptLaunch, streamlitLaunch } from './launch-scripts.ts'
import { dashLaunch, djangoLaunch, sanicLaunch, serverLaunch } from './launch-servers.ts'
import { EMPTY, type Launch, type LaunchInput } from './launch-types.ts'
import { consoleScripts } from './manifests.ts'
import { configOf } from './servers.ts'
import type { Stated } from './start.ts'

/** Null: nothing that could be started was found, so this is no app. */
export function findLaunch(input: LaunchInput): Launch | null {
  const { row, stated, workers } = input
  const own = ownLaunch(input)
  // What a hand-written Dockerfile starts may be older than the code: it counts where the code says nothing for sure.
  const isSure = own && own.fact.confidence !== 'default' && own.fact.confidence !== 'guess'
  if (stated && !(stated.confidence === 'likely' && isSure)) return fromStated(stated, own, input)
  if (own) return own
  const worker = row.kind === 'worker' && workers.find((candidate) => candidate.id === row.id)
  if (worker)
    return {
      ...EMPTY,
      argv: () => worker.command,
      fact: fact(shellLine(worker.command), worker.source, 'likely'),
      script: /^(.+\.py):\d+$/.exec(worker.source)?.[1] ?? null,
      root: worker.root,
    }
  return null
}

/** The project's own command with an address that reaches out of the container. */
function fromStated(
  stated: Stated,
  own: Launch | null,
  { project, manifests, answers, has, app, django }: LaunchInput,
): Launch {
  const port = portIn(stated.argv)
  const config = configOf(project, stated.argv)
  const script = stated.argv[0] === 'python' && stated.argv[1]?.endsWith('.py') ? stated.argv[1] : null
  const answered = answers.start !== undefined
  const program = stated.argv[0] ?? ''
  const server = own?.server?.packages.includes(program) ? own.server : null
  return {
    ...EMPTY,
    argv: (actual) => (answered ? stated.argv : rebind(stated.argv, actual, config)),
    fact: fact(shellLine(stated.argv).replaceAll(PORT_MARK, '$PORT'), stated.source, stated.confidence),
    port,
    env: stated.env,
    server,
    // What the line says of the address goes before what the file says.
    config:
      config && bindsItself(stated.argv) ? { path: config.path, sets: config.sets, open: false } : config,
    kind: own?.kind ?? null,
    app: own?.app ?? app,
    adds: missingServer(program, has),
    script,
    root: django?.root ?? own?.root ?? '',
    installsProject: consoleScripts(manifests).has(program),
  }
}

/** A server that the project starts and does not list. */
function missingServer(program: string, has: (name: string) => boolean): string | null {
  const known =
    program === 'gunicorn' || program === 'uvicorn'
      ? program
      : program === 'waitress-serve'
        ? 'waitress'
        : null
  return known && !has(known) ? `${known}==${TOOLS[known]}` : null
}

function ownLaunch(input: LaunchInput): Launch | null {
  switch (input.row.interface) {
    case 'asgi':
    case 'wsgi':
      return input.row.id === 'dash' ? dashLaunch(input) : serverLaunch(input, input.row.interface, input.app)
    case 'django':
      return djangoLaunch(input)
    case 'sanic':
      return sanicLaunch(input)
    case 'streamlit':
      return streamlitLaunch(input)
    case 'script':
      return scriptLaunch(input)
    default:
      return null
  }
}
