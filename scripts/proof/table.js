// Results of the proof and their table; nothing here runs anything.

/** Without these nothing is proven, whatever else passed. */
const NEEDED = ['build', 'boot']

/** Causes that say something of the machine, its registry or the app, not of what was written. */
const NOT_OURS = ['google-fonts', 'network', 'npm-not-found', 'registry-unreachable', 'sqlite-read-only']

const count = (steps, status) => steps.filter((step) => step.status === status).length
const line = (text) => text.replace(/\s+/g, ' ').trim()

const reasonOf = ({ id, evidence, cause }) =>
  `${id}: ${evidence}${cause && cause.title !== evidence ? ` ${cause.title}` : ''}`
const openFiles = ({ files = [] }) =>
  files
    .filter(({ action }) => action === 'advise' || action === 'conflict')
    .map(({ path }) => path)
    .join(', ')

/** One row of the table, from what the tool said of the app and what `verify` saw. Never proven by what was not seen. */
export function judge({ name, by, kind }, { made, written, verified, development, alone }) {
  const facts = Object.fromEntries((written?.facts ?? []).map(({ key, value }) => [key, value]))
  const steps = [...(verified?.steps ?? []), ...(development ? [development] : [])]
  const failed = steps.filter((step) => step.status === 'fail')
  const bytes = verified?.image?.bytes ?? null
  const floor = verified?.image?.floor ?? null
  const result = {
    name,
    by,
    kind,
    framework: facts.framework ?? null,
    port: facts.port ?? null,
    health: facts.healthPath ?? null,
    files: written?.files?.filter(({ action }) => action === 'create').length ?? 0,
    warnings: (written?.warnings ?? []).map(({ rule, message }) => `${rule} ${message}`),
    passed: count(steps, 'pass'),
    failed: failed.length,
    skipped: count(steps, 'skipped'),
    bytes,
    over: bytes && floor ? bytes / floor - 1 : null,
    seconds: (verified?.seconds ?? 0) + (development?.seconds ?? 0),
    steps,
  }
  const is = (status, reason = '') => ({ ...result, status, reason: line(reason) })
  if (made?.error) return is('not proven', made.error)
  if (written?.error) return is('failed', `not dockerized: ${written.error.message}`)
  if (written?.exit === 3) return is('not proven', `it has files of its own: ${openFiles(written)}`)
  if (written?.exit !== 0) return is('failed', `not dockerized: exit code ${written?.exit ?? 'none'}`)
  if (failed.length > 0 && failed.every(({ cause }) => NOT_OURS.includes(cause?.id)))
    return is('not proven', failed.map(reasonOf).join('; '))
  if (failed.length > 0 && alone?.ok === false && failed.every(({ id }) => id === 'build'))
    return is('not proven', `it does not build by itself either: ${alone.reason}`)
  if (failed.length > 0) return is('failed', failed.map(reasonOf).join('; '))
  if (verified?.exit === 1) return is('failed', 'verify ended with 1')
  const unseen = NEEDED.filter((id) => !steps.some((step) => step.id === id && step.status === 'pass'))
  if (verified?.exit !== 0)
    return is('not proven', verified?.error?.message ?? `verify ended with ${verified?.exit ?? 'nothing'}`)
  if (unseen.length > 0) {
    const why = steps.find(({ id }) => id === unseen[0])?.evidence ?? 'no such step'
    return is('not proven', `${unseen[0]}: ${why}`)
  }
  return is('proven')
}

const minutes = (results) => Math.round(results.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) / 60)

const COLUMNS = [
  ['app', ({ name }) => name],
  ['made by', ({ by }) => by],
  ['framework', ({ framework }) => framework ?? ''],
  ['port', ({ port }) => String(port ?? '')],
  ['health', ({ health }) => health ?? ''],
  ['files', ({ files }) => String(files || '')],
  [
    'pass/fail/skip',
    ({ passed, failed, skipped, steps }) => (steps.length ? `${passed}/${failed}/${skipped}` : ''),
  ],
  ['MB', ({ bytes }) => (bytes ? (bytes / 1e6).toFixed(1) : '')],
  ['over floor', ({ over }) => (over === null ? '' : `${(over * 100).toFixed(1)} %`)],
  ['s', ({ seconds }) => (seconds ? seconds.toFixed(0) : '')],
  ['result', ({ status }) => status],
]

/** The table as Markdown, aligned for a terminal; below it, why, for each that is not proven. */
export function table(results) {
  const rows = results.map((result) => COLUMNS.map(([, cell]) => cell(result).replaceAll('|', '\\|')))
  const titles = COLUMNS.map(([title]) => title)
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)))
  const text = (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`
  const reasons = results.filter(({ status }) => status !== 'proven')
  const all = (status) => results.filter((result) => result.status === status).length
  return [
    text(titles),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(text),
    '',
    ...reasons.map(({ name, status, reason }) => `${name}: ${status}: ${reason}`),
    ...(reasons.length ? [''] : []),
    `${all('proven')} proven, ${all('failed')} failed, ${all('not proven')} not proven; ${minutes(results)} minutes of verifying`,
  ].join('\n')
}

/** 1 when something failed. Nothing proven at all is no success either. */
export function exitCode(results) {
  return results.some(({ status }) => status === 'failed') ||
    !results.some(({ status }) => status === 'proven')
    ? 1
    : 0
}
