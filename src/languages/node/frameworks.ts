import type { Fact } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import { record } from '../../record.ts'
import { flagValue, parseShell } from '../../shell.ts'
import { blankComments } from '../../source/javascript.ts'
import type { BaseSetting } from './base-path.ts'
import { type Condition, type ConfigRef, configFiles } from './conditions.ts'
import type { Manifest } from './manifest.ts'

/** A part of the build's output that the image needs: copied from the build stage. */
export interface Payload {
  from: string
  to: string
  /** Left out of this copy: it has a layer of its own, or only a debugger reads it. */
  exclude?: readonly string[]
  /** `from` is a pattern below the build's folder, and keeps its path: it may match nothing. */
  parents?: true
}

/** How a framework is built, started and watched: a row. To add one is to add a row and a fixture, and nothing else. */
export interface FrameworkRow {
  id: string
  title: string
  kind: 'server' | 'static' | 'worker'
  /** Beside another language it is the app where one of these is there; else it builds files for that one. */
  page?: readonly string[]
  /** When it is this one. */
  when: Condition
  /** The most specific wins: a meta-framework over what it is built on. */
  score: number
  port?: number
  /** What its server answers by itself. */
  health?: string
  /** The variable that its server reads the port from; null: none. */
  portVariable?: string | null
  /** Environment of the image, `0.0.0.0` where the default is loopback. */
  env?: Record<string, string>
  /** Listens on loopback where the code names no host; by name: where the file imports that package. */
  loopbackByDefault?: true | string
  /** The start command, where the framework decides it; else scripts do. A package's own server by the name of its command. */
  start?: Argv
  /** Scripts win over `start`: people wrap this framework, or pass it flags. */
  scriptsFirst?: boolean
  /** What the image takes from the build; absent: found from the start command. */
  payload?: readonly Payload[]
  /** Its server reads this config each time it starts: what that imports goes along, and the compiler where it is TypeScript. */
  startConfig?: readonly string[]
  /** What a person can do so that it needs none. */
  sparesConfig?: string
  /** The server needs node_modules at run time. */
  modules: boolean
  /** A static site: where the build puts it, and what an unknown path gives. */
  site?: {
    folder: string
    setting?: ConfigRef
    find?: (project: Project, manifest: Manifest) => Fact<string> | undefined
    fallback: 'index' | 'pages'
    /** Its build leaves old pages there: none of this machine may come along. */
    keepsOld?: true
    /** Names the page that every unknown address gets; without it, they are 404. */
    fallbackPage?: ConfigRef
  }
  /** Files of the project that its build reads variables from; `*` is the mode. */
  envFiles?: readonly string[]
  /** Public names that its server reads as it runs: no part of a build. */
  livePrefix?: string
  /** Serves below a path, where it is told so. */
  base?: BaseSetting
  /** Stops on SIGTERM by itself. */
  stopsItself?: true
  /** Written to under a read-only root. */
  writable?: readonly string[]
  /** Kept between builds on the builder. */
  buildCache?: string
  /** What builds it where no script does: Vite's command, unless it says another. */
  build?: Argv
  /** Comes after the build, in the same layer. */
  afterBuild?: Argv
  /** Its build runs the app's own modules, to see what they export and to make pages: what one checks as it loads, it checks there. */
  buildRunsCode?: true
  /** Environment of the build. */
  buildEnv?: Record<string, string>
  /** Arguments that make its development server reachable from outside of the container. */
  devArgs?: readonly string[]
  /** Scripts that start it, before the usual names: `watch` and `serve` are something else here. */
  devScripts?: readonly string[]
  devEnv?: Record<string, string>
  devPort?: number
  /** Where a project may set another one. */
  devPortSetting?: ConfigRef
  /** The first that holds changes the row. */
  variants?: readonly (Partial<Omit<FrameworkRow, 'id' | 'when' | 'score' | 'variants'>> & {
    output: string
    when: Condition
    warning?: { rule: string; message: string }
  })[]
  /** A setting that decides the variant: an expression there can't be read for sure, and is said. */
  decidedBy?: ConfigRef
  output?: string
  warning?: { rule: string; message: string }
  /** Said in its place where the start script runs a server of the project's own; null: nothing is. */
  ownServer?: { rule: string; message: string } | null
}

