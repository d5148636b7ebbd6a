import { envLines } from '../../env/examples.ts'
import { isRuntimeOwned } from '../../env/names.ts'
import { publicNames } from '../../env/public-names.ts'
import type { Warning } from '../../facts.ts'
import { gitIgnores } from '../../ignore.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { flagValue, parseShell } from '../../shell.ts'
import { blankComments, lineOf } from '../../source/javascript.ts'
import type { FrameworkRow } from './frameworks.ts'
import { JS_EXTENSIONS } from './listen.ts'
import type { Manifest } from './manifest.ts'

/**
 * What the project commits for its build: `.env.production`, `.env` where git has it. No such file enters the image, for
 * a secret may come into it any day; so what it sets of public names becomes the default of their build arguments, and
 * the rest is said.
 */
export function withEnvFiles(
  variables: readonly Variable[],
  project: Project,
  { scripts }: Manifest,
  row: FrameworkRow,
  warnings: Warning[],
): Variable[] {
  const all = new Map(variables.map((variable) => [variable.name, variable]))
  const isPublic = publicNames(project)
  for (const path of committed(project, filesOf(row, modeOf(scripts['build'] ?? '')))) {
    const left: string[] = []
    for (const { name, value, line, isComment } of envLines(project.source(path) ?? '')) {
      if (isComment || isRuntimeOwned(name)) continue
      // `${OTHER}` is put together by the build alone.
      if (!isPublic(name) || !/^\w+$/.test(name) || value.includes('$')) {
        left.push(name)
        continue
      }
      const known = all.get(name)
      all.set(name, {
        name,
        kind: 'string',
        secret: false,
        public: true,
        ...known,
        required: false,
        default: value,
        built: value,
        sources: [...(known?.sources ?? []), `${path}:${line}`],
      })
    }
    if (left.length > 0)
      warnings.push({
        rule: 'PD030',
        message: `${path} does not enter the image, and what it sets there no longer counts: ${left.join(', ')}. Set that where the container runs, or in the build script where the build reads it.`,
        file: path,
      })
  }
  const live = row.kind === 'server' ? row.livePrefix : undefined
  return [...all.values()]
    .map((one) =>
      live && one.built === undefined && one.name.startsWith(live) ? { ...one, public: false } : one,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Those of the development server, which the container gets as variables. */
export const developmentEnvFiles = (project: Project, row: FrameworkRow): string[] =>
  filesOf(row, 'development').filter((path) => path !== '.env' && project.has(path))

const filesOf = ({ envFiles = [] }: FrameworkRow, mode: string): string[] =>
  envFiles.map((path) => path.replace('*', mode))

/** `--mode staging` of the build script. */
function modeOf(script: string): string {
  const words = (parseShell(script) ?? []).flatMap(({ argv }) => argv)
  const mode = flagValue(words, '--mode')
  return mode && /^[\w-]+$/.test(mode) ? mode : 'production'
}

/** What the project commits for its tests alone. */
export const testEnvFile = (project: Project): string | undefined => committed(project, ['.env.test'])[0]

/** Those that git has, as far as .gitignore tells; without one nothing is known, and nothing taken. */
function committed(project: Project, paths: readonly string[]): string[] {
  const there = paths.filter((path) => project.has(path))
  const ignore = project.source('.gitignore')
  if (there.length === 0 || (ignore === null && !project.hasFolder('.git'))) return []
  return there.filter((path) => !gitIgnores(project, path))
}

const LOADED_RE =
  /\b(?:const|let|var)\s+(?:(\w+)|\{\s*error\s*(?::\s*(\w+)\s*)?\})\s*=\s*(?:(?:dotenv|require\(\s*['"]dotenv['"]\s*\))\.)?config\(/g

/** Code that stops where dotenv finds no file: `if (result.error) throw …`. No image has one. */
export function demandedEnvFiles(project: Project): Warning[] {
  return project.sources(JS_EXTENSIONS).flatMap((file) => {
    const text = project.source(file)
    if (!text?.includes('dotenv') || !text.includes('error')) return []
    const code = blankComments(text)
    return [...code.matchAll(LOADED_RE)].flatMap((match) => {
      const error = match[1] ? `${match[1]}\\.error` : (match[2] ?? 'error')
      const stops = new RegExp(`\\bif\\s*\\(\\s*${error}\\s*\\)[^}]*?\\b(?:throw|process\\.exit)\\b`)
      const asked = /\bif\s*\([^{}]*\{[^{}]*$/.test(code.slice(Math.max(0, match.index - 300), match.index))
      if (asked || !stops.test(code.slice(match.index, match.index + 500))) return []
      return {
        rule: 'PD030',
        message: `${file} stops the app where there is no .env file, and no image has one: let it go on there, and check the variables themselves. They come from where the container runs.`,
        file,
        line: lineOf(code, match.index),
      }
    })
  })
}
