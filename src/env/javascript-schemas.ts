import type { Variable } from '../model.ts'
import { lineOf } from '../source/lines.ts'
import type { Read } from './reads.ts'
import { expressionEnd, literalAt } from './text.ts'

/** What a schema library's expression says of a variable. */
type Kind = Variable['kind']
type Meaning = Pick<Read, 'default' | 'kind' | 'required' | 'choices'>

interface SchemaDialect {
  /** The import that shows it. */
  imports: RegExp
  /** How a field's value starts, right after `NAME: `. */
  head: string
  read(expression: string, name: string, code: string): Meaning
}

/** Schema libraries: to add one is to add a row. */
const DIALECTS: readonly SchemaDialect[] = [
  {
    imports: /['"](?:zod(?:\/[\w-]+)?|znv|@t3-oss\/[\w-]+)['"]/,
    head: 'z\\s*\\.',
    read: (expression) =>
      chained(expression, {
        number: /\b(?:number|int|bigint)\(|\bNumber\b|parseInt|parseFloat/,
        boolean:
          /\b(?:boolean|stringbool)\(|\[\s*['"](?:true|false)['"]\s*,\s*['"](?:true|false)['"]\s*\]|===\s*['"](?:true|1)['"]/,
        url: /\b(?:url|httpUrl)\(/,
        optional: /\.(?:optional|nullish)\(|\bz\s*\.\s*optional\(/,
      }),
  },
  {
    imports: /['"]valibot['"]/,
    head: 'v\\s*\\.',
    read: (expression) => {
      const optional = /^v\s*\.\s*(?:optional|nullish|exactOptional|fallback)\(/.exec(expression)
      const meaning = chained(expression, {
        number: /\bv\s*\.\s*(?:number|toNumber|integer)\(|\bNumber\b|parseInt/,
        boolean: /\bv\s*\.\s*(?:boolean|toBoolean|parseBoolean)\(|===\s*['"](?:true|1)['"]/,
        url: /\bv\s*\.\s*url\(/,
        optional: /^v\s*\.\s*(?:optional|nullish|exactOptional)\(/,
      })
      if (!optional) return meaning
      const second = expressionEnd(expression, optional[0].length)
      const literal = expression[second] === ',' ? literalAt(expression, second + 1) : null
      return { ...meaning, required: false, ...(literal?.value && { default: literal.value }) }
    },
  },
  {
    imports: /['"]envalid['"]/,
    head: '(?:(?:envalid|e)\\.)?(?:str|bool|num|email|host|port|url|json)\\s*(?:<[^()]*>)?\\(',
    read: (expression) => {
      const type = /^(?:\w+\.)?(\w+)/.exec(expression)?.[1]
      const kind = { num: 'number', port: 'number', bool: 'boolean', url: 'url' }[type ?? ''] as
        | Kind
        | undefined
      return { ...withOption(expression, 'default'), kind: kind ?? 'string' }
    },
  },
  {
    imports: /['"](?:@hapi\/)?joi['"]/,
    head: '[Jj]oi\\s*\\.',
    read: (expression) => {
      const meaning = chained(expression, {
        number: /\.\s*(?:number|port|integer)\(/,
        boolean: /\.\s*boolean\(/,
        url: /\.\s*uri\(/,
        optional: /^(?![\s\S]*\.\s*required\()/, // keys are optional in Joi until they say otherwise
      })
      return meaning
    },
  },
  {
    imports: /['"](?:@adonisjs\/core\/env|@ioc:Adonis\/Core\/Env|@adonisjs\/env)['"]/,
    head: 'Env\\s*\\.\\s*schema\\s*\\.',
    read: (expression) =>
      chained(expression, {
        number: /\.\s*number\b/,
        boolean: /\.\s*boolean\b/,
        url: /format:\s*['"]url['"]/,
        optional: /\.\s*optional(?:When(?:Not)?)?\(/,
      }),
  },
  {
    imports: /['"](?:@sinclair\/)?typebox['"]/,
    head: '(?:Type|t)\\s*\\.',
    read: (expression) => ({
      ...withOption(expression, 'default'),
      ...(/^\w+\s*\.\s*Optional\(/.test(expression) && { required: false }),
      kind: jsonKind(/\.\s*(?:Number|Integer)\(/.test(expression) ? 'number' : expression),
      ...onlyChoice(expression),
    }),
  },
  {
    imports: /['"](?:@fastify\/env|fastify-env|env-schema)['"]/,
    head: '\\{\\s*[\'"]?type[\'"]?\\s*:',
    read: (expression, name, code) => {
      const lists = [...code.matchAll(/['"]?\brequired['"]?\s*:\s*\[([^\]]*)\]/g)]
        .map((match) => match[1])
        .join()
      const meaning = withOption(expression, 'default')
      return {
        ...meaning,
        required: meaning.required === true && new RegExp(`['"\`]${name}['"\`]`).test(lists),
        kind: jsonKind(expression),
      }
    },
  },
  {
    imports: /['"]astro\/config['"]/,
    head: 'envField\\s*\\.',
    read: (expression) => {
      const type = /\.\s*(\w+)/.exec(expression)?.[1]
      const kind: Kind =
        type === 'number' || type === 'boolean' ? type : /\burl:\s*true/.test(expression) ? 'url' : 'string'
      const meaning = withOption(expression, 'default')
      return {
        ...meaning,
        required: meaning.required === true && !/\boptional:\s*true/.test(expression),
        kind,
      }
    },
  },
]

const LIBRARIES =
  `zod znv @t3-oss/ valibot envalid joi @hapi/joi @adonisjs/core/env @adonisjs/env @ioc:Adonis/Core/Env
  @sinclair/typebox typebox @fastify/env fastify-env env-schema astro/config class-validator`.split(/\s+/)

/** Whether a library that checks an environment is imported, where imports stand: cheap to ask before anything else. */
export function importsSchemaLibrary(text: string): boolean {
  const head = text.length > 4_000 ? text.slice(0, 4_000) : text
  return LIBRARIES.some((name) => head.includes(`'${name}`) || head.includes(`"${name}`))
}

/** Fields in CAPITALS of the file's schemas; only environments are named so. `code` is without comments. */
export function readJavaScriptSchemas(path: string, code: string): Read[] {
  const dialects = DIALECTS.filter((dialect) => dialect.imports.test(code))
  if (dialects.length === 0) return readValidatedClasses(path, code)
  const heads = dialects.map((dialect) => `(${dialect.head})`).join('|')
  const constants = new Map(
    [...code.matchAll(new RegExp(`\\bconst\\s+([A-Za-z_]\\w*)\\s*=\\s*(?=${heads})`, 'g'))]
      .map(({ 0: all, 1: name = '', index }) => [name, index + all.length] as const)
      .filter(([, at]) => !/^\w+\s*\.\s*(?:strict)?object\(/i.test(code.slice(at, at + 40))),
  )
  const named = constants.size > 0 ? `|(?:${[...constants.keys()].join('|')})\\b(?=\\s*[,}])` : ''
  const field = new RegExp(
    `(?<=[{,\\s])(?:(['"])([A-Z][A-Z\\d_]*)\\1|([A-Z][A-Z\\d_]*))\\s*:\\s*(?=${heads}${named})`,
    'g',
  )
  const head = new RegExp(heads, 'y')
  return [...code.matchAll(field)].map((match) => {
    const name = (match[2] ?? match[3]) as string
    const at = match.index + match[0].length
    const start = constants.get(/^\w*/.exec(code.slice(at, at + 80))?.[0] ?? '') ?? at
    head.lastIndex = start
    const index = (head.exec(code)?.slice(1) ?? []).findIndex((group) => group !== undefined)
    const expression = code.slice(start, expressionEnd(code, start))
    const meaning = (dialects[index] as SchemaDialect).read(expression, name, code)
    return {
      name,
      use: 'schema',
      source: `${path}:${lineOf(code, match.index)}`,
      form: expression,
      ...meaning,
    }
  })
}

const CLASS_FIELD_RE =
  /^[ \t]+(?:@\w+\([^()]*\)\s+)*(?:(?:public|readonly)\s+)*([A-Z][A-Z\d_]*)[!?]?\s*:\s*([^;=\n]+?)\s*(?:=\s*([^;\n]+?))?\s*;?[ \t]*$/gm

/** class-validator, as Nest's documentation shows it: decorated fields in CAPITALS. */
function readValidatedClasses(path: string, code: string): Read[] {
  if (!/['"]class-validator['"]/.test(code)) return []
  return [...code.matchAll(CLASS_FIELD_RE)].flatMap((match) => {
    const [, name = '', type = '', value] = match
    const before = code.slice(Math.max(0, match.index - 400), match.index)
    const decorators = (before + match[0].replace(/;\s*$/, '')).split(/;|\bclass\b[^{]*\{/).at(-1) ?? ''
    if (!/@Is\w*\(|@Validate\w*\(|@M(?:in|ax)\w*\(|@Expose\(/.test(decorators)) return []
    const literal = value === undefined ? null : literalAt(value, 0)
    const kind: Kind =
      type === 'number' || type === 'boolean' ? type : /@IsUrl\(/.test(decorators) ? 'url' : 'string'
    const required = value === undefined && !/@(?:IsOptional|ValidateIf)\(/.test(decorators)
    const source = `${path}:${lineOf(code, match.index + match[0].search(/\S/))}`
    return [
      { name, source, use: 'schema', kind, required, ...(literal?.value && { default: literal.value }) },
    ]
  })
}

/** Libraries whose schemas are chains of calls. */
function chained(
  expression: string,
  signs: { number: RegExp; boolean: RegExp; url: RegExp; optional: RegExp },
): Meaning {
  const fallback = /\.\s*(?:default|catch|prefault)\(/.exec(expression)
  const literal = fallback && literalAt(expression, fallback.index + fallback[0].length)
  const kind = signs.boolean.test(expression)
    ? 'boolean'
    : signs.number.test(expression)
      ? 'number'
      : signs.url.test(expression)
        ? 'url'
        : 'string'
  return {
    kind,
    required: !fallback && !signs.optional.test(expression),
    ...(literal?.value && { default: literal.value }),
    ...onlyChoice(expression),
  }
}

/** `z.literal('postgres')`: nothing else will do. */
function onlyChoice(expression: string): Meaning {
  const choice = /^\w+\s*\.\s*[Ll]iteral\(\s*['"]([^'"]+)['"]/.exec(expression)?.[1]
  return choice ? { choices: [choice] } : {}
}

/** Libraries whose fields take an object with a `default`. */
function withOption(expression: string, option: string): Meaning {
  const match = new RegExp(`(?<![\\w$])['"]?${option}['"]?\\s*:`).exec(expression)
  const literal = match && literalAt(expression, match.index + match[0].length)
  return { required: !match, ...(literal?.value && { default: literal.value }) }
}

function jsonKind(expression: string): Kind {
  if (/^number$|type['"]?\s*:\s*['"](?:number|integer)['"]/.test(expression)) return 'number'
  if (/type['"]?\s*:\s*['"]boolean['"]|\.\s*Boolean\(/.test(expression)) return 'boolean'
  return /format['"]?\s*:\s*['"]uri['"]/.test(expression) ? 'url' : 'string'
}
