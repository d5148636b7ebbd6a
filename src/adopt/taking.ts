import type { Advice } from '../plan/advice.ts'
import { plainText } from '../plan/targets.ts'
import type { Outcome } from '../plan/types.ts'
import { patched } from './advice.ts'

export type Advised = Extract<Outcome, { kind: 'advise' }>

/** The file with one piece of advice taken. */
export function take(outcome: Advised, { patch }: Advice): Advised {
  if (!patch) return outcome
  const text = patched(outcome.text, patch)
  return { ...outcome, text, advice: outcome.again(plainText(Buffer.from(text)), outcome.refused) }
}

/** Never again for this file: remembered in the lock. */
export function refuse(outcome: Advised, rule: string): Advised {
  if (!outcome.advice.some((one) => one.rule === rule)) return outcome
  return {
    ...outcome,
    refused: [...outcome.refused, rule].sort(),
    advice: outcome.advice.filter((one) => one.rule !== rule),
  }
}
