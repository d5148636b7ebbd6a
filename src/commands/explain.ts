import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ArtefactFile } from '../artefacts/types.ts'
import type { Invocation } from '../command-line.ts'
import { CliError, EXIT, type ExitCode } from '../errors.ts'
import type { Report } from '../inspect.ts'
import type { Io } from '../io.ts'
import { lookAt } from '../look.ts'
import { renderedBefore } from '../plan/causes.ts'
import { Project } from '../project.ts'
import type { Rendered } from '../render.ts'
import { RULES, ruleById } from '../rules/index.ts'
import type { Rule } from '../rules/types.ts'
import { unpackInput } from '../state/input.ts'
import { type Lock, pristine } from '../state/lock.ts'
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
  const { report, around, lock } = await lookAt(project, call.answers, version)
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
  const line = Number(lineText)
  const { text, rules: ids, isOld } = lineOnDisk(project, file, line, writtenTexts(file, report, lock))
  const rules = ids.flatMap((id) => ruleById(id) ?? [])
  const why =
    rules.length > 0
      ? rules.map((rule) => ruleText(rule, style)).join('\n')
      : isOld
        ? ''
        : 'No rule stands behind this line: it is structure, or the framework’s own way.\n'
  const body = isOld ? `${why}An earlier run wrote this line; a run now would write another.\n` : why
  return print(
    io,
    call,
    { file: file.path, line, text, rules: rules.map(plain) },
    `${style.dim(`${file.path}:${line}`)}  ${visible(text)}\n\n${body}`,
  )
}

/** The texts that a line may come from: what was last written first, then what a run would write now. */
function writtenTexts(file: ArtefactFile, { input }: Report, lock: Lock | null): Rendered[] {
  const entry = lock?.files[file.id]
  const base = entry && entry.state !== 'advisory' ? pristine(entry) : file.rendered.text
  if (base === file.rendered.text) return [file.rendered]
  const old = unpackInput(lock?.input)
  const then = old && renderedBefore({ ...input, ...old }).get(file.id)
  // What older templates wrote has its rules in today's, where the line is there still.
  return [...(then ? [then] : []), file.rendered, { text: base, rules: [] }]
}

/** A line of the file, with its rules; one that people edited is theirs, and is said to be. */
function lineOnDisk(
  project: Project,
  file: ArtefactFile,
  line: number,
  written: readonly Rendered[],
): { text: string; rules: string[]; isOld: boolean } {
  let disk: string[]
  try {
    disk = readFileSync(join(project.root, file.path), 'utf8').split(/\r?\n/)
  } catch {
    disk = file.rendered.text.split('\n')
  }
  const text = disk[line - 1]
  if (text === undefined)
    throw new CliError(`${file.path} has no line ${line}.`, {
      code: EXIT.usage,
      hint: `It has ${disk.length - 1} lines.`,
    })
  for (const one of written) {
    const at = nearest(one, text, line)
    if (at) return { text, rules: governing(one, at), isOld: !nearest(file.rendered, text, line) }
  }
  throw new CliError(`${file.path}:${line} is yours: this tool did not write it.`, { code: EXIT.done })
}

/** Where a text has a line, as near to its place as can be; blank ones count in their own place alone. */
function nearest({ text }: Rendered, wanted: string, line: number): number | undefined {
  const lines = text.split('\n')
  if (lines[line - 1] === wanted) return line
  return lines
    .flatMap((other, index) => (other === wanted && wanted.trim() !== '' ? [index + 1] : []))
    .sort((a, b) => Math.abs(a - line) - Math.abs(b - line))[0]
}

/** The rules of a line; those of the next line for a comment, which tells of what follows. */
function governing({ text, rules }: Rendered, line: number): string[] {
  const lines = text.split('\n')
  for (let at = line - 1; at < lines.length; at++) {
    const own = rules[at] ?? []
    if (own.length > 0) return own
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
