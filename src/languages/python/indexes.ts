import type { Warning } from '../../facts.ts'
import type { BuildSecret } from '../../model.ts'
import type { Manifests } from './manifests.ts'
import type { PackageManagerId } from './package-manager.ts'
import { at, strings, tables, text } from './values.ts'

export interface Indexes {
  secrets: BuildSecret[]
  source: string
  warnings: Warning[]
}

/** Where packages come from, as the files say. */
export const indexUrls = (manifests: Manifests, manager: PackageManagerId): string[] =>
  listIndexes(manifests, manager).map(({ url }) => url)

/** Anybody may read from these: they want no password. */
const PUBLIC_HOSTS_RE =
  /(?:^|\.)(?:pypi\.org|pythonhosted\.org|pytorch\.org|pypi\.nvidia\.com|anaconda\.org|piwheels\.org|pypi\.jetify\.com|wheelhouse\.openstack\.org)$/i

interface Index {
  name?: string
  url: string
  source: string
}

/**
 * Private package indexes. Their passwords reach the install as BuildKit secrets under the names that the package manager
 * reads by itself; one that stands in a file is in every clone and in the image, which is said.
 */
export function findIndexes(manifests: Manifests, manager: PackageManagerId): Indexes {
  const result: Indexes = { secrets: [], source: '', warnings: [] }
  for (const index of listIndexes(manifests, manager)) {
    const { host, literal, variables } = credentials(index.url)
    const file = index.source.split(/[#:]/)[0] as string
    if (literal) {
      result.warnings.push({
        rule: 'PD019',
        message: `${index.source} holds the password of a package index in plain text: it is in every clone and in the image. Put a variable in its place (\${INDEX_TOKEN}) and change the password.`,
        file,
      })
    }
    const names =
      variables.length > 0
        ? variables
        : literal || !host || PUBLIC_HOSTS_RE.test(host)
          ? []
          : ownVariables(manager, index.name)
    for (const name of names)
      if (!result.secrets.some((secret) => secret.env === name))
        result.secrets.push({ id: name.toLowerCase(), env: name })
    if (names.length > 0) result.source ||= index.source
  }
  return result
}

function listIndexes({ requirements, pyproject, pipfile }: Manifests, manager: PackageManagerId): Index[] {
  const named = (entries: unknown, source: string): Index[] =>
    tables(entries).flatMap((entry) => {
      const url = text(entry['url'])
      const name = text(entry['name'])
      return url ? [{ url, source, ...(name && { name }) }] : []
    })
  switch (manager) {
    case 'pip':
      return requirements?.indexes ?? []
    case 'uv': {
      const uv = at(pyproject, 'tool', 'uv')
      const plain = [text(uv['index-url']), ...strings(uv['extra-index-url'])].filter(
        (url) => url !== undefined,
      )
      return [
        ...named(uv['index'], 'pyproject.toml#tool.uv.index'),
        ...plain.map((url) => ({ url, source: 'pyproject.toml#tool.uv' })),
      ]
    }
    case 'poetry':
      return named(at(pyproject, 'tool', 'poetry')['source'], 'pyproject.toml#tool.poetry.source')
    case 'pdm':
      return named(at(pyproject, 'tool', 'pdm')['source'], 'pyproject.toml#tool.pdm.source')
    case 'pipenv':
      return named(pipfile?.['source'], 'Pipfile#source')
  }
}

function credentials(url: string): { host: string | null; literal: boolean; variables: string[] } {
  const authority = /^\w+:\/\/([^/?#]*)/.exec(url)?.[1] ?? ''
  const split = authority.lastIndexOf('@')
  const user = split < 0 ? '' : authority.slice(0, split)
  const host = authority.slice(split + 1).replace(/:\d+$/, '')
  const variables = [...url.matchAll(/\$\{?([A-Z_][A-Z0-9_]*)\}?/g)].map((match) => match[1] as string)
  return {
    host: host && !host.includes('$') ? host : null,
    literal: user !== '' && variables.length === 0 && user.includes(':'),
    variables,
  }
}

/** The names that each tool looks up by itself. */
function ownVariables(manager: PackageManagerId, name: string | undefined): string[] {
  const key = name?.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
  if (!key) return []
  if (manager === 'uv') return [`UV_INDEX_${key}_USERNAME`, `UV_INDEX_${key}_PASSWORD`]
  if (manager === 'poetry') return [`POETRY_HTTP_BASIC_${key}_USERNAME`, `POETRY_HTTP_BASIC_${key}_PASSWORD`]
  return []
}
