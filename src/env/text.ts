/** Reading values and expressions out of source text, as far as literals go. */

export interface Literal {
  /** Undefined for `undefined`, `null` and `None`: nothing is set. */
  value: string | undefined
  kind: 'string' | 'number' | 'boolean' | 'none'
  end: number
}

const LITERAL_RE =
  /\s*(?:([rRuU]?)('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\$])*`)|([-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)n?|(true|false|True|False)|(undefined|null|None))(?![\w$'"`])/y

/** The literal at `at`, in JavaScript or Python; null where something else stands there. */
export function literalAt(code: string, at: number): Literal | null {
  LITERAL_RE.lastIndex = at
  const match = LITERAL_RE.exec(code)
  if (!match) return null
  const [, prefix, quoted, number, boolean] = match
  const end = LITERAL_RE.lastIndex
  if (quoted !== undefined) {
    return {
      value: prefix?.toLowerCase() === 'r' ? quoted.slice(1, -1) : unquote(quoted),
      kind: 'string',
      end,
    }
  }
  if (number !== undefined) return { value: String(Number(number.replaceAll('_', ''))), kind: 'number', end }
  if (boolean !== undefined) return { value: boolean.toLowerCase(), kind: 'boolean', end }
  return { value: undefined, kind: 'none', end }
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' }

function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(
      /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\s\S]))/g,
      (_all, u?: string, x?: string, char?: string) =>
        u || x
          ? String.fromCharCode(Number.parseInt((u ?? x) as string, 16))
          : (ESCAPES[char as string] ?? (char as string)),
    )
}

const MAX_EXPRESSION = 4_000

/** Where the expression at `from` ends: before a comma, semicolon or closing bracket of its own depth, strings left out. */
export function expressionEnd(code: string, from: number, stops = ',;'): number {
  let depth = 0
  const limit = Math.min(code.length, from + MAX_EXPRESSION)
  for (let i = from; i < limit; i++) {
    const char = code[i] as string
    if (char === '"' || char === "'" || char === '`') {
      for (i++; i < limit && code[i] !== char; i++) if (code[i] === '\\') i++
    } else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) {
      if (depth === 0) return i
      depth--
    } else if (depth === 0 && stops.includes(char)) return i
  }
  return limit
}

/** The arguments of the call whose bracket opened just before `from`. */
export function argumentsAt(code: string, from: number): string[] {
  const args: string[] = []
  let at = from
  for (;;) {
    const end = expressionEnd(code, at, ',')
    const text = code.slice(at, end).trim()
    if (text !== '') args.push(text)
    if (code[end] !== ',') return args
    at = end + 1
  }
}

/** The whole text as one literal; null where it is more than that. */
export function wholeLiteral(text: string): Literal | null {
  const literal = literalAt(text, 0)
  return literal && /^\s*(?:as\s+[\w.]+\s*)?$/.test(text.slice(literal.end)) ? literal : null
}
