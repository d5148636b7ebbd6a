import { readStages, type Stage } from './stages.ts'
import { heredocsOf, isSpace, pairWords, splitFlags, trim, trimStart } from './words.ts'

/** One instruction as BuildKit sees it. */
export interface Command {
  /** Upper case. */
  keyword: string
  /** `--mount=type=cache,id=npm` as `{ name: 'mount', value: 'type=cache,id=npm' }`. */
  flags: { name: string; value: string }[]
  /** What follows the flags. */
  args: string
  /** The words of the JSON form; null: the shell form. */
  json: string[] | null
  /** Names and values of ARG, ENV and LABEL, without outer quotes. */
  pairs: [string, string][]
}

export interface Heredoc {
  name: string
  chomp: boolean
  quoted: boolean
  /** Its lines as they stand in the file, endings included. */
  text: string
}

export interface Instruction extends Command {
  /** The comments and empty lines before it, as they stand in the file. */
  leading: string
  /** Its own lines, continuations and heredocs included, as they stand in the file. */
  raw: string
  /** The whole of it on one line: continuations joined, comments within them taken out. */
  text: string
  heredocs: Heredoc[]
  /** What an ONBUILD puts off. */
  onbuild: Command | null
  /** First and last line, from 1, heredocs included. */
  line: number
  endLine: number
}

/** Why BuildKit would refuse the file. `line` from 1. */
export interface ReadError {
  message: string
  line: number
}

/** `top`, then `leading` and `raw` of each instruction, then `tail`: together, the file byte for byte. */
export interface Dockerfile {
  /** A byte order mark and the lines of directives. */
  top: string
  /** `syntax`, `escape`, `check`, by lower-case name. */
  directives: Map<string, string>
  instructions: Instruction[]
  /** Comments and empty lines after the last instruction. */
  tail: string
  errors: ReadError[]
  /** Before the first FROM. */
  head: Instruction[]
  stages: Stage[]
}

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
)
const JSON_KEYWORDS = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'HEALTHCHECK', 'RUN', 'SHELL', 'VOLUME'])
const HEREDOC_KEYWORDS = new Set(['ADD', 'COPY', 'RUN'])
const MAX_LINE_BYTES = 65_535

type Report = (message: string, line: number) => void

/** Reads a Dockerfile and loses no byte of it. Never throws: what is wrong stands in `errors`. */
export function readDockerfile(text: string): Dockerfile {
  const errors: ReadError[] = []
  const report: Report = (message, line) => errors.push({ message, line })
  const bom = text.startsWith('\ufeff') ? '\ufeff' : ''
  const lines = splitLines(text.slice(bom.length))
  for (const [index, line] of lines.entries()) if (isTooLong(line)) report('A line is too long.', index + 1)
  const { directives, count } = readDirectives(lines, report)
  const escaper = directives.get('escape') === '`' ? '`' : '\\'
  const instructions: Instruction[] = []
  let at = count
  let leadStart = count
  while (at < lines.length) {
    if (isBlankOrComment(lines[at] as string)) {
      at++
      continue
    }
    const instruction = readInstruction(lines, at, escaper, report)
    instruction.leading = lines.slice(leadStart, at).join('')
    instructions.push(instruction)
    at = leadStart = instruction.endLine
  }
  if (instructions.length === 0) report('There is no instruction in the file.', Math.max(lines.length, 1))
  checkStructure(instructions, report)
  return {
    top: bom + lines.slice(0, count).join(''),
    directives,
    instructions,
    tail: lines.slice(leadStart).join(''),
    errors,
    ...readStages(instructions),
  }
}

/** With their endings. */
function splitLines(text: string): string[] {
  const lines: string[] = []
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start) + 1 || text.length
    lines.push(text.slice(start, end))
    start = end
  }
  return lines
}

function isTooLong(line: string): boolean {
  return (
    line.length * 3 > MAX_LINE_BYTES &&
    new TextEncoder().encode(line).length > MAX_LINE_BYTES + (line.endsWith('\n') ? 1 : 0)
  )
}

function withoutEnding(line: string): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === '\n' || line[end - 1] === '\r')) end--
  return line.slice(0, end)
}

function isBlankOrComment(line: string): boolean {
  let at = 0
  while (at < line.length && isSpace(line[at])) at++
  return at === line.length || line[at] === '#'
}

/** Directives stand at the very top; the first line that is none ends them. */
function readDirectives(
  lines: readonly string[],
  report: Report,
): { directives: Map<string, string>; count: number } {
  const directives = new Map<string, string>()
  let count = 0
  for (; count < lines.length; count++) {
    const line = trimStart(withoutEnding(lines[count] as string))
    const match = /^([A-Za-z][A-Za-z0-9]*)[\t\n\f\r ]*=/.exec(
      line.startsWith('#') ? trimStart(line.slice(1)) : '',
    )
    const name = match?.[1]?.toLowerCase()
    if (!match || !name || !['syntax', 'escape', 'check'].includes(name)) break
    const rest = trimStart(line.slice(1)).slice(match[0].length)
    if (rest === '') break
    // Where there is nothing but white space, its last character is the value.
    const value = trimAscii(rest) || rest.slice(-1)
    if (directives.has(name)) report(`There are two \`${name}\` directives.`, count + 1)
    else if (name === 'escape' && value !== '\\' && value !== '`')
      report('The escape directive takes \\ or `.', count + 1)
    if (!directives.has(name)) directives.set(name, value)
  }
  return { directives, count }
}

