import { Writable } from 'node:stream'
import xterm from '@xterm/headless'

/** A terminal that a view writes to: what it was sent, and what stands on it. */
export class Screen extends Writable {
  isTTY = true
  chunks: string[] = []
  /** Rows that a too long line went on to, in any frame. */
  overflown: string[] = []
  columns: number
  #terminal: xterm.Terminal
  #queue = Promise.resolve()

  constructor(columns: number) {
    super({ decodeStrings: false })
    this.columns = columns
    this.#terminal = new xterm.Terminal({ cols: columns, rows: 60, allowProposedApi: true, convertEol: true })
  }

  override _write(chunk: string, _encoding: string, done: () => void) {
    this.chunks.push(chunk)
    this.#queue = this.#queue.then(
      () =>
        new Promise((written) =>
          this.#terminal.write(chunk, () => {
            const { active } = this.#terminal.buffer
            for (let row = 0; row < active.length; row++) {
              const line = active.getLine(row)
              if (line?.isWrapped) this.overflown.push(line.translateToString(true))
            }
            written()
          }),
        ),
    )
    done()
  }

  /** As a person drags the corner of the window; most terminals then wrap the row at the cursor on to rows below it. */
  async resize(columns: number) {
    await this.#queue
    this.#terminal.resize(columns, 60)
    this.columns = columns
    await new Promise<void>((done) => this.#terminal.write('\u001b7\r\nof a long line\u001b8', done))
    this.emit('resize')
  }

  async text(): Promise<string> {
    await this.#queue
    const { active } = this.#terminal.buffer
    const rows = Array.from({ length: active.length }, (_, row) =>
      active.getLine(row)?.translateToString(true),
    )
    return rows.join('\n').trimEnd()
  }
}
