import { type Dockerfile, type Instruction, readDockerfile } from '../dockerfile-reader/read.ts'
import { lineage, rootImage, type Stage } from '../dockerfile-reader/stages.ts'
import { jsonArgv } from '../escape.ts'
import type { Patch } from '../plan/advice.ts'
import type { Finding } from '../rules/checks/types.ts'
import { parseShell } from '../shell.ts'

/** What a patch may lean on besides the file itself. */
export interface PatchInput {
  /** `npm ci` needs one. */
  hasNpmLock: boolean
}

type Make = (
  file: Dockerfile,
  last: Stage,
  at: Instruction | undefined,
  input: PatchInput,
  finding: Finding,
) => Patch | null

/** A change of a few lines for a finding in a Dockerfile; null where none is safe without knowing the app. */
export function dockerfilePatch(text: string, finding: Finding, input: PatchInput): Patch | null {
  const file = readDockerfile(text)
  const last = file.stages.at(-1)
  if (!last || file.errors.length > 0 || file.directives.get('escape') === '`') return null
  const at = file.instructions.find(({ line, endLine }) => {
    const asked = finding.line ?? 0
    return line <= asked && asked <= endLine
  })
  return MAKERS[finding.rule]?.(file, last, at, input, finding) ?? null
}

const MAKERS: Readonly<Record<string, Make>> = {
  PD001: (file) =>
    file.directives.size > 0 ? null : { from: 0, to: 0, lines: ['# syntax=docker/dockerfile:1'] },
  PD005: (_file, _last, at) => {
    const cache = at && cacheOf(at)
    return at && cache
      ? changed(at, /^(\s*RUN)(\s+)/i, `$1 --mount=type=cache,id=${cache.id},target=${cache.target}$2`)
      : null
  },
  PD006: (_file, _last, at, { hasNpmLock }) =>
    at &&
    hasNpmLock &&
    !at.heredocs.length &&
    /^npm (?:install|i)(?: --(?:omit=\w+|production|only=\w+))*$/.test(script(at))
      ? changed(at, /\bnpm (?:install|i)\b/, 'npm ci')
      : null,
  PD009: userPatch,
  PD010: (_file, last, at) => {
    const hasOther = at?.keyword === 'CMD' && lineage(last).some((stage) => has(stage, 'ENTRYPOINT'))
    if (!at || at.line !== at.endLine || hasOther || lineage(last).some((stage) => has(stage, 'SHELL')))
      return null
    const commands = parseShell(at.args)
    const [only] = commands ?? []
    return only &&
      commands?.length === 1 &&
      !only.joiner &&
      Object.keys(only.env).length === 0 &&
      !BUILTIN_RE.test(only.argv[0] ?? '')
      ? {
          from: at.line - 1,
          to: at.line,
          lines: [`${at.keyword} ${jsonArgv(only.argv[0] === 'exec' ? only.argv.slice(1) : only.argv)}`],
        }
      : null
  },
  PD012: (_file, _last, at, _input, { message }) =>
    at && message.includes('localhost') ? changed(at, /\/\/localhost\b/g, '//127.0.0.1') : null,
  PD016: (_file, _last, at, _input, { message }) =>
    !at || at.heredocs.length > 0
      ? null
      : message.includes('recommends')
        ? changed(at, /\b(apt-get\b[^&;|\n]*\binstall)\b/, '$1 --no-install-recommends')
        : message.includes('lists') && !/[|;]|&[^&]/.test(at.args.replaceAll('&&', ''))
          ? appended(at, ' && rm -rf /var/lib/apt/lists/*')
          : null,
  PD051: (_file, last) => {
    const missing = ['PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE'].filter(
      (name) =>
        !lineage(last).some(({ instructions }) =>
          instructions.some(({ keyword, pairs }) => keyword === 'ENV' && pairs.some(([one]) => one === name)),
        ),
    )
    const { endLine } = last.from
    return { from: endLine, to: endLine, lines: [`ENV ${missing.map((name) => `${name}=1`).join(' ')}`] }
  },
}

