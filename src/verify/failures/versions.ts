import { RUNTIMES } from '../../data/versions.ts'
import { spansOf, touches } from '../../languages/node/ranges.ts'
import { minorsWithin } from '../../languages/python/pep440.ts'

const WITHIN = {
  node: (range: string, lines: readonly string[]) => {
    const spans = spansOf(range) ?? []
    return lines.filter((line) => spans.some((span) => touches(span, Number(line))))
  },
  python: (range: string, lines: readonly string[]) => minorsWithin(range.replaceAll(' ', ''), lines) ?? [],
} as const

/** The line of a runtime that satisfies a range: the default where it does, or the newest; none where none has fixes. */
export function lineWithin(language: 'node' | 'python', range: string): string | undefined {
  const { supported, default: usual } = RUNTIMES[language]
  const lines = WITHIN[language](range, Object.keys(supported))
  return lines.includes(usual) ? usual : lines.at(-1)
}
