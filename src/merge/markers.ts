import type { Merged } from './merge.ts'
export function withMarkers(_m: Merged, _l: { yours: string; base: string; template: string }): string {
  throw new Error('x')
}
