import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blankComments, lineOf, readJavaScript } from '../../src/source/javascript.ts'
import { lineCounter } from '../../src/source/lines.ts'
import { blankPython, readPython } from '../../src/source/python.ts'

/** Text made of the pieces that the scanners decide on, besides text that is anything at all. */
const pieces = (list: string[]) =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(fc.constantFrom(...list), { maxLength: 60 }).map((parts) => parts.join('')),
  )
const JS_PIECES =
  '\' " ` ${ } { / // /* */ \\ \n \r\n [ ] ( ) <!-- --> < > = a return process.env.X https:// 💥'.split(' ')
const PY_PIECES = ['"', "'", '"""', "'''", '#', '\\', '\n', ' ', '(', ')', 'r', 'f', 'x', '=', '💥']

const newlines = (text: string) => [...text.matchAll(/[\n\r]/g)].map((match) => match.index)

describe.each([
  ['blankComments', blankComments, JS_PIECES],
  ['blankPython', blankPython, PY_PIECES],
] as const)('%s', (_name, blankText, list) => {
  it('keeps length, line breaks and every character that it does not blank, on any text', () => {
    fc.assert(
      fc.property(pieces([...list]), (text) => {
        const out = blankText(text)
        expect(out.length).toBe(text.length)
        expect(newlines(out)).toEqual(newlines(text))
        for (let i = 0; i < text.length; i++) expect(out[i] === text[i] || out[i] === ' ').toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('stays linear on text that never ends anything', () => {
    for (const piece of [
      "'",
      '"',
      '`',
      '/',
      '/*',
      '<!--',
      '"""',
      "\\'",
      '(/',
      '=/ ',
      '${`',
      '/**/ /',
      '\\"\\"',
    ]) {
      const text = piece.repeat(200_000)
      const start = performance.now()
      blankText(text)
      expect(performance.now() - start, piece).toBeLessThan(1500)
    }
  })
})

describe('blankComments', () => {
  it.each([
    ['const a = 1 // gone', 'const a = 1        '],
    ['a /* gone */ b', 'a            b'],
    ["const url = 'http://x' // y", "const url = 'http://x'     "],
    ['const s = "/* kept */"', 'const s = "/* kept */"'],
    ['const t = `// ${a /* x */} // kept`', 'const t = `// ${a        } // kept`'],
    ['`a ${`b ${c} // in`} // in` // out', '`a ${`b ${c} // in`} // in`       '],
    ['`${{ a: 1 }} // in`', '`${{ a: 1 }} // in`'],
    ['const r = /\\/\\*"/ // x', 'const r = /\\/\\*"/     '],
    ['x.replace(/[/"]/g, "") // x', 'x.replace(/[/"]/g, "")     '],
    ["return /'/ // x", "return /'/     "],
    ['a = b / c // d', 'a = b / c     '],
    ['a /* x */ / b // c', 'a         / b     '],
    ["<p>Don't</p> // x", "<p>Don't</p>     "],
    ["<p>{a}/{b} it's</p>\nx // y", "<p>{a}/{b} it's</p>\nx     "],
    ['<a href="x">https://example.com</a>', '<a href="x">https://example.com</a>'],
    ['{/* jsx */}', '{         }'],
    ['#!/usr/bin/env node\nx', '                   \nx'],
    ['<!-- html --> x', '              x'],
    ['/* never ends', '/* never ends'],
    ['/* a\n b */ c', '    \n      c'],
  ])('%j', (text, expected) => {
    expect(blankComments(text)).toBe(expected)
  })

  it('tells code from text', () => {
    const text = "a('process.env.A', `${process.env.B} process.env.C`)"
    const { inString } = readJavaScript(text)
    expect(inString(text.indexOf('process.env.A'))).toBe(true)
    expect(inString(text.indexOf('process.env.B'))).toBe(false)
    expect(inString(text.indexOf('process.env.C'))).toBe(true)
    expect(inString(0)).toBe(false)
  })
})

describe('blankPython', () => {
  it.each([
    ['a = 1 # gone', 'a = 1       '],
    ['a = "# kept" # gone', 'a = "# kept"       '],
    ['"""doc"""\na', '         \na'],
    ["def f():\n    r'''doc # x'''\n    pass", 'def f():\n    r             \n    pass'],
    ['a = """kept # too"""', 'a = """kept # too"""'],
    ['a = (\n"""kept"""\n)', 'a = (\n"""kept"""\n)'],
    ['a = \\\n"""kept"""', 'a = \\\n"""kept"""'],
    ["it's # gone", "it's       "],
    ['"""never ends # x', '"""never ends    '],
    ['f"{os.environ["X"]}" # y', 'f"{os.environ["X"]}"    '],
  ])('%j', (text, expected) => {
    expect(blankPython(text)).toBe(expected)
  })

  it('tells code from text', () => {
    const text = 'print("os.environ", os.environ)'
    const { inString } = readPython(text)
    expect(inString(text.indexOf('os.environ'))).toBe(true)
    expect(inString(text.lastIndexOf('os.environ'))).toBe(false)
  })
})

describe('lineOf', () => {
  it('counts from 1', () => {
    expect([0, 1, 2, 3, 4].map((index) => lineOf('a\nb\nc', index))).toEqual([1, 1, 2, 2, 3])
    expect([0, 1, 2, 3, 4].map(lineCounter('a\nb\nc'))).toEqual([1, 1, 2, 2, 3])
  })
})
