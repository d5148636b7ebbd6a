import { readFileSync } from 'node:fs'
import { templateBody } from './template-body.ts'

/** Prints a template: bare names from `names`, `<%=` through `value`, text and `<%-` through `text`. */
export type TemplateFunction = (
  names: Record<string, unknown>,
  value: (value: unknown) => void,
  text: (text: unknown) => void,
  include: (name: string) => string,
) => void

const FOLDER = new URL('../templates/', import.meta.url)

/**
 * In a checkout a template is read and compiled when it is printed. The build puts the bodies in place of this module (see
 * tsdown.config.ts): the package carries neither the compiler nor the time that it takes.
 */
export function templateFunction(name: string): TemplateFunction {
  const body = templateBody(readFileSync(new URL(name, FOLDER), 'utf8'))
  return new Function('$n, $v, $t, include', body) as TemplateFunction
}