const to = (from: string, target = from): Payload => ({ from, to: target })
const VITE = configFiles('vite')
/** Vite's, Next.js's and Create React App's: what a later one sets goes before. */
const MODES = ['.env', '.env.*']
const DEV_PORT = { files: VITE, key: 'server.port' } as const
/** Vite's own, where the files that it builds are asked for. */
const VITE_BASE: BaseSetting = { settings: [{ files: VITE, key: 'base' }], flag: '--base' }
const NEXT = configFiles('next')
/** Nitro's server with what it did not bundle; maps are of no use without a flag that nobody sets. */
const NITRO: readonly Payload[] = [
  { from: '.output/server/node_modules*', to: '.', parents: true },
  { from: '.output', to: '.output', exclude: ['server/node_modules', 'server/**/*.map'] },
]
const ASTRO = configFiles('astro')
const ELEVENTY = ['.eleventy.js', ...configFiles('eleventy')]
const VITEPRESS_RE = /\bvitepress\s+build\b(?:\s+([\w./-]*\w))?/
const SVELTE = [...configFiles('svelte'), ...VITE]

/** Servers that people write themselves: the start script and the code tell the rest. */
const server = (
  id: string,
  title: string,
  dep: readonly string[],
  score: number,
  more: Partial<FrameworkRow> = {},
): FrameworkRow => ({
  id,
  title,
  kind: 'server',
  when: { dep },
  score,
  port: 3000,
  modules: true,
  ...more,
})

/** Generators of static sites: pages of their own for each address. */
const generator = (
  id: string,
  title: string,
  folder: string,
  build: Argv,
  more: Partial<FrameworkRow> & Pick<FrameworkRow, 'when' | 'score'>,
  site: Partial<FrameworkRow['site']> = {},
): FrameworkRow => ({
  id,
  title,
  kind: 'static',
  port: more.devPort ?? 3000,
  modules: false,
  site: { folder, fallback: 'pages', keepsOld: true, ...site },
  build,
  output: 'static',
  ...more,
})

