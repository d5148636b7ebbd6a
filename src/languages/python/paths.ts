import { posix } from 'node:path'
import { argumentsAt, expressionEnd, literalAt, wholeLiteral } from '../../env/text.ts'
import type { SourceFile } from './code.ts'

/** A path as the code puts it together: below the project, where that can be read. */
export interface CodePath {
  /** Relative to the project; '' is the project itself. */
  path: string
  /** The variable that has it otherwise. */
  variable?: string
  /** Flask's own folder for data. */
  isInstance?: boolean
}

/** Longer ones, and names that lead to each other, are not followed. */
const MAX_STEPS = 60
/** A variable that says where all that the app keeps has its place. */
export const isDataFolder = (variable: string): boolean =>
  /(?:^|_)DATA_?(?:DIR|DIRECTORY|PATH|ROOT|FOLDER|HOME)$/.test(variable)

/** What gives back the path that it gets. */
const SAME = new Set(['str', 'Path', 'PurePath', 'abspath', 'realpath', 'normpath', 'fspath', 'resolve'])
const JOINS = new Set(['join', 'Path', 'PurePath', 'joinpath', 'path'])

/**
 * The path that an expression is: of literals, `__file__`, `os.path`, `pathlib`, and names that are assigned once in these files.
 * A relative one starts where the app is started: in the project. Null where it leaves the project, or can't be read.
 */
export function codePath(
  expression: string,
  file: SourceFile,
  files: readonly SourceFile[] = [file],
): CodePath | null {
  const found = read(expression.trim(), file, files, { left: MAX_STEPS })
  if (!found) return null
  const path = posix.normalize(found.path).replace(/^\.(?:\/|$)|\/$/g, '')
  return /^(?:\.\.(?:\/|$)|[/~\\:]|[A-Za-z]:|\w+:)/.test(path) ? null : { ...found, path }
}

interface Steps {
  left: number
}

