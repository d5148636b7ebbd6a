import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'

/** Prints a template: bare names from `data`, `<%=` through `escape`, includes through `include`. */
export type TemplateFunction = (
  data: Record<string, unknown>,
  escape: (value: unknown) => string,
  include: (name: string) => string,
) => string

const FOLDER = new URL('../templates/', import.meta.url)

/**
 * In a checkout a template is read and compiled when it is printed. The build puts the compiled functions in place of this
 * module (see tsdown.config.ts): the package carries neither the compiler nor the time that it takes.
 */
export function templateFunction(name: string): TemplateFunction {
  const url = new URL(name, FOLDER)
  const compiled = ejs.compile(readFileSync(url, 'utf8').replaceAll('\r\n', '\n'), {
    client: true,
    filename: fileURLToPath(url),
  }) as unknown as TemplateFunction
  return compiled
}
