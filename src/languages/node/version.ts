import type { Answers } from '../../answers.ts'
import { hintOf, sourceOf } from '../../answers.ts'
import { RUNTIMES } from '../../data/versions.ts'
import { CliError, EXIT } from '../../errors.ts'
import type { Fact, Warning } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { lineOfVersion, linesOf } from './lines.ts'
import type { Manifest } from './manifest.ts'
import type { NativeRow } from './native.ts'

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
  /** The lines that the range touches; null: it is no range. */
  lines: readonly number[] | null
  /** `lts/*`, `latest`: whatever is new on that day, so what names a line goes before it. */
  moving?: true
}

/**
 * The Node line of the image. A file that names a version (.nvmrc and its like, most exact first) decides; `engines` is a
 * constraint that the choice must meet. A line that is past its end is lifted, aloud.
 */
export async function nodeVersion(
  project: Project,
  manifest: Manifest,
  answers: Answers,
  native: readonly NativeRow[] = [],
): Promise<{ fact: Fact<string>; warnings: Warning[] }> {
  const chosen = await chosenVersion(project, manifest, answers, native)
  for (const { highestNode } of native)
    if (highestNode && Number(chosen.fact.value) > highestNode.line)
      chosen.warnings.push({ rule: 'PD080', message: highestNode.note })
  return chosen
}

async function chosenVersion(
  project: Project,
  manifest: Manifest,
  answers: Answers,
  native: readonly NativeRow[],
): Promise<{ fact: Fact<string>; warnings: Warning[] }> {
  if (answers.runtimeVersion !== undefined)
    return answered(answers.runtimeVersion, sourceOf(answers, 'runtimeVersion'))
  const limit = native.map(({ highestNode }) => highestNode).find((highest) => highest !== undefined)
  const open = (): Fact<string> => {
    const line = newest(MAJORS, limit)
    return line === DEFAULT || !limit
      ? fact(DEFAULT, 'default: the active LTS line', 'default')
      : fact(line, limit.why, 'likely')
  }
  const engines = statement(manifest.engines['node'], 'package.json#engines.node')
  const pinned = standing(await pins(project, manifest), engines)
  const warnings: Warning[] = []
  const warn = (message: string, { source }: Statement) =>
    warnings.push({ rule: 'PD022', message, file: source.split('#')[0] as string })
  const first = pinned[0]
  const wanted = first ?? engines
  const hint = hintOf(answers, 'runtimeVersion')
  if (!wanted && hint && hint.value !== DEFAULT && MAJORS.includes(hint.value))
    return { fact: hint, warnings }
  if (!wanted) return { fact: open(), warnings }
  if (wanted.lines === null) {
    warn(
      `${wanted.source} says "${wanted.range}", which is no version of Node: ${open().value} is used.`,
      wanted,
    )
    return { fact: open(), warnings }
  }
  const fits = supportedOf(wanted)
  const both = first && engines?.lines ? fits.filter((major) => supportedOf(engines).includes(major)) : fits
  if (first && engines && fits.length > 0 && both.length === 0) {
    warn(
      `${first.source} asks for Node ${first.range}, package.json#engines for ${engines.range}: they have no version in common. ${first.source} decides.`,
      engines,
    )
  }
  const other = pinned.find(({ lines }) => lines && !lines.some((major) => wanted.lines?.includes(major)))
  if (other) {
    warn(
      `${wanted.source} asks for Node ${wanted.range}, ${other.source} for ${other.range}: ${wanted.source} decides. Make them one.`,
      other,
    )
  }
  const candidates = both.length > 0 ? both : fits
  if (candidates.length === 0) {
    const target = lift(wanted, [...pinned, ...(engines ? [engines] : [])], limit)
    const why =
      (wanted.lines[0] ?? 0) > Number(MAJORS.at(-1))
        ? 'has no image that this version of the tool knows'
        : 'no longer gets security fixes'
    warn(
      `Node ${wanted.range} (${wanted.source}) ${why}: the files use Node ${target}. Test the app on it.`,
      wanted,
    )
    return { fact: fact(target, `lifted from ${wanted.range} (${wanted.source})`, 'likely'), warnings }
  }
  const line = newest(candidates, limit)
  const source = limit && line !== newest(candidates) ? `${wanted.source}; ${limit.why}` : wanted.source
  return { fact: fact(line, source), warnings }
}

/** The pins that count: those that name a line, else a moving one that `engines` has nothing against. */
function standing(pinned: readonly Statement[], engines: Statement | undefined): Statement[] {
  const named = pinned.filter(({ moving }) => !moving)
  return named.length > 0
    ? named
    : pinned.filter(({ lines }) => !engines?.lines || lines?.some((major) => engines.lines?.includes(major)))
}

/** Within a range, the line that people run today; otherwise the newest that fits. A package may know none so new. */
function newest(majors: readonly string[], limit?: { line: number }): string {
  const sound = limit ? majors.filter((major) => Number(major) <= limit.line) : []
  if (sound.length > 0) return newest(sound)
  return majors.includes(DEFAULT) ? DEFAULT : (majors.at(-1) as string)
}

function supportedOf({ lines }: Statement): string[] {
  return MAJORS.filter((major) => lines?.includes(Number(major)))
}

function answered(version: string, source: string): { fact: Fact<string>; warnings: Warning[] } {
  const major = lineOfVersion(version)
  if (major === undefined || !MAJORS.includes(String(major))) {
    throw new CliError(`There is no supported Node image for "${version}".`, {
      code: EXIT.usage,
      hint: `Choose one of ${MAJORS.join(', ')}.`,
    })
  }
  return { fact: fact(String(major), source), warnings: [] }
}

/** Out of support: the line that the project allows elsewhere, else the default, never one below what is asked for. */
function lift(wanted: Statement, others: readonly Statement[], limit: { line: number } | undefined): string {
  const allowed = others.map(supportedOf).find((majors) => majors.length > 0)
  if (allowed) return newest(allowed, limit)
  const newer = MAJORS.filter((major) => Number(major) >= (wanted.lines?.[0] ?? 0))
  return newer.length > 0 ? newest(newer, limit) : (MAJORS.at(-1) as string)
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
  const moving = codename === '*' || ['lts', 'node', 'latest', 'stable'].includes(text)
  const line = moving
    ? DEFAULT
    : codename
      ? (CODENAMES[codename] ?? DEFAULT)
      : /^v?(\d+)(?:\.\d+){0,2}$/.exec(text)?.[1]
  const range = line === undefined ? text : `${line}.x`
  return { range, source, lines: linesOf(range), ...(moving && { moving }) }
}
