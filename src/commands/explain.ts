import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ArtefactFile } from '../artefacts/types.ts'
import type { Invocation } from '../command-line.ts'
import { CliError, EXIT, type ExitCode } from '../errors.ts'
import type { Report } from '../inspect.ts'
import type { Io } from '../io.ts'
import { lookAt } from '../look.ts'
import { Project } from '../project.ts'
import { RULES, ruleById } from '../rules/index.ts'
import type { Rule } from '../rules/types.ts'
import { shownFacts } from '../ui/facts.ts'
import { type Style, styleFor, visible } from '../ui/style.ts'
import { endUnfinished } from '../write/unfinished.ts'

/** Why a rule, a file or a line is there. */
export async function runExplain(call: Invocation, io: Io, version: string): Promise<ExitCode> {
  const style = styleFor(io)
  const what = call.words[0]
  if (call.words.length > 1)
    throw new CliError('One thing at a time, please.', {
      code: EXIT.usage,
      hint: 'explain PD010, explain Dockerfile, explain Dockerfile:12',
    })
  if (what === undefined) return print(io, call, { rules: RULES.map(plain) }, listRules(style))
  if (/^PD\d+$/i.test(what)) {
    const rule = ruleById(what.toUpperCase())
    if (!rule)
      throw new CliError(`There is no rule ${what}.`, {
        code: EXIT.usage,
        hint: 'explain without a word lists them all.',
      })
    return print(io, call, { rule: plain(rule) }, ruleText(rule, style))
  }
  return explainFile(what, call, io, style, version)
}

async function explainFile(
  what: string,
  call: Invocation,
  io: Io,
  style: Style,
  version: string,
): Promise<ExitCode> {
  const [, name = what, lineText] = /^(.*?)(?::(\d+))?$/.exec(what) ?? []
  const project = new Project({ root: resolve(io.cwd) })
  await endUnfinished(project.root, io, false)
  const { report, around } = await lookAt(project, call.answers, version)
  const { paths } = around
  const files = report.artefacts
    .flatMap((entry) => entry.files)
    .map((file) => ({ ...file, path: paths[file.id] ?? file.path }))
  const wanted = name.replace(/^\.\//, '')
  const file = files.find((candidate) => candidate.path === wanted || candidate.id === wanted)
  if (!file)
    throw new CliError(`"${name}" is no rule and no file of this run.`, {
      code: EXIT.usage,
      hint: `Files: ${files.map((candidate) => candidate.path).join(', ')}. Rules: PD001 and so on.`,
    })
  const sections = sectionsOf(file)
  if (lineText === undefined) {
    const facts = factsBehind(report, file)
    const text = [
      style.strong(file.path),
      '',
      ...facts.map(
        (fact) =>
          `  ${style.dim(fact.title.padEnd(15))}${visible(fact.value)}  ${style.dim(visible(fact.source))}`,
      ),
      '',
      ...sections.map(
        ({ rule, lines }) =>
          `  ${style.command(rule.id)}  ${rule.title} ${style.dim(`(${lines.length === 1 ? 'line' : 'lines'} ${ranges(lines)})`)}\n         ${style.dim(rule.why)}`,
      ),
    ]
    return print(
      io,
      call,
      { file: file.path, facts, rules: sections.map(({ rule, lines }) => ({ ...plain(rule), lines })) },
      `${text.join('\n')}\n`,
    )
  }
  const at = lineOnDisk(project, file, Number(lineText))
  const text = file.rendered.text.split('\n')[at - 1] ?? ''
  const rules = governing(file, at).flatMap((id) => ruleById(id) ?? [])
  const body =
    rules.length > 0
      ? rules.map((rule) => ruleText(rule, style)).join('\n')
      : 'No rule stands behind this line: it is structure, or the framework’s own way.\n'
  return print(
    io,
    call,
    { file: file.path, line: at, text, rules: rules.map(plain) },
    `${style.dim(`${file.path}:${at}`)}  ${visible(text)}\n\n${body}`,
  )
}

/** The line as it is in our text; a line that people edited is theirs, and is said to be. */
function lineOnDisk(project: Project, file: ArtefactFile, line: number): number {
  const ours = file.rendered.text.split('\n')
  let disk: string[]
  try {
    disk = readFileSync(join(project.root, file.path), 'utf8').split(/\r?\n/)
  } catch {
    disk = ours
  }
  const text = disk[line - 1]
  if (text === undefined)
    throw new CliError(`${file.path} has no line ${line}.`, {
      code: EXIT.usage,
      hint: `It has ${disk.length - 1} lines.`,
    })
  if (ours[line - 1] === text) return line
  const same = ours
    .map((other, index) => ({ other, index }))
    .filter(({ other }) => other === text && text.trim() !== '')
    .sort((a, b) => Math.abs(a.index - line) - Math.abs(b.index - line))[0]
  if (!same)
    throw new CliError(`${file.path}:${line} is yours: this tool did not write it.`, { code: EXIT.done })
  return same.index + 1
}

/** The rules of a line; those of the next line for a comment, which tells of what follows. */
function governing(file: ArtefactFile, line: number): string[] {
  const lines = file.rendered.text.split('\n')
  for (let at = line - 1; at < lines.length; at++) {
    const rules = file.rendered.rules[at] ?? []
    if (rules.length > 0) return rules
    if (!lines[at]?.trimStart().startsWith('#')) return []
  }
  return []
}

function sectionsOf(file: ArtefactFile): { rule: Rule; lines: number[] }[] {
  const byRule = new Map<string, number[]>()
  file.rendered.rules.forEach((ids, index) => {
    for (const id of ids) byRule.set(id, [...(byRule.get(id) ?? []), index + 1])
  })
  return [...byRule].flatMap(([id, lines]) => {
    const rule = ruleById(id)
    return rule ? [{ rule, lines }] : []
  })
}

function ranges(lines: readonly number[]): string {
  const parts: [number, number][] = []
  for (const line of lines) {
    const last = parts.at(-1)
    if (last && line === last[1] + 1) last[1] = line
    else parts.push([line, line])
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')
}

/** Which facts a file was written from. */
function factsBehind(
  report: Report,
  { id, facts }: ArtefactFile,
): { title: string; value: string; source: string }[] {
  const { artefact } = report.artefacts.find(({ files }) => files.some((file) => file.id === id)) ?? {}
  const keys = facts ?? artefact?.facts ?? []
  return shownFacts(report.facts)
    .filter((fact) => keys.includes(fact.key))
    .map(({ title, value, source }) => ({ title, value, source }))
}

function listRules(style: Style): string {
  const groups = [...new Set(RULES.map((rule) => rule.artefact))]
  return `${groups
    .map(
      (group) =>
        `${style.strong(group)}\n${RULES.filter((rule) => rule.artefact === group)
          .map((rule) => `  ${style.command(rule.id)}  ${rule.title}`)
          .join('\n')}`,
    )
    .join('\n\n')}\n`
}

function ruleText(rule: Rule, style: Style): string {
  return `${style.command(rule.id)}  ${style.strong(rule.title)}\n${rule.why}\n${rule.refs.length > 0 ? `${style.dim(`See: ${rule.refs.join(' · ')}`)}\n` : ''}`
}

const plain = ({ id, title, why, refs, artefact }: Rule) => ({ id, title, why, refs, artefact })

function print(io: Io, call: Invocation, document: object, text: string): ExitCode {
  io.say(call.json ? `${JSON.stringify({ schema: 1, ...document, exit: EXIT.done }, null, 2)}\n` : text)
  return EXIT.done
}
