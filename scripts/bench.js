// npm run bench            start-up, and the images where there is an engine
// npm run bench -- startup start-up, the whole run, a large tree, the tarball
// npm run bench -- images  what is built, against guides and another generator: writes BENCHMARKS.md
//   --only <app>   one of them, to the terminal      --rounds <n>   3 by default      --json   to stdout, nothing written
//   --cold <n>     rounds with a cold build, all by default (the slow part)
//   --bases        the base images that it needs     --note <text>  said in the head of BENCHMARKS.md
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { engineVersions } from './bench/engine.js'
import { images } from './bench/images.js'
import { startUp } from './bench/startup.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    cold: { type: 'string' },
    note: { type: 'string' },
    json: { type: 'boolean', default: false },
    bases: { type: 'boolean', default: false },
  },
})
const what = positionals[0] ?? 'all'
const rounds = Number(values.rounds)
const cold = Number(values.cold ?? rounds)
const counts = [rounds, cold].every((count) => Number.isInteger(count) && count > 0)
if (!['all', 'startup', 'images'].includes(what) || !counts) {
  console.error(
    'npm run bench [-- startup | images] [--only <app>] [--rounds <n>] [--cold <n>] [--json] [--bases] [--note <text>]',
  )
  process.exitCode = 2
} else {
  if (what !== 'images') startUp(root)
  if (what === 'all' && !(await engineVersions()))
    console.log('No Docker engine with buildx answers: the images are left out')
  else if (what !== 'startup')
    process.exitCode = await images(root, { ...values, rounds, cold: Math.min(cold, rounds) })
}
