const WIDE_RE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const NO_WIDTH_RE = /^[\p{Mn}\p{Me}\p{Cf}]$/u

function width(text: string): number {
  if (/^[ -~·–—‘’“”…→×]*$/.test(text)) return text.length
  return [...text].reduce((sum, char) => sum + (NO_WIDTH_RE.test(char) ? 0 : WIDE_RE.test(char) ? 2 : 1), 0)
}

/** A table with its columns aligned, as prettier leaves it. Cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, width(cell), ...rows.map((row) => width(row[column] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((size, column) => (cells[column] ?? '') + ' '.repeat(size - width(cells[column] ?? ''))).join(' | ')} |`
  return [line(head), `| ${widths.map((size) => '-'.repeat(size)).join(' | ')} |`, ...rows.map(line)].join(
    '\n',
  )
}
