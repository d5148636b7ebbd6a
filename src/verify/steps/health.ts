import { type Answer, get, isWell, until } from '../http.ts'
import { inspectContainer, lastLogs } from '../inspect.ts'
import type { Outcome, Step, Verification } from '../types.ts'
import { addressOf, containersOf } from './boot.ts'

/** Paths that say what they mean, most usual first. */
const READY = [
  '/readyz',
  '/ready',
  '/health/ready',
  '/healthz/ready',
  '/api/health/ready',
  '/readiness',
  '/api/readyz',
]
const LIVE = [
  '/livez',
  '/live',
  '/health/live',
  '/healthz/live',
  '/api/health/live',
  '/liveness',
  '/healthz',
  '/health',
]

export const health: Step = {
  id: 'health',
  title: 'Health endpoints',
  needs: ['boot'],
  async run(v) {
    if (!v.stack?.url) return { status: 'skipped', evidence: 'The app listens on no port.' }
    const ask = (path: string) => get(`${v.stack?.url}${path}`, { signal: v.signal })
    const path = v.app.healthPath ?? '/'
    const answer = await ask(path)
    if (answer.status === 0 || answer.status >= 500)
      return {
        status: 'fail',
        evidence: `${path} answers ${said(answer)}.`,
        output: answer.text.slice(0, 2_000),
      }
    const evidence = `${path} answers ${answer.status}.`
    const backing = v.stack?.services.filter((name) => !v.config?.services?.[name]?.['build']) ?? []
    if (backing.length === 0) return { status: 'pass', evidence, data: { status: answer.status } }
    const [ready, live] = [await firstWell(ask, READY), await firstWell(ask, LIVE)]
    if (!ready || !live)
      return {
        status: 'pass',
        evidence: `${evidence} There are no two endpoints, one for ready and one for live, so a lost ${backing[0]} was not tried.`,
        data: { status: answer.status },
      }
    return withoutServices(v, { ready, live, backing, ask })
  },
}

/** Ready must fail while what it stands on is gone, live must not: else a lost database makes every replica restart. */
async function withoutServices(
  v: Verification,
  {
    ready,
    live,
    backing,
    ask,
  }: { ready: string; live: string; backing: string[]; ask(path: string): Promise<Answer> },
): Promise<Outcome> {
  const containers = await containersOf(v)
  const ids = backing.flatMap((name) => containers.get(name) ?? [])
  const names = backing.join(', ')
  const wait = { seconds: 20, signal: v.signal, every: 500 }
  v.progress(`stopping ${names}`)
  await v.engine.run(['stop', '--time', '5', ...ids], { signal: v.signal })
  const readyWithout = await until(
    () => ask(ready),
    (answer) => !isWell(answer),
    wait,
  )
  const liveWithout = await ask(live)
  const container = v.stack?.container as string
  const state = (await inspectContainer(v, container))?.State
  const ended = state?.Status !== 'running'
  const output = ended ? await lastLogs(v, container) : ''
  v.progress(`starting ${names}`)
  await v.engine.run(['start', ...ids], { signal: v.signal })
  // What comes after needs the app, whatever is said of it here; it has another port then.
  if (ended) await startAgain(v)
  const readyAgain = await until(() => ask(ready), isWell, { ...wait, seconds: 60 })
  const data = {
    ready,
    live,
    readyWithout: readyWithout.status,
    liveWithout: liveWithout.status,
    readyAgain: readyAgain.status,
  }
  if (ended)
    return {
      status: 'fail',
      evidence: `With ${names} stopped, the app ended with ${state?.ExitCode}: one that loses a connection should wait for it.`,
      output,
      data,
    }
  const seen = `With ${names} stopped, ${ready} answers ${said(readyWithout)} and ${live} ${said(liveWithout)}`
  const wrong = [
    ...(isWell(readyWithout) ? [`${ready} does not look at ${names}`] : []),
    ...(isWell(liveWithout) ? [] : [`${live} fails too, and every replica would be restarted`]),
    ...(isWell(readyAgain) ? [] : [`${ready} answers ${said(readyAgain)} a minute after they came back`]),
  ]
  if (wrong.length > 0) return { status: 'fail', evidence: `${seen}: ${wrong.join('; ')}.`, data }
  return { status: 'pass', evidence: `${seen}; once back, both are well again.`, data }
}

async function startAgain(v: Verification): Promise<void> {
  const { stack } = v
  if (!stack?.url) return
  await v.engine.run(['start', stack.container], { signal: v.signal })
  const facts = await inspectContainer(v, stack.container)
  const port = Number(Object.keys(facts?.NetworkSettings.Ports ?? {})[0]?.split('/')[0])
  stack.url = (facts && addressOf(v, facts, port)) ?? stack.url
}

async function firstWell(
  ask: (path: string) => Promise<Answer>,
  paths: readonly string[],
): Promise<string | null> {
  for (const path of paths) if (isWell(await ask(path))) return path
  return null
}

const said = ({ status, error }: Answer) => (status > 0 ? String(status) : `nothing (${error})`)
