import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, hasMarkers, joinLines, mergeFinal, splitLines } from '../../../src/merge/lines.ts'
import { MERGE_CASES, wildText } from '../../support/merge-cases.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('decoding', () => {
  it.each<[string, Uint8Array, string]>([
    ['a NUL', bytes('a\0b'), 'binary'],
    ['UTF-16', Buffer.from('FROM node\n', 'utf16le'), 'binary'],
    ['Latin-1', Uint8Array.of(0x61, 0xe9, 0x0a), 'not-utf8'],
    ['a lone surrogate', Uint8Array.of(0xed, 0xa0, 0x80), 'not-utf8'],
    ['more than a mebibyte', new Uint8Array(1_048_577).fill(97), 'too-large'],
    ['markers', bytes('<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n'), 'markers'],
    [
      'markers of three sides, with CRLF',
      bytes('<<<<<<< a\r\n||||||| b\r\n=======\r\n>>>>>>> c\r\n'),
      'markers',
    ],
    ['long markers', bytes('x\n<<<<<<<<< a\n=======\n=========\n>>>>>>>>> c'), 'markers'],
  ])('refuses %s', (_, input, refused) => {
    expect(decode(input)).toEqual({ refused })
  })

  it('takes all else as it is, with its BOM', () => {
    for (const text of ['', '\uFEFFFROM node\r\n', 'é\n', 'a'.repeat(1_048_576)])
      expect(decode(bytes(text))).toEqual({ text })
  })

  it('takes a view into a larger buffer for what it shows', () => {
    expect(decode(bytes('xxabcxx').subarray(2, 5))).toEqual({ text: 'abc' })
  })

  it.each([
    'Heading\n=======\n',
    '<<<<<<< a\n',
    '=======\n<<<<<<< a\n>>>>>>> b\n',
    ' <<<<<<< a\n=======\n>>>>>>> b\n',
    '<<<<<<< a\n========\n>>>>>>> b\n',
    'cat <<<<<<<x\n=======\n>>>>>>>x\n',
    '<<<<<<< a\n======= b\n>>>>>>> c\n',
  ])('sees no conflict in %j', (text) => {
    expect(hasMarkers(text)).toBe(false)
  })
})

describe('lines', () => {
  it('come apart and together again without a byte of difference', () => {
    fc.assert(
      fc.property(
        fc.oneof(wildText, fc.string(), fc.string({ unit: fc.constantFrom('\r', '\n', 'a', '\uFEFF') })),
        (text) => {
          const file = splitLines(text)
          const rows = file.lines.map((line, index) => [line, file.eols[index] ?? ''] as const)
          expect(joinLines(rows, file, file.final)).toBe(text)
        },
      ),
      { numRuns: MERGE_CASES },
    )
  })

  it('take a lone carriage return for content, and the usual ending from most lines', () => {
    expect(splitLines('a\rb\r\nc\r\nd\n')).toEqual({
      bom: false,
      lines: ['a\rb', 'c', 'd'],
      eols: ['\r\n', '\r\n', '\n'],
      eol: '\r\n',
      final: true,
    })
    expect(splitLines('').final).toBe(null)
  })

  it.each([
    [true, true, true, true],
    [true, false, true, false],
    [false, false, true, true],
    [true, true, false, false],
    [true, null, true, true],
    [null, null, false, false],
    [null, false, true, false],
    [false, true, null, true],
    [null, null, null, null],
  ])('the final newline is merged: %s, %s, %s make %s', (base, yours, template, merged) => {
    expect(mergeFinal(base, yours, template)).toBe(merged)
  })
})
