import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { styleFor } from '../../../src/ui/style.ts'
import { liveView } from '../../../src/ui/verify/live.ts'
import type { VerifyDocument } from '../../../src/verify/types.ts'
import { BUILD_FAILED, HOSTILE, PROVEN } from '../../support/verify-documents.ts'
import { Screen } from './screen.ts'

const ENV = { LANG: 'C.UTF-8', TERM: 'xterm-256color' }
const isTick = (text: string) =>
  /^\r[^\r\n]*\r$/.test(text) && text.endsWith('\u001b[K\r') && !text.includes('\u001b[J')

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function open(columns: number, steps = PROVEN.steps, env: Record<string, string> = ENV) {
  const screen = new Screen(columns)
  const style = styleFor({ env, isTerminal: () => true })
  return { screen, view: liveView({ stdout: screen, env }, style, 'orders-api  Docker 28.5.2', steps) }
}

/** A run in full, with a program that talks. */
function play({ steps }: VerifyDocument, columns: number) {
  const { screen, view } = open(columns, steps)
  for (const step of steps) {
    if (step.status !== 'skipped') {
      view.begin(step)
      for (let second = 0; second < 4; second++) {
        view.line(
          `#${second} [deps 3/3] RUN --mount=type=cache,target=/root/.npm npm ci ${'--omit=dev '.repeat(20)}`,
        )
        vi.advanceTimersByTime(500)
      }
    }
    view.end(step)
  }
  view.close()
  return screen
}

