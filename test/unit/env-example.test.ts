import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { envArtefact } from '../../src/artefacts/env.ts'
import { nodeEnvFile } from '../../src/env/node.ts'
import type { AppModel, Variable } from '../../src/model.ts'
import { HOSTILE, sampleInput, variable } from './sample-app.ts'

function example(variables: Variable[], app: Partial<AppModel> = {}, services: 'postgres'[] = []): string {
  const files = envArtefact.render(
    sampleInput({ app: { variables, ...app }, services, dependencies: ['pg'] }),
  )
  const file = files.find(({ id }) => id === 'env-example')
  expect(file?.path).toBe('.env.example')
  return file?.rendered.text ?? ''
}

describe('.env.example', () => {
  it('shows names, forms and defaults, and no secret', () => {
    expect(
      example(
        [
          variable('DATABASE_URL', { kind: 'url', required: true, secret: true }),
          variable('API_KEY', {
            required: true,
            secret: true,
            example: 'real',
            sources: ['src/a.ts:1', 'src/a.ts:9'],
          }),
          variable('DEV_KEY', { secret: true, default: 'not-shown' }),
          variable('PORT', { kind: 'number', default: '3000' }),
          variable('DEBUG', { kind: 'boolean', default: 'false', sources: ['a.ts:1', 'b.ts:2', 'c.ts:3'] }),
          variable('TITLE', { default: "it's $5" }),
          variable('GREETING', { default: 'hello $world' }),
          variable('VITE_API', { public: true, required: true }),
          variable('not portable', { required: true }),
        ],
        {},
        ['postgres'],
      ),
    ).toBe(`# Written by create-prod-docker, yours to change.
# Copy it to .env and fill in what you need; .env is never committed.

# Required, secret. Read in src/a.ts.
API_KEY=

# Required, public: a build argument, visible to every visitor. Read in src/config.ts.
VITE_API=

# Required URL, secret. Set by compose.yaml in development. Read in src/config.ts.
# DATABASE_URL=

# Optional, secret. Read in src/config.ts.
# DEV_KEY=

# Optional number. Read in src/config.ts.
# PORT=3000

# Optional true or false. Read in a.ts, b.ts.
# DEBUG=false

# Optional. Read in src/config.ts.
# TITLE=

# Optional. Read in src/config.ts.
# GREETING='hello $world'
`)
  })

  it('is not written beside one that the project has, nor without variables', () => {
    const files = (app: Partial<AppModel>) => envArtefact.render(sampleInput({ app })).map(({ id }) => id)
    expect(files({ variables: [variable('A')], envExample: '.env.sample' })).toEqual([])
    expect(files({ variables: [] })).toEqual([])
    const env = nodeEnvFile({
      variables: [variable('A', { required: true })],
      typescript: true,
      module: 'esm',
      library: 'none',
      directory: 'src',
      importExtensions: false,
      framework: 'express',
      taken: () => false,
    })
    expect(files({ variables: [variable('A')], env })).toEqual(['env', 'env-example'])
    expect(files({ variables: [variable('A')], env, envExample: '.env.example' })).toEqual(['env'])
  })

  it('reads back as the default in dotenv files and in a shell, or shows none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'env-example-'))
    try {
      const values = fc.sample(
        fc.oneof(
          fc.string({ maxLength: 20 }),
          fc.string({ unit: fc.constantFrom(...'ab"\'`\\${}#= !~*'), maxLength: 12 }),
          fc.constant(HOSTILE),
        ),
        200,
      )
      const text = example(values.map((value, i) => variable(`V${i}_`, { default: value })))
      const active = text.replaceAll(/^# (V\d+_=)/gm, '$1')
      const parsed = parseEnv(active)
      writeFileSync(join(folder, 'env'), active)
      const script = `set -a; . "$1"; set +a; exec "$2" -e 'process.stdout.write(JSON.stringify(process.env))'`
      const shell = JSON.parse(
        execFileSync('sh', ['-c', script, 'sh', join(folder, 'env'), process.execPath], {
          encoding: 'utf8',
          env: {},
        }),
      )
      values.forEach((value, i) => {
        const name = `V${i}_`
        expect(['', value]).toContain(parsed[name])
        expect(shell[name]).toBe(parsed[name])
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
