import { type Dockerfile, type Instruction, readDockerfile } from '../../dockerfile-reader/read.ts'
import { lineage, rootImage, type Stage } from '../../dockerfile-reader/stages.ts'
import type { Problem } from './types.ts'

/** A check that reads a Dockerfile. A text without a stage is none, and has nothing wrong with it. */
export function ofDockerfile(
  check: (file: Dockerfile, last: Stage, text: string) => Problem[],
): (text: string) => Problem[] {
  return (text) => {
    const file = readDockerfile(text)
    const last = file.stages.at(-1)
    return last ? check(file, last, text) : []
  }
}

/** Every instruction of all stages, with its stage. */
export function* each(
  file: Dockerfile,
  keyword: string,
): Generator<{ stage: Stage; instruction: Instruction }> {
  for (const stage of file.stages) {
    for (const instruction of stage.instructions)
      if (instruction.keyword === keyword) yield { stage, instruction }
  }
}

/** The script of a RUN: its line, with single spaces, and what stands in its heredocs. */
export function script(instruction: Instruction): string {
  return [
    instruction.json?.join(' ') ?? instruction.args.replace(/\s+/g, ' '),
    ...instruction.heredocs.map(({ text }) => text),
  ].join('\n')
}

/** The comments right above an instruction. */
export function commentsAbove({ leading }: Instruction): string {
  const lines = leading.split('\n').slice(0, -1)
  return lines.slice(lines.findLastIndex((line) => !line.trim()) + 1).join('\n')
}

/** The last of a kind that holds in a stage, its parents included: what the image ends up with. */
export function effective(stage: Stage, keyword: string): Instruction | undefined {
  for (const one of lineage(stage)) {
    const found = one.instructions.findLast((instruction) => instruction.keyword === keyword)
    if (found) return found
  }
  return undefined
}

/** `node` of `docker.io/library/node:24-slim`, and its tag. */
export function imageParts(image: string): { name: string; tag: string; digest: string } {
  const [rest = '', digest = ''] = image.split('@')
  const [, name = rest, tag = ''] = /^(.*?)(?::([^:/]+))?$/.exec(rest) ?? []
  return { name: name.replace(/^(?:docker\.io\/)?(?:library\/)?/, ''), tag, digest }
}

/** Whether a stage starts from an image of this name, directly or over other stages. */
export function isFrom(stage: Stage, re: RegExp): boolean {
  return re.test(imageParts(rootImage(stage)).name)
}
