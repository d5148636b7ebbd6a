/** One dependency as PEP 508 writes it, or as a table of Poetry or Pipenv says it. */
export interface Requirement {
  /** Normalised by PEP 503. */
  name: string
  extras: readonly string[]
  /** `>=2,<3`; empty: any. */
  specifier: string
  /** Where it comes from, when that is no index: `git+https://…`, `./lib`. */
  url?: string
  /** Its marker names versions of Python: for another one there may be another line. */
  byPython?: true
  source: string
}

/** PEP 503: one spelling per package. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

const REQUIREMENT_RE = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*/

/** Null where the text is no requirement, or one that its marker takes off Linux. */
export function parseRequirement(text: string, source: string): Requirement | null {
  const match = REQUIREMENT_RE.exec(text.trim())
  if (!match) return null
  const rest = text.trim().slice(match[0].length)
  const url = /^@\s*(\S+)/.exec(rest)?.[1]
  // After a URL only ` ;` starts a marker: a URL may hold a semicolon.
  const [, specifier = '', marker = ''] = url
    ? (/^@\s*\S+()\s*(?:;(.*))?$/.exec(rest) ?? [])
    : (/^([^;]*)(?:;(.*))?$/.exec(rest) ?? [])
  if (!url && !/^[\s(]*(?:$|[<>=!~])/.test(specifier)) return null
  if (!appliesOnLinux(marker)) return null
  return {
    name: normalizeName(match[1] as string),
    extras: (match[2] ?? '')
      .split(',')
      .map((extra) => normalizeName(extra.trim()))
      .filter(Boolean),
    specifier: specifier
      .trim()
      .replace(/^\((.*)\)$/, '$1')
      .replace(/\s+/g, ''),
    ...(url && { url }),
    ...(/\bpython_(?:full_)?version\b/.test(marker) && { byPython: true as const }),
    source,
  }
}

/** What markers ask of the image. Names that are not here (versions, machine) are taken to hold: a wrong yes does no harm. */
const LINUX: Readonly<Record<string, string>> = {
  sys_platform: 'linux',
  platform_system: 'Linux',
  os_name: 'posix',
  platform_python_implementation: 'CPython',
  implementation_name: 'cpython',
}

const TOKEN_RE = /\s*(\(|\)|and\b|or\b|not\s+in\b|in\b|[<>=!~]=?=?|'[^']*'|"[^"]*"|[\w.]+)/gy

/** Whether a marker can hold on Linux. `extra == …` never does: extras are asked for by name. */
export function appliesOnLinux(marker: string): boolean {
  if (marker.trim() === '') return true
  TOKEN_RE.lastIndex = 0
  const tokens: string[] = []
  for (let match = TOKEN_RE.exec(marker); match; match = TOKEN_RE.exec(marker))
    tokens.push(match[1] as string)
  let at = 0
  const either = (): boolean => {
    let result = both()
    while (tokens[at] === 'or') {
      at++
      result = both() || result
    }
    return result
  }
  const both = (): boolean => {
    let result = one()
    while (tokens[at] === 'and') {
      at++
      result = one() && result
    }
    return result
  }
  const one = (): boolean => {
    if (tokens[at] === '(') {
      at++
      const result = either()
      at++
      return result
    }
    const [left = '', op = '', right = ''] = tokens.slice(at, at + 3)
    at += 3
    return compareMarker(left, op, right)
  }
  return either()
}

function compareMarker(left: string, op: string, right: string): boolean {
  const name = /^['"]/.test(left) ? right : left
  const value = (name === left ? right : left).replace(/^['"]|['"]$/g, '')
  if (name === 'extra') return false
  const actual = LINUX[name]
  if (actual === undefined) return true
  if (op === '==' || op === '===') return actual === value
  if (op === '!=') return actual !== value
  if (op === 'in') return value.includes(actual)
  if (/^not/.test(op)) return !value.includes(actual)
  return true
}
