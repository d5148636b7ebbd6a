import { withoutLine } from '../../facts.ts'
import { gitIgnores, hidden, isPlainLine } from '../../ignore.ts'
import type { AppModel } from '../../model.ts'
import { DATA, localFiles } from '../common.ts'
import type { NodeFindings } from './findings.ts'
import { outputFolder } from './payload.ts'
import { siteFolder } from './runtime-files.ts'

/** Lines of .dockerignore that only Node.js projects need. */
export function ignoreLines(
  { row, project, manifest, start, fileDatabase, kept, testEnv, apart }: NodeFindings,
  reads: readonly string[],
): string[] {
  const output = outputFolder(project, start?.command.entry)
  const folders = new Set([
    'node_modules',
    '.next',
    '.nuxt',
    '.output',
    '.svelte-kit',
    '.astro',
    '.angular',
    '.turbo',
    '.cache',
    '.vite',
    'coverage',
    ...(output ? [output] : []),
    ...(row.site ? ['dist'] : []),
  ])
  const mine = [
    ...new Set([
      ...(fileDatabase?.files ?? []).map((file) => `**/${file}*`),
      ...kept,
      ...localFiles(project),
    ]),
  ]
  const site = row.site?.keepsOld ? siteFolder({ project, manifest, row }) : undefined
  const lines = [
    ...[...folders].map((folder) => `**/${folder}`),
    ...(site && !folders.has(site) && isPlainLine(site) && gitIgnores(project, site) ? [site] : []),
  ]
  return [
    ...lines,
    // Committed, under a name that output has elsewhere.
    ...hidden(lines.join('\n'), reads)
      .filter((path) => !/[*?[\\\n]/.test(path))
      .map((path) => `!${path}`),
    '*.tsbuildinfo',
    'npm-debug.log*',
    'yarn-error.log',
    '.yarn/cache',
    '.yarn/unplugged',
    '.yarn/install-state.gz',
    // Yarn's map of a laptop's packages: tools that see it look for them there.
    '.pnp.*',
    '.pnpm-store',
    ...(mine.length > 0 ? ['# What each machine has its own of: data, and settings', ...mine] : []),
    ...apart,
    ...(testEnv ? [`!${testEnv}`] : []),
  ]
}

/** The stages of the Dockerfile, for the diagram. */
export function stagesOf(is: {
  installs: boolean
  separate: boolean
  prunes: boolean
  build: boolean
  migrates: string | undefined
  tests: boolean
  isStatic: boolean
  modulesFrom: string
  modules: boolean
}): AppModel['stages'] {
  return [
    { name: 'base', from: [], what: 'Node.js and the package manager' },
    { name: 'deps', from: ['base'], what: 'all dependencies' },
    { name: 'dev', from: ['deps'], what: 'development server' },
    ...(is.tests ? [{ name: 'test', from: ['deps'], what: 'the tests' }] : []),
    ...(is.build ? [{ name: 'build', from: ['deps'], what: 'compiles the app' }] : []),
    ...(is.separate
      ? [{ name: 'prod-deps', from: [is.prunes ? 'deps' : 'base'], what: 'production dependencies' }]
      : []),
    ...(is.migrates ? [{ name: 'migrate', from: [is.migrates], what: 'database migrations' }] : []),
    {
      name: 'runtime',
      from: [...(is.build ? ['build'] : []), ...(is.modules ? [is.modulesFrom] : [])],
      what: is.isStatic ? 'nginx with the built site' : 'what runs in production',
    },
  ]
}

/** What was decided, in a sentence each, for DOCKER.md. */
export function decisionsOf(
  { facts, row, start, fileDatabase }: NodeFindings,
  is: { base: string; separate: boolean; init: boolean; probe: boolean; plugAndPlay: boolean },
): AppModel['decisions'] {
  const runs = start ? (start.shell ?? start.command.argv.join(' ')) : ''
  return [
    ...(row.kind === 'static'
      ? [
          {
            title: 'Served by unprivileged nginx',
            why: 'The build gives plain files: Node.js is not in the image at all.',
            rule: 'PD025',
          },
        ]
      : [
          is.base === 'distroless'
            ? {
                title: 'Distroless image',
                why: 'No shell and no package manager in production: less to patch, nothing to break into.',
                rule: 'PD013',
              }
            : {
                title: 'Debian slim image',
                why: `Distroless does not fit here: ${facts.get('base')?.source}.`,
                rule: 'PD013',
              },
          {
            title: `Starts ${runs}`,
            why: 'The program itself is process 1: signals reach it, and no package manager runs beside it.',
            rule: 'PD010',
          },
        ]),
    ...(is.plugAndPlay
      ? [
          {
            title: 'node_modules instead of Plug’n’Play',
            why: 'The same versions from the same lockfile, without a loader between Node.js and the code: the image starts by itself, and distroless fits.',
            rule: 'PD023',
          },
        ]
      : []),
    ...(is.separate
      ? [
          {
            title: 'Production dependencies apart',
            why: 'They are installed beside the build, not cut down after it: no development tool is in the image.',
            rule: 'PD007',
          },
        ]
      : []),
    ...(is.init
      ? [
          {
            title: 'tini as process 1',
            why: 'The code has no SIGTERM handler; as process 1, Node.js would ignore the signal and be killed after ten seconds.',
            rule: 'PD011',
          },
        ]
      : []),
    ...(is.probe
      ? [
          {
            title: `Health check on ${facts.value('healthPath')}`,
            why: `${withoutLine(facts.get('healthPath')?.source ?? '')}; asked by the runtime itself, since there is no curl.`,
            rule: 'PD012',
          },
        ]
      : []),
    ...(fileDatabase
      ? [
          {
            title: fileDatabase.folder ? 'Data on a volume' : 'SQLite on a volume',
            why: `The ${fileDatabase.folder ? 'app keeps files' : 'database is a file'}: on the volume at ${DATA} it outlives the container. One replica alone may use it.`,
            rule: 'PD058',
          },
        ]
      : []),
    {
      title: 'Numeric, unprivileged user',
      why: 'Kubernetes can verify a number, not a name; the code belongs to root and cannot change itself.',
      rule: 'PD009',
    },
  ]
}
