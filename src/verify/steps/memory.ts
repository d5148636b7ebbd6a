import { inside, inspectContainer, javascript } from '../inspect.ts'
import { MEMORY_LIMIT } from '../stack.ts'
import type { Step } from '../types.ts'

const MB = 1_000_000

export const memory: Step = {
  id: 'memory',
  title: 'Memory limit',
  needs: ['boot'],
  async run(v) {
    const container = v.stack?.container as string
    const { config } = v.image as NonNullable<typeof v.image>
    // Flags of the start command count for it alone; those of NODE_OPTIONS reach every process.
    const flags = [...config.entrypoint, ...config.cmd].filter((word) => /^--max-(old|semi|heap)/.test(word))
    const heap =
      v.app.kind === 'static'
        ? null
        : await inside(
            v,
            container,
            javascript('process.stdout.write(String(require("v8").getHeapStatistics().heap_size_limit))').map(
              ([program = '', ...rest]) => [program, ...flags, ...rest],
            ),
          )
    const used = bytesOf(
      (
        await v.engine.run(['stats', '--no-stream', '--format', '{{.MemUsage}}', container], {
          signal: v.signal,
        })
      ).stdout,
    )
    const killed = (await inspectContainer(v, container))?.State.OOMKilled === true
    const limit = Number(heap) || null
    const data = {
      limit: MEMORY_LIMIT,
      ...(used !== null && { used }),
      ...(limit !== null && { heapLimit: limit }),
    }
    const within = `${(MEMORY_LIMIT / MB).toFixed(0)} MB`
    if (killed) return { status: 'fail', evidence: `Killed: it needs more than ${within}.`, data }
    if (limit !== null && limit > MEMORY_LIMIT)
      return {
        status: 'fail',
        evidence: `The heap may grow to ${(limit / MB).toFixed(0)} MB in a container of ${within}: it is killed before it collects.`,
        data,
      }
    return {
      status: 'pass',
      evidence: `${used === null ? 'Runs' : `Uses ${(used / MB).toFixed(0)} MB`} of ${within}${limit === null ? '' : `; its heap stops at ${(limit / MB).toFixed(0)} MB`}.`,
      data,
    }
  },
}

const UNITS: Record<string, number> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  KiB: 1024,
  MB: 1e6,
  MiB: 1 << 20,
  GB: 1e9,
  GiB: 1 << 30,
}

/** `12.5MiB / 512MiB`: the first. */
export function bytesOf(text: string): number | null {
  const [, number, unit = ''] = /([\d.]+)\s*([A-Za-z]+)/.exec(text) ?? []
  return number && UNITS[unit] ? Math.round(Number(number) * UNITS[unit]) : null
}
