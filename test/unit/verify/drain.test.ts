import { expect, it } from 'vitest'
import { drained } from '../../../src/verify/steps/stop.ts'

const cut = { held: true, status: null, signal: 'SIGINT', handled: true, command: ['gunicorn', 'app:app'] }

it.each([
  ['answered', { ...cut, status: 200 }, 'pass', /^It was answered \(200\)/],
  ['nothing to hold', { ...cut, held: false }, 'skipped', /none could be held open/],
  ['no handler', { ...cut, handled: false }, 'skipped', /no handler of SIGINT/],
  ['cut off', cut, 'fail', /though the app handles the signal/],
  [
    'a server that waits for nobody',
    { ...cut, command: ['/opt/venv/bin/waitress-serve', 'app:app'] },
    'skipped',
    /waitress-serve ends at once.*gunicorn waits/,
  ],
  [
    'Strapi',
    { ...cut, command: ['/nodejs/bin/node', 'node_modules/@strapi/strapi/bin/strapi.js', 'start'] },
    'skipped',
    /strapi.js ends at once.*destroy/,
  ],
  ['the same, and yet answered', { ...cut, status: 200, command: ['daphne', 'a:b'] }, 'pass', /answered/],
])('a request in flight: %s', (_, seen, status, evidence) => {
  const outcome = drained(seen)
  expect(outcome.status).toBe(status)
  expect(outcome.evidence).toMatch(evidence)
})
