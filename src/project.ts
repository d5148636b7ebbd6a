import { isUtf8 } from 'node:buffer'
import {
  closeSync,
  fstatSync,
  opendirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { basename, extname, join, resolve, sep } from 'node:path'
import { CliError, EXIT } from './errors.ts'
import { isRecord } from './record.ts'

/** A manifest larger than this is none; a source file larger than this was generated. */
const MAX_MANIFEST_BYTES = 32 << 20
const MAX_SOURCE_BYTES = 512 << 10

/**
 * Bounds of the walk, so that detection costs the same in a small project and in a tree of 100,000 files. A folder with
 * more entries than MAX_FOLDER holds data, not source, and is passed over whole: half of it would depend on the disk's order.
 */
const MAX_DEPTH = 8
const MAX_FOLDER = 1_000
const MAX_ENTRIES = 6_000

/** Never entered: dependencies, build output, caches. Dot folders are not entered either. */
const SKIPPED_FOLDERS = new Set(
  `node_modules bower_components vendor dist build out target coverage htmlcov site-packages __pycache__
   __pypackages__ storybook-static logs tmp temp public static media staticfiles assets`.split(/\s+/),
)
/** Entered, but what they hold says nothing of the app in production. */
const TEST_FOLDERS = new Set(
  `test tests __tests__ __mocks__ spec specs e2e cypress playwright fixtures example examples doc docs stories benchmark
   benchmarks node_modules`.split(/\s+/),
)
/** What stands before the ending: `app.test.ts`, `types.d.ts`. */
const TEST_MARKS = new Set(['test', 'spec', 'stories', 'e2e', 'cy', 'd'])
/** Where apps keep their code: walked before the rest, so that the bound never cuts them off. */
const SOURCE_FOLDERS = ['src', 'app', 'server', 'api', 'lib', 'config', 'routes', 'pages', 'apps', 'packages']

export interface ProjectOptions {
  /** Paths of the project's own are resolved below it; nothing outside is ever read. */
  root: string
}

/** Whether a path is a folder or below it; both are real, without links. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/**
 * A read-only, cached view of a folder. Texts come without BOM and with `\n`, so that a file from Windows reads the same.
 * Paths are relative, with `/`, on every system.
 */
export class Project {
  readonly root: string
  /** The folder itself, where `root` leads to it through a link. */
  readonly real: string
  readonly #texts = new Map<string, string | null>()
  readonly #kinds = new Map<string, 'file' | 'folder' | null>()
  readonly #sources = new Map<string, readonly string[]>()
  #beside: readonly string[] = []
  #walked: { files: string[]; truncated: boolean } | undefined

  constructor(options: ProjectOptions) {
    this.root = resolve(options.root)
    let stat: ReturnType<typeof statSync>
    try {
      stat = statSync(this.root)
    } catch {
      throw new CliError(`There is no folder ${this.root}.`, {
        code: EXIT.usage,
        hint: 'Pass the folder of your app: create-prod-docker path/to/app',
      })
    }
    if (!stat.isDirectory()) {
      throw new CliError(`${this.root} is a file, not a folder.`, {
        code: EXIT.usage,
        hint: 'Pass the folder of your app: create-prod-docker path/to/app',
      })
    }
    this.real = realpathSync.native(this.root)
  }

  /** The folder's own name, the last resort for naming the app. */
  get name(): string {
    return basename(this.real)
  }

  #kind(path: string): 'file' | 'folder' | null {
    let kind = this.#kinds.get(path)
    if (kind === undefined) {
      try {
        // Most questions are about files that are not there: no error is made of that.
        const stat = statSync(this.root + sep + path, { throwIfNoEntry: false })
        kind = stat?.isFile() ? 'file' : stat?.isDirectory() ? 'folder' : null
      } catch {
        kind = null
      }
      this.#kinds.set(path, kind)
    }
    return kind
  }

  has(path: string): boolean {
    return this.#kind(path) === 'file'
  }
  hasFolder(path: string): boolean {
    return this.#kind(path) === 'folder'
  }
  /** The first of the paths that is a file. */
  first(paths: readonly string[]): string | undefined {
    return paths.find((path) => this.has(path))
  }

  /** The text of a file; null where there is none. Throws where it is not text or lies outside of the project. */
  text(path: string): string | null {
    let text = this.#texts.get(path)
    if (text === undefined) {
      text = this.has(path) ? this.#read(path, MAX_MANIFEST_BYTES) : null
      this.#texts.set(path, text)
    }
    return text
  }

  /** The text of a source file; null where it is too large, not UTF-8, or not ours to read: code is a hint, never a condition. */
  source(path: string): string | null {
    let text = this.#texts.get(path)
    if (text === undefined) {
      try {
        text = this.#read(path, MAX_SOURCE_BYTES)
      } catch {
        text = null
      }
      this.#texts.set(path, text)
    }
    return text
  }

  #read(path: string, limit: number): string {
    const full = join(this.root, path)
    const real = realpathSync.native(full)
    if (!isWithin(real, this.real)) {
      throw new CliError(`${path} is a link to a file outside of the project; it was not read.`, {
        code: EXIT.refused,
        hint: `Replace the link ${path} by the file itself, then run again.`,
      })
    }
    let bytes: Buffer
    let fd: number
    try {
      fd = openSync(full, 'r')
    } catch (error) {
      throw new CliError(`${path} can't be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`, {
        code: EXIT.failed,
        hint: 'Check its permissions, then run again.',
      })
    }
    try {
      const { size } = fstatSync(fd)
      if (size > limit)
        throw new CliError(`${path} is too large to read (${size} bytes).`, {
          code: EXIT.failed,
          hint: 'Is it really a text file?',
        })
      bytes = Buffer.allocUnsafe(size)
      bytes = bytes.subarray(0, readSync(fd, bytes, 0, size, 0))
    } finally {
      closeSync(fd)
    }
    if (!isUtf8(bytes)) {
      throw new CliError(`${path} is not UTF-8 text.`, {
        code: EXIT.failed,
        hint: `Save ${path} as UTF-8 (most editors: "Save with encoding"), then run again.`,
      })
    }
    const text = bytes.toString('utf8').replace(/^\ufeff/, '')
    return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
  }

  /** A parsed JSON file, `null` where there is none; comments and trailing commas are allowed where the format has them. */
  json(path: string, options: { comments?: boolean } = {}): Record<string, unknown> | null {
    const text = this.text(path)
    if (text === null) return null
    try {
      return asRecord(JSON.parse(options.comments ? stripJsonComments(text) : text), path)
    } catch (error) {
      if (error instanceof CliError) throw error
      throw broken(path, 'JSON', error)
    }
  }

  /** A file that its own tool reads as JSON5: one that we can't read is not broken for that. */
  lenientJson(path: string): unknown {
    try {
      return this.json(path, { comments: true })
    } catch {
      return undefined
    }
  }

  async toml(path: string): Promise<Record<string, unknown> | null> {
    const text = this.text(path)
    if (text === null) return null
    const { parse } = await import('smol-toml')
    try {
      return parse(text) as Record<string, unknown>
    } catch (error) {
      throw broken(path, 'TOML', error)
    }
  }

  async yaml(path: string): Promise<Record<string, unknown> | null> {
    const text = this.text(path)
    if (text === null) return null
    const { readYaml } = await import('./read-yaml.ts')
    try {
      return asRecord(readYaml(text) ?? {}, path)
    } catch (error) {
      if (error instanceof CliError) throw error
      throw broken(path, 'YAML', error)
    }
  }

  /** All files worth looking at, source folders first, in an order that does not depend on the disk. */
  files(): readonly string[] {
    this.#walked ??= walk(this.root)
    return this.#walked.files
  }

  /** The walk passes dot folders over. */
  workflows(): string[] {
    try {
      return readdirSync(join(this.root, '.github/workflows'))
        .sort()
        .map((name) => `.github/workflows/${name}`)
    } catch {
      return []
    }
  }

  /** Whether the tree was larger than the walk: then code was read in part, and the report says so. */
  get truncated(): boolean {
    return this.#walked?.truncated ?? false
  }

  /** From now on the code of these folders is none of this project. */
  passOver(folders: readonly string[]): void {
    this.#beside = folders
    this.#sources.clear()
  }

  /** Source files with one of these endings (`.ts`), without tests and type declarations. */
  sources(extensions: readonly string[]): readonly string[] {
    const key = extensions.join()
    let found = this.#sources.get(key)
    if (!found) {
      const isBeside = (path: string) => this.#beside.some((folder) => path.startsWith(`${folder}/`))
      found = this.files().filter(
        (path) => extensions.includes(extname(path)) && !isTest(path) && !isBeside(path),
      )
      this.#sources.set(key, found)
    }
    return found
  }
}

