import type { Project } from '../project.ts'
import { isOwnFile, isOwnText } from './own.ts'
import type { Read } from './reads.ts'

/** Samples that are committed for people. Never `.env` and its kin: those hold secrets, and are not read. */
const EXAMPLES = [
  '.env.example',
  '.env.sample',
  '.env.template',
  '.env.dist',
  '.env.local.example',
  '.env.example.local',
  '.env.development.example',
  'env.example',
  'example.env',
]

/** The project's own sample, where it has one: then none is written beside it. */
export function exampleFile(project: Project): string | undefined {
  return EXAMPLES.find((path) => project.has(path) && !isOwnFile(project, path))
}

const LINE_RE = /^[ \t]*(#[ \t]*)?(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(.*)$/gm

/** The names and sample values of the project's own samples. A name in a comment (`# REDIS_URL=…`) counts when in capitals. */
export function readExamples(project: Project): Read[] {
  return EXAMPLES.flatMap((path) => {
    const text = project.has(path) ? project.source(path) : null
    if (text === null || isOwnText(text)) return []
    const reads: Read[] = []
    let line = 1
    let last = 0
    for (const match of text.matchAll(LINE_RE)) {
      for (let at = text.indexOf('\n', last); at >= 0 && at < match.index; at = text.indexOf('\n', at + 1))
        line++
      last = match.index
      const [, comment, name = '', raw = ''] = match
      if (comment && !/^[A-Z][A-Z\d_]*$/.test(name)) continue
      const example = value(raw)
      reads.push({ name, source: `${path}:${line}`, use: 'example', ...(example && { example }) })
    }
    return reads
  })
}

/** As dotenv reads it: quotes off, a comment after an unquoted value off. */
function value(raw: string): string {
  const quoted = /^(['"`])((?:\\.|(?!\1).)*)\1/.exec(raw)
  return quoted ? (quoted[2] as string) : raw.replace(/(?:^|\s+)#.*$/, '').trim()
}
