import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TEXT_GATES } from '../../../src/merge/gates/text.ts'
import { GUARDS } from '../../../src/merge/guards.ts'
import { mergeTexts } from '../../../src/merge/merge.ts'

const base = 'const schema = {\n  A: text,\n  // letters\n  B: text,\n  // the rest\n  Z: text,\n};\n'

describe('a variable of the environment check', () => {
  it('that both sides added at two places is a decision', () => {
    const yours = base.replace('  A: text,\n', '  A: text,\n  PORT: number,\n')
    const template = base.replace('  Z: text,\n', '  Z: text,\n  PORT: defaulted(number, 3000),\n')
    const merged = mergeTexts({ kind: 'text', path: 'src/env.ts', base, yours, template }, GUARDS.text)
    expect(merged.conflicts).toBe(1)
    expect(merged.text()).toBe(yours)
    expect(merged.chunks.find(({ kind }) => kind === 'conflict')?.why).toContain(
      'PORT would stand there twice',
    )
  })

  it('that one side added is not', () => {
    const template = base.replace('  Z: text,\n', '  Z: text,\n  PORT: number,\n')
    const yours = base.replace('  A: text,\n', '  A: text,\n  MINE: text,\n')
    const merged = mergeTexts({ kind: 'text', path: 'src/env.ts', base, yours, template }, GUARDS.text)
    expect(merged.conflicts).toBe(0)
    expect(merged.text()).toContain('MINE')
    expect(merged.text()).toContain('PORT')
  })

  it('is never found in either side itself, whatever they hold', () => {
    const text = fc
      .array(fc.constantFrom('A=1', '# A=2', 'B: x', '', 'prose', '|---|'))
      .map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, text, (one, yours, template) => {
        for (const merged of [yours, template])
          for (const gate of TEXT_GATES)
            expect(gate({ kind: 'text', path: 'x', base: one, yours, template, merged })).toEqual([])
      }),
    )
  })
})
