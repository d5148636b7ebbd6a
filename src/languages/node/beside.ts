import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import { blankComments } from '../../source/javascript.ts'
import { JS_EXTENSIONS } from './listen.ts'
import type { Manifest } from './manifest.ts'

/** Where more packages than one belong together. */
const SHARED = ['pnpm-workspace.yaml', 'lerna.json', 'nx.json', 'turbo.json', 'rush.json']
/** Of package.json, what is told to people. */
const TOLD = 'name description keywords author contributors repository homepage bugs'.split(' ')
/** More projects than these are a collection, not an app with something beside it. */
const MOST = 20

/** Folders that are projects of their own: they install by themselves, and neither code, script nor setting of this one names them. */
export function projectsBeside(project: Project, manifest: Manifest): string[] {
  if (manifest.workspaces || project.first(SHARED)) return []
  const open = new Set(
    project
      .files()
      .filter((file) => file.endsWith('/package.json'))
      .map((file) => file.slice(0, -'/package.json'.length))
      .filter((folder) => {
        const { dependencies, scripts } = record(project.lenientJson(`${folder}/package.json`))
        return Object.keys(record(dependencies)).length > 0 || record(scripts)['start'] !== undefined
      }),
  )
  if (open.size === 0 || open.size > MOST) return []
  const told = Object.entries(manifest.raw).filter(([key]) => !TOLD.includes(key))
  const settings = [
    JSON.stringify(told),
    ...['tsconfig.json', 'tsconfig.build.json'].map((file) => project.source(file) ?? ''),
  ]
  const codes = new Map(
    project.sources(JS_EXTENSIONS).map((file) => [file, blankComments(project.source(file) ?? '')]),
  )
  const names = (folder: string) => {
    const name = (folder.split('/').at(-1) as string).replace(/\W/g, '\\$&')
    const word = new RegExp(`(?<![\\w-])${name}(?![\\w-])`)
    const path = new RegExp(`['"\`/]${name}['"\`/]`)
    const isOut = (file: string) => [...open].some((other) => file.startsWith(`${other}/`))
    return (
      settings.some((text) => word.test(text)) ||
      [...codes].some(([file, code]) => !isOut(file) && path.test(code))
    )
  }
  // What is used may itself use another.
  for (let used: string | undefined; ; open.delete(used)) {
    used = [...open].find(names)
    if (used === undefined) return [...open]
  }
}