describe('the live view', () => {
  it('leaves a line per step behind, columns under columns', async () => {
    const screen = play(PROVEN, 80)
    expect(await screen.text()).toMatchInlineSnapshot(`
      "orders-api Docker 28.5.2

      ✓ Build checks             1.4 s  The official build checks find nothing to
                                        say.
      ✓ Compose files            0.6 s  compose.yaml and compose.prod.yaml are read
                                        without a warning.
      ✓ Build                   34.2 s  Built in 34.2 s without a cache; 3 stages ran
                                        at the same time.
      ✓ Rebuild (no-op)          0.9 s  Built again in 0.9 s: all 14 steps came from
                                        the cache.
      ✓ Size                     3.1 s  132.3 MB in 6 layers, 1.3 % over the floor of
                                        130.6 MB.
      ✓ Contents                 0.4 s  No development dependency, cache, test,
                                        source map, package manager or compiler in
                                        6,214 files.
      ✓ Secrets                  0.7 s  No key, token, .env or .git in any of the 6
                                        layers.
      ✓ Files                    0.2 s  No setuid file and no shell; the app can
                                        write /tmp and nothing else.
      ✓ Boot                     7.9 s  orders-api, postgres and redis were healthy
                                        4.3 s after their start.
      ✓ User and capabilities    0.5 s  Runs as 1000:1000 with no capability and a
                                        read-only root.
      ✓ Health                   9.8 s  With postgres stopped, /readyz answers 503
                                        and /livez 200; both answer 200 once it is
                                        back.
      ✓ Memory                   1.1 s  The heap may grow to 384 MB of the 512 MB
                                        that the container has.
      ✓ Logs                     0.3 s  42 lines on standard output, each of them
                                        JSON.
      ✓ One-line edit            6.6 s  One layer of 214.8 kB is new; 61.3 kB would
                                        be pushed.
      ✓ Stop                     2.7 s  SIGTERM: the request in flight was answered,
                                        exit code 0 after 0.4 s."
    `)
    expect(screen.overflown).toEqual([])
  })

  it('says below a failed step why, what mends it, and what the program said last', async () => {
    const screen = play(BUILD_FAILED, 80)
    expect(await screen.text()).toMatchInlineSnapshot(`
      "orders-api Docker 28.5.2

      ✓ Build checks             1.4 s  The official build checks find nothing to
                                        say.
      ✓ Compose files            0.6 s  compose.yaml and compose.prod.yaml are read
                                        without a warning.
      ✗ Build                   12.8 s  The build ended with 1 in "RUN npm ci
                                        --omit=dev" of the stage deps.
          - Dockerfile:21
          Why  better-sqlite3 is compiled when it is installed, and the build stage
               has no compiler.
          Fix  Install python3, make and g++ in the stages deps and build.
          | npm error code 1
          | npm error path /app/node_modules/better-sqlite3
          | npm error command failed
          | npm error command sh -c prebuild-install || node-gyp rebuild --release
          | npm error prebuild-install warn install No prebuilt binaries found
            (target=24.11.0 runtime=node arch=x64 libc=glibc platform=linux)
          | npm error gyp info it worked if it ends with ok
          | npm error gyp ERR! find Python Python is not set from command line or npm
            configuration
          | npm error gyp ERR! find Python You need to install the latest version of
            Python.
          | npm error gyp ERR! configure error
          | npm error gyp ERR! stack Error: Could not find any Python installation to
            use
          | npm error gyp ERR! System Linux 6.8.0-48-generic
          | npm error gyp ERR! cwd /app/node_modules/better-sqlite3
          | npm error gyp ERR! node -v v24.11.0
          | npm error gyp ERR! not ok
      ○ Rebuild (no-op)                 Not tried: it needs a build that worked.
      ○ Size                            Not tried: it needs a build that worked.
      ○ Contents                        Not tried: it needs a build that worked.
      ○ Secrets                         Not tried: it needs a build that worked.
      ○ Files                           Not tried: it needs a build that worked.
      ○ Boot                            Not tried: it needs a build that worked.
      ○ User and capabilities           Not tried: it needs a build that worked.
      ○ Health                          Not tried: it needs a build that worked.
      ○ Memory                          Not tried: it needs a build that worked.
      ○ Logs                            Not tried: it needs a build that worked.
      ○ One-line edit                   Not tried: it needs a build that worked.
      ○ Stop                            Not tried: it needs a build that worked."
    `)
    expect(screen.overflown).toEqual([])
  })

  it('has the evidence below the title where a terminal is narrow', async () => {
    const screen = play({ ...BUILD_FAILED, steps: BUILD_FAILED.steps.slice(0, 5) }, 40)
    expect(await screen.text()).toMatchInlineSnapshot(`
      "orders-api Docker 28.5.2

      ✓ Build checks  1.4 s
        The official build checks find
        nothing to say.
      ✓ Compose files  0.6 s
        compose.yaml and compose.prod.yaml
        are read without a warning.
      ✗ Build  12.8 s
        The build ended with 1 in "RUN npm ci
        --omit=dev" of the stage deps.
          - Dockerfile:21
          Why  better-sqlite3 is compiled
               when it is installed, and the
               build stage has no compiler.
          Fix  Install python3, make and g++
               in the stages deps and build.
          | npm error code 1
          | npm error path
            /app/node_modules/better-sqlite3
          | npm error command failed
          | npm error command sh -c
            prebuild-install || node-gyp
            rebuild --release
          | npm error prebuild-install warn
            install No prebuilt binaries
            found (target=24.11.0
            runtime=node arch=x64 libc=glibc
            platform=linux)
          | npm error gyp info it worked if
            it ends with ok
          | npm error gyp ERR! find Python
            Python is not set from command
            line or npm configuration
          | npm error gyp ERR! find Python
            You need to install the latest
            version of Python.
          | npm error gyp ERR! configure
            error
          | npm error gyp ERR! stack Error:
            Could not find any Python
            installation to use
          | npm error gyp ERR! System Linux
            6.8.0-48-generic
          | npm error gyp ERR! cwd
            /app/node_modules/better-sqlite3
          | npm error gyp ERR! node -v
            v24.11.0
          | npm error gyp ERR! not ok
      ○ Rebuild (no-op)
        Not tried: it needs a build that
        worked.
      ○ Size
        Not tried: it needs a build that
        worked."
    `)
    expect(screen.overflown).toEqual([])
  })

  it('shows how long a step takes and what its program says, on one row that alone is written again', async () => {
    const { screen, view } = open(60)
    view.begin({ id: 'build', title: 'Build' })
    view.line('\u001b[32m#7 1.204\u001b[0m\tnpm ci\u001b[2K\u0007')
    const before = screen.chunks.length
    vi.advanceTimersByTime(2_500)
    const ticks = screen.chunks.slice(before)
    expect(ticks.length).toBeGreaterThanOrEqual(10)
    expect(ticks.length).toBeLessThanOrEqual(25)
    for (const tick of ticks) expect(tick).toSatisfy(isTick)
    expect((await screen.text()).split('\n').at(-1)).toMatch(
      /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Build +2\.[45] s {2}#7 1\.204 {2}npm ci$/,
    )
    view.close()
  })

  it.each([40, 80, 200])('keeps to %i columns, whatever it is given', async (columns) => {
    for (const document of [PROVEN, BUILD_FAILED, HOSTILE]) {
      const screen = play(document, columns)
      await screen.text()
      expect(screen.overflown).toEqual([])
    }
    const wide = open(columns)
    wide.view.begin({ id: 'x', title: '構築中'.repeat(40) })
    wide.view.line('日本語🎉 '.repeat(100))
    vi.advanceTimersByTime(300)
    wide.view.end({
      id: 'x',
      title: '構築中'.repeat(40),
      status: 'fail',
      evidence: '日本語🎉'.repeat(100),
      seconds: 1,
    })
    wide.view.note('מה שלומך '.repeat(40))
    wide.view.close()
    await wide.screen.text()
    expect(wide.screen.overflown).toEqual([])
  })

  it.each([
    [80, 40],
    [40, 100],
    [100, 60],
  ])('leaves nothing behind when %i columns become %i', async (from, to) => {
    const { screen, view } = open(from)
    view.end({ id: 'checks', title: 'Build checks', status: 'pass', evidence: 'Fine.', seconds: 1 })
    view.begin({ id: 'build', title: 'Build' })
    view.line('a long line of a program that goes on and on '.repeat(8))
    vi.advanceTimersByTime(500)
    await screen.resize(to)
    vi.advanceTimersByTime(500)
    const text = await screen.text()
    expect(text.match(/Build +1\.0 s/g)).toHaveLength(1)
    expect(text.split('\n').filter((line) => line.includes('long line'))).toHaveLength(1)
    expect(text).toContain('Build checks')
    view.close()
    expect(await screen.text()).not.toContain('long line')
  })

  it('gives the cursor back, and writes nothing once it is closed', () => {
    const listeners = process.listenerCount('exit')
    const { screen, view } = open(80)
    expect(screen.chunks.join('')).toContain('\u001b[?25l')
    view.begin({ id: 'build', title: 'Build' })
    vi.advanceTimersByTime(500)
    view.close()
    expect(screen.chunks.at(-1)).toBe('\r\u001b[J\u001b[?25h')
    const { length } = screen.chunks
    view.close()
    view.line('late')
    view.note('late')
    view.begin({ id: 'late', title: 'Late' })
    view.end(PROVEN.steps[0] as never)
    screen.emit('resize')
    vi.advanceTimersByTime(5_000)
    expect(screen.chunks).toHaveLength(length)
    expect(vi.getTimerCount()).toBe(0)
    expect(screen.listenerCount('resize')).toBe(0)
    expect(process.listenerCount('exit')).toBe(listeners)
  })

  it('keeps a note above the step that runs', async () => {
    const { screen, view } = open(80)
    view.begin({ id: 'build', title: 'Build' })
    view.note('Stopping. Everything that was made is taken away.')
    const rows = (await screen.text()).split('\n')
    expect(rows.at(-2)).toBe('Stopping. Everything that was made is taken away.')
    expect(rows.at(-1)).toContain('Build')
    view.close()
  })

  it('needs no more than ASCII where a terminal has no more', async () => {
    const { screen, view } = open(80, PROVEN.steps, { LANG: 'C', TERM: 'xterm' })
    view.begin({ id: 'build', title: 'Build' })
    vi.advanceTimersByTime(500)
    view.end(PROVEN.steps[2] as never)
    view.close()
    expect(screen.chunks.join('')).toMatch(/^\p{ASCII}*$/u)
    expect(await screen.text()).toContain('+ Build ')
  })

  it('sends no order of a program on to the terminal', () => {
    const { screen, view } = open(80, HOSTILE.steps)
    for (const step of HOSTILE.steps) {
      view.begin(step)
      view.line(step.evidence)
      vi.advanceTimersByTime(300)
      view.end(step)
    }
    view.close()
    // Only colours, and what the view itself does: rows and the cursor.
    const sent = screen.chunks.join('')
    const orders = sent
      .split('\u001b')
      .slice(1)
      .map((text) => /^\[[?\d;]*[A-Za-z]/.exec(text)?.[0] ?? text.slice(0, 5))
      .filter((order) => !order.endsWith('m'))
    expect(new Set(orders)).toEqual(new Set(['[?25l', '[J', '[K', '[?25h']))
    expect(sent.replaceAll('\u001b', '')).not.toMatch(/(?![\r\n])\p{Cc}|\u202e/u)
  })
})
