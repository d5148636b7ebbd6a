import { isSample } from '../../env/checked.ts'
import type { Warning } from '../../facts.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { sourceOfDependency } from '../../services/signs.ts'
import { blankComments } from '../../source/javascript.ts'
import type { FrameworkRow } from './frameworks.ts'
import { isWithin, type Lines } from './lines.ts'
import { JS_EXTENSIONS } from './listen.ts'
import type { Manifest } from './manifest.ts'

/** A variable that a library reads by itself: the project's code may name it nowhere. */
interface LibraryVariable extends Lines {
  packages: readonly string[]
  name: string
  kind?: Variable['kind']
  secret?: true
  required?: true
  /** As the variable's. */
  development?: string
  /** Others that do as well: where the project speaks of one, that one is it. */
  instead?: readonly string[]
  /** The option that code passes in its place, in a file that names the package. */
  option?: string
  /** Only where a file of this name has this in its code, and then said. */
  note?: { files: RegExp; code: RegExp; message: string }
}

const AUTH_JS = ['@auth/sveltekit', '@auth/express', '@auth/solid-start']
const OWN_URL = 'http://localhost:{port}'

const ROWS: readonly LibraryVariable[] = [
  // https://authjs.dev/getting-started/deployment
  ...[{ packages: ['next-auth'], since: 5 }, { packages: AUTH_JS }].flatMap((of): LibraryVariable[] => [
    {
      ...of,
      name: 'AUTH_SECRET',
      secret: true,
      required: true,
      instead: ['NEXTAUTH_SECRET'],
      option: 'secret',
    },
    {
      ...of,
      name: 'AUTH_TRUST_HOST',
      kind: 'boolean',
      required: true,
      development: 'true',
      instead: ['AUTH_URL'],
      option: 'trustHost',
    },
  ]),
  // https://next-auth.js.org/configuration/options
  {
    packages: ['next-auth'],
    until: 5,
    name: 'NEXTAUTH_SECRET',
    secret: true,
    required: true,
    instead: ['AUTH_SECRET'],
    option: 'secret',
  },
  {
    packages: ['next-auth'],
    until: 5,
    name: 'NEXTAUTH_URL',
    kind: 'url',
    required: true,
    development: OWN_URL,
    instead: ['AUTH_TRUST_HOST'],
  },
  // https://www.better-auth.com/docs/reference/options
  {
    packages: ['better-auth'],
    name: 'BETTER_AUTH_SECRET',
    secret: true,
    required: true,
    instead: ['AUTH_SECRET'],
    option: 'secret',
  },
  // https://github.com/atinux/nuxt-auth-utils
  {
    packages: ['nuxt-auth-utils'],
    name: 'NUXT_SESSION_PASSWORD',
    secret: true,
    required: true,
    option: 'password',
  },
  // https://svelte.dev/docs/kit/adapter-node
  {
    packages: ['@sveltejs/adapter-node', '@sveltejs/adapter-auto'],
    name: 'ORIGIN',
    kind: 'url',
    note: {
      files: /(?:^|\/)\+page\.server\.[jt]s$/,
      code: /\bexport\s+(?:const|let)\s+actions\b/,
      message:
        'SvelteKit takes its own address for https: over plain http it refuses every form (403). Set ORIGIN to the address that browsers see, such as http://localhost:3000.',
    },
  },
]

/** With what its libraries read: as required as they have it, but where code of the project says more of it. */
export function withLibraryVariables(
  variables: readonly Variable[],
  project: Project,
  { dependencies, devDependencies }: Manifest,
  { kind }: FrameworkRow,
  warnings: Warning[],
): Variable[] {
  if (kind !== 'server') return [...variables]
  const installed = { ...devDependencies, ...dependencies }
  const all = new Map(variables.map((variable) => [variable.name, variable]))
  for (const row of ROWS) {
    const pack = row.packages.find((one) => one in installed && isWithin(installed[one], row))
    if (!pack) continue
    const name = [row.name, ...(row.instead ?? [])].find((one) => all.has(one)) ?? row.name
    const known = all.get(name)
    const isRead = known?.sources.some((source) => !isSample(source))
    if (isRead || (row.option && passes(project, pack, row.option))) continue
    const { note } = row
    const file =
      note &&
      project.files().find((path) => note.files.test(path) && note.code.test(project.source(path) ?? ''))
    if (note && !file) continue
    if (note && file) warnings.push({ rule: 'PD097', message: note.message, file })
    all.set(name, {
      kind: row.kind ?? 'string',
      secret: row.secret === true,
      public: false,
      ...known,
      name,
      required: row.required === true,
      ...(row.development !== undefined && name === row.name && { development: row.development }),
      sources: [...(known?.sources ?? []), sourceOfDependency(project, 'npm', pack)],
    })
  }
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether a file that names the package has a key of this name: whose it is, is not looked at. */
function passes(project: Project, pack: string, option: string): boolean {
  const key = new RegExp(`\\b${option}['"]?\\s*[:,}]`)
  return project.sources(JS_EXTENSIONS).some((path) => {
    const text = project.source(path)
    if (!text?.includes(option) || !(text.includes(`'${pack}`) || text.includes(`"${pack}`))) return false
    return key.test(blankComments(text))
  })
}
