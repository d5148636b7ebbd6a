import { blankRanges, isWithin } from './lines.ts'

export { lineOf } from './lines.ts'

export interface JavaScriptText {
  /** The text with its comments as spaces: every index and line number still fits. */
  code: string
  /** Whether `index` lies in a quoted string or in the fixed part of a template: words there are text, not code. */
  inString(index: number): boolean
}

/** Several questions are put to each file: it is scanned once. */
const scanned = new Map<string, Scanned>()
interface Scanned {
  comments: number[]
  strings: number[]
}

/** Comments replaced by spaces, so that what is switched off is not taken for what the code does. Never throws. */
export function blankComments(text: string): string {
  return text.includes('/') || text.includes('#!') || text.includes('<!--')
    ? blankRanges(text, scan(text).comments)
    : text
}

/** As {@link blankComments}, and tells code from quoted text. */
export function readJavaScript(text: string): JavaScriptText {
  const { comments, strings } = scan(text)
  return { code: blankRanges(text, comments), inString: (index) => isWithin(strings, index) }
}

function scan(text: string): Scanned {
  const known = scanned.get(text)
  if (known) return known
  const found = scanOnce(text)
  scanned.set(text, found)
  return found
}

/** After these words a slash starts a regular expression; after any other name it divides. */
const REGEX_AFTER = new Set(
  'return typeof case in of delete void throw new else do await yield instanceof'.split(' '),
)
/** All that can start or end something: what lies between is skipped at the speed of the regex engine. */
const STOPS_RE = /["'`/{}<]/g
const TEMPLATE_STOPS_RE = /\\[\s\S]|`|\$\{/g
const QUOTE_STOPS_RE = { '"': /\\[\s\S]|"|\n/g, "'": /\\[\s\S]|'|\n/g }

/**
 * One pass, linear, for JavaScript, TypeScript, JSX and the single-file formats around them. It does not parse: where a
 * quote, a regular expression or a comment does not end, the character stands for itself. That is what keeps an
 * apostrophe in JSX text from swallowing the code after it.
 */
function scanOnce(text: string): Scanned {
  const comments: number[] = []
  const strings: number[] = []
  /** Depths of braces outside of each template expression that is open. */
  const templates: number[] = []
  let depth = 0
  /** Up to here a search for this end was in vain, and would be again. */
  const dead = { '"': 0, "'": 0, '/': 0, '`': 0, '*/': 0, '-->': 0 }
  /** The comments before this index, and where they began: a slash after them looks at what stands before. */
  let chain = { start: -1, end: -1 }
  let at = 0

  const comment = (start: number, end: number) => {
    comments.push(start, end)
    const joined = chain.end >= 0 && text.slice(chain.end, start).trim() === ''
    chain = { start: joined ? chain.start : start, end }
    at = end
  }
  const template = (from: number, start: number) => {
    TEMPLATE_STOPS_RE.lastIndex = from
    let end = text.length
    for (let stop = TEMPLATE_STOPS_RE.exec(text); stop; stop = TEMPLATE_STOPS_RE.exec(text)) {
      if (stop[0].startsWith('\\')) continue
      end = TEMPLATE_STOPS_RE.lastIndex
      if (stop[0] === '${') {
        templates.push(depth)
        depth = 0
      }
      break
    }
    at = end
    strings.push(start, at)
  }

  if (text.startsWith('#!')) comment(0, lineEnd(text, 0))
  while (at < text.length) {
    STOPS_RE.lastIndex = at
    const found = STOPS_RE.exec(text)
    if (!found) break
    at = found.index
    const char = found[0]
    if (char === '"' || char === "'") {
      const end = at < dead[char] ? -1 : quotedEnd(text, at, char)
      if (end < 0) {
        dead[char] = Math.max(dead[char], lineEnd(text, at))
        at++
      } else {
        strings.push(at, end)
        at = end
      }
    } else if (char === '`') template(at + 1, at)
    else if (char === '{') {
      depth++
      at++
    } else if (char === '}') {
      const outer = depth === 0 ? templates.pop() : undefined
      if (outer === undefined) {
        depth = Math.max(0, depth - 1)
        at++
      } else {
        depth = outer
        template(at + 1, at + 1)
      }
    } else if (char === '<') {
      const opens = text.startsWith('<!--', at) && at >= dead['-->']
      const end = opens ? text.indexOf('-->', at) : -1
      if (opens && end < 0) dead['-->'] = text.length
      if (end < 0) at++
      else comment(at, end + 3)
    } else if (text[at + 1] === '/' && !/(?:https?|wss?):$/.test(text.slice(Math.max(0, at - 6), at))) {
      comment(at, lineEnd(text, at))
    } else if (text[at + 1] === '*') {
      const end = at < dead['*/'] ? -1 : text.indexOf('*/', at + 2)
      if (end < 0) {
        dead['*/'] = text.length
        at += 2
      } else comment(at, end + 2)
    } else {
      const end = at < dead['/'] || !startsRegex(text, at, chain) ? -1 : regexEnd(text, at)
      if (end === NO_END) dead['/'] = lineEnd(text, at)
      at = end < 0 ? at + 1 : end
    }
  }
  return { comments, strings }
}

const NO_END = -2

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** Where the string that starts at `from` ends; -1 where its line ends first. */
function quotedEnd(text: string, from: number, quote: '"' | "'"): number {
  const stops = QUOTE_STOPS_RE[quote]
  stops.lastIndex = from + 1
  for (let stop = stops.exec(text); stop; stop = stops.exec(text)) {
    if (stop[0] === quote) return stops.lastIndex
    if (stop[0] === '\n') return -1
  }
  return -1
}

function regexEnd(text: string, from: number): number {
  let inClass = false
  for (let i = from + 1; i < text.length; i++) {
    const char = text[i]
    if (char === '\n') return NO_END
    if (char === '\\') i++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return i + 1
  }
  return NO_END
}

/** Whether the slash at `at` starts a regular expression: by what stands before it, comments left out. */
function startsRegex(text: string, at: number, chain: { start: number; end: number }): boolean {
  let i = at - 1
  for (; i >= 0; i--) {
    if (i === chain.end - 1) i = chain.start
    else if (!/\s/.test(text[i] as string)) break
  }
  if (i < 0) return true
  const before = text[i] as string
  if (before === '>') return text[i - 1] === '='
  if (/[\w$]/.test(before)) {
    const word = /[\w$]+$/.exec(text.slice(Math.max(0, i - 11), i + 1))
    return word !== null && REGEX_AFTER.has(word[0])
  }
  // After `<` it closes a JSX element; after a bracket or a quote it divides.
  return '(,=:[!&|?{;+-*%~^'.includes(before)
}
