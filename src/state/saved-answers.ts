import type { Answers } from '../answers.ts'
import { CliError, EXIT } from '../errors.ts'
import { jsonArgv } from '../escape.ts'
import { FLAGS, readAnswer } from '../flags.ts'
import type { Project } from '../project.ts'
import { STATE } from './folder.ts'

/** What people answered, committed: a later run asks no more than it must. */
export const ANSWERS_PATH = `${STATE}/answers.json`
export const SCHEMA_PATH = `${STATE}/answers.schema.json`

export function answersText(answers: Answers): string {
  const sorted = Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = [['$schema', './answers.schema.json'], ...sorted].map(
    ([key, value]) =>
      `  ${JSON.stringify(key)}: ${Array.isArray(value) ? jsonArgv(value) : JSON.stringify(value)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

export function readAnswers(project: Project): Answers {
  const saved = project.json(ANSWERS_PATH)
  const answers: Answers = {}
  for (const [key, value] of Object.entries(saved ?? {})) {
    if (key === '$schema') continue
    const flag = FLAGS.find((candidate) => candidate.answer?.key === key)
    if (!flag)
      throw new CliError(`${ANSWERS_PATH} has an unknown key "${key}".`, {
        code: EXIT.usage,
        hint: `Known: ${FLAGS.flatMap((candidate) => candidate.answer?.key ?? []).join(', ')}.`,
      })
    const text = Array.isArray(value) ? (value.length > 0 ? value.join(',') : 'none') : String(value)
    Object.assign(answers, { [key]: readAnswer(flag, text) })
  }
  return answers
}

/** The JSON schema of the answers, from the table of flags. */
export function answersSchema(): string {
  const properties: Record<string, unknown> = { $schema: { type: 'string' } }
  for (const { help, answer } of FLAGS) {
    if (!answer) continue
    const { kind, choices } = answer
    properties[answer.key] =
      kind === 'port'
        ? { description: help, type: 'integer', minimum: 1, maximum: 65_535 }
        : kind === 'list'
          ? { description: help, type: 'array', items: { enum: choices }, uniqueItems: true }
          : kind === 'choice'
            ? { description: help, enum: choices }
            : { description: help, type: 'string', ...(kind === 'path' ? { pattern: '^/' } : {}) }
  }
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Answers to create-prod-docker', description: 'What detection should not decide. A flag overrules an answer, an answer overrules detection.', type: 'object', properties, additionalProperties: false }, null, 2)}\n`
}
