import { posix } from 'node:path'
import type { Project } from '../../project.ts'
import { parseRequirement, type Requirement } from './requirement.ts'

/** A requirements file with all that it includes. */
export interface RequirementsFile {
  path: string
  requirements: Requirement[]
  /** The file itself, what it includes and its constraints: all that an install reads, in order, without repetition. */
  files: string[]
  /** `--hash` on any line: pip then wants one on every line. */
  hashed: boolean
  /** `-e .`, `./lib`: the install needs the source. */
  local: string[]
  /** `--index-url` and `--extra-index-url`, as written. */
  indexes: { url: string; source: string }[]
  /** Included files that are not there, or lie outside of the project. */
  missing: { path: string; source: string }[]
}

const MAX_DEPTH = 8

/** Reads `-r` and `-c` too, each file once. */
export function readRequirements(project: Project, path: string): RequirementsFile {
  const result: RequirementsFile = {
    path,
    requirements: [],
    files: [],
    hashed: false,
    local: [],
    indexes: [],
    missing: [],
  }
  read(project, path, result, false, 0)
  return result
}

function read(
  project: Project,
  path: string,
  result: RequirementsFile,
  constraints: boolean,
  depth: number,
): void {
  if (result.files.includes(path) || depth > MAX_DEPTH) return
  result.files.push(path)
  for (const { text, line } of logicalLines(project.text(path) ?? '')) {
    const source = `${path}:${line}`
    const include =
      /^(-r|-c|--requirements?|--constraints?)(?:\s+|=)(\S+)/.exec(text) ?? /^(-r|-c)(\S+)/.exec(text)
    if (include) {
      const target = posix.normalize(posix.join(posix.dirname(path), include[2] as string))
      if (/^\w+:\/\//.test(include[2] as string)) continue
      if (target.startsWith('..') || target.startsWith('/') || !project.has(target))
        result.missing.push({ path: include[2] as string, source })
      else read(project, target, result, constraints || /^--?c/.test(include[1] as string), depth + 1)
      continue
    }
    const index = /^(?:-i|--index-url|--extra-index-url)(?:\s+|=)(\S+)/.exec(text)
    if (index) result.indexes.push({ url: index[1] as string, source })
    if (/\s--hash[= ]/.test(text)) result.hashed = true
    if (constraints) continue
    const editable = /^(?:-e|--editable)(?:\s+|=)(\S+)/.exec(text)?.[1]
    const target = editable ?? (/^(?:\.{1,2}(?:$|[/[])|file:)/.test(text) ? text.split(/\s/)[0] : undefined)
    if (target && !/^\w+\+|^https?:/.test(target)) result.local.push(target)
    else if (editable) addUrl(editable, source, result)
    else if (/^(?:git|hg|svn|bzr)\+|^https?:\/\//.test(text))
      addUrl(text.split(/\s/)[0] as string, source, result)
    else if (!text.startsWith('-')) {
      const requirement = parseRequirement(
        // pip's options for this one: --hash, --no-binary, --config-settings.
        text.replace(/\s--[a-z][\w-]*(?:[= ].*)?$/, ''),
        source,
      )
      if (requirement) result.requirements.push(requirement)
    }
  }
}

/** `git+https://host/x.git@v1#egg=name`: named by its fragment. */
function addUrl(url: string, source: string, result: RequirementsFile): void {
  const egg = /#(?:.*&)?egg=([\w.[\],-]+)/.exec(url)?.[1]
  const requirement = parseRequirement(
    egg ?? /([\w.-]+?)(?:\.git)?(?:@[^/]*)?(?:#.*)?$/.exec(url)?.[1] ?? '',
    source,
  )
  if (requirement) result.requirements.push({ ...requirement, url })
}

/** Lines joined at a backslash, comments taken off as pip does: `#` at the start or after a space. */
function logicalLines(text: string): { text: string; line: number }[] {
  const lines: { text: string; line: number }[] = []
  let open: { text: string; line: number } | null = null
  for (const [index, raw] of text.split('\n').entries()) {
    const plain = raw.replace(/(^|\s)#.*$/, '$1')
    const continued = plain.trimEnd().endsWith('\\')
    const part = continued ? plain.trimEnd().slice(0, -1) : plain
    open = open
      ? { text: `${open.text} ${part.trim()}`, line: open.line }
      : { text: part.trim(), line: index + 1 }
    if (continued) continue
    if (open.text.trim()) lines.push({ text: open.text.trim(), line: open.line })
    open = null
  }
  if (open?.text.trim()) lines.push({ text: open.text.trim(), line: open.line })
  return lines
}
