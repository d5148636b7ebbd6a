/** Of an even number, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const formatBytes = (bytes) =>
  bytes >= 1e6
    ? `${(bytes / 1e6).toFixed(1)} MB`
    : bytes >= 1e3
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${bytes} B`
export const formatSeconds = (seconds) => `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
export const formatRatio = (ratio) =>
  `${ratio >= 10 ? Math.round(ratio).toLocaleString('en') : ratio.toFixed(ratio < 0.95 || (ratio > 1.05 && ratio < 2) ? 2 : 1)}×`

const ofRounds = (key) => (contender) => {
  const values = contender.rounds.map((round) => round[key]).filter((value) => value !== undefined)
  return values.length > 0 ? median(values) : null
}
const exits = (contender) => {
  const codes = [...new Set(contender.rounds.map(({ exit }) => exit).filter((code) => code !== undefined))]
  return codes.length > 0 ? codes.join(', ') : null
}

/** Rows of a table. `level`: how near two figures must be to count as the same; without it, there is no better. */
export const MEASURES = [
  { title: 'image', of: (one) => one.size?.bytes ?? null, format: formatBytes, level: 0.01 },
  { title: 'image, gzipped', of: (one) => one.size?.gzip ?? null, format: formatBytes, level: 0.01 },
  { title: 'layers', of: (one) => one.size?.layers ?? null, format: String },
  { title: 'cold build', of: ofRounds('cold'), format: formatSeconds, level: 0.1 },
  { title: 'nothing changed', of: ofRounds('noop'), format: formatSeconds, level: 0.1 },
  { title: 'one line changed', of: ofRounds('edit'), format: formatSeconds, level: 0.1 },
  { title: '… bytes to push', of: (one) => one.push?.gzip ?? null, format: formatBytes, level: 0.01 },
  { title: '… layers to push', of: (one) => one.push?.layers ?? null, format: String },
  { title: 'boot', of: ofRounds('boot'), format: formatSeconds, level: 0.1 },
  { title: 'stop', of: ofRounds('stop'), format: formatSeconds, level: 0.1 },
  { title: 'exit code', of: exits, format: String },
]

const works = (contender) => contender.status === 'ok'

/** Markdown whose columns stand under each other in a plain text file too. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => [...row[column]].length)))
  const line = (cells) =>
    `| ${cells.map((cell, column) => cell + ' '.repeat(widths[column] - [...cell].length)).join(' | ')} |`
  return [line(rows[0]), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`]
    .concat(rows.slice(1).map(line))
    .join('\n')
}

/** One app: a column for each contender, a row for each measure, and what must be said of it below. */
export function section({ name, title, contenders }) {
  const notes = []
  const marked = (text, note) => {
    if (!notes.includes(note)) notes.push(note)
    return `${text} [${notes.indexOf(note) + 1}]`
  }
  const head = contenders.map((one) => {
    const status = works(one)
      ? one.title
      : marked(`${one.title}: ${one.status}`, `${one.title}: ${one.reason}`)
    return one.notes.reduce((text, note) => marked(text, note), status)
  })
  const ours = contenders.find(({ id }) => id === 'ours')
  const rows = MEASURES.map(({ title, of, format, level }) => {
    const shown = contenders.map((one) => {
      const value = of(one)
      if (value === null) return '–'
      const text = format(value)
      if (level === undefined)
        return title === 'exit code' && String(value).includes('137')
          ? marked(text, '137: did not end within 10 s of SIGTERM, and was killed.')
          : text
      const best = Math.min(...contenders.filter(works).map(of).filter(Number.isFinite))
      const own = of(ours)
      const ratio = own === null ? '' : ` ${formatRatio(value / own)}`
      return (works(one) && text === format(best) ? `**${text}**` : text) + ratio
    })
    return [title, ...shown]
  })
  return [
    `## ${title} (\`${name}\`)`,
    '',
    table([['', ...head], ...rows]),
    ...(notes.length > 0 ? ['', ...notes.map((note, index) => `${index + 1}. ${note}`)] : []),
  ].join('\n')
}

