import ejs from 'ejs'

/** As ejs writes them: an escaped value, text or a value as it is, anything else. */
const STATEMENT_RE = /^ *; (?:__append\(escapeFn\( (.*) \)\)|__append\((.*)\)| *(.*?) *)$/

/**
 * A template as the body of a function of `$n` (its names), `$v` (prints a value), `$t` (prints text) and `include`. A body, not a
 * function: `with`, by which names are bare, is no syntax of a module.
 */
export function templateBody(text: string): string {
  const template = new ejs.Template(text.replaceAll('\r\n', '\n'), { compileDebug: false })
  template.compile()
  const statements = template.source.split('\n').flatMap((line) => {
    const [, value, plain, code = ''] = STATEMENT_RE.exec(line) ?? []
    return value ? `$v(${value});` : plain ? `$t(${plain.trim()});` : code
  })
  return `with($n){${statements.join('')}}`
}
