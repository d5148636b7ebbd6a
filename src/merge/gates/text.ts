import type { Finding, Gate, GateInput } from '../types.ts'

/** `PORT=3000`, `# PORT=`, `  PORT: number(…)`: a variable of an environment check, or of its sample. */
const VARIABLE_RE = /^\s*(?:#\s?|\/\/\s?)?["']?([A-Z][A-Z0-9_]{1,99})["']?\s*[:=]/

/** One variable is declared once: of two, the last would win over a person's own in silence. */
function declaresOnce({ yours, template, merged }: GateInput): Finding[] {
  const mine = linesOf(yours)
  const ours = linesOf(template)
  return [...linesOf(merged)].flatMap(([name, lines]) =>
    lines.length > Math.max(1, mine.get(name)?.length ?? 0, ours.get(name)?.length ?? 0)
      ? [
          {
            gate: 'V5' as const,
            message: `${name} would stand there twice: you added it, and so did we.`,
            lines,
          },
        ]
      : [],
  )
}

function linesOf(text: string): Map<string, number[]> {
  const lines = new Map<string, number[]>()
  for (const [at, line] of text.split('\n').entries()) {
    const name = line.length < 1_000 ? VARIABLE_RE.exec(line)?.[1] : undefined
    if (name) lines.set(name, [...(lines.get(name) ?? []), at])
  }
  return lines
}

export const TEXT_GATES: readonly Gate[] = [declaresOnce]
