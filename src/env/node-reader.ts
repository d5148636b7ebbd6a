import type { Project } from '../project.ts'
import { isRecord } from '../record.ts'
import { blankComments } from '../source/javascript.ts'
import { lineOf } from '../source/lines.ts'
import { type Helper, readHandedCalls, readHelperCalls, readJavaScriptUses } from './javascript.ts'
import { importsSchemaLibrary, readJavaScriptSchemas } from './javascript-schemas.ts'
import { isOwnText, readOwnFields } from './own.ts'
import { inliningOption, isTooling, relax } from './paths.ts'
import { publicNames } from './public-names.ts'
import type { Read } from './reads.ts'
import type { EnvReader, Own } from './scan.ts'
import { argumentsAt } from './text.ts'

const NODE_SOURCES = '.ts .js .mts .mjs .cts .cjs .tsx .jsx .vue .svelte .astro'.split(' ')

/** JavaScript, TypeScript, the single-file formats around them, and Prisma's schema. */
export const nodeReader: EnvReader = { sources: NODE_SOURCES, read: scanNode, publicNames }

/** `bin/www`, as the Express generator names it: code without an ending. */
const isProgram = (path: string) => /^bin\/[\w-]+$/.test(path)

function scanNode(project: Project): { reads: Read[]; own: Own } {
  const reads: Read[] = []
  const own: Own = { paths: [], reads: [] }
  const helpers: Helper[] = []
  const others: string[] = []
  const inlined = new Map<string, string>()
  const manifest = project.json('package.json')
  const nest = !manifest || JSON.stringify(manifest).includes('"@nestjs/config"')
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
    const uses = readJavaScriptUses(path, text, nest)
    helpers.push(...uses.helpers)
    others.push(path)
    reads.push(...relax(path, uses.reads))
    if (path.startsWith('config/')) reads.push(...readHandedCalls(path, uses.code))
    for (const name of inlinedNames(path, uses.code)) inlined.set(name, path)
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
      // The shadow database is for those who write migrations.
      const use = /^\s*shadow/.test(match[0]) ? 'optional' : 'needed'
      reads.push({ name: match[1] as string, use, source: `${path}:${lineOf(text, match.index)}` })
    }
  }
  reads.push(...readConfigNames(project))
  const isRead = ({ name, source }: Read) => source.startsWith(inlined.get(name) ?? '')
  own.reads = own.reads.filter(({ name }) => !inlined.has(name))
  return { reads: reads.filter(isRead), own }
}

const CONFIG_NAMES = 'config/custom-environment-variables.json'
const CONFIG_KINDS: Readonly<Record<string, NonNullable<Read['kind']>>> = {
  boolean: 'boolean',
  number: 'number',
}

/** node-config: the names of variables that go before its settings, at the places of those settings. */
function readConfigNames(project: Project): Read[] {
  const text = project.source(CONFIG_NAMES)
  const reads: Read[] = []
  const visit = (value: unknown): void => {
    const { __name = value, __format } = isRecord(value) ? value : {}
    if (typeof __name === 'string') {
      const kind = CONFIG_KINDS[String(__format)]
      const line = lineOf(text ?? '', (text ?? '').indexOf(JSON.stringify(__name)))
      reads.push({ name: __name, use: 'optional', source: `${CONFIG_NAMES}:${line}`, ...(kind && { kind }) })
    } else if (isRecord(value)) for (const inner of Object.values(value)) visit(inner)
  }
  visit(text && project.lenientJson(CONFIG_NAMES))
  return reads
}

/** `env` of next.config and `define` of Vite: by the time that the code runs, their values stand in place of the names. */
function* inlinedNames(path: string, code: string): Generator<string> {
  const option = inliningOption(path)
  const opens = option && new RegExp(`\\b${option}\\s*:\\s*\\{`).exec(code)
  for (const entry of opens ? argumentsAt(code, opens.index + opens[0].length) : []) {
    const name = /^['"]?(?:(?:process|import\.meta)\.env\.)?(\w+)['"]?\s*(?::|$)/.exec(entry)?.[1]
    if (name) yield name
  }
}
