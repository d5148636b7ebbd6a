import { build } from '../build.ts'
import { explainFailure } from '../failures/index.ts'
import { listed } from '../failures/row.ts'
import { get, pause } from '../http.ts'
import { type ContainerFacts, inspectContainer, lastLogs } from '../inspect.ts'
import { isServiceOf, LONE_APP, productionStack, type StackPlan } from '../stack.ts'
import type { Outcome, Step, Verification } from '../types.ts'

/** Longer than any app that a person would wait for; the step's own limit is above it. */
const HEALTHY_SECONDS = 180
/** A healthy app that nobody outside has heard of by then listens for itself alone. */
const DEAF_SECONDS = 30

export const boot: Step = {
  id: 'boot',
  title: 'Boot, read-only and without rights',
  needs: ['build'],
  async run(v) {
    const { image, app, engine, session } = v
    const { lacks, remote } = engine.info
    if (lacks.compose) return { status: 'skipped', evidence: lacks.compose }
    if (v.compose !== null && v.config === undefined)
      return { status: 'skipped', evidence: `Not tried: ${v.compose} is not valid.` }
    // The image knows best: a static site is served on another port than its development server.
    const exposed = image?.config.exposed ?? []
    const port = exposed.find((one) => one === app.port) ?? exposed[0] ?? app.port
    const plan = productionStack(v.config ?? LONE_APP, { app, port, session, local: !remote })
    for (const { image: tag, target, service } of plan.builds) {
      const done = await build(v, { tag, target })
      if (done.code !== 0) return failed(v, 'build', `The image of ${service} could not be built.`, done.all)
    }
    const start = performance.now()
    const up = await compose(v, plan, ['up', '--detach', '--no-build', '--quiet-pull'])
    const containers = await containersOf(v)
    const container = containers.get(plan.app)
    if (up.code !== 0 || container === undefined) {
      const logs = await failedLogs(v, containers)
      return failed(v, logs ? 'boot' : 'compose', 'The stack did not start.', `${logs}${up.all}`)
    }
    const served = await waitUntilHealthy(v, container, port)
    if ('status' in served) return served
    const { url, seconds } = served
    const others = await stillRunning(v, containers, plan)
    if (others) return others
    v.stack = { app: plan.app, services: plan.services, container, url }
    const beside = plan.services.length > 0 ? ` with ${plan.services.join(', ')}` : ''
    const after = seconds === null ? 'Running' : `Healthy ${seconds.toFixed(1)} s after its start`
    return {
      status: 'pass',
      evidence: [
        `${after}${beside}: root file system read-only, no capabilities, no new privileges.`,
        ...(plan.samples.length > 0 ? [`${listed(plan.samples)} came from your sample.`] : []),
      ].join(' '),
      data: {
        ...(seconds !== null && { seconds }),
        stackSeconds: (performance.now() - start) / 1000,
        services: plan.services,
      },
    }
  },
}

/** Compose in this run's own project, with the document on its standard input. */
function compose(v: Verification, plan: StackPlan, args: string[]) {
  return v.engine.run(
    ['compose', '--project-name', v.session.id, '--project-directory', '.', '--file', '-', ...args],
    { cwd: v.project.root, input: JSON.stringify(plan.document), signal: v.signal, onLine: v.progress },
  )
}

/** Ids by service, stopped ones too. */
export async function containersOf(v: Verification): Promise<Map<string, string>> {
  const { stdout } = await v.engine.run(
    [
      'container',
      'ls',
      '--all',
      '--no-trunc',
      '--filter',
      `label=com.docker.compose.project=${v.session.id}`,
      '--format',
      '{{.ID}} {{.Label "com.docker.compose.service"}}',
    ],
    { signal: v.signal },
  )
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [id, service] = line.trim().split(' ')
      return id && service ? [[service, id]] : []
    }),
  )
}

