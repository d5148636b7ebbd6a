import { SERVICES } from '../../services/index.ts'
import { serviceOf } from '../../services/variables.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import { type Kind, type Place, type Resolved, resolve, upToComma } from './expression.ts'

/** More than an expression that reads a variable takes. */
const LONGEST = 400

/** `this.config.port`, to which no name leads: the variable that a field of this name gets, where the whole project knows one alone. */
export function fieldElsewhere(kind: Kind, expression: string, place: Place): Resolved | undefined {
  const name = /\.(\w+)$/.exec(expression.trim())?.[1]
  if (!name || kind.usual?.name.test(name) === false) return undefined
  const given = new RegExp(`(?:(?:^|[{,\\s])['"]?${name}['"]?\\s*:|\\.${name}\\s*=(?!=))\\s*`, 'g')
  const found = new Map<string, Resolved>()
  for (const file of place.files) {
    const raw = place.project.source(file)
    if (!raw?.includes('env') || !raw.includes(name)) continue
    const code = blankComments(raw)
    for (const match of code.matchAll(given)) {
      const start = match.index + match[0].length
      const text = upToComma(code.slice(start, start + LONGEST)).split(/;|\n(?!\s*[?|:&+)])/)[0] as string
      const at = text.includes('env') ? resolve(kind, text, { ...place, file, code }) : undefined
      const variable = place.variables.find((one) => one.name === at?.variable)
      if (!at || !variable || serviceOf(variable, SERVICES)) continue
      found.set(variable.name, { source: `${file}:${lineOf(code, start)}`, ...at })
    }
  }
  return found.size === 1 ? [...found.values()][0] : undefined
}
