import type { Variable } from '../model.ts'
import type { Project } from '../project.ts'
import { blankComments } from '../source/javascript.ts'
import { lineOf } from '../source/lines.ts'
import { blankPython } from '../source/python.ts'
import { readExamples } from './examples.ts'
import { type Helper, readHelperCalls, readJavaScriptUses } from './javascript.ts'
import { importsSchemaLibrary, readJavaScriptSchemas } from './javascript-schemas.ts'
import { isRuntimeOwned, isVariableName } from './names.ts'
import { isOwnText, readOwnFields } from './own.ts'
import { readPythonSchemas, settingsClasses } from './python-schemas.ts'
import { pythonReaders, readPythonUses } from './python-uses.ts'
import { mergeReads, type Read } from './reads.ts'

export type EnvLanguage = 'node' | 'python'

interface Scan {
  variables: Variable[]
  /** The project's own check: the file with most of the schema's fields. */
  schema: string | null
}

const scans = new WeakMap<Project, Map<EnvLanguage, Scan>>()

/** Every variable that the code reads, and that a committed sample names, by name. */
export function scanVariables(project: Project, language: EnvLanguage): Variable[] {
  return scan(project, language).variables
}

/** The file in which the project checks its environment already; null where it does not. */
export function existingSchema(project: Project, language: EnvLanguage): string | null {
  return scan(project, language).schema
}

/** Both questions need the same pass over the code, so it is made once. */
function scan(project: Project, language: EnvLanguage): Scan {
  let byLanguage = scans.get(project)
  if (!byLanguage) {
    byLanguage = new Map()
    scans.set(project, byLanguage)
  }
  let found = byLanguage.get(language)
  if (!found) {
    const { reads: code, own } = language === 'node' ? scanNode(project) : scanPython(project)
    const reads = ofTheApp([...code, ...readExamples(project)])
    found = {
      variables: mergeReads([...reads, ...stillUsed(project, language, own, code)]),
      schema: schemaFile(reads),
    }
    byLanguage.set(language, found)
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
function stillUsed(project: Project, language: EnvLanguage, own: Own, code: readonly Read[]): Read[] {
  const read = new Set(code.map(({ name }) => name))
  const left = own.reads.filter(({ name }) => !read.has(name))
  if (left.length === 0) return []
  const texts = project
    .sources(language === 'node' ? NODE_SOURCES : ['.py'])
    .filter((path) => !own.paths.includes(path))
    .map((path) => project.source(path) ?? '')
  return left.filter(({ name }) => texts.some((text) => text.includes(name)))
}

/** What was written here before: read apart, for it declares what the code reads and reads nothing itself. */
interface Own {
  paths: string[]
  reads: Read[]
}

const NODE_SOURCES = '.ts .js .mts .mjs .cts .cjs .tsx .jsx .vue .svelte .astro'.split(' ')
/** Configuration of tools that the production image does not hold: what they read is no concern of the app. */
const TOOLING_RE =
  /(?:^|\/)(?:(?:vitest|vitest\.\w+|jest|playwright|cypress|eslint|prettier|stylelint|commitlint|webpack|rollup|rspack|rsbuild|tsup|tsdown|esbuild|babel|postcss|tailwind|karma|wdio|codegen|orval|knip|lint-staged|release|semantic-release|changelog|metro|lage|checkly)\.(?:config|setup|workspace)\.[cm]?[jt]s|gulpfile\.[cm]?[jt]s|Gruntfile\.[cm]?js|\.\w+rc\.[cm]?js|(?:vitest|jest)[.-]?\w*\.[cm]?[jt]s|noxfile\.py|setup\.py|fabfile\.py|docs\/conf\.py)$/
/** Read while building, or by hand: the app starts without them, so they are never required. */
const BUILD_TIME_RE =
  /(?:^|\/)(?:next|nuxt|vite|svelte|astro|remix|react-router|app|angular)\.config\.[cm]?[jt]s$/
const BY_HAND_RE =
  /^(?:[^/]+\/)*(?:scripts?|tools?|seeds?|seeders?)\/|(?:^|\/)seed\.[cm]?[jt]s$|(?:^|\/)scripts?\.py$/

/** Settings of a developer's machine: what they take for granted says nothing of production. */
const DEVELOPMENT_RE =
  /(?:^|\/)settings\/(?:local|dev|develop|development|debug|ci)\.py$|(?:^|[/.])(?:development|dev|local)\.(?:[cm]?[jt]s|py)$/

function relax(path: string, reads: Read[]): Read[] {
  if (DEVELOPMENT_RE.test(path)) {
    return reads.map(({ default: _dropped, ...read }) => ({ ...read, use: 'optional' }))
  }
  if (!BUILD_TIME_RE.test(path) && !BY_HAND_RE.test(path)) return reads
  return reads.map((read) =>
    read.use === 'plain' || read.use === 'guard' ? { ...read, use: 'optional' } : read,
  )
}

function scanNode(project: Project): { reads: Read[]; own: Own } {
  const reads: Read[] = []
  const own: Own = { paths: [], reads: [] }
  const helpers: Helper[] = []
  const others: string[] = []
  for (const path of project.sources(NODE_SOURCES)) {
    if (TOOLING_RE.test(path)) continue
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

const PYTHON_RE = /environ|getenv|[Ee]nv\b|decouple|BaseSettings|[Cc]onfig\(|Settings\)/

function scanPython(project: Project): { reads: Read[]; own: Own } {
  const own: Own = { paths: [], reads: [] }
  const codes: [path: string, code: string][] = []
  const env = new Set<string>()
  const config = new Set<string>()
  const settings = new Set<string>()
  for (const path of project.sources(['.py'])) {
    if (TOOLING_RE.test(path)) continue
    const text = project.source(path)
    if (text === null || !PYTHON_RE.test(text)) continue
    const code = blankPython(text)
    if (isOwnText(text)) {
      own.paths.push(path)
      own.reads.push(...readOwnFields(path, code), ...readPythonSchemas(path, code, new Set()))
      continue
    }
    codes.push([path, code])
    const readers = pythonReaders(code)
    for (const name of readers.env) env.add(name)
    for (const name of readers.config) config.add(name)
    for (const name of settingsClasses(code)) settings.add(name)
  }
  const reads = codes.flatMap(([path, code]) => [
    ...relax(path, readPythonUses(path, code, { env, config })),
    ...readPythonSchemas(path, code, settings),
  ])
  return { reads, own }
}

function schemaFile(reads: readonly Read[]): string | null {
  const fields = new Map<string, number>()
  for (const { use, source } of reads) {
    const path = source.slice(0, source.lastIndexOf(':'))
    if (use === 'schema') fields.set(path, (fields.get(path) ?? 0) + 1)
  }
  return [...fields].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null
}
