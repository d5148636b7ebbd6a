import type { Variable } from '../model.ts'
import type { Project } from '../project.ts'
import { readExamples } from './examples.ts'
import { isRuntimeOwned, isVariableName } from './names.ts'
import { mergeReads, type Read } from './reads.ts'

/** What was written here before: read apart, for it declares what the code reads and reads nothing itself. */
export interface Own {
  paths: string[]
  reads: Read[]
}

/** How one language's code is read for variables: each is loaded with its language alone. */
export interface EnvReader {
  /** Endings of the files that hold its code. */
  sources: readonly string[]
  read(project: Project): { reads: Read[]; own: Own }
  /** What the project's tools write into a bundle; without it, what any known tool does. */
  publicNames?(project: Project): (name: string) => boolean
}

interface Scan {
  variables: Variable[]
  /** The project's own check: the file with most of the schema's fields. */
  schema: string | null
  /** Those fields, of all such files. */
  fields: Read[]
}

const scans = new WeakMap<Project, Map<EnvReader, Scan>>()

/** Every variable that the code reads, and that a committed sample names, by name. */
export function scanVariables(project: Project, reader: EnvReader): Variable[] {
  return scan(project, reader).variables
}

/** The file in which the project checks its environment already; null where it does not. */
export function existingSchema(project: Project, reader: EnvReader): string | null {
  return scan(project, reader).schema
}

/** The fields of the project's own checks, each with the file that it stands in. */
export function schemaFields(project: Project, reader: EnvReader): readonly Read[] {
  return scan(project, reader).fields
}

/** All questions need the same pass over the code, so it is made once. */
function scan(project: Project, reader: EnvReader): Scan {
  let byReader = scans.get(project)
  if (!byReader) {
    byReader = new Map()
    scans.set(project, byReader)
  }
  let found = byReader.get(reader)
  if (!found) {
    const { reads: code, own } = reader.read(project)
    const reads = ofTheApp([...code, ...readExamples(project)])
    found = {
      variables: mergeReads(
        [...reads, ...stillUsed(project, reader, own, code)],
        reader.publicNames?.(project),
      ),
      schema: schemaFile(reads),
      fields: reads.filter(({ use }) => use === 'schema'),
    }
    byReader.set(reader, found)
  }
  return found
}

/** Without what the runtime owns; each name is asked about once. */
function ofTheApp(reads: readonly Read[]): Read[] {
  const known = new Map<string, boolean>()
  return reads.filter(({ name }) => {
    let own = known.get(name)
    if (own === undefined) {
      own = isVariableName(name) && !isRuntimeOwned(name)
      known.set(name, own)
    }
    return own
  })
}

/** Fields of our own check that the code no longer reads by itself, and still names: it reads `env.PORT` instead. */
function stillUsed(project: Project, reader: EnvReader, own: Own, code: readonly Read[]): Read[] {
  const read = new Set(code.map(({ name }) => name))
  const left = own.reads.filter(({ name }) => !read.has(name))
  if (left.length === 0) return []
  const texts = project
    .sources(reader.sources)
    .filter((path) => !own.paths.includes(path))
    .map((path) => project.source(path) ?? '')
  // `env.NAME`, `const { NAME } = env`; in quotes it may be a key of anything.
  const uses = (text: string, name: string) =>
    [`.${name}`, ` ${name}`, `{${name}`, `env["${name}"]`, `env['${name}']`].some((use) => text.includes(use))
  return left.filter(({ name }) => texts.some((text) => uses(text, name)))
}

function schemaFile(reads: readonly Read[]): string | null {
  const fields = new Map<string, number>()
  for (const { use, source } of reads) {
    const path = source.slice(0, source.lastIndexOf(':'))
    if (use === 'schema') fields.set(path, (fields.get(path) ?? 0) + 1)
  }
  return [...fields].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null
}
