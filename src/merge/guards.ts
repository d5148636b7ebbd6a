import type { Guards } from './merge.ts'
import type { FileKind } from './types.ts'

/** What guards each kind of file. */
export function guardsOf(_kind: FileKind): Guards {
  return {}
}
