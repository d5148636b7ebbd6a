import type { Project } from '../project.ts'
import { blankPython } from '../source/python.ts'
import { isTooling } from './paths.ts'
import { argumentsAt, expressionEnd, wholeLiteral } from './text.ts'

/** A function of the project's own that reads the variable which its first parameter names. */
export interface Helper {
  /** What the first parameter is called. */
  name: string
  /** The parameter that is taken where the variable is missing, where there is one. */
  fallback?: { at: number; name: string; text: string | undefined }
  /** What comes of it without either. */
  fails?: 'guard' | 'needed'
  kind?: 'int' | 'float' | 'bool'
}

/** What a file calls the environment: other files import these names. */
export interface Names {
  /** `env` → `os.environ`, `getenv`. */
  aliases: Map<string, string>
  helpers: Map<string, Helper>
}

/** More names than this are not one app's own. */
export const MAX_NAMES = 100

const ALIAS_RE =
  /^(\w+)[ \t]*(?::[^=\n]*)?=[ \t]*(?:(?:dict\()?(?:os\.)?environ(?:\.copy\(\))?\)?|(?:os\.)?(getenv|environ\.get))[ \t]*$/gm
const DEF_RE = /^def[ \t]+(\w+)\(/gm
const READ_RE =
  /(?<![\w.])(?:os\.)?(?:environ\s*\[\s*(\w+)\s*\]|(?:environ\s*\.\s*get|getenv)\s*\(\s*(\w+)\s*[,)])/
/** What asks whether it is there, and stops a few lines on. */
const RAISE_RE =
  /(?:\bexcept\s+KeyError|\bis\s+None|\bif\s+not\s+\w+|\bnot\s+in\s+(?:os\.)?environ)\b[^\n]*:(?:[^\n]*\n){0,3}?\s*raise\b/
const FROM_RE = /^[ \t]*from[ \t]+(?:[.\w]*\.)?(\w*)[ \t]+import[ \t]+(\([^)]{0,2000}\)|[^\n;]{1,500})/gm

/** The names that a file makes by itself. `code` is without comments. */
export function ownNames(code: string): Names {
  const aliases = new Map<string, string>()
  for (const [, name = '', call] of code.matchAll(ALIAS_RE)) aliases.set(name, call ? 'getenv' : 'os.environ')
  for (const [, what, name = ''] of code.matchAll(
    /^from[ \t]+os[ \t]+import\b[^\n]*?\b(environ|getenv)[ \t]+as[ \t]+(\w+)/gm,
  ))
    aliases.set(name, what === 'getenv' ? what : 'os.environ')
  aliases.delete('environ')
  return { aliases, helpers: helpersIn(code) }
}

function helpersIn(code: string): Names['helpers'] {
  const helpers: Names['helpers'] = new Map()
  for (const match of code.matchAll(DEF_RE)) {
    const open = match.index + match[0].length
    const parameters = argumentsAt(code, open).filter((text) => !/^[*/]/.test(text))
    const name = /^\w+/.exec(parameters[0] ?? '')?.[0]
    const head = expressionEnd(code, open, '')
    const length = code.slice(head).search(/\n(?=[^\s)\]}])/)
    const body = code.slice(head, length < 0 ? undefined : head + length).slice(0, 2_000)
    const read = READ_RE.exec(body)
    if (!name || !read || (read[1] ?? read[2]) !== name || new RegExp(`\\b${name}\\s*=(?!=)`).test(body))
      continue
    const fallback = parameters.slice(1).flatMap((text, index) => {
      const [, called = '', value] = /^(\w+)\s*(?::[^=]*)?(?:=\s*([\s\S]+))?$/.exec(text) ?? []
      return /default|fallback/.test(called) ||
        new RegExp(`return\\s+${called}\\b|${name}\\s*,\\s*${called}\\b`).test(body)
        ? { at: index + 1, name: called, text: value }
        : []
    })[0]
    const fails = RAISE_RE.test(body) ? 'guard' : read[1] && !/\btry\s*:/.test(body) ? 'needed' : undefined
    const kind = (/^\)\s*->\s*(int|float|bool)\b/.exec(body) ??
      /(?:^|_)(int|float|bool)(?:_|$)/.exec(match[1] as string))?.[1]
    helpers.set(match[1] as string, {
      name,
      ...(fallback && { fallback }),
      ...(fails && { fails }),
      ...(kind && { kind: kind as 'int' }),
    })
  }
  return helpers
}

