import { expect, it } from 'vitest'
import { inspectProject } from '../../src/inspect.ts'
import { renderedBefore } from '../../src/plan/causes.ts'
import { Project } from '../../src/project.ts'
import { packInput, unpackInput } from '../../src/state/input.ts'
import { unpack } from '../../src/state/lock.ts'
import { goodFixtures } from '../support/fixtures.ts'

it.each(goodFixtures())('$name is rendered alike from what the lock remembers', async ({ project }) => {
  const inspected = await inspectProject(new Project({ root: project }), {})
  if (!('report' in inspected)) return
  const { input, artefacts } = inspected.report
  const packed = packInput(input)
  const old = unpackInput(packed)
  const before = renderedBefore({ ...(old as NonNullable<typeof old>), paths: {} })
  for (const { id, rendered } of artefacts.flatMap(({ files }) => files))
    expect(before.get(id)?.text, id).toBe(rendered.text)
  for (const { secret, example = '' } of input.app.variables)
    if (secret && example.length > 8) expect(unpack(packed)).not.toContain(`:${JSON.stringify(example)}`)
})
