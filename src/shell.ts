/** One simple command of a shell line: `A=b node x.js` with what joins it to the next. */
export interface SimpleCommand {
  env: Record<string, string>
  argv: string[]
  /** What follows it: `&&`, `||`, `;`, `|`, `&`, or nothing. */
  joiner: string
}

/**
 * Takes a line of `scripts` apart, as far as package scripts go: quotes, escapes, assignments, joiners. Null where the line
 * needs a real shell (expansion, substitution, redirection, globbing, groups): then it is left to one.
 */
export function parseShell(line: string): SimpleCommand[] | null {
  const commands: SimpleCommand[] = []
  let words: string[] = []
  let word: string | null = null
  const endWord = () => {
    if (word !== null) words.push(word)
    word = null
  }
  const endCommand = (joiner: string) => {
    endWord()
    if (words.length > 0) commands.push(toCommand(words, joiner))
    words = []
  }
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string
    const next = line[i + 1]
    if (char === ' ' || char === '\t' || char === '\n') endWord()
    else if (char === "'") {
      const end = line.indexOf("'", i + 1)
      if (end < 0) return null
      word = (word ?? '') + line.slice(i + 1, end)
      i = end
    } else if (char === '"') {
      word ??= ''
      for (i++; line[i] !== '"'; i++) {
        if (i >= line.length) return null
        if (line[i] === '$' || line[i] === '`') return null
        if (line[i] === '\\' && /["\\$`]/.test(line[i + 1] ?? '')) i++
        word += line[i]
      }
    } else if (char === '\\') {
      if (next === undefined) return null
      word = (word ?? '') + next
      i++
    } else if (char === '&' || char === '|') {
      const joiner = next === char ? char + char : char
      endCommand(joiner)
      i += joiner.length - 1
    } else if (char === ';') endCommand(';')
    else if (
      /[$`<>(){}*?[\]!#]/.test(char) &&
      !(char === '#' && word !== null) &&
      !('{}[]!?*'.includes(char) && word !== null && !'*?['.includes(char))
    )
      return null
    else word = (word ?? '') + char
  }
  endCommand('')
  return commands
}

function toCommand(words: string[], joiner: string): SimpleCommand {
  const env: Record<string, string> = {}
  let first = 0
  for (; first < words.length; first++) {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(words[first] as string)
    if (!match) break
    env[match[1] as string] = match[2] as string
  }
  return { env, argv: words.slice(first), joiner }
}

/** A command line that a shell reads back as these words. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ')
}

export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** The value of a flag among the words of a command: `--mode staging`, `--mode=staging`. */
export function flagValue(words: readonly string[], flag: string): string | undefined {
  const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
  if (at < 0) return undefined
  return words[at] === flag ? words[at + 1] : words[at]?.slice(flag.length + 1)
}
