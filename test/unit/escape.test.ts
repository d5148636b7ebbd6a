import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { check } from 'prettier'
import { afterAll, describe, expect, it } from 'vitest'
import { readDockerfile } from '../../src/dockerfile-reader/read.ts'
import {
  composeText,
  dockerPaths,
  dockerWord,
  jsonArgv,
  markdownCode,
  markdownText,
  mermaidText,
  oneLine,
  safeName,
  shellLine,
  shellQuote,
} from '../../src/escape.ts'
import { parseShell } from '../../src/shell.ts'
import { hasEngine, run } from '../support/referees.ts'
import { HOSTILE } from './sample-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpd-escape-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Text that means something to one of the languages that we write. */
const TRICKY = [
  HOSTILE,
  ...[
    '',
    ' ',
    'a b',
    '  a',
    'a  ',
    '$HOME',
    '${HOME}',
    '${HOME:-x}',
    '$$',
    '$(id)',
    '`id`',
    '"',
    "'",
    '\\',
    '\\\\',
    '\\n',
    'a\\',
    '\\"',
    "'\\''",
    '#',
    '# x',
    'a #b',
    '=',
    'A=b',
    '&&',
    '||',
    ';',
    '|',
    '>x',
    '<x',
    '<<EOF',
    '*',
    '?',
    '[a-z]',
    '{a,b}',
    '~',
    '!',
    '%s',
    '--from=x',
    '-',
    '@x',
    'é',
    '日本',
    '😀',
    '\u202eabc',
  ],
]
const printable = fc.oneof(
  fc.constantFrom(...TRICKY),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
)
const SPACES_RE = /[\p{Cc}\u2028\u2029\ufeff]/gu
/** No container has a variable with a NUL, and no Dockerfile a line break within a word. */
const asWord = (text: string) => text.replace(SPACES_RE, ' ')

describe('oneLine', () => {
  it('is one line without anything that ends or turns it', () => {
    fc.assert(
      fc.property(printable, (text) => {
        expect(oneLine(text)).not.toMatch(
          /[\p{Cc}\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]|^\s|\s$|\s\s/u,
        )
        expect(oneLine(oneLine(text))).toBe(oneLine(text))
      }),
    )
  })
})

describe('words of a shell', () => {
  it('are read back by our own reader, and by sh', () => {
    const words = TRICKY.filter((text) => !text.includes('\0'))
    const { output } = run('sh', ['-c', `printf '%s\\0' ${shellLine(words)}`])
    expect(output.split('\0').slice(0, -1)).toEqual(words)
    fc.assert(
      fc.property(
        fc.array(
          printable.filter((text) => !text.includes('\0')),
          { minLength: 1, maxLength: 4 },
        ),
        (argv) => {
          expect(parseShell(shellLine(['x', ...argv]))?.[0]?.argv).toEqual(['x', ...argv])
        },
      ),
    )
    expect(shellQuote('plain-1.0/x:y')).toBe('plain-1.0/x:y')
  })
})

describe('words of a Dockerfile', () => {
  it('stay in their line and in their instruction', () => {
    fc.assert(
      fc.property(printable, printable, (one, two) => {
        const text = `FROM a\nENV A=${dockerWord(one)} B=${dockerWord(two)}\nCMD ${jsonArgv([one, two])}\nCOPY ${dockerPaths(['x', one.replaceAll('/', '') || 'y', './'])}\nUSER 1`
        const instructions = readDockerfile(text).stages[0]?.instructions ?? []
        expect(instructions.map(({ keyword }) => keyword)).toEqual(['ENV', 'CMD', 'COPY', 'USER'])
        expect(instructions[1]?.json).toEqual(JSON.parse(JSON.stringify([one, two])))
      }),
    )
  })

  it.skipIf(!hasEngine())('mean themselves to BuildKit', () => {
    const words = [...new Set(TRICKY.map(asWord))]
    // No backslash, `*` or `?`: BuildKit has no way to name such a file of the context.
    const names = [
      ...new Set(
        TRICKY.map((text) => oneLine(text).replaceAll(/[/\\*?]/g, '')).filter(
          (name) => name && !/^\.+$|^\s|\s$/.test(name) && name === name.normalize(),
        ),
      ),
    ]
    const source = join(folder, 'source')
    mkdirSync(source)
    for (const [index, name] of names.entries()) writeFileSync(join(source, name), String(index))
    const env = words.map((word, index) => `ENV W${index}=${dockerWord(word)}`)
    const argv = `RUN ${jsonArgv(['sh', '-c', 'printf "%s\\0" "$@" >/out/argv', '-', ...words])}`
    const copies = names.map(
      (name, index) => `COPY ${dockerPaths([`source/${name}`, `/out/copy/${index}/`])}`,
    )
    const file = [
      'FROM debian:trixie-slim AS a',
      ...env,
      'RUN mkdir -p /out && env -0 >/out/env',
      argv,
      ...copies,
      'FROM scratch',
      'COPY --from=a /out /',
    ]
    writeFileSync(join(folder, 'Dockerfile'), `${file.join('\n')}\n`)
    const out = join(folder, 'out')
    const { code, output } = run('docker', ['build', '--quiet', '--output', out, '.'], { cwd: folder })
    expect(code, output).toBe(0)
    const seen = new Map(
      readFileSync(join(out, 'env'), 'utf8')
        .split('\0')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    expect(words.map((_, index) => seen.get(`W${index}`))).toEqual(words)
    expect(readFileSync(join(out, 'argv'), 'utf8').split('\0').slice(0, -1)).toEqual(words)
    const copied = names.map((_, index) => join(out, 'copy', String(index)))
    expect(copied.map((path) => (existsSync(path) ? readdirSync(path) : []))).toEqual(
      names.map((name) => [name]),
    )
  })
})

describe('composeText', () => {
  it('leaves no dollar that Compose would read', () => {
    fc.assert(
      fc.property(printable, (text) => {
        expect(composeText(text).replaceAll('$$', '')).not.toContain('$')
        expect(composeText(text).replaceAll('$$', '\0').replaceAll('\0', '$')).toBe(
          text.includes('\0') ? composeText(text).replaceAll('$$', '$').replaceAll('\0', '$') : text,
        )
      }),
    )
  })
})

describe('safeName', () => {
  it('is a name for images, projects, containers and Kubernetes, whatever it is made from', () => {
    fc.assert(
      fc.property(printable, (text) => {
        expect(safeName(text)).toMatch(/^[a-z](?:[a-z0-9-]{0,58}[a-z0-9])?$/)
      }),
    )
    expect(['@acme/Web_Shop', '42', '', 'Café', '日本', '-x-'].map((name) => safeName(name))).toEqual([
      'web-shop',
      'app-42',
      'app',
      'cafe',
      'app',
      'x',
    ])
  })
})

describe('text for people', () => {
  it('is code or text in Markdown, as prettier leaves it', async () => {
    for (const text of TRICKY.filter((one) => oneLine(one) !== '')) {
      const page = `- ${markdownCode(text)} and **x** ${markdownText(text)} y\n`
      expect(await check(page, { parser: 'markdown' }), page).toBe(true)
    }
  })

  it('ends no label of a diagram', () => {
    fc.assert(
      fc.property(printable, (text) => {
        expect(mermaidText(text)).not.toMatch(/["<>&`|{}[\]\\]|\n|#(?!\d+;)/)
      }),
    )
  })
})
