// Records a real run at a pseudo-terminal as an SVG that plays in the README: node scripts/record.js
// Needs util-linux's `script`; the test beside it records again and compares.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import xterm from '@xterm/headless'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const COLUMNS = 100
const ROWS = 60
const STEPS = ['Looks right?', 'beyond those detected?', 'A pipeline', 'And which of these?']

/** Screens of one run, each as it stood when a question was open, and the last. */
export async function screens() {
  const work = mkdtempSync(join(tmpdir(), 'cpd-record-'))
  const project = join(work, 'orders')
  cpSync(join(root, 'test', 'fixtures', 'node-express-ts', 'project'), project, { recursive: true })
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true, convertEol: true })
  const write = (data) => new Promise((done) => terminal.write(data, done))
  const frames = []
  const command = `stty cols ${COLUMNS} rows ${ROWS}; '${process.execPath}' '${join(root, 'bin', 'create-prod-docker.js')}'`
  const env = { PATH: process.env.PATH, HOME: work, TERM: 'xterm-256color', LANG: 'C.UTF-8' }
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: project, env })
  let queue = Promise.resolve()
  let seen = ''
  let step = 0
  child.stdout.on('data', (chunk) => {
    const text = String(chunk)
    seen += text
    queue = queue.then(() => write(text))
    if (step < STEPS.length && seen.includes(STEPS[step])) {
      seen = ''
      step++
      setTimeout(() => {
        queue = queue.then(() => frames.push(screen(terminal)))
        child.stdin.write('\r')
      }, 400)
    }
  })
  const code = await new Promise((done) => child.on('close', done))
  await queue
  frames.push(screen(terminal))
  rmSync(work, { recursive: true, force: true })
  if (code !== 0 || step !== STEPS.length)
    throw new Error(`the recorded run ended with ${code} after ${step} questions`)
  return frames
}

/** The screen's lines as runs of text in one style, without trailing blanks. */
function screen(terminal) {
  const buffer = terminal.buffer.active
  const lines = []
  for (let row = 0; row < buffer.length; row++) {
    const line = buffer.getLine(row)
    const runs = []
    for (let column = 0; column < COLUMNS; column++) {
      const cell = line.getCell(column)
      if (cell.getWidth() === 0) continue
      const style = styleOf(cell)
      const last = runs.at(-1)
      const chars = cell.getChars() || ' '
      if (last?.style === style) last.text += chars
      else runs.push({ style, text: chars, column })
    }
    lines.push(
      runs.filter((run) => run.text.trim() !== '').map((run) => ({ ...run, text: run.text.trimEnd() })),
    )
  }
  while (lines.length > 0 && lines.at(-1).length === 0) lines.pop()
  return lines
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

function styleOf(cell) {
  const colour = cell.isFgPalette() && cell.getFgColor() < 16 ? (NAMES[cell.getFgColor() % 8] ?? '') : ''
  return [
    colour === 'black' ? 'dim' : colour,
    cell.isBold() ? 'bold' : '',
    cell.isDim() || (cell.isFgPalette() && cell.getFgColor() === 8) ? 'dim' : '',
  ]
    .filter(Boolean)
    .join(' ')
}

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const CELL = 8.4
const LINE = 17

/** An SVG that shows the frames in turn, readable on a light and on a dark page, without a script. */
export function toSvg(frames) {
  const height = Math.max(...frames.map((frame) => frame.length)) * LINE + 56
  const width = Math.ceil(COLUMNS * CELL) + 32
  const seconds = frames.map((_frame, index) => (index === frames.length - 1 ? 9 : index === 0 ? 5 : 2.5))
  const total = seconds.reduce((sum, second) => sum + second, 0)
  let from = 0
  const keyframes = frames.map((_frame, index) => {
    const start = (from / total) * 100
    from += seconds[index]
    const end = (from / total) * 100
    return `@keyframes f${index}{0%{opacity:${index === 0 ? 1 : 0}}${start.toFixed(2)}%{opacity:1}${(end - 0.01).toFixed(2)}%{opacity:1}${end.toFixed(2)}%{opacity:${index === frames.length - 1 ? 1 : 0}}100%{opacity:${index === frames.length - 1 ? 1 : 0}}}#f${index}{animation:f${index} ${total}s step-end infinite}`
  })
  const body = frames.map((frame, index) => {
    const lines = frame.flatMap((runs, row) =>
      runs.length === 0
        ? []
        : [
            `<text y="${row * LINE + 52}">${runs.map((run) => `<tspan x="${(16 + run.column * CELL).toFixed(1)}"${run.style ? ` class="${run.style}"` : ''}>${escapeXml(run.text)}</tspan>`).join('')}</text>`,
          ],
    )
    return `<g id="f${index}">\n${lines.join('\n')}\n</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A run of create-prod-docker in a terminal">
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d5dae3;white-space:pre}
.dim{fill:#8b93a3}.bold{font-weight:600}.red{fill:#ff7b72}.green{fill:#7ee787}.yellow{fill:#e3b341}.blue{fill:#79c0ff}.magenta{fill:#d2a8ff}.cyan{fill:#76d9e6}
g{opacity:0}#f${frames.length - 1}{opacity:1}
@media (prefers-reduced-motion:no-preference){${keyframes.join('')}}
</style>
<rect width="100%" height="100%" rx="8" fill="#0f1420"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/><circle cx="60" cy="18" r="6" fill="#28c840"/>
${body.join('\n')}
</svg>
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, 'docs', 'recording.svg'), toSvg(await screens()))
}
