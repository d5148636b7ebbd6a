import { afterAll, describe, expect, it } from 'vitest'
import type { Warning } from '../../src/facts.ts'
import { findBasePath } from '../../src/languages/node/base-path.ts'
import { findFramework } from '../../src/languages/node/choose.ts'
import { type Manifest, readManifest } from '../../src/languages/node/manifest.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

function read(dependency: string, manifest: object, files: Record<string, string> = {}) {
  const project = projectOf({
    'package.json': JSON.stringify({ dependencies: { [dependency]: '1' }, ...manifest }),
    ...files,
  })
  const warnings: Warning[] = []
  const subject = { project, manifest: readManifest(project) as Manifest, listens: false }
  const { row } = findFramework(subject, {}, warnings)
  const { base, development } = findBasePath(project, subject.manifest, row, warnings)
  return { base: base?.value, development, warnings: warnings.map(({ message }) => message) }
}

const vite = (config: string, build = 'vite build') =>
  read('vite', { scripts: { build } }, { 'vite.config.ts': config })

describe('the path below which an app lies', () => {
  it.each<[string, string, object, Record<string, string>, string | undefined]>([
    ['Next.js', 'next', {}, { 'next.config.js': "module.exports = { basePath: '/shop' }" }, '/shop'],
    ['Nuxt', 'nuxt', {}, { 'nuxt.config.ts': "export default { app: { baseURL: '/docs/' } }" }, '/docs'],
    ['Astro', 'astro', {}, { 'astro.config.mjs': "export default { base: 'docs' }" }, '/docs'],
    [
      'React Router as a site: where its files are asked for',
      '@react-router/dev',
      {},
      {
        'react-router.config.ts': "export default { ssr: false, basename: '/a/' }",
        'vite.config.ts': "export default { base: '/b/' }",
      },
      '/b',
    ],
    ['CRA, of an address', 'react-scripts', { homepage: 'https://acme.example/portal/' }, {}, '/portal'],
    [
      'CRA, by its variable',
      'react-scripts',
      { homepage: '/a', scripts: { build: 'PUBLIC_URL=/b react-scripts build' } },
      {},
      '/b',
    ],
    ['CRA, relative', 'react-scripts', { homepage: '.' }, {}, undefined],
    [
      'Vue CLI',
      'vite',
      { scripts: { build: 'vue-cli-service build' } },
      {
        'vue.config.js': "module.exports = { publicPath: '/x/' }",
      },
      '/x',
    ],
  ])('%s', (_name, dependency, manifest, files, base) =>
    expect(read(dependency, manifest, files)).toEqual({
      base,
      development: expect.any(String),
      warnings: [],
    }),
  )

  it('of the configuration that Angular builds', () => {
    const angular = (script: string) =>
      read(
        '@angular/core',
        { scripts: { build: script } },
        {
          'angular.json': JSON.stringify({
            projects: {
              app: {
                architect: {
                  build: {
                    builder: '@angular/build:application',
                    defaultConfiguration: 'production',
                    options: { baseHref: '/a/' },
                    configurations: { production: { baseHref: '/b/' }, staging: {} },
                  },
                },
              },
            },
          }),
        },
      )
    expect(angular('ng build').base).toBe('/b')
    expect(angular('ng build --configuration=staging').base).toBe('/a')
    expect(angular('ng build -c staging --base-href /c/')).toEqual({
      base: '/c',
      development: '/a',
      warnings: [],
    })
  })

  it('the flag of the build goes before the config, and is not there while developing', () =>
    expect(vite("export default { base: '/a/' }", 'tsc && vite build --base=/b/c/')).toEqual({
      base: '/b/c',
      development: '/a',
      warnings: [],
    }))

  it.each(['/', './', '', 'https://cdn.example/x/'])('Vite: %j leaves the pages at the root', (base) =>
    expect(vite(`export default { base: '${base}' }`)).toEqual({
      base: undefined,
      development: '',
      warnings: [],
    }),
  )

  it.each(["process.env.BASE ?? '/'", "'/a b/'", "'/x;}/'", "'/../x'", '`/${name}/`'])(
    'what is no plain path is said: %s',
    (value) => {
      const { base, warnings } = vite(`export default { base: ${value} }`)
      expect(base).toBeUndefined()
      expect(warnings).toEqual([
        'vite.config.ts:1 computes base: it was not run, so the site is served at /. Where the app lies below a path, write that as a plain value.',
      ])
    },
  )
})
