/** How BuildKit takes a line apart: its own three lexers, quirks included, so that we see what it sees. */

const WIDE_SPACES =
  '\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'

/** White space as Go has it: with U+0085, without the BOM. */
export function isSpace(char: string | undefined): boolean {
  if (char === undefined) return false
  const code = char.charCodeAt(0)
  return code === 32 || (code > 8 && code < 14) || (code > 132 && WIDE_SPACES.includes(char))
}

export function trimStart(text: string): string {
  let start = 0
  while (start < text.length && isSpace(text[start])) start++
  return text.slice(start)
}

export function trim(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text[end - 1])) end--
  return trimStart(text.slice(0, end))
}

/** Each stretch of blanks outside of quotes as one space. */
export function collapse(text: string): string {
  let out = ''
  let quote = ''
  let isBlank = true
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    const wasBlank = isBlank
    isBlank = !quote && ' \t\r'.includes(char)
    if (isBlank) continue
    if (wasBlank && out) out += ' '
    out += char
    if (char === '\\' && quote !== "'") out += text[++at] ?? ''
    else if (char === quote) quote = ''
    else if (!quote && (char === '"' || char === "'")) quote = char
  }
  // A quote that stays open may be none: all of the text counts.
  return quote ? text.trim() : out
}

/** Flags in front of the arguments, without their quotes; `--` ends them. (BuildKit goes by bytes here: it breaks `à`.) */
export function splitFlags(text: string, escaper: string): { flags: string[]; rest: string } {
  const flags: string[] = []
  let at = 0
  for (;;) {
    while (at < text.length && isSpace(text[at])) at++
    if (!text.startsWith('--', at)) return { flags, rest: text.slice(at) }
    let word = ''
    let quote = ''
    for (; at < text.length && (quote || !isSpace(text[at])); at++) {
      let char = text[at] as string
      if (char === quote) quote = ''
      else if (!quote && (char === '"' || char === "'")) quote = char
      else {
        if (char === escaper) char = text[++at] ?? ''
        word += char
      }
    }
    if (word === '--') return { flags, rest: text.slice(at) }
    flags.push(word)
  }
}

/** Words of ENV, LABEL and ARG: quotes and escapes stay in them. */
export function pairWords(text: string, escaper: string): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (!quote && isSpace(char)) {
      if (word) words.push(word)
      word = ''
    } else if (char === escaper && quote !== "'") {
      // An escape at the very end means nothing.
      if (at + 1 < text.length) word += char + text[++at]
      else quote = ''
    } else {
      if (char === quote) quote = ''
      else if (!quote && (char === '"' || char === "'")) quote = char
      word += char
    }
  }
  if (word) words.push(word)
  return words
}

export interface HeredocStart {
  name: string
  /** `<<-`: tabs before its lines are not part of it. */
  chomp: boolean
  /** The name is quoted: nothing within is expanded. */
  quoted: boolean
}

/** The heredocs that a line opens; null: their words cannot be read. */
export function heredocsOf(line: string): HeredocStart[] | null {
  const found: HeredocStart[] = []
  for (const word of shellWords(line, true, true) ?? []) {
    const match = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word)
    const rest = match?.[2]
    if (!rest) continue
    const plain = shellWords(rest, false, false)
    if (!plain) return null
    const [name] = plain
    if (plain.length !== 1 || name === undefined) continue
    const raw = shellWords(rest, true, false)
    if (raw?.length !== 1) return null
    found.push({
      name,
      chomp: match?.[1] === '-',
      quoted: quotes(name) !== quotes(raw[0] as string),
    })
  }
  return found
}

