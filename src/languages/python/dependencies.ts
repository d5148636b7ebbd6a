import type { Manifests } from './manifests.ts'
import type { PackageManagerId } from './package-manager.ts'
import { appliesOnLinux, normalizeName, parseRequirement, type Requirement } from './requirement.ts'
import { at, strings, type Table, table, tables, text } from './values.ts'

export interface Dependencies {
  production: Map<string, Requirement>
  development: Map<string, Requirement>
  /** Groups and extras that belong to production: named in the install. */
  groups: string[]
  extras: string[]
  /** Where the tests' requirements are: `dev`, `test`. */
  developmentGroups: string[]
  developmentExtras: string[]
  /** What the groups and extras bring whose name says nothing: of production where the app needs it. */
  undecided: Map<string, Map<string, Requirement>>
}

/** A group of this name is part of production; of the others those that the app needs. */
const PRODUCTION_GROUP_RE = /^(?:prod|production|deploy|deployment)$/i
const DEVELOPMENT_EXTRA_RE =
  /^(?:dev|develop|development|tests?|testing|lint|linting|docs?|typing|types|ci)$/i
/** Any of these in a name: it is for the people who work on it. */
const WORK_WORDS = new Set(
  'bench benchmark benchmarks black build coverage debug dist example examples format formatting jupyter lints local mypy nb notebook notebooks profile profiling pytest quality release ruff script scripts tool tooling tools type'.split(
    ' ',
  ),
)
/** Plain names alone: they become words of a command. */
const isUndecided = (name: string) =>
  /^\w[\w.-]*$/.test(name) &&
  !name
    .toLowerCase()
    .split(/[-_.]/)
    .some((word) => WORK_WORDS.has(word) || DEVELOPMENT_EXTRA_RE.test(word))

/** What an extra brings that decides something here: a server, a driver. */
const EXTRAS: Readonly<Record<string, readonly string[]>> = {
  'fastapi[standard]': ['uvicorn', 'fastapi-cli', 'watchfiles'],
  'fastapi[standard-no-fastapi-cloud-cli]': ['uvicorn', 'fastapi-cli', 'watchfiles'],
  'fastapi[all]': ['uvicorn', 'fastapi-cli', 'watchfiles'],
  'uvicorn[standard]': ['watchfiles'],
  'litestar[standard]': ['uvicorn', 'watchfiles'],
  'channels[daphne]': ['daphne'],
  'celery[redis]': ['redis'],
  'kombu[redis]': ['redis'],
  'dramatiq[redis]': ['redis'],
  'dramatiq[rabbitmq]': ['pika'],
  'psycopg[binary]': ['psycopg-binary'],
  'psycopg[c]': ['psycopg-c'],
  'django-storages[s3]': ['boto3'],
  'django-storages[boto3]': ['boto3'],
  'sqlalchemy[asyncio]': ['greenlet'],
  'sqlalchemy[postgresql]': ['psycopg2'],
  'sqlalchemy[postgresql-asyncpg]': ['asyncpg'],
  'sqlalchemy[postgresql-psycopg]': ['psycopg'],
  'tortoise-orm[asyncpg]': ['asyncpg'],
  'granian[reload]': ['watchfiles'],
}

/**
 * The dependencies that the chosen package manager would install; files of other managers say nothing then.
 * `isTaken`: whether a group or an extra that is undecided by its name belongs to production.
 */
