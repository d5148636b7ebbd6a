import type { Finding } from '../../types.ts'
import {
  type Entry,
  gateOf,
  linesOf,
  type Model,
  nameOf,
  type Part,
  pair,
  placeOf,
  type Sides,
} from './model.ts'

/** What works on files: it may stand once, and its order counts. */
const STEPS = new Set(['ADD', 'COPY', 'RUN'])
/** What may not stand twice in a stage. */
const ONCE = new Set([...STEPS, 'EXPOSE', 'ONBUILD', 'VOLUME'])

/** V5, by place: every line stays in its stage, in its order, under its user and folder, and none comes twice. */
export const places = gateOf((sides) => {
  const toYours = pair(sides.merged, sides.yours)
  const toTemplate = pair(sides.merged, sides.template)
  return [
    ...repeated(sides, toYours, toTemplate),
    ...misplaced(sides, toYours, toTemplate),
    ...disordered(sides, toYours, sides.template, 'Your'),
    ...disordered(sides, toTemplate, sides.yours, 'The template’s'),
    ...underOthers(sides, toYours),
  ]
})

function repeated(
  { yours, template, merged }: Sides,
  toYours: Map<Part, Part>,
  toTemplate: Map<Part, Part>,
): Finding[] {
  const findings: Finding[] = []
  const names = ({ file }: Model, name: string) => file.stages.filter((stage) => stage.name === name).length
  for (const name of new Set(merged.file.stages.map((stage) => stage.name)))
    if (name && names(merged, name) > Math.max(names(yours, name), names(template, name)))
      findings.push({
        gate: 'V5',
        message: `There would be two stages \`${name}\`.`,
        lines: linesOf(...merged.file.stages.filter((stage) => stage.name === name).map(({ from }) => from)),
      })
  for (const part of merged.parts)
    for (const [key, count] of part.counts) {
      if (count < 2) continue
      const before = [toYours, toTemplate].map((pairs) => pairs.get(part)?.counts.get(key) ?? 0)
      const alike = part.entries.filter((entry) => entry.key === key)
      if (count > Math.max(...before) && ONCE.has(alike[0]?.keyword as string))
        findings.push({
          gate: 'V5',
          message: `${nameOf(alike[0] as Entry)} would stand twice in ${placeOf(part)}.`,
          lines: linesOf(...alike),
        })
    }
  return findings
}

/** A line is in the stage that it is in on one of the sides. */
function misplaced(
  { yours, template, merged }: Sides,
  toYours: Map<Part, Part>,
  toTemplate: Map<Part, Part>,
): Finding[] {
  return merged.entries.flatMap((entry): Finding[] => {
    const { key, part } = entry
    const mine = yours.byKey.get(key)
    const [home] = mine ?? template.byKey.get(key) ?? []
    const isThere = [toYours, toTemplate].some((pairs) => pairs.get(part)?.counts.has(key))
    if (!home || isThere) return []
    const whose = mine ? 'Your' : 'The template’s'
    return [
      {
        gate: 'V5',
        message: `${whose} ${nameOf(entry)} would move from ${placeOf(home.part)} to ${placeOf(part)}.`,
        lines: linesOf(entry),
      },
    ]
  })
}

/** What one side alone added has the same lines before it and after it as on that side. */
function disordered({ base, merged }: Sides, pairs: Map<Part, Part>, other: Model, whose: string): Finding[] {
  return merged.parts.flatMap((part): Finding[] => {
    const home = pairs.get(part)
    if (!home) return []
    const now = new Map(uniqueSteps(part).map((entry, at) => [entry.key, { entry, at }]))
    const known = uniqueSteps(home).flatMap(({ key }) => now.get(key) ?? [])
    // Of those before it, the one that now comes last says enough; of those after it, the one that comes first.
    const swapped = (all: typeof known, isBeyond: (at: number, other: number) => boolean): Finding[] => {
      const findings: Finding[] = []
      let far = all[0]
      for (const one of all) {
        if (far && isBeyond(far.at, one.at) && isNew(one.entry, base, other))
          findings.push({
            gate: 'V5',
            message: `${whose} ${nameOf(one.entry)} would change places with ${nameOf(far.entry)}.`,
            lines: linesOf(one.entry, far.entry),
          })
        if (far && isBeyond(one.at, far.at)) far = one
      }
      return findings
    }
    return [
      ...swapped(known, (at, other) => at > other),
      ...swapped(known.toReversed(), (at, other) => at < other),
    ]
  })
}

function uniqueSteps({ entries, counts }: Part): Entry[] {
  return entries.filter(({ keyword, key }) => STEPS.has(keyword) && counts.get(key) === 1)
}

function isNew({ key }: Entry, ...others: readonly Model[]): boolean {
  return others.every(({ byKey }) => !byKey.has(key))
}

/** A step that the user added runs as the user, and in the folder, that it was written for. */
function underOthers({ base, yours, merged }: Sides, toYours: Map<Part, Part>): Finding[] {
  const mine = settings(yours)
  const now = settings(merged)
  const homes = new Map<Part | undefined, Map<string, Settings[]>>()
  for (const [entry, here] of mine) {
    if (!STEPS.has(entry.keyword) || !isNew(entry, base)) continue
    const byKey = homes.get(entry.part) ?? new Map<string, Settings[]>()
    homes.set(entry.part, byKey)
    const all = byKey.get(entry.key) ?? []
    if (!all.some((one) => one.USER?.text === here.USER?.text && one.WORKDIR?.text === here.WORKDIR?.text))
      byKey.set(entry.key, [...all, here])
  }
  const findings: Finding[] = []
  for (const entry of merged.entries) {
    const wanted = homes.get(toYours.get(entry.part))?.get(entry.key) ?? []
    for (const keyword of entry.keyword === 'RUN' ? (['USER', 'WORKDIR'] as const) : (['WORKDIR'] as const)) {
      const is = now.get(entry)?.[keyword]
      const [was] = wanted
      if (!was || wanted.some((one) => one[keyword]?.text === is?.text)) continue
      findings.push({
        gate: 'V5',
        message: `Your ${nameOf(entry)} would get ${keyword} ${shown(is)} instead of ${shown(was[keyword])}.`,
        lines: linesOf(entry, ...(is ? [is.entry] : [])),
      })
    }
  }
  return findings
}

const shown = (setting: Setting | undefined): string =>
  setting ? `\`${setting.text}\`` : 'what the image sets'

interface Setting {
  text: string
  entry: Entry
}
interface Settings {
  USER?: Setting
  WORKDIR?: Setting
}

/** Under which USER and in which WORKDIR each instruction stands. */
function settings({ parts }: Model): Map<Entry, Settings> {
  const all = new Map<Entry, Settings>()
  const ends = new Map<Part, Settings>()
  for (const part of parts) {
    let here: Settings = (part.parent && ends.get(part.parent)) ?? {}
    for (const entry of part.entries) {
      all.set(entry, here)
      if (entry.keyword === 'USER') here = { ...here, USER: { text: entry.args, entry } }
      if (entry.keyword === 'WORKDIR') {
        const isAbsolute = /^["']?(?:\/|\$|[A-Za-z]:)/.test(entry.args)
        const text = isAbsolute ? entry.args : `${here.WORKDIR?.text ?? ''}/${entry.args}`
        here = { ...here, WORKDIR: { text, entry } }
      }
    }
    ends.set(part, here)
  }
  return all
}
