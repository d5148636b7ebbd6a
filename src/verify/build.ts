import { buildSettings, secretOption } from '../artefacts/commands.ts'
import type { Finished } from '../engine/engine.ts'
import type { Variable } from '../model.ts'
import { labelArgs } from './session.ts'
import type { Verification } from './types.ts'

export interface BuildOptions {
  tag: string
  /** Instead of the project's own folder. */
  context?: string
  target?: string | undefined
  noCache?: boolean
}

/** One build as a user would run it, with what it needs from the environment: secrets and public build arguments. */
export function build(v: Verification, { tag, context, target, noCache }: BuildOptions): Promise<Finished> {
  const { app, engine, session } = v
  const has = (name: string) => process.env[name] !== undefined
  return engine.run(
    [
      ...engine.info.dialect.build,
      ...(noCache ? ['--no-cache'] : []),
      ...(target ? ['--target', target] : []),
      '--file',
      v.dockerfile,
      '--tag',
      tag,
      ...labelArgs(session),
      ...buildSettings(app)
        .filter(({ name }) => has(name))
        .flatMap(({ name }) => ['--build-arg', name]),
      ...sampled(app).flatMap(({ name, example }) => ['--build-arg', `${name}=${example}`]),
      ...app.buildSecrets
        .filter(({ env }) => !env || has(env))
        .flatMap((secret) => ['--secret', secretOption(secret)]),
      context ?? '.',
    ],
    { cwd: v.project.root, signal: v.signal, onLine: v.progress },
  )
}

/** What a build can't do without and the environment does not say: the project's own sample stands in. */
export const sampled = (app: Verification['app']): Variable[] =>
  buildSettings(app).filter(
    ({ name, required, secret, default: own, example }) =>
      required && !secret && !own && example && process.env[name] === undefined,
  )

/** Instructions that a build ran and that it took from the cache, as the log of BuildKit or of Buildah tells them. */
export function workOf(log: string): { ran: string[]; cached: string[] } {
  const names = new Map<string, string>()
  const cached = new Set<string>()
  for (const [, number = '', rest = ''] of log.matchAll(/^#(\d+) (.*)$/gm)) {
    const [, name] = /^(\[.*)/.exec(rest) ?? []
    if (name && !/^\[internal\]|\] (FROM|https?:)/i.test(name) && !names.has(number)) names.set(number, name)
    if (rest === 'CACHED') cached.add(number)
  }
  let step = ''
  for (const [, name, hit] of log.matchAll(
    /^(?:\[\d+\/\d+\] )?(?:STEP (\d+\/\d+: .*)|(--> Using cache) .*)$/gm,
  )) {
    if (hit) cached.add(step)
    else if (name && !/^\d+\/\d+: FROM /.test(name)) {
      step = `${names.size} ${name}`
      names.set(step, name)
    }
  }
  const named = [...names]
  return {
    ran: named.filter(([key]) => !cached.has(key)).map(([, name]) => name),
    cached: named.filter(([key]) => cached.has(key)).map(([, name]) => name),
  }
}
