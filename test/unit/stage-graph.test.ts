import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDockerfile } from '../../src/dockerfile-reader/read.ts'
import { goodFixtures } from '../support/fixtures.ts'

/** The stages that each stage waits for, by FROM, COPY --from and mounts, those behind them included. */
function waits(dockerfile: string): Map<string, Set<string>> {
  const { stages } = readDockerfile(dockerfile)
  const all = new Map<string, Set<string>>()
  for (const stage of stages) {
    const named = stage.instructions.flatMap(({ flags }) =>
      flags.flatMap(({ name, value }) =>
        name === 'from' ? [value] : name === 'mount' ? (/(?:^|,)from=([^,]+)/.exec(value)?.[1] ?? []) : [],
      ),
    )
    const direct = [...(stage.parent?.name ? [stage.parent.name] : []), ...named].filter((name) =>
      all.has(name),
    )
    all.set(
      stage.name as string,
      new Set(direct.flatMap((name) => [name, ...(all.get(name) as Set<string>)])),
    )
  }
  return all
}

describe('stages that need nothing of each other run beside each other', () => {
  const written = goodFixtures()
    .map(({ name, expected }) => ({ name, path: join(expected, 'files/Dockerfile') }))
    .filter(({ path }) => existsSync(path))

  it.each(written)('$name', ({ path }) => {
    const text = readFileSync(path, 'utf8')
    const of = waits(text)
    const beside = ['test', 'build', 'prod-deps'].filter((name) => of.has(name))
    for (const stage of beside) for (const other of beside) expect(of.get(stage), stage).not.toContain(other)
    // Only where install scripts of the project leave something in node_modules are production dependencies cut down from all.
    if (of.has('prod-deps') && !text.includes('install scripts made stays'))
      expect(of.get('prod-deps'), 'prod-deps').not.toContain('deps')
    for (const name of ['dev', 'test', 'migrate']) expect(of.get('runtime'), 'runtime').not.toContain(name)
  })

  it('sees a stage that waits without need', () => {
    const of = waits(
      'FROM a AS build\nFROM a AS prod-deps\nRUN --mount=type=bind,from=build,target=/x true\n',
    )
    expect(of.get('prod-deps')).toContain('build')
  })
})
