import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDockerfile } from '../../src/dockerfile-reader/read.ts'
import { lineage, rootImage } from '../../src/dockerfile-reader/stages.ts'
import { bothReadings, type Oracle } from '../support/buildkit-oracle.ts'

const CORPUS = new URL('../corpus/dockerfiles/', import.meta.url)
const names = readdirSync(CORPUS)
  .filter((file) => file.endsWith('.Dockerfile'))
  .map((file) => file.slice(0, -'.Dockerfile'.length))
const textOf = (name: string) => readFileSync(new URL(`${name}.Dockerfile`, CORPUS), 'utf8')

function written(text: string): string {
  const { top, instructions, tail } = readDockerfile(text)
  return top + instructions.map(({ leading, raw }) => leading + raw).join('') + tail
}

describe('the Dockerfile reader and BuildKit', () => {
  it.each(names)('read %s alike', (name) => {
    const oracle = JSON.parse(readFileSync(new URL(`${name}.json`, CORPUS), 'utf8')) as Oracle
    const { ours, theirs } = bothReadings(textOf(name), oracle)
    expect(ours).toEqual(theirs)
    expect(written(textOf(name))).toBe(textOf(name))
  })
})

describe('readDockerfile', () => {
  it('reads directives only at the top', () => {
    const { directives, head } = readDockerfile(
      '# Syntax = docker/dockerfile:1\n# check=error=true\n\n# escape=`\nARG A=1\nFROM x',
    )
    expect([...directives]).toEqual([
      ['syntax', 'docker/dockerfile:1'],
      ['check', 'error=true'],
    ])
    expect(head).toMatchObject([{ keyword: 'ARG', args: 'A=1', line: 5, leading: '\n# escape=`\n' }])
    expect(readDockerfile('# note\n# syntax=x\nFROM y').directives.size).toBe(0)
  })

  it('joins continued lines, over comments and empty lines', () => {
    const { stages } = readDockerfile('FROM a\nRUN one \\\n  # why\n\n  && two \\  \n  && three\nUSER 1')
    expect(stages[0]?.instructions).toMatchObject([
      { keyword: 'RUN', args: 'one   && two   && three', line: 2, endLine: 6 },
      { keyword: 'USER', args: '1', line: 7 },
    ])
  })

  it('takes a doubled escape for the character, and another escape where one is named', () => {
    expect(readDockerfile('FROM a\nRUN echo \\\\\nUSER 1').stages[0]?.instructions).toHaveLength(2)
    expect(
      readDockerfile('# escape=`\nFROM a\nRUN dir c:\\\nRUN one `\n two').stages[0]?.instructions,
    ).toMatchObject([{ args: 'dir c:\\' }, { args: 'one  two' }])
  })

  it('keeps heredocs apart: what is in them is no instruction', () => {
    const { stages } = readDockerfile(
      "FROM a\nCOPY <<'ONE' <<-TWO /etc/\nFROM evil\n# no comment\nONE\n\tUSER 0\n\tTWO\nRUN cat <<EOF | sh\nUSER root\nEOF\nUSER 65532",
    )
    expect(stages).toHaveLength(1)
    expect(stages[0]?.instructions).toMatchObject([
      {
        keyword: 'COPY',
        heredocs: [
          { name: 'ONE', text: 'FROM evil\n# no comment\n' },
          { name: 'TWO', chomp: true, text: '\tUSER 0\n' },
        ],
        line: 2,
        endLine: 7,
      },
      { keyword: 'RUN', heredocs: [{ name: 'EOF', text: 'USER root\n' }], line: 8, endLine: 10 },
      { keyword: 'USER', args: '65532', line: 11 },
    ])
  })

  it('takes no here-string, no shift and no other instruction for a heredoc', () => {
    const { stages } = readDockerfile('FROM a\nRUN cat <<<word\nRUN echo $((1<<2))\nENV A="x <<EOF"\nUSER 1')
    expect(stages[0]?.instructions.map(({ keyword }) => keyword)).toEqual(['RUN', 'RUN', 'ENV', 'USER'])
  })

  it('takes flags and the JSON form apart', () => {
    const [run, health, cmd, odd] =
      readDockerfile(
        'FROM a\nrun --mount=type=cache,id=npm,target="/a b" --network=none npm ci\nHEALTHCHECK --interval=5s CMD ["a", "b c"]\nCMD [ "x" ]\nCMD [broken',
      ).stages[0]?.instructions ?? []
    expect(run).toMatchObject({
      keyword: 'RUN',
      flags: [
        { name: 'mount', value: 'type=cache,id=npm,target=/a b' },
        { name: 'network', value: 'none' },
      ],
      args: 'npm ci',
    })
    expect(health).toMatchObject({ flags: [{ name: 'interval', value: '5s' }], json: ['a', 'b c'] })
    expect(cmd).toMatchObject({ json: ['x'] })
    expect(odd).toMatchObject({ json: null, args: '[broken' })
  })

  it('follows stages to their image, with the defaults of arguments', () => {
    const { stages } = readDockerfile(
      'ARG V=24\nARG IMAGE="node:${V}-slim"\nFROM --platform=$BUILDPLATFORM ${IMAGE} AS Base\nFROM base AS deps\nFROM ${OTHER:-deps} as last\nFROM $NONE',
    )
    expect(stages.map(({ name, base }) => [name, base])).toEqual([
      ['base', 'node:24-slim'],
      ['deps', 'base'],
      ['last', 'deps'],
      [null, '$NONE'],
    ])
    expect(lineage(stages[2] as never)).toHaveLength(3)
    expect(rootImage(stages[2] as never)).toBe('node:24-slim')
  })

  it('is not upset by a BOM, CRLF, no FROM, or an open heredoc', () => {
    expect(
      readDockerfile('\ufeff# syntax=x\r\nFROM a\r\nRUN b \\\r\n  c\r\n').stages[0]?.instructions[0]?.args,
    ).toBe('b   c')
    expect(readDockerfile('RUN x').stages).toEqual([])
    expect(readDockerfile('FROM a\nRUN <<EOF\nx').stages[0]?.instructions[0]?.heredocs).toMatchObject([
      { name: 'EOF', text: 'x' },
    ])
    expect(readDockerfile('FROM a\nRUN x \\').stages[0]?.instructions[0]?.args).toBe('x')
  })

  it('says what is wrong, and where', () => {
    const errorsOf = (text: string) =>
      readDockerfile(text).errors.map(({ line, message }) => `${line}: ${message}`)
    expect(errorsOf('')).toEqual(['1: There is no instruction in the file.'])
    expect(errorsOf('# escape=x\n# syntax=a\n# syntax=b\nFROM a\n')).toEqual([
      '1: The escape directive takes \\ or `.',
      '3: There are two `syntax` directives.',
    ])
    expect(errorsOf('FROM a\nRUN <<EOF\nx\n')).toEqual(['2: The heredoc `EOF` has no end.'])
    expect(errorsOf('RUN x\nFROM a AS\nCMD [1]\nENV A\nLABEL a=b c\nFOO x\n')).toEqual([
      '3: The JSON form of CMD takes strings only.',
      '4: ENV needs a name and a value.',
      '5: LABEL has `c` without a value.',
      '1: RUN stands before the first FROM.',
      '2: FROM takes an image, and `AS` with a name.',
      '6: `FOO` is no instruction.',
    ])
    expect(errorsOf('ARG A\n')).toEqual(['1: There is no FROM in the file.'])
    expect(errorsOf('FROM a\nONBUILD ONBUILD RUN x\n')).toEqual(['2: ONBUILD takes no ONBUILD.'])
    expect(errorsOf(`FROM a\nRUN ${'x'.repeat(65_530)}é\n`)).toEqual(['2: A line is too long.'])
    expect(errorsOf(`FROM a\nRUN ${'x'.repeat(65_531)}\n`)).toEqual([])
  })

  const fragments = fc.constantFrom(
    ...[
      'FROM a AS b',
      'RUN x ',
      'COPY <<E /',
      '<<-E',
      'E',
      '# c',
      '# escape=`',
      '&& y',
      '\\',
      '`',
      'CMD ["a"]',
    ],
    ...[
      'ONBUILD ',
      'ENV A=',
      '"',
      "'",
      '${',
      '${A:-',
      '}',
      '--mount=',
      '[',
      ']',
      '\n',
      '\r\n',
      '\t',
      ' ',
      '\ufeff',
    ],
    ...['\ud800', '\u0085', '\u00a0', '\0', '<<', '$', '=', '\r'],
  )
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.oneof({ weight: 9, arbitrary: fragments }, fc.string()), { maxLength: 60 })
      .map((all) => all.join('')),
    fc
      .array(fc.constantFrom(...names.map(textOf).flatMap((text) => text.split(/(?<=\n)/))), {
        maxLength: 20,
      })
      .map((all) => all.join('')),
  )

  it('loses nothing and throws nothing, whatever it is given', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(written(text)).toBe(text)
        const { instructions, errors, head, stages } = readDockerfile(text)
        expect([...head, ...stages.flatMap((one) => [one.from, ...one.instructions])]).toEqual(instructions)
        const count = text.split('\n').length
        for (const [index, { line, endLine, raw }] of instructions.entries()) {
          expect(line).toBeGreaterThan(instructions[index - 1]?.endLine ?? 0)
          expect(endLine - line).toBe(raw.split('\n').length - (raw.endsWith('\n') ? 2 : 1))
        }
        for (const { line } of errors) expect(line > 0 && line <= count).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['ordinary lines', 'RUN --mount=type=cache,target=/x echo one && two\n'.repeat(20_000)],
    ['one continued line', `RUN x${' \\\n  && y'.repeat(20_000)}\n`],
    ['comments and blanks', '# c\n\n'.repeat(10_000)],
    ['an open heredoc', `RUN <<A\n${'RUN <<B\n'.repeat(20_000)}`],
    ['many heredocs of a line', `RUN ${'<<A '.repeat(10_000)}\n${'A\n'.repeat(10_000)}`],
    ['open braces', `RUN <<A ${'${A:-'.repeat(100_000)}\n`],
    ['braces in FROM', `FROM ${'${A:-'.repeat(100_000)}\n`],
    ['values of values', Array.from({ length: 5000 }, (_, at) => `ARG A${at + 1}=$A${at}$A${at}\n`).join('')],
    [
      'spaces',
      `FROM a\n# escape${' '.repeat(100_000)}\nRUN a${' '.repeat(100_000)}b\\${' '.repeat(100_000)}\n`,
    ],
    ['blank directive', `# escape=${' '.repeat(300_000)}x\n# syntax${' '.repeat(300_000)}\n`],
    ['tabs before an end', `RUN <<-E\n${'\t'.repeat(500_000)}x\n`],
    ['quotes', `ENV A=${'"'.repeat(300_000)}\nLABEL ${`a="b" `.repeat(50_000)}\n`],
    ['flags', `RUN ${'--a="b" '.repeat(50_000)}\n`],
    ['a deep JSON form', `RUN ${'['.repeat(300_000)}\n`],
    ['ONBUILD', `${'ONBUILD '.repeat(100_000)}\n`],
  ])('reads 20,000 lines and more at once: %s', (_name, text) => {
    const all = `FROM a\n${text}`
    readDockerfile(all)
    const before = process.cpuUsage()
    readDockerfile(all)
    const { user } = process.cpuUsage(before)
    // Under 100 ms on an idle machine; other work slows it several times, a quadratic reader a thousand times.
    expect(user / 1000).toBeLessThan(400)
  })
})
