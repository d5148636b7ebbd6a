import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { sourceFile } from './code.ts'
import { portOf } from './port.ts'

/** A file of settings that the server reads by itself, or that its command line names. */
export interface ServerConfig {
  path: string
  sets: ReadonlyMap<string, { value: string; line: number }>
  /** The port in its address. */
  port?: Fact<number>
  /** The variable that moves the port. */
  variable?: string
  /** Other variables that it reads and nothing else sets. */
  env?: Readonly<Record<string, string>>
  /** The address can be reached from outside of the container. */
  open: boolean
}

/** What a container needs of a setting, whatever the file says of it. */
interface Need {
  setting: string
  /** The first is the one that we write. */
  flags: readonly string[]
  value: string
  /** Also where the file says nothing: the server's own default does not fit. */
  always?: true
}

const NEEDS: readonly Need[] = [
  { setting: 'worker_tmp_dir', flags: ['--worker-tmp-dir'], value: '/dev/shm', always: true },
  { setting: 'accesslog', flags: ['--access-logfile'], value: '-', always: true },
  { setting: 'errorlog', flags: ['--error-logfile', '--log-file'], value: '-' },
  { setting: 'pidfile', flags: ['--pid', '-p'], value: '/tmp/gunicorn.pid' },
]
/** A path that is written as it is, and lies where nothing can be written. */
const UNWRITABLE_RE = /^(['"])(?!-?\1|\/tmp\b|\/dev\/)([^'"\n]+)\1\s*$/
const SETTING_RE = /^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)[ \t]*([^\n]+)/gm

export function readGunicornConfig(project: Project, argv: Argv): ServerConfig | null {
  const named = argv.flatMap((word, index) =>
    word === '-c' || word === '--config'
      ? [argv[index + 1] ?? '']
      : (/^--config=(.+)$/.exec(word)?.slice(1) ?? []),
  )[0]
  const path =
    named
      ?.replace(/^file:/, '')
      .replace(/^\.\//, '')
      .replace(/^python:([\w.]+)$/, (_, module) => `${module.replaceAll('.', '/')}.py`) ??
    (argv.length === 0 ? ownConfig(project) : FOUND_CONFIG)
  const file = project.has(path) ? sourceFile(project, path) : null
  if (!file) return null
  const sets = new Map<string, { value: string; line: number }>()
  for (const match of file.code.matchAll(SETTING_RE))
    sets.set(match[1] as string, { value: (match[2] as string).trim(), line: file.line(match.index) })
  const bind = sets.get('bind')
  const address = bind && addressOf(bind.value, file.code)
  return {
    path,
    sets,
    open: address?.open ?? false,
    ...(bind && address?.port && { port: fact(address.port, `${path}:${bind.line}`, 'likely') }),
    ...(address?.variable && address.open && { variable: address.variable }),
  }
}

/** What it finds by itself; else the one file of such a name that sets what it knows: that must be named to it. */
export const FOUND_CONFIG = 'gunicorn.conf.py'

function ownConfig(project: Project): string {
  if (project.has(FOUND_CONFIG)) return FOUND_CONFIG
  const named = project
    .sources(['.py'])
    .filter(
      (path) =>
        /(?:^|[/_.-])gunicorn(?:[._-]?conf(?:ig)?)?\.py$/.test(path) &&
        /^(?:bind|workers|worker_class)[ \t]*=/m.test(project.source(path) ?? ''),
    )
  return named.length === 1 ? (named[0] as string) : FOUND_CONFIG
}

/** `host:port` as people write it: a literal, a default, or a literal host joined to what names the port. */
function addressOf(
  value: string,
  code: string,
): { open: boolean; port?: number; variable?: string } | undefined {
  const first = value.replace(/^[[(]\s*(?=['"f])/, '')
  const [, , host, number] =
    /^(?:os\.)?(?:environ\.get|getenv)\s*\(\s*['"]\w+['"]\s*,\s*(['"])([^'"\n]*):(\d{2,5})\1/.exec(first) ??
    /^(['"])([^'"\n]*):(\d{2,5})\1/.exec(first) ??
    []
  if (number !== undefined) return { open: isOpen(host), port: Number(number) }
  const [, , before, rest] =
    /^(['"])([^'"{}\n]*):(?:%[sd]|\{\})?\1\s*(?:\+|%|\.format\s*\()\s*\(?\s*(.+)$/.exec(first) ??
    /^f(['"])([^'"{}\n]*):\{(.+)\}\1/.exec(first) ??
    []
  return rest === undefined
    ? undefined
    : { open: isOpen(before), ...portOf(rest.replace(/^str\s*\(/, ''), code) }
}

const isOpen = (host: string | undefined) => ['', '0.0.0.0', '[::]'].includes(host ?? '?')

/** Whether the file's own address serves: then nothing is said of it on the command line. */
export const listensBy = (config: ServerConfig | null, port: number): boolean =>
  config?.open === true && config.port?.value === port

/** Arguments for what the file leaves open, or sets in a way that no container can follow. */
export function containerWords(config: ServerConfig | null, argv: Argv): string[] {
  return NEEDS.flatMap(({ setting, flags, value, always }) => {
    const set = config?.sets.get(setting)
    const needed = set ? UNWRITABLE_RE.test(set.value) : always
    const stated = argv.some((word) => flags.includes(word.split('=')[0] as string))
    return needed && !stated ? [flags[0] as string, value] : []
  })
}

/** What the command says against the file. */
export function configWarnings(config: ServerConfig | null, command: Argv): Warning[] {
  return NEEDS.flatMap(({ setting, flags: [flag = ''], value }) => {
    const set = config?.sets.get(setting)
    const path = set && UNWRITABLE_RE.exec(set.value)?.[2]
    if (!config || !set || !path || command[command.indexOf(flag) + 1] !== value) return []
    return [
      {
        rule: 'PD053',
        message: `${setting} in ${config.path} is ${path}, which can't be written under a read-only root: the start command says ${flag} ${value} instead.`,
        file: config.path,
        line: set.line,
      },
    ]
  })
}
