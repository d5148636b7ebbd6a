/** Images that a Dockerfile takes from elsewhere, its frontend too. */
export function basesOf(text) {
  const args = new Map()
  const stages = new Set()
  const refs = new Set()
  const fill = (ref) =>
    ref.replace(/\$\{?(\w+)(?::-([^}]*))?\}?/g, (_, name, other) => args.get(name) ?? other ?? '')
  const add = (ref) => {
    if (ref !== 'scratch' && !stages.has(ref) && !/^\d+$/.test(ref)) refs.add(ref)
  }
  const frontend = /^#\s*syntax\s*=\s*(\S+)/.exec(text)
  if (frontend) refs.add(frontend[1])
  for (const line of text.split(/\r?\n/)) {
    const arg = /^ARG\s+(\w+)=(\S+)/i.exec(line)
    if (arg) args.set(arg[1], arg[2])
    const from = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line)
    if (from) {
      add(fill(from[1]))
      if (from[2]) stages.add(from[2])
    }
    for (const [, ref] of line.matchAll(/(?:--|,)from=([^\s,]+)/g)) add(fill(ref))
  }
  return [...refs]
}

/** Why a build failed, in a line: the failed step's last word of an error, else what the engine says. */
export function reasonOf(output) {
  const lines = output.split(/\r?\n/)
  const failed = /^#(\d+) ERROR: (.*)/
  const end = failed.exec(lines.findLast((line) => failed.test(line)) ?? '')
  const own = end ? lines.filter((line) => line.startsWith(`#${end[1]} `)) : []
  const said = own.map((line) => /^#\d+ \d+\.\d+ (.*)/.exec(line)?.[1]?.trim() ?? '').filter(Boolean)
  const telling = said.findLast(
    (line) => /\berr(or)?\b|not found|cannot/i.test(line) && !/complete log/.test(line),
  )
  // Without a word of the step's own, what the engine says stands at the end of a long line.
  const engine = end?.[2] ?? lines.findLast((line) => /error/i.test(line)) ?? ''
  const word = telling ?? engine.replace(/^.* did not complete successfully: /, '')
  const name = /^#\d+ (\[.*)/.exec(own[0] ?? '')?.[1]
  return [name, word].filter(Boolean).join(': ').slice(0, 300) || 'no reason given'
}