/** Sets and not one pattern: to compile that took longer than to read the whole tree. */
function isTest(path: string): boolean {
  const folders = path.toLowerCase().split('/')
  const name = folders.pop() as string
  if (folders.some((folder) => TEST_FOLDERS.has(folder))) return true
  const parts = name.split('.')
  const ending = parts.pop() as string
  if (ending === 'py') return name === 'conftest.py' || name.startsWith('test_') || name.endsWith('_test.py')
  return parts.length > 1 && TEST_MARKS.has(parts.at(-1) as string)
}

function walk(root: string): { files: string[]; truncated: boolean } {
  const files: string[] = []
  let truncated = false
  let entries = 0
  let level = ['']
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = []
    for (const folder of level) {
      if (entries >= MAX_ENTRIES) {
        truncated = true
        break
      }
      const listing = list(join(root, folder))
      if (!listing) {
        truncated = true
        continue
      }
      entries += listing.files.length + listing.folders.length
      if (listing.files.includes('pyvenv.cfg')) continue
      for (const name of listing.files) files.push(folder + name)
      for (const name of listing.folders) next.push(`${folder}${name}/`)
    }
    level = depth === 0 ? next.sort(bySourceFolder) : next
  }
  return { files, truncated }
}

function list(folder: string): { files: string[]; folders: string[] } | null {
  const files: string[] = []
  const folders: string[] = []
  try {
    const dir = opendirSync(folder, { bufferSize: 256 })
    try {
      for (let entry = dir.readSync(); entry; entry = dir.readSync()) {
        if (entry.isFile()) files.push(entry.name)
        else if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED_FOLDERS.has(entry.name))
          folders.push(entry.name)
        if (files.length + folders.length > MAX_FOLDER) return null
      }
    } finally {
      dir.closeSync()
    }
  } catch {
    return { files: [], folders: [] } // a folder that can't be read tells nothing
  }
  return { files: files.sort(), folders: folders.sort() }
}

