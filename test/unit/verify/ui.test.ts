import { describe, expect, it } from 'vitest'
import { type Style, styleFor } from '../../../src/ui/style.ts'
import { imageChart } from '../../../src/ui/verify/chart.ts'
import { verifySummary } from '../../../src/ui/verify/summary.ts'
import { columns, cut, floorText, hasUnicode, wrap } from '../../../src/ui/verify/text.ts'
import { plainView, verifyView } from '../../../src/ui/verify/view.ts'
import { bytesText } from '../../../src/verify/words.ts'
import { BOOT_FAILED, BUILD_FAILED, HOSTILE, PROVEN } from '../../support/verify-documents.ts'
import { Screen } from './screen.ts'

const PLAIN = styleFor({ env: { NO_COLOR: '1' }, isTerminal: () => true })
const COLOURS = styleFor({ env: { FORCE_COLOR: '1' }, isTerminal: () => true })

function said(show: (io: { say(text: string): void }) => void): string {
  let all = ''
  show({ say: (text) => (all += text) })
  return all
}

const lines = (document: typeof PROVEN, style: Style = PLAIN) =>
  said((io) => {
    const view = plainView(io, style, document.steps)
    for (const step of document.steps) {
      view.begin(step)
      view.line('not in a log')
      view.end(step)
    }
    view.close()
  })

describe('the plain view', () => {
  it('is a line per step', () =>
    expect(lines(PROVEN)).toMatchInlineSnapshot(`
    "pass  checks      1.4 s  The official build checks find nothing to say.
    pass  compose     0.6 s  compose.yaml and compose.prod.yaml are read without a warning.
    pass  build      34.2 s  Built in 34.2 s without a cache; 3 stages ran at the same time.
    pass  rebuild     0.9 s  Built again in 0.9 s: all 14 steps came from the cache.
    pass  size        3.1 s  132.3 MB in 6 layers, 1.3 % over the floor of 130.6 MB.
    pass  contents    0.4 s  No development dependency, cache, test, source map, package manager or compiler in 6,214 files.
    pass  secrets     0.7 s  No key, token, .env or .git in any of the 6 layers.
    pass  files       0.2 s  No setuid file and no shell; the app can write /tmp and nothing else.
    pass  boot        7.9 s  orders-api, postgres and redis were healthy 4.3 s after their start.
    pass  runtime     0.5 s  Runs as 1000:1000 with no capability and a read-only root.
    pass  health      9.8 s  With postgres stopped, /readyz answers 503 and /livez 200; both answer 200 once it is back.
    pass  memory      1.1 s  The heap may grow to 384 MB of the 512 MB that the container has.
    pass  logs        0.3 s  42 lines on standard output, each of them JSON.
    pass  edit        6.6 s  One layer of 214.8 kB is new; 61.3 kB would be pushed.
    pass  stop        2.7 s  SIGTERM: the request in flight was answered, exit code 0 after 0.4 s.
    "
  `))
  it('has the end of the output below a step that failed', () =>
    expect(lines(BOOT_FAILED).split('\n').slice(8, 26).join('\n')).toMatchInlineSnapshot(`
      "fail  boot       62.3 s  orders-api was not healthy within 60 s: it ended with 1, four times.
            - orders-api: restarting, exit code 1
            - postgres: healthy after 3.0 s
            - redis: healthy after 1.2 s
            | {"level":"info","time":"2026-11-21T15:02:11.204Z","msg":"starting","version":"1.4.0"}
            | {"level":"fatal","time":"2026-11-21T15:02:11.318Z","msg":"EROFS: read-only file system, mkdir '/app/uploads'"}
            | Error: EROFS: read-only file system, mkdir '/app/uploads'
            |     at file:///app/dist/uploads.js:9:4
            |   errno: -30,
            |   code: 'EROFS',
            |   path: '/app/uploads'
            | }
      skip  runtime            Not tried: it needs a stack that is up.
      skip  health             Not tried: it needs a stack that is up.
      skip  memory             Not tried: it needs a stack that is up.
      skip  logs               Not tried: it needs a stack that is up.
      skip  edit               Not tried: it needs a stack that is up.
      skip  stop               Not tried: it needs a stack that is up."
    `))
  it('shows the line that told, however long the program went on', () => {
    const build = BUILD_FAILED.steps[2] as (typeof BUILD_FAILED.steps)[number]
    const output = `${build.output}\n${'and on\n'.repeat(40)}`
    const text = said((io) => plainView(io, PLAIN).end({ ...build, output }))
    expect(text).toContain(`| ${build.cause?.line}\n`)
    expect(text.split('\n').filter((line) => line.includes('| '))).toHaveLength(15)
  })
  it('keeps what a program says from the terminal', () =>
    expect(lines(HOSTILE)).not.toMatch(/(?!\n)\p{Cc}|\u202e/u))
})

describe('who is looking', () => {
  const see = (terminal: boolean, env: Record<string, string>, json = false) => {
    const stdout = new Screen(80)
    let text = ''
    const io = {
      cwd: '/',
      env,
      stdin: process.stdin,
      stdout,
      isTerminal: () => terminal,
      say: (more: string) => (text += more),
      complain: (more: string) => (text += more),
    }
    const view = verifyView(io, PLAIN, { title: 'orders-api', json })
    for (const step of PROVEN.steps.slice(0, 1)) {
      view.begin(step)
      view.end(step)
    }
    view.note('a note')
    view.close()
    return { live: stdout.chunks.length > 0, plain: text }
  }
  it.each([
    ['a terminal', true, { TERM: 'xterm' }, 'live'],
    ['a pipe', false, { TERM: 'xterm' }, 'plain'],
    ['CI with a terminal', true, { TERM: 'xterm', CI: '1' }, 'plain'],
    ['an agent', true, { TERM: 'xterm', CLAUDECODE: '1' }, 'plain'],
    ['a terminal that can do nothing', true, { TERM: 'dumb' }, 'plain'],
  ])('%s', (_name, terminal, env, kind) => {
    const { live, plain } = see(terminal, env as Record<string, string>)
    expect({ live, plain: plain !== '' }).toEqual({ live: kind === 'live', plain: kind === 'plain' })
  })
  it('a program: nothing at all', () => {
    expect(see(true, { TERM: 'xterm' }, true)).toEqual({ live: false, plain: '' })
    expect(see(false, {}, true)).toEqual({ live: false, plain: '' })
  })
})

