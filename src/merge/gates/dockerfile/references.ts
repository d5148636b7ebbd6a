import type { Finding } from '../../types.ts'
import { type Entry, gateOf, linesOf, type Model, nameOf, type Part, pair, type Sides } from './model.ts'

interface Reference {
  verb: string
  name: string
  /** null: it is no stage, so an image or a context. */
  target: Part | null
}

/** V2: what led to a stage or to a variable still does. */
export const references = gateOf((sides) => [
  ...brokenReferences(sides),
  ...lostStages(sides),
  ...lostVariables(sides),
])

function brokenReferences({ base, yours, template, merged }: Sides): Finding[] {
  const mine = {
    who: 'Your file',
    origins: originsOf(yours),
    pairs: pair(merged, yours),
    became: whatBecame(base, template, 'the template'),
  }
  const theirs = {
    who: 'The template',
    origins: originsOf(template),
    pairs: pair(merged, template),
    became: whatBecame(base, yours, 'you'),
  }
  const findings: Finding[] = []
  for (const [entry, references] of readReferences(merged)) {
    const { who, origins, pairs, became } = yours.byKey.has(entry.key) ? mine : theirs
    for (const [at, { verb, name, target }] of references.entries()) {
      const targets = origins.get(entry.key)?.[at]
      if (!targets) continue
      const what = target
        ? targets.has(null)
          ? targets.size === 1 && `${verb} \`${name}\`, which would now be a stage of that name`
          : isNumber(name) &&
            !targets.has(pairs.get(target) ?? null) &&
            `${verb} the stage number ${name}, which would be another one`
        : !targets.has(null) && `${verb} the stage \`${name}\`, ${became(name)}`
      if (what) findings.push({ gate: 'V2', message: `${who} ${what}.`, lines: linesOf(entry) })
    }
  }
  return findings
}

/** By key of an instruction: where each of its references leads on a side. */
function originsOf(side: Model): Map<string, Set<Part | null>[]> {
  const origins = new Map<string, Set<Part | null>[]>()
  for (const [{ key }, references] of readReferences(side)) {
    const all = origins.get(key) ?? references.map(() => new Set())
    for (const [at, { target }] of references.entries()) all[at]?.add(target)
    origins.set(key, all)
  }
  return origins
}

const isNumber = (name: string): boolean => /^\d+$/.test(name)

/** What a side did to a stage of the base, in words. */
function whatBecame(base: Model, side: Model, who: string): (name: string) => string {
  const pairs = pair(base, side)
  const byName = new Map(base.parts.map((part) => [part.stage?.name, part]))
  return (name) => {
    const old = byName.get(name.toLowerCase())
    const now = old && pairs.get(old)?.stage?.name
    if (!old || now === old.stage?.name) return 'which would not stand before it'
    return now ? `which ${who} renamed to \`${now}\`` : `which ${who} took out`
  }
}

function readReferences({ parts }: Model): Map<Entry, Reference[]> {
  const all = new Map<Entry, Reference[]>()
  const byName = new Map<string, Part>()
  for (const part of parts) {
    for (const entry of part.entries) {
      const found = namesIn(entry).map(([verb, name]): Reference => {
        const stage = parts[Number(name) + 1]
        const numbered = entry.keyword !== 'FROM' && isNumber(name) && stage && stage.index < part.index
        return { verb, name, target: (numbered ? stage : byName.get(name.toLowerCase())) ?? null }
      })
      if (found.length > 0) all.set(entry, found)
    }
    if (part.stage?.name) byName.set(part.stage.name, part)
  }
  return all
}

function namesIn({ keyword, flags, part }: Entry): [verb: string, name: string][] {
  if (keyword === 'FROM') return [['starts from', part.stage?.base ?? '']]
  if (keyword === 'COPY')
    return flags.filter(({ name }) => name === 'from').map(({ value }) => ['copies from', value])
  if (keyword !== 'RUN') return []
  return flags
    .filter(({ name }) => name === 'mount')
    .flatMap(({ value }) => value.split(',').filter((option) => option.startsWith('from=')))
    .map((option) => ['mounts', option.slice('from='.length)])
}

/** A stage can be a target of a build: nobody took it out, so it stays. */
function lostStages({ base, yours, template, merged }: Sides): Finding[] {
  const namesOf = ({ file }: Model) => new Set(file.stages.flatMap(({ name }) => name ?? []))
  const [inBase, inTemplate, inMerged] = [namesOf(base), namesOf(template), namesOf(merged)]
  return [...namesOf(yours)]
    .filter((name) => (inTemplate.has(name) || !inBase.has(name)) && !inMerged.has(name))
    .map((name) => ({ gate: 'V2', message: `The stage \`${name}\` of your file would be gone.` }))
}

/** A variable that an ARG or an ENV gave to an instruction. */
function lostVariables({ yours, template, merged }: Sides): Finding[] {
  const needed = [givenByKey(yours), givenByKey(template)]
  const findings: Finding[] = []
  for (const [entry, given] of variablesGiven(merged)) {
    // Where both have the instruction, one that does without the variable has settled it.
    const needs = needed.flatMap((byKey) => byKey.get(entry.key) ?? [])
    for (const name of needs[0] ?? [])
      if (!given.has(name) && needs.every((names) => names.has(name)))
        findings.push({
          gate: 'V2',
          message: `${nameOf(entry)} uses \`${name}\`, which nothing before it would set.`,
          lines: linesOf(entry),
        })
  }
  return findings
}

/** What every instruction of a key gets. */
function givenByKey(model: Model): Map<string, Set<string>> {
  const byKey = new Map<string, Set<string>>()
  for (const [{ key }, given] of variablesGiven(model)) {
    const known = byKey.get(key)
    if (!known) byKey.set(key, new Set(given))
    else for (const name of known) if (!given.has(name)) known.delete(name)
  }
  return byKey
}

interface Scope {
  names: Set<string>
  parent: Scope | null
}

/** Of the variables in an instruction: those that an earlier ARG or ENV declares for it. */
function variablesGiven({ parts }: Model): Map<Entry, Set<string>> {
  const all = new Map<Entry, Set<string>>()
  const globals: Scope = { names: new Set(), parent: null }
  const scopes = new Map<Part, Scope>()
  for (const part of parts) {
    const parent = (part.parent && scopes.get(part.parent)) ?? null
    const own = part.stage ? { names: new Set<string>(), parent } : globals
    scopes.set(part, own)
    for (const entry of part.entries) {
      const scope = entry.keyword === 'FROM' ? globals : own
      const given = new Set<string>()
      for (const source of [entry.text, ...entry.heredocs.map((doc) => doc.text)])
        for (const [, name = ''] of source.matchAll(/\$\{?([A-Za-z_]\w*)/g))
          if (!given.has(name) && isDeclared(scope, name)) given.add(name)
      all.set(entry, given)
      if (entry.keyword === 'ARG' || entry.keyword === 'ENV')
        for (const [name] of entry.pairs) own.names.add(name)
    }
  }
  return all
}

function isDeclared(scope: Scope, name: string): boolean {
  for (let one: Scope | null = scope; one; one = one.parent) if (one.names.has(name)) return true
  return false
}
