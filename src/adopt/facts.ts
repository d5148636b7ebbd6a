import type { Hints } from '../answers.ts'
import type { Dockerfile, Instruction } from '../dockerfile-reader/read.ts'
import { readDockerfile } from '../dockerfile-reader/read.ts'
import { lineage, rootImage, type Stage } from '../dockerfile-reader/stages.ts'
import { fact } from '../facts.ts'
import type { ServiceId } from '../model.ts'
import { isRecord } from '../record.ts'
import { keyLines, plainYaml, word } from '../rules/checks/yaml-value.ts'
import { parseShell, shellLine } from '../shell.ts'

/** What a Dockerfile that a person wrote says of the app. Likely, and no more: it may be older than the code. */
export function dockerfileHints(text: string, path: string): Hints {
  const file: Dockerfile = readDockerfile(text)
  const last = file.stages.at(-1)
  if (!last) return {}
  const at = ({ line }: Instruction) => `${path}:${line}`
  const version = versionOf(file)
  // The port of a web server that serves files is not the app's.
  const serves = /(?:^|\/)(?:nginx[\w-]*|httpd|caddy)(?::|@|$)/.test(rootImage(last))
  const port = serves ? undefined : portOf(last)
  const health = effective(last, 'HEALTHCHECK')
  const healthPath = health && healthPathOf(health)
  const start = startOf(last)
  return {
    ...(version && { runtimeVersion: fact(version.value, at(version.from), 'likely') }),
    ...(port && { port: fact(port.value, at(port.from), 'likely') }),
    ...(health && healthPath && { healthPath: fact(healthPath, at(health), 'likely') }),
    ...(start && { start: fact(start.value, at(start.from), 'likely') }),
  }
}

/** The last of a kind that holds in a stage, its parents included. */
function effective(stage: Stage, keyword: string): Instruction | undefined {
  return lineage(stage)
    .map(({ instructions }) => instructions.findLast((one) => one.keyword === keyword))
    .find((one) => one !== undefined)
}

/** `20` of `node:20-bookworm`, `3.12` of `python:3.12-slim`: of the stage that is shipped, else of the first that has one. */
function versionOf({ stages }: Dockerfile): { value: string; from: Instruction } | undefined {
  for (const stage of [...lineage(stages.at(-1) as Stage), ...stages]) {
    const value = /(?:^|\/)(?:node|python):v?(\d+(?:\.\d+)?)(?![\d])/.exec(stage.base)?.[1]
    const isNode = /(?:^|\/)node:/.test(stage.base)
    if (value) return { value: isNode ? (value.split('.')[0] as string) : value, from: stage.from }
    const distroless = /gcr\.io\/distroless\/nodejs(\d+)-/.exec(stage.base)?.[1]
    if (distroless) return { value: distroless, from: stage.from }
  }
  return undefined
}

const isPort = (value: number) => Number.isInteger(value) && value > 0 && value < 65_536

/** What the command says; ENV PORT, which the app is told; EXPOSE, where it names one port: what its author knew. */
function portOf(last: Stage): { value: number; from: Instruction } | undefined {
  const command = effective(last, 'CMD')
  const line = command?.json?.join(' ') ?? command?.args ?? ''
  const bound = Number(
    /(?:^|\s)(?:--port[= ]|(?:-b|--bind)[= ]?\S*:|runserver \S*?:?)(\d{2,5})(?=\s|$)/.exec(line)?.[1],
  )
  if (command && isPort(bound)) return { value: bound, from: command }
  for (const stage of lineage(last)) {
    const env = stage.instructions.findLast(
      ({ keyword, pairs }) => keyword === 'ENV' && pairs.some(([name]) => name === 'PORT'),
    )
    const told = Number(env?.pairs.findLast(([name]) => name === 'PORT')?.[1])
    if (env && isPort(told)) return { value: told, from: env }
  }
  const exposed = lineage(last).flatMap(({ instructions }) =>
    instructions
      .filter(({ keyword }) => keyword === 'EXPOSE')
      .flatMap((from) =>
        from.args
          .split(/\s+/)
          .filter((text) => !text.endsWith('/udp'))
          .map((text) => ({ value: Number(text.replace(/\/tcp$/, '')), from })),
      ),
  )
  return exposed.length === 1 && isPort(exposed[0]?.value as number) ? exposed[0] : undefined
}

/** The path that curl, wget or a line of code asks on the machine itself. */
function healthPathOf({ args, json }: Instruction): string | undefined {
  const url =
    /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[\w${}-]+)?(\/[^\s"'`)|;&\\?#]*)?/.exec(
      json?.join(' ') ?? args,
    )
  const path = url?.[1]
  return path && path !== '/' && !/[${}]/.test(path) ? path : undefined
}

