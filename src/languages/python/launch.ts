import { TOOLS } from '../../data/versions.ts'
import { fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { shellLine } from '../../shell.ts'
import { bindsItself, PORT_MARK, portIn, rebind } from './command-line.ts'
import { scriptLaunch, streamlitLaunch } from './launch-scripts.ts'
import { dashLaunch, djangoLaunch, sanicLaunch, serverLaunch } from './launch-servers.ts'
import { EMPTY, type Launch, type LaunchInput } from './launch-types.ts'
import { consoleScripts } from './manifests.ts'
import { configOf, serverOf } from './servers.ts'
import type { Stated } from './start.ts'
import { statedApp } from './stated-app.ts'

/** Null: nothing that could be started was found, so this is no app. */
export function findLaunch(input: LaunchInput): Launch | null {
  const { row, stated, workers, project } = input
  const warnings: Warning[] = []
  const own = ownLaunch({ ...input, warnings })
  // What a hand-written Dockerfile starts may be older than the code: it counts where the code says less.
  const isSure = own && own.fact.confidence !== 'default' && own.fact.confidence !== 'guess'
  if (stated && !(stated.confidence === 'likely' && isSure && !knowsMore(project, stated, own)))
    return fromStated(stated, own, input)
  if (own) {
    input.warnings.push(...warnings)
    return own
  }
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

/** It names another app that is there, or settings that the server would not find. */
function knowsMore(project: Project, { argv }: Stated, { app, config }: Launch): boolean {
  const named = statedApp(project, argv)
  return (
    (named !== null && !named.guess && (named.file !== app?.file || named.attribute !== app.attribute)) ||
    (config === null && configOf(project, argv) !== null)
  )
}

/** The project's own command with an address that reaches out of the container. */
function fromStated(
  stated: Stated,
  own: Launch | null,
  { project, manifests, answers, row, has, app, django, warnings }: LaunchInput,
): Launch {
  const named = statedApp(project, stated.argv)
  const port = portIn(stated.argv)
  const config = configOf(project, stated.argv)
  const script = stated.argv[0] === 'python' && stated.argv[1]?.endsWith('.py') ? stated.argv[1] : null
  const answered = answers.start !== undefined
  const program = stated.argv[0] ?? ''
  const adds = missingServer(stated, has, warnings)
  const server = own?.server?.packages.includes(program) ? own.server : null
  return {
    ...EMPTY,
    argv: (actual) => (answered ? stated.argv : rebind(stated.argv, actual, config)),
    fact: fact(shellLine(stated.argv).replaceAll(PORT_MARK, '$PORT'), stated.source, stated.confidence),
    port,
    env: { ...config?.env, ...stated.env },
    server,
    // What the line says of the address goes before what the file says.
    config:
      config && bindsItself(stated.argv) ? { path: config.path, sets: config.sets, open: false } : config,
    kind: own?.kind ?? (row.interface === 'asgi' || row.interface === 'wsgi' ? row.interface : null),
    app: named ?? own?.app ?? app,
    adds,
    script,
    root: django?.root ?? named?.root ?? own?.root ?? '',
    installsProject: consoleScripts(manifests).has(program),
  }
}

/** A server that the project starts and does not list. */
function missingServer({ argv, source }: Stated, has: (name: string) => boolean, warnings: Warning[]) {
  const server = serverOf(argv)
  if (!server || server.packages.some(has) || !Object.hasOwn(TOOLS, server.id)) return null
  const adds = `${server.id}==${TOOLS[server.id as keyof typeof TOOLS]}`
  warnings.push({
    rule: 'PD056',
    message: `${source} starts ${server.id}, which is not among the dependencies: the image adds ${adds}. Add it there, and the step goes.`,
  })
  return adds
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
