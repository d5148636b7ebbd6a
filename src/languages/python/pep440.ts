/**
 * PEP 440 as far as `requires-python` needs it: which minor versions does a constraint allow? Poetry's caret and tilde and
 * its `||` are read as well. A clause that is none of these makes the whole constraint unreadable: null, never a guess.
 */

/** `3.12.4`; pre-releases and local parts say nothing about a line, so they are dropped. */
type Release = readonly number[]

interface Clause {
  op: '>=' | '<=' | '>' | '<' | '==' | '!='
  release: Release
  /** `== 3.12.*`. */
  prefix: boolean
}

/** The highest patch that any line of Python has had is below this. */
const PATCHES = 60
const CLAUSE_RE =
  /^(~=|===?|!=|<=|>=|<|>|\^|~)?\s*v?(\d+(?:\.\d+){0,4})(\.\*)?(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[-_.]?\d*)*(?:\+[\w.]+)?$/i

/** The minor versions (`3.12`) among the given ones that the constraint allows; null where it can't be read. */
export function minorsWithin(constraint: string, minors: readonly string[]): string[] | null {
  const alternatives = constraint.split(/\s*\|\|?\s*/)
  const read = alternatives.map(parseClauses)
  if (read.some((clauses) => clauses === null)) return null
  return minors.filter((minor) => read.some((clauses) => allows(clauses as Clause[], minor)))
}

/** The lowest release that a constraint names, to say what was asked for; null where it names none. */
export function lowestNamed(constraint: string): Release | null {
  const all = [...constraint.matchAll(/\d+(?:\.\d+)+|\d+/g)].map((match) => toRelease(match[0]))
  return all.sort(compare)[0] ?? null
}

export function compare(a: Release, b: Release): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

export function toRelease(text: string): Release {
  return text.split('.').map(Number)
}

function parseClauses(text: string): Clause[] | null {
  const clauses: Clause[] = []
  // Poetry lets a space stand for a comma: `>=3.9 <4.0`.
  const parts = text
    .trim()
    .replace(/([<>=!~^])\s+/g, '$1')
    .split(/[\s,]+/)
    .filter(Boolean)
  for (const part of parts) {
    if (part === '*') continue
    const match = CLAUSE_RE.exec(part)
    if (!match) return null
    const release = toRelease(match[2] as string)
    clauses.push(...expand(match[1] ?? '==', release, match[3] !== undefined, match[1] === undefined))
  }
  return clauses
}

function expand(op: string, release: Release, wildcard: boolean, bare: boolean): Clause[] {
  const lower: Clause = { op: '>=', release, prefix: false }
  const below = (upper: Release): Clause => ({ op: '<', release: upper, prefix: false })
  if (op === '^') return [lower, below([(release[0] ?? 0) + 1])]
  if (op === '~') return [lower, below(release.length > 1 ? bump(release.slice(0, 2)) : bump(release))]
  if (op === '~=') return release.length < 2 ? [lower] : [lower, below(bump(release.slice(0, -1)))]
  // `3.12` alone (Pipfile, .python-version) means the line, not 3.12.0.
  if (op === '==' || op === '===')
    return [{ op: '==', release, prefix: wildcard || (bare && release.length < 3) }]
  if (op === '!=') return [{ op: '!=', release, prefix: wildcard }]
  return [{ op: op as Clause['op'], release, prefix: false }]
}

function bump(release: Release): Release {
  return [...release.slice(0, -1), (release.at(-1) ?? 0) + 1]
}

/** A line is allowed when one of its patches is. */
function allows(clauses: readonly Clause[], minor: string): boolean {
  const line = toRelease(minor)
  for (let patch = 0; patch < PATCHES; patch++) {
    if (clauses.every((clause) => meets([...line, patch], clause))) return true
  }
  return false
}

function meets(version: Release, clause: Clause): boolean {
  if (clause.prefix) {
    const same = compare(version.slice(0, clause.release.length), clause.release) === 0
    return clause.op === '!=' ? !same : same
  }
  const order = compare(version, clause.release)
  switch (clause.op) {
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    case '!=':
      return order !== 0
    default:
      return order === 0
  }
}
