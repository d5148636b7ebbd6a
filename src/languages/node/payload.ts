import type { Project } from '../../project.ts'
import { committedFolder } from '../common.ts'
import type { Payload } from './frameworks.ts'
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

/** The file that runs where no script says so. */
export function entryFile(
  project: Project,
  manifest: Manifest,
): { file: string; source: string } | undefined {
  if (
    manifest.main &&
    (project.has(manifest.main) || outputFolder(project, manifest.main.replace(/^\.\//, '')))
  )
    return { file: manifest.main.replace(/^\.\//, ''), source: 'package.json#main' }
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
