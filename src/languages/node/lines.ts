/** Version ranges as the release lines (majors) that they touch: an image is chosen by line. */
import { spansOf, touches } from './ranges.ts'

/** No line of Node.js, npm, pnpm, Yarn or Bun is above. */
const HIGHEST = 60
const ALL = Array.from({ length: HIGHEST }, (_, major) => major)

/** The lines that a range touches, lowest first; null where it is no range. */
export function linesOf(range: string): readonly number[] | null {
  const spans = spansOf(range)
  return spans && ALL.filter((major) => spans.some((span) => touches(span, major)))
}

/** The first number in a version or range: `^5.1.0` is of line 5. */
export function lineOfVersion(text: string | undefined): number | undefined {
  const major = /\d+/.exec(text ?? '')?.[0]
  return major === undefined ? undefined : Number(major)
}

/** A row that holds for some lines of a package only. */
export interface Lines {
  /** From this line on. */
  since?: number
  /** Up to this line, without it. */
  until?: number
}

/** Whether a package as the manifest asks for it is of these lines; what names no number is taken to be. */
export function isWithin(
  text: string | undefined,
  { since = 0, until = Number.POSITIVE_INFINITY }: Lines,
): boolean {
  const line = lineOfVersion(text)
  return line === undefined || (line >= since && line < until)
}
