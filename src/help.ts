import { FLAGS, type Flag } from './flags.ts'

/** One screen: what it does, the flags from their table, examples, exit codes. */
export function helpText(version: string): string {
  const groups = [...new Set(FLAGS.map((flag) => flag.group))].filter((group) => group !== PROOF)
  return `create-prod-docker ${version}: production Docker files for the app in a folder

Usage
  npx create-prod-docker [dir]            write the files
  npx create-prod-docker verify [dir]     build, boot, probe and measure them
  npx create-prod-docker undo [dir]       take back the last write
  npx create-prod-docker explain [what]   why: a rule, a file, or file:line

${groups.map(optionsOf).join('\n\n')}
  --no-<file>               leave one out: --no-ci

Examples
  npx create-prod-docker                  detect, show what was found, ask
  npx create-prod-docker --yes            no questions, detected answers
  npx create-prod-docker api --yes --json for scripts and agents

Exit codes  0 done · 1 failed, nothing changed · 2 usage or a missing answer
            3 a decision is open · 4 --check: a run would change something
            5 refused · 130 cancelled, nothing written
`
}

/** The same of `verify`: its steps come from their table. */
export async function verifyHelp(version: string): Promise<string> {
  const { STEPS } = await import('./verify/steps/index.ts')
  return `create-prod-docker ${version} verify: proof, on your own engine, of what was written

Usage
  npx create-prod-docker verify [dir]     Docker or Podman, and Compose

${optionsOf(PROOF)}
  --json                    one JSON document on stdout

Steps, each pass, fail or not proven
${STEPS.map(({ id, title }) => `  ${id.padEnd(10)} ${title}`).join('\n')}

Examples
  npx create-prod-docker verify --report report.html
  npx create-prod-docker --yes --verify   write, then prove

What it makes is its own, and gone at the end.
Exit codes  0 nothing failed · 1 a step failed · 2 no engine, or nothing to verify
            130 cancelled, everything taken away
`
}

const PROOF: Flag['group'] = 'how it is proven'

function optionsOf(group: Flag['group']): string {
  const lines = FLAGS.filter((flag) => flag.group === group).map((flag) => {
    const name = `${flag.short ? `-${flag.short}, ` : ''}--${flag.name}${flag.value ? ` <${flag.value}>` : ''}`
    return `  ${name.padEnd(25)} ${flag.help}`
  })
  return `${group[0]?.toUpperCase()}${group.slice(1)}\n${lines.join('\n')}`
}
