import type { Variable } from '../model.ts'

const WIDTH = 80

/** A string literal as prettier writes it: double quotes, unless that needs more escapes. */
export function jsString(text: string): string {
  const json = JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const doubles = text.split('"').length
  if (doubles <= text.split("'").length) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** A name as a property: quoted only where it must be. */
export function jsKey(name: string): string {
  return /^[$_\p{L}][$\w\p{L}]*$/u.test(name) && !/[\u{10000}-\u{10ffff}]/u.test(name) ? name : jsString(name)
}

/** A default in the type that the check gives. */
export function jsValue(kind: Variable['kind'], value: string): string {
  if (kind === 'number') return String(Number(value))
  if (kind === 'boolean') return String(/^(?:true|1|yes|on)$/i.test(value))
  return jsString(value)
}

type Argument = string | { default: string }

/** `  KEY: callee(…),`, broken where it is too long as prettier breaks it. `null` for arguments: not a call. */
export function property(key: string, callee: string, args: Argument[] | null): string {
  const flat = (args ?? []).map((argument) =>
    typeof argument === 'string' ? argument : `{ default: ${argument.default} }`,
  )
  const value = args === null ? callee : `${callee}(${flat.join(', ')})`
  const line = `  ${key}: ${value},`
  if (line.length <= WIDTH) return line
  const [first] = args ?? []
  // Prettier moves a call with nothing to break to the next line whole, and breaks the arguments of others.
  const lone =
    args === null ||
    args.length === 0 ||
    (args.length === 1 && typeof first === 'string' && first.length <= WIDTH / 4)
  const head = `  ${key}: ${callee}(`
  if (lone || head.length > WIDTH) {
    const below = `    ${value},`
    return below.length <= WIDTH || lone
      ? `  ${key}:\n${below}`
      : `  ${key}:\n    ${callee}${broken(args ?? [], '    ')},`
  }
  return `  ${key}: ${callee}${broken(args ?? [], '  ')},`
}

function broken(args: Argument[], indent: string): string {
  const [first] = args
  if (args.length === 1 && typeof first === 'object') {
    const entry = `${indent}  default: ${first.default},`
    const fitting = entry.length <= WIDTH ? entry : `${indent}  default:\n${indent}    ${first.default},`
    return `({\n${fitting}\n${indent}})`
  }
  return `(\n${args.map((argument) => `${indent}  ${String(argument)},\n`).join('')}${indent})`
}
