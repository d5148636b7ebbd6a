import { check } from 'prettier'
import { describe, expect, it } from 'vitest'
import { docsArtefact } from '../../src/artefacts/docs.ts'
import { markdownTable } from '../../src/artefacts/markdown.ts'
import type { ArtefactInput } from '../../src/artefacts/types.ts'
import { parseShell } from '../../src/shell.ts'
import { sampleInput, variable } from './sample-app.ts'
import { SAMPLES } from './sample-cases.ts'

const textOf = (input: ArtefactInput) => docsArtefact.render(input)[0]?.rendered.text ?? ''
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, body]) => body as string,
  )

describe.each(Object.entries(SAMPLES))('DOCKER.md of %s', (_name, input) => {
  const text = textOf(input)

  it('is as prettier leaves it, and the same each time', async () => {
    expect(await check(text, { parser: 'markdown' })).toBe(true)
    expect(textOf(input)).toBe(text)
  })

  it('has commands that a shell takes', () => {
    for (const block of blocks(text, 'sh')) {
      const lines = block
        .replaceAll(/^#.*\n/gm, '')
        .replaceAll(' \\\n', ' ')
        .split('\n')
        .filter(Boolean)
      for (const line of lines) expect(parseShell(line)?.[0]?.argv[0], line).toBe('docker')
    }
  })

  it('has diagrams of plain nodes and arrows', () => {
    const diagrams = blocks(text, 'mermaid')
    expect(diagrams.length).toBeGreaterThan(0)
    for (const line of diagrams.flatMap((diagram) => diagram.trim().split('\n'))) {
      expect(line).toMatch(
        /^flowchart LR$|^ {2}\w+(?:\["[^"]*"\]|\(\["[^"]*"\]\)|\[\("[^"]*"\)\])$|^ {2}\w+ (?:-->|-- "[^"]*" -->|-\. "[^"]*" \.->) \w+$/,
      )
    }
  })

  it('says nothing twice in a row, and leaves nothing open', () => {
    expect(text).not.toMatch(/undefined|null|\[object/)
    expect(text).not.toMatch(/\n{3,}/)
  })
})

describe('DOCKER.md', () => {
  it('shows the run that production would be, and only what this app needs of it', () => {
    const [, build, run] = blocks(textOf(SAMPLES['build secrets and tests'] as ArtefactInput), 'sh')
    expect(build).toBe(
      'docker build \\\n  --secret id=npm_token,env=NPM_TOKEN \\\n  --secret id=npmrc,src=.npmrc \\\n  --tag shop .\n',
    )
    expect(run).toContain('--read-only --tmpfs /tmp \\\n')
    expect(run).toContain('--cap-drop ALL --security-opt no-new-privileges \\\n')
    expect(run).toContain('--user 65532:65532')
    expect(run).not.toContain('--env')
    expect(blocks(textOf(SAMPLES['a worker without a port'] as ArtefactInput), 'sh').join()).not.toContain(
      '--publish',
    )
  })

  it('names what production has to be told, and no file that is not there', () => {
    const input = SAMPLES['every service and every step'] as ArtefactInput
    const text = textOf(input)
    const run = blocks(text, 'sh').at(-1) as string
    const names = [...run.matchAll(/--env (\w+) /g)].map((match) => match[1])
    expect(names.slice(0, 4)).toEqual(['DATABASE_URL', 'REDIS_PASSWORD', 'JWT_SECRET', 'STRIPE_SECRET_KEY'])
    expect(names).toEqual(
      expect.arrayContaining(input.services.flatMap((use) => Object.keys(use.connection))),
    )
    expect(names).not.toContain('LOG_LEVEL')
    expect(run).not.toContain('.env')
    expect(text).toContain('as a platform would set it. Where its services are is yours to decide')
    const plain = textOf(
      sampleInput({
        app: {
          variables: ['API_KEY', 'PORT'].map((name) => variable(name, { required: true })),
          imageEnv: ['PORT'],
        },
      }),
    )
    expect(plain).toContain('as a platform would set it.\n')
    expect(plain).toContain('  --env API_KEY \\\n')
    expect(plain).not.toContain('--env PORT')
    expect(textOf(sampleInput())).not.toContain('from your shell')
  })

  it('names what only people know, and not what Compose sets', () => {
    const text = textOf(SAMPLES['every service and every step'] as ArtefactInput)
    expect(text).toContain(
      'Values that only you have go into `.env` (start from `.env.example`): `STRIPE_SECRET_KEY`.',
    )
    expect(textOf(sampleInput())).not.toContain('only you have')
    expect(text).toMatch(/\| `DATABASE_URL` +\| yes +\| +\| set by compose +\|/)
    expect(text).toMatch(/\| `REDIS_PASSWORD` +\| +\| +\| secret, set by compose +\|/)
    expect(text).toMatch(/\| `LOG_LEVEL` +\| +\| `info` +\|/)
  })

  it('never shows the default of a secret', () => {
    const text = textOf(
      sampleInput({
        app: { variables: [variable('API_TOKEN', { secret: true, default: 'hunter2', example: 'hunter3' })] },
      }),
    )
    expect(text).toContain('API_TOKEN')
    expect(text).not.toMatch(/hunter/)
  })

  it('names the sample and the pipeline that are there', () => {
    const variables = [variable('API_KEY', { required: true, secret: true })]
    const own = textOf(sampleInput({ app: { variables, envExample: '.env.dist' } }))
    expect(own).toContain('(start from `.env.dist`)')
    expect(own).not.toContain('.env.example')
    expect(textOf(sampleInput({ app: { variables } }))).toMatch(/\| `\.env\.example` +\| the variables/)
    expect(textOf(sampleInput())).not.toContain('.env.example')
    expect(own).toContain('check, build, test, scan, publish')
    expect(textOf({ ...sampleInput(), lacks: ['ci'] })).toMatch(/docker\.yml` +\| your own pipeline/)
  })

  it('says how the check of the environment is used', () => {
    const env = { path: 'src/env.ts', template: 'x', data: {}, usage: "import { env } from './env.ts'" }
    const text = textOf(sampleInput({ app: { variables: [variable('API_KEY')], env } }))
    expect(text).toContain("from there: `import { env } from './env.ts'`")
    expect(text).not.toContain('when the app starts')
  })

  it('speaks only of files of this run', () => {
    const text = textOf(SAMPLES['without a compose file'] as ArtefactInput)
    expect(text).not.toMatch(/compose/i)
    expect(text).not.toContain('.env.example')
    expect(text).toContain('.github/workflows/docker.yml')
  })
})

describe('markdownTable', () => {
  it('is aligned as prettier would, wide letters included', async () => {
    const table = markdownTable(
      ['A', 'Longer'],
      [
        ['日本語', '`x`'],
        ['é', '😀'],
        ['', 'a \\| b'],
      ],
    )
    expect(await check(`${table}\n`, { parser: 'markdown' })).toBe(true)
  })
})
