import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { flagValue, parseShell } from '../../shell.ts'
import { type ConfigRef, configValue } from './conditions.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { Manifest } from './manifest.ts'

/** Where a framework is told the path below which its app lies: part of its row. */
export interface BaseSetting {
  settings?: readonly ConfigRef[]
  find?: (project: Project, manifest: Manifest) => Fact<string> | undefined
  /** Words of the build script that overrule it: `--base=/x/`, `PUBLIC_URL=/x`. */
  flag?: string
  /** Of a whole address its path counts; else that is a place for assets alone, and pages stay where they are. */
  url?: true
}

export interface BasePath {
  /** `/shop`; absent where the app lies at `/`. */
  base: Fact<string> | undefined
  /** The same while developing, where no build script has a say: `/shop`, or nothing. */
  development: string
}

/** Segments that mean themselves in an address, in nginx's configuration and in a path of COPY. */
const BASE_RE = /^\/?((?!\.+(?:\/|$))[\w.~-]+(?:\/(?!\.+(?:\/|$))[\w.~-]+)*)\/?$/

export function findBasePath(
  project: Project,
  manifest: Manifest,
  row: FrameworkRow,
  warnings: Warning[],
): BasePath {
  const { settings = [], find, flag, url } = row.base ?? {}
  const set = settings.map((ref) => ({ ref, at: configValue(project, ref) })).find(({ at }) => at)
  const told: Fact<string> | undefined =
    find?.(project, manifest) ??
    (typeof set?.at?.value === 'string' ? fact(set.at.value, set.at.source) : undefined)
  const script = flag ? manifest.scripts['build'] : undefined
  const flagged = flag && script ? flagOf(script, flag) : undefined
  const built = flagged === undefined ? told : fact(flagged, 'package.json#scripts.build')
  const path = built && pathOf(built.value, url)
  const own = told && pathOf(told.value, url)
  const unread = built === undefined ? set?.at?.unclear && set.at.source : path === null && built.source
  if (unread)
    warnings.push({
      rule: 'PD097',
      message: `${unread} computes ${flagged === undefined ? (set?.ref.key ?? 'the base path') : flag}: it was not run, so ${
        row.kind === 'static' ? 'the site is served at /' : 'the health check asks below /'
      }. Where the app lies below a path, write that as a plain value${row.kind === 'static' ? '' : ', or pass --health-path'}.`,
    })
  return { base: path ? { ...(built as Fact<string>), value: path } : undefined, development: own || '' }
}

/** `/shop` of `/shop/`, `shop` and, where it counts, `https://example.com/shop`; empty for the root; null for what is no plain path. */
function pathOf(value: string, url: boolean | undefined): string | null {
  const whole = /^(?:[a-z][a-z\d+.-]*:)?\/\/[^/]*(.*)$/i.exec(value)
  if (whole && !url) return ''
  const path = whole ? (whole[1] as string) : value
  if (['', '.', './', '/'].includes(path)) return ''
  const match = BASE_RE.exec(path)
  return match ? `/${match[1]}` : null
}

/** `--base /x/`, `--base=/x/`, and `PUBLIC_URL=/x` before a program. */
function flagOf(script: string, flag: string): string | undefined {
  for (const { argv, env } of parseShell(script) ?? []) {
    if (env[flag] !== undefined) return env[flag]
    const value = flagValue(argv, flag)
    if (value !== undefined) return value
  }
  return undefined
}
