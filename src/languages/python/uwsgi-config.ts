import { fact } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { ServerConfig } from './gunicorn-config.ts'
import { VENV } from './install-commands.ts'

/** The only one of that name, unless it leads to a place on another machine. */
function ownIni(project: Project): string | undefined {
  const [path, ...more] = project.files().filter((name) => /(?:^|\/)uwsgi[\w-]*\.ini$/.test(name))
  const isHere =
    path && !/^[ \t]*(?:chdir|home|virtualenv|venv)[ \t]*=[ \t]*\//m.test(project.source(path) ?? '')
  return isHere && more.length === 0 ? path : undefined
}

/** The ini that `uwsgi etc/uwsgi.ini` reads; an address there may name a variable: `http-socket = :$(PORT)`. */
export function readUwsgiConfig(project: Project, argv: Argv): ServerConfig | null {
  const named = argv.find((word) => word.endsWith('.ini'))?.replace(/^(?:--ini=)?(?:\.\/)?/, '')
  const path = named ?? (argv.length === 0 ? ownIni(project) : undefined)
  const text = path && project.has(path) ? project.source(path) : null
  if (!path || text === null) return null
  const sets = new Map<string, { value: string; line: number }>()
  for (const [index, line] of text.split('\n').entries()) {
    const [, name, value = ''] = /^[ \t]*([a-z][\w-]*)[ \t]*(?:=[ \t]*(.*?))?[ \t\r]*$/.exec(line) ?? []
    if (name) sets.set(name, { value, line: index + 1 })
  }
  const bind = sets.get('http-socket') ?? sets.get('http')
  const [, host = '', port, variable] = /^([^:$]*):(?:(\d{2,5})|\$\((\w+)\))$/.exec(bind?.value ?? '') ?? []
  return {
    path,
    sets,
    open: host === '' || host === '0.0.0.0',
    ...(bind && port && { port: fact(Number(port), `${path}:${bind.line}`, 'likely') }),
    ...(variable && { variable }),
    // Activation would set it; here the venv is only on the path.
    ...(text.includes('$(VIRTUAL_ENV)') && { env: { VIRTUAL_ENV: VENV } }),
  }
}
