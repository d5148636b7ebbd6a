import { seedOf } from './edits.ts'

/** Templates of releases to come, one after the other: each takes some lines out, adds some, and words some anew. */
export function nextGeneration(id: string, text: string, generation: number): string {
  let lines = text.trimEnd().split('\n')
  for (let one = 1; one <= generation; one++)
    lines = lines.flatMap((line, at) => {
      const chance = seedOf(`${id} ${one} ${at}`) % 40
      // In the middle of an instruction, or of a text over several lines, nothing comes between.
      const isWhole = !/\\$|[|>]$/.test(line) && !/\\$/.test(lines[at - 1] ?? '')
      if (chance === 0 && /^\s*#(?! ?(syntax|check))/.test(line)) return []
      if (chance === 1 && isWhole) return [line, `${/^ */.exec(line)?.[0]}# release ${one}, line ${at}`]
      if (chance < 5 && /^\s*# /.test(line) && at > 3) return [`${line} (${one})`]
      if (chance < 9 && /=\d+s |: \d+s$|timeout-minutes/.test(line))
        return [line.replace(/\d+/, (number) => String(Number(number) + one))]
      return [line]
    })
  return `${lines.join('\n')}\n`
}
