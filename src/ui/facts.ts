import type { ArtefactInput } from '../artefacts/types.ts'
import type { FactEntry, FactKey, Facts } from '../facts.ts'

/** The facts that a person is shown, in the order in which they are read. The rest is in `--json`. */
export const FACT_TITLES: Partial<Record<FactKey, string>> = {
  language: 'Language',
  runtimeVersion: 'Version',
  framework: 'Framework',
  output: 'Output',
  packageManager: 'Packages',
  module: 'App',
  build: 'Build',
  start: 'Start',
  port: 'Port',
  basePath: 'Base path',
  healthPath: 'Health check',
  services: 'Services',
  migrations: 'Migrations',
  nativePackages: 'Native',
  publicVars: 'Public at build',
  envVars: 'Variables',
  base: 'Image',
}

export interface ShownFact {
  key: FactKey
  title: string
  value: string
  source: string
  guess: boolean
}

export function shownFacts(facts: Facts, titles: Partial<Record<FactKey, string>> = {}): ShownFact[] {
  const entries = new Map(facts.entries().map((entry) => [entry.key, entry]))
  const version = entries.get('packageManagerVersion')
  return (Object.keys(FACT_TITLES) as FactKey[]).flatMap((key) => {
    const entry = entries.get(key)
    if (!entry || isDull(entry)) return []
    const suffix =
      key === 'packageManager' && version && version.confidence !== 'default'
        ? ` ${String(version.value)}`
        : ''
    return [
      {
        key,
        title: FACT_TITLES[key] as string,
        value: (titles[key] ?? valueText(entry)) + suffix,
        source: entry.source,
        guess: entry.confidence === 'guess',
      },
    ]
  })
}

type Known = Pick<ArtefactInput, 'app' | 'facts' | 'named'>

/** What a person sees change from one run to the next, the project's name included, which the files do not follow. */
export function changedSince(before: Known, after: Known): string[] {
  const [old, now] = [before, after].map(({ named, app }) => named ?? app.name)
  const stays = after.named ? ` (the files keep ${after.app.name}: data in volumes goes by it)` : ''
  return [
    ...(old === now ? [] : [`Name: ${old} → ${now}${stays}`]),
    ...changedFacts(before.facts, after.facts),
  ]
}

/** `Packages: npm → pnpm`. */
function changedFacts(before: Facts, after: Facts): string[] {
  const [old, now] = [before, after].map(
    (facts) => new Map(shownFacts(facts).map(({ title, value }) => [title, value])),
  ) as [Map<string, string>, Map<string, string>]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((title) =>
    old.get(title) === now.get(title)
      ? []
      : [`${title}: ${old.get(title) ?? 'none'} → ${now.get(title) ?? 'none'}`],
  )
}

/** Nothing to decide on, and nothing to learn from. */
function isDull(entry: FactEntry): boolean {
  return (
    (Array.isArray(entry.value) && entry.value.length === 0 && entry.key !== 'services') ||
    (entry.key === 'output' && entry.confidence === 'default')
  )
}

const WIDTH = 32

/** As many items as fit a column, and how many more there are. */
function listText(items: readonly unknown[]): string {
  let text = ''
  for (const [index, item] of items.entries()) {
    const next = text ? `${text}, ${item}` : String(item)
    if (text && next.length > WIDTH) return `${text} +${items.length - index}`
    text = next
  }
  return text || 'none'
}

function valueText(entry: FactEntry): string {
  const { value } = entry
  if (Array.isArray(value)) return listText(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
