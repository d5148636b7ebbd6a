import { afterEach, expect, it, vi } from 'vitest'
import { holdingInterrupts } from '../../../src/verify/interrupt.ts'

const before = process.listeners('SIGINT')
const heard = () => process.listeners('SIGINT').filter((listener) => !before.includes(listener)).length
afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    for (const listener of process.listeners(signal))
      if (!before.includes(listener as NodeJS.SignalsListener)) process.off(signal, listener)
})

it('a signal aborts the work, is told once, and a later one does not kill: not even after the cleaning', async () => {
  const tell = vi.fn()
  const work = holdingInterrupts(async (signal) => {
    process.emit('SIGINT', 'SIGINT')
    process.emit('SIGTERM', 'SIGTERM')
    expect(signal.aborted).toBe(true)
  }, tell)
  await expect(work).rejects.toMatchObject({ code: 130, message: expect.stringContaining('is gone again') })
  expect(tell).toHaveBeenCalledOnce()
  expect(heard()).toBe(1)
})

it('SIGTERM is told from Ctrl-C', async () => {
  const work = holdingInterrupts(async () => void process.emit('SIGTERM', 'SIGTERM'), vi.fn())
  await expect(work).rejects.toMatchObject({ code: 143 })
})

it('work that ends by itself leaves signals as they were, also with an error', async () => {
  await holdingInterrupts(async () => {}, vi.fn())
  await expect(
    holdingInterrupts(async () => Promise.reject(new Error('no engine')), vi.fn()),
  ).rejects.toThrow('no engine')
  expect(heard()).toBe(0)
})