const BUILTIN_RE = /^(?:cd|source|\.|export|set|if|for|while|test|\[|eval|ulimit|umask|trap|:)$/
const has = (stage: Stage, keyword: string) => stage.instructions.some((one) => one.keyword === keyword)
export const script = ({ args, json }: Instruction): string => json?.join(' ') ?? args

/** The first lines of an instruction, with a change that must fit somewhere in them. */
function changed({ raw, line, endLine, heredocs }: Instruction, from: RegExp, to: string): Patch | null {
  if (heredocs.length > 0) return null
  const text = raw.replace(/\n$/, '')
  const after = text.replace(from, to)
  return after === text ? null : { from: line - 1, to: endLine, lines: after.split('\n') }
}

/** One more command at the end of a script, on a line of its own. */
function appended({ raw, line, endLine }: Instruction, command: string): Patch | null {
  const text = raw.replace(/\s*$/, '')
  return text.endsWith('\\') || /^\s*#/m.test(text)
    ? null
    : { from: line - 1, to: endLine, lines: `${text} \\\n   ${command}`.split('\n') }
}

/** Where a package manager keeps what it fetched: for root, who builds in nearly every Dockerfile. */
const CACHES: readonly [RegExp, string, string][] = [
  [/\bnpm (?:ci|install|i)\b(?!.*(?:-g|--global)\b)/, 'npm', '/root/.npm'],
  [/\buv (?:sync|pip)\b/, 'uv', '/root/.cache/uv'],
  [/\bpip3? install\b(?!.*--no-cache-dir)/, 'pip', '/root/.cache/pip'],
]

/** A cache that would help this install: none where it has one, cleans up after itself, or is kept from caching. */
export function cacheOf(run: Instruction): { id: string; target: string } | undefined {
  if (run.keyword !== 'RUN' || run.json || run.heredocs.length > 0) return undefined
  const isCleaned = /\bcache clean\b|\bcache purge\b|rm -rf? \S*(?:\.npm|\.cache)/.test(run.args)
  if (isCleaned || run.flags.some(({ name, value }) => name === 'mount' && value.includes('type=cache')))
    return undefined
  const row = CACHES.find(([re]) => re.test(run.args))
  return row && { id: row[1], target: row[2] }
}

/** Accounts of official images by number; an account for nobody needs no line in /etc/passwd. */
function userPatch({ instructions }: Dockerfile, last: Stage): Patch | null {
  const image = /^(?:docker\.io\/)?(?:library\/)?(node|python)(?::|@|$)/.exec(rootImage(last))?.[1]
  const all = lineage(last).flatMap((stage) => stage.instructions)
  const user = image === 'node' ? '1000:1000' : '65532:65532'
  const named = all.findLast(({ keyword }) => keyword === 'USER')
  if (named)
    return image === 'node' && named.args === 'node' && last.instructions.includes(named)
      ? { from: named.line - 1, to: named.endLine, lines: [`USER ${user}`] }
      : null
  const opensLowPort = all.some(
    ({ keyword, args }) =>
      keyword === 'EXPOSE' && args.split(/\s+/).some((port) => Number.parseInt(port, 10) < 1024),
  )
  // What writes where root wrote would fail: a database file, a volume, a server that reloads, a script that prepares.
  const writes = all.some(
    ({ keyword, args }) =>
      keyword === 'VOLUME' ||
      ((keyword === 'CMD' || keyword === 'ENTRYPOINT') &&
        /\.sh\b|\bmigrate\b|\bsqlite|\brunserver\b|\bdev\b|\bnodemon\b|--reload\b/.test(args)) ||
      (keyword === 'RUN' && /\bmkdir\b|\bchmod\b|\bchown\b/.test(args)),
  )
  const bindsLow = all.some(
    ({ keyword, args }) =>
      /^(?:CMD|ENTRYPOINT)$/.test(keyword) && /(?:port\W{1,4}|:)\d{2,3}(?![\d.])/.test(args),
  )
  const tail = last.instructions.findLastIndex(
    ({ keyword }) => !/^(?:CMD|ENTRYPOINT|EXPOSE|HEALTHCHECK|STOPSIGNAL)$/.test(keyword),
  )
  const start = last.instructions
    .slice(tail + 1)
    .find(({ keyword }) => keyword === 'CMD' || keyword === 'ENTRYPOINT')
  if (!image || opensLowPort || bindsLow || writes || !start || instructions.at(-1) === undefined) return null
  return { from: start.line - 1, to: start.line - 1, lines: [`USER ${user}`] }
}
