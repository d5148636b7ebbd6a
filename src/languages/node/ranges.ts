/** A version of up to three numbers (the last ones may be left open) with an operator: `22`, `v22.x`, `>=22.1`, `^22.1.0-rc.1`. */
const COMPARATOR_RE = new RegExp(
  /^(\^|~>?|[<>]?=?)v?(N)(?:\.(N)(?:\.(N)(?:-(L(?:\.L)*))?(?:\+L(?:\.L)*)?)?)?$/.source
    .replaceAll('N', '0|[1-9]\\d*|[xX*]')
    .replaceAll('L', '[\\da-zA-Z-]+'),
)

/** From a version on, up to another without it. */
type Span = readonly [from: number, to: number]
const ANY: Span = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
const NONE: Span = [0, 0]

/** Where a version stands among all others. */
const place = (major: number, minor = 0, patch = 0) =>
  (major * 1e6 + Math.min(minor, 999_999)) * 1e6 + Math.min(patch, 999_999)
/** A prerelease stands before its version, and what comes after a version right behind it. */
const PRERELEASE = -0.5
const AFTER = 0.25

/** The spans of a range, by semver's grammar; null where it is no range. */
export function spansOf(range: string): Span[] | null {
  const spans = range.split('||').map(setSpan)
  return spans.every((span) => span !== null) ? spans : null
}

/** Whether a span touches any release of a line. */
export function touches([from, to]: Span, major: number): boolean {
  return Math.max(from, place(major)) < Math.min(to, place(major + 1) + PRERELEASE)
}

/** What satisfies each comparator of a set: `>=18 <23`, `18 - 22`. */
function setSpan(set: string): Span | null {
  const comparators = set
    .trim()
    .replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2')
    .replace(/([<>=~^])\s+/g, '$1')
    .split(/\s+/)
  let [from, to] = ANY
  for (const comparator of comparators) {
    const span = comparator === '' ? ANY : comparatorSpan(comparator)
    if (!span) return null
    from = Math.max(from, span[0])
    to = Math.min(to, span[1])
  }
  return [from, to]
}

function comparatorSpan(text: string): Span | null {
  const match = COMPARATOR_RE.exec(text)
  if (!match) return null
  const [, operator = '', ...parts] = match
  const [major, minor, patch] = parts
    .slice(0, 3)
    .map((part) => (/\d/.test(part ?? '') ? Number(part) : undefined))
  // 22.x.1: nothing is told by what follows an open number.
  if (minor === undefined ? patch !== undefined : major === undefined) return null
  if (major === undefined) return operator === '<' || operator === '>' ? NONE : ANY
  const open = minor === undefined || patch === undefined
  const from = place(major, minor, patch) + (parts[3] && !open ? PRERELEASE : 0)
  const to =
    minor === undefined || (operator === '^' && major > 0)
      ? place(major + 1) + PRERELEASE
      : open || operator.startsWith('~') || (operator === '^' && minor > 0)
        ? place(major, minor + 1) + PRERELEASE
        : operator === '^'
          ? place(major, minor, patch + 1) + PRERELEASE
          : from + AFTER
  if (operator === '>') return [to, ANY[1]]
  if (operator === '>=') return [from, ANY[1]]
  if (operator === '<') return [ANY[0], from]
  if (operator === '<=') return [ANY[0], to]
  // A prerelease alone is of no line.
  return /[~^]/.test(operator) || Number.isInteger(from) ? [from, to] : NONE
}
