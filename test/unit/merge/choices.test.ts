import { describe, expect, it } from 'vitest'
import { GUARDS } from '../../../src/merge/guards.ts'
import { mergeTexts } from '../../../src/merge/merge.ts'

const base = 'FROM node:24 AS build\nRUN npm ci\nRUN npm run build\nEXPOSE 3000\nCMD ["node", "a.js"]\n'
const yours = base.replace('RUN npm ci', 'RUN npm ci --omit=dev')
const template = base
  .replace('RUN npm ci', 'RUN npm ci --no-audit')
  .replace('EXPOSE 3000\n', 'ENV NEW=1\nEXPOSE 3000\n')

describe('lines that a person types', () => {
  const open = mergeTexts(
    { kind: 'dockerfile', path: 'Dockerfile', base, yours, template },
    GUARDS.dockerfile,
  )
  const index = open.chunks.findIndex(({ kind }) => kind === 'conflict')

  it('stand, though no side has them, and nothing else is taken back', () => {
    expect(open.conflicts).toBe(1)
    const chosen = open.choose([[index, ['RUN npm ci --omit=dev --no-audit']]])
    expect(chosen.conflicts).toBe(0)
    expect(chosen.text()).toContain('RUN npm ci --omit=dev --no-audit\n')
    expect(chosen.text()).toContain('ENV NEW=1\n')
  })

  it('are told what is wrong with them', () => {
    const chosen = open.choose([[index, ['COPY --from=nowhere /a /b']]])
    expect(chosen.text()).toContain('ENV NEW=1\n')
    expect(chosen.conflicts).toBe(0)
    expect(chosen.findings).not.toEqual([])
  })
})
