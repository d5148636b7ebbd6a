import { type Answers, hintOf, sourceOf } from '../../answers.ts'
import { RUNTIMES } from '../../data/versions.ts'
import { CliError, EXIT } from '../../errors.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { lineOf } from '../../source/lines.ts'
import { few } from '../common.ts'
import { filesWith } from './code.ts'
import type { Manifests } from './manifests.ts'
import { compare, lowestNamed, minorsWithin, toRelease } from './pep440.ts'
import { at, text } from './values.ts'
import type { Bound } from './wheels.ts'

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
 * constraints together (requires-python, Poetry's `python`, the lock's) that the pinned packages are made for; among those
 * the one that the project's own Dockerfile or workflows have. A line past its end is lifted, aloud.
 * `strict`: a package manager that works with nothing outside of the constraints. They go before a pin then.
 */
export async function findPythonVersion(
  project: Project,
  manifests: Manifests,
  answers: Answers,
  strict?: string,
  bounds: readonly Bound[] = [],
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
      ? choose((await pins(project, manifests))[0], ranges, answers, strict, warnings, bounds, project)
      : answered(answers.runtimeVersion, sourceOf(answers, 'runtimeVersion'))
  warnings.push(...missed(bounds, found.value))
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
  bounds: readonly Bound[],
  project: Project,
): Fact<string> {
  const within = ranges.reduce<string[]>(
    (left, statement) => left.filter((minor) => allows(statement, minor)),
    MINORS,
  )
  const newest = newestOf(within)
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
  if (newest === undefined) return lifted(first as Statement, [], warnings)
  const made = madeFor(within, bounds)
  const best = newestOf(made) ?? newest
  const hint = hintOf(answers, 'runtimeVersion')
  if (hint && hint.value !== best && made.includes(hint.value)) return hint
  const tested = testedOn(project).filter(({ range }) => made.includes(range))
  const line = newestOf(MINORS.filter((minor) => tested.some(({ range }) => range === minor)))
  if (line && line !== best)
    return fact(line, tested.find(({ range }) => range === line)?.source ?? '', 'likely')
  const [bound] = bounds
    .filter(({ lines }) => !lines.includes(newest))
    .sort((a, b) => a.lines.length - b.lines.length)
  if (bound && best !== newest) return fact(best, `${bound.file}: ${madeOf(bound)}`)
  return first
    ? fact(best, first.source)
    : fact(DEFAULT, 'default: the newest line that most packages have wheels for', 'default')
}

/** The lines that every pinned package is made for; the nearest to one that is made for none of them. */
function madeFor(within: readonly string[], bounds: readonly Bound[]): string[] {
  let left = [...within]
  for (const { lines } of bounds) {
    const both = left.filter((minor) => lines.includes(minor))
    if (both.length > 0) left = both
  }
  return bounds.some(({ lines }) => lines.length === 0) ? left.slice(0, 1) : left
}

const madeOf = ({ title, wheels, lines }: Bound) =>
  `${title} ${wheels ? 'has wheels' : 'is made'} for Python ${lines.join(', ') || `before ${MINORS[0]}`}`

/** One warning for what pip compiles, one for what is too old for this Python. */
function missed(bounds: readonly Bound[], minor: string): Warning[] {
  return [true, false].flatMap((wheels) => {
    const missing = bounds.filter((bound) => bound.wheels === wheels && !bound.lines.includes(minor))
    const [first] = missing
    if (!first) return []
    const [have, are, them] = missing.length > 1 ? ['have', 'are', 'them'] : ['has', 'is', 'it']
    const names = few(missing.map(({ title }) => title))
    const other = newestOf(MINORS.filter((line) => bounds.every(({ lines }) => lines.includes(line))))
    const or = other ? `, or use Python ${other}` : ''
    return [
      {
        rule: 'PD022',
        message: wheels
          ? `${names} ${have} no wheel for Python ${minor}: the build compiles ${them}, and fails where the image lacks what that takes. Raise the version in ${first.file}${or}.`
          : `${names} ${are} not made for Python ${minor}: test the app on it. Raise the version in ${first.file}${or}.`,
        file: first.file,
      },
    ]
  })
}

/** What the project's workflows set up. */
function testedOn(project: Project): Statement[] {
  return project.workflows().flatMap((path) => {
    const text = project.source(path) ?? ''
    if (!/\bsetup-(?:python|uv)@/.test(text)) return []
    const keys = text.matchAll(/^[ \t-]*['"]?python[-_]version['"]?:([^\n]*(?:\n[ \t]*- *['"]?\d[^\n]*)*)/gim)
    return [...keys].flatMap((match) =>
      [...(match[1] as string).replace(/#.*/g, '').matchAll(/(?<![\d.])3\.\d+/g)].map(([range]) => ({
        range,
        source: `${path}:${lineOf(text, match.index)}`,
      })),
    )
  })
}

const newestOf = (minors: readonly string[]) => (minors.includes(DEFAULT) ? DEFAULT : minors.at(-1))

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

const ONLY_PYTHON_2 = ['urllib2', 'urlparse', 'ConfigParser', 'cPickle', 'StringIO']

/** The app's own code imports, whatever runs it, what Python 3 has no more. */
export function python2Import(
  project: Project,
  isOwn: (path: string) => boolean,
): { file: string; line: number; name: string } | undefined {
  const pattern = new RegExp(`^import[ \\t]+(${ONLY_PYTHON_2.join('|')})[ \\t]*(?:,|;|$)`, 'm')
  for (const file of filesWith(
    project,
    ONLY_PYTHON_2.map((name) => `import ${name}`),
  )) {
    const match = pattern.exec(file.code)
    const name = match?.[1] ?? ''
    const ends = [`/${name}.py`, `/${name}/__init__.py`]
    const isHere = () => project.sources(['.py']).some((path) => ends.some((end) => `/${path}`.endsWith(end)))
    if (match && !file.inString(match.index) && isOwn(file.path) && !isHere())
      return { file: file.path, line: file.line(match.index), name }
  }
  return undefined
}
