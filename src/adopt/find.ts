import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FILE_IDS } from '../answers.ts'
import { FOUND_BY_COMPOSE } from '../artefacts/paths.ts'
import { CliError, EXIT } from '../errors.ts'
import type { Project } from '../project.ts'
import { isInside, type Lock } from '../state/lock.ts'

/** Files that this tool did not write and a person keeps, one for each of ours that it stands for, by id. */
export interface Found {
  paths: Record<string, string>
  /** More than one could be it: only a person knows. */
  several: { id: string; title: string; candidates: string[] }[]
  /** More Dockerfiles than the one: what they share is theirs, too. */
  dockerfiles: number
}

/** `--adopt id=path`, or `id=none` for a file that is no business of ours. */
export type Adopt = Readonly<Record<string, string>>

/** Named like a Dockerfile, and none: a copy that an editor left, a template, notes. */
const NONE = new Set(
  `dockerignore bak backup orig old save swo swp rej j2 jinja jinja2 tmpl tpl template ejs erb hbs md txt sample example`.split(
    ' ',
  ),
)
/** Not what is shipped, by its own word. */
const DEVELOPMENT = new Set(
  'dev devel development devcontainer local test tests testing e2e debug storybook'.split(' '),
)
/** Images of servers beside the app, kept in folders of their names. */
const BESIDE = new Set(
  `nginx caddy traefik haproxy varnish postgres postgresql db database mysql mariadb mongo mongodb redis valkey rabbitmq kafka
   elasticsearch opensearch keycloak prometheus grafana`.split(/\s+/),
)

/** `Dockerfile`, `Dockerfile.prod`, `Containerfile-api`, `web.Dockerfile`; in whatever letters. */
function isNamedDockerfile(path: string): boolean {
  const folders = path.toLowerCase().split('/')
  const name = folders.pop() as string
  const at = ['dockerfile', 'containerfile'].find(
    (word) => name.startsWith(word) || name.endsWith(`.${word}`),
  )
  // `.gitpod.Dockerfile`: what is hidden is a tool's.
  if (at === undefined || name.startsWith('.') || NONE.has(name.split('.').pop() as string)) return false
  const rest = name.startsWith(at) ? name.slice(at.length) : ''
  return (rest === '' || /^[.-]./.test(rest)) && !folders.some((folder) => BESIDE.has(folder))
}

/** Looks for what people already have, before anything is created beside it. Files of the lock are not looked for. */
export async function findFiles(project: Project, lock: Lock | null, adopt: Adopt): Promise<Found> {
  const taken = new Set(Object.values(lock?.files ?? {}).map(({ path }) => path))
  const found: Found = { paths: {}, several: [], dockerfiles: 0 }
  const dockerfiles = await dockerfilesOf(project)
  found.dockerfiles = dockerfiles.length
  const choose = (id: string, title: string, all: readonly string[]) => {
    if (lock?.files[id]) return
    const candidates = all.filter((path) => isInside(path) && !taken.has(path))
    const told = adopt[id]
    if (told === 'none') return
    if (told !== undefined) found.paths[id] = told
    else if (candidates.length === 1) found.paths[id] = candidates[0] as string
    else if (candidates.length > 1) found.several.push({ id, title, candidates })
  }
  // What `docker build .` builds, whatever lies beside it.
  const plain = dockerfiles.filter((path) => path === 'Dockerfile')
  choose('dockerfile', 'Dockerfile', plain.length > 0 ? plain : shippedOf(dockerfiles))
  choose('compose', 'compose file', composeFilesOf(project))
  if (!lock?.files['ci']) choose('ci', 'workflow', shippedOf(await buildWorkflows(project)))
  const dockerfile = found.paths['dockerfile'] ?? lock?.files['dockerfile']?.path ?? 'Dockerfile'
  // BuildKit reads the one of a Dockerfile's own, and then not the common one.
  const ignore = project.first([`${dockerfile}.dockerignore`, '.dockerignore'])
  choose('dockerignore', '.dockerignore', ignore === undefined ? [] : [ignore])
  for (const [id, path] of Object.entries(adopt)) if (path !== 'none') found.paths[id] ??= path
  return found
}

/** What was told with --adopt, checked: a known id, and a file of the project that stands for no other. */
export function checkAdopt(project: Project, adopt: Adopt, lock: Lock | null): void {
  for (const [id, path] of Object.entries(adopt)) {
    const refuse = (why: string, hint: string) =>
      new CliError(`--adopt ${id}=${path}: ${why}`, { code: EXIT.usage, hint })
    if (!FILE_IDS.includes(id)) throw refuse(`there is no file "${id}".`, `Known: ${FILE_IDS.join(', ')}.`)
    if (path === 'none') continue
    if (!isInside(path) || !project.has(path))
      throw refuse(
        'the project has no such file.',
        'Its path counts from the project’s folder; none leaves it out of this.',
      )
    const twin =
      Object.entries(adopt).find(([other, one]) => other !== id && one === path) ??
      Object.entries(lock?.files ?? {}).find(([other, one]) => other !== id && one.path === path)
    if (twin) throw refuse(`it is ${twin[0]} already.`, 'A file stands for one of ours.')
  }
}

/** Those that a plain build ships; where all are for development, all of them. */
function shippedOf(paths: readonly string[]): readonly string[] {
  const shipped = paths.filter(
    (path) =>
      !path
        .toLowerCase()
        .split(/[/._-]/)
        .some((word) => DEVELOPMENT.has(word)),
  )
  return shipped.length > 0 ? shipped : paths
}

async function dockerfilesOf(project: Project): Promise<string[]> {
  const folders = ['', 'docker/', '.docker/', 'build/']
  const below = ['docker/', '.docker/'].flatMap((folder) =>
    list(project, folder, 'folders').map((name) => `${folder}${name}/`),
  )
  const named = [...folders, ...below]
    .flatMap((folder) => list(project, folder, 'files').map((name) => `${folder}${name}`))
    .filter(isNamedDockerfile)
  if (named.every((path) => path === 'Dockerfile')) return named
  const { isDockerfile } = await import('./contents.ts')
  return named.filter((path) => path === 'Dockerfile' || isDockerfile(project.source(path) ?? ''))
}

/** Compose reads one file of a folder: the others there are shadowed already. */
function composeFilesOf(project: Project): string[] {
  return ['', 'docker/', '.docker/'].flatMap(
    (folder) => project.first(FOUND_BY_COMPOSE.map((name) => `${folder}${name}`)) ?? [],
  )
}

/** Workflows that build an image, known by what they do and not by their names. */
async function buildWorkflows(project: Project): Promise<string[]> {
  const all = project.workflows().filter((path) => /\.ya?ml$/.test(path) && project.has(path))
  if (all.length === 0) return []
  const { buildsImage } = await import('./contents.ts')
  const building = all.filter((path) => buildsImage(project.source(path) ?? ''))
  const own = '.github/workflows/docker.yml'
  return building.length === 0 && all.includes(own) ? [own] : building
}

function list(project: Project, folder: string, kind: 'files' | 'folders'): string[] {
  try {
    return readdirSync(join(project.root, folder), { withFileTypes: true })
      .filter((entry) => (kind === 'files' ? entry.isFile() : entry.isDirectory()))
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}
