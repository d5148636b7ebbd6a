import { lookInside } from '../image/look.ts'
import { LIMIT } from '../image/size.ts'
import type { Step } from '../types.ts'
import { bytesText, capped, count } from '../words.ts'

export const sizeStep: Step = {
  id: 'size',
  title: 'Image size',
  needs: ['build'],
  async run(verification) {
    const { measured, contents } = await lookInside(verification)
    const { bytes, floor, layers, waste } = measured
    const sums = new Map<string, number>()
    for (const layer of layers) sums.set(layer.kind, (sums.get(layer.kind) ?? 0) + layer.bytes)
    const parts = [...sums].map(([kind, sum]) => `${bytesText(sum)} ${kind}`).join(', ')
    const whole = `${bytesText(bytes)} in ${count(layers.length, 'layer')} (${parts})`
    if (floor === null)
      return {
        status: 'skipped',
        evidence: `${whole}; the floor is not known, because the base image in ${verification.dockerfile} could not be found among the layers.`,
        data: { bytes, floor },
      }
    const over = bytes - floor
    const percent = floor === 0 ? 0 : (over / floor) * 100
    return {
      status: bytes <= floor * LIMIT ? 'pass' : 'fail',
      evidence: `${whole}; ${over === 0 ? 'nothing' : `${bytesText(over)} (${percent.toFixed(1)} %)`} over the floor of ${bytesText(floor)} on ${contents.base}.`,
      details: capped(waste.map((one) => `${bytesText(one.bytes)} ${one.title}`)),
      data: { bytes, floor, over, waste },
    }
  },
}
