import {
  type Dockerfile,
  type Instruction,
  lineage,
  readDockerfile,
  rootImage,
  type Stage,
} from './dockerfile-reader.ts'
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

/** The script of a RUN: its line, and what stands in its heredocs. */
export function script(instruction: Instruction): string {
  return [
    instruction.json?.join(' ') ?? instruction.args,
    ...instruction.heredocs.map(({ text }) => text),
  ].join('\n')
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

/** `ENV A=b C="d e"`, and the old `ENV A b`. */
export function assignments(instruction: Instruction): [string, string][] {
  const pairs = [...instruction.args.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)]
  if (pairs.length > 0)
    return pairs.map(([, name, value]) => [
      name as string,
      (value as string).replace(/^(["'])([\s\S]*)\1$/, '$2'),
    ])
  const [, name, value = ''] = /^(\w+)(?:\s+(.*))?$/.exec(instruction.args) ?? []
  return name ? [[name, value]] : []
}
