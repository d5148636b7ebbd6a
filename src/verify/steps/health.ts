import { type Answer, get, isWell, until } from '../http.ts'
import { inspectContainer } from '../inspect.ts'
import type { Outcome, Step, Verification } from '../types.ts'
import { containersOf } from './boot.ts'

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
    const url = v.stack?.url
    if (!url) return { status: 'skipped', evidence: 'The app listens on no port.' }
    const ask = (path: string) => get(`${url}${path}`, { signal: v.signal })
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
  v.progress(`starting ${names}`)
  await v.engine.run(['start', ...ids], { signal: v.signal })
  const container = v.stack?.container as string
  const ended = (await inspectContainer(v, container))?.State.Status !== 'running'
  // What comes after needs the app, whatever is said of it here.
  if (ended) await v.engine.run(['start', container], { signal: v.signal })
  const readyAgain = await until(() => ask(ready), isWell, { ...wait, seconds: 60 })
  const seen = `with ${names} stopped, ${ready} answers ${said(readyWithout)} and ${live} ${said(liveWithout)}`
  const data = {
    ready,
    live,
    readyWithout: readyWithout.status,
    liveWithout: liveWithout.status,
    readyAgain: readyAgain.status,
  }
  const wrong = [
    ...(isWell(readyWithout) ? [`${ready} stays well without ${names}: it does not look`] : []),
    ...(ended
      ? ['the app ended: one without its connection should wait for it']
      : isWell(liveWithout)
        ? []
        : [`${live} fails too: every replica would be restarted`]),
    ...(isWell(readyAgain) ? [] : [`${ready} answers ${said(readyAgain)} a minute after they came back`]),
  ]
  if (wrong.length > 0)
    return {
      status: 'fail',
      evidence: `${seen[0]?.toUpperCase()}${seen.slice(1)}: ${wrong.join('; ')}.`,
      data,
    }
  return { status: 'pass', evidence: `Both are well; ${seen}; both are well again.`, data }
}

async function firstWell(
  ask: (path: string) => Promise<Answer>,
  paths: readonly string[],
): Promise<string | null> {
  for (const path of paths) if (isWell(await ask(path))) return path
  return null
}

const said = ({ status, error }: Answer) => (status > 0 ? String(status) : `nothing (${error})`)
