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
  '.example.env',
  '.env-example',
  'env-example',
  'env.sample',
  'sample.env',
]

/** The project's own sample, where it has one: then none is written beside it. */
export function exampleFile(project: Project): string | undefined {
  return EXAMPLES.find((path) => project.has(path) && !isOwnFile(project, path))
}

const LINE_RE = /^[ \t]*(#[ \t]*)?(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(.*)$/gm

/** The lines of an env file that set a name, also those in a comment. */
export function envLines(text: string): { name: string; value: string; line: number; isComment: boolean }[] {
  let line = 1
  let last = 0
  return [...text.matchAll(LINE_RE)].map((match) => {
    for (let at = text.indexOf('\n', last); at >= 0 && at < match.index; at = text.indexOf('\n', at + 1))
      line++
    last = match.index
    const [, comment, name = '', raw = ''] = match
    return { name, value: value(raw), line, isComment: comment !== undefined }
  })
}

/** The names and sample values of the project's own samples. A name in a comment (`# REDIS_URL=…`) counts when in capitals. */
export function readExamples(project: Project): Read[] {
  return EXAMPLES.flatMap((path) => {
    const text = project.has(path) ? project.source(path) : null
    if (text === null || isOwnText(text)) return []
    return envLines(text)
      .filter(({ name, isComment }) => !isComment || /^[A-Z][A-Z\d_]*$/.test(name))
      .map(({ name, value: example, line }) => ({
        name,
        source: `${path}:${line}`,
        use: 'example',
        ...(example && { example }),
      }))
  })
}

/** As dotenv reads it: quotes off, a comment after an unquoted value off. */
function value(raw: string): string {
  const quoted = /^(['"`])((?:\\.|(?!\1).)*)\1/.exec(raw)
  return quoted ? (quoted[2] as string) : raw.replace(/(?:^|\s+)#.*$/, '').trim()
}
