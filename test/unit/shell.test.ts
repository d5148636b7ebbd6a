import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseShell, shellLine } from '../../src/shell.ts'

const words = (line: string) =>
  parseShell(line)?.map((command) => [command.env, command.argv, command.joiner])

describe('a script line taken apart', () => {
  it.each([
    ['node dist/server.js', [[{}, ['node', 'dist/server.js'], '']]],
    [
      'NODE_ENV=production PORT=3000 node x.js',
      [[{ NODE_ENV: 'production', PORT: '3000' }, ['node', 'x.js'], '']],
    ],
    [`node -e "console.log('a b')" 'c d'`, [[{}, ['node', '-e', "console.log('a b')", 'c d'], '']]],
    [
      'tsc && node dist/x.js',
      [
        [{}, ['tsc'], '&&'],
        [{}, ['node', 'dist/x.js'], ''],
      ],
    ],
    [
      'a; b || c | d & e',
      [
        [{}, ['a'], ';'],
        [{}, ['b'], '||'],
        [{}, ['c'], '|'],
        [{}, ['d'], '&'],
        [{}, ['e'], ''],
      ],
    ],
    ['a\\ b', [[{}, ['a b'], '']]],
    ['', []],
  ])('%s', (line, expected) => expect(words(line)).toEqual(expected))

  it.each([
    'node $MAIN',
    'node `x`',
    'cat < in',
    'echo a > b',
    '(cd a)',
    'rm *.js',
    '"a $B"',
    "'open",
    '"open',
    'a \\',
    '{ a; }',
    '! a',
  ])('leaves %s to a real shell', (line) => expect(parseShell(line)).toBeNull())

  it('reads back what it quotes, whatever the words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (argv) => {
        const line = shellLine(['x', ...argv])
        expect(parseShell(line)?.[0]?.argv).toEqual(['x', ...argv])
      }),
      { numRuns: 500 },
    )
  })

  it.skipIf(process.platform === 'win32')('quotes as a real shell reads', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0')),
          { minLength: 1, maxLength: 4 },
        ),
        (argv) => {
          const done = spawnSync('sh', ['-c', `printf '%s\\0' ${shellLine(argv)}`], { encoding: 'utf8' })
          expect(done.stdout.split('\0').slice(0, -1)).toEqual(argv)
        },
      ),
      { numRuns: 60 },
    )
  })
})