export const FRAMEWORKS: readonly FrameworkRow[] = [
  {
    id: 'next',
    title: 'Next.js',
    kind: 'server',
    when: { dep: ['next'] },
    score: 100,
    port: 3000,
    env: { HOSTNAME: '0.0.0.0', NEXT_TELEMETRY_DISABLED: '1' },
    start: ['next', 'start'],
    scriptsFirst: true,
    payload: [
      // `build` is what Turbopack runs loaders with.
      { from: '.next', to: '.next', exclude: ['build', 'server/**/*.map'] },
      to('public'),
      to('package.json'),
      to('next.config.*'),
      to('server.js'),
      to('server.mjs'),
    ],
    startConfig: NEXT,
    sparesConfig: "set output: 'standalone'",
    base: { settings: [{ files: NEXT, key: 'basePath' }] },
    modules: true,
    stopsItself: true,
    writable: ['/app/.next/cache'],
    buildCache: '.next/cache',
    build: ['next', 'build'],
    buildRunsCode: true,
    buildEnv: { NEXT_TELEMETRY_DISABLED: '1' },
    devPort: 3000,
    decidedBy: { files: NEXT, key: 'output' },
    envFiles: MODES,
    output: 'server',
    warning: {
      rule: 'PD028',
      message:
        "Next.js copies all of node_modules into the image. Set output: 'standalone' in its config: the image gets several times smaller.",
    },
    // That output would leave it out.
    ownServer: null,
    variants: [
      {
        output: 'standalone',
        when: { config: { files: NEXT, key: 'output', is: ['standalone'] } },
        start: ['node', 'server.js'],
        scriptsFirst: false,
        ownServer: {
          rule: 'PD028',
          message:
            "The start script runs a server of your own, which the standalone output leaves out. The image starts the one that Next.js makes; to ship yours, take output: 'standalone' out of the config.",
        },
        payload: [
          to('.next/standalone/node_modules', 'node_modules'),
          to('public'),
          { from: '.next/standalone', to: '.', exclude: ['node_modules', '.next/server/**/*.map'] },
        ],
        // Each build names a folder of it anew, as it does the server's: together they are one layer.
        afterBuild: ['mv', '.next/static', '.next/standalone/.next/'],
        modules: false,
      },
      {
        output: 'export',
        when: { config: { files: NEXT, key: 'output', is: ['export'] } },
        kind: 'static',
        site: { folder: 'out', setting: { files: NEXT, key: 'distDir' }, fallback: 'pages' },
      },
    ],
  },
  {
    id: 'nuxt',
    title: 'Nuxt',
    kind: 'server',
    when: { dep: ['nuxt', 'nuxt3', 'nuxt-nightly'] },
    score: 100,
    port: 3000,
    env: { HOST: '0.0.0.0' },
    start: ['node', '.output/server/index.mjs'],
    payload: NITRO,
    modules: false,
    base: { settings: [{ files: configFiles('nuxt'), key: 'app.baseURL' }] },
    stopsItself: true,
    buildEnv: { NITRO_PRESET: 'node-server', NUXT_TELEMETRY_DISABLED: '1' },
    livePrefix: 'NUXT_PUBLIC_',
    devArgs: ['--host', '0.0.0.0'],
    envFiles: ['.env'],
    output: 'server',
    variants: [
      {
        output: 'static',
        when: {
          script: /\b(nuxt|nuxi)\s+generate\b/,
          config: { files: configFiles('nuxt'), key: 'ssr', is: [false] },
        },
        kind: 'static',
        site: { folder: '.output/public', fallback: 'index' },
        buildEnv: { NUXT_TELEMETRY_DISABLED: '1' },
      },
    ],
  },
  {
    id: 'sveltekit',
    title: 'SvelteKit',
    kind: 'server',
    when: { dep: ['@sveltejs/kit'] },
    score: 100,
    port: 3000,
    start: ['node', 'build'],
    payload: [to('package.json'), { from: 'build', to: 'build', exclude: ['server/**/*.map', '*.map'] }],
    modules: true,
    base: { settings: [{ files: SVELTE, key: 'kit.paths.base' }] },
    stopsItself: true,
    devArgs: ['--host', '0.0.0.0'],
    devPort: 5173,
    devPortSetting: DEV_PORT,
    envFiles: MODES,
    output: 'adapter-auto',
    buildRunsCode: true,
    // adapter-auto takes adapter-node where it sees this variable, and installs it for the build.
    buildEnv: { GCP_BUILDPACKS: 'true' },
    warning: {
      rule: 'PD097',
      message:
        'SvelteKit’s adapter-auto has no target in a container: the build asks it for adapter-node. Install @sveltejs/adapter-node and name it in place of adapter-auto to pin it.',
    },
    variants: [
      {
        output: 'adapter-node',
        when: {
          imports: {
            files: SVELTE,
            package: ['@sveltejs/adapter-node', '@sveltejs/adapter-static'],
            every: true,
          },
        },
        buildEnv: {},
        warning: {
          rule: 'PD097',
          message:
            'SvelteKit’s config names adapter-node and adapter-static: the image is that of adapter-node. Leave only adapter-static there, if it should be the static site.',
        },
      },
      {
        output: 'adapter-static',
        when: { imports: { files: SVELTE, package: '@sveltejs/adapter-static' } },
        kind: 'static',
        site: {
          folder: 'build',
          setting: { files: SVELTE, key: 'pages', nested: true },
          fallback: 'pages',
          fallbackPage: { files: SVELTE, key: 'fallback', nested: true },
        },
        buildEnv: {},
      },
      {
        output: 'adapter-node',
        when: { imports: { files: SVELTE, package: '@sveltejs/adapter-node' } },
        buildEnv: {},
      },
      {
        output: 'adapter-platform',
        when: {
          imports: {
            files: SVELTE,
            package: ['vercel', 'netlify', 'cloudflare', 'cloudflare-workers'].map(
              (platform) => `@sveltejs/adapter-${platform}`,
            ),
          },
        },
        buildEnv: {},
        warning: {
          rule: 'PD097',
          message:
            'SvelteKit builds for a platform here, by its adapter: no server comes out of that, and the image can’t be built. Install @sveltejs/adapter-node and use it in its place, at least where the image is built.',
        },
      },
    ],
  },
  {
    id: 'react-router',
    title: 'React Router',
    kind: 'server',
    when: { dep: ['@react-router/dev', '@react-router/serve', '@react-router/node'] },
    score: 95,
    port: 3000,
    start: ['react-router-serve', 'build/server/index.js'],
    scriptsFirst: true,
    payload: [to('build'), to('package.json'), to('public'), to('server.js'), to('server')],
    modules: true,
    base: { settings: [{ files: configFiles('react-router'), key: 'basename' }] },
    stopsItself: true,
    // It renders pages by asking its own preview server at localhost, which a build's /etc/hosts takes for ::1 first.
    buildEnv: { NODE_OPTIONS: '--dns-result-order=ipv4first' },
    devArgs: ['--host', '0.0.0.0'],
    devPort: 5173,
    devPortSetting: DEV_PORT,
    envFiles: MODES,
    output: 'ssr',
    variants: [
      {
        output: 'spa',
        when: { config: { files: configFiles('react-router'), key: 'ssr', is: [false] } },
        kind: 'static',
        site: { folder: 'build/client', fallback: 'index' },
        base: VITE_BASE,
      },
    ],
  },
  {
    id: 'remix',
    title: 'Remix',
    kind: 'server',
    when: { dep: ['@remix-run/dev', '@remix-run/serve', '@remix-run/node'] },
    score: 94,
    port: 3000,
    start: ['remix-serve', 'build/server/index.js'],
    scriptsFirst: true,
    payload: [to('build'), to('package.json'), to('public'), to('server.js'), to('server')],
    modules: true,
    base: { settings: [{ files: VITE, key: 'basename', nested: true }] },
    stopsItself: true,
    devArgs: ['--host', '0.0.0.0'],
    devPort: 5173,
    devPortSetting: DEV_PORT,
    envFiles: MODES,
    output: 'ssr',
    variants: [
      {
        // The compiler before Vite: the server that it starts is remix-serve.
        output: 'classic',
        when: { script: /\bremix\s+dev\b/ },
        start: ['remix-serve', 'build/index.js'],
        devArgs: [],
        devPort: 3000,
      },
      {
        output: 'spa',
        when: { config: { files: VITE, key: 'ssr', nested: true, is: [false] } },
        kind: 'static',
        site: { folder: 'build/client', fallback: 'index' },
        base: VITE_BASE,
      },
    ],
  },
  {
    id: 'tanstack-start',
    title: 'TanStack Start',
    kind: 'server',
    when: { dep: ['@tanstack/react-start', '@tanstack/solid-start', '@tanstack/start'] },
    score: 95,
    port: 3000,
    start: ['node', '.output/server/index.mjs'],
    scriptsFirst: true,
    payload: NITRO,
    modules: false,
    stopsItself: true,
    env: { HOST: '0.0.0.0' },
    buildEnv: { NITRO_PRESET: 'node-server' },
    devArgs: ['--host', '0.0.0.0'],
    envFiles: MODES,
    output: 'nitro',
    variants: [
      {
        output: 'srvx',
        when: { noDep: ['nitro', 'nitropack', '@tanstack/nitro-v2-vite-plugin', 'vinxi'] },
        start: ['srvx', '--prod', '-s', '../client', 'dist/server/server.js'],
        payload: [to('dist'), to('package.json')],
        modules: true,
        buildEnv: {},
        warning: {
          rule: 'PD097',
          message:
            'TanStack Start without Nitro builds a handler, not a server: it is served by srvx, which must be in dependencies (npm install srvx).',
        },
      },
    ],
  },
  {
    id: 'astro',
    title: 'Astro',
    kind: 'static',
    when: { dep: ['astro'] },
    score: 92,
    port: 4321,
    modules: false,
    site: { folder: 'dist', setting: { files: ASTRO, key: 'outDir' }, fallback: 'pages' },
    base: { settings: [{ files: ASTRO, key: 'base' }], flag: '--base' },
    buildEnv: { ASTRO_TELEMETRY_DISABLED: '1' },
    devArgs: ['--host', '0.0.0.0'],
    devPort: 4321,
    envFiles: MODES,
    output: 'static',
    variants: [
      {
        output: 'middleware',
        when: {
          imports: { files: ASTRO, package: '@astrojs/node' },
          config: { files: ASTRO, key: 'mode', nested: true, is: ['middleware'] },
        },
        kind: 'server',
        env: { HOST: '0.0.0.0' },
        scriptsFirst: true,
        modules: true,
        warning: {
          rule: 'PD097',
          message:
            "Astro's mode 'middleware' makes a handler and no server: the app starts by a server of your own that imports dist/server/entry.mjs, and no script starts one. Name it in \"start\", or set mode: 'standalone'.",
        },
        ownServer: null,
      },
      {
        output: 'server',
        when: { imports: { files: ASTRO, package: '@astrojs/node' } },
        kind: 'server',
        env: { HOST: '0.0.0.0' },
        start: ['node', 'dist/server/entry.mjs'],
        payload: [to('dist'), to('package.json')],
        modules: true,
      },
      {
        output: 'platform',
        when: {
          imports: {
            files: ASTRO,
            package: ['@astrojs/vercel', '@astrojs/netlify', '@astrojs/cloudflare'],
          },
        },
        kind: 'server',
        env: { HOST: '0.0.0.0' },
        start: ['node', 'dist/server/entry.mjs'],
        payload: [to('dist'), to('package.json')],
        modules: true,
        warning: {
          rule: 'PD097',
          message:
            'Astro builds for a platform here, by its adapter: no server comes out of that, and the image can’t start. Install @astrojs/node and use it in astro.config, at least where the image is built.',
        },
      },
    ],
  },
  server('nestjs', 'NestJS', ['@nestjs/core'], 90, {
    start: ['node', 'dist/main.js'],
    scriptsFirst: true,
    loopbackByDefault: '@nestjs/platform-fastify',
  }),
  server('adonisjs', 'AdonisJS', ['@adonisjs/core'], 90, {
    port: 3333,
    env: { HOST: '0.0.0.0' },
    start: ['node', 'bin/server.js'],
    // `node ace build` writes an app of its own, with its package.json, into build/.
    payload: [{ from: 'build', to: '.', exclude: ['**/*.map'] }],
    stopsItself: true,
    devEnv: { HOST: '0.0.0.0' },
    writable: ['/app/tmp'],
  }),
  server('strapi', 'Strapi', ['@strapi/strapi'], 90, {
    port: 1337,
    health: '/_health',
    // Each of its commands makes a folder for the cloud's first, below HOME unless told otherwise.
    env: { HOST: '0.0.0.0', XDG_CONFIG_HOME: '/tmp/.config' },
    start: ['strapi', 'start'],
    scriptsFirst: true,
    stopsItself: true,
    devScripts: ['develop', 'dev'],
    devEnv: { HOST: '0.0.0.0' },
    devPort: 1337,
  }),
  server('medusa', 'Medusa', ['@medusajs/framework'], 90, {
    port: 9000,
    health: '/health',
    // Its telemetry keeps a file below HOME unless told otherwise, and ends without one.
    env: { XDG_CONFIG_HOME: '/tmp/.config' },
    start: ['medusa', 'start'],
    scriptsFirst: true,
    stopsItself: true,
    // An app of its own, with the manifest of the project.
    payload: [{ from: '.medusa/server', to: '.' }],
    devPort: 9000,
  }),
  {
    id: 'angular',
    title: 'Angular',
    kind: 'static',
    when: { dep: ['@angular/core'], file: ['angular.json'] },
    score: 80,
    port: 4200,
    modules: false,
    site: { folder: 'dist', find: angularOutput, fallback: 'index' },
    base: { find: angularBase, flag: '--base-href', url: true },
    devArgs: ['--host', '0.0.0.0'],
    devScripts: ['dev', 'start'],
    devEnv: { NG_CLI_ANALYTICS: 'false' },
    buildEnv: { NG_CLI_ANALYTICS: 'false' },
    devPort: 4200,
    output: 'static',
  },
  {
    id: 'create-react-app',
    title: 'Create React App',
    kind: 'static',
    when: { dep: ['react-scripts'] },
    score: 80,
    port: 3000,
    modules: false,
    site: { folder: 'build', fallback: 'index' },
    base: {
      find: (_project, { raw }) =>
        typeof raw['homepage'] === 'string' ? fact(raw['homepage'], 'package.json#homepage') : undefined,
      flag: 'PUBLIC_URL',
      url: true,
    },
    devScripts: ['dev', 'start'],
    devEnv: { HOST: '0.0.0.0', BROWSER: 'none' },
    devPort: 3000,
    envFiles: MODES,
    output: 'static',
  },
  {
    id: 'docusaurus',
    title: 'Docusaurus',
    kind: 'static',
    when: { dep: ['@docusaurus/core'] },
    score: 80,
    port: 3000,
    modules: false,
    site: { folder: 'build', fallback: 'pages' },
    base: { settings: [{ files: configFiles('docusaurus'), key: 'baseUrl' }] },
    devArgs: ['--host', '0.0.0.0'],
    devScripts: ['dev', 'start'],
    devPort: 3000,
    output: 'static',
  },
  generator('gatsby', 'Gatsby', 'public', ['gatsby', 'build'], {
    when: { dep: ['gatsby'], file: configFiles('gatsby').map((file) => file.replace('.config', '-config')) },
    score: 80,
    buildEnv: { GATSBY_TELEMETRY_DISABLED: '1' },
    devEnv: { GATSBY_TELEMETRY_DISABLED: '1' },
    devArgs: ['--host', '0.0.0.0'],
    devScripts: ['develop', 'dev', 'start'],
    devPort: 8000,
    envFiles: MODES,
  }),
  generator(
    'hexo',
    'Hexo',
    'public',
    ['hexo', 'generate'],
    {
      when: { dep: ['hexo'], file: ['_config.yml'] },
      score: 80,
      devScripts: ['dev', 'server', 'start'],
      devPort: 4000,
    },
    { find: hexoOutput },
  ),
  generator(
    'vitepress',
    'VitePress',
    '.vitepress/dist',
    ['vitepress', 'build'],
    {
      when: { dep: ['vitepress'], build: VITEPRESS_RE, listens: false },
      score: 45,
      devArgs: ['--host', '0.0.0.0'],
      devScripts: ['dev', 'docs:dev', 'start'],
      devPort: 5173,
    },
    { find: vitepressOutput },
  ),
  generator(
    'eleventy',
    'Eleventy',
    '_site',
    ['eleventy'],
    {
      when: { dep: ['@11ty/eleventy'], script: /\beleventy\b/, listens: false },
      score: 45,
      devScripts: ['dev', 'start', 'serve'],
      devPort: 8080,
    },
    { setting: { files: ELEVENTY, key: 'dir.output' }, find: eleventyOutput },
  ),
  server('fastify', 'Fastify', ['fastify', 'fastify-cli'], 60, { loopbackByDefault: true }),
  server('hono', 'Hono', ['hono'], 58),
  server('elysia', 'Elysia', ['elysia'], 58),
  server('koa', 'Koa', ['koa'], 56),
  server('hapi', 'hapi', ['@hapi/hapi'], 56),
  server('express', 'Express', ['express'], 50),
  {
    id: 'vite',
    title: 'Vite',
    kind: 'static',
    page: ['index.html', 'public/index.html'],
    // Vite beside a server of one's own is that server's build tool.
    when: {
      dep: ['vite'],
      script: /\bvite\b(?:\s+build)?|\bvue-cli-service\b/,
      noDep: ['express', 'fastify', 'koa', 'hono'],
    },
    score: 40,
    port: 5173,
    modules: false,
    site: {
      folder: 'dist',
      setting: { files: VITE, key: 'build.outDir' },
      find: outDirFlag,
      fallback: 'index',
    },
    base: {
      ...VITE_BASE,
      settings: [
        { files: VITE, key: 'base' },
        { files: configFiles('vue'), key: 'publicPath' },
      ],
    },
    devArgs: ['--host', '0.0.0.0'],
    devPort: 5173,
    devPortSetting: DEV_PORT,
    envFiles: MODES,
    output: 'static',
  },
  {
    // It may carry an API that another script starts.
    id: 'worker',
    title: 'Worker',
    kind: 'worker',
    when: { dep: ['discord.js', 'telegraf', 'grammy'], aside: true },
    score: 62,
    portVariable: null,
    modules: true,
  },
  {
    id: 'worker',
    title: 'Worker',
    kind: 'worker',
    when: {
      listens: false,
      dep: [
        'bullmq',
        'bull',
        'agenda',
        'bee-queue',
        'node-cron',
        'cron',
        'croner',
        'graphile-worker',
        'pg-boss',
        'amqplib',
        'kafkajs',
        '@temporalio/worker',
        'telegraf',
        'grammy',
        'discord.js',
        '@slack/bolt',
      ],
    },
    score: 10,
    portVariable: null,
    modules: true,
  },
  {
    id: 'node',
    title: 'Node.js',
    kind: 'server',
    when: { listens: true },
    score: 1,
    port: 3000,
    modules: true,
  },
  { id: 'node', title: 'Node.js', kind: 'worker', when: {}, score: 0, portVariable: null, modules: true },
]

