import { readDockerfile } from '../dockerfile-reader/read.ts'
import { hidden } from '../ignore.ts'
import type { FileKind } from '../merge/types.ts'
import type { Advice, Patch } from '../plan/advice.ts'
import type { Project } from '../project.ts'
import { findingsIn } from '../rules/checks/index.ts'
import type { Finding } from '../rules/checks/types.ts'
import { hiddenBy } from './ignored.ts'
import { cacheOf, dockerfilePatch, type PatchInput } from './patches.ts'

/** Whose checks read a file of a kind. */
const ARTEFACT_OF = {
  dockerfile: 'dockerfile',
  dockerignore: 'dockerignore',
  compose: 'compose',
  workflow: 'ci',
} as const

/** Of ours, and nobody's loss elsewhere: our own line that makes warnings of the build errors, our order of stages. */
const OURS_RE = /^A line "# check=|^A cache mount has no id/

/** What a text (`\n`, no BOM) would gain by, without what was refused for good. */
export type Adviser = (text: string, refused: readonly string[]) => Advice[]

/** `dockerfile`: where the one is whose builds a .dockerignore is for. */
export function adviserFor(kind: FileKind, project: Project, dockerfile: string): Adviser {
  if (!(kind in ARTEFACT_OF)) return () => []
  const artefact = ARTEFACT_OF[kind as keyof typeof ARTEFACT_OF]
  const input = { hasNpmLock: project.has('package-lock.json') || project.has('npm-shrinkwrap.json') }
  const findings = (text: string): Finding[] =>
    [...findingsIn(artefact, text), ...(kind === 'dockerfile' ? cacheless(text) : [])].filter(
      // Variables of an env_file may well name the service.
      ({ rule, message }) => !OURS_RE.test(message) && !(rule === 'PD047' && /\benv_file\b/.test(text)),
    )
  const patchOf = (text: string, finding: Finding): Patch | null => {
    const patch =
      kind === 'dockerfile'
        ? dockerfilePatch(text, finding, input satisfies PatchInput)
        : kind === 'dockerignore'
          ? ignorePatch(text, finding, project.source(dockerfile) ?? '')
          : null
    return patch && holds(kind, text, patch, finding, findings) ? patch : null
  }
  return (text, refused) =>
    findings(text)
      .filter(({ rule }) => !refused.includes(rule))
      .map((finding) => ({
        rule: finding.rule,
        message: finding.message,
        line: finding.line ?? 1,
        patch: patchOf(text, finding),
      }))
      .sort((a, b) => a.line - b.line)
}

/** A text with a patch; each new line ends as the file's lines do, and a BOM stays in front. */
export function patched(text: string, { from, to, lines }: Patch): string {
  const bom = text.startsWith('\ufeff') ? '\ufeff' : ''
  const rows = text.slice(bom.length).split('\n')
  const returns = rows.filter((row) => row.endsWith('\r')).length
  const eol = returns * 2 > rows.length - 1 && returns > 0 ? '\r' : ''
  // Behind a last line without an ending there is none to stand in front of.
  const isAtEnd = from >= rows.length || (from === rows.length - 1 && rows.at(-1) === '')
  const fresh = lines.map((line) => line + eol)
  if (isAtEnd && from >= rows.length) return `${bom}${rows.join('\n')}${eol}\n${fresh.join('\n')}`
  rows.splice(from, to - from, ...fresh)
  const last = to - from > 0 && from + lines.length === rows.length
  return bom + (last ? rows.join('\n').replace(/\r$/, '') : rows.join('\n'))
}

/** A patch is offered only where it does what it says: the finding goes, none comes, and all else stays as it is. */
export function holds(
  kind: FileKind,
  text: string,
  patch: Patch,
  finding: Finding,
  findings: (text: string) => Finding[],
): boolean {
  const after = patched(text, patch)
  const count = (list: readonly Finding[], rule: string, message?: string) =>
    list.filter((one) => one.rule === rule && (message === undefined || one.message === message)).length
  const [old, now] = [findings(text), findings(after)]
  const isGone = count(now, finding.rule, finding.message) < count(old, finding.rule, finding.message)
  // That npm starts the app was true before, and not to be seen.
  const isNew = now.some(({ rule }) => rule !== 'PD092' && count(now, rule) > count(old, rule))
  if (!isGone || isNew) return false
  if (kind !== 'dockerfile') return true
  const [before, read] = [readDockerfile(text), readDockerfile(after)]
  if (read.errors.length > before.errors.length) return false
  const outside = before.instructions.filter(({ line, endLine }) => endLine <= patch.from || line > patch.to)
  const kept = read.instructions.map(({ raw }) => raw.trimEnd())
  const more = read.instructions.length - before.instructions.length
  return (
    before.instructions.length - outside.length <= 1 &&
    outside.every(({ raw }) => kept.includes(raw.trimEnd())) &&
    (more === 0 || more === 1)
  )
}

/** No rule sees what is not there: an install that fetches everything anew on each build. */
function cacheless(text: string): Finding[] {
  return readDockerfile(text).stages.flatMap(({ instructions }) => {
    // Another user than root has its caches elsewhere.
    const user = instructions.findIndex(({ keyword }) => keyword === 'USER')
    return instructions
      .slice(0, user < 0 ? undefined : user)
      .filter((run) => cacheOf(run))
      .map(({ line }) => ({
        rule: 'PD005' as const,
        message: 'Each build fetches every package again: a cache mount keeps them.',
        line,
      }))
  })
}

/** Lines of our own .dockerignore by the finding that they settle. */
const IGNORED: readonly [RegExp, readonly string[]][] = [
  [/^\.env /, ['**/.env*', '!**/.env.example']],
  [/^Private keys/, ['**/*.pem', '**/*.key']],
  [/^\.git /, ['.git']],
  [/^Installed dependencies/, ['**/node_modules', '**/.venv', '**/__pycache__']],
]

/** Behind all others a line overrules them: so none that hides what the file takes back in, or the Dockerfile copies. */
function ignorePatch(text: string, { message }: Finding, dockerfile: string): Patch | null {
  const lines = IGNORED.find(([re]) => re.test(message))?.[1]
  if (!lines) return null
  const rows = text.split('\n')
  const wanted = rows.flatMap((row) => (row.startsWith('!') ? row.slice(1).trim().replaceAll('*', 'x') : []))
  const ignore = lines.join('\n')
  if (hidden(ignore, wanted).length + hiddenBy(ignore, dockerfile).length > 0) return null
  const from = rows.at(-1) === '' ? rows.length - 1 : rows.length
  return { from, to: from, lines: [...lines] }
}
