import ejs from 'ejs'

/**
 * A template as the body of a function of `locals, escapeFn, include, rethrow`. A body, not a function: `with`, by which names
 * are bare, is no syntax of a module.
 */
export function templateBody(text: string): string {
  const template = new ejs.Template(text.replaceAll('\r\n', '\n'), { compileDebug: false })
  template.compile()
  return template.source
}
