import type { FailureCause } from '../types.ts'
import { readFailed } from './output.ts'
import type { FailureContext, Row, Seen, Values } from './row.ts'
import { APP_ROWS } from './rows-app.ts'
import { DEPENDENCY_ROWS } from './rows-dependencies.ts'
import { ENGINE_ROWS } from './rows-engine.ts'
import { REGISTRY_ROWS } from './rows-registry.ts'
import { SYSTEM_ROWS } from './rows-system.ts'

export type { FailureContext } from './row.ts'
export { failureTail } from './tail.ts'

/** Known causes, more specific ones first: of two that see the same line, the first has it. */
export const FAILURES: readonly Row[] = [
  ...ENGINE_ROWS,
  ...SYSTEM_ROWS,
  ...REGISTRY_ROWS,
  ...DEPENDENCY_ROWS,
  ...APP_ROWS,
]

interface Found {
  row: Row
  values: Values
  line: string
  index: number
}

/** The known cause of a failure, with what mends it; null where none is known. The last error that says why wins. */
export function explainFailure(output: string, context: FailureContext): FailureCause | null {
  const failed = readFailed(output)
  const lines = [...failed.own, ...failed.said]
  const seen: Seen = { failed, lines, context }
  const found = FAILURES.flatMap((row) => findRow(row, seen) ?? [])
  const best = lastOf(found.filter(({ row }) => !row.general)) ?? lastOf(found)
  if (!best) return null
  const { row, values } = best
  const [name, template = ''] = row.flag ?? []
  const value = fill(template, values)
  return {
    id: row.id,
    title: fill(row.title, values),
    fix: fill(row.fix, values),
    ...(name && value ? { flag: { name, value } } : {}),
    line: best.line,
  }
}

function findRow(row: Row, seen: Seen): Found | null {
  if (row.phases && !row.phases.includes(seen.context.phase)) return null
  if (row.also && !seen.lines.some((line) => row.also?.test(line))) return null
  for (let index = seen.lines.length - 1; index >= 0; index--) {
    const line = seen.lines[index] as string
    const match = row.line.exec(line)
    if (!match) continue
    const groups = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([key, text]) => [key, text ?? '']),
    )
    const values = row.values ? row.values(groups, seen) : {}
    if (values) return { row, values: { ...groups, ...values }, line: line.trim(), index }
  }
  return null
}

function lastOf(found: readonly Found[]): Found | undefined {
  return found.reduce<Found | undefined>(
    (best, one) => (best && best.index >= one.index ? best : one),
    undefined,
  )
}

/** A name that an output is long in is cut: it goes to a terminal. */
function fill(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => (values[name] ?? '').slice(0, 400))
}
