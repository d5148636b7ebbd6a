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

/** Why a build failed, in a line: the last step's own last word, else what BuildKit says. */
export function reasonOf(output) {
  const lines = output.split(/\r?\n/)
  // BuildKit repeats the failed step between two rulers, at the end.
  const end = lines.lastIndexOf('------')
  const start = lines.lastIndexOf('------', end - 1)
  const step = start >= 0 && end > start ? lines.slice(start + 1, end) : []
  const said = step.slice(1).map((line) => line.replace(/^\d+\.\d+ /, '').trim())
  const telling = said.filter((line) => /err|not found|cannot|failed|denied/i.test(line)).at(-1)
  const last =
    telling ?? said.filter(Boolean).at(-1) ?? lines.filter((line) => /error/i.test(line)).at(-1) ?? ''
  const name = /> (\[.*)$/.exec(step[0] ?? '')?.[1]?.replace(/:$/, '')
  // Without a word of the step's own, what the engine says stands at the end of a long line.
  const word = last.trim().replace(/^.* did not complete successfully: /, '')
  return [name, word].filter(Boolean).join(': ').slice(0, 300) || 'no reason given'
}
