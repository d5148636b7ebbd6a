import { htmlText } from '../../escape.ts'
import type { ImageReport, Status, StepResult, VerifyDocument } from '../../verify/types.ts'
import { bytesText } from '../../verify/words.ts'
import { CSS } from './html-style.ts'
import { countsText } from './summary.ts'
import { byKind, cut, floorText, plainLine, secondsText, sentence } from './text.ts'

/** Markup. Whatever else stands in a template is text, and is escaped there. */
interface Markup {
  markup: string
}
type Part = Markup | string | number | false | null | undefined | readonly Part[]

const html = (strings: TemplateStringsArray, ...parts: Part[]): Markup => ({
  markup: strings.map((text, index) => text + markupOf(parts[index])).join(''),
})

function markupOf(part: Part): string {
  if (part === false || part === null || part === undefined) return ''
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(markupOf).join('')
  return htmlText(String(part))
}

const WORDS: Record<Status, Markup> = {
  pass: html`<b class="s pass">✓ pass</b>`,
  fail: html`<b class="s fail">✗ failed</b>`,
  skipped: html`<b class="s skipped">○ not proven</b>`,
}

/** The report as one file: no script, nothing from elsewhere; the same document and date give the same bytes. */
export function htmlReport(document: VerifyDocument, { date }: { date?: Date } = {}): string {
  const { steps, image, engine } = document
  const app = cut(sentence(document.app), 100)
  const failed = steps.filter(({ status }) => status === 'fail').length
  const skipped = steps.filter(({ status }) => status === 'skipped').length
  const [status, verdict]: [Status, string] =
    failed > 0
      ? ['fail', `✗ ${failed} of ${steps.length} steps failed`]
      : skipped > 0
        ? ['skipped', `○ Nothing failed, ${skipped} of ${steps.length} steps not proven`]
        : ['pass', '✓ Proven']
  const about = [engine, image.base, image.user && `user ${image.user}`, image.id?.slice(0, 19)]
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${app}: ${verdict.slice(2)}</title>
<style>${{ markup: CSS }}</style>
</head>
<body>
<header>
<p class="soft">create-prod-docker verify</p>
<h1 dir="auto">${app}</h1>
<p class="verdict ${status}"><b>${verdict}</b> <span>${countsText(steps)}, in ${Math.round(document.seconds)} s</span></p>
<p class="soft">${about
    .filter(Boolean)
    .map((text) => sentence(String(text)))
    .join(' · ')}</p>
</header>
<main>
${figures(document)}
${imageSection(image)}
<section aria-labelledby="steps">
<h2 id="steps">Steps</h2>
<ol class="steps">
${steps.map(stepItem)}</ol>
</section>
${timeline(document)}
</main>
<footer class="soft">create-prod-docker ${document.version}${date && html` · <time datetime="${date.toISOString()}">${date.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`}</footer>
</body>
</html>
`.markup
}

/** The handful of numbers that people compare. */
function figures({ steps, image }: VerifyDocument): Markup | false {
  const step = (id: string) => steps.find((one) => one.id === id && one.status === 'pass')
  const number = (id: string, key: string) => {
    const value = step(id)?.data?.[key]
    return typeof value === 'number' ? value : undefined
  }
  const seconds = (id: string) => {
    const value = number(id, 'seconds') ?? step(id)?.seconds
    return value === undefined ? undefined : secondsText(value)
  }
  const layers = number('edit', 'layers')
  const pushed = number('edit', 'compressedBytes') ?? number('edit', 'bytes')
  const edit = [
    layers !== undefined && `${layers} ${layers === 1 ? 'layer' : 'layers'}`,
    pushed !== undefined && `${bytesText(pushed)} to push`,
  ]
  const rows: [string, string | undefined, string?][] = [
    ['Image', image.bytes === undefined ? undefined : bytesText(image.bytes), floorText(image) ?? ''],
    ['Cold build', seconds('build')],
    ['No-op build', seconds('rebuild')],
    ['One-line edit', seconds('edit'), edit.filter(Boolean).join(', ')],
    ['Start to healthy', seconds('boot')],
    ['SIGTERM to exit', seconds('stop')],
  ]
  const known = rows.filter(([, value]) => value !== undefined)
  return (
    known.length > 0 &&
    html`<dl class="figures">
${known.map(([name, value, note]) => html`<div><dt>${name}</dt><dd>${value}${note && html` <small>${note}</small>`}</dd></div>\n`)}</dl>`
  )
}

const percent = (part: number, whole: number) => `${((100 * part) / (whole || 1)).toFixed(2)}%`

/** One bar as long as the image, a stretch for each kind of layer in order, and a line where the floor is. */
function imageSection(image: Partial<ImageReport>): Markup | false {
  const kinds = byKind(image.layers)
  if (kinds.length === 0) return false
  const sum = kinds.reduce((bytes, row) => bytes + row.bytes, 0)
  const { bytes = sum } = image
  const floor = image.floor || null
  const scale = Math.max(sum, bytes, floor ?? 0)
  const standing = floorText({ bytes, floor })
  // A name stands below its stretch where that is as long as the name is on a phone.
  const fits = (row: (typeof kinds)[number]) => row.bytes / scale > row.kind.length * 0.023
  let before = 0
  const parts = kinds.map((row) => {
    const x = before
    before += row.bytes
    const name = `${row.kind}: ${bytesText(row.bytes)}`
    return html`<g><title>${name}</title><rect class="${row.kind}" x="${percent(x, scale)}" y="24" width="${percent(row.bytes, scale)}" height="32"/>${fits(row) && html`<text x="${percent(x, scale)}" y="74">${row.kind}</text>`}</g>\n`
  })
  const sentences = kinds.map((row) => `${row.kind} ${bytesText(row.bytes)}`).join(', ')
  const label = `floor ${bytesText(floor ?? 0)}`
  const at = percent(floor ?? 0, scale)
  return html`<section aria-labelledby="image">
<h2 id="image">Image <small>${bytesText(bytes)}${standing && `, ${standing}`}</small></h2>
<svg role="img" aria-labelledby="bar-t bar-d" width="100%" height="80">
<title id="bar-t">The image by kind of layer</title>
<desc id="bar-d">${sentences}${floor && `; ${label}`}</desc>
${parts}${floor && html`<line x1="${at}" x2="${at}" y1="18" y2="62"/><text x="${at}" y="12"${floor * 2 > scale && html` text-anchor="end"`}>${label}</text>`}
</svg>
<table>
<thead><tr><th scope="col">Kind</th><th scope="col">Layers</th><th scope="col">Size</th><th scope="col">Share</th></tr></thead>
<tbody>
${kinds.map((row) => html`<tr><th scope="row"><svg class="key" width="12" height="12" aria-hidden="true"><rect class="${row.kind}" width="12" height="12" rx="2"/></svg>${row.kind}</th><td>${row.layers}</td><td>${bytesText(row.bytes)}</td><td>${((100 * row.bytes) / (sum || 1)).toFixed(1)} %</td></tr>\n`)}</tbody>
</table>
<details><summary>Every layer</summary>
<ol class="layers">
${image.layers?.map((layer) => html`<li><span>${layer.kind}, ${bytesText(layer.bytes)}</span> <code>${sentence(layer.createdBy)}</code></li>\n`)}</ol>
</details>
</section>`
}

function stepItem({ status, title, seconds, evidence, details = [], cause, output }: StepResult): Markup {
  const row = html`<span class="row">${WORDS[status]}<strong dir="auto">${sentence(title)}</strong><span class="evidence" dir="auto">${sentence(evidence)}</span><span class="time">${status === 'skipped' ? '' : secondsText(seconds)}</span></span>`
  const more = [
    cause &&
      html`<dl class="cause"><dt>Why</dt><dd dir="auto">${sentence(cause.title)}<br><code>${plainLine(cause.line)}</code></dd><dt>Fix</dt><dd dir="auto">${sentence(cause.fix)}${cause.flag && html`<br><code>--${cause.flag.name.replace(/^--/, '')} ${cause.flag.value}</code>`}</dd></dl>\n`,
    details.length > 0 &&
      html`<ul>${details.map((detail) => html`<li dir="auto">${plainLine(detail)}</li>`)}</ul>\n`,
    output && html`<pre>${output.split(/\r?\n/).map(plainLine).join('\n')}</pre>\n`,
  ].filter(Boolean) as Markup[]
  return more.length > 0
    ? html`<li><details${status === 'fail' && html` open`}><summary>${row}</summary>\n<div class="more">${more}</div></details></li>\n`
    : html`<li>${row}</li>\n`
}

/** When each step ran, one after another. */
function timeline({ steps, seconds }: VerifyDocument): Markup | false {
  const ran = steps.filter(({ status }) => status !== 'skipped')
  const whole = Math.max(
    seconds,
    ran.reduce((sum, step) => sum + step.seconds, 0),
  )
  if (ran.length === 0) return false
  let before = 0
  const rows = ran.map((step) => {
    const from = before
    before += step.seconds
    const text = `${sentence(step.title)}: from ${secondsText(from)} to ${secondsText(before)}`
    return html`<li><span dir="auto">${step.status === 'fail' && '✗ '}${sentence(step.title)}</span><svg role="img" aria-label="${text}" width="100%" height="12"><title>${text}</title><rect class="track" width="100%" height="12" rx="3"/><rect class="${step.status}" x="${percent(from, whole * 1.01)}" width="${percent(Math.max(step.seconds, whole / 100), whole * 1.01)}" height="12" rx="3"/></svg><span class="time">${secondsText(step.seconds)}</span></li>\n`
  })
  return html`<section aria-labelledby="time">
<h2 id="time">Time <small>${Math.round(seconds)} s in all</small></h2>
<ol class="bars">
${rows}</ol>
</section>`
}
