import { type Answers, sourceOf } from '../../answers.ts'
import { TOOLS } from '../../data/versions.ts'
import { CliError, EXIT } from '../../errors.ts'
import { type Fact, fact, type Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import type { Lock, Manifests } from './manifests.ts'
import { compare, toRelease } from './pep440.ts'
import type { RequirementsFile } from './requirements-file.ts'
import { at, has, text } from './values.ts'
import { fileOf, lineOfStatement, type Statement } from './version.ts'

export const PACKAGE_MANAGERS = ['pip', 'uv', 'poetry', 'pdm', 'pipenv'] as const
export type PackageManagerId = (typeof PACKAGE_MANAGERS)[number]

interface PackageManagerRow {
  id: PackageManagerId
  title: string
  lock: Lock | null
  /** Its own table in pyproject.toml (or its own file): decides between several locks, and without any. */
  own(manifests: Manifests): string | null
  /** What it does on a Python that the project does not allow, and what comes of it. */
  outside: Outside | null
}

interface Outside {
  does: string
  so: string
}
const REFUSES: Outside = { does: 'refuses', so: 'the build fails' }

const tool = (name: string, manifests: Manifests) =>
  has(manifests.pyproject, 'tool', name) ? `pyproject.toml#tool.${name}` : null

/** What `uv init` writes; a requirements.txt beside it is still pip's. */
const uvBuild = ({ pyproject, requirements }: Manifests) =>
  !requirements && text(at(pyproject, 'build-system')['build-backend']) === 'uv_build'
    ? 'pyproject.toml#build-system'
    : null

/** In the order in which a lock decides: the newest habit first, since an old lock is what people leave behind. */
export const PACKAGE_MANAGER_ROWS: readonly PackageManagerRow[] = [
  {
    id: 'uv',
    title: 'uv',
    lock: 'uv.lock',
    own: (manifests) => tool('uv', manifests) ?? uvBuild(manifests),
    outside: REFUSES,
  },
  {
    id: 'poetry',
    title: 'Poetry',
    lock: 'poetry.lock',
    own: (manifests) => tool('poetry', manifests),
    // Its export marks each line with the range, and pip passes over what is marked for another Python.
    outside: { does: 'leaves every dependency out on', so: 'the app does not start' },
  },
  {
    id: 'pdm',
    title: 'PDM',
    lock: 'pdm.lock',
    own: (manifests) => tool('pdm', manifests),
    outside: REFUSES,
  },
  {
    id: 'pipenv',
    title: 'Pipenv',
    lock: 'Pipfile.lock',
    own: (manifests) => (manifests.pipfile ? 'Pipfile' : null),
    outside: null,
  },
  { id: 'pip', title: 'pip', lock: null, own: () => null, outside: null },
]

export interface PackageManager {
  id: PackageManagerId
  title: string
  fact: Fact<string>
  version: Fact<string> | undefined
  lock: Lock | null
  outside: Outside | null
  warnings: Warning[]
}

/**
 * A lock decides. With several, the one whose manager has its own table in pyproject.toml; with none, that table, then
 * requirements.txt, then pip for whatever is left.
 */
export function findPackageManager(project: Project, manifests: Manifests, answers: Answers): PackageManager {
  const warnings: Warning[] = []
  const { id, source } = choose(manifests, answers, warnings)
  const row = PACKAGE_MANAGER_ROWS.find((candidate) => candidate.id === id) as PackageManagerRow
  const lock = row.lock && manifests.locks.includes(row.lock) ? row.lock : null
  const managerFact = fact<string>(id, source, source === 'default' ? 'default' : 'certain')
  if (row.lock && !lock) {
    warnings.push({
      rule: 'PD081',
      message: `There is no ${row.lock}: each build resolves the dependencies anew, and two builds may differ. Run "${lockCommand(id)}" and commit the file.`,
      file: id === 'pipenv' ? 'Pipfile' : 'pyproject.toml',
    })
  }
  if (id === 'pip') warnUnpinned(manifests, warnings)
  if (id === 'pipenv') warnNameless(manifests, warnings)
  return {
    id,
    title: row.title,
    fact: managerFact,
    version: toolVersion(project, manifests, id, lock),
    lock,
    outside: row.outside,
    warnings,
  }
}

function choose(
  manifests: Manifests,
  answers: Answers,
  warnings: Warning[],
): { id: PackageManagerId; source: string } {
  if (answers.packageManager !== undefined) {
    const id = PACKAGE_MANAGERS.find((candidate) => candidate === answers.packageManager)
    if (!id) {
      throw new CliError(`"${answers.packageManager}" is no package manager for Python.`, {
        code: EXIT.usage,
        hint: `Choose one of ${PACKAGE_MANAGERS.join(', ')}.`,
      })
    }
    const wants = {
      uv: manifests.pyproject,
      poetry: manifests.pyproject,
      pdm: manifests.pyproject,
      pipenv: manifests.pipfile,
      pip: manifests.requirements ?? manifests.pyproject ?? manifests.setup,
    }[id]
    if (!wants) {
      throw new CliError(`${id} has nothing to install from here.`, {
        code: EXIT.usage,
        hint:
          id === 'pipenv'
            ? 'It needs a Pipfile.'
            : id === 'pip'
              ? 'It needs a requirements.txt, a pyproject.toml or a setup.py.'
              : 'It needs a pyproject.toml.',
      })
    }
    return { id, source: sourceOf(answers, 'packageManager') }
  }
  const locked = PACKAGE_MANAGER_ROWS.filter((row) => row.lock && manifests.locks.includes(row.lock))
  const winner = locked.find((row) => row.own(manifests)) ?? locked[0]
  if (winner) {
    const others: string[] = locked.filter((row) => row !== winner).map((row) => row.lock as string)
    if (others.length > 0) {
      warnings.push({
        rule: 'PD006',
        message: `${winner.lock} and ${others.join(', ')} are both here: ${winner.lock} decides${winner.own(manifests) ? ` (${winner.own(manifests)})` : ''}. Delete the one that is not kept up to date.`,
        file: others[0] as string,
      })
    } else if (manifests.requirements && winner.id !== 'pip' && !manifests.requirements.hashed) {
      warnings.push({
        rule: 'PD006',
        message: `${winner.lock} and ${manifests.requirements.path} are both here: ${winner.lock} decides, ${manifests.requirements.path} is not read.`,
        file: manifests.requirements.path,
      })
    }
    return { id: winner.id, source: winner.lock as string }
  }
  if (manifests.pipfile) {
    const { requirements } = manifests
    const pinned = requirements && requirements.requirements.length > 0 && unpinned(requirements).length === 0
    if (!pinned) return { id: 'pipenv', source: 'Pipfile' }
    warnings.push({
      rule: 'PD006',
      message: `Pipfile has no lock, and ${requirements.path} names each version: ${requirements.path} decides. Run "${lockCommand('pipenv')}" and commit the file, or delete the one that is not kept up to date.`,
      file: 'Pipfile',
    })
    return { id: 'pip', source: requirements.path }
  }
  if (manifests.requirements && !has(manifests.pyproject, 'tool', 'poetry', 'dependencies'))
    return { id: 'pip', source: manifests.requirements.path }
  const owner = PACKAGE_MANAGER_ROWS.find(
    (row) =>
      row.own(manifests) &&
      (row.id !== 'poetry' ||
        has(manifests.pyproject, 'tool', 'poetry', 'dependencies') ||
        has(manifests.pyproject, 'project')),
  )
  if (owner) return { id: owner.id, source: owner.own(manifests) as string }
  if (manifests.pyproject) return { id: 'pip', source: 'pyproject.toml' }
  if (manifests.setup) return { id: 'pip', source: manifests.setup.file }
  return { id: 'pip', source: 'default' }
}

/** pipenv wrote no names once, and refuses such a file since. */
function warnNameless({ pipfile }: Manifests, warnings: Warning[]): void {
  const sources = pipfile?.['source']
  if (Array.isArray(sources) && sources.some((source) => record(source)['name'] === undefined))
    warnings.push({
      rule: 'PD081',
      message:
        'A [[source]] of the Pipfile has no name, and the build will end there: pipenv demands one. Add name = "pypi", run "pipenv lock", and commit both.',
      file: 'Pipfile',
    })
}

const unpinned = ({ requirements }: RequirementsFile) =>
  requirements.filter(({ url, specifier }) => !url && !/^===?\d[^*,]*$/.test(specifier))

/** requirements.txt is a lock only when each line says exactly which version. */
function warnUnpinned(manifests: Manifests, warnings: Warning[]): void {
  const { requirements } = manifests
  if (!requirements) {
    if (manifests.pyproject || manifests.setup) {
      warnings.push({
        rule: 'PD081',
        message:
          'There is no lockfile: each build resolves the dependencies anew, and two builds may differ. Run "uv lock", or "pip-compile" for a requirements.txt, and commit the file.',
        file: manifests.pyproject ? 'pyproject.toml' : (manifests.setup?.file ?? 'setup.py'),
      })
    }
    return
  }
  for (const missing of requirements.missing) {
    warnings.push({
      rule: 'PD006',
      message: `${missing.source} includes ${missing.path}, which is not in the project: the build will fail.`,
      file: missing.source.split(':')[0] as string,
    })
  }
  const loose = unpinned(requirements)
  const first = loose[0]
  const constrained =
    requirements.files.length > 1 && requirements.files.some((file) => /constraint/i.test(file))
  if (first && !requirements.hashed && !constrained) {
    const [file = requirements.path, line] = first.source.split(':')
    warnings.push({
      rule: 'PD081',
      message: `${loose.length} of ${requirements.requirements.length} lines of ${requirements.path} name no exact version (${first.name}): two builds may differ. "uv pip compile" or "pip-compile" writes one that does.`,
      file,
      ...(line && { line: Number(line) }),
    })
  }
}

/** What the bound of a project comes to, where the image's Python lies outside of it; undefined: to nothing. */
export function outsideWarning(
  project: Project,
  { outside, title, id, lock }: PackageManager,
  minor: string,
  bound: Statement,
  installsProject: boolean,
): Warning | undefined {
  const what =
    outside ??
    (installsProject ? { does: 'refuses to install the project on', so: 'the build fails' } : undefined)
  if (!what) return undefined
  const file = fileOf(bound)
  const line = lineOfStatement(project, bound)
  return {
    rule: 'PD022',
    message: `${outside ? title : 'pip'} ${what.does} Python ${minor}, since ${bound.source} says "${bound.range}": ${what.so} until that allows it.${outside && lock ? ` Then run "${lockCommand(id)}".` : ''}`,
    file,
    ...(line && { line }),
  }
}

function lockCommand(id: PackageManagerId): string {
  return `${id} lock`
}

/** The version that the project pins or that wrote its lock, else the one in the data file. */
function toolVersion(
  project: Project,
  manifests: Manifests,
  id: PackageManagerId,
  lock: Lock | null,
): Fact<string> | undefined {
  if (id === 'pip') return undefined
  const stated = statedVersion(project, manifests, id, lock)
  return (
    stated ??
    fact(TOOLS[id], `default for ${PACKAGE_MANAGER_ROWS.find((row) => row.id === id)?.title}`, 'default')
  )
}

function statedVersion(
  project: Project,
  manifests: Manifests,
  id: PackageManagerId,
  lock: Lock | null,
): Fact<string> | undefined {
  if (id === 'uv') {
    const required = text(at(manifests.pyproject, 'tool', 'uv')['required-version'])
    const exact = required && /^={2,3}\s*(\d+\.\d+\.\d+)$/.exec(required)?.[1]
    return exact ? fact(exact, 'pyproject.toml#tool.uv.required-version') : undefined
  }
  if (id === 'poetry') {
    const required = text(at(manifests.pyproject, 'tool', 'poetry')['requires-poetry'])
    const exact = required && /^(?:={2,3}\s*)?(\d+\.\d+\.\d+)$/.exec(required)?.[1]
    if (exact) return fact(exact, 'pyproject.toml#tool.poetry.requires-poetry')
    const written =
      lock &&
      /^# This file is automatically @generated by Poetry (\d+\.\d+\.\d+)/.exec(project.text(lock) ?? '')?.[1]
    // Poetry 1 has no `sync`; Poetry 2 reads its locks.
    if (written && compare(toRelease(written), [2]) >= 0) return fact(written, `${lock}:1`)
  }
  return undefined
}
