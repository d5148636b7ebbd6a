import type { Manifests } from './manifests.ts'
import type { PackageManagerId } from './package-manager.ts'
import { appliesOnLinux, normalizeName, parseRequirement, type Requirement } from './requirement.ts'
import { at, strings, type Table, table, tables, text } from './values.ts'

export interface Dependencies {
  production: Map<string, Requirement>
  development: Map<string, Requirement>
  /** Groups and extras that belong to production by their name: named in the install. */
  groups: string[]
  extras: string[]
  /** Where the tests' requirements are: `dev`, `test`. */
  developmentGroups: string[]
  developmentExtras: string[]
}

/** A group of this name is part of production; every other one is for the people who work on it. */
const PRODUCTION_GROUP_RE = /^(?:prod|production|deploy|deployment)$/i
const DEVELOPMENT_EXTRA_RE =
  /^(?:dev|develop|development|tests?|testing|lint|linting|docs?|typing|types|ci)$/i

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

/** The dependencies that the chosen package manager would install; files of other managers say nothing then. */
export function readDependencies(manifests: Manifests, manager: PackageManagerId): Dependencies {
  const result: Dependencies = {
    production: new Map(),
    development: new Map(),
    groups: [],
    extras: [],
    developmentGroups: [],
    developmentExtras: [],
  }
  const usesRequirements = manager === 'pip' && manifests.requirements !== null
  if (manager === 'pipenv') readPipfile(manifests.pipfile, result)
  else if (usesRequirements)
    for (const requirement of manifests.requirements?.requirements ?? []) add(result.production, requirement)
  if (manager !== 'pipenv' && (!usesRequirements || (manifests.requirements?.local.length ?? 0) > 0)) {
    readProject(manifests.pyproject, result)
    for (const requirement of manifests.setup?.requirements ?? []) add(result.production, requirement)
  }
  if (usesRequirements) readGroups(manifests.pyproject, result)
  if (manager === 'poetry') readPoetry(manifests.pyproject, result)
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

function addAll(into: Map<string, Requirement>, entries: readonly string[], source: string): void {
  for (const entry of entries) {
    const requirement = parseRequirement(entry, source)
    if (requirement) add(into, requirement)
  }
}

function readProject(pyproject: Table | null, result: Dependencies): void {
  addAll(
    result.production,
    strings(at(pyproject, 'project')['dependencies']),
    'pyproject.toml#project.dependencies',
  )
  for (const [extra, entries] of Object.entries(at(pyproject, 'project', 'optional-dependencies'))) {
    const source = `pyproject.toml#project.optional-dependencies.${extra}`
    if (PRODUCTION_GROUP_RE.test(extra)) {
      result.extras.push(extra)
      addAll(result.production, strings(entries), source)
    } else if (DEVELOPMENT_EXTRA_RE.test(extra)) {
      result.developmentExtras.push(extra)
      addAll(result.development, strings(entries), source)
    }
  }
  readGroups(pyproject, result)
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
function readGroups(pyproject: Table | null, result: Dependencies): void {
  const groups = at(pyproject, 'dependency-groups')
  for (const group of Object.keys(groups)) {
    const production = PRODUCTION_GROUP_RE.test(group)
    ;(production ? result.groups : result.developmentGroups).push(group)
    const into = production ? result.production : result.development
    addAll(into, groupEntries(groups, group, new Set()), `pyproject.toml#dependency-groups.${group}`)
  }
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

function readPoetry(pyproject: Table | null, result: Dependencies): void {
  const poetry = at(pyproject, 'tool', 'poetry')
  addTables(result.production, table(poetry['dependencies']), 'pyproject.toml#tool.poetry.dependencies')
  addTables(
    result.development,
    table(poetry['dev-dependencies']),
    'pyproject.toml#tool.poetry.dev-dependencies',
  )
  for (const [group, content] of Object.entries(table(poetry['group']))) {
    const production = PRODUCTION_GROUP_RE.test(group)
    ;(production ? result.groups : result.developmentGroups).push(group)
    addTables(
      production ? result.production : result.development,
      table(table(content)['dependencies']),
      `pyproject.toml#tool.poetry.group.${group}`,
    )
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
