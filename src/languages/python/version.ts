import { type Answers, hintOf, sourceOf } from '../../answers.ts'
import { RUNTIMES } from '../../data/versions.ts'
import { CliError, EXIT } from '../../errors.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { lineOf } from '../../source/lines.ts'
import type { Manifests } from './manifests.ts'
import { compare, lowestNamed, minorsWithin, toRelease } from './pep440.ts'
import { at, text } from './values.ts'

const { supported, default: DEFAULT } = RUNTIMES.python
const MINORS = Object.keys(supported)

/** What a source says of Python: a version of its own, or a constraint. */
export interface Statement {
  range: string
  source: string
}

/**
 * The Python line of the image, as a minor version. Precedence: the answer; then a file that pins one version
 * (.python-version, .tool-versions, mise.toml, runtime.txt, Pipfile); then the newest line that people run within all
 * constraints together (requires-python, Poetry's `python`, the lock's). A line past its end is lifted, aloud.
 * `strict`: a package manager that works with nothing outside of the constraints. They go before a pin then.
 */
export async function findPythonVersion(
  project: Project,
  manifests: Manifests,
  answers: Answers,
  strict?: string,
): Promise<FoundVersion> {
  const warnings: Warning[] = []
  const ranges = constraints(project, manifests).filter((statement) => {
    const readable = minorsWithin(statement.range, MINORS) !== null
    if (!readable)
      warnings.push({
        rule: 'PD022',
        message: `${statement.source} says "${statement.range}", which is no version constraint: it was not used.`,
        file: fileOf(statement),
      })
    return readable
  })
  const found =
    answers.runtimeVersion === undefined
      ? choose((await pins(project, manifests))[0], ranges, answers, strict, warnings)
      : answered(answers.runtimeVersion, sourceOf(answers, 'runtimeVersion'))
  return { fact: found, warnings, outside: ranges.find((statement) => !allows(statement, found.value)) }
}

interface FoundVersion {
  fact: Fact<string>
  warnings: Warning[]
  /** What allows another Python alone. */
  outside: Statement | undefined
}

const allows = ({ range }: Statement, minor: string) => minorsWithin(range, [minor])?.includes(minor) === true

function choose(
  pin: Statement | undefined,
  ranges: readonly Statement[],
  answers: Answers,
  strict: string | undefined,
  warnings: Warning[],
): Fact<string> {
  const within = ranges.reduce<string[]>(
    (left, statement) => left.filter((minor) => allows(statement, minor)),
    MINORS,
  )
  const newest = within.includes(DEFAULT) ? DEFAULT : within.at(-1)
  if (pin) {
    const minor = toRelease(pin.range).slice(0, 2).join('.')
    const conflict = ranges.find((statement) => !allows(statement, minor))
    const gives = conflict && strict && MINORS.includes(minor) ? newest : undefined
    if (conflict)
      warnings.push({
        rule: 'PD022',
        message: `${pin.source} asks for Python ${pin.range}, ${conflict.source} for "${conflict.range}": ${gives ? `${strict} works with nothing else, so Python ${gives} is used. Make them one` : `${pin.source} decides`}.`,
        file: fileOf(pin),
      })
    if (conflict && gives) return fact(gives, conflict.source)
    return MINORS.includes(minor) ? fact(minor, pin.source) : lifted(pin, within, warnings)
  }
  const first = ranges[0]
  const hint = hintOf(answers, 'runtimeVersion')
  if (!first && hint && hint.value !== DEFAULT && MINORS.includes(hint.value)) return hint
  if (!first) return fact(DEFAULT, 'default: the newest line that most packages have wheels for', 'default')
  return newest === undefined ? lifted(first, [], warnings) : fact(newest, first.source)
}

function answered(version: string, source: string): Fact<string> {
  const minor = /^\d+\.\d+/.exec(version)?.[0]
  if (!minor || !MINORS.includes(minor)) {
    throw new CliError(`There is no supported Python image for "${version}".`, {
      code: EXIT.usage,
      hint: `Choose one of ${MINORS.join(', ')}.`,
    })
  }
  return fact(minor, source)
}

