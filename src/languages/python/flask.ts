import type { Argv } from '../../model.ts'
import type { Dependencies } from './dependencies.ts'
import { compare, lowestNamed, minorsWithin } from './pep440.ts'

/** The first with `flask --app` and `--debug`: an older one is told both by variables. */
const NAMES_APP = [2, 2]
const SINCE = ['2.2', '2.3', '3.0', '3.1', '3.2']

export interface FlaskLine {
  command: Argv
  env: Record<string, string>
}

/** A line of Flask's own program. */
export function flaskLine(
  { production }: Dependencies,
  app: string,
  words: readonly string[],
  debug = false,
): FlaskLine {
  const allowed = production.get('flask')?.specifier ?? ''
  const lowest = lowestNamed(allowed)
  const old = lowest && compare(lowest, NAMES_APP) < 0 && minorsWithin(allowed, SINCE)?.length === 0
  return old
    ? { command: ['flask', ...words], env: { FLASK_APP: app, ...(debug && { FLASK_DEBUG: '1' }) } }
    : { command: ['flask', '--app', app, ...(debug ? ['--debug'] : []), ...words], env: {} }
}