/** Other names that people write after `--framework`. */
export const FRAMEWORK_ALIASES: Record<string, string> = {
  nextjs: 'next',
  'next.js': 'next',
  nest: 'nestjs',
  adonis: 'adonisjs',
  cra: 'create-react-app',
  svelte: 'sveltekit',
  'react-router-7': 'react-router',
  tanstack: 'tanstack-start',
  '11ty': 'eleventy',
  none: 'node',
  plain: 'node',
}

/** Programs that answer SIGTERM, by package: then node may be PID 1 as it is. */
export const STOPPING_PACKAGES = [
  'close-with-grace',
  '@godaddy/terminus',
  'http-terminator',
  'lightship',
  'stoppable',
  'fastify-graceful-shutdown',
  'graceful-shutdown',
  'http-graceful-shutdown',
  'exit-hook',
  'async-exit-hook',
  'death',
  'node-graceful-shutdown',
  '@moleculer/core',
  'fastify-cli',
]

/** The `build` target of the app in angular.json. */
function angularBuild(project: Project): { name: string; build: Record<string, unknown> } | undefined {
  const projects = record(project.json('angular.json', { comments: true })?.['projects'])
  for (const [name, value] of Object.entries(projects)) {
    const build = record(record(record(value)['architect'] ?? record(value)['targets'])['build'])
    if (build['builder'] && record(value)['projectType'] !== 'library') return { name, build }
  }
  return undefined
}

