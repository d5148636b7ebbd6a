import type { Finding, Gate, GateInput } from '../types.ts'
import { byKey, isWhole, mergeModels, showPath } from '../yaml-merge.ts'
import { lineAt, readYamlModel, type YamlDoc, type YamlEntry, type YamlNode } from '../yaml-model.ts'
import { composeRefs, composeRisks, composeTwice, composeVariables } from './compose.ts'
import { workflowRefs, workflowRisks, workflowVariables } from './workflow.ts'
import { type Fact, type Variable, type View, view } from './yaml-view.ts'

interface Docs {
  base: YamlDoc | undefined
  yours: YamlDoc
  template: YamlDoc
  merged: YamlDoc
}

/** V1: what is merged from valid files is valid. */
const parses: Gate = ({ yours, template, merged }) => {
  const [u, t, m] = [yours, template, merged].map(readYamlModel)
  if (!u || !t || !m || 'error' in u || 'error' in t || !('error' in m)) return []
  return [{ gate: 'V1', message: `The merged file would be no valid YAML: ${m.error}.`, lines: [m.line] }]
}

/** Runs where all that it compares can be read. */
function gate(find: (docs: Docs) => Finding[]): Gate {
  return (input: GateInput) => {
    const [base, yours, template, merged] = (['base', 'yours', 'template', 'merged'] as const).map((side) => {
      const doc = readYamlModel(input[side])
      return 'error' in doc ? undefined : doc
    })
    return yours && template && merged ? find({ base, yours, template, merged }) : []
  }
}

const linesOf = (doc: YamlDoc, from: number, to: number): number[] => {
  const first = lineAt(doc, from)
  return Array.from({ length: lineAt(doc, to) - first + 1 }, (_, i) => first + i)
}

/**
 * V4: at every path stands what merging the models gives, or (in a conflict, whose text is one side's) what one of the
 * sides has there: a line that landed below another key is found, and so is one that went missing.
 */
const agrees = gate(({ base, yours, template, merged }) => {
  if (!base) return []
  const target = mergeModels(base.root, yours.root, template.root).merged
  const findings: Finding[] = []
  const say = (path: readonly string[], message: string, entry?: YamlEntry) => {
    const lines = entry && { lines: linesOf(merged, entry.at, entry.value.end) }
    findings.push({ gate: 'V4', message: `\`${showPath(path)}\` ${message}.`, ...lines })
  }
  const compare = (node: YamlNode, sides: YamlNode[], path: readonly string[], own?: YamlEntry): void => {
    if (sides.some(({ canon }) => canon === node.canon)) return
    const alike = sides.filter(({ kind, props }) => kind === node.kind && props === node.props)
    const isList = node.kind === 'list'
    const isOpen = node.kind === 'map' || (isList && !isWhole(path, [node, ...alike]))
    if (!isOpen || alike.length === 0) {
      say(path, 'would be what neither you nor the template wrote', own)
      return
    }
    const maps = alike.map(({ entries }) => byKey(entries))
    const inMerged = byKey(node.entries)
    for (const [key, entry] of inMerged) {
      const values = maps.flatMap((map) => map.get(key)?.value ?? [])
      if (values.length === 0)
        say([...path, key], 'would land where neither you nor the template have it', entry)
      else compare(entry.value, values, [...path, key], entry)
    }
    for (const key of maps[0]?.keys() ?? []) {
      const isEverywhere = alike.length === sides.length && maps.every((map) => map.has(key))
      if (isEverywhere && !inMerged.has(key)) say([...path, key], 'would be lost')
    }
    if (isList && !alike.some((side) => isInOrder(node, side)))
      say(path, 'would be in an order of nobody’s', own)
  }
  compare(merged.root, [target, yours.root, template.root], [])
  return findings
})

function isInOrder(node: YamlNode, side: YamlNode): boolean {
  const [own, other] = [byKey(node.entries), byKey(side.entries)]
  const common = (from: Map<string, unknown>, to: Map<string, unknown>) =>
    JSON.stringify([...from.keys()].filter((key) => to.has(key)))
  return common(own, other) === common(other, own)
}

/** V5: a variable that the user set has the user's value, as long as their line is there. */
const isInEffect = (variables: (file: View) => Variable[]): Gate =>
  gate(({ base, yours, merged }) => {
    const values = (doc: YamlDoc | undefined) =>
      new Map(doc ? variables(view(doc)).map((fact) => [fact.id, fact]) : [])
    const [was, mine, now] = [values(base), values(yours), values(merged)]
    return [...mine].flatMap(([id, fact]) => {
      const { value, path } = fact
      const found = now.get(id)
      if (was.get(id)?.value === value || !found || found.value === value) return []
      const stays = view(merged).byPath.get(path ?? '')?.text === view(yours).byPath.get(path ?? '')?.text
      if (!stays) return []
      return [
        { gate: 'V5', message: `Your ${id} would be overruled.`, lines: linesOf(merged, found.at, found.at) },
      ]
    })
  })

/** What is wrong with neither file, a name of nothing, two of a thing, a risk, is not wrong with both together. */
const isNoWorse = (number: 'V2' | 'V5' | 'V6', facts: (file: View) => Fact[]): Gate =>
  gate(({ yours, template, merged }) => {
    const known = new Set([yours, template].flatMap((doc) => facts(view(doc)).map(({ id }) => id)))
    return facts(view(merged))
      .filter(({ id }) => !known.has(id))
      .map(({ at, says }) => ({ gate: number, message: says, lines: linesOf(merged, at, at) }))
  })

export const YAML_GATES: readonly Gate[] = [parses, agrees]

export const COMPOSE_GATES: readonly Gate[] = [
  ...YAML_GATES,
  isNoWorse('V2', composeRefs),
  isInEffect(composeVariables),
  isNoWorse('V5', composeTwice),
  isNoWorse('V6', composeRisks),
]

export const WORKFLOW_GATES: readonly Gate[] = [
  ...YAML_GATES,
  isNoWorse('V2', workflowRefs),
  isInEffect(workflowVariables),
  isNoWorse('V6', workflowRisks),
]
