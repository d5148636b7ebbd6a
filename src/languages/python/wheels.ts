import { RUNTIMES } from '../../data/versions.ts'
import type { Project } from '../../project.ts'
import type { Dependencies } from './dependencies.ts'
import type { Lock } from './manifests.ts'
import { compare, toRelease } from './pep440.ts'
import { normalizeName } from './requirement.ts'

const MINORS = Object.keys(RUNTIMES.python.supported)
const COLUMNS = ['3.11', '3.12', '3.13', '3.14']

/** A pinned package that is not made for every line of Python. */
export interface Bound {
  /** `greenlet 3.0.3`. */
  title: string
  file: string
  /** The supported lines that it is made for. */
  lines: readonly string[]
  /** What it has for those and lacks for others: without wheels pip compiles. */
  wheels: boolean
}

/**
 * The first version with wheels for Debian, by line from 3.11 on; `since`: earlier ones say nothing. As asked of PyPI for
 * x86-64 in November 2026. What a lock says of itself goes before these.
 */
const FIRST: Readonly<Record<string, readonly [string, string, string, string, since?: string]>> = {
  aiohttp: ['3.8.3', '3.9.0', '3.10.5', '3.13.0'],
  asyncpg: ['0.27.0', '0.29.0', '0.30.0', '0.31.0'],
  cffi: ['1.15.1', '1.16.0', '1.17.0', '2.0.0'],
  greenlet: ['1.1.3', '3.0.0', '3.1.0', '3.2.3'],
  grpcio: ['1.49.1', '1.59.0', '1.66.2', '1.75.1'],
  httptools: ['0.5.0', '0.6.1', '0.6.2', '0.7.1'],
  lxml: ['4.9.1', '4.9.3', '5.3.0', '6.0.1'],
  multidict: ['6.0.3', '6.0.5', '6.0.5', '6.0.5'],
  numpy: ['1.23.2', '1.26.0', '2.1.0', '2.3.2'],
  orjson: ['3.7.7', '3.9.3', '3.10.7', '3.11.4'],
  pandas: ['1.5.0', '2.1.1', '2.2.3', '2.3.3'],
  pillow: ['9.2.0', '10.0.0', '10.4.0', '11.3.0'],
  'psycopg2-binary': ['2.9.5', '2.9.9', '2.9.10', '2.9.11'],
  // By the pydantic-core that it pins.
  pydantic: ['2.0', '2.0.2', '2.8.0', '2.12.0', '2'],
  'pydantic-core': ['2.0.0', '2.1.2', '2.20.0', '2.35.0'],
  pyyaml: ['6.0', '6.0.1', '6.0.2', '6.0.3'],
  'scikit-learn': ['1.1.3', '1.3.1', '1.5.2', '1.7.2'],
  scipy: ['1.9.2', '1.11.2', '1.14.1', '1.16.1'],
  uvloop: ['0.17.0', '0.18.0', '0.21.0', '0.22.1'],
}

/** The same of what is made of Python alone, and names its lines: https://docs.djangoproject.com/en/dev/faq/install/. */
const MADE_FOR: typeof FIRST = { django: ['4.1', '4.2.8', '5.1.3', '5.2.8'] }

/** What a lock pins for production, by name: its text there. Without a lock nothing is known of what others bring. */
export type Locked = ReadonlyMap<string, string>

export function readLocked(
  project: Project,
  lock: Lock | null,
  { production }: Pick<Dependencies, 'production'>,
): Locked {
  const text = lock ? (project.text(lock) ?? '') : ''
  if (lock !== 'Pipfile.lock') return reachedBlocks(text, production.keys())
  const locked = text.split(/^ *"develop": /m)[0] as string
  return new Map(
    [...locked.matchAll(/"([\w.-]+)": \{([^{}]*)\}/g)].map(([, name = '', block = '']) => [
      normalizeName(name),
      block,
    ]),
  )
}

/** A production package at one exact version. */
export interface Pin {
  name: string
  version: string
  file: string
  /** What its lock says of it. */
  block?: string
}