const moduleName = (path: string) => /(\w+)(?:\/__init__)?\.py$/.exec(path)?.[1] ?? ''

/** What a file imports by name, from the last word of a module: `from shop.utils import get as g`. */
function importsOf(code: string): { module: string; name: string; as: string }[] {
  return [...code.matchAll(FROM_RE)].flatMap(([, module = '', list = '']) =>
    list
      .replace(/[()\\\s]+/g, ' ')
      .split(',')
      .flatMap((part) => {
        const [, name, as] = /^ ?(\w+|\*)(?: as (\w+))? ?$/.exec(part) ?? []
        return name ? { module, name, as: as ?? name } : []
      }),
  )
}

/** The names of a file, its own and those that it imports from the others. */
export function namesOf(path: string, code: string, all: ReadonlyMap<string, Names>): Names {
  const names = { aliases: new Map(all.get(path)?.aliases), helpers: new Map(all.get(path)?.helpers) }
  const makers = [...all].filter(
    ([other, { aliases, helpers }]) => other !== path && aliases.size + helpers.size > 0,
  )
  const imports = makers.length > 0 ? importsOf(code) : []
  for (const [other, made] of makers) {
    const module = moduleName(other)
    for (const one of imports.filter((found) => found.module === module))
      for (const kind of ['aliases', 'helpers'] as const)
        for (const [name, what] of made[kind] as Map<string, never>)
          if (one.name === '*' || one.name === name) names[kind].set(one.name === '*' ? name : one.as, what)
    // `utils.get("X")` of the module itself.
    if (imports.some(({ as }) => as === module) || code.includes(`import ${module}`))
      for (const [name, helper] of made.helpers) names.helpers.set(`${module}.${name}`, helper)
  }
  return names
}

const DEFAULT_RE =
  /(\w\(\s*(['"])[A-Za-z_]\w*\2\s*,\s*(?:default\s*=\s*)?)((?:\w+\.)?[A-Z][A-Z\d_]*)(?=\s*[,)])/g

/** The code with what its names stand for, line by line: `os.environ` for an alias, a constant's text where it is a default. */
export function plainCode(project: Project, path: string, code: string, { aliases }: Names): string {
  let plain = code
  for (const [name, what] of [...aliases].slice(0, MAX_NAMES))
    plain = plain.replace(
      what === 'getenv'
        ? new RegExp(`(?<![\\w.])${name}(?=\\()`, 'g')
        : new RegExp(
            `(?<![\\w.])${name}(?=\\s*(?:\\[|\\.\\s*(?:get|pop)\\b))|(?<=\\bin\\s+)${name}\\b(?!\\s*[.[(])`,
            'g',
          ),
      what,
    )
  const constants = new Map<string, string>()
  let imports: ReturnType<typeof importsOf> | undefined
  return plain.replace(DEFAULT_RE, (_whole, start: string, _quote, name: string) => {
    imports ??= importsOf(code)
    if (!constants.has(name)) constants.set(name, constant(project, path, code, imports, name) ?? name)
    return start + constants.get(name)
  })
}

/** The literal that a name is given once, in this file or in the one that it is imported from. */
function constant(
  project: Project,
  path: string,
  code: string,
  imports: ReturnType<typeof importsOf>,
  name: string,
): string | undefined {
  const [last = '', owner] = name.split('.').reverse()
  const stated = owner === undefined ? assigned(code, last) : undefined
  if (stated !== undefined) return stated
  const imported = owner === undefined ? imports.find(({ as }) => as === last) : undefined
  const module = owner ?? imported?.module
  const isImported = imported || imports.some(({ as }) => as === owner) || code.includes(`import ${owner}`)
  if (!module || !isImported) return undefined
  const [file, another] = project
    .sources(['.py'])
    .filter((other) => other !== path && moduleName(other) === module && !isTooling(other))
  const text = file && !another ? project.source(file) : null
  return text ? assigned(blankPython(text), imported?.name ?? last) : undefined
}

function assigned(code: string, name: string): string | undefined {
  const [first, another] = code.matchAll(
    new RegExp(`^${name}[ \\t]*(?::[^=\\n]*)?=(?!=)[ \\t]*([^\\n]*)`, 'gm'),
  )
  const text = another ? undefined : first?.[1]?.trim()
  return text && wholeLiteral(text)?.value !== undefined ? text : undefined
}