function trimAscii(text: string): string {
  const isBlank = (char: string | undefined) => char !== undefined && '\t\n\f\r '.includes(char)
  let start = 0
  let end = text.length
  while (isBlank(text[start])) start++
  while (end > start && isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

function readInstruction(
  lines: readonly string[],
  first: number,
  escaper: string,
  report: Report,
): Instruction {
  const parts: string[] = []
  let at = first
  for (let isOpen = true; isOpen && at < lines.length; at++) {
    const line = withoutEnding(lines[at] as string)
    // A continued line may have comments and empty lines within: neither ends it.
    if (at > first && isBlankOrComment(line)) continue
    const part = at === first ? trimStart(line) : line
    const kept = continued(part, escaper)
    isOpen = kept !== null
    parts.push(kept ?? part)
  }
  const text = parts.join('')
  const command = readCommand(text, escaper, (message) => report(message, first + 1))
  const onbuild =
    command.keyword === 'ONBUILD' && command.args
      ? readCommand(command.args, escaper, (message) => report(message, first + 1))
      : null
  const { keyword, json } = onbuild ?? command
  const heredocs: Heredoc[] = []
  if (HEREDOC_KEYWORDS.has(keyword) && !json && text.includes('<<')) {
    const starts = heredocsOf(text)
    if (!starts) report('The name of a heredoc cannot be read.', first + 1)
    for (const start of starts ?? []) {
      const from = at
      while (at < lines.length && !endsHeredoc(lines[at] as string, start)) at++
      if (at === lines.length) report(`The heredoc \`${start.name}\` has no end.`, first + 1)
      heredocs.push({ ...start, text: lines.slice(from, at).join('') })
      at = Math.min(at + 1, lines.length)
    }
  }
  const raw = lines.slice(first, at).join('')
  return Object.assign(command, { leading: '', raw, text, heredocs, onbuild, line: first + 1, endLine: at })
}

/** The line without the escape that continues it; null: it ends here. Two of them mean the character itself. */
function continued(line: string, escaper: string): string | null {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  return line[end - 1] === escaper && line[end - 2] !== escaper ? line.slice(0, end - 1) : null
}

function endsHeredoc(line: string, { name, chomp }: { name: string; chomp: boolean }): boolean {
  const text = withoutEnding(line)
  return (chomp ? text.replace(/^\t+/, '') : text) === name
}

function readCommand(text: string, escaper: string, report: (message: string) => void): Command {
  const [, word = '', tail = ''] = /^([^\t\v\f\r ]*)[\t\v\f\r ]*([\s\S]*)$/.exec(trim(text)) ?? []
  // Lower case first, as BuildKit: other letters of Unicode have an ASCII letter as their upper case.
  const lower = word.toLowerCase()
  const keyword = /^[a-z]+$/.test(lower) ? lower.toUpperCase() : word
  const { flags, rest } = splitFlags(tail, escaper)
  const args = trim(rest)
  return {
    keyword,
    flags: flags.map((flag) => {
      const equals = `${flag}=`.indexOf('=')
      return { name: flag.slice(2, equals), value: flag.slice(equals + 1) }
    }),
    args,
    json: JSON_KEYWORDS.has(keyword) ? jsonWords(keyword, args, report) : null,
    pairs: /^(?:ARG|ENV|LABEL)$/.test(keyword) ? readPairs(keyword, args, escaper, report) : [],
  }
}

function jsonWords(keyword: string, args: string, report: (message: string) => void): string[] | null {
  const body = keyword === 'HEALTHCHECK' ? trimStart(args.replace(/^\S+/, '')) : args
  if (!body.startsWith('[')) return null
  let words: unknown
  try {
    words = JSON.parse(body)
  } catch {
    return null
  }
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words
  report(`The JSON form of ${keyword} takes strings only.`)
  return null
}

function readPairs(
  keyword: string,
  args: string,
  escaper: string,
  report: (message: string) => void,
): [string, string][] {
  const words = pairWords(args, escaper)
  if (keyword !== 'ARG' && words[0] !== undefined && !words[0].includes('=')) {
    const [, name = '', value] = /^([^\t\v\f\r ]*)[\t\v\f\r ]+([\s\S]*)$/.exec(args) ?? []
    if (value === undefined) {
      report(`${keyword} needs a name and a value.`)
      return []
    }
    return [[unquote(name), unquote(value)]]
  }
  return words.map((word) => {
    const equals = `${word}=`.indexOf('=')
    if (keyword !== 'ARG' && equals === word.length) report(`${keyword} has \`${word}\` without a value.`)
    return [unquote(word.slice(0, equals)), unquote(word.slice(equals + 1))]
  })
}

function unquote(text: string): string {
  const quote = text[0]
  return text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote)
    ? text.slice(1, -1)
    : text
}

/** What makes a text no Dockerfile even where each line can be read. */
function checkStructure(instructions: readonly Instruction[], report: Report): void {
  let hasStage = false
  for (const { keyword, args, line, onbuild } of instructions) {
    if (!KEYWORDS.has(keyword)) report(`\`${keyword.slice(0, 40)}\` is no instruction.`, line)
    else if (keyword === 'FROM') {
      hasStage = true
      const [, as, name, ...more] = args.split(/[\t\v\f\r ]+/)
      const isNamed = as?.toLowerCase() === 'as' && /^[a-z][a-z0-9_.-]*$/i.test(name ?? '')
      if (args === '' || more.length > 0 || (as !== undefined && !isNamed))
        report('FROM takes an image, and `AS` with a name.', line)
    } else if (!hasStage && keyword !== 'ARG') report(`${keyword} stands before the first FROM.`, line)
    if (onbuild && /^(?:ONBUILD|FROM|MAINTAINER)$/.test(onbuild.keyword))
      report(`ONBUILD takes no ${onbuild.keyword}.`, line)
  }
  if (!hasStage && instructions.length > 0)
    report('There is no FROM in the file.', instructions[0]?.line as number)
}
