/** "12.3 MB", as engines write it: a megabyte is a million bytes. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`
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
