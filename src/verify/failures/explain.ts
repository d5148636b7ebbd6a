import type { AppModel } from '../../model.ts'
import type { FailureCause } from '../types.ts'

export function explainFailure(
  _output: string,
  _context: { app: AppModel; phase: string },
): FailureCause | null {
  return null
}
