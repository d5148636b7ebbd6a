/** Parsed TOML is data that nobody checked: these read it without trusting its shape. */
export type Table = Readonly<Record<string, unknown>>

export function table(value: unknown): Table {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Table) : {}
}

/** `tool.poetry.group` of a parsed file, an empty table where any step is missing. */
export function at(root: Table | null, ...path: string[]): Table {
  return path.reduce<Table>(
    (node, key) => table(Object.hasOwn(node, key) ? node[key] : undefined),
    root ?? {},
  )
}

export function has(root: Table | null, ...path: string[]): boolean {
  const parent = at(root, ...path.slice(0, -1))
  return Object.hasOwn(parent, path.at(-1) as string)
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : []
}

export function tables(value: unknown): Table[] {
  return Array.isArray(value) ? value.map(table) : []
}
