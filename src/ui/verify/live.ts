import type { WriteStream } from 'node:tty'
import type { Io } from '../../io.ts'
import type { StepResult } from '../../verify/types.ts'
import type { Style } from '../style.ts'
import { failureLines } from './failure.ts'
import { columns, cut, hasUnicode, plainLine, STATUSES, secondsText, sentence, wrap } from './text.ts'
import type { Named, VerifyView } from './view.ts'

const TICK = 120
/** Below this many columns a sentence has no room beside its title. */
const NARROW = 60
/** Columns of the seconds, with what keeps them apart from a title. */
const TIME = 9
const HIDE = '\u001b[?25l'
const SHOW = '\u001b[?25h'
/** To the start of the row; from there everything below goes. */
const CLEAR = '\r\u001b[J'
const CLEAR_ROW = '\u001b[K'

/**
 * Finished steps stay, the running one is one row below them. The cursor waits, hidden, at the start of that row: wherever
 * a resize puts the row, that is where the next one begins, and nothing has to be counted.
 */
export function liveView(
  io: Pick<Io, 'stdout' | 'env'>,
  style: Style,
  title: string,
  steps: readonly Named[] = [],
): VerifyView {
  const stream = io.stdout as NodeJS.WritableStream & Partial<WriteStream>
  const unicode = hasUnicode(io)
  const frames = [...(unicode ? '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏' : '-\\|/')]
  const column = Math.min(22, Math.max(12, ...steps.map((step) => columns(step.title))))
  let running: { title: string; since: number; line: string } | undefined
  let timer: NodeJS.Timeout | undefined
  let frame = 0
  let shown = ''
  let closed = false

  // The last column stays free: a terminal that has filled it may already be on the next row.
  const width = () => Math.max(20, stream.columns || 80) - 1
  const write = (text: string) => {
    if (!closed) stream.write(text)
  }

  const draw = () => {
    if (!running) return
    const mark = frames[frame % frames.length] as string
    const time = secondsText((performance.now() - running.since) / 1000)
    const wide = width() >= NARROW
    const name = cut(running.title, wide ? column : width() - 2 - TIME)
    const start = wide ? name + ' '.repeat(column - columns(name)) : `${name}  `
    const seconds = wide ? time.padStart(TIME) : time
    const rest = cut(running.line, width() - columns(start + seconds) - 4)
    const row = `${style.command(mark)} ${style.strong(start)}${style.dim(rest ? `${seconds}  ${rest}` : seconds)}`
    if (row === shown) return
    shown = row
    write(`\r${row}${CLEAR_ROW}\r`)
  }
  const keep = (lines: string[]) => {
    shown = ''
    write(`${CLEAR}${lines.map((line) => `${line}\n`).join('')}`)
    draw()
  }
  const tick = () => {
    frame++
    draw()
  }
  // What the old width wrapped is below the cursor: it goes with the row.
  const resized = () => {
    shown = ''
    write(CLEAR)
    draw()
  }
  const close = () => {
    if (closed) return
    clearInterval(timer)
    stream.off('resize', resized)
    process.off('exit', close)
    write(CLEAR + SHOW)
    closed = true
  }
  stream.on('resize', resized)
  // Whatever ends the process, a terminal without a cursor is not what it leaves.
  process.once('exit', close)
  write(`${HIDE}${wrap(sentence(title), width()).map(style.strong).join('\n')}\n\n`)

  return {
    begin(step) {
      clearInterval(timer)
      running = { title: sentence(step.title), since: performance.now(), line: '' }
      timer = setInterval(tick, TICK)
      timer.unref()
      draw()
    },
    line(text) {
      const line = plainLine(text.slice(0, 2_000)).trim()
      // Drawn with the next tick: a program may print thousands a second.
      if (running && line !== '') running.line = line
    },
    end(result) {
      clearInterval(timer)
      running = undefined
      keep(stepLines(result, style, { width: width(), column, unicode }))
    },
    note: (text) => keep(text.split('\n').flatMap((line) => wrap(plainLine(line), width()))),
    close,
  }
}

interface Layout {
  width: number
  /** Of the titles. */
  column: number
  unicode: boolean
}

/** Mark, title, seconds, evidence, in columns; what does not fit hangs below its like. Narrow terminals have the evidence below. */
function stepLines(result: StepResult, style: Style, { width, column, unicode }: Layout): string[] {
  const { mark, ascii, style: look } = STATUSES[result.status]
  const narrow = width < NARROW
  const time = result.status === 'skipped' ? '' : secondsText(result.seconds)
  const titles = wrap(sentence(result.title), narrow ? width - 2 - TIME : column)
  const indent = narrow ? 2 : column + TIME + 4
  const evidence = wrap(sentence(result.evidence), width - indent)
  const left = titles.map((line, index) => {
    const start = `${index === 0 ? style[look](unicode ? mark : ascii) : ' '} ${style.strong(line)}`
    if (narrow) return index === 0 && time ? `${start}  ${style.dim(time)}` : start
    return `${start}${' '.repeat(column - columns(line))}${style.dim((index === 0 ? time : '').padStart(TIME))}`
  })
  const failure = failureLines(result, style, { indent: 4, width })
  if (narrow) return [...left, ...evidence.map((line) => `  ${line}`), ...failure]
  const rows = Array.from({ length: Math.max(left.length, evidence.length) }, (_, index) =>
    `${left[index] ?? ' '.repeat(indent - 2)}  ${evidence[index] ?? ''}`.trimEnd(),
  )
  return [...rows, ...failure]
}
