import { blankRanges, isWithin } from './lines.ts'

export { lineOf } from './lines.ts'

export interface PythonText {
  /** The text with comments and docstrings as spaces: every index and line number still fits. */
  code: string
  /** Whether `index` lies in a string: words there are text, not code. */
  inString(index: number): boolean
}

/** Comments and strings that stand alone (docstrings) replaced by spaces; other strings stay. Never throws. */
export function blankPython(text: string): string {
  return text.includes('#') || text.includes('"""') || text.includes("'''")
    ? blankRanges(text, scan(text).blanks)
    : text
}

/** As {@link blankPython}, and tells code from quoted text. */
export function readPython(text: string): PythonText {
  const { blanks, strings } = scan(text)
  return { code: blankRanges(text, blanks), inString: (index) => isWithin(strings, index) }
}

const STOPS_RE = /["'#([{}\])]/g

/** One pass, linear; a quote that does not end stands for itself. */
function scan(text: string): { blanks: number[]; strings: number[] } {
  const blanks: number[] = []
  const strings: number[] = []
  const dead: Record<string, number> = {}
  let depth = 0
  let at = 0
  while (at < text.length) {
    STOPS_RE.lastIndex = at
    const found = STOPS_RE.exec(text)
    if (!found) break
    at = found.index
    const char = found[0]
    if (char === '#') {
      const end = text.indexOf('\n', at)
      const stop = end < 0 ? text.length : end
      blanks.push(at, stop)
      at = stop
    } else if (char === '"' || char === "'") {
      const triple = text.startsWith(char.repeat(3), at)
      const quote = triple ? char.repeat(3) : char
      const end = at < (dead[quote] ?? 0) ? -1 : stringEnd(text, at, quote, triple)
      if (end < 0) {
        const newline = text.indexOf('\n', at)
        dead[quote] = triple || newline < 0 ? text.length : newline
        at += 1
      } else {
        if (triple && depth === 0 && standsAlone(text, at)) blanks.push(at, end)
        else strings.push(at, end)
        at = end
      }
    } else {
      depth = '([{'.includes(char) ? depth + 1 : Math.max(0, depth - 1)
      at++
    }
  }
  return { blanks, strings }
}

function stringEnd(text: string, from: number, quote: string, triple: boolean): number {
  for (let i = from + quote.length; i < text.length; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (char === '\n' && !triple) return -1
    else if (char === quote[0] && (!triple || text.startsWith(quote, i))) return i + quote.length
  }
  return -1
}

/** Whether nothing but space and a prefix (`r`, `u`, …) stands before the string on its line, and no line is continued. */
function standsAlone(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 200), at)
  const start = before.lastIndexOf('\n')
  if (start < 0 && at > 200) return false
  return /^\s*[rRuUbBfF]{0,2}$/.test(before.slice(start + 1)) && before[start - 1] !== '\\'
}