/** angular.json: `outputPath` is a string or an object; the application builder puts the site into `browser/` below it. */
function angularOutput(project: Project): Fact<string> | undefined {
  const { name, build } = angularBuild(project) ?? {}
  if (!build) return undefined
  const output = record(build['options'])['outputPath']
  const base = typeof output === 'string' ? output : String(record(output)['base'] ?? `dist/${name}`)
  const browser =
    typeof output === 'object' && output !== null && 'browser' in output
      ? String(record(output)['browser'])
      : 'browser'
  const below = /:application$/.test(String(build['builder'])) && browser !== '' ? `/${browser}` : ''
  return fact(base.replace(/\/$/, '') + below, `angular.json#projects.${name}.architect.build`)
}

/** `baseHref` of the configurations that the build script names, else of the usual one, over the options'. */
function angularBase(project: Project, { scripts }: Manifest): Fact<string> | undefined {
  const { name, build } = angularBuild(project) ?? {}
  if (!build) return undefined
  const words = (parseShell(scripts['build'] ?? '') ?? []).flatMap(({ argv }) => argv)
  const at = words.findIndex((word) => /^(?:-c|--configuration)(?:=|$)/.test(word))
  const named = (at >= 0 ? (words[at]?.split('=')[1] ?? words[at + 1]) : build['defaultConfiguration']) ?? ''
  const hrefs = [
    build['options'],
    ...String(named)
      .split(',')
      .map((one) => record(build['configurations'])[one]),
  ].map((options) => record(options)['baseHref'])
  const href = hrefs.findLast((one) => typeof one === 'string')
  return typeof href === 'string'
    ? fact(href, `angular.json#projects.${name}.architect.build.baseHref`)
    : undefined
}