export function readDependencies(
  manifests: Manifests,
  manager: PackageManagerId,
  isTaken: (name: string) => boolean = () => false,
): Dependencies {
  const isProduction = (name: string) =>
    PRODUCTION_GROUP_RE.test(name) || (isUndecided(name) && isTaken(name))
  const result: Dependencies = {
    production: new Map(),
    development: new Map(),
    groups: [],
    extras: [],
    developmentGroups: [],
    developmentExtras: [],
    undecided: new Map(),
  }
  const usesRequirements = manager === 'pip' && manifests.requirements !== null
  if (manager === 'pipenv') readPipfile(manifests.pipfile, result)
  else if (usesRequirements)
    for (const requirement of manifests.requirements?.requirements ?? []) add(result.production, requirement)
  if (manager !== 'pipenv' && (!usesRequirements || (manifests.requirements?.local.length ?? 0) > 0)) {
    readProject(manifests.pyproject, result, isProduction)
    for (const requirement of manifests.setup?.requirements ?? []) add(result.production, requirement)
  }
  if (usesRequirements) readGroups(manifests.pyproject, result, isProduction)
  if (manager === 'poetry') readPoetry(manifests.pyproject, result, isProduction)
  if (manager === 'pdm') {
    for (const [group, entries] of Object.entries(
      at(manifests.pyproject, 'tool', 'pdm', 'dev-dependencies'),
    )) {
      result.developmentGroups.push(group)
      addAll(
        result.development,
        strings(entries).map((entry) => entry.replace(/^-e\s+/, '')),
        `pyproject.toml#tool.pdm.dev-dependencies.${group}`,
      )
    }
  }
  if (manager === 'uv') {
    addAll(
      result.development,
      strings(at(manifests.pyproject, 'tool', 'uv')['dev-dependencies']),
      'pyproject.toml#tool.uv.dev-dependencies',
    )
    takeSources(manifests.pyproject, result.production)
  }
  for (const requirement of manifests.devRequirements?.requirements ?? [])
    add(result.development, requirement)
  // A requirements file is installed as it is; PDM takes a group for development's, whatever its name.
  if (usesRequirements) result.undecided.clear()
  if (manager === 'pdm') for (const group of result.developmentGroups) result.undecided.delete(group)
  return result
}

/** Every extra's packages are added under their own names: a server that came by `fastapi[standard]` is there. */
function add(into: Map<string, Requirement>, requirement: Requirement): void {
  const before = into.get(requirement.name)
  const extras = [...new Set([...(before?.extras ?? []), ...requirement.extras])]
  into.set(requirement.name, { ...(before ?? requirement), extras })
  for (const extra of requirement.extras) {
    for (const name of EXTRAS[`${requirement.name}[${extra}]`] ?? []) {
      if (!into.has(name)) into.set(name, { name, extras: [], specifier: '', source: requirement.source })
    }
  }
}

type IsProduction = (name: string) => boolean

/** What a group or extra of this name brings, while nobody knows whether it belongs to production. */
function undecided(result: Dependencies, name: string): Map<string, Requirement> {
  const packages = result.undecided.get(name) ?? new Map<string, Requirement>()
  if (isUndecided(name)) result.undecided.set(name, packages)
  return packages
}

function addAll(into: Map<string, Requirement>, entries: readonly string[], source: string): void {
  for (const entry of entries) {
    const requirement = parseRequirement(entry, source)
    if (requirement) add(into, requirement)
  }
}

function readProject(pyproject: Table | null, result: Dependencies, isProduction: IsProduction): void {
  addAll(
    result.production,
    strings(at(pyproject, 'project')['dependencies']),
    'pyproject.toml#project.dependencies',
  )
  for (const [extra, entries] of Object.entries(at(pyproject, 'project', 'optional-dependencies'))) {
    const source = `pyproject.toml#project.optional-dependencies.${extra}`
    if (isProduction(extra)) {
      result.extras.push(extra)
      addAll(result.production, strings(entries), source)
    } else if (DEVELOPMENT_EXTRA_RE.test(extra)) {
      result.developmentExtras.push(extra)
      addAll(result.development, strings(entries), source)
    } else addAll(undecided(result, extra), strings(entries), source)
  }
  readGroups(pyproject, result, isProduction)
}

/** uv says apart from the dependencies which of them come from Git. */
function takeSources(pyproject: Table | null, into: Map<string, Requirement>): void {
  for (const [key, source] of Object.entries(at(pyproject, 'tool', 'uv', 'sources'))) {
    const requirement = into.get(normalizeName(key))
    const git = (Array.isArray(source) ? tables(source) : [table(source)])
      .map((entry) => text(entry['git']))
      .find(Boolean)
    if (requirement && git) into.set(requirement.name, { ...requirement, url: `git+${git}` })
  }
}

