import { oneLine } from '../escape.ts'
import type { Variable } from '../model.ts'
import { render } from '../render.ts'
import { tellsApp } from './compose-environment.ts'
import type { Artefact, ArtefactInput } from './types.ts'

/** The check in the app's own language, and the sample beside it. */
export const envArtefact: Artefact = {
  id: 'env',
  title: 'checks the environment, once it is imported',
  needs: [],
  group: 'image',
  facts: ['envVars', 'language'],
  render(input) {
    const { env } = input.app
    const example = input.app.envExample === undefined ? exampleData(input) : null
    return [
      ...(env
        ? [
            {
              id: 'env',
              path: env.path,
              kind: 'text' as const,
              rendered: render(env.template, env.data, { blankLines: env.blankLines ?? 1 }),
            },
          ]
        : []),
      ...(example
        ? [
            {
              id: 'env-example',
              path: '.env.example',
              kind: 'text' as const,
              facts: ['envVars', 'services'] as const,
              rendered: render('shared/env-example.ejs', example),
            },
          ]
        : []),
    ]
  },
}

interface Entry {
  comment: string
  line: string
}

/** What `env-example.ejs` prints; null where there is nothing to show. */
function exampleData(input: ArtefactInput): Record<string, unknown> | null {
  const { app, services } = input
  // Compose's own `environment` goes before `.env`: what it sets is for people to know, not to fill in.
  const told = new Set([
    ...services.flatMap(({ connection }) => Object.keys(connection)),
    ...Object.keys(app.environment),
    ...Object.keys(app.development.env),
  ])
  const byCompose = (name: string) => tellsApp(input) && told.has(name)
  const shown = app.variables.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name))
  if (shown.length === 0) return null
  const entry = (variable: Variable): Entry => ({
    comment: comment(variable, byCompose(variable.name)),
    line: `${needed(variable) ? '' : '# '}${variable.name}=${shownValue(variable)}`,
  })
  const needed = (variable: Variable) => variable.required && !byCompose(variable.name)
  const required = shown.filter(needed).map(entry)
  const optional = shown.filter((variable) => !needed(variable)).map(entry)
  return {
    required,
    optional,
    hasFiles: app.env !== null && shown.some((variable) => variable.secret),
    checkPath: oneLine(app.env?.path ?? ''),
  }
}

const FORMS = { string: '', number: 'number', boolean: 'true or false', url: 'URL' }

/** `Required URL, secret. Read in src/db.ts.`; without line numbers, which move with every edit. */
function comment(variable: Variable, byCompose: boolean): string {
  const what = [
    [variable.required ? 'Required' : 'Optional', FORMS[variable.kind]].filter(Boolean).join(' '),
    variable.secret && 'secret',
    variable.public && 'public: a build argument, visible to every visitor',
    variable.build && 'read while the image is built',
  ]
  const paths = [...new Set(variable.sources.map((source) => source.replace(/:\d+$/, '')))].slice(0, 2)
  const compose = byCompose ? ' Set by compose.yaml in development.' : ''
  return `${what.filter(Boolean).join(', ')}.${compose} Read in ${oneLine(paths.join(', '))}.`
}

/** The default, where it is no secret and where dotenv, Compose and a shell all read it back the same way. */
function shownValue({ secret, default: value = '' }: Variable): string {
  if (secret || /[^\x20-\x7e]/.test(value)) return ''
  if (/^[\w@%+=:,./-]*$/.test(value)) return value
  if (!value.includes("'")) return `'${value}'`
  return /["$`\\!]/.test(value) ? '' : `"${value}"`
}
