import type { Project } from '../../project.ts'
import { blankComments } from '../../source/javascript.ts'
import { balanced, itemsOf, propertyOf, resolve, upToComma } from './expression.ts'
import { importedFile, resolveSpecifier } from './imports.ts'
import { TEXT } from './nest.ts'

/** `on.use(below, member)`, in the file `by`. */
interface Mount {
  /** Undefined where it is computed. */
  below: string | undefined
  by: string
  on: string | undefined
  /** `api` of `routes.api`. */
  member: string | undefined
}

const MOUNT_RE = /\.(?:use|route|register)\s*(?:<[^()]{0,200}>)?\(/g
const TARGET_RE = /^(?:await\s+)?(?:(?:require|import)\(\s*['"]([^'"]+)['"]\s*\)|(\w+)(?:\.(\w+))?)/
const REEXPORT_RE =
  /\b(?:export\s*(?:\*|\{([^{}]*)\})\s*from\s*|module\.exports\s*=\s*require\(\s*)(['"])([^'"\n]+)\2/g
/** `new Router({ prefix: '/v1' })`, `new Hono().basePath('/api')`: before every route of the file. */
const FILE_PREFIX_RE = /(?:\bnew\s+\w*Router\(\s*\{[^{}]*\bprefix\s*:|\.basePath\()\s*(['"`])(\/[^'"`\s$]*)\1/
const MOST_STEPS = 5
/** A router is mounted once or twice; a project may write anything. */
const MOST_MOUNTS = 50

/** The name before the dot of a call: `router` of `router.get(`. */
export const receiverOf = (code: string, dot: number): string | undefined =>
  /(\w+)\s*$/.exec(code.slice(Math.max(0, dot - 80), dot))?.[1]

/** What is mounted where: by the files of `codes`, the project's code without comments. */
export class Mounts {
  readonly #project: Project
  readonly #files: readonly string[]
  readonly #codes: ReadonlyMap<string, string>
  /** By file, or by file and name where the router stays in it. */
  readonly #mounts = new Map<string, Mount[]>()
  readonly #calls = new Set<string>()
  readonly #prefixes = new Map<string, string | undefined>()

  constructor(project: Project, files: readonly string[], codes: ReadonlyMap<string, string>) {
    this.#project = project
    this.#files = files
    this.#codes = codes
    for (const [file, code] of codes) this.#read(file, code)
  }

  /** Whether a call is no route of its own, but leads to those of a router. */
  has(file: string, index: number): boolean {
    return this.#calls.has(`${file}:${index}`)
  }

  /** Files that are mounted below a path like this. */
  below(fits: (path: string) => boolean): string[] {
    return [...this.#mounts].flatMap(([file, mounts]) =>
      mounts.some(({ below }) => below !== undefined && fits(below)) ? [file] : [],
    )
  }

  /** What stands before the routes of a router; undefined where nobody mounts it, or nobody can tell. */
  prefixOf(file: string, on: string | undefined, inner = ''): string | undefined {
    const key = `${inner === file}#${file}#${on}`
    if (!this.#prefixes.has(key)) {
      // In a circle there is none.
      this.#prefixes.set(key, undefined)
      this.#prefixes.set(key, this.#findPrefix(file, on, inner))
    }
    return this.#prefixes.get(key)
  }

  #findPrefix(file: string, on: string | undefined, inner: string): string | undefined {
    const code = this.#codes.get(file) ?? ''
    const own = inner === file ? '' : (FILE_PREFIX_RE.exec(code)?.[2] ?? '')
    const all = this.#mounts.get(`${file}#${on}`) ?? this.#mounts.get(file) ?? []
    const named = all.filter(
      ({ member }) =>
        member !== undefined && (member === on || new RegExp(`\\b${member}\\s*[:=]\\s*${on}\\b`).test(code)),
    )
    const mounts = named.length > 0 ? named : all
    if (mounts.length === 0) return isAlone(code, on) ? undefined : own
    const prefixes = mounts.flatMap(({ below, by, on: outer }) => {
      const before = below === undefined ? undefined : this.prefixOf(by, outer, file)
      return before === undefined ? [] : [`${before}${below}`.replace(/\/$/, '') + own]
    })
    return prefixes.sort((a, b) => a.length - b.length)[0]
  }

  #read(file: string, code: string): void {
    const project = this.#project
    const files = this.#files
    const place = { project, files, file, code, variables: [] }
    for (const match of code.matchAll(MOUNT_RE)) {
      const items = itemsOf(balanced(code, match.index + match[0].length))
      const on = receiverOf(code, match.index)
      const path = () => {
        const option = items.find((item) => item.startsWith('{')) ?? ''
        const at = propertyOf(option, 'prefix')
        const text = at === undefined ? items.length > 1 && items[0] : upToComma(option.slice(at))
        if (!text) return ''
        const below = resolve(TEXT, text, place)?.value
        return below?.startsWith('/') ? below : at !== undefined || text.startsWith('`') ? undefined : ''
      }
      for (const item of items) {
        const [, specifier, name = '', member] = TARGET_RE.exec(item) ?? []
        const local = name !== '' && name !== on && isRouter(code, name)
        const target = specifier
          ? resolveSpecifier(project, specifier, file, files)
          : local
            ? `${file}#${name}`
            : name && importedFile(project, code, name, file, files)
        if (!target) continue
        this.#calls.add(`${file}:${match.index}`)
        this.#add(target, { below: path(), by: file, on, member }, name)
      }
    }
  }

  /** Of what a file only hands on, the file that it comes from is mounted too. */
  #add(target: string, mount: Mount, name: string, steps = 0): void {
    const mounts = this.#mounts.get(target) ?? []
    if (mounts.length >= MOST_MOUNTS || mounts.at(-1) === mount) return
    this.#mounts.set(target, [...mounts, mount])
    const text = steps < MOST_STEPS && name ? this.#project.source(target) : null
    if (!text || !/from|require/.test(text)) return
    for (const [, names, , specifier = ''] of blankComments(text).matchAll(REEXPORT_RE)) {
      const given = names?.split(',').map((one) => one.trim().split(/\s+/).at(-1))
      if (given && !given.includes(name) && !given.includes('default')) continue
      const next = resolveSpecifier(this.#project, specifier, target, this.#files)
      if (next) this.#add(next, mount, name, steps + 1)
    }
  }
}

const isRouter = (code: string, name: string): boolean =>
  code.includes('Router') &&
  new RegExp(
    `\\b(?:const|let|var)\\s+${name}\\s*(?::[^=\\n]+)?=[^\\n;]*?\\b\\w*Router\\s*(?:<[^()]{0,200}>)?\\(`,
  ).test(code)

/** A router that another file is to mount. */
const isAlone = (code: string, name: string | undefined): boolean =>
  name !== undefined &&
  /\bexports?\b/.test(code) &&
  !/\b(?:listen|serve)\b/.test(code) &&
  isRouter(code, name)
