import type { Document } from 'yaml'

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a document says, as plain data; null where it is broken. A bad merge or alias shows only when it is read out. */
export function plainValue(document: Document.Parsed): unknown {
  if (document.errors.length > 0) return null
  try {
    return document.toJS({ maxAliasCount: 1000 }) as unknown
  } catch {
    return null
  }
}
