import type { Variable } from '../../model.ts'
import { SERVICES } from '../../services/index.ts'
import { serviceOf } from '../../services/variables.ts'

/** Reaches nothing, and says so. */
export const NO_DATABASE = 'postgresql://build:build@127.0.0.1:5432/build'

/** A value of the form that a variable has, for a build that asks for it and has no use for it. `form`: its field in a schema. */
export function standIn({ name, kind, ...variable }: Variable, form = ''): string {
  const literal = (call: string) => new RegExp(`\\.\\s*${call}\\(\\s*(['"\`])([^'"\`]*)\\1`).exec(form)?.[2]
  const number = (...calls: string[]) =>
    Number(new RegExp(`\\.\\s*(?:${calls.join('|')})\\(\\s*(\\d{1,9})`).exec(form)?.[1] ?? 1)
  const listed = /\b(?:enum|picklist|choices)\b[^[\]]*\[\s*(['"`])([^'"`]*)\1/.exec(form)?.[2]
  if (listed !== undefined) return listed
  if (kind === 'boolean') return 'false'
  if (kind === 'number') return String(number('min', 'gte', 'minValue'))
  const start = literal('startsWith') ?? ''
  if (/^file:/.test(variable.example ?? variable.default ?? '')) return 'file:./build.db'
  const service = serviceOf({ name, kind, ...variable }, SERVICES)
  const scheme = service?.give === 'url' && service.row.schemes[0]
  if (scheme) return `${scheme}://build:build@127.0.0.1:${service.row.port}/build`
  if (/\bemail\(/.test(form)) return 'build@example.com'
  if (kind === 'url') return `${/^https?:\/\//.test(start) ? start : 'http://'}127.0.0.1`
  return start + 'x'.repeat(Math.min(256, Math.max(1, number('min', 'length', 'minLength') - start.length)))
}
