import type { Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { lineOf } from '../../source/lines.ts'
import { isWithin, type Lines, linesOf } from './lines.ts'
import type { Manifest } from './manifest.ts'
import type { PackageManager } from './package-manager.ts'

/** A package manager that refuses to work, in `install` and mostly in `run`, on a Node.js that package.json does not allow. */
interface Check extends Lines {
  manager: PackageManager['row']['id']
  /** Where package.json says what it allows. */
  bound: 'engines.node' | 'devEngines.runtime'
  /** It checks only where this says so. */
  asked?: (project: Project) => boolean | Promise<boolean>
  /** What stops it; absent: nothing does. */
  env?: Readonly<Record<string, string>>
}

/** `engine-strict=true`; a key alone is true as well. */
const inNpmrc = (project: Project) =>
  /^[ \t]*engine-strict[ \t]*(?:=[ \t]*true[ \t]*)?$/m.test(project.source('.npmrc') ?? '')
const inWorkspaceFile = async (project: Project) =>
  (await project.yaml('pnpm-workspace.yaml'))?.['engineStrict'] === true

/** Each was tried. `npm --force` would pass devEngines too, and much else. */
const CHECKS: readonly Check[] = [
  { manager: 'yarn', until: 2, bound: 'engines.node', env: { YARN_IGNORE_ENGINES: 'true' } },
  { manager: 'npm', bound: 'engines.node', asked: inNpmrc, env: { npm_config_engine_strict: 'false' } },
  { manager: 'npm', bound: 'devEngines.runtime' },
  {
    manager: 'pnpm',
    until: 11,
    bound: 'engines.node',
    asked: inNpmrc,
    env: { npm_config_engine_strict: 'false' },
  },
  { manager: 'pnpm', until: 11, bound: 'engines.node', asked: inWorkspaceFile },
  {
    manager: 'pnpm',
    since: 11,
    bound: 'engines.node',
    asked: inWorkspaceFile,
    env: { pnpm_config_engine_strict: 'false' },
  },
]

export interface EngineChecks {
  /** For every stage in which the package manager works. */
  env: Record<string, string>
  why: string
  warnings: Warning[]
}

/** What the package manager would refuse this line of Node.js for, and what keeps it from that. */
export async function engineChecks(
  project: Project,
  manifest: Manifest,
  manager: PackageManager,
  major: string,
): Promise<EngineChecks> {
  const found: EngineChecks = { env: {}, why: '', warnings: [] }
  for (const check of CHECKS) {
    if (check.manager !== manager.row.id || !isWithin(manager.version.value, check)) continue
    const range = boundOf(manifest, check.bound)
    const lines = range && linesOf(range)
    if (!lines || lines.includes(Number(major)) || (check.asked && !(await check.asked(project)))) continue
    if (check.env) {
      Object.assign(found.env, check.env)
      found.why = `package.json asks for Node.js ${range}: ${manager.row.title} would refuse this one`
      continue
    }
    found.warnings.push({
      rule: 'PD022',
      message: `${manager.row.title} refuses Node ${major}, since package.json#${check.bound} says "${range}": the build fails until that allows it.`,
      file: 'package.json',
      ...lineOfKeys(project, check.bound.split('.')),
    })
  }
  return found
}

function boundOf({ engines, devEngines }: Manifest, bound: Check['bound']): string | undefined {
  return bound === 'engines.node' ? engines['node'] : devEngines.refuses ? devEngines.runtime : undefined
}

/** Where each of the keys comes after the one before. */
function lineOfKeys(project: Project, keys: readonly string[]): { line?: number } {
  const text = project.text('package.json') ?? ''
  const index = keys.reduce((from, key) => (from < 0 ? from : text.indexOf(`"${key}"`, from)), 0)
  return index < 0 ? {} : { line: lineOf(text, index) }
}