export function findPins(
  locked: Locked,
  lock: Lock | null,
  { production }: Pick<Dependencies, 'production'>,
): Pin[] {
  if (lock && lock !== 'Pipfile.lock' && locked.size > 0)
    return [...locked].flatMap(([name, block]) => {
      const version = /^version = "(\d+(?:\.\d+)*)[^"\n]*"/m.exec(block)?.[1]
      return version ? [{ name, version, file: lock, block }] : []
    })
  const listed = [...production].map(([name, { specifier, source, byPython }]) => ({
    name,
    specifier: byPython ? '' : specifier,
    file: source.split(/[#:]/)[0] as string,
  }))
  const more = [...locked].map(([name, block]) => ({
    name,
    specifier: /"version": "==([^"\n]+)"/.exec(block)?.[1] ?? '',
    file: lock as string,
  }))
  return [...listed, ...more].flatMap(({ name, specifier, file }) => {
    const version = /^(?:={2,3})?(\d+(?:\.\d+)*)(?:\.?post\d+)?$/.exec(specifier)?.[1]
    return version ? [{ name, version, file }] : []
  })
}

/** The production packages whose exact version leaves a supported line out. */
export const findBounds = (pins: readonly Pin[]): Bound[] =>
  pins
    .flatMap((pin) => (pin.block === undefined ? rowBound(pin) : lockBound(pin, pin.block)))
    .filter(({ lines }) => lines.length < MINORS.length)

function rowBound({ name, version, file }: Pin): Bound[] {
  const row = FIRST[name] ?? MADE_FOR[name]
  const release = toRelease(version)
  if (!row || (row[4] && compare(release, toRelease(row[4])) < 0)) return []
  const lines = MINORS.filter((minor) => compare(release, toRelease(row[COLUMNS.indexOf(minor)] ?? '0')) >= 0)
  return [{ title: `${name} ${version}`, file, lines, wheels: name in FIRST }]
}

/**
 * A lock of uv, Poetry or PDM by its text: parsed, a megabyte of it would take longer than the whole run. A package's block
 * names what it depends on at the start of lines, and its wheels by their files.
 */
function reachedBlocks(text: string, roots: Iterable<string>): Locked {
  const blocks = new Map<string, string>()
  for (const block of text.split('\n[[package]]\n').slice(1)) {
    const name = normalizeName(/^name = "([^"\n]+)"/m.exec(block)?.[1] ?? '')
    // Before 1.5 Poetry had all files at its end. Extras and groups are what a package may bring.
    const own = block.split(/\n\[(?:metadata|package\.(?:extras|metadata|dev-dependencies))/)[0]
    blocks.set(name, `${blocks.get(name) ?? ''}\n${own}`)
  }
  const reached = new Set([...roots].filter((name) => blocks.has(name)))
  for (const name of reached) {
    const block = blocks.get(name) ?? ''
    for (const match of block.matchAll(/^\s*(?:\{ name = )?"?([A-Za-z][\w.-]*)/gm)) {
      const other = normalizeName(match[1] as string)
      if (blocks.has(other)) reached.add(other)
    }
  }
  return new Map([...reached].map((name) => [name, blocks.get(name) as string]))
}

function lockBound(pin: Pin, block: string): Bound[] {
  const { name, version, file } = pin
  if (name in MADE_FOR || !block.includes('.whl"')) return rowBound(pin)
  const tags = [...block.matchAll(/-([\w.]+)-([\w.]+)-([\w.]+)\.whl"/g)]
    .map(([, python = '', abi = '', platform = '']) => ({ python, abi, platform }))
    .filter(({ platform }) => /^any$|(?:many)?linux[\w.]*_x86_64/.test(platform))
  // None for Linux, or none that is compiled: made by pip wherever it is.
  if (!tags.some(({ platform }) => platform !== 'any')) return []
  const lines = MINORS.filter((minor) => tags.some((tag) => fits(tag, minor)))
  return [{ title: `${name} ${version}`, file, lines, wheels: true }]
}

/** PEP 425: `abi3` is for its line and all after it, and so is `py3…-none`. */
function fits({ python, abi }: { python: string; abi: string }, minor: string): boolean {
  const line = Number(minor.split('.')[1])
  return python.split('.').some((tag) => {
    const [, kind, since] = /^(cp|py)3(\d*)$/.exec(tag) ?? []
    if (!kind) return false
    return kind === 'py' || abi === 'abi3' ? Number(since) <= line : Number(since) === line
  })
}
