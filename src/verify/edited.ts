/** How a line that does something is added to a source file, by its extension. */
const LINES: Record<string, (text: string, mark: string) => string> = {
  js: scriptLine,
  mjs: scriptLine,
  cjs: scriptLine,
  ts: scriptLine,
  mts: scriptLine,
  cts: scriptLine,
  jsx: scriptLine,
  tsx: scriptLine,
  py: (text, mark) => `${ended(text)}print("${mark}")\n`,
  html: (text, mark) => `${ended(text)}<!-- ${mark} -->\n`,
  vue: inScript,
  svelte: inScript,
}

export const SOURCE_EXTENSIONS = Object.keys(LINES).map((extension) => `.${extension}`)

/** Names that apps give to the file that everything starts from. */
const ENTRY_RE =
  /(^|\/)(main|server|index|app|App|page|\+page|home|wsgi|asgi|__main__|__init__|tasks|worker)\.\w+$/
const FOLDER_RE = /^(src|app|lib|server|routes|pages)\//
const NOT_SOURCE_RE =
  /(^|\/)(test|tests|__tests__|scripts|migrations|public|static)\/|\.(test|spec|config|d)\.|^[^/]*\.config\./

/** The file whose edit says most of what a developer's edit costs; null where there is none. */
export function fileToEdit(files: readonly string[]): string | null {
  const score = (path: string) =>
    (ENTRY_RE.test(path) ? 4 : 0) +
    (FOLDER_RE.test(path) ? 2 : 0) +
    (/\.html$/.test(path) ? -3 : 0) -
    path.split('/').length
  const sources = files.filter((path) => extensionOf(path) in LINES && !NOT_SOURCE_RE.test(path))
  return sources.sort((a, b) => score(b) - score(a) || (a < b ? -1 : 1))[0] ?? null
}

export function withOneLine(path: string, text: string, mark: string): string {
  return (LINES[extensionOf(path)] as (text: string, mark: string) => string)(text, mark)
}

const extensionOf = (path: string) => /\.(\w+)$/.exec(path)?.[1] ?? ''
const ended = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

function scriptLine(text: string, mark: string): string {
  return `${ended(text)};console.log("${mark}")\n`
}

function inScript(text: string, mark: string): string {
  const at = text.indexOf('</script>')
  return at < 0
    ? `<script>\n;console.log("${mark}")\n</script>\n${text}`
    : `${text.slice(0, at)};console.log("${mark}")\n${text.slice(at)}`
}
