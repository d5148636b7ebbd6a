import type { ServiceId } from '../model.ts'
import type { Project } from '../project.ts'
import { prismaSchema } from './prisma.ts'
import type { Ecosystem } from './types.ts'

const PRISMA_SERVICES: Readonly<Record<string, ServiceId>> = {
  postgresql: 'postgres',
  postgres: 'postgres',
  mysql: 'mysql',
  mongodb: 'mongodb',
}

/** The database that Prisma's schema names: the client alone says nothing. */
export function prismaProvider({
  project,
  dependencies,
}: {
  project: Project
  dependencies: ReadonlyMap<string, string>
}): { provider: string; service: ServiceId | undefined; path: string; source: string } | null {
  if (!dependencies.has('@prisma/client') && !dependencies.has('prisma')) return null
  for (const path of prismaSchema(project)?.files ?? []) {
    const text = project.source(path) ?? ''
    const match = /^\s*datasource\s+\w+\s*\{[^}]*?^\s*provider\s*=\s*"(\w+)"/m.exec(text)
    if (!match) continue
    const line = text.slice(0, match.index + match[0].length).split('\n').length
    const provider = match[1] as string
    return { provider, service: PRISMA_SERVICES[provider], path, source: `${path}:${line}` }
  }
  return null
}

const PYTHON_MANIFESTS = ['pyproject.toml', 'requirements.txt', 'Pipfile', 'setup.cfg', 'setup.py']

/** Where a dependency is declared, as exactly as a person would say it. */
export function sourceOfDependency(project: Project, ecosystem: Ecosystem, name: string): string {
  if (ecosystem === 'npm') {
    const manifest = project.json('package.json') ?? {}
    const field = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'].find(
      (key) => {
        const value = manifest[key]
        return typeof value === 'object' && value !== null && name in value
      },
    )
    return `package.json#${field ?? 'dependencies'}.${name}`
  }
  const end = '(?![\\w-]|\\.\\w)'
  const loose = looseName(name)
  return (
    // At the start of a line, as an entry of a list, or as an extra of another package.
    lineIn(project, new RegExp(`^[\\s"'-]*${loose}${end}`, 'im')) ??
    lineIn(project, new RegExp(`["']${loose}${end}`, 'i')) ??
    lineIn(project, new RegExp(`\\[[^\\]\\n]*\\b${loose}${end}`, 'i')) ??
    `the dependency ${name}`
  )
}

/** Where `celery[redis]` stands, or `celery = { extras = ["redis"] }`; null: the package is there without the extra. */
export function sourceOfExtra(project: Project, name: string, extra: string): string | null {
  const loose = looseName(name)
  const asExtra = looseName(extra)
  return (
    lineIn(project, new RegExp(`^[\\s"'-]*${loose}\\s*\\[[^\\]\\n]*\\b${asExtra}\\b`, 'im')) ??
    lineIn(project, new RegExp(`["']${loose}\\s*\\[[^\\]\\n]*\\b${asExtra}\\b`, 'i')) ??
    lineIn(
      project,
      new RegExp(
        `^\\s*"?${loose}"?\\s*=\\s*\\{[^}\\n]*\\bextras\\s*=\\s*\\[[^\\]\\n]*["']${asExtra}["']`,
        'im',
      ),
    )
  )
}

/** PEP 503: `-`, `_` and `.` are one. */
function looseName(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[-_]/g, '[-_.]')
}

function lineIn(project: Project, re: RegExp): string | null {
  const folder = project.files().filter((path) => /^requirements\/[^/]+\.(?:txt|in)$/.test(path))
  for (const path of [...PYTHON_MANIFESTS, ...folder]) {
    const text = project.has(path) ? project.source(path) : null
    const match = text ? re.exec(text) : null
    if (!text || !match) continue
    const index = match.index + match[0].search(/\S/)
    return `${path}:${text.slice(0, index).split('\n').length}`
  }
  return null
}
