import { dockerWord, shellLine, shellQuote } from './escape.ts'
import type { BuildSecret, Variable } from './model.ts'

/** Parts of Dockerfiles that every language writes alike. Lines carry rule marks (see render.ts). */

export interface RunOptions {
  mounts?: readonly string[]
  /** Environment of this command alone: in no layer, and in no later stage. */
  env?: Readonly<Record<string, string>>
  /** Commands joined by `&&`; words of an array are quoted, a string is a shell line already. */
  commands: readonly (readonly string[] | string)[]
  /** The rule behind the command's own line. */
  rule: string
}

/** A RUN instruction, one mount or command a line. */
export function runBlock({ mounts = [], env = {}, commands, rule }: RunOptions): string {
  // Before `a && b` an assignment would hold for a alone.
  const first = commands[0]
  const several = typeof first === 'string' && /&&|\|\||;/.test(first)
  const assignments = Object.entries(env).map(
    ([name, value]) => `${several ? 'export ' : ''}${name}=${shellQuote(value)}${several ? ' &&' : ''}`,
  )
  const lines = commands.map(
    (command, index) =>
      `${index === 0 ? '' : ' && '}${typeof command === 'string' ? command : shellLine(command)}`,
  )
  const parts = [...mounts, ...assignments, ...lines]
  return parts
    .map((part, index) => {
      const last = index === parts.length - 1
      const isMount = index < mounts.length
      const lead = index === 0 ? 'RUN ' : part.startsWith(' && ') ? '' : '    '
      return `${lead}${part}${last ? '' : ' \\'} #@${isMount ? mountRule(part) : rule}`
    })
    .join('\n')
}

function mountRule(mount: string): string {
  return mount.includes('type=cache') ? 'PD005' : mount.includes('type=secret') ? 'PD019' : 'PD004'
}

export const bindMount = (path: string, rw = false): string =>
  `--mount=type=bind,source=${csv(path)},target=${csv(path)}${rw ? ',rw' : ''}`
/** A file of another stage: the cache knows it by its content, not by how it came to be. */
export const stageMount = (stage: string, source: string, target = source, rw = false): string =>
  `--mount=type=bind,from=${stage},source=${csv(source)},target=${csv(target)}${rw ? ',rw' : ''}`
export const cacheMount = (id: string, target: string, locked = false): string =>
  `--mount=type=cache,id=${csv(id)},target=${csv(target)}${locked ? ',sharing=locked' : ''}`

/** A secret as an environment variable where it is one, else as the file that it is. */
export function secretMount(secret: BuildSecret, workdir: string): string {
  return secret.env
    ? `--mount=type=secret,id=${csv(secret.id)},env=${secret.env}`
    : `--mount=type=secret,id=${csv(secret.id)},target=${csv(`${workdir}/${secret.file}`)}`
}

/** Mount options are CSV: a comma or a quote in a path must be quoted, and `$` would be expanded. */
function csv(path: string): string {
  return /[",\s$\\]/.test(path) ? `'"${path.replaceAll('"', '""').replaceAll('$', '\\$')}"'` : path
}

/** apt in one layer: no recommended packages, no lists left behind. Versions stay open: Debian deletes the superseded ones. */
export function aptInstall(packages: readonly string[], rule = 'PD016'): string {
  return aptLayer(packages, rule, [`rm -rf ${APT_LISTS}`])
}

/** The same in the image that ships: neither the copies and logs of apt stay there, nor a program that gives rights. */
export function aptInstallForGood(packages: readonly string[], rule = 'PD016'): string {
  const setuid = new Set(packages.flatMap((name) => SETUID_OF[name] ?? []))
  return aptLayer(packages, rule, [
    ...(setuid.size > 0 ? [`find ${[...setuid].sort().join(' ')} -perm /6000 -exec chmod a-s {} +`] : []),
    `rm -rf ${APT_LISTS} ${APT_TRACES}`,
  ])
}

const APT_LISTS = '/var/lib/apt/lists/*'
const APT_TRACES =
  '/var/lib/dpkg/*-old /var/cache/debconf/*-old /var/cache/ldconfig/* /var/log/apt/* /var/log/*.log'
/** Where packages and what comes with them, D-Bus say, put programs with rights of their own; the base has none there. */
const SETUID_OF: Readonly<Record<string, readonly string[]>> = {
  chromium: ['/usr/lib'],
  'openssh-client': ['/usr/bin/ssh-agent', '/usr/lib'],
}

function aptLayer(packages: readonly string[], rule: string, afterwards: readonly string[]): string {
  const commands = [
    'apt-get update',
    `apt-get install -y --no-install-recommends ${[...packages].sort().join(' ')}`,
    ...afterwards,
  ]
  const lines = commands.map((command, index) => {
    const end = index === commands.length - 1 ? '' : ' \\'
    return `${index === 0 ? 'RUN ' : ' && '}${command}${end} #@${rule}`
  })
  return ['# hadolint ignore=DL3008', ...lines].join('\n')
}

/** One ENV instruction, a variable a line. */
export function envBlock(
  env: Readonly<Record<string, string>>,
  rules: Readonly<Record<string, string>> = {},
): string {
  const entries = Object.entries(env)
  return entries
    .map(([name, value], index) => {
      const mark = rules[name] ? ` #@${rules[name]}` : ''
      // A value may name another variable on purpose (PATH): such a value says so by being written with `$`.
      const word = name === 'PATH' ? `"${value}"` : dockerWord(value)
      return `${index === 0 ? 'ENV ' : '    '}${name}=${word}${index === entries.length - 1 ? '' : ' \\'}${mark}`
    })
    .join('\n')
}

/** BuildKit's own words for a secret in ARG and ENV (check SecretsUsedInArgOrEnv), with what it exempts. */
const SECRET_WORD_RE = /(?:^|_)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i
const EXEMPT_WORD_RE = /(?:^|_)(?:public|file|version)(?:_|$)/i
/** hadolint's DL3064 looks for parts of words, and exempts nothing. */
const HADOLINT_SECRET_RE = /secret|token|password|private|username|api_?key|client_?key/i

/** Line 2: every official build check is fatal, but one that public variables with unlucky names would trip. */
export function checkDirective(publicNames: readonly string[]): string {
  const unlucky = publicNames.some((name) => SECRET_WORD_RE.test(name) && !EXEMPT_WORD_RE.test(name))
  return unlucky ? 'check=skip=SecretsUsedInArgOrEnv;error=true' : 'check=error=true'
}

/** Public build-time variables as arguments; a name that a linter takes for a secret says that it is none. */
export function argLines(variables: readonly Pick<Variable, 'name' | 'built'>[]): string {
  return variables
    .map(({ name, built }) => {
      const value = built === undefined ? '' : `=${dockerWord(built)}`
      return `${HADOLINT_SECRET_RE.test(name) ? '# hadolint ignore=DL3064\n' : ''}ARG ${name}${value} #@PD020`
    })
    .join('\n')
}