function quotes(text: string): number {
  return text.split(/["']/).length
}

/** Words of a shell line with variables left as they are; null: a quote or a brace stays open. */
function shellWords(source: string, rawQuotes: boolean, rawEscapes: boolean): string[] | null {
  const words: string[] = []
  let at = source.startsWith('\ufeff') ? 1 : 0
  let raw = rawEscapes
  let word = ''

  // Caught below: by far the shortest way out of nested braces, and it covers a stack that runs out, too.
  const fail = (): never => {
    throw new Error('unbalanced')
  }
  const add = (char: string): void => {
    if (!isSpace(char)) word += char
    else if (word) {
      words.push(word)
      word = ''
    }
  }

  function variable(): string {
    const start = at
    if (/\p{Nd}/u.test(source[at] ?? '')) while (/\p{Nd}/u.test(source[at] ?? '')) at++
    else if (at < source.length && '@*#?-$!0'.includes(source[at] as string)) at++
    else while (/[\p{L}\p{Nd}_]/u.test(charAt(source, at))) at += charAt(source, at).length
    return source.slice(start, at)
  }

  function dollar(): string {
    if (source[++at] !== '{') return `$${variable()}`
    at++
    if (at >= source.length || '{}:'.includes(source[at] as string)) fail()
    const name = variable()
    let operator = source[at++] ?? fail()
    if (operator === '}') return `\${${name}}`
    // One buffer serves all levels in BuildKit: what stands before a modifier is lost there.
    word = ''
    if (operator === '/') {
      if (source[at] === '/') at++
      const pattern = until('/', true, true)
      return `\${${name}/${pattern}/${until('}', true, false)}}`
    }
    if (operator === ':') {
      operator += source[at++] ?? fail()
      if (/[#%]/.test(operator)) fail()
    } else if (!'+-?#%'.includes(operator)) fail()
    const isPattern = operator === '#' || operator === '%'
    return `\${${name}${operator}${until('}', isPattern, isPattern)}}`
  }

  function singleQuoted(isPattern: boolean): string {
    const end = source.indexOf("'", at + 1)
    if (end < 0) fail()
    const inner = source.slice(at + 1, end)
    at = end + 1
    const text = isPattern ? inner.replaceAll('\\', '\\\\') : inner
    return rawQuotes ? `'${text}'` : text
  }

  function doubleQuoted(isPattern: boolean): string {
    let text = ''
    for (at++; source[at] !== '"'; ) {
      if (at >= source.length) fail()
      if (source[at] === '$') {
        text += dollar()
        continue
      }
      let char = source[at++] as string
      if (char === '\\') {
        if (at >= source.length) continue
        if ('"$\\'.includes(source[at] as string)) {
          if (raw) text += char
          char = source[at++] as string
        } else if (raw && (!rawQuotes || isPattern)) text += char
      }
      text += char
    }
    at++
    return rawQuotes ? `"${text}"` : text
  }

  function until(stop: string, rawHere: boolean, isPattern: boolean): string {
    const before = raw
    raw = rawHere
    let text = ''
    while (at < source.length) {
      const char = source[at] as string
      if (char === stop) {
        at++
        raw = before
        return text
      }
      let part = char
      if (char === '$') {
        part = dollar()
        if (!stop) for (const one of part) add(one)
      } else if (char === '<' || char === "'" || char === '"') {
        part = char === '<' ? arrows() : char === '"' ? doubleQuoted(isPattern) : singleQuoted(isPattern)
        if (!stop) word += part
      } else if (char === '\\') {
        part = (raw ? char : '') + (source[at + 1] ?? '')
        at += 2
        if (!stop) word += part
      } else {
        at++
        if (!stop) add(char)
      }
      text += part
    }
    return stop ? fail() : text
  }

  /** A heredoc may have white space before its name. */
  function arrows(): string {
    const start = at++
    if (source[at] !== '<') return '<'
    do at++
    while (source[at] === ' ' || source[at] === '\t' || source[at] === '\r')
    return source.slice(start, at)
  }

  try {
    until('', rawEscapes, false)
  } catch {
    return null
  }
  if (word) words.push(word)
  return words
}

function charAt(text: string, at: number): string {
  return at < text.length ? String.fromCodePoint(text.codePointAt(at) as number) : ''
}
