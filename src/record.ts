/** An object of a JSON or YAML text: neither a list nor null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What should be an object, or an empty one. */
export const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
