import { type Command, readDockerfile } from '../../src/dockerfile-reader/read.ts'

interface OracleCommand {
  keyword: string
  flags: string[]
  json: boolean
  words: string[]
}

/** What test/support/buildkit-parser writes beside a Dockerfile. */
export interface Oracle {
  parseError?: string
  instructionError?: string
  escape?: string
  instructions?: (OracleCommand & {
    startLine: number
    endLine: number
    original: string
    heredocs: { name: string; chomp: boolean; quoted: boolean; content: string }[]
    onbuild?: OracleCommand
  })[]
}

/** Of what BuildKit finds wrong beyond its parser: what the reader has an eye on, too. */
const SEEN_ERROR_RE =
  /unknown instruction|no build stage|FROM requires|build stage:|ONBUILD ONBUILD|allowed as an ONBUILD trigger/

/** BuildKit's parser gives no words of an unknown instruction, and those of ONBUILD one level down. */
const WORDLESS_RE =
  /^(?!(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$)/

/** Both readings in one form, to be compared. */
export function bothReadings(text: string, oracle: Oracle): { ours: unknown; theirs: unknown } {
  const file = readDockerfile(text)
  const hasError = file.errors.length > 0
  const theirError = oracle.parseError ?? oracle.instructionError
  const isSeen = oracle.parseError !== undefined || SEEN_ERROR_RE.test(oracle.instructionError ?? '')
  // What only a later step of BuildKit refuses is no error to us.
  const error = theirError === undefined || isSeen ? theirError !== undefined : hasError
  if (oracle.parseError !== undefined) return { ours: { error: hasError }, theirs: { error } }
  return {
    ours: {
      error: hasError,
      escape: file.directives.get('escape') ?? '\\',
      instructions: file.instructions.map((one) => ({
        ...ofOurs(one),
        onbuild: one.onbuild ? ofOurs(one.onbuild) : null,
        startLine: one.line,
        endLine: one.endLine,
        original: one.text,
        heredocs: one.heredocs,
      })),
    },
    theirs: {
      error,
      escape: oracle.escape,
      instructions: (oracle.instructions ?? []).map((one) => ({
        ...ofTheirs(one),
        onbuild: one.onbuild ? ofTheirs(one.onbuild) : null,
        startLine: one.startLine,
        endLine: one.endLine,
        original: one.original,
        heredocs: one.heredocs.map(({ content, ...start }) => ({ ...start, text: content })),
      })),
    },
  }
}

function ofOurs({ keyword, flags, json, args, pairs }: Command): object {
  const words = (): unknown => {
    if (WORDLESS_RE.test(keyword)) return ''
    if (pairs.length > 0) return pairs
    if (keyword === 'HEALTHCHECK') return json ? [args.split(/\s/)[0], ...json] : withoutSpace(args)
    return json ?? withoutSpace(args)
  }
  // BuildKit reads flags byte by byte: what is not ASCII comes out as several letters.
  const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
  return {
    keyword,
    flags: flags.map(({ name, value }) => ({ name: bytes(name), value: bytes(value) })),
    json: json !== null,
    words: words(),
  }
}

function ofTheirs({ keyword, flags, json, words }: OracleCommand): object {
  const lower = keyword.toLowerCase()
  return {
    keyword: /^[a-z]+$/.test(lower) ? lower.toUpperCase() : keyword,
    flags: flags.map((flag) => {
      const [name = '', ...value] = flag.slice(2).split('=')
      return { name, value: value.join('=') }
    }),
    json,
    words: json ? words : pairsOf(keyword, words),
  }
}

function pairsOf(keyword: string, words: readonly string[]): unknown {
  const unquoted = (text = '') => text.replace(/^(["'])([\s\S]*)\1$/, '$2')
  if (words.length > 0 && keyword === 'ARG')
    return words.map((word) => [
      unquoted(word.split('=')[0]),
      unquoted(word.includes('=') ? word.slice(word.indexOf('=') + 1) : ''),
    ])
  if (words.length > 0 && (keyword === 'ENV' || keyword === 'LABEL'))
    return words.flatMap((word, index) =>
      index % 3 === 0 ? [[unquoted(word), unquoted(words[index + 1])]] : [],
    )
  return withoutSpace(words.join(' '))
}

/** Lists come in words, scripts in one piece: what they are made of has to be the same. */
function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, '')
}
