import { committedFolder } from '../../ignore.ts'
import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import type { Payload } from './frameworks.ts'
import { resolveSpecifier } from './imports.ts'
import type { Manifest } from './manifest.ts'

/** Where the app lives in the image. */
export const WORKDIR = '/app'

/** Where compilers put what they make: never committed, so the image takes it from the build stage. */
const OUTPUT_FOLDERS = ['dist', 'build', 'out', 'output', '.output', 'lib-dist', 'bundle']

/** Folders beside the code that apps read while they run. */
const ASSET_FOLDERS = [
  'public',
  'views',
  'templates',
  'static',
  'assets',
  'locales',
  'i18n',
  'lang',
  'migrations',
  'drizzle',
  'config',
  'emails',
  'proto',
  'resources',
  'content',
]

/** What never belongs in an image that takes the whole folder: tests, and the tools' own files. */
export const LEFT_OUT = [
  'node_modules',
  '**/*.test.*',
  '**/*.spec.*',
  '**/__tests__',
  'test',
  'tests',
  'e2e',
  'coverage',
]

/** The output folder that a start file lies in: `dist` of `dist/src/main.js`; undefined where it is source. */
export function outputFolder(project: Project, entry: string | undefined): string | undefined {
  const top = entry?.includes('/') ? entry.split('/')[0] : undefined
  if (!top) return undefined
  return OUTPUT_FOLDERS.includes(top) || compilerOutput(project) === top ? top : undefined
}

/** The source of a start file: `src/bot.ts` of `dist/bot.js`, `server/index.js` of `server`. */
export function sourceOf(project: Project, entry: string): string | undefined {
  const folder = outputFolder(project, entry)
  const { rootDir } = compilerOptions(project)
  const below = folder === undefined ? undefined : entry.slice(folder.length + 1)
  const places =
    below === undefined ? [entry] : [entry, `${rootDir ?? 'src'}/${below}`, `src/${below}`, below]
  for (const place of places) {
    const found = resolveSpecifier(project, `./${place}`, '', project.files())
    if (found) return found
  }
  return undefined
}

/** The file of the project that a start file is, or is made of; undefined for what a framework makes. */
export function ownFile(project: Project, entry: string | undefined): string | undefined {
  if (entry === undefined) return undefined
  return outputFolder(project, entry) === undefined
    ? [entry, `${entry}.js`, `${entry}/index.js`].find((file) => project.files().includes(file))
    : sourceOf(project, entry)
}

/** `outDir` of tsconfig.json. */
export function compilerOutput(project: Project): string | undefined {
  const folder = compilerOptions(project)['outDir']
  return typeof folder === 'string' ? folder.replace(/^\.\//, '').replace(/\/$/, '') : undefined
}

/** `compilerOptions` of tsconfig.json, with what tsconfig.build.json puts over them. */
export function compilerOptions(project: Project): Record<string, unknown> {
  return Object.assign(
    {},
    ...['tsconfig.json', 'tsconfig.build.json'].map(
      (file) => project.json(file, { comments: true })?.['compilerOptions'],
    ),
  )
}

/** The build's output with the folders that the app reads beside it. */
export function builtPayload(project: Project, folder: string, exclude: readonly string[]): Payload[] {
  const folders = [
    ...ASSET_FOLDERS.filter((name) => name !== folder && committedFolder(project, name)),
    folder,
  ]
  return [
    { from: 'package.json', to: 'package.json' },
    ...folders.map((name) => ({ from: name, to: name, exclude: name === folder ? exclude : [] })),
  ]
}

const plain = (path: string) => path.replace(/^\.\//, '').replace(/\/$/, '')

/** Where the build puts a file of TypeScript; the file itself, where no compiler is set up. */
export function compiledFile(project: Project, manifest: Manifest, file: string): string {
  const { rootDir, noEmit } = compilerOptions(project)
  const folder = manifest.scripts['build'] && noEmit !== true ? compilerOutput(project) : undefined
  if (folder === undefined || !/\.[cm]?tsx?$/.test(file)) return file
  const root = typeof rootDir === 'string' ? plain(rootDir) : 'src'
  const below = file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file
  return `${folder}/${below.replace(/ts(x?)$/, 'js')}`
}

/** Compilers of Nx that keep the folders of the source; the others put the main file on top. */
const NX_KEEPS_RE = /^@(?:nx|nrwl)\/js:(?:tsc|swc)$/

/** What Nx builds, by the project.json of the root. */
function nxOutput(project: Project): string | undefined {
  const build = record(record(record(project.lenientJson('project.json'))['targets'])['build'])
  const { main, outputPath } = record(build['options'])
  if (typeof main !== 'string' || typeof outputPath !== 'string') return undefined
  const kept = NX_KEEPS_RE.test(String(build['executor'])) ? main : main.replace(/^.*\//, '')
  return `${plain(outputPath)}/${plain(kept).replace(/\.([cm]?)tsx?$/, '.$1js')}`
}

/** The file that runs where no script says so. */
export function entryFile(
  project: Project,
  manifest: Manifest,
): { file: string; source: string } | undefined {
  const nx = nxOutput(project)
  if (nx) return { file: nx, source: 'project.json#targets.build' }
  if (
    manifest.main &&
    (project.has(manifest.main) || outputFolder(project, manifest.main.replace(/^\.\//, '')))
  )
    return { file: compiledFile(project, manifest, plain(manifest.main)), source: 'package.json#main' }
  const file = project.first([
    'server.js',
    'index.js',
    'app.js',
    'main.js',
    'server.mjs',
    'index.mjs',
    'src/index.js',
    'src/server.js',
    'src/main.js',
    'src/app.js',
  ])
  return file ? { file, source: file } : undefined
}
