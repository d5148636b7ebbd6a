import type { Read, Use } from './reads.ts'
import { argumentsAt, expressionEnd, type Literal, wholeLiteral } from './text.ts'

/** How one place of Python treats a variable. */
export type Judgement = Pick<Read, 'use' | 'default' | 'kind' | 'raises' | 'presence' | 'choices'>

export function option(args: readonly string[], name: string): string | undefined {
  const found = args.find((text) => new RegExp(`^${name}\\s*=(?!=)`).test(text))
  return found?.slice(found.indexOf('=') + 1).trim()
}

export const literalOf = (text: string | undefined): Literal | null =>
  text === undefined ? null : wholeLiteral(text)

export function withDefault(text: string | undefined, without: Use): Judgement {
  if (text === undefined) return { use: without }
  const literal = literalOf(text)
  if (!literal?.value) return { use: 'optional' }
  return {
    use: 'optional',
    default: literal.value,
    ...((literal.kind === 'number' || literal.kind === 'boolean') && { kind: literal.kind }),
  }
}

/** `environ['X']` raises where X is not there: the app stops. */
export function judgeIndex(code: string, start: number, end: number): Judgement | null {
  if (/^\s*(?:=(?!=)|\+=)/.test(code.slice(end, end + 8))) return null
  const before = code.slice(Math.max(0, start - 60), start)
  if (/\bdel\s+(?:\w+\.)?$/.test(before)) return null
  const kind = kindAround(before, code.slice(end, end + 80))
  return { use: 'needed', ...(kind && { kind }) }
}

/** `environ.get('X')`: absent is allowed, unless what follows fails on `None` or the code stops. */
export function judgeGet(code: string, start: number, from: number): Judgement {
  const close = expressionEnd(code, from, '')
  const before = code.slice(Math.max(0, start - 60), start)
  const after = code.slice(close + 1, close + 401)
  const args = argumentsAt(code, from)
  const kind = kindAround(before, after)
  const compared = /^\s*(?:==|in)\s*[[({]?((?:\s*['"][\w.]+['"]\s*,?)+)/.exec(after)?.[1]
  const stated = {
    ...(kind && { kind }),
    ...(compared && { choices: [...compared.matchAll(/[\w.]+/g)].map(([text]) => text) }),
  }
  const fallback = option(args, 'default') ?? args.filter((text) => !/^(?:key|default)\s*=/.test(text))[1]
  if (isEmptyKey(code, start, close, fallback)) return { use: 'guard' }
  // What the environment has is a text, and every text is true: that stands for "not set".
  if (fallback !== undefined && !kind && /^(?:False|0)$/.test(fallback))
    return { use: 'optional', presence: true }
  if (fallback !== undefined) return { ...withDefault(fallback, 'optional'), ...stated }
  if (/\bif\s+not\s+(?:os\.)?$/.test(before) && /^[^\n]*:\s*(?:raise|sys\.exit|exit)\b/.test(after))
    return { use: 'guard', raises: true, ...stated }
  if (/\bbool\(\s*(?:os\.)?$/.test(before) || /^\s+is\s+(?:not\s+)?None\b/.test(after))
    return { use: 'tested', presence: true }
  const or = /^\s*or\s+/.exec(after)
  if (or) {
    const end = after.slice(or[0].length).search(/\n|[,)\]}]|\s+(?:if|or|and)\b/)
    return {
      ...withDefault(after.slice(or[0].length, end < 0 ? undefined : or[0].length + end), 'optional'),
      ...stated,
    }
  }
  const local = /(?:^|\n)[ \t]*(\w+)\s*(?::[^=\n]+)?=\s*(?:os\.)?$/.exec(before)?.[1]
  const guard =
    local === undefined
      ? null
      : new RegExp(
          `\\n[ \\t]*if\\s+(?:not\\s+${local}\\b|${local}\\s+is\\s+None\\b)[^\\n]*:\\s*(?:\\n\\s*)?(?:raise|sys\\.exit|exit)\\b`,
        )
  if (guard?.test(after)) return { use: 'guard', raises: true, ...stated }
  const fails = /^\.\w/.test(after) || (kind === 'number' && /\b(?:int|float)\(\s*(?:os\.)?$/.test(before))
  if (fails) return { use: 'needed', ...stated }
  const asked = /\b(?:if|elif|and|or|not|while|bool\()\s*(?:os\.)?$/.exec(before)
  if (asked && /\bif\s+not\s+(?:os\.)?$/.test(before) && /^\s*:\s*(?:raise|sys\.exit|exit)\b/.test(after))
    return { use: 'guard', raises: true, ...stated }
  return { use: asked || /^\s*(?:and|if|is|[!=]=)(?![\w.])/.test(after) ? 'tested' : 'optional', ...stated }
}

/** `SECRET_KEY = env("KEY", "")`, and no other line for it: Django stops at the first look at an empty key. */
export function isEmptyKey(
  code: string,
  start: number,
  close: number,
  fallback: string | undefined,
): boolean {
  const literal = literalOf(fallback)
  return (
    (fallback === undefined || (literal !== null && !literal.value)) &&
    /(?:^|\n)SECRET_KEY\s*=\s*(?:os\.)?$/.test(code.slice(Math.max(0, start - 60), start)) &&
    /^[ \t]*(?:\n|$)/.test(code.slice(close + 1, close + 200)) &&
    /^INSTALLED_APPS\b/m.test(code) &&
    code.match(/\bSECRET_KEY\s*=(?!=)/g)?.length === 1
  )
}

export function kindAround(before: string, after: string): Read['kind'] {
  if (/\b(?:int|float|Decimal)\(\s*(?:os\.)?$/.test(before)) return 'number'
  const compared =
    /^(?:\.(?:strip|lower|upper|casefold)\(\))*\s*(?:==|!=|in|not\s+in)\s*[[({]?\s*['"](\w*)['"]/.exec(after)
  if (compared && /^(?:true|false|1|0|yes|no|on|off|t|y)$/i.test(compared[1] ?? '')) return 'boolean'
  return /\b(?:strtobool|str_to_bool|str2bool|parse_bool|to_bool)\(\s*(?:os\.)?$/.test(before)
    ? 'boolean'
    : undefined
}