/** No image for what is asked: the nearest line that has one. */
function lifted(asked: Statement, within: string[], warnings: Warning[]): Fact<string> {
  const lowest = lowestNamed(asked.range) ?? [0]
  const candidates = within.length > 0 ? within : MINORS
  const target =
    candidates.find((minor) => compare(toRelease(minor), lowest.slice(0, 2)) >= 0) ??
    (candidates.at(-1) as string)
  const newer = compare(lowest.slice(0, 2), toRelease(MINORS.at(-1) as string)) > 0
  const why = newer ? 'has no image that this version of the tool knows' : 'no longer gets security fixes'
  warnings.push({
    rule: 'PD022',
    message: `Python ${asked.range} (${asked.source}) ${why}: the files use Python ${target}. Test the app on it.`,
    file: fileOf(asked),
  })
  return fact(target, `lifted from ${asked.range} (${asked.source})`, 'likely')
}

export const fileOf = (statement: Statement) => statement.source.split(/[#:]/)[0] as string

/** The line that a source names, or on which its last key stands. */
export function lineOfStatement(project: Project, statement: Statement): number | undefined {
  const stated = /:(\d+)$/.exec(statement.source)?.[1]
  if (stated) return Number(stated)
  const key = /[\w-]+$/.exec(statement.source)?.[0] as string
  const text = project.text(fileOf(statement)) ?? ''
  const index = text.search(new RegExp(`^[ \\t]*["']?${key}["']?[ \\t]*=`, 'm'))
  return index < 0 ? undefined : lineOf(text, index)
}

async function pins(project: Project, manifests: Manifests): Promise<Statement[]> {
  const found: (Statement | undefined)[] = []
  found.push(pinned(firstLine(project.text('.python-version')), '.python-version'))
  found.push(pinned(/^\s*python\s+(\S+)/m.exec(project.text('.tool-versions') ?? '')?.[1], '.tool-versions'))
  for (const file of ['mise.toml', '.mise.toml']) {
    const value = at(await project.toml(file), 'tools')['python']
    const version = Array.isArray(value)
      ? value[0]
      : typeof value === 'object' && value !== null
        ? (value as { version?: unknown }).version
        : value
    found.push(pinned(text(version), `${file}#tools.python`))
  }
  found.push(pinned(firstLine(project.text('runtime.txt')), 'runtime.txt'))
  const requires = at(manifests.pipfile, 'requires')
  for (const key of ['python_full_version', 'python_version'])
    found.push(pinned(text(requires[key]), `Pipfile#requires.${key}`))
  return found.filter((statement) => statement !== undefined)
}

/** `3.12.4`, `python-3.12.4`, `cpython@3.12`; another interpreter or a name is no pin. */
function pinned(value: string | undefined, source: string): Statement | undefined {
  const version = value && /^(?:c?python[-@]?)?(\d+\.\d+(?:\.\d+)?)/i.exec(value)?.[1]
  return version ? { range: version, source } : undefined
}

function firstLine(content: string | null): string | undefined {
  return content
    ?.split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .find(Boolean)
}

function constraints(project: Project, manifests: Manifests): Statement[] {
  const { pyproject, setup } = manifests
  const found: [unknown, string][] = [
    [at(pyproject, 'project')['requires-python'], 'pyproject.toml#project.requires-python'],
    [
      poetryPython(at(pyproject, 'tool', 'poetry', 'dependencies')['python']),
      'pyproject.toml#tool.poetry.dependencies.python',
    ],
    [setup?.pythonRequires?.value, setup?.pythonRequires?.source ?? 'setup.cfg'],
  ]
  if (manifests.locks.includes('uv.lock'))
    found.push([
      /^requires-python = "([^"\n]*)"/m.exec(project.text('uv.lock') ?? '')?.[1],
      'uv.lock#requires-python',
    ])
  if (manifests.locks.includes('poetry.lock'))
    found.push([
      /^python-versions = "([^"\n]*)"\ncontent-hash/m.exec(project.text('poetry.lock') ?? '')?.[1],
      'poetry.lock#metadata.python-versions',
    ])
  return found.flatMap(([value, source]) => {
    const range = text(value)
    return range && range !== '*' ? [{ range, source }] : []
  })
}

/** Poetry also takes a table: `python = {version = "^3.11"}`. */
function poetryPython(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { version?: unknown }).version : value
}
