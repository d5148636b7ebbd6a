/**
 * The one place where data from a project becomes text in another language. Names, paths, scripts and versions are input
 * that nobody checked: every template prints them through one of these.
 */

/** All but what is no control character and ends no line: a property of Unicode takes five times as long to compile. */
const CONTROL_RE = /[^ -~\u00a0-\u2027\u202a-\ufefe\uff00-\uffff]/g
/** They turn the order of letters around: a comment that reads otherwise than it is. */
export const BIDI_RE = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A value for a comment or a label: one line, nothing that ends it. */
export function oneLine(text: string): string {
  return text.replace(CONTROL_RE, ' ').replace(BIDI_RE, '').replace(/\s+/g, ' ').trim()
}

/** JSON on one line for exec-form instructions, ` ` after commas as prettier and people write it. ASCII only where it matters. */
export function jsonArgv(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
}

/**
 * A word in a Dockerfile instruction that expands variables (ENV, COPY, WORKDIR, EXPOSE, ARG default): quoted, with `$`,
 * `"` and `\` escaped, so that it means itself. Control characters can't be written there: they become spaces.
 */
export function dockerWord(word: string): string {
  const plain = word.replace(CONTROL_RE, ' ')
  return /^[\w@%+=:,./~^-]+$/.test(plain) ? plain : `"${plain.replace(/[\\"$]/g, '\\$&')}"`
}

/**
 * The paths of one COPY or ADD, the destination last (one path alone is a source). All of them together: the JSON form,
 * which spaces ask for, can't be mixed with words.
 */
export function dockerPaths(paths: readonly string[]): string {
  const escaped = paths.map((path, index) =>
    copyPath(path.replace(CONTROL_RE, ' '), index > 0 && index === paths.length - 1),
  )
  return escaped.some(
    (path) => /\s/.test(path) || path.startsWith('[') || path.startsWith('<<') || path === '',
  )
    ? jsonArgv(escaped)
    : escaped.join(' ')
}

/**
 * BuildKit expands variables and takes quotes off in both forms, and then matches wildcards: `[[]` is a bracket that is
 * none. There is no way to name a file of the context with a backslash, `*` or `?` in its name.
 */
function copyPath(path: string, isDestination: boolean): string {
  const pattern = isDestination ? path : path.replace(/[*?[]/g, '[$&]')
  return pattern.replace(/[\\"'$]/g, '\\$&')
}

/** A word in the shell line of RUN: BuildKit hands the line to /bin/sh unexpanded, so shell quoting is all. */
export { shellLine, shellQuote } from './shell.ts'

/** A string as a YAML scalar, plain where that is safe, else quoted, on one line, as prettier leaves it. */
export function yamlString(text: string): string {
  return isPlainYaml(text) ? text : yamlQuoted(text)
}

/** The quotes that prettier picks: double, but single where the text has double ones and nothing needs an escape. */
export function yamlQuoted(text: string): string {
  if (text.includes('"') && text.search(CONTROL_RE) < 0 && !/\\|\p{Cs}/u.test(text)) {
    return `'${text.replaceAll("'", "''")}'`
  }
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const YAML_WORDS_RE = /^(?:y|n|yes|no|on|off|true|false|null|~|\.inf|\.nan|[-+]\.inf|<<|=)$/i
const YAML_NUMBER_RE = /^[-+]?(?:[\d_][\d_,.:eExXoObBa-fA-F+-]*|\.\d.*)$/

const YAML_SIGNS = [': ', ' #', '"', "'", '`', '\\', '#@PD']

function isPlainYaml(text: string): boolean {
  return (
    /^[A-Za-z0-9_./$~^(+-][ -~]*$/.test(text) &&
    !YAML_SIGNS.some((sign) => text.includes(sign)) &&
    !/^-(?: |$)|^---|^\.\.\.|^\$\{\{|[: ]$/.test(text) &&
    !YAML_WORDS_RE.test(text) &&
    !YAML_NUMBER_RE.test(text)
  )
}

/** A `$` in a compose file starts an interpolation; two of them mean one. */
export function composeText(text: string): string {
  return text.replaceAll('$', '$$$$')
}

/** Safe as an image, compose project, container and Kubernetes name. */
export function safeName(text: string, fallback = 'app'): string {
  const name = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/^@[^/]*\//, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '')
  return /^[a-z]/.test(name) ? name : name ? `${fallback}-${name}` : fallback
}

/** Text inside a Mermaid label: quoted there, so only the quote and markup need care. */
export function mermaidText(text: string): string {
  return oneLine(text).replace(/[#"<>&`|{}[\]\\]/g, (char) => `#${char.charCodeAt(0)};`)
}

/** Text inside a Markdown table cell or sentence. */
export function markdownText(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>|#!$&]/g, '\\$&')
}

/** Inline code in Markdown: the fence is longer than any run of backticks within. */
export function markdownCode(text: string): string {
  const plain = oneLine(text).replaceAll('|', '\\|')
  const fence = '`'.repeat(Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length)) + 1)
  const pad = plain.startsWith('`') || plain.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${plain}${pad}${fence}`
}

/** Text in HTML and SVG, in an element or a quoted attribute: nothing in it is markup, or an order to whoever shows it. */
export function htmlText(text: string): string {
  return text
    .replace(BIDI_RE, '')
    .replace(/(?![\t\n])[\p{Cc}\p{Cs}]/gu, '\ufffd')
    .replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`)
}
