/** Version ranges as the release lines (majors) that they touch: an image is chosen by line. */

/** No line of Node.js, npm, pnpm, Yarn or Bun is above. */
const HIGHEST = 60
const ALL = Array.from({ length: HIGHEST }, (_, major) => major)

/**
 * The lines that a range touches, lowest first; null where it is no range. What nearly every manifest says (`22`, `22.x`,
 * `^22.12.0`, `>=20`) is read here; the rest is semver's, which costs a tenth of a run to load. A test holds the two together.
 */
export async function linesOf(range: string): Promise<readonly number[] | null> {
  const plain = /^\s*(\^|~|>=|v|=)?\s*v?(\d{1,2})(?:\.(?:\d+|x|\*)){0,2}\s*$/.exec(range)
  // ^0.1 and ~0 mean something else below 1; `>=` reaches to the newest.
  if (plain && Number(plain[2]) > 0 && Number(plain[2]) < HIGHEST) {
    const major = Number(plain[2])
    return plain[1] === '>=' ? ALL.slice(major) : [major]
  }
  const [{ default: validRange }, { default: intersects }] = await Promise.all([
    import('semver/ranges/valid.js'),
    import('semver/ranges/intersects.js'),
  ])
  if (validRange(range) === null) return null
  return ALL.filter((major) => intersects(range, `${major}.x`))
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
