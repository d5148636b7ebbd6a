import type { Project } from '../../project.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import type { Manifest } from './manifest.ts'

/** What must hold for a row or a variant of it: data, so that a framework never needs code of its own. All given parts must hold. */
export interface Condition {
  /** One of these packages is named. */
  dep?: readonly string[]
  /** None of these is. */
  noDep?: readonly string[]
  /** One of these files exists. */
  file?: readonly string[]
  /** A script runs this program: `vite build`. */
  script?: RegExp
  /** The build script runs it: what another script makes may be no more than the docs of the app. */
  build?: RegExp
  /** A setting in a config file written in code: `output: 'standalone'`. */
  config?: ConfigRef & { is: readonly (string | boolean)[] }
  /** A package (one of several, or every one) is imported in a config file: an adapter. */
  imports?: { files: readonly string[]; package: string | readonly string[]; every?: true }
  /** The code opens a port, or does not. */
  listens?: boolean
  /** Nothing that the start imports listens. */
  aside?: true
}

/** What conditions are held against. */
export interface Subject {
  project: Project
  manifest: Manifest
  listens: boolean
  /** The place that listens, and that the start does not import; empty where nothing listens, undefined where that is not known. */
  aside?: () => string | undefined
}

export interface ConfigRef {
  files: readonly string[]
  /** Dotted path: `build.outDir`. Its last part must stand in braces after the one before it; a single one is a key of the config itself. */
  key: string
  /** The key is an option of a plugin or an adapter: it may stand below any other. */
  nested?: true
}

export interface ConfigValue {
  value: string | boolean | undefined
  source: string
  /** An expression, not a literal: what it gives is not known. */
  unclear: boolean
}

export const configFiles = (name: string): readonly string[] =>
  ['ts', 'mts', 'js', 'mjs', 'cjs', 'cts'].map((extension) => `${name}.config.${extension}`)

/** Reads a literal (a number as its digits), or a constant of that file with one, from a config file in JavaScript or TypeScript, comments left out; undefined where the key is not there. */
export function configValue(project: Project, ref: ConfigRef): ConfigValue | undefined {
  const file = project.first(ref.files)
  const raw = file && project.source(file)
  if (!file || !raw) return undefined
  const code = blankComments(raw)
  const parts = ref.key.split('.')
  let from = 0
  for (const part of parts.slice(0, -1)) {
    const match = new RegExp(`\\b${part}['"]?\\s*:\\s*\\{`).exec(code.slice(from))
    if (!match) return undefined
    from += match.index + match[0].length
  }
  const key = parts.at(-1) as string
  const scope = parts.length > 1 ? insideBraces(code, from) : code
  // `{ base }` stands for the constant of that name, where the file has one.
  const pattern = new RegExp(`(?:^|[{,(\\s])['"]?${key}['"]?\\s*(:\\s*|(?=[,}]))`, 'g')
  const shared = constantOf(code, key)
  const match = [...scope.matchAll(pattern)].find(
    (found) =>
      (found[1] || shared !== undefined) &&
      (parts.length > 1 || ref.nested || !belowAnother(code, found.index + found[0].length)),
  )
  if (!match) return undefined
  const source = `${file}:${lineOf(code, (parts.length > 1 ? from : 0) + match.index + match[0].length)}`
  const rest = scope.slice(match.index + match[0].length)
  const name = /^([A-Za-z_$][\w$]*)\s*(?:[,}\n;)]|$)/.exec(rest)?.[1]
  const literal =
    /^(?:(['"`])([^'"`$]*)\1|(true|false)\b|(\d+))\s*(?:as const\s*|satisfies [\w<>]+\s*)?(?=[,}\n;)]|$)/.exec(
      match[1] ? ((name && constantOf(code, name)) ?? rest) : (shared as string),
    )
  if (!literal) return { value: undefined, source, unclear: true }
  return {
    value: literal[3] === undefined ? ((literal[2] ?? literal[4]) as string) : literal[3] === 'true',
    source,
    unclear: false,
  }
}

/** What follows `const name =`. */
function constantOf(code: string, name: string): string | undefined {
  const match = new RegExp(`\\bconst\\s+${name.replaceAll('$', '\\$')}\\s*(?::[^=\\n]+)?=\\s*`).exec(code)
  return match ? code.slice(match.index + match[0].length) : undefined
}

/** What opens the value of a key, or a function there: `unlazy: {`, `webpack: (config) => {`. */
const VALUE_RE = /[{,\n]\s*['"]?[\w$-]+['"]?\s*:\s*(?:(?:async\s*)?(?:\([^()]*\)|\w+)\s*=>\s*\(?)?$/

/** Whether what ends at `end` lies within the value of another key. */
function belowAnother(code: string, end: number): boolean {
  let depth = 0
  for (let at = end - 1; at >= 0; at--) {
    const char = code[at] as string
    if (')]}'.includes(char)) depth++
    else if ('([{'.includes(char)) {
      if (depth > 0) depth--
      else if (VALUE_RE.test(code.slice(Math.max(0, at - 200), at))) return true
    }
  }
  return false
}

function insideBraces(code: string, from: number): string {
  let depth = 1
  for (let at = from; at < code.length; at++) {
    if (code[at] === '{') depth++
    else if (code[at] === '}' && --depth === 0) return code.slice(from, at)
  }
  return code.slice(from)
}

/** Whether a condition holds, and what shows it. */
export function holds(
  condition: Condition,
  { project, manifest, listens, aside }: Subject,
): string | undefined {
  if (condition.listens !== undefined && condition.listens !== listens) return undefined
  const has = (name: string) => name in manifest.dependencies || name in manifest.devDependencies
  let source = 'package.json'
  if (condition.dep) {
    const name = condition.dep.find(has)
    if (!name) return undefined
    source = `package.json#${name in manifest.dependencies ? 'dependencies' : 'devDependencies'}.${name}`
  }
  if (condition.noDep?.some(has)) return undefined
  if (condition.build && !condition.build.test(manifest.scripts['build'] ?? '')) return undefined
  if (condition.file) {
    const file = project.first(condition.file)
    if (!file) return undefined
    source = file
  }
  if (condition.script) {
    const name = Object.keys(manifest.scripts).find((script) =>
      condition.script?.test(manifest.scripts[script] as string),
    )
    if (!name) return undefined
    source = `package.json#scripts.${name}`
  }
  if (condition.config) {
    const found = configValue(project, condition.config)
    if (found?.value === undefined || !condition.config.is.includes(found.value)) return undefined
    source = found.source
  }
  if (condition.imports) {
    const file = project.first(condition.imports.files)
    const raw = file && project.source(file)
    const names = [condition.imports.package].flat()
    const code = file && raw ? blankComments(raw) : ''
    const named = names.filter((name) => code.includes(`'${name}'`) || code.includes(`"${name}"`))
    if (!file || named.length < (condition.imports.every ? names.length : 1)) return undefined
    source = file
  }
  return condition.aside && aside?.() === undefined ? undefined : source
}
