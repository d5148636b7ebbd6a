import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import { type ProcessFile, pm2Files } from './pm2.ts'

/** package.json, as far as it is read here; every field is checked, since anybody can write anything into it. */
export interface Manifest {
  name: string | undefined
  version: string | undefined
  type: 'module' | 'commonjs'
  main: string | undefined
  private: boolean
  /** Says that others import it: `exports`, `types`, `files`, `bin`. */
  published: boolean
  bin: boolean
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  engines: Record<string, string>
  packageManager: string | undefined
  volta: Record<string, string>
  /** `refuses`: npm stops where the runtime is another one. */
  devEngines: { runtime?: string; refuses?: true; packageManager?: { name: string; version?: string } }
  workspaces: boolean
  /** PM2's process files, by name. */
  pm2: Record<string, ProcessFile>
  raw: Record<string, unknown>
}

export function readManifest(project: Project): Manifest | null {
  const raw = project.json('package.json')
  if (!raw) return null
  const devEngines = record(raw['devEngines'])
  const runtime = one(devEngines['runtime'])
  const manager = one(devEngines['packageManager'])
  return {
    name: text(raw['name']),
    version: text(raw['version']),
    type: raw['type'] === 'module' ? 'module' : 'commonjs',
    main: text(raw['main']),
    private: raw['private'] === true,
    published: ['exports', 'types', 'typings', 'files', 'publishConfig'].some((key) => key in raw),
    bin: 'bin' in raw,
    scripts: texts(raw['scripts']),
    // Optional ones are installed in production too.
    dependencies: { ...texts(raw['optionalDependencies']), ...texts(raw['dependencies']) },
    devDependencies: texts(raw['devDependencies']),
    engines: texts(raw['engines']),
    packageManager: text(raw['packageManager'])?.trim(),
    volta: texts(raw['volta']),
    devEngines: {
      ...(text(runtime['version']) && runtime['name'] === 'node'
        ? {
            runtime: String(runtime['version']),
            // Of a list one is enough, and which may fail is said one by one.
            ...(!Array.isArray(devEngines['runtime']) &&
              runtime['onFail'] !== 'warn' &&
              runtime['onFail'] !== 'ignore' && { refuses: true as const }),
          }
        : {}),
      ...(text(manager['name'])
        ? {
            packageManager: {
              name: String(manager['name']),
              ...(text(manager['version']) ? { version: String(manager['version']) } : {}),
            },
          }
        : {}),
    },
    workspaces: 'workspaces' in raw || project.has('pnpm-workspace.yaml'),
    pm2: pm2Files(project, texts(raw['scripts'])),
    raw,
  }
}

/** Says that Bun runs the code: by its types, or by a script that hands it a file. */
export function runsOnBun({ scripts, dependencies, devDependencies }: Manifest): string | undefined {
  const types = ['@types/bun', 'bun-types'].find((name) => name in dependencies || name in devDependencies)
  if (!types) return undefined
  const script = Object.keys(scripts).find((name) =>
    /\bbun (?:run )?(?:--\S+ )*\S+\.[cm]?[jt]sx?\b/.test(scripts[name] as string),
  )
  return script && `package.json#scripts.${script}`
}

/** Where the manifest names a package: `package.json#dependencies.express`. */
export function dependencySource(manifest: Manifest, name: string): string | undefined {
  if (name in manifest.dependencies) return `package.json#dependencies.${name}`
  if (name in manifest.devDependencies) return `package.json#devDependencies.${name}`
  return undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
/** devEngines allows one object or a list of them. */
function one(value: unknown): Record<string, unknown> {
  return record(Array.isArray(value) ? value[0] : value)
}
function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
