import { basename } from 'node:path/posix'
import { type Held, hold, pause } from '../http.ts'
import { inspectContainer, lastLogs } from '../inspect.ts'
import type { Outcome, Step, Verification } from '../types.ts'

/** What `docker stop` gives before it kills. */
const GRACE_SECONDS = 10
/** The exit code of a program that a signal ended: nothing in it handles that signal. */
const ENDED_BY: Readonly<Record<string, number>> = { SIGTERM: 143, SIGINT: 130, SIGQUIT: 131 }
/** Servers that end without waiting for anybody, and what that means. */
const IMPATIENT: Readonly<Record<string, string>> = {
  'waitress-serve': 'gunicorn waits for it.',
  daphne: 'uvicorn waits for it.',
  streamlit: 'Its pages connect again by themselves.',
  'strapi.js':
    'destroy() in src/index.ts can wait: await new Promise((done) => strapi.server.httpServer.close(done)).',
}

export const stop: Step = {
  id: 'stop',
  title: 'Stop',
  needs: ['boot'],
  async run(v) {
    const { container, url } = v.stack as NonNullable<typeof v.stack>
    const signal = v.image?.config.stopSignal ?? 'SIGTERM'
    const held = url ? await holdOne(v, url) : null
    const sent = Date.now()
    await v.engine.run(['kill', '--signal', signal, container], { signal: v.signal })
    const answering = held && pause(500, v.signal).then(() => held.finish(GRACE_SECONDS * 1000))
    const facts = await whenEnded(v, container, sent + GRACE_SECONDS * 1000)
    const status = answering ? await answering : null
    const seconds = facts ? Math.max(0, (Date.parse(facts.FinishedAt) - sent) / 1000) : null
    if (!facts || seconds === null) {
      const output = await lastLogs(v, container)
      await v.engine.run(['kill', container], { signal: v.signal })
      v.drain = { status: 'fail', evidence: 'The app did not end.' }
      return {
        status: 'fail',
        evidence: `Still running ${GRACE_SECONDS} s after ${signal}: every stop and every deploy would end in a kill.`,
        output,
      }
    }
    const { ExitCode: exitCode } = facts
    const handled = exitCode !== ENDED_BY[signal]
    v.drain = drained({ held: held !== null, status, signal, handled, command: v.image?.config.cmd ?? [] })
    const data = { signal, exitCode, seconds }
    if (exitCode !== 0 && handled)
      return {
        status: 'fail',
        evidence: `Ended with ${exitCode} after ${signal}: 0 or ${ENDED_BY[signal] ?? 143} is a clean end.`,
        output: await lastLogs(v, container),
        data,
      }
    return {
      status: 'pass',
      evidence: `Ended with ${exitCode}, ${seconds.toFixed(1)} s after ${signal}${held ? ' and a request in flight' : ''}.`,
      data,
    }
  },
}

export const drain: Step = {
  id: 'drain',
  title: 'Request in flight at the stop',
  needs: ['stop'],
  async run(v) {
    return v.drain as Outcome
  },
}

/** A request that the app has and cannot answer yet: most servers wait for a body, on this path or that. */
async function holdOne(v: Verification, url: string): Promise<Held | null> {
  for (const path of new Set(['/', v.app.healthPath ?? '/', '/create-prod-docker'])) {
    const held = await hold(`${url}${path}`)
    await pause(400, v.signal)
    if (held.waiting()) return held
    held.drop()
  }
  return null
}

export function drained(seen: {
  held: boolean
  status: number | null
  signal: string
  handled: boolean
  command: readonly string[]
}): Outcome {
  const { held, status, signal, handled, command } = seen
  if (!held)
    return {
      status: 'skipped',
      evidence: 'The app answers every request at once, so none could be held open over the stop.',
    }
  const data = { status }
  if (status) return { status: 'pass', evidence: `It was answered (${status}) before the app ended.`, data }
  // The default action of the signal: nothing in the app is there to wait for anything.
  if (!handled)
    return {
      status: 'skipped',
      evidence: `Not proven: the app has no handler of ${signal}, ends at once and cuts a request off. A handler that closes the server mends it.`,
      data,
    }
  const server = command.map((word) => basename(word)).find((word) => Object.hasOwn(IMPATIENT, word))
  if (server)
    return {
      status: 'skipped',
      evidence: `Not proven: ${server} ends at once and cuts a request off. ${IMPATIENT[server]}`,
      data,
    }
  return { status: 'fail', evidence: 'It was cut off, though the app handles the signal.', data }
}

async function whenEnded(v: Verification, container: string, deadline: number) {
  for (; Date.now() < deadline + 500; await pause(100, v.signal)) {
    const facts = await inspectContainer(v, container)
    if (facts && facts.State.Status !== 'running') return facts.State
  }
  return null
}
