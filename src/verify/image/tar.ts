const BLOCK = 512
/** Long names are small; a header that asks for more is no header. */
const MAX_EXTENSION = 1 << 20

export type TarType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other'

export interface TarEntry {
  /** As it stands in the archive: not to be trusted as a path. */
  name: string
  type: TarType
  bytes: number
  mode: number
  uid: number
  gid: number
  target?: string
  /** Other keys of the pax header. */
  pax: ReadonlyMap<string, string>
  /** What is not read of it is skipped. */
  body: AsyncIterable<Buffer>
}

/** The message ends a sentence that begins with the archive: "… ends too early". */
export class TarError extends Error {}

const TYPES: Readonly<Record<string, TarType>> = {
  '\0': 'file',
  0: 'file',
  1: 'hardlink',
  2: 'symlink',
  5: 'directory',
  7: 'file',
  S: 'file',
}

/** Entries of a tar stream, one after the other: ustar, pax and GNU. Holds no more of it than one piece. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const input = new Input(source)
  let pax = new Map<string, string>()
  let longName: string | undefined
  let longTarget: string | undefined
  for (;;) {
    const block = await input.take(BLOCK)
    // Two empty blocks end an archive; what follows the first is padding.
    if (!block || block.every((byte) => byte === 0)) {
      await input.skip(Number.POSITIVE_INFINITY)
      return
    }
    checkSum(block)
    const flag = String.fromCharCode(block[156] as number)
    const stored = number(block, 124, 12)
    if ('xgLK'.includes(flag)) {
      if (stored > MAX_EXTENSION) throw new TarError(`has a header of ${stored} bytes`)
      const data = await input.need(stored)
      await input.skip(padding(stored))
      if (flag === 'x') pax = paxRecords(data)
      else if (flag === 'L') longName = text(data, 0, data.length)
      else if (flag === 'K') longTarget = text(data, 0, data.length)
      continue
    }
    const type = TYPES[flag] ?? 'other'
    if (flag === 'S' && block[482]) while ((await input.need(BLOCK))[504]) {}
    const prefix = text(block, 257, 5) === 'ustar' && block[262] === 0 ? text(block, 345, 155) : ''
    const short = text(block, 0, 100)
    const name = pax.get('path') ?? longName ?? (prefix ? `${prefix}/${short}` : short)
    const target = pax.get('linkpath') ?? longTarget ?? text(block, 157, 100)
    // Links, folders and devices have no content, whatever their size says.
    const bytes = type === 'file' || !'123456'.includes(flag) ? (digits(pax.get('size')) ?? stored) : 0
    const body = input.body(bytes)
    yield {
      name,
      type: type === 'file' && name.endsWith('/') ? 'directory' : type,
      bytes,
      mode: number(block, 100, 8) & 0o7777,
      uid: digits(pax.get('uid')) ?? number(block, 108, 8),
      gid: digits(pax.get('gid')) ?? number(block, 116, 8),
      ...(type === 'symlink' || type === 'hardlink' ? { target } : {}),
      pax,
      body,
    }
    for await (const _ of body) {
    }
    await input.skip(padding(bytes))
    pax = new Map()
    longName = longTarget = undefined
  }
}

const padding = (bytes: number) => (BLOCK - (bytes % BLOCK)) % BLOCK

/** Up to the first NUL. */
function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at)
  return block.toString('utf8', at, end < 0 || end > at + length ? at + length : end)
}

/** Octal, or base 256 where the first bit is set. */
function number(block: Buffer, at: number, length: number): number {
  const first = block[at] as number
  let value = 0
  if (first & 0x80) {
    // A negative one, or one beyond what is counted exactly, is not believed.
    value = first & 0x7f
    for (let i = at + 1; i < at + length; i++) value = value * 256 + (block[i] as number)
  } else {
    const digitsOf = text(block, at, length).trim()
    value = /^[0-7]*$/.test(digitsOf) ? Number.parseInt(digitsOf || '0', 8) : Number.NaN
  }
  if (!Number.isSafeInteger(value)) throw new TarError('has a number that is none')
  return value
}

function digits(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const result = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(result)) throw new TarError('has a number that is none')
  return result
}

function checkSum(block: Buffer): void {
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] as number)
  if (number(block, 148, 8) !== sum) throw new TarError('has a header whose sum is wrong')
}

/** `LENGTH KEY=VALUE\n`, the length counting itself. */
function paxRecords(data: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < data.length && data[at] !== 0; ) {
    const space = data.indexOf(32, at)
    const length = space < 0 ? undefined : digits(data.toString('latin1', at, space))
    const equals = data.indexOf(61, space)
    const end = at + (length ?? 0)
    if (!length || end > data.length || equals < 0 || equals >= end || data[end - 1] !== 10)
      throw new TarError('has a pax header that cannot be read')
    records.set(data.toString('utf8', space + 1, equals), data.toString('utf8', equals + 1, end - 1))
    at = end
  }
  return records
}

/** Bytes of a stream, taken in the amounts that are asked for. */
class Input {
  readonly #source: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** The next piece, at most this long; null at the end. */
  async #piece(most: number): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#source.next()
      if (done) return null
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    }
    const piece = this.#rest.subarray(0, most)
    this.#rest = this.#rest.subarray(piece.length)
    return piece
  }

  /** Exactly as many; null where the stream is at its end. */
  async take(count: number): Promise<Buffer | null> {
    const pieces: Buffer[] = []
    for (let have = 0; have < count; ) {
      const piece = await this.#piece(count - have)
      if (!piece && have === 0) return null
      if (!piece) throw new TarError('ends too early')
      pieces.push(piece)
      have += piece.length
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
  }

  async need(count: number): Promise<Buffer> {
    const bytes = count === 0 ? Buffer.alloc(0) : await this.take(count)
    if (!bytes) throw new TarError('ends too early')
    return bytes
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const piece = await this.#piece(left)
      // Padding at the very end may be left out.
      if (!piece) return
      left -= piece.length
    }
  }

  /** Read once; a second reader gets what the first one left. */
  body(count: number): AsyncIterable<Buffer> {
    let left = count
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (left === 0) return { done: true, value: undefined }
      const piece = await this.#piece(left)
      if (!piece) throw new TarError('ends too early')
      left -= piece.length
      return { done: false, value: piece }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }
}