/** What the figures say, in sentences; where another is better, its name. */
export function reading(results) {
  const lines = []
  for (const { title, of, level } of MEASURES) {
    if (level === undefined) continue
    const duels = results.flatMap(({ name, contenders }) => {
      const ours = contenders.find(({ id }) => id === 'ours')
      const others = contenders.filter((one) => one !== ours && works(one) && of(one) !== null)
      if (!ours || !works(ours) || of(ours) === null || others.length === 0) return []
      const best = others.reduce((a, b) => (of(b) < of(a) ? b : a))
      return [{ name, best: best.title, ratio: of(best) / of(ours) }]
    })
    if (duels.length === 0) continue
    const ratios = duels.map(({ ratio }) => ratio)
    const better = ratios.filter((ratio) => ratio > 1 + level).length
    const worse = duels.filter(({ ratio }) => ratio < 1 / (1 + level))
    const same = duels.length - better - worse.length
    const range =
      duels.length > 1
        ? ` (median; ${formatRatio(Math.min(...ratios))} to ${formatRatio(Math.max(...ratios))})`
        : ''
    lines.push(
      `- **${title}**: ours is the best in ${better} of ${duels.length}${same > 0 ? `, level in ${same}` : ''}; the best of the others is at ${formatRatio(median(ratios))}${range}.${worse
        .map(({ name, best, ratio }) => ` Not in \`${name}\`: ${best} is at ${formatRatio(ratio)}.`)
        .join('')}`,
    )
  }
  const lost = results.flatMap(({ name, contenders }) =>
    contenders
      .filter((one) => !works(one))
      .map((one) => `- \`${name}\`: ${one.title} ${one.status}, and is compared with nothing.`),
  )
  return [...lines, ...lost].join('\n')
}

/** The whole of BENCHMARKS.md. */
export function document({ info, results }) {
  const { date, version, engine, buildx, node, machine, rounds, cold, minutes, generator, bases, note } = info
  return `# Benchmarks

What \`create-prod-docker\` writes, against Dockerfiles as common guides teach them ([test/bench](test/bench), written out by us) and against what the published generator ${generator} writes for the same apps. Made by \`npm run bench -- images\`; nothing here is typed by hand.

- ${date.slice(0, 10)}, create-prod-docker ${version}, Docker ${engine}, buildx ${buildx}, Node.js ${node}
- ${machine}
- Medians of ${rounds} interleaved round${rounds === 1 ? '' : 's'} (every contender once, then every contender again)${cold < rounds ? `, cold builds in ${cold} of them` : ''}, ${minutes} minutes in all. The ratio beside a figure is to ours; the best is bold.
${note ? `- ${note}\n` : ''}
What is measured:

- **image**: bytes of all layers, unpacked, base included; **gzipped**: as they are pushed to a registry that has none of them.
- **cold build**: \`docker build --no-cache\` with the base images at hand and every cache mount empty.
- **nothing changed**: the same build again. **one line changed**: after an edit of one line of source, the cache mounts as the first build left them; **to push**: the layers that this edit makes anew, gzipped.
- **boot**: \`docker start\` to the first answer below 400 on the app's health address. **stop**: \`docker stop\` to the end; 0 and 143 are clean exit codes.
- Single-stage guides have no .dockerignore, the others have one with \`.git\`, \`node_modules\` or \`.venv\`. The apps are fresh checkouts without any of those, which spares the guides without one.
- The generator runs under Node.js 24 with the app's package manager at hand, with no flags but \`--force\`.
- All bases are Debian: Alpine variants of the guides are not measured.

${results.map(section).join('\n\n')}

## In short

Figures within 1 % (bytes) or 10 % (seconds) count as level.

${reading(results)}

## Base images

Sizes as this engine has them.

${table([['image', 'size'], ...bases.map(({ ref, bytes }) => [`\`${ref}\``, formatBytes(bytes)])])}

## Again

\`\`\`sh
npm run bench -- images                          # writes this file
npm run bench -- images --only node-express-ts   # one app, to the terminal
npm run bench -- images --rounds 1 --json        # the measurements, as JSON
npm run bench -- images --bases                  # the base images that it needs
\`\`\`
`
}
