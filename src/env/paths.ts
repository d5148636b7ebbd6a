import type { Read, Use } from './reads.ts'

// Sets and not patterns: to compile one with this many words takes longer than to look at every path of a project.
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

const SCRIPTS = words('js cjs mjs ts cts mts')
const TOOLS = words(
  `vitest jest playwright cypress eslint prettier stylelint commitlint webpack rollup rspack rsbuild tsup tsdown esbuild babel
   postcss tailwind karma wdio codegen orval knip lint-staged release semantic-release changelog metro lage checkly`,
)
const TOOL_MARKS = words('config setup workspace')
const TOOL_FILES = words('gulpfile Gruntfile')
const PYTHON_TOOLS = words('noxfile.py setup.py fabfile.py')
const FRAMEWORKS = words('next nuxt vite svelte astro remix react-router app angular')
/** Of these, what the image needs while it is built; Vite's asks for its development server, as a rule. */
const BUILT_WITH = words('next astro svelte')
const BY_HAND_FOLDERS = words(
  'script scripts tool tools seed seeds seeder seeders extra extras mock mocks migration migrations',
)
const DEVELOPMENT = words('development dev local')
const DEVELOPMENT_SETTINGS = words('local dev develop development debug ci test tests testing')

interface Parts {
  folders: string[]
  name: string
  /** The name's words between dots, without the ending. */
  stem: string[]
  ending: string
}

function partsOf(path: string): Parts {
  const folders = path.split('/')
  const name = folders.pop() as string
  const stem = name.split('.')
  return { folders, name, ending: stem.pop() as string, stem }
}

/** Configuration of tools that the production image does not hold: what they read is no concern of the app. */
export function isTooling(path: string): boolean {
  const { folders, name, stem, ending } = partsOf(path)
  if (PYTHON_TOOLS.has(name)) return true
  if (name === 'conf.py') return folders.at(-1) === 'docs'
  if (!SCRIPTS.has(ending)) return false
  const [first = '', second = ''] = stem
  if (first === '') return stem.length === 2 && second.endsWith('rc')
  if (stem.length === 1 && TOOL_FILES.has(first)) return true
  if (first.startsWith('vitest') || first.startsWith('jest')) return true
  return stem.length === 2 && TOOLS.has(first) && TOOL_MARKS.has(second)
}

/** Read while building: the app starts without it, so it is never required. */
const isBuildTime = ({ stem, ending }: Parts) =>
  stem.length === 2 && FRAMEWORKS.has(stem[0] as string) && stem[1] === 'config' && SCRIPTS.has(ending)

/** The option by which a framework's configuration puts values into the code under the names of variables. */
export function inliningOption(path: string): 'env' | 'define' | undefined {
  const parts = partsOf(path)
  return isBuildTime(parts) ? (parts.stem[0] === 'next' ? 'env' : 'define') : undefined
}

/** Started by a person, now and then. */
const isByHand = ({ folders, name, stem, ending }: Parts) =>
  folders.some((folder) => BY_HAND_FOLDERS.has(folder)) ||
  (stem.length === 1 && stem[0] === 'seed' && SCRIPTS.has(ending)) ||
  name === 'script.py' ||
  name === 'scripts.py'

/** Settings of a developer's machine: what they take for granted says nothing of production. */
const isDevelopment = ({ folders, stem, ending }: Parts) =>
  (DEVELOPMENT.has(stem.at(-1) as string) && (SCRIPTS.has(ending) || ending === 'py')) ||
  (folders.at(-1) === 'settings' && DEVELOPMENT_SETTINGS.has(stem.join('.')) && ending === 'py')

const RELAXED: ReadonlySet<Use> = new Set(['plain', 'needed', 'guard'])

/** Reads in files that run beside the app are never required of it. */
export function relax(path: string, reads: Read[]): Read[] {
  const parts = partsOf(path)
  if (isDevelopment(parts)) {
    return reads.map(({ default: _dropped, ...read }) => ({ ...read, use: 'optional' }))
  }
  if (!isBuildTime(parts) && !isByHand(parts)) return reads
  const built = isBuildTime(parts) && parts.folders.length === 0 && BUILT_WITH.has(parts.stem[0] as string)
  return reads.map((read) => ({
    ...read,
    ...(RELAXED.has(read.use) && { use: 'optional' }),
    ...(built && { build: 'config' }),
  }))
}
