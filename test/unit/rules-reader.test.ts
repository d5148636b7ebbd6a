import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineage, readDockerfile, rootImage } from '../../src/rules/checks/dockerfile-reader.ts'

describe('readDockerfile', () => {
  it('reads directives only at the top', () => {
    const { directives, head } = readDockerfile(
      '# Syntax = docker/dockerfile:1\n# check=error=true\n\n# escape=`\nARG A=1\nFROM x',
    )
    expect([...directives]).toEqual([
      ['syntax', 'docker/dockerfile:1'],
      ['check', 'error=true'],
    ])
    expect(head).toMatchObject([{ keyword: 'ARG', args: 'A=1', line: 5, comments: ['escape=`'] }])
    expect(readDockerfile('# note\n# syntax=x\nFROM y').directives.size).toBe(0)
  })

  it('joins continued lines, over comments and empty lines', () => {
    const { stages } = readDockerfile('FROM a\nRUN one \\\n  # why\n\n  && two \\  \n  && three\nUSER 1')
    expect(stages[0]?.instructions).toMatchObject([
      { keyword: 'RUN', args: 'one && two && three', line: 2, endLine: 6 },
      { keyword: 'USER', args: '1', line: 7 },
    ])
  })

  it('takes a doubled escape for the character, and another escape where one is named', () => {
    expect(readDockerfile('FROM a\nRUN echo \\\\\nUSER 1').stages[0]?.instructions).toHaveLength(2)
    expect(
      readDockerfile('# escape=`\nFROM a\nRUN dir c:\\\nRUN one `\n two').stages[0]?.instructions,
    ).toMatchObject([{ args: 'dir c:\\' }, { args: 'one two' }])
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
          { name: 'ONE', text: 'FROM evil\n# no comment' },
          { name: 'TWO', text: 'USER 0' },
        ],
        line: 2,
        endLine: 7,
      },
      { keyword: 'RUN', heredocs: [{ name: 'EOF', text: 'USER root' }], line: 8, endLine: 10 },
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
    ).toBe('b c')
    expect(readDockerfile('RUN x').stages).toEqual([])
    expect(readDockerfile('FROM a\nRUN <<EOF\nx').stages[0]?.instructions[0]?.heredocs).toEqual([
      { name: 'EOF', text: 'x' },
    ])
    expect(readDockerfile('FROM a\nRUN x \\').stages[0]?.instructions[0]?.args).toBe('x')
  })

  it('ends, and accounts for each line at most once, whatever it is given', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('FROM a AS b', 'RUN x \\', 'COPY <<E /', 'E', '# c', '', '  && y', '\\', 'CMD ["a"]'),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const { head, stages } = readDockerfile(lines.join('\n'))
        const all = [...head, ...stages.flatMap((stage) => [stage.from, ...stage.instructions])]
        for (const [index, { line: first, endLine }] of all.entries()) {
          expect(endLine).toBeGreaterThanOrEqual(first)
          expect(first).toBeGreaterThan(all[index - 1]?.endLine ?? 0)
        }
      }),
    )
  })
})