function bySourceFolder(a: string, b: string): number {
  const rank = (folder: string) =>
    SOURCE_FOLDERS.indexOf(folder.slice(0, -1)) + 1 || SOURCE_FOLDERS.length + 1
  return rank(a) - rank(b) || (a < b ? -1 : 1)
}

function asRecord(value: unknown, path: string): Record<string, unknown> {
  if (!isRecord(value)) {
    throw new CliError(
      `${path} should hold an object, and holds ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}.`,
      {
        code: EXIT.failed,
        hint: `Mend ${path}, then run again.`,
      },
    )
  }
  return value
}

function broken(path: string, format: string, error: unknown): CliError {
  const [first = ''] = String(error instanceof Error ? error.message : error).split('\n')
  return new CliError(`${path} is not valid ${format}: ${first}`, {
    code: EXIT.failed,
    hint: `Mend ${path}, then run again. Nothing was written.`,
  })
}

/** JSON with `//` and block comments and trailing commas (tsconfig.json, angular.json) made plain JSON. */
export function stripJsonComments(text: string): string {
  return text
    .replace(
      /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_all, string: string | undefined) => string ?? '',
    )
    .replace(
      /("(?:\\.|[^"\\])*")|,(\s*[}\]])/g,
      (_all, string: string | undefined, close: string | undefined) => string ?? close ?? '',
    )
}
