import { failureTail } from '../../verify/failures/tail.ts'
import type { StepResult } from '../../verify/types.ts'
import type { Style } from '../style.ts'
import { cut, plainLine, sentence, wrap } from './text.ts'

const DETAILS = 10
const TAIL = 15

/** Below a failing step: where it was seen, why, what mends it, and the end of what the program printed. */
export function failureLines(
  { status, details = [], cause, output = '' }: StepResult,
  style: Style,
  { indent, width = Number.POSITIVE_INFINITY }: { indent: number; width?: number },
): string[] {
  if (status !== 'fail') return []
  const block = (text: string, first: string, look: (text: string) => string = String) =>
    wrap(text, width - indent - first.length).map(
      (line, index) =>
        `${' '.repeat(indent)}${style.dim(index === 0 ? first : ' '.repeat(first.length))}${look(line)}`,
    )
  const more = details.length - DETAILS
  const tail = failureTail(output, TAIL).map((line) => cut(plainLine(line), 240))
  const told = cause ? cut(plainLine(cause.line), 240) : ''
  // The line that told is always shown, though the program went on for long after it.
  if (told && tail.length > 0 && !tail.includes(told)) tail.splice(0, tail.length > 13 ? 2 : 0, told, '…')
  return [
    ...details.slice(0, DETAILS).flatMap((detail) => block(cut(sentence(detail), 480), '- ')),
    ...(more > 0 ? block(`and ${more} more: --json names them all`, '  ', style.dim) : []),
    ...(cause
      ? [
          ...block(sentence(cause.title), 'Why  ', style.strong),
          ...block(sentence(cause.fix), 'Fix  ', style.command),
        ]
      : []),
    ...tail.flatMap((line) => block(line, '| ', line === told ? style.bad : style.dim)),
  ]
}