/** Nothing, a script of the image's, a shell, or a server for development. */
const NO_START_RE =
  /^$|^(?:\S*\.sh|(?:ba|da|a)?sh)(?: |$)|\brunserver\b|\bflask\b.*\brun\b|--reload\b|--dev\b|\bdev\b|\bnodemon\b/

/** ENTRYPOINT and CMD as one line; a script of the image's own is no command of the app. */
function startOf(last: Stage): { value: string; from: Instruction } | undefined {
  const [entrypoint, command] = [effective(last, 'ENTRYPOINT'), effective(last, 'CMD')]
  const words = (one: Instruction | undefined) => one?.json ?? (one && parseShell(one.args)?.[0]?.argv) ?? []
  // Such an entry point runs what stands in CMD.
  const passesOn = /(?:\.sh|\/tini|\/dumb-init|^tini|^dumb-init|entrypoint[\w-]*)$/.test(
    words(entrypoint)[0] ?? '',
  )
  const from = entrypoint && !passesOn ? entrypoint : command
  if (!from) return undefined
  const isWhole = from === entrypoint && command && from.json && command.json
  const json = isWhole ? [...(from.json ?? []), ...(command.json ?? [])] : from.json
  const folder = effective(last, 'WORKDIR')?.args.replace(/\/*$/, '/')
  const value = (json ? shellLine(json) : from.args)
    .replace(/^(?:\/[\w.-]+)*\/bin\/(?=[\w.-]+(?: |$))/, '')
    .replaceAll(folder && /^\/[\w/.-]{2,}$/.test(folder) ? ` ${folder}` : '\0', ' ')
  return NO_START_RE.test(value) ? undefined : { value, from }
}

/** Images by the service that they run; by the last part of their name. */
const IMAGES: readonly [RegExp, ServiceId][] = [
  [/^(?:postgres(?:ql)?|postgis|pgvector|timescaledb)$/, 'postgres'],
  [/^mysql(?:-server)?$/, 'mysql'],
  [/^mariadb$/, 'mariadb'],
  [/^mongo(?:db)?(?:-community-server)?$/, 'mongodb'],
  [/^redis(?:-stack(?:-server)?)?$/, 'redis'],
  [/^valkey(?:-bundle)?$/, 'valkey'],
  [/^rabbitmq$/, 'rabbitmq'],
  [/^(?:cp-)?kafka$/, 'kafka'],
  [/^elasticsearch$/, 'elasticsearch'],
  [/^opensearch$/, 'opensearch'],
  [/^nats$/, 'nats'],
  [/^memcached$/, 'memcached'],
  [/^(?:minio|rustfs|garage|seaweedfs)$/, 's3'],
  [/^(?:mailpit|mailhog|maildev)$/, 'smtp'],
]

/** The services of a compose file, by their images, and the port behind what the app publishes. */
export function composeHints(text: string, path: string): Hints {
  const value = plainYaml(text)
  if (!isRecord(value) || !isRecord(value['services'])) return {}
  const lineOf = keyLines(text)
  const services = Object.entries(value['services']).flatMap(([name, service]) =>
    isRecord(service) ? [{ name, service }] : [],
  )
  const found = new Map<ServiceId, number>()
  for (const { name, service } of services) {
    const image = word(service['image']).split('@')[0]?.split('/').pop()?.replace(/:.*$/, '') ?? ''
    const id = 'build' in service ? undefined : IMAGES.find(([re]) => re.test(image))?.[1]
    if (id && !found.has(id)) found.set(id, lineOf(['services', name, 'image']))
  }
  const apps = services.filter(({ service }) => 'build' in service && Array.isArray(service['ports']))
  const [app] = apps
  const ports = apps.length === 1 ? (app?.service['ports'] as unknown[]) : []
  const port = ports.length === 1 ? containerPort(ports[0]) : Number.NaN
  return {
    ...(found.size > 0 && {
      services: fact([...found.keys()], `${path}:${[...found.values()][0]}`, 'likely'),
    }),
    ...(app &&
      isPort(port) && {
        port: fact(port, `${path}:${lineOf(['services', app.name, 'ports'])}`, 'likely'),
      }),
  }
}

/** `3000` of `127.0.0.1:8080:3000/tcp`, `"${PORT:-80}:3000"`, and the long form's target. */
function containerPort(port: unknown): number {
  return Number(
    isRecord(port)
      ? word(port['target'])
      : word(port)
          .replace(/\/\w+$/, '')
          .split(':')
          .pop(),
  )
}
