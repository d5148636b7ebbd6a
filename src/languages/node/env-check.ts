import { nodeReader } from '../../env/node-reader.ts'
import { isTooling } from '../../env/paths.ts'
import { schemaFields } from '../../env/scan.ts'
import { withoutLine } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { few } from '../common.ts'
import type { NodeFindings } from './findings.ts'
import { resolveSpecifier } from './imports.ts'
import { JS_EXTENSIONS } from './listen.ts'
import { standIn } from './stand-ins.ts'

/** Configs that a build runs, whatever the framework. */
const CONFIG_RE = /^(?:next|nuxt|vite|svelte|astro)\.config\.[cm]?[jt]s$/
const IMPORTED_RE = /\b(?:from|import|require\(|import\()\s*(['"])([.@~#$][^'"\n]*)\1/g
/** What our value may not fit. */
const PICKY_RE = /\b(?:regex|uuid|cuid2?|ulid|nanoid|base64|jwt|ip|refine|superRefine|endsWith|nativeEnum)\(/

/**
 * A check of the environment that a build runs, for its modules are loaded there: the build has no values, and must not
 * have any. It is skipped where it can be; else it gets stand-ins for what it requires.
 */
export function envCheck({ project, row, variables, warnings }: NodeFindings): Record<string, string> {
  const env: Record<string, string> = {}
  const fields = schemaFields(project, nodeReader)
  const files = new Set(fields.map(({ source }) => withoutLine(source)))
  for (const file of project.sources(JS_EXTENSIONS))
    if (/(?:^|\/)env\b[^/]*$/.test(file) || files.has(file))
      if (/\bSKIP_ENV_VALIDATION\b/.test(project.source(file) ?? '')) {
        env['SKIP_ENV_VALIDATION'] = '1'
        files.delete(file)
      }
  for (const file of files) {
    if (!isLoaded(file, project, row.buildRunsCode === true)) continue
    const asked = fields.flatMap(({ name, source, form }) => {
      const variable = variables.find((one) => one.name === name)
      return variable?.required && withoutLine(source) === file ? [{ variable, form }] : []
    })
    const open = asked.flatMap(({ variable: { name, public: isPublic } }) => (isPublic ? [name] : []))
    if (open.length > 0)
      warnings.push({
        rule: 'PD020',
        message: `${file} stops the build where ${few(open)} ${open.length > 1 ? 'are' : 'is'} not set: pass --build-arg, and set ${open.length > 1 ? 'them' : 'it'} among the variables of the repository.`,
        file,
      })
    const closed = asked.filter(({ variable }) => !variable.public && !variable.build)
    for (const { variable, form } of closed) env[variable.name] = standIn(variable, form)
    if (closed.length === 0) continue
    const picky = closed.flatMap(({ variable, form = '' }) => (PICKY_RE.test(form) ? [variable.name] : []))
    const doubt = picky.length > 0 ? ` Look at ${few(picky)}: another form may be asked for.` : ''
    warnings.push({
      rule: 'PD070',
      message: `${file} checks the environment in the build too, which has no values: it gets stand-ins for ${few(closed.map(({ variable }) => variable.name))}, and a page that is made there would show them.${doubt}`,
      file,
    })
  }
  return env
}

/** Whether a build loads this module: its config does, or a part of the app where the build runs that. */
function isLoaded(path: string, project: Project, runsCode: boolean): boolean {
  const stem = stemOf(path)
  const word = stem.split('/').at(-1) as string
  return project.sources([...JS_EXTENSIONS, '.tsx', '.jsx', '.svelte']).some((file) => {
    if (file === path || (runsCode ? isTooling(file) : !CONFIG_RE.test(file))) return false
    const text = project.source(file) ?? ''
    if (!text.includes(word)) return false
    return [...text.matchAll(IMPORTED_RE)].some(([, , specifier = '']) =>
      specifier.startsWith('.')
        ? resolveSpecifier(project, specifier, file, [path]) !== undefined
        : `/${stem}`.endsWith(`/${stemOf(specifier.slice(specifier.indexOf('/') + 1))}`),
    )
  })
}

const stemOf = (path: string) => path.replace(/\.[cm]?[jt]sx?$/, '').replace(/\/index$/, '')
