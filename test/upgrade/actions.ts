import fc from 'fast-check'

export const IDS = ['dockerfile', 'dockerignore', 'compose', 'ci', 'docs'] as const

interface Place {
  text: string
  lines: string[]
  at: number
  size: number
  /** Words that edits left so far. */
  marks: string[]
}

/** What people do to a text, at a place that chance chose. */
export const TEXT_EDITS = {
  insert: (place: Place) => place.lines.toSpliced(here(place), 0, markedLine(place)).join('\n'),
  rewrite: (place: Place) => place.lines.toSpliced(here(place), place.size, markedLine(place)).join('\n'),
  delete: (place: Place) => place.lines.toSpliced(here(place), place.size).join('\n'),
  move: (place: Place) => {
    const { lines, at, size } = place
    const moved = lines.slice(here(place), here(place) + size)
    return lines
      .toSpliced(here(place), size)
      .toSpliced((at * 7) % lines.length, 0, ...moved)
      .join('\n')
  },
  crlf: ({ text }: Place) =>
    text.includes('\r') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n'),
  bom: ({ text }: Place) => (text.startsWith('\ufeff') ? text.slice(1) : `\ufeff${text}`),
  newline: ({ text }: Place) => (text.endsWith('\n') ? text.replace(/\r?\n$/, '') : `${text}\n`),
  bump: ({ text, at }: Place) =>
    text.replace(/(?<=^FROM [\w./-]+:\d+)(?=-)|(?<=# v\d+\.\d+)(?=\.)/m, () => `.${(at % 9) + 10}`),
  resolve: ({ text, at }: Place) =>
    text.replace(
      /^<{7,} yours\r?\n([\s\S]*?)^\|{7,}[\s\S]*?^={7,}\r?\n([\s\S]*?)^>{7,} new(?:\r?\n|$)/gm,
      at % 2 ? '$1' : '$1$2',
    ),
} satisfies Record<string, (place: Place) => string>

const here = ({ lines, at }: Place) => at % lines.length

/** A comment: whatever stands around it, it is one. */
function markedLine({ lines, at, marks }: Place): string {
  marks.push(`zq${marks.length}word`)
  return `${/^ */.exec(lines[at % lines.length] ?? '')?.[0]}# ${marks.at(-1)}`
}

export interface EditStep {
  does: keyof typeof TEXT_EDITS | 'rename' | 'drop'
  id: (typeof IDS)[number]
  at: number
  size: number
}

/** Some are done more often than others. */
const OFTEN: EditStep['does'][] = ['insert', 'insert', 'rewrite', 'delete', 'resolve']

export const edits: fc.Arbitrary<EditStep> = fc.record({
  does: fc.constantFrom<EditStep['does'][]>(
    ...OFTEN,
    ...(Object.keys(TEXT_EDITS) as (keyof typeof TEXT_EDITS)[]),
    'rename',
    'drop',
  ),
  id: fc.constantFrom(...IDS),
  at: fc.nat(150),
  size: fc.integer({ min: 1, max: 4 }),
})