describe('the chart of the image', () => {
  const io = (width: number, LANG = 'C.UTF-8') => ({ stdout: new Screen(width), env: { LANG } })
  // Colours are on, and looked away from: with them come the blocks.
  const bare = (text: string) => text.replaceAll('\u001b', '').replace(/\[\d+m/g, '')
  it('is a bar pulled apart, over the floor', () =>
    expect(bare(imageChart(PROVEN.image, io(80), COLOURS))).toMatchInlineSnapshot(`
      "Image  132.3 MB, 1.3 % over the floor

        base          ██████████████████████████████████                      84.0 MB
        system                                          ██                     6.1 MB
        dependencies                                      █████████████████   41.7 MB
        app                                                               █  568.1 kB
                                                          floor 130.6 MB ▲
      "
    `))
  it('is readable in ASCII', () =>
    expect(imageChart(PROVEN.image, io(60, 'C'), PLAIN)).toMatchInlineSnapshot(`
      "Image  132.3 MB, 1.3 % over the floor

        base          #####################               84.0 MB
        system                             #               6.1 MB
        dependencies                        ###########   41.7 MB
        app                                           #  568.1 kB
                                       floor 130.6 MB ^
      "
    `))
  it('is ASCII where colours are off', () =>
    expect(imageChart(PROVEN.image, io(100), PLAIN)).toMatch(/^\p{ASCII}*$/u))
  it.each([30, 40, 60, 80, 120, 200])('fits %i columns', (width) => {
    for (const floor of [null, 1, 50_000_000, 132_291_204, 400_000_000])
      for (const line of bare(imageChart({ ...PROVEN.image, floor }, io(width), COLOURS))
        .split('\n')
        .slice(2))
        expect(columns(line)).toBeLessThan(Math.min(121, Math.max(50, width)))
  })
  it('is nothing where nothing was measured', () => expect(imageChart({}, io(80), PLAIN)).toBe(''))
})

describe('the summary', () => {
  it('of a run that proved all', () =>
    expect(verifySummary(PROVEN, PLAIN)).toMatchInlineSnapshot(`
    "15 steps: 15 passed, in 74 s.
    "
  `))
  it('of a build whose cause is an answer', () =>
    expect(verifySummary(BUILD_FAILED, PLAIN, 'apps/my api')).toMatchInlineSnapshot(`
      "15 steps: 2 passed, 1 failed, 12 not proven, in 15 s.

      Failed
        Build: The build ended with 1 in "RUN npm ci --omit=dev" of the stage deps.

      Not proven
        Rebuild (no-op), Size, Contents, Secrets, Files, Boot, User and capabilities, Health, Memory, Logs, One-line edit, Stop: Not tried: it needs a build that worked.

      Next
        npx create-prod-docker@latest 'apps/my api' --build-packages python3,make,g++
        npx create-prod-docker@latest verify 'apps/my api'
      "
    `))
  it('of a stack that did not come up', () =>
    expect(verifySummary(BOOT_FAILED, PLAIN)).toMatchInlineSnapshot(`
      "15 steps: 8 passed, 1 failed, 6 not proven, in 110 s.

      Failed
        Boot: orders-api was not healthy within 60 s: it ended with 1, four times.

      Not proven
        User and capabilities, Health, Memory, Logs, One-line edit, Stop: Not tried: it needs a stack that is up.

      Next
        npx create-prod-docker@latest verify --keep
      "
    `))
})

describe('texts', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_960, '1.0 MB'],
    [132_291_204, '132.3 MB'],
    [1_234_567_890, '1.2 GB'],
  ])('%i bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text))

  it.each([
    [1_013, 1_000, '1.3 % over the floor'],
    [1_000_100, 1_000_000, 'at the floor'],
    [990, 1_000, '1.0 % under the floor'],
    [990, null, null],
  ])('%i bytes with a floor of %s: %s', (bytes, floor, text) =>
    expect(floorText({ bytes, floor })).toBe(text),
  )

  it('are broken between words, nowhere wider than asked, and lose nothing but spaces', () => {
    for (const text of [
      '',
      'a',
      'one two three',
      'longerthanthewidth and more',
      '日本語 の テキスト',
      '    at file.js',
    ])
      for (const width of [2, 5, 8, 40]) {
        const rows = wrap(text, width)
        for (const row of rows) expect(columns(row)).toBeLessThanOrEqual(width)
        expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }
    expect(wrap('    at file.js', 40)).toEqual(['    at file.js'])
  })

  it('are cut with a sign', () => {
    expect(cut('abcdef', 6)).toBe('abcdef')
    expect(cut('abcdef', 5)).toBe('abcd…')
    for (let width = 0; width < 8; width++)
      expect(columns(cut('日本語テキスト', width))).toBeLessThanOrEqual(width)
  })

  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{}, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ TERM: 'linux', LANG: 'C.UTF-8' }, false],
    [{ OS: 'Windows_NT' }, false],
    [{ OS: 'Windows_NT', WT_SESSION: 'x' }, true],
  ])('%o has Unicode: %s', (env, expected) => expect(hasUnicode({ env })).toBe(expected))
})
