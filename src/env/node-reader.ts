import type { Project } from '../project.ts'
import { blankComments } from '../source/javascript.ts'
import { lineOf } from '../source/lines.ts'
import { type Helper, readHelperCalls, readJavaScriptUses } from './javascript.ts'
import { importsSchemaLibrary, readJavaScriptSchemas } from './javascript-schemas.ts'
import { isOwnText, readOwnFields } from './own.ts'
import { isTooling, relax } from './paths.ts'
import type { Read } from './reads.ts'
import type { EnvReader, Own } from './scan.ts'

const NODE_SOURCES = '.ts .js .mts .mjs .cts .cjs .tsx .jsx .vue .svelte .astro'.split(' ')

/** JavaScript, TypeScript, the single-file formats around them, and Prisma's schema. */
export const nodeReader: EnvReader = { sources: NODE_SOURCES, read: scanNode }

/** `bin/www`, as the Express generator names it: code without an ending. */
const isProgram = (path: string) => /^bin\/[\w-]+$/.test(path)

function scanNode(project: Project): { reads: Read[]; own: Own } {
  const reads: Read[] = []
  const own: Own = { paths: [], reads: [] }
  const helpers: Helper[] = []
  const others: string[] = []
  for (const path of [...project.sources(NODE_SOURCES), ...project.files().filter(isProgram)]) {
    if (isTooling(path)) continue
    const text = project.source(path)
    if (text === null) continue
    if (isOwnText(text)) {
      own.paths.push(path)
      own.reads.push(...readOwnFields(path, text))
      continue
    }
    const schemas = importsSchemaLibrary(text)
    if (!schemas && !text.includes('env') && !text.includes('ConfigService')) {
      others.push(path)
      continue
    }
    const uses = readJavaScriptUses(path, text)
    helpers.push(...uses.helpers)
    others.push(path)
    reads.push(...relax(path, uses.reads))
    if (schemas) reads.push(...readJavaScriptSchemas(path, uses.code))
  }
  if (helpers.length > 0) {
    for (const path of others) {
      const text = project.source(path)
      if (text === null || !helpers.some((helper) => text.includes(helper.name))) continue
      reads.push(...relax(path, readHelperCalls(path, blankComments(text), helpers)))
    }
  }
  for (const path of project.sources(['.prisma'])) {
    const text = project.source(path) ?? ''
    for (const match of text.matchAll(/^[^/\n]*\benv\(\s*"([A-Za-z_]\w*)"\s*\)/gm)) {
      reads.push({ name: match[1] as string, use: 'plain', source: `${path}:${lineOf(text, match.index)}` })
    }
  }
  return { reads, own }
}
