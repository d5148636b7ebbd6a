import type { Project } from '../project.ts'
import { blankPython } from '../source/python.ts'
import { isOwnText, readOwnFields } from './own.ts'
import { isTooling, relax } from './paths.ts'
import { MAX_NAMES, type Names, namesOf, ownNames, plainCode } from './python-names.ts'
import { readPythonSchemas, settingsClasses } from './python-schemas.ts'
import { pythonReaders, readPythonUses } from './python-uses.ts'
import type { Read } from './reads.ts'
import type { EnvReader, Own } from './scan.ts'

/** Python's ways: os.environ, settings classes, and the libraries for it. */
export const pythonReader: EnvReader = { sources: ['.py'], read: scanPython }

const chains = new WeakMap<Project, ReadonlySet<string>>()

/** The files of Django's production settings. What they read, they alone say what it needs: others are other settings. */
export function setSettings(project: Project, paths: readonly string[]): void {
  chains.set(project, new Set(paths))
}

const PYTHON_RE = /environ|getenv|[Ee]nv\b|decouple|BaseSettings|[Cc]onfig\(|Settings\)/

function scanPython(project: Project): { reads: Read[]; own: Own } {
  const own: Own = { paths: [], reads: [] }
  const codes: [path: string, code: string][] = []
  const env = new Set<string>()
  const config = new Set<string>()
  const environs = new Set<string>()
  const names = new Map<string, Names>()
  const settings = new Set<string>()
  for (const path of project.sources(['.py'])) {
    if (isTooling(path)) continue
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
    if (/\benvirons\b/.test(code)) for (const name of readers.env) environs.add(name)
    names.set(path, ownNames(code))
    for (const name of settingsClasses(code)) settings.add(name)
  }
  // A file that has nothing of the above may call what does.
  const helpers = [...names.values()].flatMap((found) => [...found.helpers.keys()]).slice(0, MAX_NAMES)
  if (helpers.length > 0)
    for (const path of project.sources(['.py'])) {
      if (names.has(path) || own.paths.includes(path) || isTooling(path)) continue
      const text = project.source(path)
      if (text && helpers.some((name) => text.includes(`${name}(`))) codes.push([path, blankPython(text)])
    }
  const reads = codes.flatMap(([path, code]) => {
    const known = namesOf(path, code, names)
    const readers = { env, config, environs, helpers: known.helpers }
    return [
      ...relax(path, readPythonUses(path, plainCode(project, path, code, known), readers)),
      ...readPythonSchemas(path, code, settings),
    ]
  })
  return { reads: judged(reads, chains.get(project) ?? new Set()), own }
}

/** Reads of one name against one another: the production settings decide, and what stops by itself. */
function judged(reads: readonly Read[], chain: ReadonlySet<string>): Read[] {
  const inChain = ({ source }: Read) => chain.has(source.slice(0, source.lastIndexOf(':')))
  const fails = (read: Read) => read.use !== 'optional' && read.use !== 'tested' && read.use !== 'schema'
  const own = new Set(reads.filter(inChain).map(({ name }) => name))
  const asked = new Set(reads.filter((read) => read.use === 'tested').map(({ name }) => name))
  const isAsking = ({ use }: Read) => use === 'guard' || use === 'needed'
  const isStop = (read: Read) => isAsking(read) && (read.raises || (inChain(read) && !asked.has(read.name)))
  const stops = new Set(reads.filter(isStop).map(({ name }) => name))
  return reads.map((read) => {
    const { default: stated, ...rest } = read
    const other = own.has(read.name) && !inChain(read) && !read.raises
    if (read.use === 'schema' || (!other && !inChain(read) && !stops.has(read.name))) return read
    return {
      ...rest,
      ...(isAsking(read) && !stops.has(read.name) && { use: 'plain' }),
      ...(other && { use: 'optional' }),
      ...(inChain(read) &&
        stated === undefined &&
        fails(read) &&
        !asked.has(read.name) && { settings: true }),
      ...(stated !== undefined &&
        !other &&
        (stops.has(read.name) ? { example: stated } : { default: stated })),
    }
  })
}