/** The address from outside, and the seconds until the app was well; an outcome where it never was. */
async function waitUntilHealthy(
  v: Verification,
  container: string,
  port: number | null,
): Promise<{ url: string | null; seconds: number | null } | Outcome> {
  const path = v.app.healthPath ?? '/'
  let answeredAt: number | null = null
  for (const end = Date.now() + HEALTHY_SECONDS * 1000; ; await pause(200, v.signal)) {
    const facts = await inspectContainer(v, container)
    if (facts?.State.Status !== 'running') return ended(v, container, facts)
    const { StartedAt, Health } = facts.State
    const { checkHealth } = v.engine.info.dialect
    if (Health && checkHealth) await v.engine.run([...checkHealth, container], { signal: v.signal })
    const url = port === null ? null : addressOf(v, facts, port)
    if (
      url &&
      answeredAt === null &&
      (await get(`${url}${path}`, { timeout: 2_000, signal: v.signal })).status > 0
    )
      answeredAt = Date.now()
    const age = (Date.now() - Date.parse(StartedAt)) / 1000
    const seconds = answeredAt === null ? null : Math.max(0, (answeredAt - Date.parse(StartedAt)) / 1000)
    // Without a health check of its own: an answer, or a few seconds of life.
    const healthy = Health ? Health.Status === 'healthy' : age > 3
    if (healthy && (url === null || answeredAt !== null))
      return { url, seconds: seconds ?? (Health ? age : null) }
    if (healthy && url !== null && age > DEAF_SECONDS)
      return failed(
        v,
        'boot',
        `Port ${port} never answered from outside: the app has to listen on 0.0.0.0, not on 127.0.0.1 alone.`,
        await lastLogs(v, container),
      )
    if (Health?.Status === 'unhealthy' || Date.now() > end) {
      const said = Health?.Log?.at(-1)?.Output.trim()
      return failed(
        v,
        'boot',
        `Not healthy ${age.toFixed(0)} s after its start${said ? `: the check said "${said.slice(0, 200)}"` : ''}.`,
        await lastLogs(v, container),
      )
    }
  }
}

export function addressOf(v: Verification, { NetworkSettings }: ContainerFacts, port: number): string | null {
  const published = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort
  return published ? `http://${v.engine.info.host}:${published}` : null
}

async function ended(v: Verification, container: string, facts: ContainerFacts | null): Promise<Outcome> {
  const state = facts?.State
  if (state?.ExitCode === 0 && v.app.kind === 'worker')
    return {
      status: 'skipped',
      evidence: 'It ran to its end with 0: a job, of which nothing more can be seen while it runs.',
    }
  const why = state?.OOMKilled ? ': it needed more memory than it may have' : ''
  return failed(
    v,
    'boot',
    `The app ended with ${state?.ExitCode ?? 'an unknown code'}${why}.`,
    // A container that is killed for memory says nothing of it.
    `${await lastLogs(v, container)}${state?.OOMKilled ? '\nOOMKilled: true' : ''}`,
  )
}

/** Other long-running containers of ours: a worker that died is no running stack. */
async function stillRunning(
  v: Verification,
  containers: ReadonlyMap<string, string>,
  plan: StackPlan,
): Promise<Outcome | null> {
  for (const { name } of v.app.processes) {
    const service = plan.services.find((one) => isServiceOf(one, name))
    const id = service && containers.get(service)
    const facts = id ? await inspectContainer(v, id) : null
    if (id && facts?.State.Status !== 'running')
      return failed(v, 'boot', `${service} ended with ${facts?.State.ExitCode}.`, await lastLogs(v, id))
  }
  return null
}

/** What containers said that ended badly. */
async function failedLogs(v: Verification, containers: ReadonlyMap<string, string>): Promise<string> {
  let logs = ''
  for (const [service, id] of containers) {
    const facts = await inspectContainer(v, id)
    if (facts && facts.State.Status === 'exited' && facts.State.ExitCode !== 0)
      logs += `${service}:\n${await lastLogs(v, id)}\n`
  }
  return logs
}

function failed(
  v: Verification,
  phase: 'build' | 'boot' | 'compose',
  evidence: string,
  output: string,
): Outcome {
  const cause = explainFailure(output, { app: v.app, phase })
  return { status: 'fail', evidence, output, ...(cause && { cause }) }
}
