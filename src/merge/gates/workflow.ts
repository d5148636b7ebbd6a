import type { YamlEntry, YamlNode } from '../yaml-model.ts'
import { type Fact, type Variable, type View, variables } from './yaml-view.ts'

const jobs = (file: View): [string, YamlEntry][] => [...file.fields(file.get(file.root, 'jobs'))]

/** Every text below a value, with its place. */
function texts(node: YamlNode): [string, number][] {
  const own: [string, number][] = node.kind === 'scalar' ? [[node.text, node.start]] : []
  return own.concat(node.entries.flatMap(({ value }) => texts(value)))
}

/** Jobs, steps and outputs that are named and that nothing bears. */
export function workflowRefs(file: View): Fact[] {
  const broken: Fact[] = []
  const all = new Map(jobs(file))
  const say = (id: string, at: number, says: string) => broken.push({ id, at, says })
  for (const [job, { value }] of all) {
    const needs = new Set<string>()
    for (const { value: need } of file.items(file.get(value, 'needs'))) {
      needs.add(need.text)
      if (!all.has(need.text))
        say(
          `${job} needs ${need.text}`,
          need.start,
          `Job \`${job}\` would need \`${need.text}\`, which is no job.`,
        )
    }
    const steps = file.items(file.get(value, 'steps'))
    const ids = new Set(steps.flatMap(({ value: step }) => file.get(step, 'id')?.text ?? []))
    for (const [text, at] of texts(value)) {
      for (const [, step = ''] of text.matchAll(/\bsteps\.([\w-]+)\.(?:outputs|outcome|conclusion)\b/g))
        if (!ids.has(step))
          say(`${job} steps.${step}`, at, `Job \`${job}\` would ask step \`${step}\`, which it doesn’t have.`)
      for (const [, need = '', output] of text.matchAll(
        /\bneeds\.([\w-]+)\.(?:outputs\.([\w-]+)|result\b)/g,
      )) {
        const other = all.get(need)?.value
        const isThere =
          !output || file.get(other, 'uses') || file.fields(file.get(other, 'outputs')).has(output)
        const name = output ? `${need}.${output}` : need
        if (!needs.has(need) || !isThere)
          say(`${job} needs.${name}`, at, `Job \`${job}\` would ask for \`${name}\`, which it can’t see.`)
      }
    }
  }
  const on = file.get(file.root, 'on')
  for (const [text, at] of on ? texts(on) : [])
    for (const [, job = '', output = ''] of text.matchAll(/\bjobs\.([\w-]+)\.outputs\.([\w-]+)/g))
      if (!file.fields(file.get(all.get(job)?.value, 'outputs')).has(output))
        say(
          `jobs.${job}.${output}`,
          at,
          `The workflow would give out \`${job}.${output}\`, which nothing sets.`,
        )
  return broken
}

/** The innermost wins: a step's, its job's, the workflow's. */
export function workflowVariables(file: View): Variable[] {
  const found = new Map<string, Variable>()
  const put = (of: string, ...layers: (YamlNode | undefined)[]) => {
    for (const layer of layers)
      for (const variable of variables(file, file.get(layer, 'env'), of)) found.set(variable.id, variable)
  }
  for (const [job, { value }] of jobs(file)) {
    put(`job \`${job}\``, file.root, value)
    for (const { key, value: step } of file.items(file.get(value, 'steps')))
      put(`step \`${key.replace('\0', ' ')}\` of job \`${job}\``, file.root, value, step)
  }
  return [...found.values()]
}

/** Rights of jobs, and actions that somebody else can move. */
export function workflowRisks(file: View): Fact[] {
  const risks: Fact[] = []
  const shared = file.get(file.root, 'permissions')
  for (const [job, { at, value }] of jobs(file)) {
    const add = (id: string, where: number, says: string) =>
      risks.push({ id: `${job} ${id}`, at: where, says: `Job \`${job}\` would ${says}.` })
    const rights = file.get(value, 'permissions') ?? shared
    if (!rights) add('default', at, 'have the repository’s default rights')
    else if (rights.kind === 'scalar') add(rights.text, rights.start, `have the rights ${rights.text}`)
    for (const [scope, right] of file.fields(rights)) {
      const level = file.get(right.value)?.text
      if (level === 'write') add(`${scope} write`, right.at, `be allowed to write ${scope}`)
      if (level === 'write' || level === 'read')
        risks.push({
          id: `${job} ${scope} read`,
          at: right.at,
          says: `Job \`${job}\` would be allowed to read ${scope}.`,
        })
    }
    const uses = [value, ...file.items(file.get(value, 'steps')).map(({ value: step }) => step)]
    for (const node of uses.flatMap((step) => file.get(step, 'uses') ?? [])) {
      const [action = '', ref = ''] = node.text.split('@')
      if (!/^\.|^docker:/.test(action) && !/^[\da-f]{40}$/.test(ref))
        add(`uses ${action}`, node.start, `use \`${action}\` without the commit that pins it`)
    }
  }
  const on = file.get(file.root, 'on')
  for (const [name, at] of [...file.fields(on)]
    .map(([key, entry]): [string, number] => [key, entry.at])
    .concat(file.items(on).map(({ value }) => [value.text, value.start])))
    if (/^(?:pull_request_target|workflow_run)$/.test(name))
      risks.push({ id: name, at, says: `The workflow would run on ${name}, with the repository’s rights.` })
  return risks
}
