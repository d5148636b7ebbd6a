import type { Variable } from '../model.ts'

const WIDTH = 88

/** A string literal as ruff writes it: double quotes, unless that needs more escapes. */
export function pyString(text: string): string {
  const json = JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  if (text.split('"').length <= text.split("'").length) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** A default in the type that the check gives. */
export function pyValue(kind: Variable['kind'], value: string): string {
  if (kind === 'number') return String(Number(value))
  if (kind === 'boolean') return /^(?:true|1|yes|on)$/i.test(value) ? 'True' : 'False'
  return pyString(value)
}

export function pyType(variable: Variable): string {
  if (variable.kind === 'boolean') return 'bool'
  if (variable.kind === 'number') return isWhole(variable) ? 'int' : 'int | float'
  return 'str'
}

/** A port, or a whole default: what else a number may be, its name does not say. */
export function isWhole(variable: Variable): boolean {
  const value = variable.default ?? variable.example
  return value === undefined ? /(?:^|_)PORT$/.test(variable.name) : Number.isInteger(Number(value))
}

const KEYWORDS = new Set(
  `and as assert async await break class continue def del elif else except finally for from global if import in is lambda
   nonlocal not or pass raise return try while with yield match case type True False None`.split(/\s+/),
)
/** Names that pydantic's models have already. */
const MODEL_RE =
  /^(?:model_.*|copy|json|dict|schema|schema_json|construct|validate|fields|from_orm|parse_.*|update_forward_refs|settings_.*)$/

/** The attribute for a variable: its own name, wherever Python and pydantic allow that. */
export function pyNames(variables: readonly Variable[]): Map<string, string> {
  const taken = new Set(variables.map((variable) => variable.name))
  const names = new Map<string, string>()
  for (const { name } of variables) {
    let attribute = name
    if (!/^[A-Za-z]\w*$/.test(name) || KEYWORDS.has(name) || MODEL_RE.test(name)) {
      const plain = name
        .normalize('NFKD')
        .replace(/[^A-Za-z\d]+/g, '_')
        .replace(/^_+|_+$/g, '')
        .toUpperCase()
      attribute = /^[A-Z]/.test(plain) ? plain : `VAR_${plain}`
      for (let count = 2; taken.has(attribute); count++)
        attribute = `${/^[A-Z]/.test(plain) ? plain : `VAR_${plain}`}_${count}`
      taken.add(attribute)
    }
    names.set(name, attribute)
  }
  return names
}

/** `    NAME: type = callee(a, b)`, broken where it is too long as ruff breaks it. */
export function pyCall(left: string, callee: string, args: readonly string[]): string {
  const line = `    ${left} = ${callee}(${args.join(', ')})`
  if (line.length <= WIDTH) return line
  const below = `        ${args.join(', ')}`
  if (below.length <= WIDTH) return `    ${left} = ${callee}(\n${below}\n    )`
  return `    ${left} = ${callee}(\n${args.map((arg) => `        ${arg},\n`).join('')}    )`
}

/** `    NAME: type = value`, in brackets where only that makes it fit. */
export function pyAssign(left: string, value: string): string {
  const line = `    ${left} = ${value}`
  return line.length <= WIDTH || `        ${value}`.length > WIDTH
    ? line
    : `    ${left} = (\n        ${value}\n    )`
}

/** `NAME = ("A", "B")`, one below the other where they do not fit. */
export function pyTuple(name: string, items: readonly string[]): string {
  const line = `${name} = (${items.join(', ')}${items.length === 1 ? ',' : ''})`
  return line.length <= WIDTH ? line : `${name} = (\n${items.map((item) => `    ${item},\n`).join('')})`
}
