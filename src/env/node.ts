import type { EnvFile, Variable } from '../model.ts'
import { checked, freePath } from './checked.ts'
import { jsKey, jsString, jsValue, property } from './javascript-text.ts'

export type NodeEnvLibrary = 'zod' | 'zod3' | 'valibot' | 'envalid' | 'none'

export interface NodeEnvInput {
  variables: Variable[]
  typescript: boolean
  module: 'esm' | 'cjs'
  library: NodeEnvLibrary
  /** `src`, `lib`, or empty for the project's root. */
  directory: string
  /** Imports name the `.ts` file itself. */
  importExtensions: boolean
  framework: string
  /** For types and compilers from before `node:fs` and `?.`. */
  dated?: boolean
  /** Linters that would stop the build over a file that is not in the project's own style. */
  silenced?: readonly string[]
  /** Whether a path is taken by a file that is not ours. */
  taken: (path: string) => boolean
  /** The project's own schema (see `existingSchema`): a second one would contradict it some day. */
  existing?: string | null
}

/** Frameworks whose build imports server code, where no secret exists: there the check waits for the first call. */
const BUILDS_SERVER_RE = /next|nuxt|nitro|svelte|astro|tanstack|react-router|remix|solid|analog|qwik/

/** The environment check of a Node project; null where there is nothing to check, or where the project does it already. */
export function nodeEnvFile(input: NodeEnvInput): EnvFile | null {
  const variables = checked(input.variables)
  if (variables.length === 0 || input.existing) return null
  const { typescript, library } = input
  const esm = typescript || input.module === 'esm'
  const lazy = BUILDS_SERVER_RE.test(input.framework)
  const extension = typescript ? 'ts' : 'js'
  const path = freePath(input.directory, ['env', 'env.check'], extension, (base) =>
    [`.${extension}`, '.ts', '.js', '.mjs', '.cjs', '.tsx', '.d.ts', '/index.ts', '/index.js'].some((end) =>
      input.taken(base + end),
    ),
  )
  const secrets = variables.filter((variable) => variable.secret).map((variable) => jsString(variable.name))
  const uses = (kind: Variable['kind']) => variables.some((variable) => variable.kind === kind)
  return {
    path,
    template: 'node/env.ejs',
    usage: usage(path, input, lazy, esm),
    data: {
      typescript,
      esm,
      lazy,
      name: lazy ? 'getEnv' : 'env',
      exported: esm ? 'export ' : '',
      keysOf: {
        zod: 'schema.shape',
        zod3: 'schema.shape',
        valibot: 'schema.entries',
        envalid: 'schema',
        none: 'schema',
      }[library],
      returnsEnv: typescript && library !== 'envalid' ? ': Env' : '',
      zod: library === 'zod' || library === 'zod3',
      zod3: library === 'zod3',
      zod4: library === 'zod',
      valibot: library === 'valibot',
      envalid: library === 'envalid',
      none: library === 'none',
      parses: library !== 'none' && library !== 'envalid',
      fields: variables.map((variable) => field(variable, library)),
      secrets: list(secrets),
      hasSecrets: secrets.length > 0,
      fs: input.dated ? 'fs' : 'node:fs',
      present: input.dated ? 'value && value.trim()' : 'value?.trim()',
      silences: (input.silenced ?? []).length > 0,
      silence: (input.silenced ?? [])
        .map((linter) => `/* ${linter === 'tslint' ? 'tslint:disable' : 'eslint-disable'} */`)
        .join('\n'),
      usesText: uses('string'),
      usesNumber: uses('number'),
      usesFlag: uses('boolean'),
      usesUrl: uses('url'),
      usesRequired: variables.some((variable) => variable.required),
      usesOptional: variables.some((variable) => !variable.required && fallback(variable) === undefined),
      usesDefault: variables.some((variable) => fallback(variable) !== undefined),
    },
  }
}

function usage(path: string, input: NodeEnvInput, lazy: boolean, esm: boolean): string {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.[jt]s$/, '')
  const extension = !input.typescript
    ? '.js'
    : input.importExtensions
      ? '.ts'
      : input.module === 'esm' && !lazy
        ? '.js'
        : ''
  const name = lazy ? 'getEnv' : 'env'
  const from = JSON.stringify(`./${file}${extension}`)
  return esm ? `import { ${name} } from ${from};` : `const { ${name} } = require(${from});`
}

const VALIDATORS = { string: 'text', number: 'number', boolean: 'flag', url: 'url' }

/** A default that is no secret: those of secrets stay where the code has them, and are not copied into a second file. */
function fallback(variable: Variable): string | undefined {
  return variable.secret ? undefined : variable.default
}

/** `PORT: number.default(3000),` in the words of the library. */
function field(variable: Variable, library: NodeEnvLibrary): string {
  const validator = VALIDATORS[variable.kind]
  const value = fallback(variable)
  const text = value === undefined ? undefined : jsString(value)
  const typed = value === undefined ? undefined : jsValue(variable.kind, value)
  const key = jsKey(variable.name)
  if (library === 'zod' || library === 'zod3') {
    if (variable.required) return property(key, validator, null)
    if (typed === undefined) return property(key, `${validator}.optional`, [])
    // In zod 3 a default is input: it goes through the schema, which reads text.
    return property(key, `${validator}.default`, [
      library === 'zod3' && variable.kind === 'boolean' ? (text as string) : typed,
    ])
  }
  if (library === 'valibot') {
    if (variable.required) return property(key, validator, null)
    return property(key, 'v.optional', text === undefined ? [validator] : [validator, text])
  }
  if (library === 'envalid') {
    if (variable.required) return property(key, validator, [])
    return property(key, validator, [{ default: typed ?? 'undefined' }])
  }
  if (variable.required) return property(key, 'required', [validator])
  return typed === undefined
    ? property(key, 'optional', [validator])
    : property(key, 'defaulted', [validator, typed])
}

/** `["A", "B"]`, one below the other where they do not fit after `const secrets = `. */
function list(items: string[]): string {
  const line = `[${items.join(', ')}]`
  return line.length + 'const secrets = ;'.length <= 80
    ? line
    : `[\n${items.map((item) => `  ${item},\n`).join('')}]`
}
