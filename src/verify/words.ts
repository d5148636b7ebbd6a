/** `41.7 MB`: a thousand is a thousand, as registries count. */
export function bytesText(bytes: number): string {
  // What would be rounded to 1000.0 of one unit is 1.0 of the next.
  for (const [size, unit] of [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const)
    if (bytes >= size * 0.99995) return `${(bytes / size).toFixed(1)} ${unit}`
  return `${bytes} B`
}

/** "1 file", "3 files", "2 libraries". */
export function count(number: number, one: string): string {
  const many = /(?:ch|s|x)$/.test(one)
    ? `${one}es`
    : /[^aeiou]y$/.test(one)
      ? `${one.slice(0, -1)}ies`
      : `${one}s`
  return `${number} ${number === 1 ? one : many}`
}

const MOST = 20

/** The first of them, and how many more there are; what an image brings never reaches a terminal as it is. */
export function capped(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST).map((line) => line.replace(/\p{C}/gu, '\ufffd').slice(0, 300))
  return lines.length > MOST ? [...shown, `and ${lines.length - MOST} more`] : shown
}
