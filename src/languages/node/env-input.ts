import type { Answers } from '../../answers.ts'
import { envContext } from '../../env/context.ts'
import type { nodeEnvFile } from '../../env/node.ts'
import { nodeReader } from '../../env/node-reader.ts'
import { isOwnFile } from '../../env/own.ts'
import type { Project } from '../../project.ts'
import type { NodeFindings } from './findings.ts'
import { resolveSpecifier } from './imports.ts'
import { isWithin } from './lines.ts'
import type { Manifest } from './manifest.ts'

type Input = Parameters<typeof nodeEnvFile>[0] & { envExample: string | undefined; isRun: boolean }

/** What the environment check is written in: the project's own language, module system and library. */
export function envInput(
  { project, manifest, variables, row, start }: NodeFindings,
  answers: Answers,
): Input {
  const all = { ...manifest.dependencies, ...manifest.devDependencies }
  const isKept = importsCheck(project)
  const server = isKept ? undefined : plainServer(project, start?.command.entry)
  // swc, esbuild and Node.js itself compile TypeScript without its package.
  const typescript =
    server === undefined &&
    ('typescript' in all ||
      project.has('tsconfig.json') ||
      project.sources(['.ts', '.mts', '.cts']).some((file) => !/\.(config|d)\.[cm]?ts$/.test(file)))
  const zod = manifest.dependencies['zod']
  const found = zod
    ? /^\D*3(\.|$)/.test(zod)
      ? 'zod3'
      : 'zod'
    : 'valibot' in manifest.dependencies
      ? 'valibot'
      : 'envalid' in manifest.dependencies
        ? 'envalid'
        : 'none'
  const options = (project.json('tsconfig.json', { comments: true })?.['compilerOptions'] ?? {}) as Record<
    string,
    unknown
  >
  return {
    variables,
    typescript,
    module:
      manifest.type === 'module' ||
      (typescript && !/^(commonjs|node16|nodenext)$/i.test(String(options['module'] ?? 'esnext'))) ||
      (typescript && row.kind !== 'worker')
        ? 'esm'
        : 'cjs',
    library: (answers.envLib as Input['library'] | undefined) ?? found,
    directory: server ?? (project.hasFolder('src') ? 'src' : ''),
    isRun: row.kind !== 'static' || isKept,
    dated: isDated(all),
    silenced: lintersOf(manifest),
    importExtensions: options['allowImportingTsExtensions'] === true,
    framework: row.id,
    ...envContext(project, nodeReader),
  }
}

const CHECKS = ['src/env.ts', 'src/env.check.ts', 'src/env.js', 'src/env.check.js']
const IMPORT_RE = /\b(?:from|require\(|import\(?)\s*['"]([^'"\n]*\/env(?:\.check)?(?:\.[jt]s)?)['"]/g

/** Whether code imports what an earlier run wrote: then it stays, and where it is. */
function importsCheck(project: Project): boolean {
  const own = CHECKS.filter((path) => project.has(path) && isOwnFile(project, path))
  return (
    own.length > 0 &&
    project
      .sources(nodeReader.sources)
      .some((file) =>
        [...(project.source(file) ?? '').matchAll(IMPORT_RE)].some(([, specifier = '']) =>
          resolveSpecifier(project, specifier, file, own),
        ),
      )
  )
}

/** The folder of a server that is JavaScript as it is, beside a frontend's `src`: the check is for the server. */
function plainServer(project: Project, entry: string | undefined): string | undefined {
  if (!entry || !project.hasFolder('src') || entry.startsWith('src/')) return undefined
  const file = project.first([entry, `${entry}.js`, `${entry}/index.js`])
  if (!file || !/\.[cm]?js$/.test(file)) return undefined
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : ''
}

/** Types that know no `node:fs`, or a compiler that knows no `?.`. */
const isDated = (all: Record<string, string>): boolean =>
  isDatedLine(all['@types/node'], 16) || isDatedLine(all['typescript'], 4)

const isDatedLine = (range: string | undefined, until: number): boolean =>
  /\d/.test(range ?? '') && isWithin(range, { until })

/** Linters that the build runs, by itself or in a script that it calls. */
function lintersOf({ scripts }: Manifest): string[] {
  const seen = new Set(['prebuild', 'build'])
  const wordsOf = (name: string) => (Object.hasOwn(scripts, name) ? (scripts[name] ?? '').split(/\s+/) : [])
  for (const name of seen) for (const word of wordsOf(name)) if (Object.hasOwn(scripts, word)) seen.add(word)
  const words = [...seen].flatMap(wordsOf)
  return ['eslint', 'tslint'].filter((linter) => words.includes(linter))
}
