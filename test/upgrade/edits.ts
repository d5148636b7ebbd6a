import { DOCKERFILE_EDITS } from './edits-dockerfile.ts'
import { TEXT_EDITS, TREE_EDITS } from './edits-files.ts'
import { COMPOSE_EDITS, WORKFLOW_EDITS } from './edits-yaml.ts'
import type { Edit } from './tree.ts'

const SINGLE: readonly Edit[] = [
  ...DOCKERFILE_EDITS,
  ...COMPOSE_EDITS,
  ...WORKFLOW_EDITS,
  ...TEXT_EDITS,
  ...TREE_EDITS,
]
const BYTES = ['crlf', 'bom', 'no-newline', 'trailing-spaces']
const byId = (id: string) => SINGLE.find((edit) => edit.id === id) as Edit

/** A number for a text, the same on every machine. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193)
  return hash >>> 0
}

/** Some edits, one after the other, chosen by what the project has written. */
function several(id: string, title: string, count: number, ...then: string[]): Edit {
  return {
    id,
    title,
    edit(tree) {
      let seed = seedOf(id + [...tree.files.values()].join(''))
      const apart = SINGLE.filter(
        (edit) => !BYTES.includes(edit.id) && !edit.id.endsWith('hand-written') && edit.id !== 'markers-left',
      )
      for (let done = 0; done < count; done++) {
        seed = seedOf(String(seed))
        apart.splice(seed % apart.length, 1)[0]?.edit(tree)
      }
      for (const last of then) byId(last).edit(tree)
    },
  }
}

export const EDITS: readonly Edit[] = [
  ...SINGLE,
  several('two', 'Two of these', 2),
  several('three', 'Three of these', 3),
  several('three-crlf', 'Three of these, with CRLF and a byte order mark', 3, 'crlf', 'bom'),
  several('eight', 'Eight of these', 8),
]
