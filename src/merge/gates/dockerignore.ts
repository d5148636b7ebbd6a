import type { Finding, Gate } from '../types.ts'

interface Pattern {
  text: string
  line: number
  isKept: boolean
  /** Takes a path, or a folder that it is in. */
  takes(path: string): boolean
  /** A path that it takes. */
  sample: string
}

const SECRET_RE =
  /(?:^|\/)(?:\.env|\.git$|\.npmrc|\.netrc|\.pypirc|\.ssh|\.aws|id_\w+|.*\.(?:pem|key|p12|pfx|jks))/
/** What is longer or has more stars is nobody's pattern, and could take forever. */
const MAX_LENGTH = 200
const MAX_STARS = 6
const MAX_PATTERNS = 1000

const isSecret = (pattern: string): boolean => SECRET_RE.test(pattern.replace(/\*+$/, ''))

function read(text: string): Pattern[] | undefined {
  const patterns: Pattern[] = []
  for (const [line, raw] of text.split('\n').entries()) {
    const trimmed = raw.trim()
    if (trimmed === '' || raw.startsWith('#')) continue
    const isKept = trimmed.startsWith('!')
    const path = (isKept ? trimmed.slice(1).trim() : trimmed)
      .replace(/^\/+|\/+$/g, '')
      .replace(/\/{2,}/g, '/')
    const stars = path.match(/\*+/g)?.length ?? 0
    if (path.length > MAX_LENGTH || stars > MAX_STARS || patterns.length === MAX_PATTERNS) return undefined
    patterns.push({
      text: `${isKept ? '!' : ''}${path}`,
      line,
      isKept,
      takes: matcher(path),
      sample: sampleOf(path),
    })
  }
  return patterns
}

function matcher(path: string): (path: string) => boolean {
  const source = path.replace(/\*\*+\/?|\*|\?|\[[^\]]+\]|\\.|[^*?[\\]+|./g, (part) => {
    if (part.startsWith('**')) return part.endsWith('/') ? '(?:.*/)?' : '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('[') && part.length > 2) return '[^/]'
    return part
      .replace(/^\\(?=.)/, '')
      .replace(/[^\w/]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  })
  const expression = new RegExp(`^${source}(?:/.*)?$`, 's')
  return (tested) => expression.test(tested)
}

const sampleOf = (path: string): string =>
  path
    .replace(/\*\*+\/?/g, (stars) => (stars.endsWith('/') ? 'any/' : 'any'))
    .replaceAll('*', 'any')
    .replace(/\[[^\]]+\]|\?/g, 'x')
    .replaceAll('\\', '')

/** The last pattern that takes a path says whether it stays out. */
const isOut = (patterns: readonly Pattern[], path: string): boolean =>
  patterns.findLast(({ takes }) => takes(path))?.isKept === false

/**
 * V5: what you keep in stays in, and what you leave out stays out, while your line is there; V6: a secret that both
 * files leave out stays out. A `!` and its neighbours depend on their order, which a merge of lines doesn't know.
 */
const staysInEffect: Gate = (input) => {
  const [base, yours, template, merged] = [input.base, input.yours, input.template, input.merged].map(read)
  if (!base || !yours || !template || !merged) return []
  const findings: Finding[] = []
  const lines = new Map(merged.map(({ text, line }) => [text, line]))
  const tested = new Set<string>()
  const old = new Set(base.map(({ text }) => text))
  const added = new Set(yours.map(({ text }) => text).filter((text) => !old.has(text)))
  for (const { text, sample, isKept } of [...yours, ...template]) {
    if (tested.has(text)) continue
    tested.add(text)
    const [was, mine, theirs, now] = [base, yours, template, merged].map((side) => isOut(side, sample))
    const line = lines.get(text)
    // Yours counts while the line that decides it with you is there: else somebody took the template's.
    const decides = yours.findLast(({ takes }) => takes(sample))?.text
    const isYours = (added.has(text) || mine !== was) && decides !== undefined && lines.has(decides)
    const isExpected = mine === theirs || isYours
    if (!isExpected || now === mine) continue
    const gate = isSecret(text) && !isKept ? 'V6' : 'V5'
    const message = mine
      ? `\`${sample}\` would get into the image’s context.`
      : `\`${text}\` would have no effect.`
    findings.push({ gate, message, ...(line !== undefined && { lines: [line] }) })
  }
  return findings
}

export const DOCKERIGNORE_GATES: readonly Gate[] = [staysInEffect]

/** Both sides' new lines, each once, where no `!` makes their order matter; null: a person decides. */
export function unionIgnore(base: string[], yours: string[], template: string[]): string[] | null {
  const all = [...base, ...yours, ...template]
  if (base.length > 0 || all.some((line) => line.trimStart().startsWith('!'))) return null
  const known = new Set(yours.map((line) => line.trim()))
  return [...yours, ...template.filter((line) => line.trim() === '' || !known.has(line.trim()))]
}
