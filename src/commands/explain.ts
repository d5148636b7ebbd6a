import type { Invocation } from '../flags.ts'
import type { Io } from '../io.ts'
export async function runExplain(_call: Invocation, _io: Io, _version: string): Promise<0> {
  return 0
}
