import { type Disk, realDisk } from '../../../src/write/disk.ts'

class Death extends Error {}

/** Operations that leave a trace: a crash before the next of them is a crash after the last. */
const LEAVES_A_TRACE = new Set([
  'fchmodSync',
  'fsyncSync',
  'ftruncateSync',
  'mkdirSync',
  'openSync',
  'renameSync',
  'rmdirSync',
  'unlinkSync',
  'writeFileSync',
  'writeSync',
])

interface Brittle {
  disk: Disk
  /** How many operations that leave a trace were begun. */
  count(): number
}

/**
 * A disk that gives way at its `at`-th operation that leaves a trace: the process dies before it (and does nothing more,
 * rolling back included), dies halfway through a write, or is told an error, once or from then on.
 */
export function brittleDisk(
  at: number,
  how: 'dies' | 'dies halfway' | { code: string; lasting?: boolean } | { meanwhile: () => void },
): Brittle {
  let count = 0
  let dead = false
  const disk: Record<string, unknown> = {}
  for (const name of Object.keys(realDisk) as (keyof Disk)[]) {
    const real = realDisk[name] as (...args: unknown[]) => unknown
    if (typeof real !== 'function' || !name.endsWith('Sync')) continue
    disk[name] = (...args: unknown[]) => {
      if (dead) {
        if (name === 'closeSync') real(...args)
        throw new Death()
      }
      if (!LEAVES_A_TRACE.has(name)) return real(...args)
      count++
      if (typeof how === 'object' && 'code' in how) {
        if (count === at || (how.lasting && count > at))
          throw Object.assign(new Error(`${how.code}: simulated`), { code: how.code })
      } else if (count === at) {
        if (typeof how === 'object') how.meanwhile()
        else {
          if (how === 'dies halfway' && name === 'writeFileSync') {
            const bytes = args[1] as Buffer
            real(args[0], bytes.subarray(0, bytes.length >> 1))
          }
          if (how === 'dies halfway' && name === 'writeSync')
            real(args[0], args[1], args[2], (args[3] as number) >> 1, args[4])
          dead = true
          throw new Death()
        }
      }
      // Waiting for the disk changes nothing that a test can see.
      return name === 'fsyncSync' ? undefined : real(...args)
    }
  }
  return { disk: disk as unknown as Disk, count: () => count }
}
