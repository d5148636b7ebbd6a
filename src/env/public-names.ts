import type { Project } from '../project.ts'
import { record } from '../record.ts'
import { blankComments } from '../source/javascript.ts'
import { isPublicName } from './names.ts'
import { argumentsAt, literalAt } from './text.ts'

const VITE = [
  ...['vite', 'vite-plus', 'rolldown-vite', 'vitepress', 'vinxi', '@sveltejs/kit', '@react-router/dev'],
  ...['@remix-run/dev', '@tanstack/react-start', '@tanstack/solid-start', '@solidjs/start'],
  ...['@analogjs/platform', '@quasar/app-vite', 'electron-vite'],
]

/** What each tool writes into the bundle, by the packages that bring it. */
const PREFIXES: readonly (readonly [prefix: string, packages: readonly string[]])[] = [
  ['NEXT_PUBLIC_', ['next']],
  ['NUXT_PUBLIC_', ['nuxt', 'nuxt3', 'nuxt-nightly']],
  ['PUBLIC_', ['astro', '@sveltejs/kit', '@rsbuild/core']],
  ['REACT_APP_', ['react-scripts', 'react-app-rewired', '@craco/craco']],
  ['EXPO_PUBLIC_', ['expo']],
  ['GATSBY_', ['gatsby']],
]

const predicates = new WeakMap<Project, (name: string) => boolean>()

/** Whether a name is one that the project's own tools freeze: another's prefix is a name like any. */
export function publicNames(project: Project): (name: string) => boolean {
  let isPublic = predicates.get(project)
  if (!isPublic) {
    const prefixes = prefixesOf(project)
    isPublic = prefixes
      ? (name) => prefixes.some((prefix) => name.length > prefix.length && name.startsWith(prefix))
      : isPublicName
    predicates.set(project, isPublic)
  }
  return isPublic
}

function prefixesOf(project: Project): string[] | null {
  const manifest = project.json('package.json')
  if (!manifest) return null
  const installed = { ...record(manifest['dependencies']), ...record(manifest['devDependencies']) }
  const has = (name: string) => name in installed
  return [
    ...PREFIXES.filter(([, packages]) => packages.some(has)).map(([prefix]) => prefix),
    ...(VITE.some(has) || Object.keys(installed).some((name) => name.startsWith('@vitejs/'))
      ? vitePrefixes(project)
      : []),
  ]
}

/** `envPrefix` of Vite's config, a string or a list; what is no literal there is not known. */
function vitePrefixes(project: Project): string[] {
  for (const path of ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'].map((ending) => `vite.config.${ending}`)) {
    const text = project.has(path) ? project.source(path) : null
    if (!text?.includes('envPrefix')) continue
    const code = blankComments(text)
    const option = /\benvPrefix['"]?\s*:\s*(\[)?/.exec(code)
    const at = option ? option.index + option[0].length : 0
    const values = option?.[1] ? argumentsAt(code, at) : [code.slice(at)]
    const prefixes = option ? values.flatMap((value) => literalAt(value, 0)?.value || []) : []
    if (prefixes.length > 0) return prefixes
  }
  return ['VITE_']
}