/** PEP 735, with its includes. */
function readGroups(pyproject: Table | null, result: Dependencies, isProduction: IsProduction): void {
  const groups = at(pyproject, 'dependency-groups')
  // With what those include: pip is told of each by its name.
  const production = new Set(
    Object.keys(groups)
      .filter(isProduction)
      .flatMap((group) => {
        const seen = new Set<string>()
        groupEntries(groups, group, seen)
        return [...seen]
      }),
  )
  for (const group of Object.keys(groups)) {
    const entries = groupEntries(groups, group, new Set())
    const source = `pyproject.toml#dependency-groups.${group}`
    addGroup(result, group, production.has(group), (into) => addAll(into, entries, source))
  }
}

function addGroup(
  result: Dependencies,
  group: string,
  isProduction: boolean,
  addTo: (into: Map<string, Requirement>) => void,
): void {
  ;(isProduction ? result.groups : result.developmentGroups).push(group)
  addTo(isProduction ? result.production : result.development)
  if (!isProduction) addTo(undecided(result, group))
}

function groupEntries(groups: Table, group: string, seen: Set<string>): string[] {
  if (seen.has(group)) return []
  seen.add(group)
  const entries = Array.isArray(groups[group]) ? (groups[group] as unknown[]) : []
  return entries.flatMap((entry) => {
    if (typeof entry === 'string') return [entry]
    const included = text(table(entry)['include-group'])
    const name = included && Object.keys(groups).find((key) => normalizeName(key) === normalizeName(included))
    return name ? groupEntries(groups, name, seen) : []
  })
}

function readPoetry(pyproject: Table | null, result: Dependencies, isProduction: IsProduction): void {
  const poetry = at(pyproject, 'tool', 'poetry')
  addTables(result.production, table(poetry['dependencies']), 'pyproject.toml#tool.poetry.dependencies')
  addTables(
    result.development,
    table(poetry['dev-dependencies']),
    'pyproject.toml#tool.poetry.dev-dependencies',
  )
  for (const [group, content] of Object.entries(table(poetry['group']))) {
    const entries = table(table(content)['dependencies'])
    const source = `pyproject.toml#tool.poetry.group.${group}`
    addGroup(result, group, isProduction(group), (into) => addTables(into, entries, source))
  }
}

function readPipfile(pipfile: Table | null, result: Dependencies): void {
  addTables(result.production, at(pipfile, 'packages'), 'Pipfile#packages')
  addTables(result.development, at(pipfile, 'dev-packages'), 'Pipfile#dev-packages')
}

/** `name = "^1"`, `name = {version = …, extras = […]}`, or a list of such tables. */
function addTables(into: Map<string, Requirement>, entries: Table, source: string): void {
  for (const [key, value] of Object.entries(entries)) {
    if (normalizeName(key) === 'python') continue
    for (const entry of Array.isArray(value) ? value : [value]) {
      const fields = typeof entry === 'string' ? { version: entry } : table(entry)
      const platform = text(fields['platform'])
      const marker = [
        text(fields['markers']),
        text(fields['sys_platform']) && `sys_platform ${text(fields['sys_platform'])}`,
      ]
        .filter(Boolean)
        .join(' and ')
      if (fields['optional'] === true || !appliesOnLinux(marker) || (platform && platform !== 'linux'))
        continue
      const url = text(fields['git'])
        ? `git+${text(fields['git'])}`
        : (text(fields['url']) ?? text(fields['path']))
      const specifier = text(fields['version']) ?? ''
      add(into, {
        name: normalizeName(key),
        extras: strings(fields['extras']).map(normalizeName),
        specifier: specifier === '*' ? '' : specifier,
        ...(url && { url }),
        ...((fields['python'] || /\bpython_/.test(marker)) && { byPython: true as const }),
        source,
      })
    }
  }
}
