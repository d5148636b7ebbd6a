/** The line, from 1, on which the character at `index` stands. */
export function lineOf(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}

/** {@link lineOf} for many questions about one text, in any order. */
export function lineCounter(text: string): (index: number) => number {
  const breaks: number[] = []
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at)
  return (index) => {
    let low = 0
    let high = breaks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((breaks[middle] as number) < index) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}

/** Spaces of the same length; line breaks stay, so that every index and line number still fits. */
export function blank(text: string): string {
  if (text.includes('\r')) return text.replace(/[^\n\r]/g, ' ')
  if (!text.includes('\n')) return ' '.repeat(text.length)
  return text
    .split('\n')
    .map((line) => ' '.repeat(line.length))
    .join('\n')
}

/** A text whose ranges are replaced by spaces. Ranges are in order and do not overlap: start, end, start, end, … */
export function blankRanges(text: string, ranges: readonly number[]): string {
  if (ranges.length === 0) return text
  let out = ''
  let from = 0
  for (let i = 0; i < ranges.length; i += 2) {
    const start = ranges[i] as number
    const end = ranges[i + 1] as number
    out += text.slice(from, start) + blank(text.slice(start, end))
    from = end
  }
  return out + text.slice(from)
}

/** Whether `index` lies within one of the ranges (start, end, start, end, … in order). */
export function isWithin(ranges: readonly number[], index: number): boolean {
  let low = 0
  let high = ranges.length / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle * 2 + 1] as number) <= index) low = middle + 1
    else high = middle
  }
  return low * 2 < ranges.length && (ranges[low * 2] as number) <= index
}
