import { describe, expect, it } from 'vitest'
import { parseFlags } from '../../src/command-line.ts'
import { CliError } from '../../src/errors.ts'

describe('the command line', () => {
  it.each([
    [[], { directory: '.', yes: false, interactive: undefined, answers: {} }],
    [['app', '-y'], { directory: 'app', yes: true }],
    [['-yh'], { yes: true, help: true }],
    [['--port', '80', 'app'], { directory: 'app', answers: { port: 80 } }],
    [['--port=80', '--build=a=b'], { answers: { port: 80, build: 'a=b' } }],
    [['--start=--x\n'.trim()], { answers: { start: '--x' } }],
    [['--port', '80', '--port', '81'], { answers: { port: 81 } }],
    [['--no-interactive', '--', '-'], { interactive: false, directory: '-' }],
    [['--no-ci', '--files', 'ci,env'], { answers: { files: ['env'] } }],
    [['explain', 'PD001'], { command: 'explain', words: ['PD001'] }],
  ] as const)('%j', (argv, expected) => expect(parseFlags(argv)).toMatchObject(expected))

  it.each([
    [['--prot', '1'], 'There is no flag --prot.', 'Did you mean --port? See --help.'],
    [['--__proto__=1'], 'There is no flag --__proto__.', 'See --help.'],
    [['-yx'], 'There is no flag -x.', /See --help/],
    [['--no-yes'], 'There is no flag --no-yes.', /See --help/],
    [['--yes=1'], '--yes takes no value.', 'See --help.'],
    [['--port'], '--port needs a value: <n>.', 'See --help.'],
    [['--start', '--yes'], '--start needs a value, and --yes follows.', 'If it is the value: --start=--yes'],
    [['--port='], "--port '': a port is a number from 1 to 65535.", undefined],
  ] as const)('%j is refused', (argv, message, hint) => {
    let error = {} as CliError
    try {
      parseFlags(argv)
    } catch (thrown) {
      error = thrown as CliError
    }
    expect(error).toBeInstanceOf(CliError)
    expect(error.message).toBe(message)
    expect(error.code).toBe(2)
    if (hint instanceof RegExp) expect(error.hint).toMatch(hint)
    else expect(error.hint).toBe(hint)
  })
})
