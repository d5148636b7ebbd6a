/** The written files of a project while somebody edits them. Every edit leaves marks: words found nowhere else. */
export class Tree {
  readonly marks: string[] = []
  /** Where each file is, by id. */
  readonly paths: Record<string, string>
  readonly files: Map<string, string>

  constructor(files: readonly { id: string; path: string; text: string }[]) {
    this.paths = Object.fromEntries(files.map(({ id, path }) => [id, path]))
    this.files = new Map(files.map(({ path, text }) => [path, text]))
  }

  /** The text of a file; undefined: this project has none of that id, or somebody took it away. */
  text(id: string): string | undefined {
    return this.files.get(this.paths[id] ?? '')
  }

  change(id: string, change: (text: string) => string): void {
    const text = this.text(id)
    if (text !== undefined) this.files.set(this.paths[id] as string, change(text))
  }

  changeAll(change: (text: string, id: string) => string): void {
    for (const id of Object.keys(this.paths)) this.change(id, (text) => change(text, id))
  }

  move(id: string, path: string): void {
    const text = this.text(id)
    if (text === undefined) return
    this.drop(id)
    this.paths[id] = path
    this.files.set(path, text)
  }

  drop(id: string): void {
    this.files.delete(this.paths[id] ?? '')
  }

  word(): string {
    return this.#marked(`zq${this.marks.length}word`)
  }

  number(): number {
    return Number(this.#marked(String(9731 + this.marks.length)))
  }

  hex(length: number): string {
    return this.#marked(`${this.marks.length}feed`.padStart(length, 'beef0'))
  }

  #marked(mark: string): string {
    this.marks.push(mark)
    return mark
  }
}

/** What somebody does. Where it changes nothing, it does not apply. */
export interface Edit {
  id: string
  title: string
  edit: (tree: Tree) => void
}

/** An edit of one file. */
export const change = (
  file: string,
  id: string,
  title: string,
  edit: (text: string, tree: Tree) => string,
): Edit => ({ id, title, edit: (tree) => tree.change(file, (text) => edit(text, tree)) })

/** Puts lines before, or after, the first (or last) line that fits; where none does, the text stays. */
export function insert(
  text: string,
  where: 'before' | 'after',
  line: RegExp,
  added: string,
  which: 'first' | 'last' = 'first',
): string {
  const lines = text.split('\n')
  const at =
    which === 'first'
      ? lines.findIndex((one) => line.test(one))
      : lines.findLastIndex((one) => line.test(one))
  if (at < 0) return text
  lines.splice(where === 'before' ? at : at + 1, 0, ...added.split('\n'))
  return lines.join('\n')
}
