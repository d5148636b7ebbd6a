import { dockerPaths } from '../../escape.ts'
import type { Project } from '../../project.ts'
import { configValue } from './conditions.ts'
import type { FrameworkRow, Payload } from './frameworks.ts'
import type { NodeFindings } from './model.ts'
import { builtPayload, LEFT_OUT, outputFolder, WORKDIR } from './payload.ts'

/** COPY lines of the runtime stage, what changes least first. */
export function payloadOf(found: NodeFindings, hasBuild: boolean): string[] {
  const { project, row, start } = found
  if (row.kind === 'static') return []
  const from = hasBuild ? 'build' : undefined
  const listed: Payload[] | undefined = row.payload
    ? row.payload.filter((entry) => isThere(project, entry.from, hasBuild))
    : undefined
  const folder = hasBuild ? outputFolder(project, start?.command.entry) : undefined
  const parts = listed ?? (folder ? builtPayload(project, folder) : undefined)
  if (parts && from) return parts.map((part) => copyLine(part, from))
  const excludes = LEFT_OUT.map((pattern) => ` --exclude=${pattern}`).join('')
  return [`COPY --link${excludes}${from ? ` --from=${from} ${WORKDIR}/ ./` : ' . ./'} #@PD008`]
}

/** The output of the build is not there yet; what stands beside it must be in the project. */
function isThere(project: Project, path: string, hasBuild: boolean): boolean {
  if (path.includes('*'))
    return ['ts', 'mts', 'js', 'mjs', 'cjs'].some((extension) => project.has(path.replace('*', extension)))
  if (/^(\.next|\.output|build|dist)(\/|$)/.test(path)) return hasBuild
  return project.has(path) || project.hasFolder(path)
}

function copyLine({ from, to, exclude }: Payload, stage: string): string {
  // `*` of a row is meant as one; a path of the project never is.
  const words = from.includes('*')
    ? `${WORKDIR}/${from} ./`
    : dockerPaths([`${WORKDIR}/${from}${to === '.' ? '/' : ''}`, to === '.' ? './' : `./${to}`])
  return `COPY --link${exclude ? ` --exclude=${exclude}` : ''} --from=${stage} ${words} #@PD008`
}

/** The page that every unknown address of a static site gets; undefined where that is a 404. */
export function fallbackPage({ project, row }: NodeFindings): string | undefined {
  const named = row.site?.fallbackPage && configValue(project, row.site.fallbackPage)?.value
  if (typeof named === 'string' && /^[\w.-]+$/.test(named)) return named
  return row.site?.fallback === 'index' ? 'index.html' : undefined
}

/** Where the build puts a static site. */
export function siteFolder({ project, manifest, row }: NodeFindings): string {
  const site = row.site as NonNullable<FrameworkRow['site']>
  const setting = site.setting && configValue(project, site.setting)
  const found =
    site.find?.(project, manifest)?.value ??
    (typeof setting?.value === 'string' ? setting.value : undefined) ??
    site.folder
  return found.replace(/^\.\//, '').replace(/\/$/, '')
}