function outDirFlag(_project: Project, manifest: Manifest): Fact<string> | undefined {
  const folder = /\bvite\s+build\b.*?--outDir[= ]\s*['"]?([\w./-]+)/.exec(
    manifest.scripts['build'] ?? '',
  )?.[1]
  return folder ? fact(folder, 'package.json#scripts.build') : undefined
}

/** `--output`, or the call in the config that says it. */
function eleventyOutput(project: Project, { scripts }: Manifest): Fact<string> | undefined {
  const words = (parseShell(scripts['build'] ?? '') ?? []).flatMap(({ argv }) => argv)
  const flag = flagValue(words, '--output')
  if (flag) return fact(flag, 'package.json#scripts.build')
  const file = project.first(ELEVENTY)
  const call =
    file && /\.setOutputDirectory\(\s*(['"])([\w./-]+)\1/.exec(blankComments(project.source(file) ?? ''))
  return file && call?.[2] ? fact(call[2], file) : undefined
}

/** Below the folder that the command names. */
function vitepressOutput(_project: Project, { scripts }: Manifest): Fact<string> | undefined {
  const folder = VITEPRESS_RE.exec(scripts['build'] ?? '')?.[1]
  return folder ? fact(`${folder}/.vitepress/dist`, 'package.json#scripts.build') : undefined
}

function hexoOutput(project: Project): Fact<string> | undefined {
  const folder = /^public_dir:\s*(['"]?)([\w./-]+)\1\s*(?:#.*)?$/m.exec(
    project.source('_config.yml') ?? '',
  )?.[2]
  return folder ? fact(folder, '_config.yml') : undefined
}