function read(text: string, file: SourceFile, files: readonly SourceFile[], steps: Steps): CodePath | null {
  if (steps.left-- <= 0 || text === '') return null
  const inner = (part: string) => read(part.trim(), file, files, steps)
  const literal = wholeLiteral(text)
  if (literal) return literal.kind === 'string' && literal.value ? { path: literal.value } : null
  if (text.startsWith('(') && expressionEnd(text, 1, '') === text.length - 1) return inner(text.slice(1, -1))
  const either = cut(text, ' or ')
  if (either) {
    const variable = variableIn(either[0])
    const found = variable ? inner(either[1]) : null
    return found && { ...found, variable: found.variable ?? (variable as string) }
  }
  const joined = cut(text, '/')
  if (joined) return join(inner(joined[0]), [joined[1]])
  const added = cut(text, '+')
  const tail = added && (/^\s*(['"])\/([^'"]+)\1$/.exec(added[1])?.[2] ?? null)
  if (added) return tail === null ? null : join(inner(added[0]), [`'${tail}'`])
  // f"{BASE_DIR}/logs"
  const format = /^[fF](['"])\{([^{}]+)\}\/([^{}'"]+)\1$/.exec(text)
  if (format) return join(inner(format[2] as string), [`'${format[3]}'`])
  const up = cut(text, '-')
  if (up) return above(inner(up[0]), Number(up[1]))
  if (text === '__file__') return { path: file.path }
  if (/^(?:os\.)?pardir$/.test(text)) return { path: '..' }
  if (/^\w+\.instance_path$/.test(text)) return { path: 'instance', isInstance: true }
  if (/^(?:os\.getcwd|(?:pathlib\.)?Path\.cwd)\(\)$/.test(text)) return { path: '' }
  const parents = /^([\s\S]+)\.parents\[(\d)\]$/.exec(text)
  if (parents) return above(inner(parents[1] as string), Number(parents[2]) + 1)
  if (text.endsWith('.parent')) return above(inner(text.slice(0, -7)), 1)
  // Django's settings hold the names of all these files.
  if (/^settings\.[A-Z]\w*$/.test(text)) return assigned(text.slice(9), file, files, steps)
  if (/^[A-Za-z_]\w*$/.test(text)) return assigned(text, file, files, steps)
  return called(text, inner)

  function join(start: CodePath | null, parts: readonly string[]): CodePath | null {
    if (!start) return null
    let path = start.path
    for (const part of parts) {
      const next = inner(part)
      if (!next || next.path.startsWith('/')) return null
      path = `${path || '.'}/${next.path}`
    }
    return { ...start, path }
  }

  function called(call: string, value: typeof inner): CodePath | null {
    const open = openOf(call)
    if (open < 1) return null
    const name = /(?:^|\.)(\w+)$/.exec(call.slice(0, open))?.[1] ?? ''
    const [first = '', ...rest] = argumentsAt(call, open + 1)
    const owner = call.slice(0, open).slice(0, -name.length - 1)
    if (name === 'dirname') return above(value(first), 1)
    if (first === '') return name === 'resolve' || name === 'absolute' ? value(owner) : null
    const variable = wholeLiteral(first)?.value
    // `env("NAME", default)` of whatever name: a literal in capitals, and what there is without it.
    const fallback = rest[0]?.replace(/^default\s*=\s*/, '')
    // configparser's `get("paths", "static", fallback=…)`.
    const stated = rest.find((part) => /^fallback\s*=/.test(part))
    if (variable && stated) return value(stated.slice(stated.indexOf('=') + 1))
    if (variable && /^[A-Z][A-Z\d_]+$/.test(variable) && fallback && !JOINS.has(name)) {
      const found = value(fallback) ?? (isDataFolder(variable) ? { path: 'data' } : null)
      return found && { ...found, variable }
    }
    // configparser's.
    const [instead] = rest.flatMap((part) => /^fallback\s*=\s*([\s\S]+)$/.exec(part.trim())?.[1] ?? [])
    if (name === 'get' && instead) return value(instead)
    if (name === 'joinpath' || (name === 'path' && owner !== '')) return join(value(owner), [first, ...rest])
    if (JOINS.has(name) && rest.length > 0) return join(value(first), rest)
    return SAME.has(name) ? value(first) : null
  }
}

const above = (from: CodePath | null, levels: number): CodePath | null =>
  from && Number.isInteger(levels)
    ? { ...from, path: posix.join(from.path || '.', ...Array<string>(levels).fill('..')) }
    : null

/** What stands before and after the last operator of this depth. */
function cut(text: string, operator: string): [string, string] | null {
  let last = -1
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    // A bracket or a string, passed over whole.
    if ('([{'.includes(char)) at = expressionEnd(text, at + 1, '')
    else if (char === '"' || char === "'") at = (literalAt(text, at)?.end ?? at + 1) - 1
    else if (text.startsWith(operator, at)) last = at
  }
  return last > 0 ? [text.slice(0, last), text.slice(last + operator.length)] : null
}

/** The bracket that the last one closes. */
function openOf(call: string): number {
  if (!call.endsWith(')')) return -1
  for (let open = call.indexOf('('); open >= 0; open = call.indexOf('(', open + 1))
    if (expressionEnd(call, open + 1, '') === call.length - 1) return open
  return -1
}

const variableIn = (text: string): string | undefined =>
  /(?:environ|getenv|env|config)\b[\s\S]{0,20}?(['"])([A-Z][A-Z\d_]*)\1/.exec(text)?.[2]

function assigned(
  name: string,
  file: SourceFile,
  files: readonly SourceFile[],
  steps: Steps,
): CodePath | null {
  const pattern = new RegExp(`^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=(?!=)[ \\t]*`, 'gm')
  for (const one of [file, ...files.filter((other) => other !== file)]) {
    const [match, another] = one.code.matchAll(pattern)
    if (!match) continue
    // What is no constant may be another path by then.
    if (another && name !== name.toUpperCase()) return null
    const start = match.index + match[0].length
    return read(one.code.slice(start, expressionEnd(one.code, start, ';\n')).trim(), one, files, steps)
  }
  return null
}
