/** One instruction as BuildKit sees it: continuations joined, comments within taken out, heredocs beside it. */
export interface Instruction {
  /** Upper case. */
  keyword: string
  /** `--mount=type=cache,id=npm` as `{ name: 'mount', value: 'type=cache,id=npm' }`. */
  flags: { name: string; value: string }[]
  /** What follows the flags, on one line. */
  args: string
  /** The words of the JSON form; null: the shell form. */
  json: string[] | null
  heredocs: { name: string; text: string }[]
  /** First and last line, from 1, heredocs included. */
  line: number
  endLine: number
  /** Comment lines right above it, without `#`. */
  comments: string[]
}

export interface Stage {
  /** Lower case; null: it has no name. */
  name: string | null
  /** The image or the stage that it starts from, with the defaults of global arguments put in. */
  base: string
  from: Instruction
  instructions: Instruction[]
  /** The stage that it starts from, where that is one. */
  parent: Stage | null
}

export interface Dockerfile {
  /** `syntax`, `escape`, `check`, by lower-case name. */
  directives: Map<string, string>
  /** Before the first FROM. */
  head: Instruction[]
  stages: Stage[]
}

const HEREDOC_RE = /(?:^|[\s(;&|])\d*<<(-?)(["']?)([A-Za-z_][\w.-]*)\2(?=$|[\s;&|>)])/g

/** Reads a Dockerfile as far as rules need it. Never throws: what is no instruction is one with an odd keyword. */
export function readDockerfile(text: string): Dockerfile {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const { directives, count } = readDirectives(lines)
  const escapeChar = directives.get('escape') === '`' ? '`' : '\\'
  const instructions = readInstructions(lines, count, escapeChar)
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM')
  const head = first < 0 ? instructions : instructions.slice(0, first)
  return { directives, head, stages: first < 0 ? [] : readStages(instructions.slice(first), globals(head)) }
}

/** Directives stand at the very top; the first line that is none ends them. */
function readDirectives(lines: readonly string[]): { directives: Map<string, string>; count: number } {
  const directives = new Map<string, string>()
  let count = 0
  for (; count < lines.length; count++) {
    const match = /^\s*#\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(lines[count] as string)
    const name = match?.[1]?.toLowerCase()
    if (!match || !name || !['syntax', 'escape', 'check'].includes(name) || directives.has(name)) break
    directives.set(name, match[2] as string)
  }
  return { directives, count }
}

function readInstructions(lines: readonly string[], start: number, escapeChar: string): Instruction[] {
  const instructions: Instruction[] = []
  let comments: string[] = []
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] as string
    if (/^\s*#/.test(line)) comments.push(line.replace(/^\s*#\s?/, ''))
    else if (/^\s*$/.test(line)) comments = []
    else {
      const first = at
      let logical = ''
      // A continued line may have comments and empty lines within: neither ends it.
      for (; ; at++) {
        const part = lines[at]
        if (part === undefined) break
        if (at > first && /^\s*(?:#|$)/.test(part)) continue
        const continued = endsInEscape(part, escapeChar)
        logical += `${logical ? ' ' : ''}${(continued ? part.replace(/.[ \t]*$/, '') : part).trim()}`
        if (!continued) break
      }
      const heredocs = readHeredocs(logical, lines, at + 1)
      at = Math.min(heredocs.end - 1, lines.length - 1)
      instructions.push({
        ...parseLine(logical, escapeChar),
        heredocs: heredocs.found,
        line: first + 1,
        endLine: at + 1,
        comments,
      })
      comments = []
    }
  }
  return instructions
}

/** One escape character at the end goes on; two mean the character itself. */
function endsInEscape(line: string, escapeChar: string): boolean {
  const trimmed = line.replace(/[ \t]+$/, '')
  return trimmed.endsWith(escapeChar) && !trimmed.endsWith(escapeChar + escapeChar)
}

function readHeredocs(
  logical: string,
  lines: readonly string[],
  start: number,
): { found: { name: string; text: string }[]; end: number } {
  const found: { name: string; text: string }[] = []
  let end = start
  if (!/^\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s/i.test(logical)) return { found, end }
  for (const [, dash, , name] of logical.matchAll(HEREDOC_RE)) {
    const body: string[] = []
    for (; end < lines.length; end++) {
      const line = dash ? (lines[end] as string).replace(/^\t+/, '') : (lines[end] as string)
      if (line === name) break
      body.push(line)
    }
    end = Math.min(end + 1, lines.length)
    found.push({ name: name as string, text: body.join('\n') })
  }
  return { found, end }
}

function parseLine(
  logical: string,
  escapeChar: string,
): Pick<Instruction, 'keyword' | 'flags' | 'args' | 'json'> {
  const [, keyword = '', tail = ''] = /^(\S+)\s*([\s\S]*)$/.exec(logical) ?? []
  const flags: { name: string; value: string }[] = []
  let rest = tail
  for (;;) {
    const match = /^--([a-z][\w-]*)(?:=((?:"(?:[^"\\]|\\.)*"|[^\s"])*))?(?:\s+|$)/.exec(rest)
    if (!match) break
    flags.push({ name: match[1] as string, value: (match[2] ?? '').replaceAll('"', '') })
    rest = rest.slice(match[0].length)
  }
  const name = keyword.toUpperCase()
  const body = name === 'HEALTHCHECK' ? rest.replace(/^CMD\s+/i, '') : rest
  return {
    keyword: name,
    flags,
    args: rest.trim(),
    json: escapeChar === '\\' || !body.includes('\\') ? jsonWords(body) : null,
  }
}

function jsonWords(text: string): string[] | null {
  if (!text.trim().startsWith('[')) return null
  try {
    const words: unknown = JSON.parse(text)
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null
  } catch {
    return null
  }
}

function globals(head: readonly Instruction[]): Map<string, string> {
  const values = new Map<string, string>()
  for (const { keyword, args } of head) {
    if (keyword !== 'ARG') continue
    for (const [, name, value = ''] of args.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*))?/g)) {
      values.set(name as string, expand(value.replace(/^(["'])(.*)\1$/, '$2'), values))
    }
  }
  return values
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`; a name without a value stays as it is written. */
function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
    (all, braced?: string, fallback?: string, bare?: string) =>
      values.get(braced ?? bare ?? '') || fallback || all,
  )
}

function readStages(instructions: readonly Instruction[], values: ReadonlyMap<string, string>): Stage[] {
  const stages: Stage[] = []
  for (const instruction of instructions) {
    if (instruction.keyword !== 'FROM') {
      stages.at(-1)?.instructions.push(instruction)
      continue
    }
    const [image = '', as, name] = instruction.args.split(/\s+/)
    const base = expand(image.replace(/^(["'])(.*)\1$/, '$2'), values)
    stages.push({
      name: as?.toLowerCase() === 'as' && name ? name.toLowerCase() : null,
      base,
      from: instruction,
      instructions: [],
      parent: stages.findLast((stage) => stage.name === base.toLowerCase()) ?? null,
    })
  }
  return stages
}

/** The stage and those that it starts from, itself first. */
export function lineage(stage: Stage): Stage[] {
  return stage.parent ? [stage, ...lineage(stage.parent)] : [stage]
}

/** The image at the bottom of a stage. */
export function rootImage(stage: Stage): string {
  return (lineage(stage).at(-1) as Stage).base
}
