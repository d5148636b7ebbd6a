import { createHash, type Hash } from 'node:crypto'
import type { Hint, ImageContents, ImageFile } from './contents.ts'
import { publishedFiles } from './distribution.ts'
import type { Filesystem } from './filesystem.ts'
import type { Watch } from './save.ts'
import { CONTENT_ROWS, type ContentRow, OPEN_NAME_RE, PATH_ROWS, SECRET_NAME_RE } from './secret-rows.ts'
import { kindOf, SERVED_RE } from './waste.ts'

/** Where a secret is, what it is, and no more of it than its start. */
export interface SecretFinding extends Hint {
  /** A path, or `ENV NAME`. */
  where: string
  /** Of the image, from 1; null: its configuration. */
  layer: number | null
  /** In a layer and not in the final filesystem: still there for anyone who pulls the image. */
  isHidden: boolean
}

/** Pieces overlap by as much, so that a secret between two is whole in one. */
const OVERLAP = 2048
const LARGE = 4 << 20

/** What the reader does with a file's content to find secrets in it. */
export function watchForSecrets(workdir: string): (file: ImageFile) => Watch | null {
  return (file) => {
    if (isFromRegistry(file.path, workdir)) return null
    const isOfSystem = kindOf(file.path, workdir) === 'system'
    if (isOfSystem && file.bytes > LARGE && !/^\/(?:etc|root|home|run|tmp|opt)\//.test(file.path)) return null
    const rows = CONTENT_ROWS.filter(({ path, isPublic }) =>
      path ? path.test(file.path) : !(isPublic && (SERVED_RE.test(file.path) || BUILT_RE.test(file.path))),
    )
    return watch(rows, isOfSystem ? sum() : undefined)
  }
}

const BUILT_RE = /\/(?:\.next|\.output|\.nuxt|\.svelte-kit|build|dist)\//

/** Undefined under FIPS: then every finding counts. */
function sum(): Hash | undefined {
  try {
    return createHash('md5')
  } catch {
    return undefined
  }
}

function watch(rows: readonly ContentRow[], md5: Hash | undefined): Watch {
  let rest = ''
  const hints = new Map<string, Hint>()
  return {
    see(piece) {
      md5?.update(piece)
      const text = rest + piece.toString('latin1')
      for (const hint of hintsIn(text, rows)) hints.set(hint.kind, hint)
      rest = text.slice(-OVERLAP)
    },
    found: () =>
      hints.size > 0 ? { secrets: [...hints.values()], ...(md5 && { md5: md5.digest('hex') }) } : {},
  }
}

function hintsIn(text: string, rows: readonly ContentRow[]): Hint[] {
  return rows.flatMap(({ kind, content, sure }) => {
    for (const [found] of text.matchAll(new RegExp(content, `${content.flags}g`)))
      if (sure?.(found) ?? true) return [{ kind, start: found.slice(0, 4) }]
    return []
  })
}

/** What comes from a registry is public, its tests' keys with it; a workspace package that pnpm copies is not. */
function isFromRegistry(path: string, workdir: string): boolean {
  return kindOf(path, workdir) === 'dependencies' && !/\/\.pnpm\/[^/]*@file\+/.test(path)
}

/** Secrets in any layer above the base, whether a later one deletes them or not, and in what the image says of itself. */
export function findSecrets(
  contents: ImageContents,
  filesystem: Filesystem,
  { env, workdir }: { env: readonly string[]; workdir: string },
): SecretFinding[] {
  const found = new Map<string, SecretFinding>()
  const add = (finding: SecretFinding) => {
    const key = `${finding.where}\0${finding.kind}\0${finding.layer}`
    if (!found.has(key)) found.set(key, finding)
  }
  const isOfDistribution = publishedFiles(contents)
  for (const [index, layer] of contents.layers.entries()) {
    if (layer.base) continue
    for (const file of layer.files) {
      if (file.type !== 'file' || file.bytes === 0 || isOfDistribution(file)) continue
      const where = { layer: index + 1, isHidden: filesystem.files.get(file.path)?.file !== file }
      for (const hint of file.secrets ?? []) add({ ...hint, ...where, where: file.path })
      if (isFromRegistry(file.path, workdir)) continue
      for (const { kind, path, except, folder } of PATH_ROWS)
        if (path.test(file.path) && !except?.test(file.path))
          add({ kind, start: '', ...where, where: folder?.exec(file.path)?.[0] ?? file.path })
    }
  }
  for (const line of env) {
    const [, name = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(line) ?? []
    for (const hint of inVariable(name, value))
      add({ ...hint, where: `ENV ${name}`, layer: null, isHidden: false })
  }
  for (const line of contents.history) {
    const rest = line.replace(ASSIGNMENT_RE, (all, name: string, value: string) => {
      const hints = inVariable(name, unquoted(value))
      for (const hint of hints)
        if (!found.has(`ENV ${name}\0${hint.kind}\0null`))
          add({ ...hint, where: `build argument ${name}`, layer: null, isHidden: false })
      return hints.length > 0 ? `${name}=` : all
    })
    for (const hint of hintsIn(rest, HISTORY))
      add({ ...hint, where: 'a line of the history', layer: null, isHidden: false })
  }
  return [...found.values()]
}

const GENERAL = CONTENT_ROWS.filter((row) => !row.path)
const HISTORY = [
  ...GENERAL,
  { kind: 'address with a password', content: /\bhttps?:\/\/[^\s/:@]*:[^\s/:@$]+@/ } satisfies ContentRow,
]
const ASSIGNMENT_RE = /(?<![\w$-])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s;&|]+)/g

const unquoted = (text: string) => text.replace(/^(["'])(.*)\1$/s, '$2')

/** A line of the history as it may be shown: build arguments stand in it with their values. */
export function masked(line: string): string {
  const text = line.replace(ASSIGNMENT_RE, (all, name: string, value: string) =>
    inVariable(name, unquoted(value)).length > 0 ? `${name}=…` : all,
  )
  return HISTORY.reduce(
    (shown, { content, ...row }) =>
      shown.replace(new RegExp(content, `${content.flags}g`), (all) =>
        'sure' in row && !row.sure(all) ? all : `${all.slice(0, 4)}…`,
      ),
    text,
  )
}

function inVariable(name: string, value: string): Hint[] {
  // A variable or a mounted file that holds it is how it should be; a switch or a number is no secret.
  if (value === '' || /^(?:\$|\/|\*+$)|^(?:true|false|yes|no|on|off|none|null|\d{1,9})$/i.test(value))
    return []
  const hints = hintsIn(value, GENERAL)
  if (hints.length > 0) return hints
  if (/^\w+(?:\+\w+)?:\/\/[^/\s:@]*:[^/\s@$]+@/.test(value))
    return [{ kind: 'address with a password', start: '' }]
  return SECRET_NAME_RE.test(name) && !OPEN_NAME_RE.test(name)
    ? [
        {
          kind: 'value of a secret variable',
          start: value.slice(0, Math.min(4, Math.floor(value.length / 3))),
        },
      ]
    : []
}
