import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { envArtefact } from '../../src/artefacts/env.ts'
import { envContext } from '../../src/env/context.ts'
import { nodeEnvFile } from '../../src/env/node.ts'
import { nodeReader } from '../../src/env/node-reader.ts'
import { pythonEnvFile } from '../../src/env/python.ts'
import { pythonReader } from '../../src/env/python-reader.ts'
import { scanVariables } from '../../src/env/scan.ts'
import { Project } from '../../src/project.ts'
import { sampleInput } from './sample-app.ts'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

function folder(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'env-own-'))
  made.push(root)
  write(root, files)
  return root
}

function write(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

const NODE_LIBRARIES = ['zod', 'zod3', 'valibot', 'envalid', 'none'] as const
const PYTHON_LIBRARIES = ['stdlib', 'pydantic-settings', 'django-environ', 'environs'] as const

/** One run of the tool, as far as the environment goes. */
function run(root: string, library: string, framework: string) {
  const project = new Project({ root })
  const python = (PYTHON_LIBRARIES as readonly string[]).includes(library)
  const reader = python ? pythonReader : nodeReader
  const variables = scanVariables(project, reader)
  const { envExample, ...context } = envContext(project, reader)
  const env = python
    ? pythonEnvFile({ variables, framework, packageDir: 'app', library: library as 'stdlib', ...context })
    : nodeEnvFile({
        variables,
        framework,
        directory: 'src',
        typescript: true,
        module: 'esm',
        importExtensions: false,
        library: library as 'zod',
        ...context,
      })
  const files = envArtefact.render(sampleInput({ app: { variables, env, envExample } }))
  return { variables, files: Object.fromEntries(files.map(({ path, rendered }) => [path, rendered.text])) }
}

const NODE = `
f(process.env.DATABASE_URL, process.env.API_KEY, process.env.LONG_NAME_OF_A_THING_THAT_IS_READ)
f(Number(process.env.PORT ?? 3000), process.env.LEVEL || "in'fo", process.env.DEBUG === 'true')
f(process.env.LONG_NAME_OF_ANOTHER_THING_THAT_IS_READ || 'with a default that is long as well')
if (process.env.MAYBE) f()
`
const NODE_MOVED =
  'f(env.DATABASE_URL, env.API_KEY, env.PORT, env.LEVEL, env.DEBUG, env.MAYBE)\nf(env.LONG_NAME_OF_A_THING_THAT_IS_READ, env.LONG_NAME_OF_ANOTHER_THING_THAT_IS_READ)'
const PYTHON = `
import os
A = os.environ["DATABASE_URL"], os.environ["API_KEY"], os.environ["LONG_NAME_OF_A_THING_THAT_IS_READ"]
B = int(os.getenv("PORT", "8000")), os.getenv("LEVEL", "in'fo"), os.getenv("DEBUG", "false") == "true"
C = os.getenv("LONG_NAME_OF_ANOTHER_THING_THAT_IS_READ", "with a default that is long as well")
D = float(os.getenv("RATIO", "0.5")), os.getenv("MAYBE")
`
const PYTHON_MOVED = NODE_MOVED.replace('env.MAYBE', 'env.MAYBE, env.RATIO')

describe.each([
  ...NODE_LIBRARIES.flatMap(
    (library) =>
      [
        [library, 'express'],
        [library, 'next'],
      ] as const,
  ),
  ...PYTHON_LIBRARIES.flatMap(
    (library) =>
      [
        [library, 'flask'],
        [library, 'django'],
      ] as const,
  ),
])('%s in %s', (library, framework) => {
  const python = (PYTHON_LIBRARIES as readonly string[]).includes(library)
  const source = python ? 'app/main.py' : 'src/main.ts'

  it('writes the same on a second run: what it wrote is not taken for the project’s own', () => {
    const root = folder({ [source]: python ? PYTHON : NODE })
    const first = run(root, library, framework)
    expect(Object.keys(first.files).length).toBe(2)
    write(root, first.files)
    expect(run(root, library, framework)).toEqual(first)
  })

  it('keeps the variables of an app that was changed to use it, and drops those that are gone', () => {
    const root = folder({ [source]: python ? PYTHON : NODE })
    const first = run(root, library, framework)
    write(root, first.files)
    write(root, { [source]: python ? PYTHON_MOVED : NODE_MOVED })
    const moved = run(root, library, framework)
    const path = Object.keys(first.files).find((name) => name !== '.env.example') ?? ''
    expect(moved.files[path]).toBe(first.files[path])
    write(root, { [source]: 'f(env.PORT)' })
    expect(run(root, library, framework).variables.map(({ name }) => name)).toEqual(['PORT'])
    write(root, { [source]: 'f(request.headers["PORT"])' })
    expect(run(root, library, framework).variables).toEqual([])
  })
})

it('leaves a schema and a sample of the project’s own alone', () => {
  const root = folder({
    'src/config.ts':
      "import { z } from 'zod'\nexport const env = z.object({ PORT: z.string() }).parse(process.env)",
    '.env.example': 'PORT=1\n',
  })
  const { files, variables } = run(root, 'zod', 'express')
  expect(files).toEqual({})
  expect(variables.map(({ name }) => name)).toEqual(['PORT'])
})
