import type { Project } from '../../project.ts'
import { filesWith } from './code.ts'
import { normalizeName } from './requirement.ts'
import { type RequirementsFile, readRequirements } from './requirements-file.ts'
import { readSetup, type Setup } from './setup-files.ts'
import { at, has, type Table, text } from './values.ts'

/** The files that say what a Python project is, parsed. What they mean depends on the package manager: see dependencies.ts. */
export interface Manifests {
  pyproject: Table | null
  pipfile: Table | null
  setup: Setup | null
  requirements: RequirementsFile | null
  devRequirements: RequirementsFile | null
  locks: readonly Lock[]
}

export type Lock = 'uv.lock' | 'poetry.lock' | 'pdm.lock' | 'Pipfile.lock'
export const LOCKS: readonly Lock[] = ['uv.lock', 'poetry.lock', 'pdm.lock', 'Pipfile.lock']

/** First the file that everyone has, then those of projects that keep one per environment. */
const REQUIREMENTS = [
  'requirements.txt',
  'requirements/production.txt',
  'requirements/prod.txt',
  'requirements/base.txt',
  'requirements/requirements.txt',
  'requirements/main.txt',
  'requirements-prod.txt',
  'requirements.in',
]
const DEV_REQUIREMENTS = [
  'requirements-dev.txt',
  'dev-requirements.txt',
  'requirements_dev.txt',
  'requirements.dev.txt',
  'requirements/dev.txt',
  'requirements/local.txt',
  'requirements/development.txt',
  'requirements-test.txt',
  'test-requirements.txt',
  'requirements/test.txt',
]

export const MANIFEST_FILES = [
  'pyproject.toml',
  'Pipfile',
  'setup.py',
  'setup.cfg',
  ...LOCKS,
  ...REQUIREMENTS,
] as const

export async function readManifests(project: Project): Promise<Manifests> {
  const requirements = project.first(REQUIREMENTS)
  const development = project.first(DEV_REQUIREMENTS)
  return {
    pyproject: await project.toml('pyproject.toml'),
    pipfile: await project.toml('Pipfile'),
    setup: readSetup(project),
    requirements: requirements ? readRequirements(project, requirements) : null,
    devRequirements: development ? readRequirements(project, development) : null,
    locks: LOCKS.filter((lock) => project.has(lock)),
  }
}

export function projectName(manifests: Manifests): string | undefined {
  const { pyproject, setup } = manifests
  return (
    text(at(pyproject, 'project')['name']) ?? text(at(pyproject, 'tool', 'poetry')['name']) ?? setup?.name
  )
}

/** `[project.scripts]` and Poetry's: name → `package.module:function`. */
export function consoleScripts(manifests: Manifests): Map<string, string> {
  const scripts = new Map<string, string>(manifests.setup?.scripts ?? [])
  for (const node of [
    at(manifests.pyproject, 'tool', 'poetry', 'scripts'),
    at(manifests.pyproject, 'project', 'scripts'),
  ]) {
    for (const [name, target] of Object.entries(node)) {
      const value = text(target)
      if (value) scripts.set(name, value)
    }
  }
  return scripts
}

/** Whether the project itself can be installed: it has a build backend, or an old setup.py. */
export function isPackage(manifests: Manifests): boolean {
  const { pyproject, setup } = manifests
  if (at(pyproject, 'tool', 'uv')['package'] === false) return false
  if (at(pyproject, 'tool', 'poetry')['package-mode'] === false) return false
  if (at(pyproject, 'tool', 'pdm')['distribution'] === false) return false
  return (
    has(pyproject, 'build-system') ||
    at(pyproject, 'tool', 'uv')['package'] === true ||
    setup?.isSetup === true
  )
}

/** `importlib.metadata.version("my-app")` finds nothing where the project is not installed; some take that as it comes. */
export function readsOwnMetadata(project: Project, manifests: Manifests): boolean {
  const name = projectName(manifests)
  if (!name) return false
  if (Object.keys(at(manifests.pyproject, 'project', 'entry-points')).length > 0) return true
  return filesWith(project, ['importlib.metadata', 'importlib_metadata', 'pkg_resources']).some((file) =>
    [
      ...file.code.matchAll(
        /\b(?:version|metadata|distribution|get_distribution)\s*\(\s*(?:['"]([\w.-]+)['"]|(__name__|__package__))/g,
      ),
    ].some(
      (match) =>
        (match[2] !== undefined || normalizeName(match[1] as string) === normalizeName(name)) &&
        !isCaught(file.code, match.index),
    ),
  )
}

/** Whether a line stands in a `try` that goes on where a package is not found, or in `with suppress(…)`. */
function isCaught(code: string, index: number): boolean {
  const lines = code.slice(0, index).split('\n').reverse()
  const depthOf = (line: string) => line.length - line.trimStart().length
  const depth = depthOf(lines[0] as string)
  const opener = lines.find((line) => line.trim() !== '' && depthOf(line) < depth) ?? ''
  if (/^\s*with\b.*\bsuppress\(/.test(opener)) return true
  const handlers = new RegExp(`^[ \\t]{${depthOf(opener)}}except\\b[ \\t]*([^\\n]*)`, 'm').exec(
    code.slice(index),
  )
  return /^\s*try\s*:/.test(opener) && /^:|NotFound|\bImportError\b|\bException\b/.test(handlers?.[1] ?? '')
}

/** What builds the project with code of its own: nobody knows which programs that starts. */
export function ownBuild({ pyproject, setup }: Manifests): string | undefined {
  if (has(pyproject, 'build-system', 'backend-path')) return 'pyproject.toml#build-system.backend-path'
  return setup?.commands ? 'setup.py#cmdclass' : undefined
}
