import coerce from 'semver/functions/coerce.js'
import satisfies from 'semver/functions/satisfies.js'
import intersects from 'semver/ranges/intersects.js'
import validRange from 'semver/ranges/valid.js'
import type { Answers } from '../../answers.ts'
import { sourceOf } from '../../answers.ts'
import { RUNTIMES } from '../../data/versions.ts'
import { CliError, EXIT } from '../../errors.ts'
import type { Fact, Warning } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import type { Manifest } from './manifest.ts'

const { supported, default: DEFAULT } = RUNTIMES.node
const MAJORS = Object.keys(supported)

/** Codenames in .nvmrc: `lts/jod`. */
const CODENAMES: Record<string, string> = {
  erbium: '12',
  fermium: '14',
  gallium: '16',
  hydrogen: '18',
  iron: '20',
  jod: '22',
  krypton: '24',
}

/** What a source says of Node's version: one version, or a range. */
interface Statement {
  range: string
  source: string
}

/**
 * The Node line of the image. A file that names a version (.nvmrc and its like, most exact first) decides; `engines` is a
 * constraint that the choice must meet. A line that is past its end is lifted, aloud.
 */
export async function nodeVersion(
  project: Project,
  manifest: Manifest,
  answers: Answers,
): Promise<{ fact: Fact<string>; warnings: Warning[] }> {
  if (answers.runtimeVersion !== undefined)
    return answered(answers.runtimeVersion, sourceOf(answers, 'runtimeVersion'))
  const pinned = await pins(project, manifest)
  const engines = manifest.engines['node']
  const warnings: Warning[] = []
  const first = pinned[0]
  const wanted = first ?? (engines ? { range: engines, source: 'package.json#engines.node' } : undefined)
  if (!wanted) return { fact: fact(DEFAULT, 'default: the active LTS line', 'default'), warnings }
  if (validRange(wanted.range) === null) {
    warnings.push({
      rule: 'PD022',
      message: `${wanted.source} says "${wanted.range}", which is no version of Node: ${DEFAULT} is used.`,
      file: wanted.source.split('#')[0] as string,
    })
    return { fact: fact(DEFAULT, 'default: the active LTS line', 'default'), warnings }
  }
  const fits = majorsWithin(wanted.range)
  const both =
    first && engines && validRange(engines) !== null
      ? fits.filter((major) => majorsWithin(engines).includes(major))
      : fits
  if (first && engines && fits.length > 0 && both.length === 0) {
    warnings.push({
      rule: 'PD022',
      message: `${first.source} asks for Node ${first.range}, package.json#engines for ${engines}: they have no version in common. ${first.source} decides.`,
      file: 'package.json',
    })
  }
  const other = pinned.find(
    ({ range }) =>
      validRange(range) !== null && !majorsOf(range).some((major) => majorsOf(wanted.range).includes(major)),
  )
  if (other) {
    warnings.push({
      rule: 'PD022',
      message: `${wanted.source} asks for Node ${wanted.range}, ${other.source} for ${other.range}: ${wanted.source} decides. Make them one.`,
      file: other.source.split('#')[0] as string,
    })
  }
  const candidates = both.length > 0 ? both : fits
  if (candidates.length === 0) {
    const target = lift(wanted, [...pinned, ...(engines ? [{ range: engines, source: '' }] : [])])
    warnings.push({
      rule: 'PD022',
      message: `Node ${wanted.range} (${wanted.source}) no longer gets security fixes and has no image: the files use Node ${target}. Test the app on it.`,
      file: wanted.source.split('#')[0] as string,
    })
    return { fact: fact(target, `lifted from ${wanted.range} (${wanted.source})`, 'likely'), warnings }
  }
  // Within a range, the line that people run today; otherwise the newest that fits.
  const choice = candidates.includes(DEFAULT) ? DEFAULT : (candidates.at(-1) as string)
  return { fact: fact(choice, wanted.source), warnings }
}

function answered(version: string, source: string): { fact: Fact<string>; warnings: Warning[] } {
  const major = coerce(version)?.major
  if (major === undefined || !MAJORS.includes(String(major))) {
    throw new CliError(`There is no supported Node image for "${version}".`, {
      code: EXIT.usage,
      hint: `Choose one of ${MAJORS.join(', ')}.`,
    })
  }
  return { fact: fact(String(major), source), warnings: [] }
}

/** Out of support: the line that the project allows elsewhere, else the default, never one below what is asked for. */
function lift(wanted: Statement, others: readonly Statement[]): string {
  for (const { range } of others) {
    const fits = validRange(range) === null ? [] : majorsWithin(range)
    if (fits.length > 0) return fits.includes(DEFAULT) ? DEFAULT : (fits.at(-1) as string)
  }
  const newer = MAJORS.find((major) => Number(major) >= lowestMajor(wanted.range)) ?? DEFAULT
  return Number(newer) < Number(DEFAULT) ? DEFAULT : newer
}

/** Every line that a range touches, supported or not. */
function majorsOf(range: string): number[] {
  return Array.from({ length: 60 }, (_, major) => major).filter((major) => intersects(range, `${major}.x`))
}

function majorsWithin(range: string): string[] {
  return MAJORS.filter((major) => intersects(range, `${major}.x`))
}

function lowestMajor(range: string): number {
  for (let major = 0; major <= 99; major++) if (intersects(range, `${major}.x`)) return major
  return 0
}

async function pins(project: Project, manifest: Manifest): Promise<Statement[]> {
  const found: (Statement | undefined)[] = []
  for (const file of ['.nvmrc', '.node-version']) {
    const line = project
      .text(file)
      ?.split('\n')
      .map((text) => text.replace(/#.*/, '').trim())
      .find(Boolean)
    found.push(statement(line, file))
  }
  const tools = project.text('.tool-versions')?.match(/^\s*(?:nodejs|node)\s+(\S+)/m)?.[1]
  found.push(statement(tools, '.tool-versions'))
  for (const file of ['mise.toml', '.mise.toml']) {
    const section = (await project.toml(file))?.['tools'] as Record<string, unknown> | undefined
    const value = section?.['node']
    const version = Array.isArray(value)
      ? value[0]
      : typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)['version']
        : value
    found.push(statement(version === undefined ? undefined : String(version), `${file}#tools.node`))
  }
  found.push(statement(manifest.volta['node'], 'package.json#volta.node'))
  found.push(statement(manifest.devEngines.runtime, 'package.json#devEngines.runtime'))
  return found.filter((entry) => entry !== undefined)
}

/** `v22.11.0`, `22`, `lts/jod`, `lts/*`, `node`: a range of the line that it names. */
function statement(text: string | undefined, source: string): Statement | undefined {
  if (!text) return undefined
  const codename = /^lts[/-](\w+|\*)$/.exec(text)?.[1]
  if (codename === '*' || text === 'lts' || text === 'node' || text === 'latest' || text === 'stable')
    return { range: `${DEFAULT}.x`, source }
  if (codename) return { range: `${CODENAMES[codename] ?? DEFAULT}.x`, source }
  const exact = /^v?(\d+)(?:\.\d+){0,2}$/.exec(text)
  return { range: exact ? `${exact[1]}.x` : text, source }
}

/** Whether every version of the line satisfies a range: for flags that came with a release. */
export function lineSatisfies(major: string, range: string): boolean {
  return satisfies(`${major}.999.999`, range)
}
